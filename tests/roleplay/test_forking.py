"""Can a call be taken up again at any turn, and another line be tried without a trace?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.errors import UsageError
from techsell.roleplay import Conversation, declared_seed, load_scenario, verify
from techsell.roleplay.forking import counterfactual, fork, state_before
from techsell.roleplay.model import Move, Scenario

Start = Callable[..., Any]


def lines(talk: Conversation) -> list[tuple[str, str]]:
    return [(line.speaker, line.text) for line in talk.log]


def test_a_fork_begins_as_the_call_did_and_goes_its_own_way(call: Start, wash_down: Scenario, ears: Any) -> None:
    now = call(recogniser=ears)
    now.say("ask_seals", "brag")
    now.do("undo")
    now.type("back_seals", "nonsense", "hello|frame")
    now.do("choose", 1)
    now.say("price_short")
    taken = fork(now.talk, 4)
    assert taken.state.turn == 3
    assert taken.state.history == now.state.history[:4]
    assert (taken.state.mode, taken.state.trust) == ("practice", now.state.history[3].trust)
    assert taken.events[0]["data"]["forked_from"] in {event["hash"] for event in now.talk.events}
    taken.pick("price_dodge")
    assert now.state.history[4].option == "price_short", "the other call knows nothing of it"
    found = verify(taken.transcript(), lambda sha: wash_down, lambda name: ears)
    assert found.sound


def test_a_call_of_a_shipped_scenario_is_forked_from_its_events() -> None:
    talk = Conversation.start(load_scenario("first_call"), seed=1)
    talk.pick(talk.menu()[0].option)
    assert fork(talk.events, 2).state.history == talk.state.history


def test_a_version_that_is_not_known_here_cannot_be_forked(wash_down: Scenario) -> None:
    with pytest.raises(UsageError, match="not known here"):
        fork(Conversation.start(wash_down, seed=3).events, 1)


def test_what_was_taken_back_is_left_out_of_a_fork(call: Start, wash_down: Scenario, ears: Any) -> None:
    now = call(recogniser=ears)
    now.type("ask_seals", "hello|frame")
    now.do("undo")
    now.type("hello")
    taken = fork(now.talk, 2)
    assert [event["type"] for event in taken.events if event["type"].startswith("Learner")] == ["LearnerSaid"]
    assert taken.state.history[1].raw == "hello"


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_every_turn_can_be_forked_from_the_events_alone(call: Start, wash_down: Scenario, turn: int) -> None:
    now = call()
    now.say("ask_seals", "back_seals")
    taken = fork(now.talk.events, turn, scenario=wash_down)
    assert taken.state.turn == turn - 1
    assert lines(taken) == lines(now.talk)[: len(lines(taken))]


@pytest.mark.parametrize("turn", [0, 4, -1, 99])
def test_a_turn_that_was_not_made_cannot_be_forked(call: Start, wash_down: Scenario, turn: int) -> None:
    now = call()
    now.say("ask_seals", "back_seals")
    with pytest.raises(UsageError, match=f"no turn {turn}"):
        fork(now.talk, turn)
    with pytest.raises(UsageError, match="no turn"):
        fork([], 1, scenario=wash_down)


def test_a_fork_of_a_declared_attempt_is_practice(wash_down: Scenario) -> None:
    seed = declared_seed("L", "wash_down", 1)
    talk = Conversation.start(wash_down, seed=seed, mode="declared", learner="L", attempt=1)
    talk.pick("ask_seals")
    talk.pick("brag")
    taken = fork(talk, 2)
    data = taken.events[0]["data"]
    assert (data["mode"], data["learner"], data["attempt"], data["seed"]) == ("practice", "", 0, seed)
    assert lines(taken) == lines(talk)[: len(lines(taken))]


def test_a_fork_of_an_old_call_is_played_by_the_old_rules(wash_down: Scenario) -> None:
    old = Conversation.start(wash_down, seed=3, engine=1)
    old.pick("ask_seals")
    taken = fork(old, 2)
    assert (taken.state.engine, taken.state.facts) == (1, ("seal_life",))


def test_another_line_is_tried_without_a_trace(call: Start, wash_down: Scenario, ears: Any) -> None:
    now = call(recogniser=ears)
    now.say("ask_seals", "brag")
    before = state_before(now.state, 2)
    assert before.turn == 1
    moves = (Move(label="reflect", facts=("seal_life",)),)
    answer = counterfactual(wash_down, before, moves)
    other = call()
    other.say("ask_seals", "back_seals")
    assert [line.text for line in answer][:1] == other.spoken()[:1]
    assert all(line.speaker != "you" for line in answer)
    assert now.state.turn == 2
    typed = counterfactual(wash_down, before, "back_seals", recogniser=ears)
    assert typed == answer
    asked = counterfactual(wash_down, before, "back_seals|hello", recogniser=ears)
    assert asked == answer, "the first reading is taken"
    puzzled = counterfactual(wash_down, before, "qwertz", recogniser=ears)
    assert puzzled[0].text in {"Pardon?", "Once more?", "I do not follow."}


def test_a_counterfactual_may_address_somebody(call: Start, wash_down: Scenario) -> None:
    now = call()
    now.say("ask_seals", "back_seals", "price_short", "ask_audit")
    moves = (Move(label="payoff", topics=("audit",)),)
    answer = counterfactual(wash_down, now.state, moves, to="omar")
    assert answer[0].speaker == "omar"


@pytest.mark.parametrize("turn", [0, 3, 7])
def test_before_a_turn_that_was_not_made_there_is_nothing(call: Start, turn: int) -> None:
    now = call()
    now.say("ask_seals", "back_seals")
    with pytest.raises(UsageError, match="no turn"):
        state_before(now.state, turn)
