"""Beside the call: the worked example, the own marks, trying again from a turn, and what customers have heard."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from techsell.progress import Store, memory_store
from techsell.roleplay import load_scenario
from techsell.widgets import Binding, RolePlay

Make = Callable[..., RolePlay]
Talk = Callable[..., RolePlay]

CLEAR = "when did one of them last stop you"
OBJECT = "discovery_conversation/cobalt_ridge"


@pytest.fixture
def typed(make: Make) -> RolePlay:
    """Cobalt Ridge, begun by typing."""
    call = make()
    call.start("practice", "type")
    return call


@pytest.fixture
def finished(make: Make, talk: Talk) -> RolePlay:
    """A practice call of six turns, over and not marked yet."""
    call = talk(make(), 6)
    call.end()
    return call


def marks(call: RolePlay, value: int = 3) -> dict[str, int]:
    return {line["id"]: value for line in call.view["screen"]["rubric"]}


# Worked example


def test_the_worked_example_is_played_line_by_line_and_is_no_run(make: Make, store: Store) -> None:
    call = make("saltmarsh")
    worked = load_scenario("saltmarsh").worked
    assert worked is not None
    assert call.view["screen"]["can_watch"] is True

    call.watch()
    assert call.view["screen"]["phase"] == "watch"
    while not call.view["screen"]["watch"]["over"]:
        call.next()

    own = [line for line in call.view["lines"] if line["who"] == "you"]
    assert [line["comment"] for line in own] == [line.why for line in worked.lines[: len(own)]]
    assert call.view["over"]
    assert call.view["menu"] == []
    assert call.view["scorecard"] is None
    assert store.conversations() == []
    events = store.events(object="discovery_conversation/saltmarsh/watch")
    assert [(event.verb, event.result["lines"]) for event in events] == [("progressed", 0), ("progressed", len(own))]
    call.next()
    assert "at its end" in call.view["screen"]["notice"]
    call.again()
    assert call.view["screen"]["phase"] == "start"


def test_a_scenario_without_worked_example_offers_none(make: Make) -> None:
    bare = load_scenario("saltmarsh").model_copy(update={"worked": None})
    call = RolePlay(bare, Binding(memory_store()), module="discovery_conversation")
    assert call.view["screen"]["can_watch"] is False

    call.watch()

    assert call.view["screen"]["phase"] == "start"
    assert "has no worked example" in call.view["screen"]["notice"]


def test_nobody_watches_during_a_call(typed: RolePlay) -> None:
    typed.watch()

    assert typed.view["screen"]["phase"] == "call"
    assert "A call is running" in typed.view["screen"]["notice"]


# Own marks


def test_the_score_is_held_back_until_the_own_marks_are_given(finished: RolePlay, make: Make, store: Store) -> None:
    assert finished.view["screen"]["phase"] == "score"
    assert finished.view["scorecard"] is None
    assert finished.debrief == {}
    assert make().view["scorecard"] is None

    given_marks = marks(finished, 2)
    finished.self_score(given_marks)

    assert finished.view["screen"]["phase"] == "over"
    lines = finished.view["scorecard"]["lines"]
    (event,) = store.events(object=f"{OBJECT}/self_score", verb="progressed")
    assert event.context == {"conversation": "cobalt_ridge/practice/1"}
    assert event.result["marks"] == given_marks
    apart = sum(abs(50 - line["percent"]) for line in lines) / len(lines)
    assert event.result["error"] == pytest.approx(apart, abs=0.5)
    assert finished.debrief["own"]["error"] == event.result["error"]
    again = make()
    assert again.view["screen"]["phase"] == "over"
    assert again.debrief == finished.debrief


@pytest.mark.parametrize("wrong", [{}, {"R1": 3}, "five", "half", "yes"])
def test_marks_that_are_none_are_refused_with_a_sentence(finished: RolePlay, store: Store, wrong: Any) -> None:
    values = {"five": 5, "half": 2.5, "yes": True}
    given_marks = wrong if isinstance(wrong, dict) else {**marks(finished), "R1": values[wrong]}

    finished.self_score(given_marks)

    assert finished.view["screen"]["notice"]
    assert finished.view["screen"]["phase"] == "score"
    assert store.events(object=f"{OBJECT}/self_score") == []


def test_skipping_the_marks_is_kept_and_they_are_given_once(finished: RolePlay, store: Store) -> None:
    finished.skip()
    finished.self_score({line["id"]: 4 for line in finished.view["scorecard"]["lines"]})

    assert "has its marks" in finished.view["screen"]["notice"]
    (event,) = store.events(object=f"{OBJECT}/self_score")
    assert event.result == {"marks": {}, "error": None, "lean": None, "skipped": True}
    assert finished.debrief["own"]["skipped"] is True


def test_a_call_that_runs_cannot_be_marked(typed: RolePlay, store: Store) -> None:
    typed.self_score({"R1": 4})
    assert typed.view["screen"]["notice"]
    typed.skip()
    assert typed.view["screen"]["notice"]

    assert typed.view["screen"]["phase"] == "call"
    assert store.events(object=f"{OBJECT}/self_score") == []


# Try from here


def test_a_fork_goes_on_from_a_turn_in_a_practice_call_of_its_own(finished: RolePlay, make: Make, store: Store) -> None:
    finished.skip()
    old = [line for line in finished.view["lines"] if line["turn"] < 4]
    before = store.lines("cobalt_ridge/practice/1")

    finished.fork(4)

    assert finished.view["screen"]["phase"] == "call"
    assert finished.view["screen"]["key"] == "cobalt_ridge/practice/2"
    assert finished.view["turn"] == 3
    assert finished.view["lines"] == old
    assert finished.debrief == {}
    assert store.lines("cobalt_ridge/practice/1") == before
    started = json.loads(store.lines("cobalt_ridge/practice/2")[0])["data"]
    assert started["forked_from"]
    event = store.events(object=OBJECT, verb="initialized")[-1]
    assert event.context["forked_from"] == "cobalt_ridge/practice/1"
    assert event.context["turn"] == 4
    again = make()
    assert again.view["lines"] == old
    again.say(CLEAR)
    assert again.view["turn"] == 4


@pytest.mark.parametrize("turn", [0, -1, 99, 10**30])
def test_a_fork_from_a_turn_that_was_not_leaves_nothing_behind(finished: RolePlay, store: Store, turn: int) -> None:
    finished.skip()

    finished.fork(turn)

    assert "has no turn" in finished.view["screen"]["notice"]
    assert finished.view["screen"]["phase"] == "over"
    assert [info.key for info in store.conversations()] == ["cobalt_ridge/practice/1"]


def test_a_running_call_is_not_forked(typed: RolePlay, store: Store) -> None:
    typed.say(CLEAR)

    typed.fork(1)

    assert typed.view["screen"]["notice"]
    assert typed.view["turn"] == 1
    assert len(store.conversations()) == 1


def test_a_fork_of_a_declared_attempt_is_practice(make: Make, talk: Talk, binding: Binding) -> None:
    call = talk(make(), 3, "declared")
    call.end()
    call.skip()
    assert binding.transcripts is not None
    path = binding.transcripts / "cobalt_ridge.transcript.jsonl"
    handed_in = path.read_bytes()

    call.fork(2)
    call.end()

    assert call.view["mode"] == "practice"
    assert path.read_bytes() == handed_in


# Hearsay


def test_what_earlier_calls_left_behind_stands_in_the_briefing_of_practice_only(make: Make, store: Store) -> None:
    store.append(
        "completed",
        "other/saltmarsh",
        result={"ledger": [{"about": "overclaim", "company": "Saltmarsh Dairies"}]},
        context={"conversation": "saltmarsh/practice/1"},
    )

    call = make()
    call.start("practice")
    assert call.view["screen"]["heard"] == ["Saltmarsh Dairies"]
    call.end()
    call.again()
    call.start("declared")

    assert call.view["screen"]["heard"] == []
