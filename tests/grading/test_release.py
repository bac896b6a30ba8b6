"""Does the release hold what a learner may see, and is it made once?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from techsell.errors import ReleaseFailed, UsageError
from techsell_grading import pins, release
from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.grader.cells import read
from techsell_grading.grader.document import checksum
from techsell_grading.grader.source import Markers, cleared, hidden_lines, public


def text_of(course: Course, module: str = "valves") -> str:
    return (course.path("release", module=module) / f"{module}.ipynb").read_text(encoding="utf-8")


def break_source(course: Course) -> None:
    path = course.path("source", module="valves") / "valves.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("### END SOLUTION", ""), encoding="utf-8")


def test_a_release_has_stubs_and_tests_but_no_solution_and_no_hidden_test(course):
    assert release.release(course) == ("valves",)
    released = text_of(course)
    assert "YOUR CODE HERE" in released
    assert "double(2) came back wrong" in released
    assert "return 2 * x" not in released
    assert "secret_cases" not in released
    assert "A model answer" not in released


def test_the_gradebook_knows_its_cells(released):
    with Book(released) as book:
        assert book.holds("valves")
        assert not book.holds("pumps")
        assert {row[2]: row[3] for row in book.rows().cells} == {
            "double": 2.0,
            "double__forgets_negative_flow": 3.0,
            "pick": 5.0,
            "plan": 5.0,
        }


def test_the_graders_own_clearing_is_that_of_nbgrader(graded):
    """On the real exercise, cell by cell: stubs, public parts of tests, and the checksums that nbgrader computes."""
    source = (graded.real.folder / "discovery_conversation.ipynb").read_bytes()
    ours = cleared(read(source, len(source))[0], Markers())
    theirs = json.loads(text_of(graded.course, "discovery_conversation"))["cells"]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        said = "".join(other["source"])
        assert public(mine, Markers()) == said
        if mine.grade:
            assert checksum(mine.saying(said)) == other["metadata"]["nbgrader"]["checksum"]


def test_the_real_release_leaks_no_hidden_test(graded):
    source = (graded.real.folder / "discovery_conversation.ipynb").read_bytes()
    hidden = hidden_lines(read(source, len(source))[0], Markers())
    public_lines = {
        line.strip() for cell in read(source, len(source))[0] for line in public(cell, Markers()).split("\n")
    }
    released = json.loads(text_of(graded.course, "discovery_conversation"))["cells"]
    shown = {line.strip() for cell in released for line in "".join(cell["source"]).split("\n")}
    assert len(hidden) > 100
    assert not (hidden - public_lines) & shown


def test_a_release_that_fails_leaves_the_old_one_and_says_why(released):
    before = text_of(released)
    break_source(released)
    with pytest.raises(ReleaseFailed, match=r"cannot release 'valves': RuntimeError: no end solution"):
        release.release(released)
    assert text_of(released) == before
    assert not release.in_step(released, "valves")
    assert not list(released.path("release").glob(".techsell/new-*"))


def test_cells_cannot_be_added_once_there_are_hand_ins(released, exercise, make_cell):
    with Book(released) as book:
        book.write(exercise.grade(exercise.released()))
    path = released.path("source", module="valves") / "valves.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"].append(make_cell("code", "assert True", "late", 1.0, grade=True, locked=True))
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ReleaseFailed, match="Cannot add or remove cells"):
        release.release(released)


def test_a_module_that_is_not_there_is_a_wrong_usage(course):
    with pytest.raises(UsageError, match="no module 'pumps'"):
        release.release(course, ["pumps"])


def test_in_step_follows_the_exercise_and_the_configuration(released):
    assert release.in_step(released, "valves")
    with (released.home / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.Execute.timeout = 5\n")
    assert not release.in_step(Course.open(released.home), "valves")


def test_a_release_from_an_environment_that_is_not_activated(course, bare_environment):
    """nbgrader runs `alembic` from PATH when it makes a gradebook; here there is none on PATH."""
    command = [sys.executable, "-m", "techsell", "release", "valves", "--course", str(course.home)]
    done = subprocess.run(command, env=bare_environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Released valves" in done.stdout
    assert done.stderr == ""


class TestForLearn:
    """`ensure_released`: the hook that `techsell learn` uses in a checkout."""

    @pytest.fixture(autouse=True)
    def _here(self, course, monkeypatch, tmp_path):
        monkeypatch.setenv("TECHSELL_COURSE", str(course.home))
        monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / "cache"))

    def test_it_is_made_once_without_a_gradebook(self, course, monkeypatch):
        folder = release.ensure_released(["valves"])
        assert (folder / "valves" / "valves.ipynb").is_file()
        assert "secret_cases" not in (folder / "valves" / "valves.ipynb").read_text(encoding="utf-8")
        assert not Book.exists(course)
        monkeypatch.setattr(release, "_run", None)
        assert release.ensure_released(["valves"]) == folder

    def test_finding_it_again_imports_no_nbgrader(self, course):
        release.ensure_released(["valves"])
        code = (
            "import sys; from techsell_grading.release import ensure_released; print(ensure_released(['valves']));"
            "sys.exit(any(name.split('.')[0] in ('nbgrader', 'nbconvert', 'sqlalchemy') for name in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def test_a_changed_exercise_is_made_afresh(self, course):
        first = release.ensure_released(["valves"])
        path = course.path("source", module="valves") / "valves.ipynb"
        path.write_text(path.read_text(encoding="utf-8").replace("# Valves", "# Valves, second edition"))
        second = release.ensure_released(["valves"])
        assert first != second
        assert "second edition" in (second / "valves" / "valves.ipynb").read_text(encoding="utf-8")
        assert (first / "valves" / "valves.ipynb").is_file(), "another program may still be reading it"

    def test_several_at_once_get_the_same_folder(self):
        with ThreadPoolExecutor(3) as several:
            folders = set(several.map(lambda _: release.ensure_released(["valves"]), range(3)))
        assert len(folders) == 1
        (folder,) = folders
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    def test_a_checkout_that_cannot_be_written_uses_the_users_cache(self, course, tmp_path):
        course.path("release").write_text("a file where the folder should be")
        folder = release.ensure_released(["valves"])
        assert folder.is_relative_to(tmp_path / "cache")

    def test_nowhere_to_write_is_said(self, course, tmp_path):
        course.path("release").write_text("")
        (tmp_path / "cache").write_text("")
        with pytest.raises(ReleaseFailed, match="cannot be stored anywhere"):
            release.ensure_released(["valves"])

    def test_what_nbgrader_refuses_is_said_in_one_sentence(self, course):
        break_source(course)
        with pytest.raises(ReleaseFailed, match=r"cannot release 'valves': RuntimeError: no end solution"):
            release.ensure_released(["valves"])

    def test_an_unknown_module_is_a_failed_release(self):
        with pytest.raises(ReleaseFailed, match="no module 'pumps'"):
            release.ensure_released(["pumps"])


class TestPins:
    def test_the_scenarios_as_they_are_now_are_pinned(self, repository):
        """After a change of a scenario or an exercise: `python -m techsell_grading.pins`."""
        from techsell.roleplay import canonical, fingerprint, list_scenarios, load_scenario

        folder = repository / "grading" / "pins" / "scenarios"
        for name in list_scenarios():
            scenario = load_scenario(name)
            path = folder / f"{name}.{fingerprint(scenario)}.json"
            assert path.is_file(), f"{name} is not pinned; run: python -m techsell_grading.pins"
            assert path.read_bytes() == canonical(scenario)

    def test_the_recogniser_as_it_is_now_is_pinned(self, repository):
        name, content = pins.recognisers.present()
        path = repository / "grading" / "pins" / "recognisers" / f"{name}.zip"
        assert path.is_file(), "the recogniser is not pinned; run: python -m techsell_grading.pins"
        assert pins.recognisers.finder({name: content})(name) is not None

    def test_the_exercises_as_they_are_now_are_pinned(self, repository):
        for folder in (repository / "exercises").iterdir():
            sha = pins.exercise_sha(pins.exercise_files(folder))
            path = repository / "grading" / "pins" / "exercises" / f"{folder.name}.{sha}.zip"
            assert path.is_file(), f"{folder.name} is not pinned; run: python -m techsell_grading.pins"

    def test_a_release_pins_what_it_released(self, released):
        release.release(released)
        sha = pins.exercise_sha(pins.exercise_files(released.path("source", module="valves")))
        assert (released.pins / "exercises" / f"valves.{sha}.zip").is_file()
        assert list((released.pins / "scenarios").glob("cobalt_ridge.*.json"))
        assert (released.pins / "recognisers" / f"{pins.recognisers.present()[0]}.zip").is_file()

    def test_an_old_version_stays_known_and_a_forged_pin_does_not_count(self, course):
        folder = course.pins / "scenarios"
        folder.mkdir(parents=True)
        old = b'{"id":"cobalt_ridge","old":true}'
        sha = pins.hashlib.sha256(old).hexdigest()
        (folder / f"cobalt_ridge.{sha}.json").write_bytes(old)
        (folder / f"cobalt_ridge.{'0' * 64}.json").write_bytes(b"{}")
        found = pins.scenario_pins(course, ["cobalt_ridge"])
        assert found[sha] == old
        assert "0" * 64 not in found
        assert len(found) >= 2

    def test_the_hash_of_an_exercise_follows_names_and_contents(self):
        assert pins.exercise_sha({"a": b"1", "b": b"2"}) == pins.exercise_sha({"b": b"2", "a": b"1"})
        assert pins.exercise_sha({"a": b"1"}) != pins.exercise_sha({"b": b"1"})
        assert pins.exercise_sha({"a": b"1"}) != pins.exercise_sha({"a": b"2"})


def test_programs_beside_the_interpreter_come_first(monkeypatch):
    from techsell_grading.storage import ready_for_nbgrader

    monkeypatch.setenv("PATH", os.pathsep.join(["/bin", "/usr/bin"]))
    ready_for_nbgrader()
    first = os.environ["PATH"]
    ready_for_nbgrader()
    assert first == os.environ["PATH"]
    assert first.split(os.pathsep)[0] == os.path.dirname(sys.executable)  # noqa: PTH120 - links are not followed
