"""The moves of a line together: what only the whole line shows, and which three are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import statements
from .claims import attacks
from .forms import asks_by_form
from .framing import bypassed, slots_of
from .text import tokens

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, Scenario

    from .chances import Chances
    from .questions import Target
    from .situation import Situation

__all__ = ["MOST_MOVES", "Part", "Piece", "few", "whole_line"]

MOST_MOVES = 3
CLEAR_PART, VERY_CLEAR, HARDLY = 420, 550, 390
FRAMED_STEP = 400
"""beside the frame of the call ('give me twenty minutes'), a commitment that fits less was not asked for"""
_KEEPS = ("ask", "reflect", "tell", "commit", "answer", "frame", "acknowledge")


@dataclass(frozen=True, slots=True)
class Part:
    """One move of the line: what it does, how sure, and which reading earns less."""

    move: Move
    family: str
    chance: int
    """of its family, per mille"""
    score: int
    """of its content, per mille"""
    text: str
    lesser: Move | None = None
    targets: tuple[Target, ...] = ()

    @property
    def confidence(self) -> int:
        """Chance and content together."""
        return min(self.chance, 1000) * min(1000, 400 + self.score * 6 // 10) // 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause with its labels and what it does."""

    text: str
    chances: Chances
    family: str


def whole_line(
    text: str, pieces: list[Piece], parts: list[Part], scenario: Scenario, situation: Situation
) -> list[Part]:
    """What only the whole line shows: past whom it goes, what it agrees about the call, whom it runs down."""
    past_whom = bypassed(text, scenario, situation)
    if past_whom and not all(piece.family == "ask" and _plainly_asks(piece.text) for piece in pieces):
        move = statements.plain_move("commit", bypasses=past_whom)
        return [*(part for part in parts if part.family == "reflect"), Part(move, "commit", 800, 800, text)]
    framed = " ".join(piece.text for piece in pieces if piece.family != "ask")
    slots = slots_of(framed)
    first = next((at for at, part in enumerate(parts) if part.family == "frame"), None)
    if slots and first is not None:
        move = parts[first].move.model_copy(update={"slots": slots})
        parts = [
            replace(part, move=move) if at == first else part
            for at, part in enumerate(parts)
            if at == first or not (part.family == "frame" or (part.family == "commit" and part.score < FRAMED_STEP))
        ]
    told = " ".join(piece.text for piece in pieces if piece.family not in {"ask", "reflect"} or attacks(piece.text))
    named = attacks(told) or (attacks(text) and attacks(f"{text.split('?')[0]} {told}"))
    if named and parts and not any(part.move.attacks_rival for part in parts):
        at = next((at for at, part in enumerate(parts) if part.family not in {"ask", "reflect"}), None)
        if at is None:
            parts.append(Part(statements.plain_move("other", attacks_rival=True), "frame", 700, 700, text))
        else:
            parts[at] = replace(parts[at], move=parts[at].move.model_copy(update={"attacks_rival": True}))
    return parts


def _plainly_asks(text: str) -> bool:
    """'does your boss know that number': a question in which the learner goes nowhere."""
    return asks_by_form(text) and not {"i", "me", "us", "we", "my"} & set(tokens(text))


def few(parts: list[Part]) -> list[Part]:
    """At most three moves, in the order said; courtesies go first where there is something else."""
    busy = [part for part in parts if part.family in _KEEPS]
    if busy:
        parts = [part for part in parts if part.family in _KEEPS or part.move.attacks_rival]
    if len(parts) > 1:
        # A bare 'other' says nothing beside a move.
        parts = [
            part for part in parts if part.move.label != "other" or part.move.slots or part.move.attacks_rival
        ] or parts[:1]
    if any(part.family == "ask" for part in parts):
        # The lead-in of a question is no dodge; a question passed over lapses by itself.
        parts = [part for part in parts if part.move.manner != "dodge"]
    parts = _taken_in_first(parts)
    if any(part.family in {"ask", "frame", "commit"} for part in parts):
        # What only leads into a question or into the frame of the call is no evidence told too early.
        parts = [part for part in parts if part.move.label != "evidence" or part.family != "tell" or not _empty(part)]
    if any(not _empty(part) for part in parts):
        # A request that asks for nothing known says nothing beside something that does.
        parts = [part for part in parts if part.move.label != "commit" or not _empty(part) or part.move.bypasses]
    sure = max((part.confidence for part in parts), default=0)
    if sure >= CLEAR_PART:
        # Beside a clear move an unclear one without content is left out rather than asked about.
        parts = [part for part in parts if part.confidence >= CLEAR_PART or not _empty(part)]
    if sure >= VERY_CLEAR:
        # Nor are questions and playbacks that are hardly to be made out: they earn nothing.
        parts = [part for part in parts if part.confidence >= HARDLY or part.family not in {"ask", "reflect", "other"}]
    merged: list[Part] = []
    for part in parts:
        if any(part.move == other.move for other in merged):
            continue
        merged.append(part)
    while len(merged) > MOST_MOVES:
        spare = next((part for part in merged if part.move.label in {"acknowledge", "other", "rapport"}), None)
        merged.remove(spare or min(merged, key=lambda part: part.confidence))
    return merged


def _taken_in_first(parts: list[Part]) -> list[Part]:
    """Acceptance of an objection goes before what digs into it or answers it, wherever it stands in the line."""
    for part in parts:
        name = part.move.objection
        if part.family == "acknowledge" and name and part is not parts[0]:
            return [part, *(other for other in parts if other is not part)]
    return parts


def _empty(part: Part) -> bool:
    move = part.move
    if part.family == "acknowledge":
        return False
    content = (move.fact_wanted, move.plant, move.ask, move.objection, move.claim, move.facts, move.slots, move.manner)
    return not any(content) and not move.attacks_rival and not move.wrong
