"""One notebook to run: the exercise as its author made it, with the learner's answers put in.

Tests, locked cells and points come from the source, whatever the hand-in did to them. Answers come from the learner.
Cells of the learner's own stay where they were, so that a helper is defined before the answer that uses it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .cells import Cell
from .source import Markers, public

__all__ = ["Merged", "Slot", "merge"]

Role = Literal["test", "solution", "manual", "task", "locked", "plain", "extra"]


@dataclass(frozen=True)
class Slot:
    """One cell of the merged notebook and what it is there for.

    `missing`: an answer cell that the hand-in does not have. `untouched`: as it was released.
    """

    cell: Cell
    role: Role
    missing: bool = False
    untouched: bool = False

    @property
    def graded(self) -> bool:
        return self.role in ("test", "manual", "task")


@dataclass(frozen=True)
class Merged:
    slots: tuple[Slot, ...]
    notes: tuple[str, ...]
    matched: int
    """cells of the source found in the hand-in; 0 says that it is another notebook. Where the source has no cell that
    could be known again, any will do."""


def merge(source: Sequence[Cell], learner: Sequence[Cell], markers: Markers) -> Merged:
    """Put the learner's answers into the source.

    Cells are recognised by nbgrader's id, or by the notebook's own cell id where the metadata was stripped. Of an
    answer that is there twice, the first that was worked on is the answer; the others stay as ordinary cells where
    they are, so that the notebook runs as it did for the learner.
    """
    pairing = _pair(source, learner)
    answers: dict[int, int] = {}
    notes: list[str] = []
    for index, cell in enumerate(source):
        found = pairing.get(index, [])
        if cell.is_("solution"):
            worked_on = [number for number in found if not _same(learner[number], cell)]
            if found:
                answers[index] = (worked_on or found)[0]
            if len(found) > 1:
                notes.append(
                    f"The answer cell '{cell.name}' is there {len(found)} times; the first one worked on counts"
                )
        elif found and _role(cell) == "plain":
            answers[index] = found[0]
        notes += _tampering(cell, [learner[number] for number in found], markers)
    slots = _slots(source, learner, pairing, answers)
    known = any(cell.name or cell.id for cell in source)
    return Merged(tuple(slots), tuple(notes), len(pairing if known else learner))


def _pair(source: Sequence[Cell], learner: Sequence[Cell]) -> Mapping[int, list[int]]:
    """For each source cell the learner's cells that stand for it, in the learner's order."""
    by_name = {cell.name: index for index, cell in enumerate(source) if cell.name}
    by_id = {cell.id: index for index, cell in enumerate(source) if cell.id}
    pairing: dict[int, list[int]] = defaultdict(list)
    for number, cell in enumerate(learner):
        index = by_name.get(cell.name) if cell.name else None
        if index is None:
            index = by_id.get(cell.id) if cell.id else None
        if index is not None:
            pairing[index].append(number)
    return pairing


def _slots(
    source: Sequence[Cell], learner: Sequence[Cell], pairing: Mapping[int, list[int]], answers: Mapping[int, int]
) -> Iterable[Slot]:
    """Source cells in the source's order; after each one the learner's own cells that followed it in the hand-in."""
    place = {number: index for index, numbers in pairing.items() for number in numbers}
    used = set(answers.values())
    following: dict[int, list[Slot]] = defaultdict(list)
    last = -1
    for number, cell in enumerate(learner):
        index = place.get(number)
        if index is not None:
            last = index
        if index is None or (_role(source[index]) in ("solution", "manual", "plain") and number not in used):
            following[last].append(Slot(replace(cell, grade={}), "extra"))
    yield from following[-1]
    for index, cell in enumerate(source):
        yield _slot(cell, learner[answers[index]] if index in answers else None)
        yield from following[index]


def _slot(cell: Cell, answer: Cell | None) -> Slot:
    role = _role(cell)
    if role in ("solution", "manual"):
        if answer is None:
            return Slot(cell.saying(_absent(cell)), role, missing=True, untouched=True)
        return Slot(cell.saying(answer.source), role, untouched=_same(answer, cell))
    if role == "plain" and answer is not None and cell.kind == answer.kind:
        return Slot(cell.saying(answer.source), role, untouched=_same(answer, cell))
    return Slot(cell, role, untouched=True)


def _role(cell: Cell) -> Role:
    if cell.is_("task"):
        return "task"
    if cell.is_("solution"):
        return "manual" if cell.is_("grade") else "solution"
    if cell.is_("grade"):
        return "test"
    return "locked" if cell.is_("locked") else "plain"


def _same(answer: Cell, released: Cell) -> bool:
    return answer.source.strip() == released.source.strip()


def _absent(cell: Cell) -> str:
    text = f"The cell '{cell.name}' is missing from the hand-in."
    return f"# {text}" if cell.kind == "code" else f"*{text}*"


def _tampering(cell: Cell, found: Sequence[Cell], markers: Markers) -> list[str]:
    """What a trainer may want to know about a cell that is not the learner's to change."""
    role = _role(cell)
    if role in ("solution", "manual"):
        return [] if found else [f"The answer cell '{cell.name}' is missing from the hand-in"]
    if role in ("test", "task"):
        if not found:
            return [f"The check '{cell.name}' was missing from the hand-in; the original was used"]
        released = public(cell, markers).strip()
        if any(copy.source.strip() not in (released, cell.source.strip()) for copy in found):
            return [f"The check '{cell.name}' was changed in the hand-in; the original was used"]
    return []
