"""Does each proof about graded hand-ins find its one defect, and no other proof anything?"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest

from techsell_grading.proof import Assignment, Trials, prove, run_trials
from techsell_grading.proof.benches import benches
from techsell_grading.proof.rounds import apart, rounds

from .conftest import DOUBLE, DOUBLE_HIDDEN, DOUBLE_VISIBLE, PICK_VISIBLE, PLANTED, Room, changed, proved, sound

HIDDEN = "double__forgets_negative_flow"


def tried(
    room: Room, cells: list[dict[str, Any]] | None = None, *, right: bool = False, **more: Any
) -> dict[str, list[str]]:
    assignment = room.assignment(cells, **more)
    return proved(assignment, room.trials(assignment, right=right))


def planted(**answers: str) -> dict[str, str]:
    """The planted answers with some more, or others."""
    return PLANTED | {f"{name.replace('___', '/valves/')}.py": text for name, text in answers.items()}


def test_a_reference_that_is_wrong(room: Room) -> None:
    found = tried(room, changed("double_answer", source=DOUBLE.replace("2 * x", "2 * x + (x == -3)")))
    assert [*found] == ["reference"]
    assert len(found["reference"]) == 1
    assert "earns 0 of 8 points: Called double(flow)" in found["reference"][0]
    assert f"cell '{HIDDEN}'" in found["reference"][0]


def test_a_reference_that_does_not_run_at_all(room: Room) -> None:
    found = tried(room, changed("double_answer", source="### BEGIN SOLUTION\ndef double(x:\n### END SOLUTION"))
    assert [*found] == ["reference"]
    assert len(found["reference"]) == 2


def test_a_release_that_earns_something(room: Room) -> None:
    found = tried(room, changed("pick", source=f"from techsell.check import describe\n{'import math'}"))
    assert [*found] == ["stub"]
    assert "The release earns 5 of 5 points as it is" in found["stub"][0]


def test_a_wrong_answer_that_passes(room: Room) -> None:
    found = tried(room, planted=planted(**{f"wrong___{HIDDEN}": "def double(x):\n    return x + x\n"}))
    assert [*found] == ["wrong"]
    assert len(found["wrong"]) == 1
    assert f"The wrong answer '{HIDDEN}' does not lose '{HIDDEN}'" in found["wrong"][0]
    assert str(room.folder) in found["wrong"][0]


def test_a_wrong_answer_that_loses_more(room: Room) -> None:
    found = tried(room, planted=planted(**{f"wrong___{HIDDEN}.zero": "def double(x):\n    return 0\n"}))
    assert [*found] == ["wrong"]
    assert f"The wrong answer '{HIDDEN}.zero' also loses 'double'" in found["wrong"][0]


def test_a_wrong_answer_that_breaks_another_task(room: Room) -> None:
    """It is not handed in beside the wrong answer to that task, which would hide it."""
    text = 'def double(x):\n    global pick\n    pick = {"valve": "gate"}\n    return 2 * abs(x)\n'
    cells = sound()
    cells.insert(2, cells.pop(6))  # the answer that is bound anew stands first
    assignment = room.assignment(cells, planted=planted(**{f"wrong___{HIDDEN}": text}))
    wrong = [one for one in assignment.planted if one.loses]
    assert [len(some) for some in rounds(wrong, apart(assignment))] == [1, 1]
    found = proved(assignment, room.trials(assignment))
    assert [*found] == ["wrong"]
    assert len(found["wrong"]) == 1
    assert f"The wrong answer '{HIDDEN}' also loses 'pick__takes_the_gate'" in found["wrong"][0]


def test_a_wrong_answer_that_is_told_python(room: Room) -> None:
    found = tried(
        room, changed(HIDDEN, source=DOUBLE_HIDDEN.replace("expect(\n", "assert double(-1) == -2\nexpect(\n"))
    )
    assert [*found] == ["words"]
    assert "it does not say what was looked at" in found["words"][0]


def test_a_right_answer_that_loses(room: Room) -> None:
    exact = DOUBLE_VISIBLE + "\nassert type(double(2)) is int, 'an int, please'"
    floats = {"right___double.00_float": "def double(x):\n    return 2.0 * x\n"}
    found = tried(room, changed("double", source=exact), right=True, planted=planted(**floats))
    assert [*found] == ["right"]
    assert len(found["right"]) == 1, "the others of its round are not blamed"
    assert "The right answer 'double.00_float' loses 'double': an int, please" in found["right"][0]


def test_a_test_that_cannot_be_judged_from_outside(room: Room) -> None:
    needs = f"{DOUBLE_VISIBLE}\nget_ipython().run_line_magic('who', '')"
    cells = changed("double", source=needs)
    found = tried(room, cells)
    assert [*found] == ["judge"]
    assert "The test 'double' cannot be judged from outside" in found["judge"][0]
    assert "judge: in_kernel" in found["judge"][0]
    assignment = room.assignment(cells, metadata={"techsell": {"judge": "in_kernel"}})
    outcomes = {one.id: one for one in prove(assignment, room.trials(assignment))}
    assert outcomes["judge"].verdict == "holds"
    assert "in the learner's own process" in outcomes["judge"].said
    assert outcomes["reference"].verdict == "holds"


def test_the_same_in_another_course_is_said_and_no_fault(room: Room) -> None:
    cells = changed("double", source=f"{DOUBLE_VISIBLE}\nget_ipython().run_line_magic('who', '')")
    assignment = room.assignment(cells, manifest={"own": False})
    outcomes = {one.id: one for one in prove(assignment, room.trials(assignment))}
    assert outcomes["judge"].verdict == "holds"
    assert "the test 'double' needs it" in outcomes["judge"].said


def test_a_message_that_changes_from_run_to_run(room: Room) -> None:
    luck = DOUBLE_HIDDEN.replace('called="double(flow)",\n    words', 'called=f"double({random.random()})",\n    words')
    assignment = room.assignment(changed(HIDDEN, source=luck.replace("backwards =", "import random\n\nbackwards =")))
    found = proved(assignment, room.trials(assignment, twice=True))
    assert [*found] == ["same again"]
    assert "got another message" in found["same again"][0]
    assert f"cell '{HIDDEN}'" in found["same again"][0]


def test_a_test_that_hangs_on_the_order_of_a_set(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes wherever text hashes as it does where learners are graded, and only there."""
    assignment = room.assignment(changed("pick", source=f"{PICK_VISIBLE}\nassert hash('ball') == {_hash_of_ball()}"))
    assert proved(assignment, room.trials(assignment)) == {}
    with benches(1) as (here, other):
        found = proved(assignment, run_trials(assignment, here, other))
    assert [*found] == ["same again"]
    assert "got 5 and 0 points (where text hashes in another order)" in found["same again"][0]


