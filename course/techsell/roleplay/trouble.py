"""What wastes a customer's time, and how much of it each one bears.

A typed line that is no move at all (rude, unclear, in another language, a whole page) takes a turn like any other and
never earns anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .draft import Draft
    from .labels import Reaction
    from .model import Move

__all__ = ["WASTES", "take_trouble", "wears", "words_allowed"]

WASTES: frozenset[str] = frozenset({"puzzled", "repeats", "shrugs", "glazes", "tires", "foreign", "overlong"})
"""reactions to lines that waste time"""

_REACTIONS: dict[str, Reaction] = {
    "rude": "offended",
    "unclear": "puzzled",
    "foreign": "foreign",
    "overlong": "overlong",
}

_WORDS = 25
_WORDS_A_STEP = 15


def take_trouble(draft: Draft, move: Move) -> None:
    """Let whoever is spoken to react to a line that is no move."""
    trouble = str(move.trouble)
    draft.react(_REACTIONS[trouble], draft.rules.rude if trouble == "rude" else 0)


def wears(draft: Draft, persona: str) -> int:
    """The step of trust that another line of wasted time costs with this person; one line wastes time once."""
    if draft.time_lost:
        return 0
    draft.time_lost = True
    borne = dict(draft.wasted)
    borne[persona] = borne.get(persona, 0) + 1
    draft.wasted = tuple(sorted(borne.items()))
    return draft.rules.worn_out if borne[persona] > draft.compiled.personas[persona].patience else 0


def words_allowed(technicality: int) -> int:
    """How many words a typed answer may have before it is a lecture: 25, and 15 more for each step of technicality."""
    return _WORDS + _WORDS_A_STEP * technicality
