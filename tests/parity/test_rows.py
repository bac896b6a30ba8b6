"""Do nbgrader's own notebooks get the scores that nbgrader's own tests and documentation expect?

Not here: Otter's notebooks (`test/test_grade/files`). Its wheel does not ship them, and nothing is copied.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.parity.courses import GradedCourse, empty_book, set_due, wheel
from tests.parity.own import ALL_COURSES, LIVE, OWN_ROWS
from tests.parity.rows import CELLS, ODD, ODD_COURSE, ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.course}-{row.name}")
def test_a_hand_in_gets_nbgraders_score(row, graded, note_row):
    marks = None
    try:
        marks = graded[row.course].marks(row.module, row.learner)
    finally:
        note_row(row, marks)
    assert (marks.points, marks.of) == (row.points, row.of)
    if row.manual is not None:
        assert marks.manual is row.manual
    assert {name for name, text in marks.comments.items() if text == "No response."} >= set(row.empty)
    if row.penalty is not None:
        assert marks.penalties == (row.penalty,)
    elif row.at:
        assert set(marks.penalties) <= {None, 0.0}


def test_a_missing_notebook_waits_for_nobody(graded):
    from nbgrader.api import Gradebook

    course = graded["plain"]
    with closing(Gradebook(f"sqlite:///{course.home / 'gradebook.db'}")) as book:
        missing = book.find_submission_notebook("p2", "two_notebooks", "one_is_missing")
        assert (missing.score, missing.needs_manual_grade) == (0, False)


@pytest.mark.parametrize("learner", CELLS)
def test_every_cell_of_the_user_guides_problem_gets_its_points(learner, graded):
    cells = graded["plain"].marks("ps1", learner).cells
    assert {name: cells[name] for name in CELLS[learner]} == CELLS[learner]


def test_the_released_hidden_test_validates_and_the_autograded_one_does_not(graded):
    """As in nbgrader's own test: nothing hidden is left in the release, and it is back where it was graded."""
    course = graded["short"]
    released = (course.home / "release" / "hidden" / "p1.ipynb").read_text(encoding="utf-8")
    autograded = (course.home / "autograded" / "stub" / "hidden" / "p1.ipynb").read_text(encoding="utf-8")
    assert "BEGIN HIDDEN TESTS" not in released
    assert "BEGIN HIDDEN TESTS" in autograded
    cells = course.marks("hidden", "stub").cells
    assert sorted(cells.values()) == [0.0, 0.0, 0.5, 1.0], "two cells fail, by their hidden halves alone"


@pytest.mark.parametrize("path", ODD)
def test_nbgraders_odd_files_end_with_a_score(path, graded):
    course = graded[ODD_COURSE]
    marks = course.marks("hidden", Path(path).name.replace(".", "_"))
    assert marks.of == 3
    assert 0 <= marks.points <= 3
    assert course.code == 0, course.said


@pytest.mark.parametrize("row", OWN_ROWS, ids=lambda row: row.name)
def test_a_course_that_knows_nothing_of_this_grader_gets_nbgraders_scores(row, graded):
    marks = graded["plain"].marks(row.module, row.learner)
    assert (marks.points, marks.of) == (row.points, row.of)


@pytest.mark.parametrize("row", [*ROWS, *OWN_ROWS], ids=lambda row: f"{row.course}-{row.name}")
def test_only_tests_that_need_the_live_kernel_run_there_and_the_trainer_is_told(row, graded):
    said = [note for note in graded[row.course].notes(row.module, row.learner) if "the learner's own process" in note]
    assert bool(said) is (row.module in LIVE)


NBGRADER = """
import os, sys
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader
config = PyFileConfigLoader("nbgrader_config.py").load_config()
config.CourseDirectory.root = os.getcwd()
for step in (GenerateAssignment, Autograde):
    for module in sys.argv[1:]:
        converter = step(coursedir=CourseDirectory(config=config, assignment_id=module), config=config)
        converter.force = True
        converter.start()
"""
"""nbgrader's own two steps for several assignments, in one process"""


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", ALL_COURSES)
def test_nbgrader_itself_gives_these_scores(name, graded, tmp_path):
    """The table is nbgrader's word and not ours: its own `autograde`, on the same course directory."""
    home = tmp_path / "course"
    shutil.copytree(graded[name].home, home, ignore=shutil.ignore_patterns("autograded", "gradebook.db"))
    empty_book(home / "gradebook.db")
    set_due(home, ALL_COURSES[name])
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    rows = [row for row in (*ROWS, *OWN_ROWS) if row.course == name]
    for folder in (home / "submitted").iterdir():
        if folder.name not in {row.learner for row in rows}:
            shutil.rmtree(folder)  # the odd files: nbgrader gives up on a module when it meets one
    words = [sys.executable, "-c", NBGRADER, *ALL_COURSES[name].sources]
    done = subprocess.run(
        words, cwd=home, env={**os.environ, "PATH": tools}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = GradedCourse(home, "", 0)
    for row in rows:
        marks = theirs.marks(row.module, row.learner)
        assert (marks.points, marks.of) == (row.points, row.of), row.name


def test_nothing_of_the_wheel_is_in_the_repository(repository):
    """The rows name files; the files stay where pip put them."""
    names = {path.name for path in (repository / "tests" / "parity").rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith((".ipynb", ".db", ".zip"))]
    assert all((wheel() / path).is_file() for path in ODD)
