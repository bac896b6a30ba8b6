"""A small sound assignment of our own kind, and the same with one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.grading.conftest import cell, notebook

from techsell import competencies
from techsell.syllabus import Points
from techsell_grading.grader import Limits, pack
from techsell_grading.grader.cells import Cell
from techsell_grading.grader.source import Markers, cleared, public
from techsell_grading.proof import Assignment, Outcome, Trials, prove, run_trials
from techsell_grading.proof.benches import Here
from techsell_grading.proof.planted import read_planted

MODULE = "valves"

_TASKS = b"""\
schema: 1
competencies: [{id: C1, title: Listening}]
items:
  valves/double: {title: Double, kind: code, competencies: {C1: 1}}
  valves/pick: {title: Pick, kind: decision, competencies: {C1: 1}}
  valves/plan: {title: Plan, kind: work_sample, competencies: {C1: 1}}
"""

DOUBLE = """\
def double(x):
    ### BEGIN SOLUTION
    doubled_flow = 2 * x
    return doubled_flow
    ### END SOLUTION"""
DOUBLE_VISIBLE = """\
from techsell.check import call, expect

expect(call(double, 2, called="double(2)"), 4, called="double(2)", words="twice", hint="Twice is plus itself")"""
DOUBLE_HIDDEN = """\
# A check that runs after you hand in.
### BEGIN HIDDEN TESTS
from techsell.check import call, expect

backwards = -3
expect(
    call(double, backwards, called="double(flow)"),
    2 * backwards,
    called="double(flow)",
    words="twice the flow, whichever way it runs",
    hint="A return line runs backwards",
)
### END HIDDEN TESTS"""
PICK = """\
pick = {"valve": ""}
if not pick["valve"]:
    print("pick: name a valve.")
    ### BEGIN SOLUTION
    pick = {"valve": "ball"}
    ### END SOLUTION"""
PICK_VISIBLE = """\
from techsell.check import describe, require

named = pick["valve"]
require(named in ("ball", "gate"), called="pick", found=describe(named), wanted="ball or gate", hint="Two are made")"""
PICK_HIDDEN = """\
# A check that runs after you hand in.
### BEGIN HIDDEN TESTS
from techsell.check import describe, require

chosen_valve = pick["valve"]
require(
    chosen_valve == "ball",
    called="pick",
    found=describe(chosen_valve),
    wanted="the valve that closes within a quarter turn",
    hint="Think of the night shift",
)
### END HIDDEN TESTS"""

PLANTED = {
    "wrong/valves/double__forgets_negative_flow.py": "def double(x):\n    return 2 * abs(x)\n",
    "wrong/valves/pick__takes_the_gate.py": 'pick = {"valve": "gate"}\n',
    **{
        f"right/valves/double.{n}.py": f"def double(x):\n    return {code}\n"
        for n, code in enumerate(["x + x", "x * 2", "x - -x"])
    },
    **{
        f"right/valves/pick.{n}.py": f'pick = {{"valve": {code}}}\n'
        for n, code in enumerate(['"ball"', "'ball'", '"b" + "all"'])
    },
}


def sound() -> list[dict[str, Any]]:
    """The author's cells: 10 points for code, 30 for a decision, 15 for a plan."""
    return [
        cell("code", "import math", "setup", locked=True),
        cell("markdown", "## 1 · Double (10 points)\n\nA pump at twice the speed.", "double_task", locked=True),
        cell("code", DOUBLE, "double_answer", solution=True),
        cell("code", "print(double(1))"),
        cell("code", DOUBLE_VISIBLE, "double", 2.0, grade=True, locked=True),
        cell("code", DOUBLE_HIDDEN, "double__forgets_negative_flow", 8.0, grade=True, locked=True),
        cell("code", PICK, "pick_answer", solution=True),
        cell("code", PICK_VISIBLE, "pick", 5.0, grade=True, locked=True),
        cell("code", PICK_HIDDEN, "pick__takes_the_gate", 25.0, grade=True, locked=True),
        cell("markdown", "I would ask the fitter of the night shift first.", "plan", 15.0, grade=True, solution=True),
    ]


def released(book: Mapping[str, Any]) -> dict[str, bytes]:
    """The learner's version by the grader's own clearing, which another test holds equal to nbgrader's."""
    result = json.loads(json.dumps(book))
    for raw in result["cells"]:
        known = Cell(raw["cell_type"], raw["source"], raw["id"], raw["metadata"].get("nbgrader", {}))
        raw["source"] = public(cleared((known,), Markers())[0], Markers())
    return {f"{MODULE}.ipynb": json.dumps(result).encode()}


class Room:
    """Makes assignments in a folder of its own, and proves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.limits = Limits(cell_seconds=10, sandbox="require")

    def assignment(
        self,
        cells: list[dict[str, Any]] | None = None,
        planted: Mapping[str, str] = PLANTED,
        metadata: Mapping[str, Any] | None = None,
        beside: Mapping[str, bytes] | None = None,
        manifest: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
    ) -> Assignment:
        book = notebook(sound() if cells is None else cells)
        book["metadata"] |= dict(metadata or {})
        files = {f"{MODULE}.ipynb": json.dumps(book).encode()}
        known = {"module": MODULE, "own": True, **(manifest or {})}
        bare = Assignment(
            module=MODULE,
            folder="exercises/valves",
            files=files,
            source=pack({**files, **(beside or {}), "source.json": json.dumps(known).encode()}),
            released=released(book),
            own=bool(known["own"]),
            tasks=competencies.parse(_TASKS),
            plan=Points(exercises=40, role_play=0, work_sample=15),
            limits=limits or self.limits,
        )
        for name, text in planted.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        answers, strangers = read_planted(self.folder, MODULE, bare.opened.answers)
        return replace(bare, planted=answers, strangers=strangers, planted_home=str(self.folder))

    def trials(self, assignment: Assignment, *, right: bool = False, twice: bool = False) -> Trials:
        """What is graded of it. `right`: also right answers; `twice`: more than the author's answers a second time."""
        some = tuple(one for one in assignment.planted if one.loses or right)
        return run_trials(replace(assignment, planted=some), Here(), Here() if twice else None)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _with_a_sandbox(need_program: Callable[..., str]) -> None:
    need_program("bwrap", hint="'apt-get install bubblewrap'")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assignment, Trials]:
    """The sound assignment with what was graded of it."""
    room = Room(tmp_path_factory.mktemp("sound"))
    assignment = room.assignment()
    return assignment, room.trials(assignment, right=True)


def failing(outcomes: tuple[Outcome, ...]) -> dict[str, list[str]]:
    """What each proof that fails says is wrong."""
    return {one.id: [str(finding) for finding in one.findings] for one in outcomes if one.verdict == "fails"}


def proved(assignment: Assignment, trials: Trials) -> dict[str, list[str]]:
    return failing(prove(assignment, trials))


def changed(name: str, **changes: Any) -> list[dict[str, Any]]:
    """The sound cells with the source, kind or metadata of one of them changed."""
    return list(_changed(name, changes))


def _changed(name: str, changes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for raw in sound():
        grade = raw["metadata"].get("nbgrader", {})
        if grade.get("grade_id") == name:
            for key, value in changes.items():
                if key == "source":
                    raw["source"] = value
                elif value is None:
                    del grade[key]
                else:
                    grade[key] = value
        yield raw
