"""Does typed play behave as a person would, where a question, an objection or an answer waits?"""

from __future__ import annotations

import pytest

from techsell.roleplay.load import load_scenario
from techsell.roleplay.recogniser import Recognition, Situation, prepare, recognise
from techsell.roleplay.recogniser.matcher import matcher_of
from techsell.roleplay.recogniser.playback import play_back
from techsell.roleplay.recogniser.topics import said_in

COBALT = load_scenario("cobalt_ridge")
QUILLON = load_scenario("quillon")
FACTS = {fact.id: fact for fact in COBALT.facts}
DRAWER = next(one for one in COBALT.objections if one.id == "full_drawer")


def _cobalt(text: str, *heard: str, **more: object) -> Recognition:
    said = said_in(COBALT, 0, FACTS[heard[-1]]) if heard else ""
    where = {"present": ("tomasz", "dana"), "speaker": "tomasz", "heard": heard, "said": said} | more
    return recognise(text, COBALT, Situation(**where))  # type: ignore[arg-type]


def _waiting(text: str, step: str) -> Recognition:
    return _cobalt(text, "seal_interval", said=DRAWER.says, open_objections=(DRAWER.id,), steps=(step,))


@pytest.mark.parametrize(
    "question", ["and how many do you have", "what happened the last time it stopped", "how old are the pumps"]
)
def test_a_question_of_ones_own_is_no_dodge(question: str) -> None:
    asked = QUILLON.questions[0]
    where = Situation(present=("mei",), speaker="mei", pending=asked.id, said=asked.says)
    alone = recognise(question, QUILLON, where)
    assert not [move for move in alone.moves if move.manner]
    both = recognise(f"{asked.utterances[1]}. {question}", QUILLON, where)
    assert both.moves[0].manner == "short"
    assert both.moves[-1].label in {"situation", "problem", "clarify"}
    assert both.moves[-1].manner is None


def test_a_figure_of_ones_own_is_no_twisted_playback_while_an_answer_is_due() -> None:
    scenario = load_scenario("procurement_friday")
    asked = scenario.questions[0]
    where = Situation(present=("rolf",), speaker="rolf", pending=asked.id, said=asked.says)
    found = recognise("36 for one pump, it moves when something moves at your side", scenario, where)
    assert [move.manner for move in found.moves] == ["short"]
    assert not any(move.wrong for move in found.moves)


def test_a_fact_that_is_clearly_asked_for_is_not_swallowed_by_an_objection() -> None:
    found = _waiting("how often do the seals on those pumps have to be changed", "clarify")
    assert [move.objection for move in found.moves] == [None]
    assert found.moves[0].fact_wanted == "seal_interval"
    assert [move.objection for move in _waiting("how do you mean", "clarify").moves] == [DRAWER.id]


def test_acceptance_goes_to_the_objection_that_waits_for_it() -> None:
    other = next(one for one in COBALT.objections if one.id != DRAWER.id)
    two = {"open_objections": (DRAWER.id, other.id), "said": ""}
    for steps, name in ((("clarify", "acknowledge"), other.id), (("acknowledge", "clarify"), DRAWER.id)):
        found = _cobalt("fair enough, i can see why", "seal_interval", steps=steps, **two)
        assert [move.objection for move in found.moves] == [name]
    found = _cobalt("fair enough, i can see why", "seal_interval", steps=("clarify", "clarify"), **two)
    assert [move.objection for move in found.moves] == [None], "sympathy, and no step out of order"


def test_acceptance_goes_first_wherever_it_stands() -> None:
    found = _waiting("what went wrong with those in the drawer? i can understand that", "acknowledge")
    assert found.moves[0].label == "acknowledge"


@pytest.mark.parametrize(
    "text", ["which customers do you supply", "what does a seal cost", "do we have reference customers"]
)
def test_a_plain_question_presses_no_consequences(text: str) -> None:
    for scenario in (COBALT, QUILLON):
        found = recognise(
            text, scenario, Situation(present=(scenario.personas[0].id,), speaker=scenario.personas[0].id)
        )
        assert found.decision == "accept"
        assert "implication" not in {move.label for move in found.moves}


@pytest.mark.parametrize("text", ["could i come and see the pump", "do you have ten minutes", "would you sign an nda"])
def test_a_request_that_no_commitment_meets_asks_for_none(text: str) -> None:
    for name in ("cobalt_ridge", "quillon", "saltmarsh"):
        scenario = load_scenario(name)
        found = recognise(
            text, scenario, Situation(present=(scenario.personas[0].id,), speaker=scenario.personas[0].id)
        )
        steps = matcher_of(scenario).rank(text, frozenset({"ask"}))
        best = steps[0].score if steps else 0
        assert not any(move.ask for move in found.moves) or best >= 400


def test_questions_are_offered_for_a_question_and_never_a_step() -> None:
    lines = ["is dana for it or not", "what about the other place", "who does that then", "is that so over there"]
    offered = [choice for line in lines for choice in _cobalt(line, "seal_interval").choices]
    assert all(move.ask is None for choice in offered for move in choice.moves)
    for line in lines:
        meant = [(choice.moves[0].fact_wanted, choice.moves[0].plant) for choice in _cobalt(line).choices]
        assert len(set(meant)) == len(meant)


def test_bare_figures_that_were_just_said_are_a_playback() -> None:
    for line in ("7 hours for one seal.", "seven hours."):
        found = _cobalt(line, "seal_interval", "last_stop")
        assert [move.label for move in found.moves] == ["reflect"]
        assert not found.moves[0].wrong
        assert "last_stop" in found.moves[0].facts
    assert _cobalt("how many hours is that", "seal_interval", "last_stop").moves[0].label != "reflect"


def test_taking_the_customers_side_proves_nothing() -> None:
    found = _cobalt("i'd say the same with those two sheets", "seal_interval")
    assert [(move.label, move.claim) for move in found.moves] == [("acknowledge", None)]


def test_a_difference_to_the_data_sheet_may_stand_in_a_playback() -> None:
    matcher = matcher_of(COBALT)
    where = Situation(present=("tomasz",), speaker="tomasz", heard=("last_stop",), said="7 hours.")
    assert play_back("so 7 hours each time", COBALT, where, matcher).wrong is False
    assert play_back("so 19 hours each time", COBALT, where, matcher).wrong is True


def test_preparing_changes_no_reading() -> None:
    line = "what happened when the pump stopped the last time"
    first = _cobalt(line)
    prepare(COBALT)
    assert _cobalt(line) == first
