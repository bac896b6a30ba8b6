"""Is a prediction made once, scored rightly, and remembered?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.progress import Store, memory_store
from techsell.questions import Prediction as PredictionText
from techsell.widgets import Binding, Prediction
from techsell.widgets.prediction import brier

TEXT = PredictionText("closing", "More closing wins more.", ("in all deals", "in small deals"), 1, "Size explains it.")


@pytest.fixture
def store() -> Store:
    return memory_store("L-TEST")


def make(store: Store) -> Prediction:
    return Prediction(TEXT, Binding(store), module="pumps")


@given(probability=st.integers(50, 100), right=st.booleans())
def test_brier_is_the_squared_distance_to_what_happened(probability: int, right: bool) -> None:
    assert brier(probability, right) == pytest.approx((probability / 100 - right) ** 2, abs=1e-12)


@given(surer=st.integers(51, 100))
def test_being_surer_helps_when_right_and_hurts_when_wrong(surer: int) -> None:
    assert brier(surer, True) < brier(surer - 1, True)
    assert brier(surer, False) > brier(surer - 1, False)


def test_a_commit_is_recorded_with_its_score_and_not_yet_shown(store: Store) -> None:
    bet = make(store)

    bet.commit(0, 80)

    (event,) = store.events(object="pumps/closing", verb="predicted")
    assert dict(event.result) == {"option": 0, "probability": 80, "right": False, "brier": 0.64}
    assert bet.view["committed"] == {"option": 0, "probability": 80}
    assert bet.view["revealed"] is None
    assert "Size explains it." not in json.dumps(bet.get_state("view"))


def test_reveal_shows_truth_score_and_what_follows(store: Store) -> None:
    bet = make(store)
    bet.commit(1, 90)

    bet.reveal = True

    assert bet.view["revealed"] == {"truth": 1, "right": True, "brier": 0.01, "after": "Size explains it."}
    assert len(store.events(object="pumps/closing", verb="completed")) == 1


def test_nothing_is_revealed_before_a_commit(store: Store) -> None:
    bet = make(store)

    bet.reveal = True

    assert bet.reveal is False
    assert bet.view["revealed"] is None
    assert "Commit to an expectation first" in bet.view["notice"]


def test_a_commit_cannot_be_changed(store: Store) -> None:
    bet = make(store)
    bet.commit(0, 60)

    bet.commit(1, 100)

    assert bet.committed == (0, 60)
    assert "The prediction is made" in bet.view["notice"]
    assert len(store.events(verb="predicted")) == 1


def test_what_is_revealed_stays_revealed(store: Store) -> None:
    bet = make(store)
    bet.commit(0, 60)
    bet.reveal = True

    bet.reveal = False

    assert bet.reveal is True


@pytest.mark.parametrize(("option", "probability"), [(0, 49), (0, 101), (2, 60), (-1, 60)])
def test_a_commit_outside_what_is_offered_is_a_sentence(store: Store, option: int, probability: int) -> None:
    bet = make(store)

    bet.commit(option, probability)

    assert bet.view["notice"]
    assert bet.committed is None
    assert store.events() == []


@pytest.mark.parametrize("revealed", [False, True])
def test_a_prediction_made_again_is_where_it_was(store: Store, revealed: bool) -> None:
    bet = make(store)
    bet.commit(1, 75)
    if revealed:
        bet.reveal = True

    again = make(store)

    assert again.reveal is revealed
    assert again.view["committed"] == {"option": 1, "probability": 75}
    assert again.view["revealed"] == bet.view["revealed"]
    assert len(store.events(verb="completed")) == int(revealed)


def test_messages_of_the_page_do_the_same_as_the_methods(store: Store) -> None:
    bet = make(store)

    bet._handle_custom_msg({"do": "commit", "option": 1, "probability": 70}, [])
    bet._handle_custom_msg({"do": "reveal"}, [])

    assert bet.view["revealed"]["brier"] == 0.09


def test_a_message_without_numbers_is_a_sentence(store: Store) -> None:
    bet = make(store)

    bet._handle_custom_msg({"do": "commit", "option": None, "probability": "80"}, [])

    assert bet.view["notice"] == "Pick an option, and give a whole number from 50 to 100."
