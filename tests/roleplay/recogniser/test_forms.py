"""Is the form of a clause told, whatever it is about?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.roleplay.recogniser import forms


@pytest.mark.parametrize(
    "text",
    [
        "until when can the order still be changed",
        "is the other lot quoting",
        "on which pump did it not fit",
        "so what did it cost",
        "is it the price or the cost over the years",
        "but before we go on, what do people say about it",
    ],
)
def test_a_question_is_known_by_its_form(text: str) -> None:
    assert forms.asks_by_form(text)
    assert not forms.requests(text)


@pytest.mark.parametrize(
    "text", ["could i come and see it", "shall we fix a day", "would you sign that", "let us meet"]
)
def test_a_request_is_no_question_about_how_things_are(text: str) -> None:
    assert forms.requests(text)
    assert not forms.asks_by_form(text)


@pytest.mark.parametrize(
    "text", ["wouldn't you want a sensor", "did you know that our seals last", "what you want is a pump", "9 hours."]
)
def test_what_sells_or_states_does_not_ask(text: str) -> None:
    assert not forms.asks_by_form(text)


@pytest.mark.parametrize("text", ["i'd say the same with two of them", "in your place i would worry", "me too"])
def test_taking_the_other_side_is_noticed(text: str) -> None:
    assert forms.shares_view(text)


@pytest.mark.parametrize("text", ["how do you mean", "why is that", "in what way", "can you say a bit more", "such as"])
def test_asking_for_more_names_nothing(text: str) -> None:
    assert forms.asks_more(text)
    assert not forms.asks_more(f"{text} about the pump on line four and the one beside it in the cellar")


@given(st.text(max_size=300))
def test_any_text_has_a_form(text: str) -> None:
    found = [getattr(forms, name)(text) for name in forms.__all__]
    assert all(isinstance(one, bool) for one in found)
    assert found == [getattr(forms, name)(text) for name in forms.__all__]
