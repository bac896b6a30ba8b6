"""Does every kind of move have the effect that the rules promise? Each conversation runs live and saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.errors import ConversationOver, MoveNotAllowed, TranscriptInvalid
from techsell.roleplay.engine import fold, step
from techsell.roleplay.model import Scenario

Start = Callable[..., Any]


def test_the_call_opens_with_a_greeting_from_those_who_are_there(call: Start) -> None:
    now = call()
    assert now.spoken() == ["Nand here."]
    assert (now.state.turn, now.state.trust, now.state.present) == (0, 4, ("priya",))


@pytest.mark.parametrize(
    ("said", "reaction", "trust"),
    [
        (["hello"], "chats", 4),
        (["frame"], "agrees_frame", 4),
        (["ask_seals"], "discloses", 4),
        (["ask_wishes"], "shrugs", 4),
        (["ask_output"], "cools", 3),
        (["ask_seals", "ask_output"], "cools", 3),
        (["ask_seals", "sorry", "ask_output"], "discloses", 4),
        (["ask_seals", "back_seals"], "confirms", 5),
        (["back_seals"], "premature_playback", 4),
        (["ask_seals", "back_seals", "back_seals"], "repeats", 5),
        (["ask_seals", "back_wrong"], "corrects", 3),
        (["sorry"], "acknowledged", 4),
        (["pitch"], "told_early", 2),
        (["proof"], "told_early", 2),
        (["ask_heard", "proof"], "hears_proof", 4),
        (["ask_seals", "ask_change", "pitch"], "hears_pitch", 4),
        (["brag"], "doubts", 1),
        (["gossip"], "winces", 1),
        (["past_her"], "bristles", 2),
        (["ask_visit"], "refuses", 3),
        (["ask_sample"], "bristles", 2),
        (["ask_night_opinion"], "shrugs", 4),
        (["ask_night"], "guards", 5),
        (["ask_shift_1"], "answers", 4),
        (["ask_shift_1", "ask_shift_1", "ask_shift_1"], "repeats", 4),
    ],
)
def test_each_move_meets_its_reaction(call: Start, said: list[str], reaction: str, trust: int) -> None:
    now = call()
    now.say(*said)
    assert reaction in now.reactions()
    assert now.state.trust == trust


def test_a_question_under_too_little_trust_is_guarded_and_can_be_put_again(call: Start) -> None:
    now = call()
    now.say("ask_night")
    assert now.spoken() == ["Nights are my business."]
    assert now.state.facts == ()
    with pytest.raises(MoveNotAllowed):  # it rests for one turn
        now.say("ask_night")
    now.say("hello", "ask_night")
    assert now.state.facts == ("call_outs",)
    assert now.state.trust == 5, "the step of trust for asking about the past is earned once"


def test_only_a_question_about_the_past_opens_what_happened(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals", "ask_night_opinion")
    assert now.reactions() == ["shrugs"]
    now.say("ask_night")
    assert "call_outs" in now.state.facts


def test_a_fact_waits_for_what_comes_before_it(call: Start) -> None:
    now = call()
    now.say("ask_change")
    assert now.reactions() == ["shrugs"]
    assert "planned_change" not in now.state.facts


def test_the_fifth_situation_question_tires(call: Start) -> None:
    now = call()
    now.say("hello", *["ask_shift_1"] * 4)
    assert "tires" not in now.reactions()
    trust = now.state.trust
    now.say("ask_shift_1")
    assert now.reactions()[0] == "tires"
    assert now.state.trust == trust - 1


def test_moves_of_one_turn_are_taken_in_order(call: Start) -> None:
    """Playing back first warms the question that follows it in the same breath."""
    now = call()
    now.say("ask_seals")
    turn = now.say("back_and_ask")
    assert [r.reaction for r in turn.reactions] == ["confirms", "discloses"]
    assert turn.facts == ("lost_milk",)


def test_numbers_belong_to_the_variant(call: Start) -> None:
    spoken = []
    for seed in (3, 4, 5):
        now = call(seed=seed)
        now.say("ask_seals")
        spoken.append(now.spoken()[0].removeprefix("Well. "))
        now.say("back_and_ask")
    assert spoken == ["Seals last 6 weeks.", "Seals last 9 weeks.", "Seals last 4 weeks."]
    now = call(seed=3)
    now.say("ask_seals", "back_and_ask")
    assert "Each stop costs 12,000 litres." in now.spoken()[1]
    assert now.state.history[-1].lines[0].text == "6 weeks. What is lost each time?"


def test_a_variant_may_say_it_in_other_words(call: Start) -> None:
    now = call(seed=5)
    now.say("ask_seals", "sorry", "ask_audit")
    assert now.spoken()[0].endswith("The auditor will come in May.")


@pytest.mark.parametrize(
    ("answer", "reaction", "change"),
    [
        ("price_short", "thanks", 1),
        ("price_long", "glazes", -1),
        ("price_dodge", "notes_dodge", -1),
        ("price_unknown", "respects", 1),
        ("price_brag", "doubts", -3),
    ],
)
def test_answering_the_customers_question_is_never_a_pitch(
    call: Start, answer: str, reaction: str, change: int
) -> None:
    now = call()
    now.say("hello", "small_talk")
    assert now.spoken()[-1] == "What does it cost?"
    assert now.state.pending == "q_price"
    turn = now.say(answer)
    assert [(r.reaction, r.trust, r.reply) for r in turn.reactions] == [(reaction, change, True)]
    assert now.state.pending == ""


def test_the_next_question_waits_for_its_moment(call: Start) -> None:
    now = call()
    now.say("hello", "small_talk", "price_short")
    assert now.state.pending == ""
    now.say("small_talk")
    assert now.spoken()[-1] == "Does it stand steam?"


def test_a_question_passed_over_in_silence_was_dodged(call: Start) -> None:
    now = call()
    now.say("hello", "small_talk", "small_talk")
    assert now.state.trust == 4
    now.say("small_talk")
    assert "notes_dodge" in now.reactions()
    assert (now.state.trust, now.state.pending) == (3, "")


def test_an_objection_is_settled_step_by_step(call: Start) -> None:
    now = call()
    now.say("ask_seals", "ask_change")
    assert now.spoken()[-1] == "You are dear."
    now.say("dear_proof")
    assert now.reactions()[0] == "insists"
    now.say("dear_ack", "dear_ask")
    before = now.state.trust
    now.say("dear_proof")
    assert now.reactions()[0] == "settles"
    assert now.state.trust == before + 1
    with pytest.raises(MoveNotAllowed):
        now.say("dear_proof")


def test_a_move_that_names_no_objection_may_still_deal_with_it(call: Start) -> None:
    """As it will be with typed text."""
    now = call()
    now.say("ask_seals", "ask_change", "sorry")
    assert now.reactions()[0] == "acknowledged"
    assert now.state.progress == (("too_dear", 1),)


def test_somebody_joins_and_is_asked_by_name(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals", "ask_audit")
    assert now.state.present == ("priya", "omar")
    assert "Hale, quality." in now.spoken()
    now.say("ask_record")
    assert now.state.facts[-1] == "traceable"


def test_proof_can_bring_out_a_fact(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals", "price_short", "ask_change", "ask_audit", "record_proof")
    assert now.reactions() == ["hears_proof", "discloses"]
    assert now.state.facts[-1] == "traceable"


def test_a_commitment_granted_ends_the_call_with_an_advance(call: Start) -> None:
    now = call()
    now.say("ask_seals", "ask_change", "dear_ack", "dear_ask", "dear_proof", "ask_visit")
    assert (now.talk.over, now.talk.ending.kind) == (True, "advance")
    assert now.spoken() == ["Tuesday the 4th, nine o'clock.", "See you then."]
    with pytest.raises(ConversationOver):
        now.say("small_talk")


def test_at_trust_nought_the_learner_is_shown_the_door(call: Start) -> None:
    now = call()
    now.say("brag", "pitch")
    assert now.talk.ending.kind == "ejected"
    assert now.state.trust == 0


def test_endings_are_tried_in_file_order(call: Start) -> None:
    now = call()
    now.say("ask_heard", "ask_seals", "back_seals", "ask_night", "pitch", "pitch")
    assert now.talk.ending.id == "lost_patience"


@pytest.mark.parametrize(("first", "ending"), [("ask_seals", "later"), ("hello", "time_up")])
def test_the_budget_ends_the_call(call: Start, first: str, ending: str) -> None:
    now = call()
    now.say(first, "back_seals")
    while not now.talk.over:
        now.say("price_short" if now.state.pending == "q_price" else "small_talk")
    assert (now.talk.ending.id, now.state.turn) == (ending, 12)


def test_decoys_are_told_but_are_no_need(call: Start, wash_down: Scenario) -> None:
    now = call(seed=4)
    now.say("ask_seals", "back_seals", "ask_night")
    assert "call_outs" in now.state.facts
    now.say("ask_output")
    assert "discloses" in now.reactions(), "a decoy does not cool the air"
    assert wash_down.compiled.decoys[1] == wash_down.compiled.bit("fact", "call_outs")
    now.say("back_nights")
    assert now.reactions()[0] == "corrects", "played back as trouble it is a twist"


def test_undo_goes_back_one_turn_and_the_log_keeps_both(call: Start) -> None:
    now = call()
    now.say("ask_seals")
    good = now.state
    now.say("brag")
    now.do("undo")
    assert (now.state.turn, now.state.trust, now.state.facts) == (1, 4, good.facts)
    texts = [line.text for line in now.talk.log]
    assert "Ours never fails." in texts
    assert texts[-1] == "You took back turn 2."
    now.say("brag")
    now.do("undo")
    now.do("undo")
    assert now.state.turn == 0
    with pytest.raises(MoveNotAllowed, match="nothing to take back"):
        now.do("undo")


def test_a_hint_is_taken_from_the_scenario_or_from_what_always_helps(call: Start) -> None:
    now = call()
    assert now.do("hint") == "Ask about the seals."
    now.say("ask_seals")
    assert "Play back" in now.do("hint")
    assert now.state.hints == 2
    now.do("undo")
    assert now.state.hints == 2


@pytest.mark.parametrize("option", ["price_short", "ask_record", "no_such_line", ""])
def test_what_is_not_on_the_menu_cannot_be_said(call: Start, option: str) -> None:
    with pytest.raises(MoveNotAllowed):
        call().say(option)


def test_events_out_of_place_are_refused(wash_down: Scenario) -> None:
    start = {
        "seq": 0,
        "type": "SessionStarted",
        "data": {"seed": 1, "mode": "practice", "learner": "", "attempt": 0},
    }
    with pytest.raises(TranscriptInvalid, match="start is missing"):
        step(wash_down, None, {"seq": 0, "type": "HintTaken", "data": {}})
    with pytest.raises(TranscriptInvalid, match="nothing"):
        fold(wash_down, [])
    with pytest.raises(TranscriptInvalid, match="second start"):
        fold(wash_down, [start, start | {"seq": 1}])
    with pytest.raises(TranscriptInvalid, match="unknown kind"):
        fold(wash_down, [start, {"seq": 1, "type": "LearnerSang", "data": {}}])
