"""Does the store keep what it was given, in order, and nothing else?"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.errors import UsageError
from techsell.progress import VERBS, Event, Store, memory_store

steps = st.tuples(st.sampled_from(VERBS), st.sampled_from(["a", "a/b", "a/b/c", "ab", "b/a"]), st.integers(0, 9))


@settings(deadline=None)
@given(st.lists(steps, max_size=30))
def test_events_come_back_in_the_order_of_recording(given_steps: list[tuple[str, str, int]]) -> None:
    with memory_store("L-7F3K2Q") as store:
        recorded = [store.append(verb, name, result={"n": n}) for verb, name, n in given_steps]
        assert store.events() == recorded
        for name in ("a", "a/b", "b/a"):
            assert store.events(name) == [event for event in recorded if event.object == name]
        assert store.events(prefix="a/") == [event for event in recorded if event.object.startswith("a/")]
        assert store.events(prefix="a", verb="scored") == [
            event for event in recorded if event.object.startswith("a") and event.verb == "scored"
        ]


@settings(deadline=None)
@given(st.lists(steps, max_size=30))
def test_heads_and_latest_are_the_last_of_their_kind(given_steps: list[tuple[str, str, int]]) -> None:
    with memory_store() as store:
        wanted: dict[tuple[str, str], Event] = {}
        last: dict[str, Event] = {}
        for verb, name, n in given_steps:
            wanted[name, verb] = last[name] = store.append(verb, name, result={"n": n})
        assert store.heads() == wanted
        for name in ("a", "a/b", "ab"):
            assert store.latest(name) == last.get(name)
            assert store.latest(name, "answered") == wanted.get((name, "answered"))


def test_what_was_recorded_is_there_after_opening_again(database: Path) -> None:
    with Store.open(database, learner="L-7F3K2Q") as store:
        event = store.append("predicted", "discovery_conversation/closing_effect", result={"probability": 80})
    with Store.open(database) as again:
        assert again.events() == [event]
        assert again.events()[0].learner == "L-7F3K2Q"


@pytest.mark.parametrize("change", ["UPDATE events SET verb = 'scored'", "DELETE FROM events"])
def test_an_event_can_be_neither_changed_nor_removed(store: Store, database: Path, change: str) -> None:
    store.append("completed", "start/first_call")
    with closing(sqlite3.connect(database)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(change)
    assert [event.verb for event in store.events()] == ["completed"]


@pytest.mark.parametrize("change", ["UPDATE conversation_lines SET line = 'x'", "DELETE FROM conversation_lines"])
def test_a_line_can_be_neither_changed_nor_removed(store: Store, database: Path, change: str) -> None:
    key = store.new_conversation("cobalt_ridge", "practice")
    store.journal(key, holder="lesson").append(["{}"])
    with closing(sqlite3.connect(database)) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(change)
    assert store.lines(key) == ["{}"]


def test_a_refused_event_leaves_no_trace(store: Store) -> None:
    with pytest.raises(UsageError):
        store.append("completed", "not an object")
    assert store.events() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_the_files(store: Store, database: Path) -> None:
    before = os.umask(0)
    try:
        store.append("completed", "start/first_call")
        modes = {path.name: path.stat().st_mode & 0o777 for path in database.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert {"progress.db", "progress.db-wal"} <= set(modes)


def test_a_closed_store_can_be_closed_again(database: Path) -> None:
    store = Store.open(database)
    store.close()
    store.close()


def test_the_store_is_usable_from_another_thread(store: Store) -> None:
    """The course home reads in a thread of the server."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.append("answered", f"m/q{n}"), range(40)))
    assert sorted(event.object for event in store.events()) == sorted(f"m/q{n}" for n in range(40))
