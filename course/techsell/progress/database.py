"""Opening the progress database, writing to it one at a time, and saying plainly what went wrong.

SQLite in WAL mode: readers never wait, writers queue up with `BEGIN IMMEDIATE` and a busy timeout. Every
commit is flushed to the disk, so what was acknowledged survives a killed process and a power cut.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from techsell.errors import StoreDamaged, StoreError, StoreFull, StoreLocked, StoreReadOnly

from .migrations import APPLICATION_ID, SCHEMA, migrate, too_new

__all__ = ["BUSY_TIMEOUT", "Database"]

BUSY_TIMEOUT = 5.0
"""Seconds that a writer waits for another one."""

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100


class Database:
    """One connection to a progress database, usable from several threads, one at a time.

    Args:
        path: the file, made when missing; None keeps everything in memory.
        busy_timeout: seconds to wait for another writer.

    Raises:
        StoreReadOnly, StoreLocked, StoreFull, StoreTooNew, StoreDamaged: with place and cure. The file is left
            as it was.
    """

    def __init__(self, path: Path | None, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.path = path
        self._busy_timeout = busy_timeout
        self._lock = threading.RLock()
        with self._explained():
            if path is not None:
                _prepare(path)
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=busy_timeout,
                isolation_level=None,
                check_same_thread=False,
            )
            self._finalizer = weakref.finalize(self, self._connection.close)
            try:
                self._set_up()
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let the file go. Closing twice does nothing."""
        with self._lock:
            self._finalizer()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, read at one moment."""
        with self._lock, self._explained():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: everything inside is kept, or nothing when an error leaves the block."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _set_up(self) -> None:
        connection = self._connection
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA:
            raise too_new(version, self.path)
        # In this order: another first start may finish its tables between the two questions.
        filled = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if filled and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise _foreign(self.path, "is a database of another program")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if self.path is not None and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            self._switch_to_wal()
        migrate(connection, self.path)

    def _switch_to_wal(self) -> None:
        """SQLite's busy handler does not cover this switch, so two first starts at once would collide."""
        deadline = time.monotonic() + self._busy_timeout
        while True:
            self._connection.execute("BEGIN IMMEDIATE")  # waits until the other one has finished
            self._connection.execute("COMMIT")
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() >= deadline:
                    raise
            else:
                return

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explain(error, self.path) from error
        except OSError as error:
            raise _explain_os(error, self.path) from error


def _prepare(path: Path) -> None:
    """Make an empty private file, or look at the header of the one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        with path.open("rb") as file:
            header = file.read(_HEADER)
        if not header:
            return
        if len(header) < _HEADER or not header.startswith(_MAGIC):
            raise _foreign(path, "is not a database") from None


def _foreign(path: Path | None, what: str) -> StoreDamaged:
    return StoreDamaged(
        f"The progress file {what}",
        place=path,
        cure="Move the file away (it is kept as it is) and run the command again: a new one is started",
    )


def _explain(error: sqlite3.Error, path: Path | None) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(
            "Another program is writing to the progress database and did not stop in time",
            place=path,
            cure="Close other windows of the course and try again; nothing was changed",
        )
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return _read_only(path)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return _foreign(path, "is damaged")
    return StoreError(f"The progress database cannot be used: {error}", place=path, cure="Check the disk and try again")


def _explain_os(error: OSError, path: Path | None) -> StoreError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _read_only(path)
    if error.errno == errno.ENOSPC:
        return _full(path)
    return StoreError(
        f"The progress database cannot be opened: {error.strerror or error}",
        place=path,
        cure="Check that the place is a folder on a disk that works",
    )


def _read_only(path: Path | None) -> StoreReadOnly:
    return StoreReadOnly(
        "The progress database cannot be written here",
        place=path,
        cure="Make its folder writable, or use another workspace with --workspace",
    )


def _full(path: Path | None) -> StoreFull:
    return StoreFull(
        "The disk is full, so the progress database could not be written",
        place=path,
        cure="Free some space and try again; what was recorded before is safe",
    )
