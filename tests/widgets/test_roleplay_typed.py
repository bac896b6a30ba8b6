"""Typing: is what is said and chosen kept, by methods and messages alike, and does nothing that is sent break it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techsell.errors import StoreLocked
from techsell.progress import Store, memory_store
from techsell.roleplay import load_scenario
from techsell.widgets import Binding, RolePlay

Make = Callable[..., RolePlay]
Talk = Callable[..., RolePlay]

CLEAR = "when did one of them last stop you"
NOISE = "qwrtz plmf"
OBJECT = "discovery_conversation/cobalt_ridge"


@pytest.fixture
def typed(make: Make) -> RolePlay:
    """Cobalt Ridge, begun by typing."""
    call = make()
    call.start("practice", "type")
    return call


@pytest.fixture
def asked(typed: RolePlay, unsure: str) -> RolePlay:
    """A call in the middle of 'Did you mean'."""
    typed.say(CLEAR)
    typed.say(unsure)
    assert typed.view["asking"]["kind"] == "confirm"
    return typed


def marks(call: RolePlay, value: int = 3) -> dict[str, int]:
    return {line["id"]: value for line in call.view["screen"]["rubric"]}


def test_a_typed_sentence_takes_a_turn(typed: RolePlay) -> None:
    typed.say(CLEAR)

    assert typed.view["level"] == "text"
    assert typed.view["screen"]["can_type"] is True
    assert typed.view["turn"] == 1
    assert typed.view["asking"] is None
    assert [line["who"] for line in typed.view["lines"]] == ["customer", "you", "customer"]
    assert typed.view["lines"][1]["text"] == CLEAR


def test_an_unsure_one_asks_back_and_a_choice_takes_the_turn(asked: RolePlay) -> None:
    assert asked.view["turn"] == 1
    choices = asked.view["asking"]["choices"]
    assert [choice["key"] for choice in choices] == list(range(1, len(choices) + 1))

    asked.choose(1)

    assert asked.view["turn"] == 2
    assert asked.view["asking"] is None
    assert choices[1]["text"] in [line["text"] for line in asked.view["lines"]]


def test_none_of_these_asks_for_other_words_and_then_for_the_menu(asked: RolePlay) -> None:
    asked.choose(-1)
    assert asked.view["asking"]["kind"] == "rephrase"
    assert asked.view["turn"] == 1

    asked.say(NOISE)

    assert asked.view["asking"]["kind"] == "menu"
    asked.pick(asked.view["menu"][0]["option"])
    assert asked.view["asking"] is None


def test_a_widget_made_again_is_still_asking_what_was_meant(make: Make, asked: RolePlay) -> None:
    again = make()

    assert again.view["asking"] == asked.view["asking"]
    assert again.view["level"] == "text"
    assert again.view["lines"] == asked.view["lines"]
    again.choose(0)
    assert again.view["turn"] == 2


def test_a_choice_that_is_not_offered_is_a_sentence(typed: RolePlay) -> None:
    before = typed.view["lines"]

    for index in (0, 3, -2, 10**30):
        typed.choose(index)
        assert typed.view["screen"]["notice"]

    assert typed.view["lines"] == before


def test_a_locked_store_keeps_the_sentence_for_the_next_try(
    typed: RolePlay, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise StoreLocked("Another program is writing", cure="Try again")

    with monkeypatch.context() as patched:
        patched.setattr("techsell.progress.journal.StoreJournal.append", locked)
        typed.say(CLEAR)
    assert typed.view["screen"]["notice"]
    assert typed.view["turn"] == 0

    typed.say(CLEAR)
    assert typed.view["turn"] == 1
    assert make().view["lines"] == typed.view["lines"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "x" * 10_000,
        "🙂" * 300,
        "متى توقفت المضخة آخر مرة؟",
        "line\r\nline\n\n\nline",
        "\ud83d",
        "\x00\x1b[31m",
    ],
    ids=["empty", "blank", "10,000", "emoji", "right-to-left", "pasted", "half a surrogate", "control"],
)
def test_whatever_is_typed_gets_an_answer_that_can_be_sent_to_the_page(typed: RolePlay, text: str) -> None:
    typed.say(text)

    assert typed.view["screen"]["phase"] == "call"
    assert typed.view["screen"]["notice"] or typed.view["asking"] or typed.view["turn"] == 1
    json.dumps(typed.view, ensure_ascii=False).encode()


MESSAGES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
VERBS = ["say", "choose", "pick", "start", "level", "self_score", "fork", "more", "hint", "undo", "resume", "again"]
VERBS += ["watch", "next", "skip", "draw", "_do", "close"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            lambda verb, rest: {**rest, "do": verb},
            st.sampled_from(VERBS) | MESSAGES,
            st.dictionaries(st.sampled_from(["text", "choice", "option", "mode", "level", "marks", "turn"]), MESSAGES),
        ),
        max_size=5,
    )
)
def test_no_message_breaks_the_widget_or_what_was_said(messages: list[dict[str, Any]]) -> None:
    scenario = load_scenario("cobalt_ridge")
    call = RolePlay(scenario, Binding(memory_store("L-TEST"), "L-TEST"), module="discovery_conversation")
    call.start("practice", "type")
    call.say(CLEAR)
    before = call.view["lines"]

    for message in messages:
        call._handle_custom_msg(message, [])

    assert call.view["lines"][: len(before)] == before
    json.dumps(call.view, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "message",
    [
        {"do": "say"},
        {"do": "say", "text": 3},
        {"do": "choose", "choice": True},
        {"do": "choose", "choice": "1"},
        {"do": "fork", "turn": None},
        {"do": "self_score", "marks": [3]},
        {"do": "level"},
        {"do": "start"},
        {"do": ["say"], "text": "hello"},
    ],
)
def test_a_message_of_the_wrong_shape_changes_nothing(asked: RolePlay, message: dict[str, Any]) -> None:
    before = asked.view

    asked._handle_custom_msg(message, [])

    assert asked.view == before


def test_messages_of_typing_do_the_same_as_the_methods(make: Make, tmp_path: Any, unsure: str) -> None:
    by_hand = make()
    by_hand.start("practice", "menu")
    by_hand.level("type")
    by_hand.say(CLEAR)
    by_hand.say(unsure)
    by_hand.choose(0)
    by_hand.end()
    given_marks = marks(by_hand)
    by_hand.self_score(given_marks)
    by_hand.fork(2)

    other = make("cobalt_ridge", Binding(memory_store("L-TEST"), "L-TEST", tmp_path / "other", holder="lesson"))
    for message in (
        {"do": "start", "mode": "practice", "level": "menu"},
        {"do": "level", "level": "type"},
        {"do": "say", "text": CLEAR},
        {"do": "say", "text": unsure},
        {"do": "choose", "choice": 0},
        {"do": "end"},
        {"do": "self_score", "marks": given_marks},
        {"do": "fork", "turn": 2},
    ):
        other._handle_custom_msg(message, [])

    assert other.view == by_hand.view


# Levels


def test_practice_remembers_the_level_and_graded_calls_begin_with_typing(make: Make, store: Store) -> None:
    call = make()
    assert call.view["screen"]["level"] == "type"
    assert make("first_call").view["screen"]["level"] == "menu"

    call.start("practice", "menu")
    assert call.view["level"] == "menu"
    assert make().view["level"] == "menu"
    call.end()
    call.again()

    assert call.view["screen"]["level"] == "menu"
    call.start("practice")
    assert call.view["level"] == "menu"
    call.level("type")
    assert make().view["level"] == "text"
    levels = [event.result["level"] for event in store.events(object=f"{OBJECT}/level", verb="progressed")]
    assert levels == ["menu", "menu", "type"]


def test_a_declared_attempt_is_typed_with_the_menu_at_hand(make: Make, talk: Talk) -> None:
    call = talk(make(), 1)
    call.end()
    call.again()

    call.start("declared", "menu")

    assert call.view["level"] == "text"
    assert call.view["menu"]
    assert make().view["level"] == "text"


def test_there_is_no_other_level(typed: RolePlay) -> None:
    typed.level("telepathy")

    assert "no level" in typed.view["screen"]["notice"]
    assert typed.view["level"] == "text"
