"""Who may write a conversation, and does everything written stay?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.errors import ConversationInUse, StoreError, TranscriptInvalid
from techsell.progress import LEASE_SECONDS, Store, memory_store

KEY = "cobalt_ridge/practice/1"
texts = st.text(min_size=1).filter(lambda text: text.splitlines() == [text])


@pytest.fixture
def talk(store: Store) -> str:
    return store.new_conversation("cobalt_ridge", "practice")


@settings(deadline=None)
@given(st.lists(st.lists(texts, max_size=4), max_size=8))
def test_lines_come_back_in_the_order_of_writing(turns: Sequence[Sequence[str]]) -> None:
    with memory_store() as store:
        journal = store.journal(store.new_conversation("cobalt_ridge", "practice"), holder="lesson")
        for turn in turns:
            journal.append(turn)
        wanted = [line for turn in turns for line in turn]
        assert journal.read() == store.lines(KEY) == wanted


@pytest.mark.parametrize("line", ["", "a\nb", "a\n", "a\u2028b", "\r"])
def test_a_turn_with_a_broken_line_is_refused_whole(store: Store, talk: str, line: str) -> None:
    journal = store.journal(talk, holder="lesson")
    with pytest.raises(TranscriptInvalid):
        journal.append(["{}", line])
    assert journal.read() == []


def test_an_unknown_conversation_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="no conversation 'cobalt_ridge/practice/7'"):
        store.journal("cobalt_ridge/practice/7", holder="lesson")


def test_a_second_window_cannot_take_the_pen(store: Store, talk: str, clock: Any) -> None:
    first = store.journal(talk, holder="one")
    clock.move(4)
    with pytest.raises(ConversationInUse, match=f"wait {LEASE_SECONDS - 4:.0f} s"):
        store.journal(talk, holder="two")
    first.append(["{}"])
    clock.move(LEASE_SECONDS - 1)
    with pytest.raises(ConversationInUse):
        store.journal(talk, holder="two")


def test_a_second_window_can_read(store: Store, talk: str) -> None:
    store.journal(talk, holder="one").append(["{}"])
    assert store.lines(talk) == ["{}"]
    assert [info.key for info in store.conversations()] == [talk]


def test_the_pen_of_a_window_left_alone_can_be_taken_and_that_window_is_told(
    store: Store, talk: str, clock: Any
) -> None:
    first = store.journal(talk, holder="one")
    first.append(["one"])
    clock.move(LEASE_SECONDS)
    second = store.journal(talk, holder="two")
    second.append(["two"])
    with pytest.raises(ConversationInUse, match="Another window is holding"):
        first.append(["one again"])
    clock.move(LEASE_SECONDS)
    with pytest.raises(ConversationInUse, match=r"gone on in another window.*Open it again"):
        first.append(["one again"])
    assert store.lines(talk) == ["one", "two"]
    first.read()
    first.append(["one again"])
    assert store.lines(talk) == ["one", "two", "one again"]


def test_a_window_that_thought_for_long_goes_on_when_nobody_else_wrote(store: Store, talk: str, clock: Any) -> None:
    journal = store.journal(talk, holder="one")
    clock.move(3600)
    journal.append(["{}"])
    assert store.lines(talk) == ["{}"]


def test_the_same_holder_takes_its_own_pen(store: Store, talk: str) -> None:
    store.journal(talk, holder="one").append(["{}"])
    again = store.journal(talk, holder="one")
    again.append(["{}"])
    assert again.read() == ["{}", "{}"]


def test_two_journals_of_one_holder_cannot_fork_the_conversation(store: Store, talk: str) -> None:
    old, new = store.journal(talk, holder="one"), store.journal(talk, holder="one")
    new.append(["{}"])
    with pytest.raises(ConversationInUse, match="gone on in another window"):
        old.append(["{}"])


def test_a_pen_put_down_can_be_taken_at_once(store: Store, talk: str) -> None:
    store.journal(talk, holder="one").close()
    store.journal(talk, holder="two").append(["{}"])


def test_closing_late_does_not_take_the_pen_of_another(store: Store, talk: str, clock: Any) -> None:
    first = store.journal(talk, holder="one")
    clock.move(LEASE_SECONDS)
    store.journal(talk, holder="two")
    first.close()
    with pytest.raises(ConversationInUse):
        store.journal(talk, holder="three")


def test_a_clock_that_was_set_back_does_not_lock_a_conversation_for_ever(store: Store, talk: str, clock: Any) -> None:
    store.journal(talk, holder="one")
    clock.move(-86_400)
    store.journal(talk, holder="two").append(["{}"])
