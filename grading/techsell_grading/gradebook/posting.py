"""Writing one verdict into the tables: a dozen statements, the same for a first time and for the tenth.

Every row is put under its table's own unique key ("insert, or change what is there"), so writing twice is writing
once, and a row that a person or nbgrader made before is kept with its id. Rows are found by those keys and never by
a column without an index: nbgrader's schema has no others, and a scan per submission makes a class quadratic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Executable, Table, bindparam, case, func, select, update

from techsell_grading.gradebook import tables as t

if TYPE_CHECKING:
    from techsell_grading.grader.verdict import Verdict

__all__ = ["Layout", "Penalty", "Unknown", "layout_of", "post"]

Penalty = Callable[[str, float, float], float | None]
"""Learner, score and seconds late of one notebook; the points it costs, or None."""

_GRADED = ("GradeCell", "TaskCell")
_COMMENTED = ("SolutionCell", "TaskCell")


class Unknown(Exception):
    """The book does not have the module, or not all the cells of the verdict."""


@dataclass(frozen=True)
class Layout:
    """A module as the book knows it: `notebooks` are (name, id), `cells` (notebook, cell, nbgrader's type, id)."""

    id: str
    duedate: datetime | None
    notebooks: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str, str, str], ...]

    def of(self, kinds: Sequence[str]) -> dict[tuple[str, str], str]:
        """Ids of the cells of these types by (notebook, cell)."""
        return {(name, cell): key for name, cell, kind, key in self.cells if kind in kinds}


def layout_of(connection: Connection, module: str) -> Layout | None:
    """The module's notebooks and cells in a fixed order; None when it was never released into this book."""
    found = connection.execute(_LAYOUT, {"module": module}).all()
    if not found:
        return None
    notebooks = {(row.notebook, row.notebook_id) for row in found if row.notebook_id is not None}
    cells = [(row.notebook, row.cell, row.type, row.cell_id) for row in found if row.cell_id is not None]
    return Layout(found[0].id, found[0].duedate, tuple(sorted(notebooks)), tuple(sorted(cells)))


def post(
    connection: Connection, verdict: Verdict, *, timestamp: datetime | None, same_work: bool, penalty: Penalty
) -> None:
    """Put one verdict into the tables; the caller commits.

    A person's marks and comments stay. A cell that a person marked waits for that person again unless this is the
    `same_work`. `timestamp` is naive UTC.

    Raises:
        Unknown: nothing has been written then.
    """
    layout = layout_of(connection, verdict.module)
    if layout is None:
        raise Unknown
    graded = layout.of(_GRADED)
    checks = {(check.notebook, check.cell): check.points for check in verdict.checks}
    if not checks.keys() <= graded.keys():
        raise Unknown
    put = _Statements.of(connection.dialect.name)
    submission, extension = _submission(connection, put, layout.id, verdict.learner, timestamp)
    sheets = _sheets(connection, put, layout, submission)
    grades = [_grade(sheets[cell[0]], graded[cell], points) for cell, points in checks.items()]
    others = [_grade(sheets[cell[0]], key, None) for cell, key in graded.items() if cell not in checks]
    blank = set(verdict.unanswered)
    comments = [
        {"id": t.new_id(), "sheet": sheets[cell[0]], "cell": key, "text": "No response." if cell in blank else None}
        for cell, key in layout.of(_COMMENTED).items()
    ]
    for statement, rows in (
        (put.regrade if same_work else put.grade, grades),
        (put.waiting, others),
        (put.comment, comments),
    ):
        if rows:
            connection.execute(statement, rows)
    if timestamp is not None and layout.duedate is not None:
        seconds = (timestamp - layout.duedate - (extension or timedelta())).total_seconds()
        if seconds > 0:
            _late(connection, verdict.learner, tuple(sheets.values()), tuple(graded.values()), seconds, penalty)


def _grade(sheet: str, cell: str, points: float | None) -> dict[str, Any]:
    return {"id": t.new_id(), "sheet": sheet, "cell": cell, "points": points, "waits": points is None}


def _submission(
    connection: Connection, put: _Statements, module: str, learner: str, timestamp: datetime | None
) -> tuple[str, timedelta | None]:
    """Id and extension of the learner's submission, made where missing. Names and e-mail stay empty."""
    connection.execute(put.student, {"learner": learner})
    known = {"module": module, "learner": learner}
    connection.execute(put.submission, {**known, "id": t.new_id(), "timestamp": timestamp})
    row = connection.execute(_SUBMISSION, known).one()
    return row.id, row.extension


def _sheets(connection: Connection, put: _Statements, layout: Layout, submission: str) -> dict[str, str]:
    """Ids of the submission's notebooks by name, made where missing, without their late penalties."""
    if not layout.notebooks:
        return {}
    names = {key: name for name, key in layout.notebooks}
    rows = [{"id": t.new_id(), "submission": submission, "notebook": key} for key in names]
    connection.execute(put.sheet, rows)
    found = connection.execute(_SHEETS, {"submission": submission, "notebooks": list(names)})
    return {names[row.notebook_id]: row.id for row in found}


