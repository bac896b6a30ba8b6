"""Are our tables nbgrader's, and is the file one that nbgrader and a power cut can live with?"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, UniqueConstraint, event

from techsell_grading import grade as grading
from techsell_grading.course import Course
from techsell_grading.gradebook import Book, posting, tables
from techsell_grading.gradebook.connection import sqlite_file
from techsell_grading.grader import Check, Verdict


def file_of(course: Course) -> Path:
    file = sqlite_file(course.db_url)
    assert file is not None
    return file


def verdict(learner: str, points: float = 2.0) -> Verdict:
    return Verdict("valves", learner, "", "", (Check("valves", "double", "test", points, 2.0, True),))


def shape(table: Table) -> dict[str, object]:
    """What an INSERT and a SELECT depend on."""
    return {
        "keys": {column.name for column in table.primary_key},
        "unique": {
            tuple(column.name for column in rule.columns)
            for rule in table.constraints
            if isinstance(rule, UniqueConstraint)
        },
        "columns": {column.name: (str(column.type), column.nullable) for column in table.columns},
    }


@pytest.mark.parametrize("name", sorted(tables.METADATA.tables))
def test_our_tables_are_nbgraders(name):
    from nbgrader.api import Base

    ours, theirs = shape(tables.METADATA.tables[name]), shape(Base.metadata.tables[name])
    if name in ("grade_cells", "task_cells"):  # only read, and only these columns
        theirs["columns"] = {key: value for key, value in theirs["columns"].items() if key != "cell_type"}
    assert ours == theirs


def test_every_row_has_what_nbgraders_own_models_would_give_it(released):
    """Of the defaults that nbgrader's models fill in none is forgotten."""
    from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

    with Book(released) as book:
        book.write(verdict("L-1"))
    with closing(sqlite3.connect(file_of(released))) as connection:
        for model in (SubmittedAssignment, SubmittedNotebook, Grade, Comment):
            for column in model.__table__.columns:
                if column.default is not None or not column.nullable:
                    empty = f"SELECT count(*) FROM {model.__tablename__} WHERE {column.name} IS NULL"  # noqa: S608
                    assert connection.execute(empty).fetchone() == (0,), f"{model.__tablename__}.{column.name}"


def test_a_submission_is_one_transaction_of_few_statements(released):
    with Book(released) as book:
        book.write(verdict("L-0"))
        heard: list[str] = []
        event.listen(book._engine, "before_cursor_execute", lambda *words: heard.append(words[2].split()[0]))
        event.listen(book._engine, "commit", lambda _: heard.append("COMMIT"))
        book.write(verdict("L-1"))
    assert heard.count("COMMIT") == heard.count("BEGIN") == 1
    assert len(heard) <= 12


def test_each_row_is_found_by_a_key_and_never_by_a_scan_of_the_class(released):
    """nbgrader's schema has no other index: a scan of all grades for each submission makes a big class quadratic."""
    with Book(released, run=True) as book:
        for number in range(40):
            book.write(verdict(f"L-{number}"))
        heard: list[tuple[str, Any]] = []
        event.listen(book._engine, "before_cursor_execute", lambda *words: heard.append((words[2], words[3])))
        book.write(verdict("L-7"), same_work=True)
        book.marks("valves", "L-7")
        book.agrees(verdict("L-7"))
    big = {"grade", "comment", "submitted_notebook", "submitted_assignment", "student"}
    with closing(sqlite3.connect(file_of(released))) as connection:
        for statement, values in heard:
            words = values[0] if isinstance(values, list) else values
            plan = (
                connection.execute(f"EXPLAIN QUERY PLAN {statement}", words) if statement != "BEGIN IMMEDIATE" else []
            )
            scanned = {row[3].split()[1] for row in plan if row[3].startswith("SCAN ")}
            assert not scanned & big, statement


