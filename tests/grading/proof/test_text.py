"""Does each proof about the text of an assignment find its one defect, and no other proof anything?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.grading.conftest import cell

from techsell import competencies
from techsell_grading.proof import PROOFS, Assignment, Trials, prove

from .conftest import DOUBLE_HIDDEN, MODULE, PICK_VISIBLE, Room, changed, proved, sound


def test_the_sound_assignment_is_proved(untouched: tuple[Assignment, Trials]) -> None:
    outcomes = prove(*untouched)
    assert {one.id: one.verdict for one in outcomes if one.verdict != "holds"} == {"call": "not asked"}
    assert [one.id for one in outcomes] == [proof.id for proof in PROOFS]
    said = {one.id: one.said for one in outcomes}
    assert said["points"] == "55 = 7 visible + 33 hidden + 15 marked"
    assert said["reference"] == "40 of 40 points in 4 tests"
    assert said["call"] == "there is no role-play"


def with_cells(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [*sound(), *more]


def worth(**points: float) -> list[dict[str, Any]]:
    cells = sound()
    for raw in cells:
        grade = raw["metadata"].get("nbgrader", {})
        if grade.get("grade_id") in points:
            grade["points"] = points[grade["grade_id"]]
    return cells


HIDDEN_LINE = 'words="twice the flow, whichever way it runs",'
DEFECTS: dict[str, tuple[str, list[dict[str, Any]], str]] = {
    "an id that is there twice": (
        "cells",
        with_cells(cell("markdown", "again", "setup", locked=True) | {"id": "other"}),
        "The grade id 'setup' is there 2 times",
    ),
    "a notebook cell id that is there twice": (
        "cells",
        with_cells(cell("markdown", "again") | {"id": "setup"}),
        "The notebook cell id 'setup' is there 2 times",
    ),
    "metadata of an older nbgrader": ("cells", changed("setup", schema_version=1), "have schema 1, not 3"),
    "a flag that is missing": ("cells", changed("setup", solution=None), "do not say whether it is solution"),
    "a key of nobody's": ("cells", changed("setup", colour="red"), "have unknown keys: colour"),
    "an id that nbgrader refuses": ("cells", changed("setup", grade_id="set up"), "has no id that nbgrader takes"),
    "an answer in text that is not graded": (
        "cells",
        with_cells(cell("markdown", "Say why", "why", solution=True)),
        "An answer in text has to be graded",
    ),
    "a name that is no misconception's": (
        "tasks",
        changed("double__forgets_negative_flow", grade_id="double__Forgets"),
        "is not named '<task>' or '<task>__<misconception>'",
    ),
    "a hidden check that is not hidden from its first line": (
        "tasks",
        changed("double__forgets_negative_flow", source=DOUBLE_HIDDEN.replace("# A check", "import math\n# A check")),
        "is not hidden from its first line",
    ),
    "a visible check with a hidden test": (
        "tasks",
        changed("pick", source=f"{PICK_VISIBLE}\n### BEGIN HIDDEN TESTS\nassert pick\n### END HIDDEN TESTS"),
        "A visible check holds a hidden test",
    ),
    "a task without a hidden check": (
        "tasks",
        [raw for raw in changed("pick", points=30.0) if "takes_the_gate" not in json.dumps(raw)],
        "The task 'pick' has no hidden check",
    ),
    "hidden checks without a visible one": (
        "tasks",
        [
            raw
            for raw in changed("pick__takes_the_gate", points=30.0)
            if raw["metadata"].get("nbgrader", {}).get("grade_id") != "pick"
        ],
        "The task 'pick' has no visible check before",
    ),
    "a graded cell without points": (
        "points",
        worth(pick=0, pick__takes_the_gate=30.0),
        "A graded cell is worth nothing",
    ),
    "points that the syllabus does not give": ("points", changed("pick", points=6.0), "give 41 points, the syllabus"),
    "points that the text does not promise": (
        "points",
        changed("double_task", source="## 1 · Double (12 points)"),
        "The text promises 12 points for 'double', its cells give 10",
    ),
    "a test that imports what is not there": (
        "imports",
        changed("pick", source=f"import matplotlib\n{PICK_VISIBLE}"),
        "The cell imports matplotlib",
    ),
    "a locked cell that imports the lessons": (
        "imports",
        changed("setup", source="from techsell import lessons"),
        "The cell imports techsell.lessons",
    ),
    "a hint that says the hidden test": (
        "release",
        with_cells(cell("markdown", f"<details>Remember: {HIDDEN_LINE}</details>")),
        "1 line of the hidden tests",
    ),
    "a hidden test in an output": (
        "release",
        with_cells(
            cell("code", "1 + 1")
            | {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["backwards = -3\n"]}]}
        ),
        "1 line of the hidden tests, such as 'backwards = -3'",
    ),
    "a solution beside its markers": (
        "release",
        with_cells(cell("code", "x = 1\ndoubled_flow = 2 * x")),
        "1 line of the solutions, such as 'doubled_flow = 2 * x'",
    ),
    "a model answer that is left in the text": (
        "release",
        with_cells(cell("markdown", "E.g.: I would ask the fitter of the night shift first.")),
        "1 line of the solutions",
    ),
    "a misspelt marker": (
        "release",
        with_cells(cell("code", "### BEGIN HIDEN TESTS\nassert 1\n### END HIDEN TESTS")),
        "Markers are left in the release: ### BEGIN HIDEN TESTS, ### END HIDEN TESTS",
    ),
    "a marking scheme that is left": (
        "release",
        with_cells(cell("markdown", "=== BEGIN MARK SCHEME ===\nTwo points for the fitter\n=== END MARK SCHEME ===")),
        "1 line of the marking scheme",
    ),
    "a planted answer beside the exercise": (
        "release",
        with_cells(cell("markdown", "def double(x):\n    return 2 * abs(x)\n")),
        "Learners can read the planted answer 'double__forgets_negative_flow'",
    ),
}
ALSO = {"a name that is no misconception's": {"wrong"}, "a task without a hidden check": {"wrong"}}
"""what else such a thing breaks by its nature: the planted answer belongs nowhere any more"""
TWICE = {"a marking scheme that is left", "a name that is no misconception's"}
"""found as text and by its markers; such a check is no hidden one of its task either"""


@pytest.mark.parametrize("what", DEFECTS)
def test_one_defect_is_one_finding(what: str, room: Room, untouched: tuple[Assignment, Trials]) -> None:
    proof, cells, said = DEFECTS[what]
    found = proved(room.assignment(cells), untouched[1])
    assert set(found) == {proof} | ALSO.get(what, set()), found
    assert len(found[proof]) == (2 if what in TWICE else 1), found
    assert any(said in finding for finding in found[proof]), found


def test_a_module_that_the_syllabus_does_not_know(untouched: tuple[Assignment, Trials]) -> None:
    found = proved(replace(untouched[0], plan=None), untouched[1])
    cure = "Add the module with its points, or rename the folder"
    assert found == {"points": [f"The syllabus has no module 'valves' (exercises/valves). {cure}."]}


def test_a_notebook_without_points(room: Room) -> None:
    """As another course may have one; nothing else is wrong with it."""
    bare = room.assignment([cell("code", "1 + 1")], planted={}, manifest={"own": False})
    theirs = replace(bare, tasks=None, plan=None)
    found = proved(theirs, room.trials(theirs))
    assert found == {
        "points": ["No cell of it is graded (exercises/valves). Mark tests and answers as graded, with points."]
    }


def test_more_code_than_selling(untouched: tuple[Assignment, Trials]) -> None:
    tasks = competencies.parse(
        b"schema: 1\ncompetencies: [{id: C1, title: Listening}]\nitems:\n"
        + b"".join(
            f"  valves/{task}: {{title: T, kind: {kind}, competencies: {{C1: 1}}}}\n".encode()
            for task, kind in (("double", "decision"), ("pick", "code"), ("plan", "work_sample"))
        )
    )
    found = proved(replace(untouched[0], tasks=tasks), untouched[1])
    assert [*found] == ["points"]
    assert "Decisions give 10 points; at least 30" in found["points"][0]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (("double", "pick"), "The task 'valves/plan' is mapped to no competency"),
        (("double", "pick", "plan", "paint"), "'valves/paint' is mapped, but is no task of this exercise"),
    ],
)
def test_tasks_and_map_are_the_same(items: tuple[str, ...], said: str, untouched: tuple[Assignment, Trials]) -> None:
    kinds = {"double": "code", "plan": "work_sample"}
    lines = [f"  valves/{n}: {{title: T, kind: {kinds.get(n, 'decision')}, competencies: {{C1: 1}}}}" for n in items]
    text = "schema: 1\ncompetencies: [{id: C1, title: Listening}]\nitems:\n" + "\n".join(lines)
    found = proved(replace(untouched[0], tasks=competencies.parse(text.encode())), untouched[1])
    assert [*found] == ["competencies"]
    assert len(found["competencies"]) == 1
    assert found["competencies"][0].startswith(said)


def test_a_work_sample_is_no_decision(untouched: tuple[Assignment, Trials]) -> None:
    items = dict(untouched[0].tasks.items) if untouched[0].tasks else {}
    items["valves/plan"] = replace(items["valves/plan"], kind="decision")
    assert untouched[0].tasks is not None
    found = proved(replace(untouched[0], tasks=replace(untouched[0].tasks, items=items)), untouched[1])
    assert [*found] == ["competencies"]


def test_a_release_that_nbgrader_refuses(untouched: tuple[Assignment, Trials]) -> None:
    broken = replace(untouched[0], released={}, unreleased="nbgrader cannot release 'valves': duplicate")
    found = proved(broken, replace(untouched[1], stub=None))
    assert [*found] == ["release"]
    assert "duplicate" in found["release"][0]


def test_a_file_beside_the_notebook_gives_it_away(untouched: tuple[Assignment, Trials]) -> None:
    files = {**untouched[0].released, "notes/old.txt": b"so the trick is: backwards = -3\n"}
    found = proved(replace(untouched[0], released=files), untouched[1])
    assert [*found] == ["release"]
    assert "(release, notes/old.txt)" in found["release"][0]


def test_what_a_visible_check_says_is_no_secret(room: Room, untouched: tuple[Assignment, Trials]) -> None:
    line = PICK_VISIBLE.splitlines()[-1]
    hidden = DOUBLE_HIDDEN.replace("backwards = -3\n", f"backwards = -3\n{line}\n")
    found = proved(room.assignment(changed("double__forgets_negative_flow", source=hidden)), untouched[1])
    assert found == {}


def test_a_planted_file_that_belongs_nowhere(room: Room, untouched: tuple[Assignment, Trials]) -> None:
    planted = {f"wrong/{MODULE}/double__forgets_negativ_flow.py": "def double(x):\n    return 0\n"}
    strangers = room.assignment(planted=planted).strangers
    found = proved(replace(untouched[0], strangers=strangers), untouched[1])
    assert [*found] == ["wrong"]
    assert "Did you mean 'double__forgets_negative_flow'?" in found["wrong"][0]


def test_a_hidden_check_and_a_task_want_planted_answers(untouched: tuple[Assignment, Trials]) -> None:
    some = tuple(one for one in untouched[0].planted if one.name not in ("pick__takes_the_gate", "pick.0"))
    found = proved(replace(untouched[0], planted=some), untouched[1])
    assert {name: len(findings) for name, findings in found.items()} == {"wrong": 1, "right": 1}
    assert found["wrong"][0].startswith("No wrong answer is planted for 'pick__takes_the_gate'")
    assert found["right"][0].startswith("The task 'pick' has 2 right answers in another style, not 3")


def test_another_course_is_asked_what_applies_to_it(untouched: tuple[Assignment, Trials]) -> None:
    theirs = replace(untouched[0], own=False, tasks=None, plan=None)
    verdicts = {one.id: one.verdict for one in prove(theirs, untouched[1])}
    not_theirs = {"tasks", "competencies", "imports", "words", "call", "nothing to import"}
    assert {name for name, verdict in verdicts.items() if verdict == "not asked"} == not_theirs
    assert "fails" not in verdicts.values()
