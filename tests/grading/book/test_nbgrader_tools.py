"""Do nbgrader's own tools work on a course that we graded, as if nbgrader had?"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from techsell_grading.course import Course
from techsell_grading.storage import ready_for_nbgrader


def schema(file: Path) -> list[tuple[object, ...]]:
    """Every table and index as it was made, and the version that nbgrader's migrations go by."""
    with closing(sqlite3.connect(file)) as book:
        made = book.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        settings = [book.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "user_version", "encoding")]
        return [*made, *settings, *book.execute("SELECT version_num FROM alembic_version")]


def test_a_book_that_was_graded_into_has_the_schema_of_a_fresh_one(graded, tmp_path):
    from nbgrader.api import Gradebook

    ready_for_nbgrader()
    fresh = tmp_path / "fresh.db"
    Gradebook(f"sqlite:///{fresh}", "techsell").close()
    assert schema(graded.course.home / "gradebook.db") == schema(fresh)


@pytest.fixture
def nbgrader(graded, tmp_path, monkeypatch) -> Callable[[], tuple[Course, object]]:
    """nbgrader's own interface to a copy of the course, as formgrader uses it."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    course = graded.copy(tmp_path / "course")
    monkeypatch.chdir(course.home)
    config = course.config
    config.CourseDirectory.root = str(course.home)
    return course, NbGraderAPI(CourseDirectory(config=config), config=config)


def test_nbgrader_believes_that_it_graded_everybody(nbgrader, graded):
    _, api = nbgrader
    for found in api.get_submissions("discovery_conversation"):
        line = next(line for line in graded.run.lines if line.learner == found["student"])
        assert (found["autograded"], found["score"], found["max_score"]) == (True, line.score, line.max)
        assert found["needs_manual_grade"] == bool(line.waiting)


def test_nbgraders_feedback_shows_our_points(nbgrader, graded):
    course, api = nbgrader
    said = api.generate_feedback("discovery_conversation", "L-SELLS2")
    assert said["success"], said["log"]
    page = course.path("feedback", "L-SELLS2", "discovery_conversation") / "discovery_conversation.html"
    line = next(line for line in graded.run.lines if line.learner == "L-SELLS2")
    shown = re.search(r"\(Score: ([\d.]+) / ([\d.]+)\)", page.read_text(encoding="utf-8"))
    assert shown is not None
    assert [float(number) for number in shown.groups()] == [line.score, line.max]
