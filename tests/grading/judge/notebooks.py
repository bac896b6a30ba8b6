"""Notebooks as the bench runs them: each cell on its side, points by nbgrader's rule."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conftest import LIMIT, Bench, Closed

__all__ = ["Cell", "Mark", "mark", "read", "released"]

_SOLUTION = re.compile(r"^([ \t]*)[^\n]*BEGIN SOLUTION.*?END SOLUTION[^\n]*\n?", re.M | re.S)
_HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*\n?", re.M | re.S)
_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass(frozen=True)
class Cell:
    """One code cell. `role`: test, locked, or learner."""

    name: str
    role: str
    source: str
    points: float

    @property
    def public(self) -> str:
        return _HIDDEN.sub("", self.source)


@dataclass(frozen=True)
class Mark:
    """What a test cell earned and why; `unsupported` as the judge says it."""

    points: float
    of: float
    error: tuple[str, str] | None = None
    unsupported: str = ""


def read(path: Path) -> list[Cell]:
    """The code cells of a notebook."""
    cells = []
    for raw in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if raw["cell_type"] == "code":
            grade = raw["metadata"].get("nbgrader", {})
            role = "learner" if grade.get("solution") else "locked" if grade.get("locked") else "learner"
            role = "test" if grade.get("grade") and not grade.get("solution") else role
            points = float(grade.get("points", 0)) if role == "test" else 0.0
            cells.append(Cell(grade.get("grade_id", ""), role, "".join(raw["source"]), points))
    return cells


def released(source: str) -> str:
    """A cell without its solution."""
    return _SOLUTION.sub(lambda found: "\n".join(found[1] + line for line in _STUB.split("\n")) + "\n", source)


def mark(bench: Bench, author: list[Cell], answers: Mapping[str, str]) -> dict[str, Mark]:
    """Run the author's notebook with these answers in the place of its solutions; the mark of each test cell."""
    bench.asked(*(cell.source for cell in author if cell.role == "learner"))
    marks = {}
    for cell in author:
        if cell.role == "learner":
            with suppress(Closed):  # a learner's process that has ended itself
                bench.learn(answers.get(cell.name, cell.source))
        elif cell.role == "locked":
            run = bench.locked(cell.source)
            assert run["unsupported"] == "", run
        else:
            # A locked test has no place on the learner's side: what is hidden in it must not get there.
            marks[cell.name] = _mark(cell, bench.test(cell.source, LIMIT))
    return marks


def _mark(cell: Cell, run: Mapping[str, Any]) -> Mark:
    if run["error"] is not None:
        return Mark(0.0, cell.points, tuple(run["error"]), run["unsupported"])
    points = cell.points
    for output in run["outputs"]:
        if output["output_type"] == "execute_result":
            with suppress(ValueError):
                points = min(float(output["data"]["text/plain"]), cell.points)
    return Mark(points, cell.points)
