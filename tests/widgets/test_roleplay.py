"""Is the role-play painted from one trait, by messages and methods alike, and does every refusal become a sentence?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.progress import Store, memory_store
from techsell.widgets import Binding, RolePlay

Make = Callable[..., RolePlay]
Talk = Callable[..., RolePlay]


def pick_first(call: RolePlay) -> None:
    call.pick(call.view["menu"][0]["option"])


def test_before_the_call_there_is_a_briefing_and_nothing_is_stored(make: Make, store: Store) -> None:
    call = make()

    assert call.view["screen"]["phase"] == "start"
    assert call.view["brief"]["goal"]
    assert call.view["lines"] == []
    assert store.conversations() == []


def test_starting_greets_and_is_recorded(make: Make, store: Store) -> None:
    call = make()

    call.start("practice")

    assert call.view["screen"]["phase"] == "call"
    assert [line["who"] for line in call.view["lines"]] == ["customer"]
    assert 1 <= len(call.view["menu"]) <= 6
    (event,) = store.events(object="discovery_conversation/cobalt_ridge")
    assert event.verb == "initialized"
    assert event.context == {"conversation": "cobalt_ridge/practice/1", "mode": "practice", "attempt": 1}


def test_view_is_plain_json(make: Make, talk: Talk) -> None:
    call = talk(make(), 3)

    assert json.loads(json.dumps(call.view)) == call.view
    assert call.get_state("view")["view"] == call.view


def test_picking_appends_lines_and_never_rewrites_one(make: Make) -> None:
    call = make()
    call.start("practice")
    for turn in range(1, 5):
        before = call.view["lines"]
        pick_first(call)
        assert call.view["lines"][: len(before)] == before
        assert call.view["turn"] == turn
    numbers = [line["n"] for line in call.view["lines"]]
    assert numbers == sorted(set(numbers))


def test_messages_of_the_page_do_the_same_as_the_methods(make: Make, tmp_path: Path) -> None:
    by_hand = make()
    by_hand.start("practice")
    option = by_hand.view["menu"][1]["option"]
    for act in (lambda: by_hand.pick(option), by_hand.more, by_hand.hint, by_hand.undo, by_hand.end, by_hand.again):
        act()

    other = Binding(memory_store("L-TEST"), "L-TEST", tmp_path / "other", holder="lesson")
    by_message = make("cobalt_ridge", other)
    messages = [{"do": "start", "mode": "practice"}, {"do": "pick", "option": option}]
    messages += [{"do": verb} for verb in ("more", "hint", "undo", "end", "again")]
    for message in messages:
        by_message._handle_custom_msg(message, [])

    assert by_message.view == by_hand.view


@pytest.mark.parametrize("message", [{}, {"do": "dance"}, {"do": "pick"}, {"do": "pick", "option": 3}, {"do": "_do"}])
def test_a_message_that_means_nothing_changes_nothing(make: Make, talk: Talk, message: dict[str, Any]) -> None:
    call = talk(make(), 1)
    before = call.view

    call._handle_custom_msg(message, [])

    assert call.view == before


def test_more_lines_turn_the_page_and_come_round(make: Make) -> None:
    call = make()
    call.start("practice")
    first, pages = call.view["menu"], call.view["pages"]
    assert pages > 1

    call.more()
    assert call.view["page"] == 1
    assert {line["option"] for line in call.view["menu"]}.isdisjoint(line["option"] for line in first)
    for _ in range(pages - 1):
        call.more()

    assert call.view["page"] == 0
    assert call.view["menu"] == first


def test_a_hint_is_shown_and_recorded(make: Make, store: Store) -> None:
    call = make()
    call.start("practice")

    call.hint()

    assert [line["who"] for line in call.view["lines"]] == ["customer", "note"]
    assert len(store.events(verb="hinted")) == 1


def test_undo_takes_a_line_back_in_practice_and_is_refused_when_declared(make: Make, talk: Talk) -> None:
    practice = talk(make(), 2)
    practice.undo()
    assert practice.view["turn"] == 1
    practice.end()
    practice.again()

    declared = talk(practice, 1, "declared")
    declared.undo()

    assert declared.view["turn"] == 1
    assert declared.view["screen"]["notice"]
    assert declared.view["can_undo"] is False


def test_a_line_that_is_not_offered_is_a_sentence(make: Make, talk: Talk) -> None:
    call = talk(make(), 1)
    lines = call.view["lines"]

    call.pick("no_such_line")

    assert call.view["screen"]["notice"]
    assert call.view["screen"]["phase"] == "call"
    assert call.view["lines"] == lines


def test_a_call_cannot_be_started_while_one_is_running(make: Make, talk: Talk, store: Store) -> None:
    call = talk(make(), 1)

    call.start("practice")

    assert "A call is running" in call.view["screen"]["notice"]
    assert call.view["turn"] == 1
    assert len(store.conversations()) == 1


def test_a_call_without_a_score_has_no_declared_mode(make: Make, talk: Talk, store: Store) -> None:
    call = make("first_call")
    assert call.view["screen"]["graded"] is False

    call.start("declared")
    assert "is not graded" in call.view["screen"]["notice"]
    talk(call, 1)
    call.end()

    (event,) = store.events(object="discovery_conversation/first_call", verb="completed")
    assert event.result["total"] is None
    assert call.view["ending"]["summary"]


def test_outside_a_workspace_it_plays_and_says_that_nothing_is_kept(make: Make, talk: Talk) -> None:
    outside = Binding(memory_store(), note="Not recorded: this notebook is not in a course workspace.")

    call = make("cobalt_ridge", outside)

    assert call.view["screen"]["note"].startswith("Not recorded")
    assert call.view["screen"]["declared"]["left"] == 0
    assert call.view["screen"]["declared"]["why_not"]
    call.start("declared")
    assert "needs a course workspace" in call.view["screen"]["notice"]
    talk(call, 1)
    assert call.view["turn"] == 1
