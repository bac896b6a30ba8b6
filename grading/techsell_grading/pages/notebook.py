"""The autograded notebook as a learner may see it: the cells that are theirs, by the graded cells they belong to.

Tests are never among them, neither their text nor what they printed. Cells of the exercise are there only where code
of the learner's ran in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from techsell_grading.grader.cells import Cell
from techsell_grading.grader.source import Markers, hidden_lines, public

__all__ = ["Own", "Part", "Sheet", "read_sheet"]

_ANCHORS = "_anchors"
"""ends the name of a locked cell that says how a task is marked by a person: `call_plan_anchors`"""

_MOST_CELLS = 150


@dataclass(frozen=True)
class Own:
    """A cell with what it showed. `whose`: an answer, a cell that the learner added or changed, one of the exercise."""

    cell: Cell
    whose: Literal["answer", "added", "exercise"]
    outputs: tuple[Mapping[str, Any], ...] = ()
    after_hidden: bool = False
    """stands behind a test with a hidden region"""


@dataclass
class Part:
    """Neighbouring cells, and the names of the graded cells that look at them (none for what earns no points)."""

    cells: list[Own] = field(default_factory=list)
    graded: list[str] = field(default_factory=list)
    anchors: str = ""


@dataclass(frozen=True)
class Sheet:
    """One notebook: its parts in order, and the lines of its hidden tests that stand nowhere else in it."""

    parts: tuple[Part, ...]
    secrets: frozenset[str]
    left_out: int = 0
    """cells beyond those that a page holds"""


def read_sheet(text: str | bytes, released: frozenset[str] | None, markers: Markers) -> Sheet | None:
    """The parts of an autograded notebook; None when it is no notebook any more.

    Args:
        released: the text of the exercise's own ungraded cells, stripped; None where it is not known, and every cell
            without a name is then taken for one of the exercise's.
    """
    try:
        raw = json.loads(text)["cells"]
        pairs = [(_cell(one), one) for one in raw]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    gathered = _Gathering()
    seen: set[str] = set()
    for cell, one in pairs:
        if _is_test(cell):
            gathered.test(cell, hidden=markers.begin_hidden in cell.source)
        shown = cell.saying(public(cell, markers)) if markers.begin_hidden in cell.source else cell
        seen.update(line.strip() for line in shown.source.split("\n"))
        if not _is_test(cell):
            gathered.other(shown, _outputs(one), released is None or shown.source.strip() in released)
    hiding = tuple(cell.source for cell, _ in pairs if markers.begin_hidden in cell.source and not cell.is_("solution"))
    return Sheet(tuple(gathered.done()), _hidden(hiding, markers) - seen, gathered.left_out)


@lru_cache(maxsize=16)
def _hidden(sources: tuple[str, ...], markers: Markers) -> frozenset[str]:
    """The lines of the hidden regions; the same for a whole class."""
    return hidden_lines(tuple(Cell("code", source) for source in sources), markers)


class _Gathering:
    """Cells as they come. A new part begins with the first cell of the exercise behind a graded one."""

    def __init__(self) -> None:
        self._parts = [Part()]
        self._waiting: list[tuple[Own | None, str]] = []
        """cells of the exercise of which it is not known yet whether they end a part or stand inside it"""
        self._hidden = False
        self._count = 0
        self.left_out = 0

    def test(self, cell: Cell, *, hidden: bool) -> None:
        here = self._parts[-1]
        task = cell.name.split("__", 1)[0]
        same = not here.graded or any(name.split("__", 1)[0] == task for name in here.graded) or not self._waiting
        self._go_on(new=not same)
        self._parts[-1].graded.append(cell.name)
        self._hidden = self._hidden or hidden

    def other(self, cell: Cell, outputs: tuple[Mapping[str, Any], ...], released: bool) -> None:
        if cell.is_("solution"):
            self._go_on(new=bool(self._parts[-1].graded))
            self._add(Own(cell, "answer", outputs, self._hidden))
            if cell.is_("grade"):
                self._parts[-1].graded.append(cell.name)
        elif cell.is_("task"):
            self._go_on(new=bool(self._parts[-1].graded))
            self._parts[-1].graded.append(cell.name)
        elif cell.grade or released:
            runs = not cell.grade and cell.kind == "code" and outputs
            self._waiting.append((Own(cell, "exercise", outputs, self._hidden) if runs else None, _anchors(cell)))
        elif cell.source.strip():
            added = Own(cell, "added", outputs, self._hidden)
            if self._waiting:
                self._waiting.append((added, ""))
            else:
                self._add(added)

    def done(self) -> list[Part]:
        self._go_on(new=bool(self._parts[-1].graded))
        return [part for part in self._parts if part.cells or part.graded]

    def _go_on(self, *, new: bool) -> None:
        if new:
            self._parts.append(Part())
        waiting, self._waiting = self._waiting, []
        for own, anchors in waiting:
            if own is not None:
                self._add(own)
            self._parts[-1].anchors = anchors or self._parts[-1].anchors

    def _add(self, own: Own) -> None:
        self._count += 1
        if self._count <= _MOST_CELLS:
            self._parts[-1].cells.append(own)
        else:
            self.left_out += 1


def _anchors(cell: Cell) -> str:
    return cell.source if cell.name.endswith(_ANCHORS) and cell.kind == "markdown" else ""


def _is_test(cell: Cell) -> bool:
    return cell.is_("grade") and not cell.is_("solution")


def _cell(raw: Mapping[str, Any]) -> Cell:
    source, metadata = raw.get("source", ""), raw.get("metadata")
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    grade = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kind = raw.get("cell_type")
    return Cell(kind if kind in ("code", "markdown") else "raw", source, grade=grade if isinstance(grade, dict) else {})


def _outputs(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    found = raw.get("outputs")
    outputs: Sequence[Any] = found if isinstance(found, list) else ()
    return tuple(output for output in outputs if isinstance(output, dict))