def _late(
    connection: Connection,
    learner: str,
    sheets: Sequence[str],
    cells: Sequence[str],
    seconds: float,
    penalty: Penalty,
) -> None:
    """The course's late penalty on each notebook, never more than its score."""
    for sheet in sheets:
        score = float(connection.execute(_SCORE, {"sheet": sheet, "cells": list(cells)}).scalar_one())
        points = penalty(learner, score, seconds)
        if points is not None:
            connection.execute(_PENALTY, {"sheet": sheet, "points": min(max(float(points), 0.0), score)})


_LAYOUT = (
    select(
        t.assignment.c.id,
        t.assignment.c.duedate,
        t.notebook.c.id.label("notebook_id"),
        t.notebook.c.name.label("notebook"),
        t.base_cell.c.id.label("cell_id"),
        t.base_cell.c.name.label("cell"),
        t.base_cell.c.type,
    )
    .outerjoin(t.notebook, t.notebook.c.assignment_id == t.assignment.c.id)
    .outerjoin(t.base_cell, t.base_cell.c.notebook_id == t.notebook.c.id)
    .where(t.assignment.c.name == bindparam("module"))
)
_SUBMISSION = select(t.submitted_assignment.c.id, t.submitted_assignment.c.extension).where(
    t.submitted_assignment.c.assignment_id == bindparam("module"),
    t.submitted_assignment.c.student_id == bindparam("learner"),
)
_SHEETS = select(t.submitted_notebook.c.id, t.submitted_notebook.c.notebook_id).where(
    t.submitted_notebook.c.notebook_id.in_(bindparam("notebooks", expanding=True)),
    t.submitted_notebook.c.assignment_id == bindparam("submission"),
)
_POINTS = func.coalesce(t.grade.c.manual_score, t.grade.c.auto_score)
_SCORE = select(func.coalesce(func.sum(_POINTS + func.coalesce(t.grade.c.extra_credit, 0.0)), 0.0)).where(
    t.grade.c.cell_id.in_(bindparam("cells", expanding=True)), t.grade.c.notebook_id == bindparam("sheet")
)
_PENALTY = (
    update(t.submitted_notebook)
    .where(t.submitted_notebook.c.id == bindparam("sheet"))
    .values(late_submission_penalty=bindparam("points"))
)


@dataclass(frozen=True)
class _Statements:
    """The "insert, or change what is there" of one kind of database."""

    student: Executable
    submission: Executable
    sheet: Executable
    grade: Executable
    """new work: what a person marked waits for that person again"""
    regrade: Executable
    """the same work: what a person marked is settled"""
    waiting: Executable
    """a cell that the verdict says nothing about"""
    comment: Executable

    @staticmethod
    @lru_cache
    def of(dialect: str) -> _Statements:
        insert: Any = import_module(f"sqlalchemy.dialects.{dialect}").insert  # only the one that is used: it is slow

        def upsert(table: Table, names: Mapping[str, Any], key: Sequence[str], *change: str, **also: Any) -> Executable:
            row = insert(table).values(dict(names))
            changes = {name: row.excluded[name] for name in change} | also
            if not changes:
                return cast(Executable, row.on_conflict_do_nothing(index_elements=key))
            return cast(Executable, row.on_conflict_do_update(index_elements=key, set_=changes))

        by = bindparam
        marked = t.grade.c.manual_score.is_not(None)
        cell_key = ("cell_id", "notebook_id")
        row: dict[str, Any] = {"id": by("id"), "notebook_id": by("sheet"), "cell_id": by("cell")}
        graded = {**row, "auto_score": by("points"), "needs_manual_grade": by("waits")}
        waits = insert(t.grade).excluded.needs_manual_grade
        settled = case((marked, t.grade.c.needs_manual_grade), else_=waits)
        again = case((marked, True), else_=waits)
        return _Statements(
            student=upsert(t.student, {"id": by("learner")}, ("id",)),
            submission=upsert(
                t.submitted_assignment,
                {
                    "id": by("id"),
                    "assignment_id": by("module"),
                    "student_id": by("learner"),
                    "timestamp": by("timestamp"),
                },
                ("assignment_id", "student_id"),
                "timestamp",
            ),
            sheet=upsert(
                t.submitted_notebook,
                {"id": by("id"), "assignment_id": by("submission"), "notebook_id": by("notebook"), "flagged": False},
                ("notebook_id", "assignment_id"),
                late_submission_penalty=None,
            ),
            grade=upsert(t.grade, graded, cell_key, "auto_score", needs_manual_grade=again),
            regrade=upsert(t.grade, graded, cell_key, "auto_score", needs_manual_grade=settled),
            waiting=upsert(t.grade, graded, cell_key),
            comment=upsert(t.comment, {**row, "auto_comment": by("text")}, cell_key, "auto_comment"),
        )
