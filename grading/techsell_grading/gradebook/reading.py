"""Reading the tables: what one submission has, what a whole module has, and everything for the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Table, and_, func, select

from techsell_grading.gradebook import tables as t

if TYPE_CHECKING:
    from techsell_grading.grader.verdict import Verdict

__all__ = ["Mark", "Rows", "Standing", "marks_of", "rows_of", "standing_of"]


@dataclass(frozen=True)
class Mark:
    """What the book holds about one grade cell of one learner. `points` follow nbgrader: a person's mark wins."""

    auto: float | None
    manual: float | None
    extra: float | None
    waiting: bool
    comment: str = ""

    @property
    def points(self) -> float | None:
        """Points that count, or None while nobody and nothing has given any."""
        given = self.manual if self.manual is not None else self.auto
        return None if given is None else given + (self.extra or 0.0)


@dataclass
class Standing:
    """What the book says about one submission: when it came (naive UTC) and the machine's points by cell."""

    timestamp: datetime | None
    points: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def agrees(self, verdict: Verdict, timestamp: datetime | None) -> bool:
        """Whether the book says what the verdict says."""
        points = {(check.notebook, check.cell): check.points for check in verdict.checks}
        return self.timestamp == timestamp and self.points == points


@dataclass(frozen=True)
class Rows:
    """The book as plain tuples: learner ids; (module, notebook, cell, max); (module, learner, timestamp, penalty);
    (module, learner, notebook, cell, auto, manual, extra, waiting, max).
    """

    learners: tuple[str, ...] = ()
    cells: tuple[tuple[Any, ...], ...] = ()
    submissions: tuple[tuple[Any, ...], ...] = ()
    grades: tuple[tuple[Any, ...], ...] = ()


def standing_of(connection: Connection, module: str, learner: str | None = None) -> dict[str, Standing]:
    """What the book says about the module, by learner (all without a name), in one query."""
    found: dict[str, Standing] = {}
    for row in connection.execute(_of_cells(t.grade, module, learner, t.grade.c.auto_score)):
        standing = found.setdefault(row.student_id, Standing(row.timestamp))
        if row.there is not None:
            standing.points[row.notebook, row.cell] = row.auto_score
    return found


def marks_of(
    connection: Connection, module: str, learner: str | None = None
) -> dict[str, Mapping[tuple[str, str], Mark]]:
    """The marks of a module by learner (all without a name), then by (notebook, cell), in two queries."""
    numbers = (t.grade.c.auto_score, t.grade.c.manual_score, t.grade.c.extra_credit, t.grade.c.needs_manual_grade)
    said = {
        (row.student_id, row.notebook, row.cell): row.manual_comment
        for row in connection.execute(_of_cells(t.comment, module, learner, t.comment.c.manual_comment))
        if row.there is not None and row.manual_comment
    }
    found: dict[str, dict[tuple[str, str], Mark]] = {}
    for row in connection.execute(_of_cells(t.grade, module, learner, *numbers)):
        marks = found.setdefault(row.student_id, {})
        if row.there is not None:
            comment = said.get((row.student_id, row.notebook, row.cell), "")
            waiting = bool(row.needs_manual_grade)
            marks[row.notebook, row.cell] = Mark(row.auto_score, row.manual_score, row.extra_credit, waiting, comment)
    return dict(found)


def rows_of(connection: Connection) -> Rows:
    """Everything, in six queries."""
    cells: list[tuple[Any, ...]] = []
    grades: list[tuple[Any, ...]] = []
    for kind in (t.grade_cell, t.task_cell):
        wanted = select(t.assignment.c.name, t.notebook.c.name, t.base_cell.c.name, kind.c.max_score)
        wanted = wanted.join(t.notebook, t.notebook.c.assignment_id == t.assignment.c.id)
        wanted = wanted.join(t.base_cell, t.base_cell.c.notebook_id == t.notebook.c.id)
        cells += map(tuple, connection.execute(wanted.join(kind, kind.c.id == t.base_cell.c.id)))
        grade = t.grade.c
        numbers = (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade, kind.c.max_score)
        who = t.submitted_assignment.c
        marks = (
            select(t.assignment.c.name, who.student_id, t.notebook.c.name, t.base_cell.c.name, *numbers)
            .join(t.submitted_assignment, who.assignment_id == t.assignment.c.id)
            .join(t.submitted_notebook, t.submitted_notebook.c.assignment_id == who.id)
            .join(t.notebook, t.notebook.c.id == t.submitted_notebook.c.notebook_id)
            .join(t.grade, grade.notebook_id == t.submitted_notebook.c.id)
            .join(t.base_cell, t.base_cell.c.id == grade.cell_id)
            .join(kind, kind.c.id == t.base_cell.c.id)
        )
        grades += map(tuple, connection.execute(marks))
    facts = (t.assignment.c.name, t.submitted_assignment.c.student_id, t.submitted_assignment.c.timestamp)
    handed_in = (
        select(*facts, func.coalesce(func.sum(t.submitted_notebook.c.late_submission_penalty), 0.0))
        .join(t.submitted_assignment, t.submitted_assignment.c.assignment_id == t.assignment.c.id)
        .outerjoin(t.submitted_notebook, t.submitted_notebook.c.assignment_id == t.submitted_assignment.c.id)
        .group_by(*facts)
    )
    return Rows(
        learners=tuple(row[0] for row in connection.execute(select(t.student.c.id).order_by(t.student.c.id))),
        cells=tuple(cells),
        submissions=tuple(map(tuple, connection.execute(handed_in))),
        grades=tuple(grades),
    )


def _of_cells(table: Table, module: str, learner: str | None, *columns: Any) -> Select[Any]:
    """What grades or comments say about the submissions of a module, with a row of nothing where there is none.

    Joined so that each is found by its unique key (cell, submitted notebook): the only one that it has.
    """
    handed_in, sheet = t.submitted_assignment.c, t.submitted_notebook.c
    names = (t.notebook.c.name.label("notebook"), t.base_cell.c.name.label("cell"), table.c.id.label("there"))
    query = (
        select(handed_in.student_id, handed_in.timestamp, *names, *columns)
        .select_from(t.assignment)
        .join(t.submitted_assignment, handed_in.assignment_id == t.assignment.c.id)
        .outerjoin(t.notebook, t.notebook.c.assignment_id == t.assignment.c.id)
        .outerjoin(
            t.submitted_notebook, and_(sheet.notebook_id == t.notebook.c.id, sheet.assignment_id == handed_in.id)
        )
        .outerjoin(t.base_cell, t.base_cell.c.notebook_id == t.notebook.c.id)
        .outerjoin(table, and_(table.c.cell_id == t.base_cell.c.id, table.c.notebook_id == sheet.id))
        .where(t.assignment.c.name == module)
    )
    return query if learner is None else query.where(handed_in.student_id == learner)
