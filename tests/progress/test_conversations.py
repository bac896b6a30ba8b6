"""What does the store know of a conversation, and how many may there be?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.errors import ConversationOver, UsageError
from techsell.progress import DECLARED_ATTEMPTS, Store, memory_store
from techsell.progress.conversations import outline


def line(seq: int, kind: str, **data: Any) -> str:
    return json.dumps({"seq": seq, "type": kind, "data": data, "prev": "0", "hash": "1"})


def talk(*kinds: str) -> list[str]:
    """Lines of a conversation; `undo:2` goes back to line 2."""
    found = []
    for seq, kind in enumerate(kinds):
        name, _, back = kind.partition(":")
        found.append(line(seq, name, **({"to_seq": int(back)} if back else {})))
    return found


BEGUN = ("SessionStarted", "CustomerRendered")
PICK = ("LearnerPicked", "CustomerRendered")


@pytest.mark.parametrize(
    ("kinds", "over", "turns"),
    [
        ((), False, 0),
        (BEGUN, False, 0),
        ((*BEGUN, *PICK, *PICK), False, 2),
        ((*BEGUN, *PICK, "HintTaken", *PICK, "Ended"), True, 2),
        ((*BEGUN, *PICK, *PICK, "Undone:3"), False, 1),
        ((*BEGUN, *PICK, *PICK, "Undone:3", *PICK, *PICK), False, 3),
        ((*BEGUN, *PICK, "Ended", "Undone:1"), False, 0),
        ((*BEGUN, *PICK, "Undone:1", "Ended"), True, 0),
    ],
)
def test_turns_are_picks_that_still_stand(kinds: tuple[str, ...], over: bool, turns: int) -> None:
    assert outline(talk(*kinds)) == (over, turns)


@settings(deadline=None)
@given(st.lists(st.text() | st.sampled_from(talk(*BEGUN, *PICK, "Undone:1", "Ended")), max_size=8))
def test_lines_that_are_no_events_never_stop_the_summary(lines: list[str]) -> None:
    over, turns = outline(lines)
    assert 0 <= turns <= len(lines)
    assert over is False or any("Ended" in found for found in lines)


@pytest.mark.parametrize("odd", ["[]", "null", "3", '{"type": "Ended"}', '{"type": "Undone", "data": {"to_seq": "x"}}'])
def test_odd_json_counts_for_what_it_says(odd: str) -> None:
    assert outline([odd]) == (odd == '{"type": "Ended"}', 0)


def test_keys_count_by_scenario_and_mode(store: Store) -> None:
    said = {}
    for scenario, mode in [("cobalt_ridge", "practice"), ("cobalt_ridge", "declared"), ("first_call", "practice")] * 2:
        key = store.new_conversation(scenario, mode)
        store.journal(key, holder="lesson").append(talk(*BEGUN))
        said[key] = scenario
    assert list(said) == [
        "cobalt_ridge/practice/1",
        "cobalt_ridge/declared/1",
        "first_call/practice/1",
        "cobalt_ridge/practice/2",
        "cobalt_ridge/declared/2",
        "first_call/practice/2",
    ]
    assert [info.key for info in store.conversations("first_call")] == [
        "first_call/practice/1",
        "first_call/practice/2",
    ]


def test_the_conversation_touched_last_comes_last(store: Store, clock: Any) -> None:
    for mode in ("practice", "declared"):
        store.journal(store.new_conversation("cobalt_ridge", mode), holder="lesson").append(talk(*BEGUN))
        clock.move(60)
    store.journal("cobalt_ridge/practice/1", holder="lesson").append([line(2, "LearnerPicked")])
    last = store.conversations()[-1]
    assert (last.key, last.turns, last.over, last.attempt) == ("cobalt_ridge/practice/1", 1, False, 1)
    assert last.touched == "2026-03-02T09:02:00.000Z"


def test_a_fourth_declared_attempt_is_refused(store: Store) -> None:
    for attempt in range(1, DECLARED_ATTEMPTS + 1):
        key = store.new_conversation("cobalt_ridge", "declared")
        assert key == f"cobalt_ridge/declared/{attempt}"
        store.journal(key, holder="lesson").append(talk(*BEGUN))
    with pytest.raises(ConversationOver, match="The best of them counts; practice is unlimited"):
        store.new_conversation("cobalt_ridge", "declared")
    assert store.new_conversation("cobalt_ridge", "practice") == "cobalt_ridge/practice/1"
    assert store.new_conversation("saltmarsh", "declared") == "saltmarsh/declared/1"


def test_a_window_that_died_before_the_first_word_costs_no_attempt(store: Store) -> None:
    assert store.new_conversation("cobalt_ridge", "declared") == store.new_conversation("cobalt_ridge", "declared")
    assert [info.key for info in store.conversations()] == ["cobalt_ridge/declared/1"]


def test_a_conversation_somebody_has_just_opened_is_not_given_to_another(store: Store) -> None:
    first = store.new_conversation("cobalt_ridge", "declared")
    store.journal(first, holder="this window")
    assert store.new_conversation("cobalt_ridge", "declared") == "cobalt_ridge/declared/2"


def test_an_unknown_mode_is_refused() -> None:
    with memory_store() as store, pytest.raises(UsageError, match="practice, declared"):
        store.new_conversation("cobalt_ridge", "exam")
