"""How an answer to the customer's own question is taken. That is never a pitch, but may be a false claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .labels import QUESTIONS, Reaction
from .trouble import words_allowed

if TYPE_CHECKING:
    from .draft import Draft
    from .model import Move

__all__ = ["answer"]


def answer(draft: Draft, move: Move) -> None:
    """The question is off the table; who asked it says what the answer was worth.

    A picked line has its worth written beside it. A typed one, short and true, earns its step of trust when the same
    line hands back a question; too many words make a lecture of it, as many as this person's `technicality` allows.
    """
    asker = draft.asker()
    who = asker if draft.here(asker) else ""
    question = draft.answered()
    if move.claim in draft.compiled.unsupported or (draft.modern and move.overclaims):
        draft.react("doubts", draft.rules.unsupported_claim, speaker=who, about=str(move.claim or ""), reply=True)
        return
    manner = str(move.manner)
    rules = draft.rules
    takes: dict[str, tuple[Reaction, int]] = {
        "short": ("thanks", rules.short_answer),
        "lecture": ("glazes", rules.lecture),
        "dodge": ("notes_dodge", rules.dodge),
        "honest_unknown": ("respects", rules.honest_unknown),
    }
    if draft.source != "picked":
        allowed = words_allowed(draft.compiled.personas[asker].technicality)
        if manner in {"short", "honest_unknown"} and len(draft.said.split()) > allowed:
            manner = "lecture"
        if not any(other.label in QUESTIONS for other in draft.moves):
            takes["short"] = ("thanks", 0)
    reaction, trust = takes[manner]
    draft.react(reaction, trust, speaker=who, about=question, reply=True)
