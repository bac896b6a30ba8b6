"""What may be recorded, and does it come back as it was?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.errors import StoreDamaged, StoreTooNew, UsageError
from techsell.progress.events import EVENT_SCHEMA, VERBS, Event, make_event, stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text(max_size=8), json_values, max_size=4)


@settings(deadline=None)
@given(verb=st.sampled_from(VERBS), result=json_objects, context=json_objects)
def test_an_event_survives_its_row(verb: str, result: dict[str, Any], context: dict[str, Any]) -> None:
    event = make_event("L-7F3K2Q", verb, "discovery_conversation/spin_kinds/q1", NOON, result=result, context=context)
    assert Event.from_row(event.to_row()) == event


def test_an_event_is_shaped_like_an_xapi_statement() -> None:
    event = make_event("L-7F3K2Q", "predicted", "discovery_conversation/closing_effect", NOON, result={"brier": 0.04})
    shown = event.as_dict()
    assert shown["actor"] == {"account": {"name": "L-7F3K2Q"}}
    assert (shown["verb"], shown["object"]) == ("predicted", "discovery_conversation/closing_effect")
    assert (shown["result"], shown["timestamp"]) == ({"brier": 0.04}, "2026-03-02T12:00:00.000Z")
    assert json.loads(json.dumps(shown)) == shown


def test_an_unknown_verb_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"no verb 'watched'.*initialized"):
        make_event("L-7F3K2Q", "watched", "start/first_call", NOON)


@pytest.mark.parametrize("name", ["", "/", "a//b", "a/", "A/b", "a b", "a/b\n", "../x", "a" * 201])
def test_an_object_is_a_path_of_names(name: str) -> None:
    with pytest.raises(UsageError, match="no object of an event"):
        make_event("L-7F3K2Q", "completed", name, NOON)


@pytest.mark.parametrize("result", [{"x": float("nan")}, {"x": {1, 2}}, {"x": "y" * 100_001}, {"x": "\ud800"}])
def test_a_result_must_be_small_plain_json(result: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="The event's result"):
        make_event("L-7F3K2Q", "completed", "start/first_call", NOON, result=result)


def test_what_the_caller_changes_later_is_not_recorded() -> None:
    answer = {"given": ["a"]}
    event = make_event("L-7F3K2Q", "answered", "start/q", NOON, result=answer)
    answer["given"].append("b")
    assert event.result == {"given": ["a"]}


def test_an_event_of_a_later_schema_is_not_guessed_at() -> None:
    row = make_event("L-7F3K2Q", "completed", "start/first_call", NOON).to_row()
    with pytest.raises(StoreTooNew, match="later techsell"):
        Event.from_row((row[0], EVENT_SCHEMA + 1, *row[2:]))


def test_an_event_with_broken_json_says_which() -> None:
    row = make_event("L-7F3K2Q", "completed", "start/first_call", NOON).to_row()
    with pytest.raises(StoreDamaged, match=row[0]):
        Event.from_row((*row[:5], "{", *row[6:]))


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))
def test_stamps_sort_by_time_whatever_the_time_zone(moment: datetime, hours: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    later = there.astimezone(UTC) + timedelta(milliseconds=1)
    assert stamp(there) < stamp(later)
