"""What a declared attempt earns for lines picked from the menu: 70 % of what typed ones earn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .evidence import Record, Result, weigh

if TYPE_CHECKING:
    from .model import Evidence
    from .state import State, Turn

__all__ = ["PICKED_WORTH", "capped", "is_capped", "picked_share"]

PICKED_WORTH = 70
"""percent"""

_BY_SHARE = frozenset({"outcome", "sequence", "clean"})
"""evidence that belongs to the whole call and not to single turns"""


def is_capped(state: State) -> bool:
    """Whether picked lines count less: in declared attempts, since version 2 of the rules."""
    return state.mode == "declared" and state.engine > 1


def picked_share(state: State) -> int:
    """Percent of the turns that were picked from the menu; rude or meaningless text is no turn here."""
    turns = _said(state)
    return 100 * sum(turn.source == "picked" for turn in turns) // len(turns) if turns else 0


def _said(state: State) -> list[Turn]:
    return [turn for turn in state.history if turn.moves and not any(move.trouble for move in turn.moves)]


def capped(evidence: Evidence, full: Result, typed: Record) -> int:
    """The percent that counts.

    What single turns earn is weighed again without those that were picked: `typed + 70 % of (full - typed)`. What the
    whole call earns is multiplied by the share of turns typed, plus 70 % of the share picked. Rounded down.

    Args:
        full: what the line earns without the cap.
        typed: the conversation without the picked turns.
    """
    if evidence.kind in _BY_SHARE:
        turns = _said(typed.state)
        picked = sum(turn.source == "picked" for turn in turns)
        weight = 100 * (len(turns) - picked) + PICKED_WORTH * picked
        return full.percent * weight // (100 * len(turns)) if turns else full.percent
    own = min(full.percent, weigh(evidence, typed).percent)
    return own + PICKED_WORTH * (full.percent - own) // 100
