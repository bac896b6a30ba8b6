"""The database's schemas, in order, and the way from an older one to the present one.

A migration first takes a backup beside the database, then runs in one transaction: afterwards the database is
the old one or the new one. Released schemas are never edited; a change is a new entry. Every released schema
is a fixture in `tests/progress/data/`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from techsell.errors import StoreTooNew

__all__ = ["APPLICATION_ID", "SCHEMA", "backup_path", "migrate", "too_new"]

APPLICATION_ID = 0x74536C6C
"""Marks the file as ours in SQLite's own header."""

_SCHEMA_1 = (
    """
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        schema INTEGER NOT NULL,
        learner TEXT NOT NULL,
        verb TEXT NOT NULL,
        object TEXT NOT NULL,
        result TEXT NOT NULL,
        context TEXT NOT NULL,
        timestamp TEXT NOT NULL
    )
    """,
    "CREATE INDEX events_by_object ON events (object, verb, seq)",
    """
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    """
    CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    f"PRAGMA application_id = {APPLICATION_ID}",
)

_SCHEMA_2 = (
    """
    CREATE TABLE conversations (
        key TEXT PRIMARY KEY,
        scenario TEXT NOT NULL,
        mode TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        touched TEXT NOT NULL,
        UNIQUE (scenario, mode, attempt)
    )
    """,
    """
    CREATE TABLE conversation_lines (
        key TEXT NOT NULL REFERENCES conversations (key),
        n INTEGER NOT NULL,
        line TEXT NOT NULL,
        PRIMARY KEY (key, n)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE leases (
        key TEXT PRIMARY KEY REFERENCES conversations (key),
        holder TEXT NOT NULL,
        process TEXT NOT NULL,
        expires REAL NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TRIGGER lines_are_never_changed BEFORE UPDATE ON conversation_lines
    BEGIN SELECT RAISE(ABORT, 'conversations are append-only'); END
    """,
    """
    CREATE TRIGGER lines_are_never_removed BEFORE DELETE ON conversation_lines
    BEGIN SELECT RAISE(ABORT, 'conversations are append-only'); END
    """,
)

_MIGRATIONS = (_SCHEMA_1, _SCHEMA_2)
SCHEMA = len(_MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path | None) -> Path | None:
    """Bring a database to the present schema; `path` is None in memory.

    Returns:
        The backup, when there was something to back up.

    Raises:
        StoreTooNew: a later techsell wrote it; nothing is touched.
        sqlite3.Error: the old schema stands as it was.
    """
    if _version(connection) == SCHEMA:
        return None
    backup = None
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # read again: another window may have been quicker
        if version > SCHEMA:
            raise too_new(version, path)
        if 0 < version < SCHEMA and path is not None:
            backup = backup_path(path, version)
            _back_up(path, backup)
        for statements in _MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return backup


def backup_path(path: Path, version: int) -> Path:
    """Where the database of schema `version` is kept: `progress.schema-1.backup.db`."""
    return path.with_name(f"{path.stem}.schema-{version}.backup{path.suffix}")


def too_new(version: int, path: Path | None) -> StoreTooNew:
    """The error for a database of schema `version`."""
    return StoreTooNew(
        f"The progress database was written by a later techsell (schema {version}, this one knows {SCHEMA})",
        place=path,
        cure="Install the newer techsell again; nothing was changed",
    )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _back_up(path: Path, backup: Path) -> None:
    """Copy the committed state; the caller holds the write lock, so nothing can come in between."""
    part = backup.with_name(backup.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(backup)
