"""One thing a learner did, in the shape of an xAPI statement: actor, verb, object, result, context, timestamp."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from techsell.errors import StoreDamaged, StoreTooNew, UsageError

__all__ = ["EVENT_SCHEMA", "VERBS", "Event", "make_event", "stamp", "utc_now"]

EVENT_SCHEMA = 1
"""Version of the event's own shape; `from_row` upcasts older ones."""

VERBS = ("initialized", "progressed", "answered", "predicted", "completed", "submitted", "scored", "hinted")

_OBJECT = re.compile(r"[a-z0-9_]+(/[A-Za-z0-9_.-]+)*")
_LONGEST_OBJECT = 200
_LARGEST_RESULT = 100_000

COLUMNS = "id, schema, learner, verb, object, result, context, timestamp"


@dataclass(frozen=True)
class Event:
    """An event as it was recorded. `object` is a path: `discovery_conversation/closing_effect`."""

    id: str
    schema: int
    learner: str
    verb: str
    object: str
    timestamp: str
    """UTC, ISO 8601 with milliseconds"""
    result: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, xAPI-shaped."""
        return {
            "id": self.id,
            "schema": self.schema,
            "actor": {"account": {"name": self.learner}},
            "verb": self.verb,
            "object": self.object,
            "result": dict(self.result),
            "context": dict(self.context),
            "timestamp": self.timestamp,
        }

    def to_row(self) -> tuple[str, int, str, str, str, str, str, str]:
        """The event in the order of `COLUMNS`."""
        return (
            self.id,
            self.schema,
            self.learner,
            self.verb,
            self.object,
            _dumped(self.result, "result"),
            _dumped(self.context, "context"),
            self.timestamp,
        )

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Event:
        """The event in a row of `COLUMNS`, upcast to the present shape.

        Raises:
            StoreTooNew: a later techsell wrote it.
            StoreDamaged: its JSON cannot be read.
        """
        identifier, schema, learner, verb, object_, result, context, timestamp = row
        if schema > EVENT_SCHEMA:
            raise StoreTooNew(
                f"The event {identifier} was written by a later techsell (event schema {schema})",
                cure="Install the newer techsell again",
            )
        try:
            return cls(
                id=identifier,
                schema=schema,
                learner=learner,
                verb=verb,
                object=object_,
                timestamp=timestamp,
                result=json.loads(result),
                context=json.loads(context),
            )
        except ValueError as error:
            raise StoreDamaged(
                f"The event {identifier} cannot be read",
                cure="Put the newest backup of the progress database in its place",
            ) from error


def make_event(
    learner: str,
    verb: str,
    object: str,  # noqa: A002 - the word of the xAPI standard
    timestamp: datetime,
    *,
    result: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Event:
    """A new event with a random id.

    Raises:
        UsageError: unknown verb, an object that is no path of names, or a result that is no plain JSON.
    """
    if verb not in VERBS:
        raise UsageError(f"There is no verb {verb!r}", cure=f"Use one of: {', '.join(VERBS)}")
    if len(object) > _LONGEST_OBJECT or _OBJECT.fullmatch(object) is None:
        raise UsageError(
            f"{object[:_LONGEST_OBJECT]!r} is no object of an event", cure="Give a path such as 'module/step'"
        )
    return Event(
        id=str(uuid.uuid4()),
        schema=EVENT_SCHEMA,
        learner=learner,
        verb=verb,
        object=object,
        timestamp=stamp(timestamp),
        result=json.loads(_dumped(result or {}, "result")),
        context=json.loads(_dumped(context or {}, "context")),
    )


def utc_now() -> datetime:
    """The present moment, with its time zone."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as UTC text that sorts by time: `2026-03-01T09:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dumped(value: Mapping[str, Any], name: str) -> str:
    try:
        text = json.dumps(dict(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()  # half a surrogate pair is no text that could be stored
    except (TypeError, ValueError) as error:
        raise UsageError(f"The event's {name} is no plain JSON: {error}", cure="Use text, numbers, lists") from error
    if len(text) > _LARGEST_RESULT:
        raise UsageError(
            f"The event's {name} has {len(text):,} characters", cure=f"Keep it under {_LARGEST_RESULT:,} characters"
        )
    return text
