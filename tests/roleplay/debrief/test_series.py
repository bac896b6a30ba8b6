"""Are the data for figures, the expert's call and the calibration what they say they are?"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest

from techsell.errors import UsageError
from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.debrief import calibration, expert_state, series
from techsell.roleplay.model import Scenario
from techsell.roleplay.rubric import score_state
from techsell.roleplay.state import State


def test_a_series_is_plain_json_of_own_expert_and_earlier_calls(way: Callable[..., State]) -> None:
    scenario, own = load_scenario("spec_war"), way("spec_war", "interrogator")
    found = series(scenario, own, expert=expert_state(scenario, own.seed), earlier=[way("spec_war", "dumper")])
    assert json.loads(json.dumps(found)) == found
    assert found["own"]["total"] == score_state(scenario, own).total
    assert len(found["earlier"]) == 1
    assert found["expert"]["total"] >= 85
    assert series(scenario, own)["expert"] is None


def test_trust_is_told_for_every_turn_from_the_greeting(way: Callable[..., State]) -> None:
    scenario, own = load_scenario("spec_war"), way("spec_war", "heard_you_out")
    steps = series(scenario, own)["own"]["trust"]
    assert [step["turn"] for step in steps] == list(range(own.turn + 1))
    assert steps[0]["trust"] == scenario.trust.start
    for before, after in itertools.pairwise(steps):
        assert after["trust"] - before["trust"] == sum(one["trust"] for one in after["reactions"])


def test_facts_are_counted_up_and_noise_is_left_out(way: Callable[..., State]) -> None:
    scenario, own = load_scenario("lindqvist"), way("lindqvist", "expert")
    run = series(scenario, own)["own"]
    assert run["found"][-1]["facts"] == run["found_count"] == len(score_state(scenario, own).facts_found)
    assert all(one["text"] and one["turn"] > 0 for one in run["found"])


def test_words_are_counted_by_hand(wash_down: Scenario, picked: Callable[..., State]) -> None:
    own = picked(wash_down, ["ask_seals", "back_seals"])
    words = series(wash_down, own)["own"]["words"]
    mine = [len(turn.lines[0].text.split()) for turn in own.history[1:]]
    theirs = sum(len(line.text.split()) for turn in own.history for line in turn.lines if line.speaker != "you")
    assert (words["you"], words["customer"]) == (sum(mine), theirs)
    assert words["share"] == 100 * sum(mine) // (sum(mine) + theirs)
    assert (words["longest"], words["longest_turn"]) == (max(mine), mine.index(max(mine)) + 1)


def test_a_call_of_no_turns_has_no_words(wash_down: Scenario, picked: Callable[..., State]) -> None:
    words = series(wash_down, picked(wash_down, []))["own"]["words"]
    assert (words["you"], words["longest"], words["longest_turn"]) == (0, 0, 0)


@pytest.mark.parametrize("name", [name for name in list_scenarios() if load_scenario(name).rubric])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_expert_plays_the_same_customer_well_and_in_whole_sentences(name: str, seed: int) -> None:
    scenario = load_scenario(name)
    state = expert_state(scenario, seed)
    assert (state.seed, state.over) == (seed, True)
    card = score_state(scenario, state)
    assert card.passed
    assert card.total >= 75
    assert all(turn.lines[0].speaker == "you" for turn in state.history if turn.moves)
    assert expert_state(scenario, seed) is state


def test_an_expert_exists_where_there_is_no_worked_example(wash_down: Scenario) -> None:
    assert wash_down.worked is None
    assert expert_state(wash_down, 3).over


def test_calibration_is_the_mean_distance_in_percent(way: Callable[..., State]) -> None:
    scenario = load_scenario("spec_war")
    card = score_state(scenario, way("spec_war", "interrogator"))
    first, second = card.lines[0], card.lines[1]
    found = calibration({first.id: 4, second.id: 0}, card)
    gaps = [100 - first.percent, -second.percent]
    assert [line["difference"] for line in found["lines"]] == gaps
    assert found["mean"] == (abs(gaps[0]) + abs(gaps[1]) + 1) // 2
    assert found["lean"] == (gaps[0] + gaps[1] + 1) // 2


def test_no_marks_no_calibration(way: Callable[..., State]) -> None:
    card = score_state(load_scenario("spec_war"), way("spec_war", "expert"))
    assert calibration({}, card) == {"lines": [], "mean": None, "lean": None}


@pytest.mark.parametrize(("line", "mark"), [("R3", 5), ("R3", -1), ("R99", 2), ("R3", True)])
def test_a_mark_must_be_one(line: str, mark: int, way: Callable[..., State]) -> None:
    card = score_state(load_scenario("spec_war"), way("spec_war", "expert"))
    with pytest.raises(UsageError):
        calibration({line: mark}, card)
