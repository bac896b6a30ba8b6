"""Does the book say what was graded, keep what people marked, and fail with a sentence?"""

from __future__ import annotations

import sqlite3
import warnings
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from techsell.errors import BookError
from techsell_grading.course import Course
from techsell_grading.gradebook import Book, Mark
from techsell_grading.grader import Check, Verdict

AT = datetime(2026, 3, 2, 9, 30)


def verdict(learner: str = "L-1", pick: float = 5.0, plan: float | None = None, **other: object) -> Verdict:
    checks = (
        Check("valves", "double", "test", 2.0, 2.0, True),
        Check("valves", "double__forgets_negative_flow", "test", 0.0, 3.0, False, "no"),
        Check("valves", "pick", "test", pick, 5.0, pick == 5.0),
        Check("valves", "plan", "work_sample", plan, 5.0, None if plan is None else False),
    )
    return Verdict("valves", learner, "sub", "src", checks, **other)  # type: ignore[arg-type]


def file_of(course: Course) -> Path:
    return Path(course.db_url.removeprefix("sqlite:///"))


def mark_by_hand(course: Course, learner: str, cell: str, points: float, comment: str = "") -> None:
    """What formgrader does when a trainer types a mark."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, course.course_id) as book:
        grade = book.find_grade(cell, "valves", "valves", learner)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(cell, "valves", "valves", learner).manual_comment = comment
        book.db.commit()


def dump(course: Course) -> dict[str, list[tuple[object, ...]]]:
    """The whole book without its random ids."""
    query = {
        "students": "SELECT id, first_name, last_name, email FROM student",
        "submissions": "SELECT student_id, timestamp, extension FROM submitted_assignment",
        "grades": (
            "SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade FROM grade g "
            "JOIN submitted_notebook n ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id "
            "JOIN base_cell c ON c.id = g.cell_id"
        ),
        "comments": (
            "SELECT s.student_id, c.name, m.auto_comment, m.manual_comment FROM comment m "
            "JOIN submitted_notebook n ON n.id = m.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id "
            "JOIN base_cell c ON c.id = m.cell_id"
        ),
    }
    with sqlite3.connect(file_of(course)) as connection:
        return {name: sorted(connection.execute(text), key=str) for name, text in query.items()}


def test_a_verdict_is_in_the_book_with_all_its_points(released):
    with Book(released) as book:
        book.write(verdict(), timestamp=AT)
        assert book.agrees(verdict(), timestamp=AT)
        assert book.marks("valves", "L-1") == {
            ("valves", "double"): Mark(2.0, None, None, False),
            ("valves", "double__forgets_negative_flow"): Mark(0.0, None, None, False),
            ("valves", "pick"): Mark(5.0, None, None, False),
            ("valves", "plan"): Mark(None, None, None, True),
        }


def test_names_and_mail_addresses_stay_empty(released):
    with Book(released) as book:
        book.write(verdict())
    assert dump(released)["students"] == [("L-1", None, None, None)]


def test_writing_twice_changes_nothing(released):
    with Book(released) as book:
        book.write(verdict(), timestamp=AT)
        once = dump(released)
        book.write(verdict(), timestamp=AT, same_work=True)
    assert dump(released) == once


@pytest.mark.parametrize(
    "other", [verdict(pick=4.0), verdict("L-2"), verdict(plan=0.0)], ids=["points", "learner", "waiting"]
)
def test_agreement_notices_every_difference(released, other):
    with Book(released) as book:
        book.write(verdict(), timestamp=AT)
        assert not book.agrees(other, timestamp=AT)
        assert not book.agrees(verdict(), timestamp=AT + timedelta(seconds=1))


def test_an_untouched_answer_gets_nbgraders_comment(released):
    with Book(released) as book:
        book.write(verdict(plan=0.0, unanswered=(("valves", "plan"), ("valves", "pick_answer"))))
        book.write(verdict("L-2"))
    said = {(learner, cell): text for learner, cell, text, _ in dump(released)["comments"]}
    assert said["L-1", "plan"] == said["L-1", "pick_answer"] == "No response."
    assert said["L-1", "double_answer"] is None
    assert said["L-2", "plan"] is None


def test_a_trainers_mark_and_comment_survive_regrading(released):
    with Book(released) as book:
        book.write(verdict())
        mark_by_hand(released, "L-1", "plan", 4.0, "Good: you name the fitter.")
        book.write(verdict(pick=0.0), same_work=True)
        mark = book.marks("valves", "L-1")["valves", "plan"]
        assert mark == Mark(None, 4.0, None, False, "Good: you name the fitter.")
        assert mark.points == 4.0


def test_new_work_asks_the_trainer_to_look_again_and_keeps_the_old_mark(released):
    with Book(released) as book:
        book.write(verdict())
        mark_by_hand(released, "L-1", "plan", 4.0)
        book.write(verdict(), same_work=False)
        mark = book.marks("valves", "L-1")["valves", "plan"]
        assert (mark.manual, mark.waiting) == (4.0, True)


@pytest.mark.parametrize("same_work", [True, False])
def test_a_mark_that_corrects_the_machine_is_settled_until_there_is_new_work(released, same_work):
    with Book(released) as book:
        book.write(verdict())
        mark_by_hand(released, "L-1", "pick", 3.0)
        book.write(verdict(pick=1.0), same_work=same_work)
        assert book.marks("valves", "L-1")["valves", "pick"] == Mark(1.0, 3.0, None, not same_work)


@pytest.mark.parametrize(
    ("mark", "points"),
    [
        (Mark(2.0, None, None, False), 2.0),
        (Mark(2.0, 3.5, None, False), 3.5),
        (Mark(2.0, 0.0, None, False), 0.0),
        (Mark(2.0, None, 0.5, False), 2.5),
        (Mark(None, None, None, True), None),
        (Mark(None, 3.0, 1.0, False), 4.0),
    ],
)
def test_a_persons_mark_counts_before_the_machines(mark, points):
    assert mark.points == points


class TestLate:
    @pytest.fixture
    def due(self, released):
        from nbgrader.api import Gradebook

        with Gradebook(released.db_url, released.course_id) as book:
            book.update_or_create_assignment("valves", duedate="2026-03-02 09:00:00 UTC")
        return released

    def penalty(self, course: Course) -> float:
        with Book(course) as book:
            book.write(verdict(), timestamp=AT)
            return float(book.rows().submissions[0][3])

    def test_late_work_costs_nothing_by_default_as_in_nbgrader(self, due):
        assert self.penalty(due) == 0.0

    def test_the_courses_own_penalty_is_used(self, due):
        with (due.home / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
        assert self.penalty(Course.open(due.home)) == 7.0

    def test_work_in_time_has_no_penalty(self, due):
        with (due.home / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
        with Book(Course.open(due.home)) as book:
            book.write(verdict(), timestamp=AT - timedelta(hours=1))
            assert book.rows().submissions[0][3] == 0.0


class TestTrouble:
    def test_a_module_that_was_not_released(self, released):
        with Book(released) as book, pytest.raises(BookError, match=r"'pumps'.*Run 'techsell release pumps'"):
            book.write(replace(verdict(), module="pumps"))

    def test_a_check_that_the_book_does_not_know_writes_nothing(self, released):
        strange = replace(verdict(), checks=(*verdict().checks, Check("valves", "new", "test", 1.0, 1.0, True)))
        with Book(released) as book, pytest.raises(BookError, match="techsell release"):
            book.write(strange)
        assert dump(released)["students"] == []

    def test_a_locked_book(self, released):
        holder = sqlite3.connect(file_of(released), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            with Book(released, busy=0.1) as book, pytest.raises(BookError, match=r"Another program.*try again"):
                book.write(verdict())
        finally:
            holder.close()

    def test_a_writer_waits_for_another_one(self, released):
        with ThreadPoolExecutor(4) as several:
            list(several.map(lambda number: self._write(released, f"L-{number}"), range(8)))
        assert len(dump(released)["grades"]) == 8 * 4

    @staticmethod
    def _write(course: Course, learner: str) -> None:
        with Book(course) as book:
            book.write(verdict(learner))

    def test_a_read_only_book_can_be_read_and_not_written(self, released, read_only):
        with read_only(released.home) as home, Book(replace_home(released, home)) as book:
            assert book.holds("valves")
            with pytest.raises(BookError, match=r"cannot be written.*writable"):
                book.write(verdict())

    def test_a_full_disk(self, released):
        with Book(released) as book:
            limited = book._engine.connect()
            pages = limited.exec_driver_sql("PRAGMA page_count").scalar()
            limited.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            limited.close()
            with pytest.raises(BookError, match=r"disk is full.*Free some space"):
                deque((book.write(verdict(f"L-{number}")) for number in range(200)), maxlen=0)

    def test_something_that_is_no_database(self, released):
        file_of(released).write_bytes(b"hello, I am a text" * 100)
        with pytest.raises(BookError, match=r"not a database.*backup"), Book(released):
            pass

    def test_a_database_that_cannot_be_opened(self, released):
        file_of(released).unlink()
        file_of(released).mkdir()
        with pytest.raises(BookError, match="cannot be opened"), Book(released):
            pass


def replace_home(course: Course, home: Path) -> Course:
    return replace(course, home=home, root=home, db_url=f"sqlite:///{home / 'gradebook.db'}")


def test_looking_for_a_book_makes_none(course):
    assert not Book.exists(course)
    assert not file_of(course).exists()


def test_no_warning_of_nbgraders_models_reaches_the_trainer(released):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with Book(released) as book:
            book.write(verdict(), timestamp=AT)
            book.rows()
    assert [str(one.message) for one in heard] == []
