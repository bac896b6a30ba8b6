"""Does the hand-in that nobody made touch all that a learner's hand-in needs?"""

from __future__ import annotations

import json

from techsell.roleplay.assess import assess_hand_in
from techsell.roleplay.load import load_scenario
from techsell_grading.course import Course
from techsell_grading.service.first import _call, first_hand_in


def test_it_holds_the_notebook_as_it_is_released(released: Course) -> None:
    files = first_hand_in(released, "valves")
    assert list(files) == ["valves.ipynb"]
    assert "BEGIN SOLUTION" not in files["valves.ipynb"].decode()


def test_its_call_is_a_declared_one_that_can_be_scored() -> None:
    """With a typed line: the recogniser is what takes longest to load."""
    call = _call("cobalt_ridge")
    kinds = [json.loads(line)["type"] for line in call.decode().splitlines()]
    assert kinds[0] == "SessionStarted"
    assert "LearnerSaid" in kinds
    scenario = load_scenario("cobalt_ridge")
    found = assess_hand_in(call, scenario_id="cobalt_ridge", learner="L-NOBODY", pins=lambda sha: scenario)
    assert len(found.attempts) == 1
    assert _call("no_such_scenario") == b""
