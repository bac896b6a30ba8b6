"""Does a course mean the same to nbgrader and to us?"""

from __future__ import annotations

from pathlib import Path

import pytest

from techsell.errors import CourseMissing, GradingError, UsageError
from techsell_grading.course import Course, is_id

STEPS = ("source", "release", "submitted", "autograded", "feedback")
CONFIGS = {
    "nothing said": "c = get_config()\n",
    "our own": None,
    "everything moved": (
        "c = get_config()\nc.CourseDirectory.root = '/srv/course'\nc.CourseDirectory.course_id = ' pumps '\n"
        "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n"
        "c.CourseDirectory.submitted_directory = 'in'\nc.CourseDirectory.source_directory = '/srv/src'\n"
        "c.CourseDirectory.db_url = 'postgresql+psycopg://book'\n"
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_paths_and_database_are_those_of_nbgrader(name, course, tmp_path, monkeypatch):
    from nbgrader.coursedir import CourseDirectory

    if CONFIGS[name] is not None:
        home = tmp_path / "other"
        home.mkdir()
        (home / "nbgrader_config.py").write_text(CONFIGS[name], encoding="utf-8")
        course = Course.open(home)
    monkeypatch.chdir(course.home)
    theirs = CourseDirectory(config=course.config)
    assert (course.db_url, course.course_id) == (theirs.db_url, theirs.course_id)
    for step in STEPS:
        folder = theirs.format_path(getattr(theirs, f"{step}_directory"), "L-1", "valves")
        assert course.path(step, "L-1", "valves") == Path(folder)


def test_the_checkouts_own_course_has_its_exercises_at_the_top(repository, monkeypatch):
    monkeypatch.delenv("TECHSELL_COURSE", raising=False)
    course = Course.open()
    assert course.home == repository / "grading"
    assert course.root == repository
    assert course.path("source", module="mousetrap") == repository / "exercises" / "mousetrap"
    assert course.path("release", module="mousetrap") == repository / "grading" / "release" / "mousetrap"
    assert course.db_url.endswith("grading/gradebook.db")
    assert "discovery_conversation" in course.modules()


def test_the_environment_names_a_course(course, monkeypatch):
    monkeypatch.setenv("TECHSELL_COURSE", str(course.home))
    assert Course.open() == course


def test_a_checkout_that_cannot_be_written_gives_everybody_a_course_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("techsell_grading.course._writable", lambda folder: False)
    monkeypatch.setattr("techsell_grading.course._GRADING", tmp_path / "grading")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "mine"))
    monkeypatch.delenv("TECHSELL_COURSE", raising=False)
    course = Course.open()
    assert course.home.is_relative_to(tmp_path / "mine")
    assert course.path("source") == tmp_path / "exercises"


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("", 30),
        ("c.Execute.timeout = 7", 7),
        ("c.ExecutePreprocessor.timeout = 8", 8),
        ("c.NotebookClient.timeout = 9\nc.Execute.timeout = 4", 4),
        ("c.Execute.timeout = None", 30),
    ],
)
def test_the_time_a_cell_may_take_is_the_courses(tmp_path, line, seconds):
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n", encoding="utf-8")
    assert Course.open(tmp_path).cell_seconds == seconds


def test_a_folder_that_is_no_course_is_said_with_the_cure(tmp_path):
    with pytest.raises(CourseMissing, match=r"no course here.*--course"):
        Course.open(tmp_path)
    with pytest.raises(CourseMissing, match="no course here"):
        Course.open(tmp_path / "nowhere")


def test_a_course_without_a_configuration_is_nbgraders_default_course(tmp_path):
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    (tmp_path / "source" / "ps1" / "p.ipynb").write_text("{}", encoding="utf-8")
    course = Course.open(tmp_path)
    assert course.modules() == ("ps1",)
    assert course.db_url == f"sqlite:///{tmp_path}/gradebook.db"


def test_a_configuration_that_stops_is_named(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(GradingError, match=r"ZeroDivisionError.*nbgrader_config\.py"):
        Course.open(tmp_path)


def test_creating_a_course_twice_keeps_the_first_configuration(tmp_path):
    first = Course.create(tmp_path / "c", source=tmp_path)
    again = Course.create(tmp_path / "c", source=tmp_path / "elsewhere")
    assert first == again


def test_a_course_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GradingError, match="cannot be made"):
        Course.create(tmp_path / "file" / "course")


def test_modules_are_chosen_by_name(course):
    assert course.chosen(None) == ("valves",)
    assert course.chosen(["valves", "valves"]) == ("valves",)
    with pytest.raises(UsageError, match=r"no module 'pumps'.*valves"):
        course.chosen(["pumps"])


def test_a_course_without_exercises_says_what_to_put_there(tmp_path):
    with pytest.raises(CourseMissing, match="no exercises"):
        Course.create(tmp_path / "c", source=tmp_path / "none").chosen(None)


def test_hand_ins_are_found_and_hidden_folders_are_not(course):
    for learner in ("L-2", "L-1", "anna@example.org", ".originals"):
        course.path("submitted", learner, "valves").mkdir(parents=True)
    course.path("submitted", "L-1", "other").mkdir(parents=True)
    assert course.handed_in("valves") == ("L-1", "L-2", "anna@example.org")


@pytest.mark.parametrize("name", ["L-7F3K2Q", "anna@example.org", "Ann Smith", "ünï", "a.b"])
def test_what_can_be_an_id(name):
    assert is_id(name)


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\\b", "a\0b", "x" * 129, " a", "a:b", "a*"])
def test_what_cannot_be_an_id(name):
    assert not is_id(name)
