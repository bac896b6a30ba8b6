"""Reading transcripts that somebody else may have touched: what stands, where it breaks, and why.

A file holds one conversation or several one after the other, each beginning with `SessionStarted`. Reading never
fails: everything odd becomes a `Finding` with its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from .events import KINDS, OPTIONAL, START, Event, dump, event_hash, seal
from .ledger import ledger_problem

__all__ = ["MAX_BYTES", "MAX_LINE", "Finding", "Session", "Transcript"]

MAX_BYTES = 4_000_000
MAX_LINE = 100_000
_KEYS = {"seq", "type", "data", "prev", "hash", "clock"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd on a line. `break`: nothing after it counts. `edit`: changed, but the play still stands."""

    line: int
    kind: Literal["break", "edit", "note"]
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass
class Session:
    """One conversation of a file: the events that stand, and what is odd about it."""

    line: int
    events: list[Event] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """line number of each event"""
    findings: list[Finding] = field(default_factory=list)
    broken: bool = False

    @property
    def start(self) -> dict[str, Any]:
        """The data of `SessionStarted`."""
        data: dict[str, Any] = self.events[0]["data"]
        return data


@dataclass(frozen=True)
class Transcript:
    """A file as read; `findings` holds what belongs to no conversation."""

    sessions: tuple[Session, ...]
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        found = [*self.findings, *(finding for session in self.sessions for finding in session.findings)]
        return tuple(sorted(found, key=lambda finding: finding.line))

    @classmethod
    def parse(cls, text: str | bytes) -> Transcript:
        """Read a transcript from text or bytes; never raises for what is in it."""
        if len(text) > MAX_BYTES:
            return cls((), (Finding(1, "break", f"the file is larger than {MAX_BYTES:,} bytes and is not read"),))
        return cls.of_lines(text.split("\n")) if isinstance(text, str) else cls._decoded(text)

    @classmethod
    def _decoded(cls, raw: bytes) -> Transcript:
        try:
            return cls.of_lines(raw.decode("utf-8-sig").split("\n"))
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            whole = raw[: error.start].rpartition(b"\n")[0]
            rest = cls.of_lines(whole.decode("utf-8-sig").split("\n"))
            message = "not UTF-8 text; nothing is read from here on"
            return cls(rest.sessions, (*rest.findings, Finding(line, "break", message)))

    @classmethod
    def of_lines(cls, lines: Iterable[str]) -> Transcript:
        """Read a transcript line by line."""
        sessions: list[Session] = []
        findings: list[Finding] = []
        seen, blank, windows = 0, 0, False
        for number, raw in enumerate(lines, start=1):
            line = raw.removesuffix("\r")
            if line != raw and not windows:
                windows = True
                findings.append(Finding(number, "note", "the line ends were changed to those of Windows"))
            if not line.strip():
                blank = blank or number
                continue
            if blank:
                findings.append(Finding(blank, "edit", "an empty line was put in"))
            seen, blank = seen + 1, 0
            event, problem = _decode(line)
            if event is not None and event["type"] == "SessionStarted" and event["seq"] == 0:
                if any(session.events[:1] == [event] for session in sessions):
                    findings.append(Finding(number, "edit", "the same start stands here a second time"))
                sessions.append(Session(number))
            if not sessions:
                message = problem or "a conversation must begin with SessionStarted; this line is passed over"
                findings.append(Finding(number, "break", message))
                continue
            _add(sessions[-1], number, line, event, problem)
        if not seen:
            findings.append(Finding(1, "break", "the transcript is empty"))
        return cls(tuple(session for session in sessions if session.events), (*findings, *_lost(sessions)))


def _lost(sessions: list[Session]) -> list[Finding]:
    """Findings of conversations of which nothing stands."""
    return [finding for session in sessions if not session.events for finding in session.findings]


def _add(session: Session, number: int, line: str, event: Event | None, problem: str) -> None:
    if session.broken:
        return
    problem = problem or _link_problem(session, event)
    if problem or event is None:
        session.broken = True
        message = f"{problem}; what stands before it is replayed" if session.events else problem
        session.findings.append(Finding(number, "break", message))
        return
    before = session.events[-1]["clock"]["seal"] if session.events else START
    clock = event["clock"]
    if clock["seal"] != seal(before, event["hash"], clock["at"]):
        session.findings.append(Finding(number, "edit", "the time was edited; times are never scored"))
    known = {*KINDS[event["type"]], *OPTIONAL.get(event["type"], {})}
    extra = sorted((set(event) - _KEYS) | (set(event["data"]) - known))
    if extra:
        session.findings.append(Finding(number, "note", f"{_listed(extra)} does not belong there and is ignored"))
    elif dump(event) != line:
        session.findings.append(Finding(number, "edit", "the line was written anew; its content stands"))
    if event["data"].get("mode") == "declared" and event["data"].get("ledger"):
        message = "a declared attempt starts with a clean sheet; the ledger written here is passed over"
        session.findings.append(Finding(number, "edit", message))
    session.events.append({key: event[key] for key in event if key in _KEYS})
    session.lines.append(number)


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:5])


def _link_problem(session: Session, event: Event | None) -> str:
    """Why the event does not follow the one before, or nothing."""
    if event is None:
        return "unreadable"
    if event["hash"] != event_hash(event):
        return "the line was edited: its content does not match its hash"
    last = session.events[-1] if session.events else None
    if event["prev"] != (START if last is None else last["hash"]):
        return "a line before this one is missing or was changed"
    if event["seq"] != (0 if last is None else last["seq"] + 1):
        return "the numbers of the lines do not follow one another"
    return ""


def _decode(line: str) -> tuple[Event | None, str]:
    """The event on a line, or why there is none."""
    if len(line) > MAX_LINE:
        return None, f"a line of {len(line):,} characters"
    try:
        event = json.loads(line, object_pairs_hook=_no_twins, parse_constant=_no_constant)
        dump({"event": event}).encode()  # half a surrogate pair or an endless number cannot be hashed
    except (ValueError, RecursionError):
        return None, "this is not an event (not readable as JSON)"
    if not isinstance(event, dict) or not event.keys() >= _KEYS:
        return None, "this is not an event (a part is missing)"
    shapes: tuple[tuple[Any, type], ...] = (
        (event["seq"], int),
        (event["type"], str),
        (event["data"], dict),
        (event["prev"], str),
        (event["hash"], str),
        (event["clock"], dict),
    )
    clock = event["clock"]
    if not all(type(value) is kind for value, kind in shapes) or not {"at", "seal"} <= clock.keys():
        return None, "this is not an event (a part has the wrong kind of value)"
    if set(clock) != {"at", "seal"} or not all(isinstance(value, str) for value in clock.values()):
        return None, "this is not an event (its clock is odd)"
    return event, _data_problem(event)


def _data_problem(event: Event) -> str:
    wanted = KINDS.get(event["type"])
    if wanted is None:
        return f"an event of a kind this version does not know, {event['type'][:40]!r}"
    data = event["data"]
    if not all(type(data.get(key)) is kind for key, kind in wanted.items()):
        return f"the data of {event['type']} are not what they must be"
    optional = OPTIONAL.get(event["type"], {})
    if any(key in data and type(data[key]) is not kind for key, kind in optional.items()):
        return f"the data of {event['type']} are not what they must be"
    return ledger_problem(data["ledger"]) if "ledger" in data else ""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(word)