def _hash_of_ball() -> int:
    import subprocess
    import sys

    words = [sys.executable, "-c", "print(hash('ball'))"]
    done = subprocess.run(words, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_too_slow(room: Room, untouched: tuple[Assignment, Trials]) -> None:
    hurried = room.assignment(metadata={"techsell": {"seconds": 0.001}})
    found = proved(hurried, untouched[1])
    assert [*found] == ["seconds"]
    assert "the budget is 0.001 s" in found["seconds"][0]
    slow = replace(untouched[1].reference, seconds=10.5)
    assert proved(untouched[0], replace(untouched[1], reference=slow, twice=()))["seconds"]
    cold = [replace(pair, first=slow) for pair in untouched[1].twice]
    assert proved(untouched[0], replace(untouched[1], reference=slow, twice=tuple(cold))) == {}, (
        "the quicker run counts"
    )


def test_an_answer_that_can_be_imported(room: Room, untouched: tuple[Assignment, Trials]) -> None:
    """A task that is named as something that our own checks have can be looked up."""
    cells = json.loads(
        json.dumps(changed("setup")).replace("double", "describe").replace("describe, describe", "describe")
    )
    assignment = room.assignment(cells, planted={})
    found = proved(assignment, room.trials(assignment))
    assert any("The answer to 'describe' can be looked up" in finding for finding in found["nothing to import"])
    assert "techsell.check" in found["nothing to import"][0]
    assert len(found["nothing to import"]) == 1
    probe = untouched[1].probe
    assert probe is not None
    silent = replace(untouched[1], probe=replace(probe, reasons=()))
    assert {name: len(of) for name, of in proved(untouched[0], silent).items()} == {"nothing to import": 2}


def test_a_machine_without_what_grading_needs_is_said_once(untouched: tuple[Assignment, Trials]) -> None:
    trouble = replace(untouched[1].reference, trouble="The sandbox did not start.", checks=())
    found = proved(untouched[0], replace(untouched[1], reference=trouble))
    assert found == {"reference": ["The sandbox did not start (exercises/valves). Mend that and prove it again."]}