class TestRun:
    """A run keeps the file in WAL mode, so that a commit need not wait for the disk."""

    def test_nbgrader_reads_the_file_during_a_run_and_finds_it_afterwards_as_it_was(self, released):
        from nbgrader.api import Gradebook

        before = sorted(path.name for path in released.home.iterdir())
        with Book(released, run=True) as book:
            book.write(verdict("L-1"))
            with Gradebook(released.db_url, released.course_id) as theirs:
                assert [row["student"] for row in theirs.submission_dicts("valves")] == ["L-1"]
            book.write(verdict("L-2"))
        assert sorted(path.name for path in released.home.iterdir()) == before
        with closing(sqlite3.connect(file_of(released))) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert connection.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (2,)

    def test_a_copy_of_the_file_alone_is_the_whole_book_after_a_run(self, released, tmp_path):
        with Book(released, run=True) as book:
            book.write(verdict("L-1"))
        shutil.copy(file_of(released), tmp_path / "alone.db")
        with closing(sqlite3.connect(tmp_path / "alone.db")) as connection:
            assert connection.execute("SELECT count(*) FROM grade").fetchone() == (4,)

    def test_a_reader_who_stays_costs_nothing_but_a_file_beside_it(self, released):
        """formgrader is open the whole day: the run ends all the same, and the next one tidies up."""
        with closing(sqlite3.connect(file_of(released), isolation_level=None)) as reader:
            with Book(released, run=True) as book:
                book.write(verdict("L-1"))
                reader.execute("BEGIN")
                assert reader.execute("SELECT count(*) FROM grade").fetchone() == (4,)
            with Book(released) as book:
                assert book.marks("valves", "L-1")
            reader.execute("COMMIT")
        with Book(released, run=True):
            pass
        assert not file_of(released).with_name("gradebook.db-wal").exists()

    def test_where_the_journal_cannot_be_changed_the_run_is_slower_and_as_safe(self, released):
        with closing(sqlite3.connect(file_of(released), isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM grade").fetchall()
            with Book(released, run=True) as book, book._engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        with Book(released, run=True) as book, book._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1, "NORMAL"

    @pytest.mark.parametrize("moments", [12, pytest.param(200, marks=pytest.mark.slow)])
    def test_a_power_cut_leaves_the_first_submissions_and_no_part_of_one(self, released, tmp_path, moments):
        """The journal is cut off and spoilt where the disk stopped: what is read is always a beginning of the run."""
        with Book(released, run=True) as book:
            for number in range(10):
                book.write(verdict(f"L-{number}"))
            for name in ("gradebook.db", "gradebook.db-wal"):
                shutil.copy(released.home / name, tmp_path / name)
        whole = (tmp_path / "gradebook.db-wal").read_bytes()
        assert len(whole) > 10_000
        chance = random.Random(moments)
        seen = set()
        for moment in range(moments):
            place = tmp_path / str(moment)
            place.mkdir()
            shutil.copy(tmp_path / "gradebook.db", place)
            kept = chance.randrange(len(whole))
            junk = chance.randbytes(chance.choice((0, 4096)))
            (place / "gradebook.db-wal").write_bytes(whole[:kept] + junk)
            with closing(sqlite3.connect(place / "gradebook.db")) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                found = connection.execute("SELECT student_id FROM submitted_assignment").fetchall()
                learners = sorted(row[0] for row in found)
                assert learners == [f"L-{number}" for number in range(len(learners))]
                grades = connection.execute("SELECT count(*) FROM grade").fetchone()
                assert grades == (4 * len(learners),)
            seen.add(len(learners))
        assert len(seen) > 3

    def test_what_a_power_cut_took_from_the_book_is_written_again(self, classroom, whole_book, tmp_path):
        """Files that are there and rows that are not: nothing is graded twice."""
        course = classroom(6)
        backup = file_of(course).read_bytes()
        with ThreadPoolExecutor(1) as here:
            grading.grade(course, executor=here)
            expected = whole_book(course)
            file_of(course).write_bytes(backup)
            run = grading.grade(course, executor=here)
        assert {line.status for line in run.lines} == {"written"}
        assert whole_book(course) == expected


def test_a_book_is_made_by_nbgrader_itself(course):
    with Book(course):
        pass
    with closing(sqlite3.connect(file_of(course))) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_an_existing_book_is_written_without_loading_nbgrader(released):
    """Importing it takes as long as grading a hundred hand-ins."""
    import subprocess
    import sys

    code = (
        "import sys; from techsell_grading.course import Course; from techsell_grading.grade import grade\n"
        "from techsell_grading.gradebook import Book\n"
        "course = Course.open(sys.argv[1]); grade(course)\n"
        "with Book(course) as book: book.rows()\n"
        "heavy = {'nbgrader', 'nbconvert', 'pandas', 'distributed', 'psycopg', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(released.home)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_layout_of_a_module_is_read_in_one_query(released):
    with Book(released) as book, book._engine.connect() as connection:
        layout = posting.layout_of(connection, "valves")
    assert layout is not None
    assert {(cell, kind) for _, cell, kind, _ in layout.cells} >= {("double", "GradeCell"), ("plan", "SolutionCell")}


def test_a_late_penalty_loads_nbgrader_only_where_one_is_configured(released, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nbgrader.preprocessors", None)
    with Book(released) as book:
        assert book._penalty("L-1", 5.0, 3600.0) is None


def test_statements_are_made_once_for_each_kind_of_database():
    same: Callable[[str], object] = posting._Statements.of
    assert same("sqlite") is same("sqlite")
    assert same("postgresql") is not same("sqlite")
