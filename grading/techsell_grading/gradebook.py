"""nbgrader's gradebook: the one file that knows its database.

The schema is nbgrader's own and nothing is added to it, so formgrader, `nbgrader export` and every other tool of
nbgrader keep working on the book. One session per operation; a submission is written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from techsell.errors import BookError
from techsell_grading.course import Course
from techsell_grading.storage import only_one, tools_on_path

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from techsell_grading.grader.verdict import Verdict

__all__ = ["Book", "Mark", "Rows"]


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


@dataclass(frozen=True)
class Rows:
    """The book as plain tuples: learner ids; (module, notebook, cell, max); (module, learner, timestamp, penalty);
    (module, learner, notebook, cell, auto, manual, extra, waiting, max).
    """

    learners: tuple[str, ...] = ()
    cells: tuple[tuple[Any, ...], ...] = ()
    submissions: tuple[tuple[Any, ...], ...] = ()
    grades: tuple[tuple[Any, ...], ...] = ()


class Book:
    """The gradebook of a course. Use it as a context manager.

    Args:
        course: whose book.
        busy: seconds to wait for another program that is writing.

    Raises:
        BookError: locked, read-only, full, damaged, or not a gradebook at all.
    """

    def __init__(self, course: Course, *, busy: float = 30.0) -> None:
        self._course = course
        self._url = _with_timeout(course.db_url, busy)
        self._file = _sqlite_file(course.db_url)
        self._gradebook: Any = None

    def __enter__(self) -> Book:
        tools_on_path()
        with self._sentences():
            from nbgrader.api import Gradebook  # type: ignore[import-untyped]

            if self._file is None or self._file.exists():
                self._gradebook = Gradebook(self._url, self._course.course_id)
            else:
                with only_one(self._file.with_name(f".{self._file.name}.lock")):
                    self._gradebook = Gradebook(self._url, self._course.course_id)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._gradebook is not None:
            self._gradebook.close()

    @classmethod
    def exists(cls, course: Course) -> bool:
        """Whether the course has a book already: looking must not make one."""
        file = _sqlite_file(course.db_url)
        return file is None or file.is_file()

    def holds(self, module: str) -> bool:
        """Whether the module has been released into the book."""
        with self._session() as session:
            assignment = _assignment(session, module)
            return assignment is not None and bool(assignment.notebooks)

    def write(self, verdict: Verdict, *, timestamp: datetime | None = None, same_work: bool = False) -> None:
        """Write one verdict: learner, submission, points and comments, in one transaction.

        A person's marks and comments stay. Where a mark was given to other work than this (`same_work` False),
        the cell waits for that person again, as in nbgrader. `timestamp` is when the work was handed in (UTC,
        without a time zone, as nbgrader keeps it); late work gets the penalty of the course's own configuration.

        Raises:
            BookError: the module or one of its cells is not in the book, or the book cannot be written.
        """
        with self._session(writing=True) as session:
            assignment = _assignment(session, verdict.module)
            if assignment is None:
                raise self._unreleased(verdict.module)
            submission = _submission(session, assignment, verdict.learner)
            submission.timestamp = timestamp
            sheets = {sheet.notebook.name: _filled(session, sheet) for sheet in submission.notebooks}
            for check in verdict.checks:
                grades = {grade.cell.name: grade for grade in sheets[check.notebook].grades}
                if check.cell not in grades:
                    raise self._unreleased(verdict.module)
                grade = grades[check.cell]
                marked = grade.manual_score is not None
                if not (same_work and marked):
                    grade.needs_manual_grade = marked or check.points is None
                grade.auto_score = check.points
            blank = set(verdict.unanswered)
            for name, sheet in sheets.items():
                for comment in sheet.comments:
                    comment.auto_comment = "No response." if (name, comment.cell.name) in blank else None
            session.flush()
            self._late(session, submission, sheets)

    def agrees(self, verdict: Verdict, *, timestamp: datetime | None = None) -> bool:
        """Whether the book says what the verdict says: the test for "already written" after an interruption."""
        with self._session() as session:
            submission = _find_submission(session, verdict.module, verdict.learner)
            if submission is None or submission.timestamp != timestamp:
                return False
            noted = {
                (sheet.notebook.name, grade.cell.name): grade.auto_score
                for sheet in submission.notebooks
                for grade in sheet.grades
            }
            return noted == {(check.notebook, check.cell): check.points for check in verdict.checks}

    def marks(self, module: str, learner: str) -> Mapping[tuple[str, str], Mark]:
        """What the book holds about one submission, by (notebook, cell); empty when there is none."""
        with self._session() as session:
            submission = _find_submission(session, module, learner)
            if submission is None:
                return {}
            found: dict[tuple[str, str], Mark] = {}
            for sheet in submission.notebooks:
                said = {comment.cell.name: comment.manual_comment or "" for comment in sheet.comments}
                for grade in sheet.grades:
                    found[sheet.notebook.name, grade.cell.name] = Mark(
                        grade.auto_score,
                        grade.manual_score,
                        grade.extra_credit,
                        bool(grade.needs_manual_grade),
                        said.get(grade.cell.name, ""),
                    )
            return found

    def rows(self) -> Rows:
        """Everything the reports need, read in four queries."""
        with self._session() as session:
            return _rows(session)

    def _late(self, session: Session, submission: Any, sheets: Mapping[str, Any]) -> None:
        """nbgrader's own late-submission plug-in, with the course's configuration."""
        for sheet in sheets.values():
            sheet.late_submission_penalty = None
        seconds = submission.total_seconds_late
        if seconds <= 0:
            return
        from nbgrader.preprocessors import AssignLatePenalties  # type: ignore[import-untyped]

        rule = AssignLatePenalties(config=self._course.config)
        rule.init_plugin()
        for sheet in sheets.values():
            session.refresh(sheet, ["score"])
            penalty = rule.plugin_inst.late_submission_penalty(submission.student.id, sheet.score, seconds)
            if penalty is not None:
                sheet.late_submission_penalty = min(max(float(penalty), 0.0), float(sheet.score))

    @contextmanager
    def _session(self, *, writing: bool = False) -> Iterator[Session]:
        """A fresh session; committed at the end of the block when `writing`, rolled back on any error."""
        book = self._gradebook
        with self._sentences():
            session: Session = book.db()
            try:
                if writing and book.engine.dialect.name == "sqlite":
                    session.execute(text("BEGIN IMMEDIATE"))  # wait for the pen now, not in the middle
                yield session
                if writing:
                    session.commit()
            finally:
                session.rollback()
                book.db.remove()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what the database says into what a trainer can act on."""
        try:
            yield
        except SQLAlchemyError as error:
            said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).lower()
            place = self._file or self._url.split("@")[-1]
            for word, problem, cure in _CURES:
                if word in said:
                    raise BookError(problem, place=place, cure=cure) from error
            raise BookError(
                f"The gradebook does not answer as expected: {said.splitlines()[0]}",
                place=place,
                cure="Keep a copy of it and run 'nbgrader db upgrade' in the course's folder",
            ) from error

    def _unreleased(self, module: str) -> BookError:
        return BookError(
            f"The gradebook does not know the exercises of {module!r} as they are now",
            place=self._file,
            cure=f"Run 'techsell release {module}'",
        )


