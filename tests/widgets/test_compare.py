"""Are the first and the latest call set side by side, and is it said what to do when there is only one?"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from techsell.roleplay import load_scenario
from techsell.widgets import Binding, Compare, RolePlay

Make = Callable[..., RolePlay]
Talk = Callable[..., RolePlay]


@pytest.fixture
def compare(binding: Binding) -> Callable[[], Compare]:
    return lambda: Compare(load_scenario("first_call"), binding)


def ask(call: RolePlay, label: str) -> None:
    """Say the first line offered, on any page, that begins with a move of this label."""
    moves = {option.id: option.moves[0].label for option in load_scenario("first_call").options}
    for _ in range(call.view["pages"]):
        for line in call.view["menu"]:
            if moves[line["option"]] == label:
                call.pick(line["option"])
                return
        call.more()
    pytest.fail(f"no line with {label} is offered")


def test_without_a_call_it_says_what_to_do(compare: Callable[[], Compare]) -> None:
    shown = compare().view

    assert shown["runs"] == []
    assert shown["advice"].startswith("There is no finished call yet. Play 'A first call")


def test_with_one_call_it_says_to_play_again(compare: Callable[[], Compare], make: Make, talk: Talk) -> None:
    talk(make("first_call"), 1).end()

    shown = compare().view

    assert shown["runs"] == []
    assert "once more" in shown["advice"]


def test_a_call_that_still_runs_does_not_count(compare: Callable[[], Compare], make: Make, talk: Talk) -> None:
    call = talk(make("first_call"), 1)
    call.end()
    call.again()
    talk(call, 1)

    assert compare().view["runs"] == []


def test_first_and_latest_stand_side_by_side(compare: Callable[[], Compare], make: Make) -> None:
    call = make("first_call")
    for labels in (("pitch", "pitch"), ("problem",), ("problem", "situation", "pitch")):
        call.start()
        for label in labels:
            ask(call, label)
        call.end()
        call.again()
    latest = make("first_call")

    shown = compare().view

    assert shown["advice"] == ""
    first, last = shown["runs"]
    assert (first["name"], first["turns"], first["questions"], first["pitches"]) == ("First call", 2, 0, 2)
    assert (last["name"], last["turns"], last["pitches"]) == ("Latest call", 3, 1)
    assert last["questions"] >= 2
    assert last["lines"] == latest.view["lines"]
    assert last["facts"] == [note["text"] for note in latest.view["notes"]]
    assert json.loads(json.dumps(shown)) == shown


def test_what_was_taken_back_does_not_count(compare: Callable[[], Compare], make: Make, talk: Talk) -> None:
    call = make("first_call")
    talk(call, 1).end()
    call.again()
    call.start()
    ask(call, "pitch")
    call.undo()
    ask(call, "problem")
    call.end()

    last = compare().view["runs"][1]

    assert (last["turns"], last["pitches"]) == (1, 0)


def test_look_again_finds_a_call_that_has_ended_since(compare: Callable[[], Compare], make: Make, talk: Talk) -> None:
    shown = compare()
    call = make("first_call")
    for _ in range(2):
        talk(call, 1).end()
        call.again()

    shown._handle_custom_msg({"do": "refresh"}, [])

    assert len(shown.view["runs"]) == 2


def test_a_call_of_an_earlier_version_is_a_sentence(compare: Callable[[], Compare], binding: Binding) -> None:
    key = binding.store.new_conversation("first_call", "practice")
    journal = binding.store.journal(key, holder="lesson")
    journal.append(['{"seq": 0, "type": "Ended", "data": {}}'])
    journal.close()

    assert "There is no conversation to go on with" in compare().view["advice"]
