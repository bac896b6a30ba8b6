"""nbgrader's gradebook: the one file that asks nbgrader for its database.

The schema is nbgrader's own and nothing is added to it, so formgrader, `nbgrader export` and every other tool of
nbgrader keep working on the book. A submission is written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from techsell.errors import BookError
from techsell_grading.course import Course
from techsell_grading.gradebook.connection import connect, journal, place_of, sentences, sqlite_file, with_timeout
from techsell_grading.gradebook.posting import Unknown, layout_of, post
from techsell_grading.gradebook.reading import Mark, Rows, Standing, marks_of, rows_of, standing_of
from techsell_grading.storage import only_one, ready_for_nbgrader

if TYPE_CHECKING:
    from techsell_grading.grader.verdict import Verdict

__all__ = ["Book"]

_LATENESS = ("AssignLatePenalties", "LateSubmissionPlugin", "BasePlugin")
"""Sections of the configuration that can give late work a penalty; without any nbgrader's default gives none."""


class Book:
    """The gradebook of a course. Use it as a context manager.

    Args:
        course: whose book.
        busy: seconds to wait for another program that is writing.
        run: many submissions will be written. A SQLite file is then in WAL mode until the end: a power cut leaves
            each submission written or not written, and a transaction costs a tenth of a millisecond instead of
            several waits for the disk. Every tool of nbgrader reads the file meanwhile, as it does after a crash.

    Raises:
        BookError: locked, read-only, full, damaged, or not a gradebook at all.
    """

    def __init__(self, course: Course, *, busy: float = 30.0, run: bool = False) -> None:
        self._course = course
        self._url = with_timeout(course.db_url, busy)
        self._file = sqlite_file(course.db_url)
        self._place = place_of(course.db_url)
        self._run = run
        self._engine: Engine | None = None

    def __enter__(self) -> Book:
        with sentences(self._place):
            if self._file is not None and not self._file.exists():
                with only_one(self._file.with_name(f".{self._file.name}.lock")):
                    self._make()
            relaxed = self._run and self._file is not None and journal(self._file, "wal")
            self._engine = connect(self._url, relaxed=relaxed)
            if not inspect(self._engine).has_table("submitted_assignment"):
                self._make()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._run and self._file is not None:
            journal(self._file, "delete")

    @classmethod
    def exists(cls, course: Course) -> bool:
        """Whether the course has a book already: looking must not make one."""
        file = sqlite_file(course.db_url)
        return file is None or file.is_file()

    def holds(self, module: str) -> bool:
        """Whether the module has been released into the book."""
        with self._connection() as connection:
            layout = layout_of(connection, module)
            return layout is not None and bool(layout.notebooks)

    def write(self, verdict: Verdict, *, timestamp: datetime | None = None, same_work: bool = False) -> None:
        """Write one verdict: learner, submission, points and comments, in one transaction.

        A person's marks and comments stay. Where a mark was given to other work than this (`same_work` False),
        the cell waits for that person again, as in nbgrader. `timestamp` is when the work was handed in (UTC,
        without a time zone, as nbgrader keeps it); late work gets the penalty of the course's own configuration.

        Raises:
            BookError: the module or one of its cells is not in the book, or the book cannot be written.
        """
        try:
            with self._connection(writing=True) as connection:
                post(connection, verdict, timestamp=timestamp, same_work=same_work, penalty=self._penalty)
        except Unknown:
            raise BookError(
                f"The gradebook does not know the exercises of {verdict.module!r} as they are now",
                place=self._place,
                cure=f"Run 'techsell release {verdict.module}'",
            ) from None

    def agrees(self, verdict: Verdict, *, timestamp: datetime | None = None) -> bool:
        """Whether the book says what the verdict says: the test for "already written" after an interruption."""
        with self._connection() as connection:
            standing = standing_of(connection, verdict.module, verdict.learner).get(verdict.learner)
        return standing is not None and standing.agrees(verdict, timestamp)

    def standing(self, module: str) -> Mapping[str, Standing]:
        """What the book says about every submission of a module, by learner, in one query."""
        with self._connection() as connection:
            return standing_of(connection, module)

    def marks(self, module: str, learner: str) -> Mapping[tuple[str, str], Mark]:
        """What the book holds about one submission, by (notebook, cell); empty when there is none."""
        with self._connection() as connection:
            return marks_of(connection, module, learner).get(learner, {})

    def all_marks(self, module: str) -> Mapping[str, Mapping[tuple[str, str], Mark]]:
        """What the book holds about every submission of a module, by learner, then by (notebook, cell)."""
        with self._connection() as connection:
            return marks_of(connection, module)

    def rows(self) -> Rows:
        """Everything the reports need, read in six queries."""
        with self._connection() as connection:
            return rows_of(connection)

    def _make(self) -> None:
        """An empty gradebook, made by nbgrader itself; nothing happens where there is one."""
        ready_for_nbgrader()
        from nbgrader.api import Gradebook  # type: ignore[import-untyped]

        Gradebook(self._url, self._course.course_id).close()

    def _penalty(self, learner: str, score: float, seconds: float) -> float | None:
        """nbgrader's own late-submission plug-in, with the course's configuration."""
        if not any(section in self._course.config for section in _LATENESS):
            return None
        from nbgrader.preprocessors import AssignLatePenalties  # type: ignore[import-untyped]

        rule = AssignLatePenalties(config=self._course.config)
        rule.init_plugin()
        found = rule.plugin_inst.late_submission_penalty(learner, score, seconds)
        return None if found is None else float(found)

    @contextmanager
    def _connection(self, *, writing: bool = False) -> Iterator[Connection]:
        """A connection; committed at the end of the block when `writing`, rolled back on any error."""
        if self._engine is None:
            raise RuntimeError("the gradebook is not open: use it in a 'with' block")
        with sentences(self._place), self._engine.connect() as connection:
            if writing and self._file is not None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # wait for the pen now, not in the middle
            yield connection
            if writing:
                connection.commit()