_CURES = (
    ("locked", "Another program is writing to the gradebook and does not stop", "Close it (formgrader?) and try again"),
    ("readonly", "The gradebook cannot be written", "Make the file and its folder writable for you, then run it again"),
    ("unable to open", "The gradebook cannot be opened", "Check that its folder exists and is writable for you"),
    ("is full", "The disk is full, so nothing was written to the gradebook", "Free some space and run it again"),
    ("not a database", "The gradebook is not a database", "Restore it from a backup, or move it away and grade again"),
    ("malformed", "The gradebook is damaged", "Restore it from a backup, or move it away and grade again"),
    ("disk i/o", "The disk of the gradebook fails", "Check the disk; a gradebook must not lie on a network drive"),
)


def _assignment(session: Session, module: str) -> Any:
    from nbgrader.api import Assignment

    return session.query(Assignment).filter(Assignment.name == module).one_or_none()


def _find_submission(session: Session, module: str, learner: str) -> Any:
    from nbgrader.api import Assignment, SubmittedAssignment

    query = session.query(SubmittedAssignment).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    return query.filter(Assignment.name == module, SubmittedAssignment.student_id == learner).one_or_none()


def _submission(session: Session, assignment: Any, learner: str) -> Any:
    """The learner's submission with a sheet per notebook, made where missing. Names and e-mail stay empty."""
    from nbgrader.api import Student, SubmittedAssignment, SubmittedNotebook

    found = _find_submission(session, assignment.name, learner)
    if found is None:
        student = session.get(Student, learner) or Student(id=learner)
        session.add(student)
        found = SubmittedAssignment(assignment=assignment, student=student)
        session.add(found)
    there = {sheet.notebook.id for sheet in found.notebooks}
    for notebook in assignment.notebooks:
        if notebook.id not in there:
            session.add(SubmittedNotebook(notebook=notebook, assignment=found))
    session.flush()
    return found


