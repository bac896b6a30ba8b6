"""One assignment with all that the proofs ask about it, as plain values: no paths are opened from here on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from techsell_grading.grader.cells import Cell
from techsell_grading.grader.roleplay import PREFIX
from techsell_grading.grader.source import Source, open_source
from techsell_grading.grader.verdict import Limits, task_of
from techsell_grading.proof.planted import Planted, Stranger

if TYPE_CHECKING:
    from techsell.competencies import Framework
    from techsell.syllabus import Points

__all__ = ["SECONDS", "Assignment", "Placed"]

SECONDS = 10.0
"""budget of one notebook with the author's answers, unless its metadata says `techsell: {seconds: N}`"""


class Placed(NamedTuple):
    """A cell and the notebook it stands in."""

    notebook: str
    cell: Cell


@dataclass(frozen=True)
class Assignment:
    """An exercise as written, as released, and what it is held against.

    `files` are the author's, `released` the learner's, both by their path inside the folder; `unreleased` says why
    there is no release. `source` is the zip that the grader takes. `tasks` and `plan` are the competency map and the
    module's points, where the course has them. `own`: held to this course's own rules too.
    """

    module: str
    folder: str
    files: Mapping[str, bytes]
    source: bytes
    released: Mapping[str, bytes]
    unreleased: str = ""
    own: bool = False
    tasks: Framework | None = None
    plan: Points | None = None
    planted: tuple[Planted, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    planted_home: str = "planted"
    calls: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def opened(self) -> Source:
        """The exercise as the grader reads it."""
        return open_source(self.source, self.limits)

    @cached_property
    def raw(self) -> Mapping[str, dict[str, Any]]:
        """The author's notebooks as JSON values, by name."""
        return {name: json.loads(self.files[f"{name}.ipynb"].decode("utf-8-sig")) for name in self.opened.answers}

    @property
    def cells(self) -> Iterator[Placed]:
        """The author's cells, answers and hidden tests included."""
        for notebook, cells in self.opened.answers.items():
            for cell in cells:
                yield Placed(notebook, cell)

    @property
    def graded(self) -> list[Placed]:
        """Whatever has points."""
        return [placed for placed in self.cells if placed.cell.is_("grade") or placed.cell.is_("task")]

    @property
    def tests(self) -> list[Placed]:
        """Checks that a machine runs; the role-play, which is played again, is none of them."""
        return [
            placed
            for placed in self.graded
            if not placed.cell.is_("solution") and not placed.cell.is_("task") and not self.is_call(placed.cell)
        ]

    @property
    def calls_asked(self) -> list[Placed]:
        """Grade cells that stand for a role-play."""
        return [placed for placed in self.graded if self.is_call(placed.cell) and not placed.cell.is_("solution")]

    @property
    def test_tasks(self) -> tuple[str, ...]:
        """The tasks that a machine checks, in their order."""
        return tuple(dict.fromkeys(task_of(placed.cell.name) for placed in self.tests))

    def is_call(self, cell: Cell) -> bool:
        """Whether a grade cell stands for a role-play; in another course only where there is such a scenario."""
        known = self.own or cell.name.removeprefix(PREFIX) in self.opened.scenarios
        return known and cell.name.startswith(PREFIX)

    def place(self, notebook: str, cell: str = "") -> str:
        """Where something stands, for a message."""
        return f"{self.folder}/{notebook}.ipynb" + (f", cell '{cell}'" if cell else "")

    @property
    def budget(self) -> float:
        """Seconds that all notebooks with the author's answers may take together."""
        return sum(_seconds(book) for book in self.raw.values())


def _seconds(book: Mapping[str, Any]) -> float:
    own = book.get("metadata", {}).get("techsell")
    value = own.get("seconds") if isinstance(own, dict) else None
    return float(value) if isinstance(value, int | float) and value > 0 else SECONDS
