"""Events and the chain that ties them: one JSON line each, every line holding the hash of the one before.

`hash` covers what was done, not when: two plays with the same keys differ only in `clock`. `clock.seal` covers the
time as well. The chain finds careless edits; a transcript rewritten from end to end is simply another play.

Kinds: SessionStarted{schema, scenario, scenario_sha, engine, seed, mode, learner, attempt; nlu, ledger, forked_from} ·
LearnerPicked{option} · LearnerSaid{raw; read} · LearnerChose{choice: 0|1|2, or -1 for none of these} ·
RecogniserChanged{nlu} · HintTaken{} · Undone{to_seq} · CustomerRendered{lines: [{speaker, text}]; turn} ·
Ended{by: learner|customer|time}.
The last two only show what was on the screen, save that `by: learner` hangs up; the engine never reads their text.
What `LearnerSaid` meant is worked out again at every reading, by the recogniser whose fingerprint is the last `nlu`
before it: that of `SessionStarted`, or of `RecogniserChanged` once the call went on with another one. `read` notes the
reading for the player's own machine alone (`reading.py`); where the recogniser is known, the note proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

__all__ = ["KINDS", "OPTIONAL", "SCHEMA", "START", "Chain", "Clock", "Event", "dump", "event_hash", "seal", "utc_now"]

SCHEMA = 1
START = "0" * 64
Event = dict[str, Any]
Clock = Callable[[], datetime]

KINDS: dict[str, dict[str, type]] = {
    "SessionStarted": {
        "schema": int,
        "scenario": str,
        "scenario_sha": str,
        "engine": int,
        "seed": int,
        "mode": str,
        "learner": str,
        "attempt": int,
    },
    "LearnerPicked": {"option": str},
    "LearnerSaid": {"raw": str},
    "LearnerChose": {"choice": int},
    "RecogniserChanged": {"nlu": str},
    "HintTaken": {},
    "Undone": {"to_seq": int},
    "CustomerRendered": {"lines": list},
    "Ended": {"by": str},
}
"""What the data of each kind must hold."""

OPTIONAL: dict[str, dict[str, type]] = {
    "SessionStarted": {"nlu": str, "ledger": list, "forked_from": str},
    "LearnerSaid": {"read": dict},
    "CustomerRendered": {"turn": int},
}
"""What they may hold; nothing else is read."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`2026-03-01T09:30:00.125Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dump(data: Mapping[str, Any]) -> str:
    """Canonical JSON: keys sorted, no blanks, ASCII only, so that no editor or mail can change a letter of it."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over what was done and what went before; the time is not part of it."""
    core = {"seq": event["seq"], "type": event["type"], "data": event["data"], "prev": event["prev"]}
    return sha256(dump(core).encode()).hexdigest()


def seal(before: str, own_hash: str, at: str) -> str:
    """SHA-256 over the time and the seal before."""
    return sha256(f"{before}|{own_hash}|{at}".encode()).hexdigest()


class Chain:
    """Makes events that follow one another."""

    def __init__(self, clock: Clock = utc_now, last: Event | None = None) -> None:
        self._clock = clock
        self.seq = 0 if last is None else last["seq"] + 1
        self._hash = START if last is None else last["hash"]
        self._seal = START if last is None else last["clock"]["seal"]

    def make(self, kind: str, data: Mapping[str, Any]) -> Event:
        """The next event of the chain."""
        event: Event = {"seq": self.seq, "type": kind, "data": dict(data), "prev": self._hash}
        event["hash"] = event_hash(event)
        at = stamp(self._clock())
        self._seal = seal(self._seal, event["hash"], at)
        event["clock"] = {"at": at, "seal": self._seal}
        self._hash = event["hash"]
        self.seq += 1
        return event
