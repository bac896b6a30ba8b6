"""Is a role-play cell proved by a call, the bot's or a recorded one?"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from tests.grading.conftest import RealExercise, cell

from techsell import competencies
from techsell.roleplay import canonical, load_scenario
from techsell.syllabus import Points
from techsell_grading.proof import Assignment, prove

from .conftest import Room, proved, sound

_CALL = (
    "from techsell.check import roleplay_points\n\nroleplay_points('cobalt_ridge', 'cobalt_ridge.transcript.jsonl', 35)"
)


def with_a_call(room: Room, scenario: str = "cobalt_ridge", **more: Any) -> Assignment:
    """The sound assignment with a role-play of 35 points."""
    pin = canonical(load_scenario("cobalt_ridge"))
    cells = [*sound(), cell("code", _CALL, f"roleplay_{scenario}", 35.0, grade=True, locked=True)]
    beside = {f"pins/{hashlib.sha256(pin).hexdigest()}.json": pin}
    made = room.assignment(cells, beside=beside, manifest={"scenarios": ["cobalt_ridge"]})
    assert made.tasks is not None
    plan = made.tasks.items["valves/plan"]
    item = competencies.Item(f"valves/roleplay_{scenario}", "Role-play", "role_play", plan.weights)
    tasks = replace(made.tasks, items={**made.tasks.items, item.id: item})
    return replace(made, plan=Points(exercises=40, role_play=35, work_sample=15), tasks=tasks, **more)


def test_a_recorded_call_is_played_again(room: Room, real: RealExercise) -> None:
    """Without one the expert bot plays; the proof of our own exercise shows it."""
    assignment = with_a_call(room, calls={"cobalt_ridge": real.transcript("L-REFER2", "expert", picked=True)})
    trials = room.trials(assignment)
    assert proved(assignment, trials) == {}
    said = {one.id: one.said for one in prove(assignment, trials)}
    assert said["call"].startswith("cobalt_ridge: ")
    assert said["call"].endswith(" of 35 by a recorded call")
    assert said["points"] == "90 = 7 visible + 33 hidden + 35 role-play + 15 marked"


@pytest.mark.parametrize(
    ("scenario", "calls", "said"),
    [
        (
            "cobalt_ridge",
            {"cobalt_ridge": b"this is no call\n"},
            "The reference call with 'cobalt_ridge' earns nothing",
        ),
        ("cobalt_rigde", {}, "There is no scenario 'cobalt_rigde' to play again"),
    ],
)
def test_a_call_that_cannot_be_played_again(room: Room, scenario: str, calls: dict[str, bytes], said: str) -> None:
    assignment = with_a_call(room, scenario, calls=calls)
    found = proved(assignment, room.trials(assignment))
    assert said in found["call"][0]
    assert len(found["call"]) == 1
    assert [*found] == ["call"]
