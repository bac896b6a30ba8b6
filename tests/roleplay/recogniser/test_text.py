"""One spelling, numbers with units, clauses that stand where they say."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.roleplay.recogniser.text import MAX_CHARACTERS, clauses, normalise, numbers, tokens

WORDS = (
    "so",
    "you lose",
    "four",
    "hours,",
    "how many",
    "u",
    "£14k",
    "e.g.",
    "it's",
    "dont",
    "half an",
    "...",
    "4,5",
    "and what",
)
TYPED = st.text(max_size=200) | st.lists(
    st.sampled_from(WORDS),
    max_size=25,
).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Dont", "do not"),
        ("whats  the PH", "what is the ph"),
        ("You’re right", "you are right"),
        ("u have forty-two pumps", "you have 42 pumps"),
        ("it costs £14k", "it costs 14000 pound"),
        ("half a million tonnes", "500000 tonnes"),
        ("the last one", "the last one"),
        ("Dana's pump", "dana pump"),
        ("four to five hrs", "4 to 5 hrs"),
    ],
)
def test_hurried_spelling_becomes_one_spelling(typed: str, same: str) -> None:
    assert normalise(typed) == same


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("we lost 1,400 t in 4.5 hrs", [(1400, "tonne"), (Fraction(9, 2), "hour")]),
        ("4,5 bar", [(Fraction(9, 2), "bar")]),
        ("£14,000 to £18k a pump", [(14000, "pound"), (18000, "pound")]),
        ("twenty five percent", [(25, "percent")]),
        ("a dozen seals", [(12, "seal")]),
        ("half an hour", [(Fraction(1, 2), "hour")]),
        ("one hour for the last one", [(1, "hour")]),
        ("forty thousand a train, 85 °C", [(40000, ""), (85, "degree")]),
        ("three hundred and twenty", [(320, "")]),
        ("no figures, only one opinion", []),
    ],
)
def test_numbers_have_value_and_unit(typed: str, found: list[tuple[Fraction | int, str]]) -> None:
    assert [(number.value, number.unit) for number in numbers(typed)] == found


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("ok. how many", ["ok.", "how many"]),
        ("so you lose four hours, and who pays for that?", ["so you lose four hours,", "and who pays for that?"]),
        ("fair enough how often does it happen", ["fair enough", "how often does it happen"]),
        ("tell me what happened", ["tell me what happened"]),
        ("it depends on how many you have", ["it depends on how many you have"]),
        ("rated to 4.5 bar, e.g. for lime", ["rated to 4.5 bar, e.g. for lime"]),
        ("?!", ["?!"]),
        ("", []),
    ],
)
def test_a_line_falls_into_clauses(typed: str, pieces: list[str]) -> None:
    assert [piece.text for piece in clauses(typed)] == pieces


@given(TYPED)
def test_clauses_stand_where_they_say_and_lose_no_word(typed: str) -> None:
    found = clauses(typed)
    assert all(typed[piece.start : piece.end] == piece.text for piece in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert sum(sign.isalnum() for piece in found for sign in piece.text) == sum(sign.isalnum() for sign in typed)


@given(TYPED)
def test_numbers_stand_where_they_say(typed: str) -> None:
    for number in numbers(typed):
        start, end = number.span
        assert 0 <= start < end <= len(typed)
        assert any(sign.isalnum() for sign in typed[start:end])


@given(TYPED)
def test_normal_spelling_is_lower_case_with_single_spaces(typed: str) -> None:
    plain = normalise(typed)
    assert plain == " ".join(plain.split())
    assert "  " not in plain
    assert all(word in plain for word in tokens(typed))


def test_a_very_long_text_is_read_to_a_limit() -> None:
    typed = "how many pumps. " * 1000
    assert clauses(typed)[-1].end <= MAX_CHARACTERS
