"""How is the customer's own question answered: short, a lecture, a dodge, or honestly unknown?"""

from __future__ import annotations

import pytest

from techsell.roleplay.load import load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import Situation, recognise
from techsell.roleplay.recogniser.answers import answer_to
from techsell.roleplay.recogniser.matcher import matcher_of


@pytest.fixture(scope="module")
def cobalt() -> Scenario:
    return load_scenario("cobalt_ridge")


def _where(cobalt: Scenario, question: str) -> Situation:
    asked = next(one for one in cobalt.questions if one.id == question)
    return Situation(
        present=("tomasz", "dana"), speaker=asked.asker, heard=("last_stop",), pending=question,
        said=cobalt.compiled.text(0, asked.says),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "line", "manner"),
    [
        ("hot_slurry", "rated to 85 degrees and ph 12.5, each tested by itself", "short"),
        ("hot_slurry", "i dont know for both at once, i will ask the lab and write to you", "honest_unknown"),
        ("hot_slurry", "dont worry about that, it has never been an issue for anyone", "dodge"),
        ("three_at_night", "our desk from six to ten at night, after that nobody", "short"),
        ("three_at_night", "not sure, let me check who is on call in your region", "honest_unknown"),
        ("what_price", "between 14 and 18 thousand a pump, fitted", "short"),
        ("what_price", "lets not talk about price now, what matters is the value", "dodge"),
    ],
)
def test_the_manner_of_an_answer(cobalt: Scenario, question: str, line: str, manner: str) -> None:
    given = answer_to(line, cobalt, _where(cobalt, question), matcher_of(cobalt))
    assert given.manner == manner


def test_how_long_is_a_lecture_hangs_on_who_listens(cobalt: Scenario) -> None:
    words = "it is rated to 85 degrees and ph 12.5 each tested by itself and " * 5
    assert answer_to(words, cobalt, _where(cobalt, "what_price"), matcher_of(cobalt)).manner == "lecture"
    assert answer_to(words, cobalt, _where(cobalt, "hot_slurry"), matcher_of(cobalt)).manner == "short"
    assert answer_to(words * 2, cobalt, _where(cobalt, "hot_slurry"), matcher_of(cobalt)).manner == "lecture"


def test_an_answer_that_hands_back_a_question_is_two_moves(cobalt: Scenario) -> None:
    line = "85 degrees and ph 12.5, each by itself. is your figure measured at the seal or in the sump?"
    found = recognise(line, cobalt, _where(cobalt, "hot_slurry"))
    assert found.decision == "accept"
    assert [move.manner for move in found.moves] == ["short", None]
    heat = next(entry for entry in cobalt.plant if entry.id == "p_heat")
    assert found.moves[1].plant == "p_heat" or set(found.moves[1].topics) & set(heat.topics)


def test_a_question_alone_answers_nothing(cobalt: Scenario) -> None:
    found = recognise("how many operators are on a shift?", cobalt, _where(cobalt, "hot_slurry"))
    assert all(move.manner is None for move in found.moves)


def test_a_false_answer_keeps_its_claim(cobalt: Scenario) -> None:
    found = recognise(
        "no problem, our sensor never gives a false alarm on slurry", cobalt, _where(cobalt, "hot_slurry")
    )
    assert any(move.overclaims or move.claim == "no_false" for move in found.moves)
