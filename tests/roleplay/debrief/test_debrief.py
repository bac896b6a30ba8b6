"""Are the points true, few, and about what was said? Are the predicted answers those that would have come?"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techsell.roleplay import Conversation, fork, list_scenarios, load_scenario
from techsell.roleplay.debrief import debrief
from techsell.roleplay.debrief.call import Call
from techsell.roleplay.forking import state_before
from techsell.roleplay.model import Scenario
from techsell.roleplay.rubric import score_state
from techsell.roleplay.state import State

WAYS = Path(__file__).parents[1] / "ways"
SCRIPTS = [
    (path.stem, name)
    for path in sorted(WAYS.glob("*.json"))
    for name in json.loads(path.read_text(encoding="utf-8"))
    if path.stem in list_scenarios()
]
WASH_DOWN = load_scenario(Path(__file__).parents[1] / "data" / "wash_down.yaml")
names = st.sampled_from(sorted(list_scenarios()))
walks = st.lists(st.integers(0, 10**6), min_size=1, max_size=24)


def walk(scenario: Scenario, seed: int, choices: list[int]) -> Conversation:
    """Lines of the menu by numbers, now and then one taken back, hung up at the end."""
    talk = Conversation.start(scenario, seed=seed)
    for choice in choices:
        lines = [line for page in range(talk.pages) for line in talk.menu(page)]
        if talk.over or not lines:
            break
        if choice % 17 == 0 and talk.can_undo:
            talk.undo()
        else:
            talk.pick(lines[choice % len(lines)].option)
    if not talk.over:
        talk.hang_up()
    return talk


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names, st.integers(0, 2**40), walks)
def test_a_predicted_answer_is_the_one_that_comes_when_the_line_is_said(
    name: str, seed: int, choices: list[int]
) -> None:
    """Every point of random calls of every scenario: taken up from its turn, its line picked, its answers compared."""
    talk = walk(load_scenario(name), seed, choices)
    found = debrief(talk.scenario, talk.state)
    assert len(found.points) <= 3
    for point in (*found.points, *([found.next] if found.next else [])):
        taken = fork(talk, point.turn)
        taken.pick(point.option)
        heard = [(line.speaker, line.text) for line in taken.log if line.turn == point.turn and line.who == "customer"]
        assert heard == list(point.predicted)
        assert [line.text for line in taken.log if line.who == "you"][-1] == point.better


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names, st.integers(0, 2**40), walks)
def test_the_same_call_gives_the_same_debrief_of_plain_json(name: str, seed: int, choices: list[int]) -> None:
    talk = walk(load_scenario(name), seed, choices)
    first, again = debrief(talk.scenario, talk.state), debrief(talk.scenario, talk.state)
    assert first == again
    assert json.loads(json.dumps(first.as_dict())) == first.as_dict()
    lines = [point.line for point in first.points if point.line]
    assert len(set(lines)) == len(lines)
    assert len({point.turn for point in first.points}) == len(first.points)
    missed = first.as_dict()["facts"]["missed"]
    assert all(fact["question"] and fact["text"] for fact in missed)


@pytest.mark.parametrize(("name", "which"), SCRIPTS)
def test_a_scripted_call_gets_points_that_fit_it(name: str, which: str, way: Callable[..., State]) -> None:
    """A poor call gets some, a very good one none or little; what is quoted was said; whose fault it is comes first."""
    scenario, state = load_scenario(name), way(name, which)
    card = score_state(scenario, state)
    found = debrief(scenario, state)
    words = " ".join(line.text for turn in state.history for line in turn.lines)
    for point in found.points:
        assert point.lost >= 100 or point.line == card.blocked_by
        for quoted in point.observed.split('"')[1::2]:
            assert quoted.removesuffix(" …") in words
        for text in (point.observed, point.why, point.better):
            assert text[-1] in '.?!"…'
            assert not {"{", "}"} & set(text)
            assert "  " not in text
        told = point.observed + point.why
        assert f"turn {point.turn}" in told or point.kind == "left_early"
    if card.total < 60:
        assert found.points
    if which == "expert":
        assert sum(point.lost for point in found.points) <= 1000
        assert len(found.points) < 3
        assert found.points or found.next is not None
    if card.blocked_by and found.points:
        assert card.blocked_by in {point.line for point in found.points}


@pytest.mark.parametrize("name", [name for name, which in SCRIPTS if which == "dumper"])
def test_who_talked_about_the_product_hears_of_it(name: str, way: Callable[..., State]) -> None:
    points = debrief(load_scenario(name), way(name, "dumper")).points
    assert {"told_early", "overclaim"} & {point.kind for point in points}


def test_a_line_that_rules_out_a_pass_comes_first(way: Callable[..., State]) -> None:
    scenario, state = load_scenario("saltmarsh_no_fit"), way("saltmarsh_no_fit", "sells_anyway")
    point = debrief(scenario, state).points[0]
    assert (point.kind, point.line) == ("overclaim", "R9")
    assert "rules out a pass" in point.why


def test_points_are_ranked_by_what_playing_again_shows(way: Callable[..., State]) -> None:
    """Hand check of one point: the call with the better line in its turn and everything else as it was."""
    scenario, state = load_scenario("spec_war"), way("spec_war", "interrogator")
    found = debrief(scenario, state).points
    assert [point.lost for point in found] == sorted((point.lost for point in found), reverse=True)
    first = found[0]
    talk = Conversation.start(scenario, seed=state.seed)
    for turn in state.history[1 : first.turn]:
        talk.pick(turn.option)
    talk.pick(first.option)
    rest = [turn.option for turn in state.history[first.turn + 1 :]]
    for option in rest:
        if not talk.over:
            talk.pick(option)
    gained = round(100 * (talk.scorecard().total - score_state(scenario, state).total))
    assert gained == first.lost


def test_a_call_with_nothing_to_mend_is_told_what_to_try_and_not_praised(way: Callable[..., State]) -> None:
    found = debrief(load_scenario("spec_war"), way("spec_war", "expert"))
    assert found.points == ()
    assert found.next is not None
    said = {turn.option for turn in way("spec_war", "expert").history}
    assert found.next.option not in said
    assert "great" not in found.next.why.lower()


def test_the_same_thing_twice_is_one_point(way: Callable[..., State]) -> None:
    found = debrief(load_scenario("spec_war"), way("spec_war", "dumper")).points
    assert sum(point.kind == "told_early" for point in found) == 1
    assert "The same in turns 4, 5." in found[0].observed


def test_missed_facts_come_with_a_line_that_opens_them(way: Callable[..., State]) -> None:
    scenario, state = load_scenario("spec_war"), way("spec_war", "study_sent")
    missed = debrief(scenario, state).as_dict()["facts"]["missed"]
    texts = {scenario.compiled.option_text(state.variant, index): index for index in range(len(scenario.options))}
    tried = 0
    for fact in missed:
        if fact["turn"] and fact["question"] in texts:
            after = Call(scenario, state).say(fact["turn"], texts[fact["question"]])
            notes = [
                scenario.compiled.text(state.variant, scenario.compiled.facts[one].fact.note)
                for one in after.record.facts
            ]
            assert fact["text"] in notes
            tried += 1
    assert tried


def test_found_and_missed_are_those_of_the_scorecard(way: Callable[..., State]) -> None:
    scenario, state = load_scenario("lindqvist"), way("lindqvist", "interrogator")
    facts = debrief(scenario, state).as_dict()["facts"]
    card = score_state(scenario, state)
    assert len(facts["found"]) == len(card.facts_found)
    assert len(facts["missed"]) == len(card.facts_missed)


def test_a_call_without_a_rubric_is_talked_about_all_the_same() -> None:
    scenario = load_scenario("first_call")
    dice = random.Random(1)
    talk = walk(scenario, 1, [dice.randrange(10**6) for _ in range(12)])
    found = debrief(scenario, talk.state)
    assert found.lines == ()
    assert found.points or found.next
    assert all(point.line == "" for point in found.points)


def test_before_the_first_line_there_is_nothing_to_say() -> None:
    talk = Conversation.start(WASH_DOWN, seed=3)
    found = debrief(WASH_DOWN, talk.state)
    assert (found.points, found.next, found.found) == ((), None, ())
    talk.hang_up()
    assert debrief(WASH_DOWN, talk.state).points == ()


def test_a_call_that_goes_on_has_a_debrief_so_far() -> None:
    talk = Conversation.start(WASH_DOWN, seed=3)
    talk.pick("ask_seals")
    talk.pick("brag")
    found = debrief(WASH_DOWN, talk.state)
    assert all(point.turn <= 2 for point in found.points)


def test_a_call_by_the_old_rules_has_a_debrief() -> None:
    talk = Conversation.start(WASH_DOWN, seed=3, engine=1)
    talk.pick("ask_seals")
    talk.pick("brag")
    talk.hang_up()
    assert "overclaim" in {point.kind for point in debrief(WASH_DOWN, talk.state).points}


def test_looking_back_changes_nothing() -> None:
    scenario = load_scenario("lindqvist")
    talk = walk(scenario, 5, list(range(3, 60, 3)))
    before = talk.transcript()
    debrief(scenario, talk.state)
    assert talk.transcript() == before


def test_the_state_before_a_turn_is_the_engines(way: Callable[..., State]) -> None:
    state = way("lindqvist", "polite")
    call = Call(load_scenario("lindqvist"), state)
    assert all(call.before[number] is state_before(state, number) for number in range(1, state.turn + 1))


def test_a_debrief_is_ready_before_one_has_looked_up(way: Callable[..., State]) -> None:
    """150 ms of processor time for a call of 23 turns; the best of five, the first one loads what is needed."""
    scenario, state = load_scenario("spec_war"), way("spec_war", "interrogator")
    assert state.turn == 23
    taken = []
    for _ in range(5):
        begin = time.process_time()
        debrief(scenario, state)
        taken.append(time.process_time() - begin)
    assert min(taken) < 0.150


def test_earlier_calls_are_compared(way: Callable[..., State]) -> None:
    scenario = load_scenario("spec_war")
    earlier = [way("spec_war", "dumper"), way("spec_war", "interrogator")]
    compare = debrief(scenario, way("spec_war", "expert"), earlier=earlier).as_dict()["compare"]
    assert [run["total"] for run in compare["earlier"]] == [score_state(scenario, run).total for run in earlier]
    assert compare["expert"]["total"] >= 85
