"""One conversation's lines in the database, and the pen that only one window can hold.

A `StoreJournal` fits the engine's journal: `read()` and `append(lines)`. The pen is a lease: a holder's name, its
process and a time. Every append renews it. It is taken over when it has run out (the window was left alone), at
once when its process is gone (a killed kernel) and by the same holder. Whoever holds it, an append is refused when
the conversation has moved on since this journal last saw it: two windows can never fork one conversation.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from techsell.errors import ConversationInUse, StoreError, TranscriptInvalid
from techsell.processes import is_gone, this_process

from .database import Database
from .events import stamp

__all__ = ["LEASE_SECONDS", "StoreJournal"]

LEASE_SECONDS = 15.0
"""So long nobody else can write after the holder's last line."""


class StoreJournal:
    """Made by `Store.journal`; takes the pen at once.

    Raises:
        StoreError: no conversation of that key.
        ConversationInUse: somebody else holds the pen.
    """

    def __init__(
        self,
        database: Database,
        key: str,
        *,
        holder: str,
        clock: Callable[[], datetime],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.key = key
        self.holder = holder
        self._database = database
        self._clock = clock
        self._seconds = lease_seconds
        with database.writing() as connection:
            if connection.execute("SELECT 1 FROM conversations WHERE key = ?", (key,)).fetchone() is None:
                raise StoreError(
                    f"There is no conversation {key!r}", place=database.path, cure="Start it from the lesson"
                )
            self._take_pen(connection)
            self._seen = _count(connection, key)

    def read(self) -> list[str]:
        """All lines, oldest first."""
        lines = lines_of(self._database, self.key)
        self._seen = len(lines)
        return lines

    def append(self, lines: Sequence[str]) -> None:
        """Add lines: all of them are on the disk when this returns, or none.

        Raises:
            ConversationInUse: another window holds the pen, or has written since this one last read.
            TranscriptInvalid: a line is empty or holds a line break.
        """
        for line in lines:
            if not line or line.splitlines() != [line]:
                raise TranscriptInvalid(
                    "A line of a conversation is empty or broken", place=self.key, cure="Write one JSON object a line"
                )
        with self._database.writing() as connection:
            self._take_pen(connection)
            if _count(connection, self.key) != self._seen:
                raise ConversationInUse(
                    "This conversation has gone on in another window",
                    place=self.key,
                    cure="Open it again here to go on from where it is",
                )
            connection.executemany(
                "INSERT INTO conversation_lines (key, n, line) VALUES (?, ?, ?)",
                [(self.key, self._seen + offset, line) for offset, line in enumerate(lines)],
            )
            connection.execute("UPDATE conversations SET touched = ? WHERE key = ?", (stamp(self._clock()), self.key))
        self._seen += len(lines)

    def close(self) -> None:
        """Put the pen down, so that another window can go on at once."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM leases WHERE key = ? AND holder = ?", (self.key, self.holder))

    def _take_pen(self, connection: sqlite3.Connection) -> None:
        now = self._clock().timestamp()
        row = connection.execute("SELECT holder, process, expires FROM leases WHERE key = ?", (self.key,)).fetchone()
        if row is not None and row[0] != self.holder and _live(row[1], row[2] - now, self._seconds):
            raise ConversationInUse(
                "Another window is holding this conversation",
                place=self.key,
                cure=f"Close it there, or wait {max(1, round(row[2] - now))} s and try again",
            )
        connection.execute(
            "INSERT OR REPLACE INTO leases (key, holder, process, expires) VALUES (?, ?, ?, ?)",
            (self.key, self.holder, this_process(), now + self._seconds),
        )


def lines_of(database: Database, key: str) -> list[str]:
    """The lines of a conversation, without taking the pen."""
    return [row[0] for row in database.rows("SELECT line FROM conversation_lines WHERE key = ? ORDER BY n", (key,))]


def is_held(connection: sqlite3.Connection, key: str, now: datetime) -> bool:
    """Whether somebody holds the pen of a conversation."""
    row = connection.execute("SELECT process, expires FROM leases WHERE key = ?", (key,)).fetchone()
    return row is not None and _live(row[0], row[1] - now.timestamp(), LEASE_SECONDS)


def _live(process: str, left: float, seconds: float) -> bool:
    # A clock that was set back would make a lease last for ever; no lease is longer than it was made.
    return 0 < left <= max(seconds, LEASE_SECONDS) and not is_gone(process)


def _count(connection: sqlite3.Connection, key: str) -> int:
    return int(connection.execute("SELECT count(*) FROM conversation_lines WHERE key = ?", (key,)).fetchone()[0])
