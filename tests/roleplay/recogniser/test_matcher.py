"""Does a typed question reach the fact that it means? Measured on Cobalt Ridge, with sentences nobody trained on."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.roleplay.load import load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import Recognition, Situation, recognise
from techsell.roleplay.recogniser.matcher import Matcher, matcher_of
from techsell.roleplay.recogniser.spelling import Speller, distance
from techsell.roleplay.recogniser.wording import log16, stem, stems


def _questions() -> dict[str, list[str]]:
    """Questions as tired engineers type them, by the fact or plant fact that ought to answer."""
    where = Path(__file__).parents[1] / "data" / "cobalt_questions.json"
    found: dict[str, list[str]] = json.loads(where.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def cobalt() -> Scenario:
    return load_scenario("cobalt_ridge")


def _before(scenario: Scenario, name: str) -> tuple[str, ...]:
    """The facts that must have been heard before a fact comes out, in order."""
    facts = {fact.id: fact for fact in scenario.facts}
    if name not in facts:
        return ("seal_interval", "last_stop")
    found: list[str] = []
    for need in facts[name].unlock.after:
        found += [one for one in (*_before(scenario, need), need) if one in facts and one not in found]
    return tuple(found) if facts[name].unlock.after else ()


def _read(scenario: Scenario, line: str, name: str) -> Recognition:
    where = Situation(present=("tomasz", "dana"), speaker="tomasz", heard=_before(scenario, name))
    return recognise(line, scenario, where)


def test_most_questions_reach_their_fact_and_nearly_all_are_taken_as_read(cobalt: Scenario) -> None:
    asked = [(line, name) for name, lines in _questions().items() for line in lines]
    read = [(name, _read(cobalt, line, name)) for line, name in asked]
    hit = sum(
        any(move.fact_wanted == name or (move.plant == name and not move.fact_wanted) for move in found.moves)
        for name, found in read
    )
    accepted = sum(found.decision == "accept" for _, found in read)
    aimed = sum(any(move.fact_wanted or move.plant or move.topics for move in found.moves) for _, found in read)
    assert len(asked) >= 90
    assert hit * 100 >= 72 * len(asked), f"{hit} of {len(asked)}"
    assert accepted * 100 >= 92 * len(asked), f"{accepted} of {len(asked)}"
    assert aimed * 100 >= 92 * len(asked), f"{aimed} of {len(asked)}"


def test_a_sentence_takes_less_than_twenty_milliseconds(cobalt: Scenario) -> None:
    lines = [line for lines in _questions().values() for line in lines]
    recognise("warm", cobalt)
    began = time.process_time()
    for number, line in enumerate(lines):
        recognise(f"{line} {number}", cobalt)
    assert (time.process_time() - began) / len(lines) < 0.020


def test_the_same_text_gives_the_same_scores_from_another_matcher(cobalt: Scenario) -> None:
    line = "how many tonnes went missing when line two stood still"
    assert Matcher(cobalt).scores(line) == matcher_of(cobalt).scores(line)


def test_two_contents_have_two_matchers(cobalt: Scenario) -> None:
    other = load_scenario("first_call")
    assert matcher_of(cobalt) is matcher_of(cobalt)
    assert matcher_of(other) is not matcher_of(cobalt)


@pytest.mark.parametrize(
    ("line", "name"),
    [("hwo often do the selas fail", "seal_interval"), ("is there a stanbdy pump beside it", "no_standby")],
)
def test_a_misspelt_word_is_read_as_the_one_that_was_meant(cobalt: Scenario, line: str, name: str) -> None:
    found = _read(cobalt, line, name)
    assert found.decision == "accept"
    assert found.moves[0].fact_wanted == name


def test_a_fact_goes_before_an_ordinary_answer(cobalt: Scenario) -> None:
    assert _read(cobalt, "who decides about that", "dana_decides").moves[0].fact_wanted == "dana_decides"


def test_words_of_one_family_share_their_stem() -> None:
    assert stem("stopped") == stem("stopping") == stem("stops") == "stop"
    assert stem("went") == stem("goes") == "go"
    assert stems("Leaks 3 times") == ("leak", "#", "time")


@given(st.text(alphabet="abcdefghij", min_size=5, max_size=12), st.integers(0, 11))
def test_a_word_with_one_letter_less_is_one_slip_away(word: str, place: int) -> None:
    shorter = word[: place % len(word)] + word[place % len(word) + 1 :]
    assert distance(word, shorter, 2) <= 1
    assert distance(word, word, 1) == 0


@given(st.text(alphabet="abcde", max_size=10))
def test_the_speller_returns_a_known_word_or_the_word_itself(word: str) -> None:
    known = ("abcde", "abcdeabc", "eeeee")
    assert Speller(known).nearest(word) in {*known, word}


def test_a_word_spelt_right_is_left_alone(cobalt: Scenario) -> None:
    assert matcher_of(cobalt).read("sorry") == ("sorry",)


@given(st.integers(1, 10**6))
def test_the_logarithm_is_rounded_down(number: int) -> None:
    assert 2 ** log16(number) <= number**16 < 2 ** (log16(number) + 1)


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_scores_lie_between_nothing_and_a_thousand(text: str) -> None:
    scores = matcher_of(None).scores(text)
    assert all(0 <= score <= 1000 for score in scores.values())
