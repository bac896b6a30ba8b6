"""`techsell grade --check` on a course directory, from its folders to the screen."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.grading.conftest import MODULE, cell, notebook, valves

from techsell import cli
from techsell.commands import console
from techsell.errors import ReleaseFailed
from techsell_grading.course import Course
from techsell_grading.pins import exercise_files
from techsell_grading.proof import Finding, Outcome, Planted, Proved, command, load
from techsell_grading.proof.benches import Here
from techsell_grading.proof.show import show
from techsell_grading.release import learners_version
from techsell_grading.sources import pack_source

SECRET = "def double(x):\n    return 2 * abs(x)  # planted here\n"


@pytest.fixture
def planted(course: Course) -> Course:
    """The tiny course with answers planted as its author would."""
    wrong = course.home / "planted" / "wrong" / MODULE
    right = course.home / "planted" / "right" / MODULE
    for folder in (wrong, right):
        folder.mkdir(parents=True)
    (wrong / "double__forgets_negative_flow.py").write_text(SECRET, encoding="utf-8")
    (wrong / "pick.py").write_text('answer = {"valve": "gate"}\n', encoding="utf-8")
    (right / "double.lambda.py").write_text("double = lambda x: x + x\n", encoding="utf-8")
    return course


def test_an_assignment_is_read_with_what_is_planted_beside_it(planted: Course) -> None:
    assignment = load(planted, MODULE)
    assert [(one.name, one.loses, one.answer) for one in assignment.planted] == [
        ("double__forgets_negative_flow", "double__forgets_negative_flow", "double_answer"),
        ("pick", "pick", "pick_answer"),
        ("double.lambda", "", "double_answer"),
    ]
    assert not assignment.own
    assert assignment.strangers == ()
    assert isinstance(assignment.planted[0], Planted)


def test_nothing_planted_is_released_packed_or_pinned(planted: Course) -> None:
    released = learners_version(planted, MODULE)
    assert [*released] == [f"{MODULE}.ipynb"]
    assert b"planted here" not in b"".join(released.values())
    assert [*exercise_files(planted.path("source", module=MODULE))] == [f"{MODULE}.ipynb"]
    assert load(planted, MODULE).source == pack_source(planted, MODULE)


def test_reading_an_assignment_leaves_the_course_as_it_was(planted: Course) -> None:
    before = {path: path.stat().st_mtime_ns for path in sorted(planted.home.rglob("*"))}
    here = Path.cwd()
    load(planted, MODULE)
    assert {path: path.stat().st_mtime_ns for path in sorted(planted.home.rglob("*"))} == before
    assert Path.cwd() == here


def test_an_answer_belongs_to_the_cell_before_its_check_in_any_course(course: Course, tmp_path: Path) -> None:
    """Another course names its cells as it likes, and may have several notebooks."""
    other = notebook(
        [
            cell("code", "### BEGIN SOLUTION\nflow = 3\n### END SOLUTION", "measure", solution=True),
            cell("code", "assert flow == 3", "flow_is_three", 1.0, grade=True, locked=True),
        ]
    )
    (course.path("source", module=MODULE) / "second.ipynb").write_text(json.dumps(other), encoding="utf-8")
    folder = course.home / "planted" / "wrong" / MODULE / "second"
    folder.mkdir(parents=True)
    (folder / "flow_is_three.four.py").write_text("flow = 4\n", encoding="utf-8")
    (folder / "double.py").write_text("flow = 4\n", encoding="utf-8")
    assignment = load(course, MODULE)
    assert [(one.notebook, one.answer, one.loses) for one in assignment.planted] == [
        ("second", "measure", "flow_is_three")
    ]
    assert [(one.name, one.known) for one in assignment.strangers] == [("double", ("flow_is_three",))]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of a `techsell` command in this process."""
    with pytest.raises(SystemExit) as left:
        cli.main([*words])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is graded in this process; other tests use the processes."""
    monkeypatch.setattr(command, "benches", lambda workers: nullcontext((Here(), Here())))


@pytest.mark.usefixtures("at_once")
def test_the_command_says_what_holds(planted: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A course that knows nothing of us; its test of `pick` gives a part of the points for the wrong valve."""
    code, out, _ = run(capsys, "grade", MODULE, "--check", "--course", str(planted.home), "--json", "--sandbox=require")
    told = json.loads(out)
    assert (code, told["holds"]) == (0, True), out
    [module] = told["modules"]
    said = {one["id"]: (one["verdict"], one["said"]) for one in module["proofs"]}
    assert said["wrong"] == ("holds", "2 against 2 tests")
    assert said["right"] == ("holds", "1 earn everything")
    assert said["points"] == ("holds", "15 = 7 visible + 3 hidden + 5 marked")
    assert said["tasks"][0] == said["words"][0] == said["competencies"][0] == "not asked"
    assert module["seconds"] > 0


@pytest.mark.usefixtures("at_once")
def test_an_exercise_that_cannot_be_read_is_a_finding(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (course.path("source", module=MODULE) / f"{MODULE}.ipynb").write_text("{ broken", encoding="utf-8")
    code, out, _ = run(capsys, "grade", "--check", "--course", str(course.home), "--json")
    assert code == 1
    [proof] = json.loads(out)["modules"][0]["proofs"]
    assert proof["verdict"] == "fails"
    assert "no longer valid JSON" in proof["findings"][0]["problem"]


def test_a_notebook_of_format_3_is_to_be_updated(course: Course) -> None:
    old = {"worksheets": [{"cells": valves()["cells"]}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    (course.path("source", module=MODULE) / f"{MODULE}.ipynb").write_text(json.dumps(old), encoding="utf-8")
    with pytest.raises(ReleaseFailed, match="not in format 4"):
        load(course, MODULE)


@pytest.mark.parametrize("word", ["--force", "--cluster=tcp://nowhere:1"])
def test_what_has_no_sense_with_a_check_is_refused(
    course: Course, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = run(capsys, "grade", "--check", "--course", str(course.home), word)
    assert code == 2
    assert f"{word.split('=')[0]} cannot be used with --check" in " ".join(said.split())


def test_nbgrader_s_own_refusal_is_the_finding(course: Course) -> None:
    """A solution whose end is missing."""
    book = valves()
    book["cells"][2]["source"] = book["cells"][2]["source"].replace("### END SOLUTION", "")
    (course.path("source", module=MODULE) / f"{MODULE}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    assignment = load(course, MODULE)
    assert assignment.released == {}
    assert "nbgrader cannot release 'valves'" in assignment.unreleased


def test_the_table_has_a_line_for_each_proof_and_every_finding_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    slip = Finding(
        "The release earns 2 of 2 points as it is", "valves.ipynb, cell 'double'", "Let the test look deeper"
    )
    outcomes = (
        Outcome("points", "Points add up", said="15 = 10 visible + 5 marked"),
        Outcome("stub", "Release: no points", (slip,), "2 of 15 points"),
        Outcome("call", "Role-play", said="there is no role-play", asked=False),
    )
    show([Proved("valves", outcomes, 1.25)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "valves"
    assert [line.split("  ")[0].strip() for line in lines[2:5]] == ["holds", "fails", "not asked"]
    assert lines[5] == f"stub: {slip}"
    assert lines[6] == "1 assignment, 1 finding in 1. 1.2 s."
    assert console.out is not None
