"""Is every point earned by turns that exist, and is what was not earned not given?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay import Conversation, Scorecard
from techsell.roleplay.model import Scenario
from techsell.roleplay.rubric import score_state

Start = Callable[..., Any]

GOOD = "frame ask_seals back_and_ask price_short ask_audit ask_night ask_change dear_ack dear_ask dear_proof ask_visit"


def line(card: Scorecard, name: str) -> tuple[int, tuple[int, ...]]:
    found = next(line for line in card.lines if line.id == name)
    return found.percent, found.turns


def score(now: Any) -> Scorecard:
    return score_state(now.scenario, now.state)


def test_a_good_conversation_earns_everything(call: Start) -> None:
    now = call()
    now.say(*GOOD.split())
    card = now.talk.scorecard()
    assert (card.total, card.passed, card.blocked_by, card.ending) == (100.0, True, None, "advance")
    assert {name: line(card, name) for name in ("R1", "R3", "R4", "R5", "R6", "R7")} == {
        "R1": (100, (1,)),
        "R3": (100, (3,)),
        "R4": (100, (2, 3, 5, 6)),
        "R5": (100, (6,)),
        "R6": (100, (10,)),
        "R7": (100, (11,)),
    }
    assert [one.advice for one in card.lines] == [""] * 7
    assert set(card.facts_missed) == {"heard", "traceable"}


def test_hanging_up_at_once_earns_nothing_for_silence(call: Start) -> None:
    now = call()
    now.do("hang_up")
    card = now.talk.scorecard()
    assert (card.total, card.passed) == (0.0, False)
    assert all(one.advice for one in card.lines)


def test_telling_before_a_need_costs_each_time(call: Start) -> None:
    now = call()
    now.say("hello", "pitch")
    assert line(score(now), "R2") == (60, (2,))
    now.say("ask_seals", "ask_change", "pitch")
    assert line(score(now), "R2") == (60, (2,)), "after the need it costs nothing"


def test_answering_a_question_or_an_objection_is_no_telling(call: Start) -> None:
    now = call()
    now.say("hello", "small_talk", "price_long", "ask_seals", "ask_change", "dear_proof")
    assert line(score(now), "R2")[0] == 100


def test_a_twisted_playback_takes_a_good_one_away(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals", "back_wrong")
    assert line(score(now), "R3") == (0, (2, 3))
    assert "1 twisted (turn 3)" in next(one.why for one in score(now).lines if one.id == "R3")


def test_a_false_claim_rules_out_a_pass_whatever_the_total(call: Start) -> None:
    now = call()
    now.say(*GOOD.replace("price_short", "price_brag sorry hello").split()[:12])
    card = score(now)
    assert line(card, "R6") == (0, (4,))
    assert card.blocked_by == "R6"
    assert not card.passed


def test_decoys_are_not_asked_for(call: Start) -> None:
    """In variant b the call-outs are noise: three needs earn the whole line."""
    now = call(seed=4)
    now.say("frame", "ask_seals", "back_and_ask", "ask_audit")
    assert line(score(now), "R4") == (100, (2, 3, 4))
    assert "call_outs" not in score(now).facts_missed


def test_an_objection_left_open_is_half_the_work(call: Start) -> None:
    now = call()
    now.say("ask_seals", "ask_change")
    assert line(score(now), "R6")[0] == 0


def test_taken_back_is_not_scored(call: Start) -> None:
    now = call()
    now.say("hello", "pitch")
    now.do("undo")
    now.say("small_talk")
    assert line(score(now), "R2")[0] == 100


def test_questions_that_meet_nothing_do_not_count_as_asked(call: Start) -> None:
    now = call()
    now.say("ask_night")
    assert line(score(now), "R5") == (100, (1,)), "guarded: the question was right"
    now = call()
    now.say("ask_wishes")
    assert line(score(now), "R5")[0] == 0


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        (["ask_seals", "ask_change"], 0),  # builds on nothing
        (["ask_change_linked"], 0),  # builds on what nobody has said
        (["ask_seals", "ask_change_linked"], 100),
        (["ask_seals_and_linked"], 0),  # what is told in the same breath was not heard before
    ],
)
def test_a_linked_question_builds_on_what_was_heard(call: Start, changed: Any, said: list[str], percent: int) -> None:
    def change(data: dict[str, Any]) -> None:
        known = {option["id"]: option for option in data["options"]}
        move = {"label": "payoff", "topics": ["change", "shifts"], "facts": ["seal_life"]}
        linked = known["ask_change"] | {"id": "ask_change_linked", "moves": [move]}
        both = known["ask_change"] | {"id": "ask_seals_and_linked", "moves": [*known["ask_seals"]["moves"], move]}
        data["options"] += [linked, both]
        data["rubric"][4]["evidence"] = {"kind": "presence", "labels": ["payoff"], "linked": True, "full": 1}

    now = call(changed(change))
    now.say(*said)
    assert line(score(now), "R5")[0] == percent


@pytest.mark.parametrize(("turns", "percent"), [(1, 0), (2, 100)])
def test_silence_is_not_listening(call: Start, turns: int, percent: int) -> None:
    now = call()
    now.say(*["hello", "small_talk"][:turns])
    assert line(score(now), "R2")[0] == percent


def test_points_are_exact_and_the_card_is_plain(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals")
    now.do("hang_up")
    card = now.talk.scorecard()
    assert card.total == round(sum(one.points for one in card.lines), 2)
    plain = card.as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["lines"][2]["turns"] == [2]


def test_a_scenario_without_rubric_is_not_scored(wash_down: Scenario) -> None:
    plain = wash_down.model_copy(update={"rubric": (), "graded": False})
    talk = Conversation.start(plain, seed=1)
    talk.hang_up()
    assert (talk.scorecard().lines, talk.scorecard().graded, talk.scorecard().passed) == ((), False, False)