def _filled(session: Session, sheet: Any) -> Any:
    """The sheet with a grade for every grade cell and a comment for every answer, as nbgrader mirrors them."""
    from nbgrader.api import Comment, Grade

    notebook = sheet.notebook
    graded, commented = {grade.cell_id for grade in sheet.grades}, {comment.cell_id for comment in sheet.comments}
    for cell in (*notebook.grade_cells, *notebook.task_cells):
        if cell.id not in graded:
            session.add(Grade(cell_id=cell.id, notebook=sheet))
    for cell in (*notebook.solution_cells, *notebook.task_cells):
        if cell.id not in commented:
            session.add(Comment(cell_id=cell.id, notebook=sheet))
    session.flush()
    session.refresh(sheet)
    return sheet


def _rows(session: Session) -> Rows:
    from nbgrader.api import (
        Assignment,
        Grade,
        GradeCell,
        Notebook,
        Student,
        SubmittedAssignment,
        SubmittedNotebook,
        TaskCell,
    )

    cells: list[tuple[Any, ...]] = []
    grades: list[tuple[Any, ...]] = []
    for kind in (GradeCell, TaskCell):
        wanted = select(Assignment.name, Notebook.name, kind.name, kind.max_score)
        wanted = wanted.join(Notebook, Notebook.assignment_id == Assignment.id)
        cells += map(tuple, session.execute(wanted.join(kind, kind.notebook_id == Notebook.id)))
        numbers = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade, kind.max_score)
        marks = (
            select(Assignment.name, SubmittedAssignment.student_id, Notebook.name, kind.name, *numbers)
            .join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(kind, kind.id == Grade.cell_id)
        )
        grades += map(tuple, session.execute(marks))
    facts = (Assignment.name, SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
    handed_in = (
        select(*facts, func.coalesce(func.sum(SubmittedNotebook.late_submission_penalty), 0.0))
        .join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .group_by(*facts)
    )
    return Rows(
        learners=tuple(row[0] for row in session.execute(select(Student.id).order_by(Student.id))),
        cells=tuple(cells),
        submissions=tuple(map(tuple, session.execute(handed_in))),
        grades=tuple(grades),
    )


def _with_timeout(url: str, seconds: float) -> str:
    return f"{url}?timeout={seconds:g}" if url.startswith("sqlite:///") and "?" not in url else url


def _sqlite_file(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///").split("?")[0]) if url.startswith("sqlite:///") else None
