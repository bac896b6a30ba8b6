"""The record of what one learner did: events and conversations, append-only, in one SQLite file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from techsell.errors import ConversationOver, UsageError

from .conversations import DECLARED_ATTEMPTS, MODES, ConversationInfo, outline
from .database import BUSY_TIMEOUT, Database
from .events import COLUMNS, Event, make_event, stamp, utc_now
from .journal import LEASE_SECONDS, StoreJournal, is_held, lines_of

__all__ = ["Heads", "Store"]

Heads = dict[tuple[str, str], Event]
"""The latest event of every (object, verb)."""


class Store:
    """What a learner did. Open it with `Store.open`, or `memory_store()` where nothing is to be kept.

    Any number of processes may hold the same store open; writers take turns. `learner` is the pseudonymous id
    written into each event as its actor.
    """

    def __init__(self, database: Database, *, learner: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.learner = learner
        self._database = database
        self._clock = clock

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        learner: str = "",
        busy_timeout: float = BUSY_TIMEOUT,
        clock: Callable[[], datetime] = utc_now,
    ) -> Store:
        """Open the store at `path`; a missing one is started, an older one is backed up and brought forward.

        Raises:
            StoreTooNew, StoreDamaged: the file is left as it is.
            StoreReadOnly, StoreLocked, StoreFull: nothing was changed.
        """
        return cls(Database(Path(path), busy_timeout=busy_timeout), learner=learner, clock=clock)

    @property
    def path(self) -> Path | None:
        """The file; None in memory."""
        return self._database.path

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(
        self,
        verb: str,
        object: str,  # noqa: A002 - the word of the xAPI standard
        *,
        result: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Event:
        """Record that the learner did `verb` to `object`; on the disk when this returns.

        Raises:
            UsageError: unknown verb, unusable object, a result that is no plain JSON.
            StoreError: it could not be recorded; nothing was changed.
        """
        event = make_event(self.learner, verb, object, self._clock(), result=result, context=context)
        with self._database.writing() as connection:
            connection.execute(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", event.to_row())  # noqa: S608
        return event

    def events(
        self,
        object: str | None = None,  # noqa: A002 - the word of the xAPI standard
        prefix: str | None = None,
        verb: str | None = None,
    ) -> list[Event]:
        """Events in the order in which they were recorded, those that meet all conditions given.

        Args:
            object: exactly this object.
            prefix: objects that begin with this text (`discovery_conversation/`).
            verb: exactly this verb.
        """
        conditions, values = ["1"], []
        if object is not None:
            conditions.append("object = ?")
            values.append(object)
        if prefix is not None:
            conditions.append("object >= ? AND object < ?")
            values += [prefix, prefix + "\U0010ffff"]
        if verb is not None:
            conditions.append("verb = ?")
            values.append(verb)
        where = " AND ".join(conditions)
        rows = self._database.rows(f"SELECT {COLUMNS} FROM events WHERE {where} ORDER BY seq", values)  # noqa: S608
        return [Event.from_row(row) for row in rows]

    def latest(
        self,
        object: str,  # noqa: A002 - the word of the xAPI standard
        verb: str | None = None,
    ) -> Event | None:
        """The event about `object` (with `verb`) that was recorded last."""
        condition, values = ("", (object,)) if verb is None else (" AND verb = ?", (object, verb))
        query = f"SELECT {COLUMNS} FROM events WHERE object = ?{condition} ORDER BY seq DESC LIMIT 1"  # noqa: S608
        rows = self._database.rows(query, values)
        return Event.from_row(rows[0]) if rows else None

    def heads(self) -> Heads:
        """The latest event of every (object, verb), in the order of recording: all that progress depends on."""
        query = (
            f"SELECT {COLUMNS} FROM events "  # noqa: S608
            "WHERE seq IN (SELECT max(seq) FROM events GROUP BY object, verb) ORDER BY seq"
        )
        events = [Event.from_row(row) for row in self._database.rows(query)]
        return {(event.object, event.verb): event for event in events}

    def new_conversation(self, scenario: str, mode: str) -> str:
        """Begin a conversation and return its key, `<scenario>/<mode>/<n>`; n counts from 1.

        The last one of its kind is used again when nothing was said in it and nobody holds its pen: a window
        that died before the first word costs no attempt.

        Raises:
            UsageError: `mode` is neither practice nor declared.
            ConversationOver: all declared attempts are used.
        """
        if mode not in MODES:
            raise UsageError(f"There is no mode {mode!r}", cure=f"Use one of: {', '.join(MODES)}")
        now = self._clock()
        with self._database.writing() as connection:
            attempt: int = connection.execute(
                "SELECT coalesce(max(attempt), 0) FROM conversations WHERE scenario = ? AND mode = ?", (scenario, mode)
            ).fetchone()[0]
            key = f"{scenario}/{mode}/{attempt}"
            said = connection.execute("SELECT 1 FROM conversation_lines WHERE key = ? LIMIT 1", (key,)).fetchone()
            if attempt and said is None and not is_held(connection, key, now):
                return key
            if mode == "declared" and attempt >= DECLARED_ATTEMPTS:
                raise ConversationOver(
                    f"All {DECLARED_ATTEMPTS} declared attempts with {scenario!r} are used",
                    cure="The best of them counts; practice is unlimited",
                )
            key = f"{scenario}/{mode}/{attempt + 1}"
            connection.execute(
                "INSERT INTO conversations (key, scenario, mode, attempt, touched) VALUES (?, ?, ?, ?, ?)",
                (key, scenario, mode, attempt + 1, stamp(now)),
            )
        return key

    def conversations(self, scenario: str | None = None) -> list[ConversationInfo]:
        """All conversations (with `scenario`), the one touched last at the end."""
        condition, values = ("", ()) if scenario is None else (" WHERE c.scenario = ?", (scenario,))
        rows = self._database.rows(
            "SELECT c.key, c.scenario, c.mode, c.attempt, c.touched, l.line FROM conversations c "  # noqa: S608
            f"LEFT JOIN conversation_lines l ON l.key = c.key{condition} ORDER BY c.touched, c.rowid, l.n",
            values,
        )
        lines: dict[tuple[str, str, str, int, str], list[str]] = defaultdict(list)
        for *about, line in rows:
            lines[tuple(about)].extend([] if line is None else [line])
        found = []
        for (key, name, mode, attempt, touched), said in lines.items():
            over, turns = outline(said)
            found.append(ConversationInfo(key, name, mode, attempt, over, turns, touched))
        return found

    def lines(self, key: str) -> list[str]:
        """A conversation's lines, to read only: nobody's pen is touched."""
        return lines_of(self._database, key)

    def journal(self, key: str, *, holder: str, lease_seconds: float = LEASE_SECONDS) -> StoreJournal:
        """Take the pen of a conversation and return its journal.

        Args:
            holder: who writes; the same name takes its own pen again.

        Raises:
            ConversationInUse: another holder, whose process still runs, wrote less than `lease_seconds` ago.
            StoreError: no such conversation.
        """
        return StoreJournal(self._database, key, holder=holder, clock=self._clock, lease_seconds=lease_seconds)


def memory_store(learner: str = "") -> Store:
    """A store that forgets everything when it is closed: for notebooks outside a workspace."""
    return Store(Database(None), learner=learner)
