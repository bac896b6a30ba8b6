"""Do people leave, support and stop one another, and lose their patience, as their file says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay.model import Scenario

Start = Callable[..., Any]


def condition(**parts: Any) -> dict[str, Any]:
    return parts


def unasked(data: dict[str, Any]) -> None:
    """The customers ask nothing themselves."""
    for question in data["questions"]:
        question["when"]["min_turn"] = 99


def with_people(changed: Any, index: int, **fields: Any) -> Scenario:
    def change(data: dict[str, Any]) -> None:
        data["personas"][index].update(fields)
        data["personas"][index]["lines"]["parts"] = ["I must go."]

    made: Scenario = changed(change)
    return made


def test_a_gatekeeper_puts_through_and_goes(call: Start, changed: Any) -> None:
    """Priya goes when Omar comes; who is left is the one spoken to."""
    scenario = with_people(changed, 0, leaves=condition(present=["omar"]))
    now = call(scenario)
    now.say("ask_seals", "back_seals", "ask_audit")
    assert now.state.present == ("priya", "omar")
    now.say("small_talk")
    assert now.state.present == ("omar",)
    assert now.state.speaker == "omar"
    assert "parts" in now.reactions()
    assert "I must go." in now.spoken()
    now.say("hello")
    assert now.state.history[-1].reactions[0].speaker == "omar"


def test_who_has_gone_does_not_come_back(call: Start, changed: Any) -> None:
    scenario = with_people(changed, 1, leaves=condition(facts=["traceable"]))
    now = call(scenario)
    now.say("ask_seals", "back_seals", "ask_audit", "ask_record")
    assert now.state.present == ("priya",)
    now.say("small_talk", "small_talk")
    assert now.state.present == ("priya",), "what brought Omar still holds"


def test_one_leaves_and_another_comes_in_the_same_breath(call: Start, changed: Any) -> None:
    scenario = with_people(changed, 0, leaves=condition(facts=["audit"]))
    now = call(scenario)
    now.say("ask_seals", "back_seals", "ask_audit")
    assert now.state.present == ("omar",)
    assert now.spoken()[-2:] == ["I must go.", "Hale, quality."]


def test_nobody_leaves_an_empty_room(call: Start, changed: Any) -> None:
    scenario = with_people(changed, 0, leaves=condition(min_turn=1))
    now = call(scenario)
    now.say("hello", "small_talk")
    assert now.state.present == ("priya",)
    assert "parts" not in now.reactions()


def test_a_question_leaves_with_who_asked_it(call: Start, changed: Any) -> None:
    scenario = with_people(changed, 0, leaves=condition(facts=["audit"]))
    now = call(scenario)
    now.say("ask_seals", "back_seals")
    assert now.state.pending == "q_price"
    trust = now.state.trust
    now.say("ask_audit", "small_talk", "small_talk", "small_talk")
    assert (now.state.pending, now.state.trust) == ("", trust), "unanswered, and held against nobody"


def test_a_veto_stops_every_commitment_while_it_holds(call: Start, changed: Any) -> None:
    veto = {"when": condition(not_facts=["traceable"]), "says": "Not without a record."}
    scenario = with_people(changed, 1, veto=veto)
    now = call(scenario)
    now.say("ask_seals", "back_seals", "price_short", "ask_change", "dear_ack", "dear_ask", "dear_proof", "ask_audit")
    assert now.state.present == ("priya", "omar")
    trust = now.state.trust
    now.say("ask_visit")
    assert [(r.reaction, r.speaker, r.trust) for r in now.state.history[-1].reactions[:1]] == [("vetoes", "omar", -1)]
    assert now.spoken()[0] == "Not without a record."
    assert now.state.trust == trust - 1
    now.say("ask_record", "ask_visit")
    assert now.talk.ending.kind == "advance"


def test_a_veto_of_somebody_who_is_not_there_stops_nobody(call: Start, changed: Any) -> None:
    veto = {"when": condition(), "says": "No."}
    now = call(with_people(changed, 1, veto=veto))
    now.say("ask_seals", "ask_change", "dear_ack", "dear_ask", "dear_proof", "ask_visit")
    assert now.talk.ending.kind == "advance"


@pytest.mark.parametrize(("wanted", "granted"), [(6, True), (7, False)])
def test_support_is_the_influence_of_those_on_your_side(call: Start, changed: Any, wanted: int, granted: bool) -> None:
    def change(data: dict[str, Any]) -> None:
        data["personas"][0].update(influence=6, supports=condition(facts=["seal_life"]))
        data["personas"][1].update(influence=9, supports=condition(facts=["seal_life"]))
        data["commitments"][0]["needs"] = condition(min_support=wanted)

    now = call(changed(change))
    now.say("ask_seals", "ask_visit")
    assert ("grants" in now.reactions()) is granted, "Omar would help, but he is not in the call"


def test_support_counts_only_while_it_holds(call: Start, changed: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        data["personas"][0].update(influence=6, supports=condition(min_trust=5))
        data["options"][0]["when"] = condition(min_support=1)

    now = call(changed(change))
    assert "hello" not in [line.option for page in range(now.talk.pages) for line in now.talk.menu(page)]
    now.say("ask_seals", "back_seals")
    assert "hello" in [line.option for page in range(now.talk.pages) for line in now.talk.menu(page)]


def test_patience_is_counted_by_person_and_by_line(call: Start, changed: Any) -> None:
    """Omar bears one wasted line, Priya two; what is beyond costs a step each."""

    def change(data: dict[str, Any]) -> None:
        unasked(data)
        data["personas"][0]["patience"] = 2
        data["personas"][1]["patience"] = 1

    now = call(changed(change))
    now.say("ask_shift_1", "ask_shift_1", "ask_shift_1", "ask_night_opinion")
    assert now.state.wasted == (("priya", 2),)
    assert now.state.trust == 4
    now.say("ask_night_opinion")
    assert "tires" not in now.reactions()
    assert now.state.trust == 4 - 1
    assert now.state.wasted == (("priya", 3),)


def test_a_line_wastes_time_once_however_many_moves_it_has(call: Start, changed: Any, ears: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        data["personas"][0]["patience"] = 1

    now = call(changed(change), recogniser=ears)
    now.type("ask_wishes+ask_night_opinion+ask_wishes")
    assert now.reactions().count("shrugs") == 3
    assert (now.state.wasted, now.state.trust) == ((("priya", 1),), 4)


def test_rude_lines_end_a_call(call: Start, ears: Any) -> None:
    now = call(recogniser=ears)
    now.type("rude", "rude")
    assert now.talk.ending.kind == "ejected"


def test_any_kind_of_question_is_answered_from_the_plant_sheet(call: Start, changed: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        for option in data["options"]:
            if option["id"] == "ask_shift_1":
                option["moves"][0]["label"] = "payoff"

    now = call(changed(change))
    now.say("ask_shift_1")
    assert now.reactions() == ["answers"]
    assert now.state.situations == 0, "only situation questions count against the allowance"


def test_a_typed_question_gets_the_fact_or_plant_fact_it_means(call: Start, ears: Any, changed: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        unasked(data)
        for option in data["options"]:
            if option["id"] == "ask_shift_1":
                option["moves"][0]["plant"] = "twelve_hours"
            if option["id"] == "ask_seals":
                option["moves"][0].update(topics=["seals", "trust_us"], fact_wanted="heard")

    now = call(changed(change), recogniser=ears)
    assert now.type("ask_shift_1").reactions[0].about == "twelve_hours"
    now.type("ask_shift_1")
    assert now.reactions() == ["repeats"], "it is not answered with another one"
    assert now.type("ask_seals").facts == ("heard",)
    now.type("ask_seals")
    assert now.reactions() == ["repeats"]
    assert now.type("ask_heard").reactions[0].reaction == "repeats"


@pytest.mark.parametrize("option", ["pitch", "proof"])
def test_what_no_data_sheet_can_carry_is_doubted(call: Start, changed: Any, option: str) -> None:
    def change(data: dict[str, Any]) -> None:
        for entry in data["options"]:
            if entry["id"] == option:
                entry["moves"][0]["overclaims"] = True

    now = call(changed(change))
    now.say(option)
    assert (now.reactions(), now.state.trust) == (["doubts"], 1)
