"""The way to the database: its address, its journal during a run, and what it says when it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from techsell.errors import BookError

__all__ = ["connect", "journal", "place_of", "sentences", "sqlite_file", "with_timeout"]

_PATIENCE = 1.0
"""seconds to wait for the moment alone with a file that changing its journal needs"""

_CURES = (
    ("locked", "Another program is writing to the gradebook and does not stop", "Close it (formgrader?) and try again"),
    ("readonly", "The gradebook cannot be written", "Make the file and its folder writable for you, then run it again"),
    ("unable to open", "The gradebook cannot be opened", "Check that its folder exists and is writable for you"),
    ("is full", "The disk is full, so nothing was written to the gradebook", "Free some space and run it again"),
    ("no space left", "The disk is full, so nothing was written to the gradebook", "Free some space and run it again"),
    ("not a database", "The gradebook is not a database", "Restore it from a backup, or move it away and grade again"),
    ("malformed", "The gradebook is damaged", "Restore it from a backup, or move it away and grade again"),
    ("disk i/o", "The disk of the gradebook fails", "Check the disk; a gradebook must not lie on a network drive"),
    ("password authentication", "The database refuses the user of the gradebook", "Mend 'db_url' or the password"),
    ("permission denied", "The gradebook cannot be written", "Give the user of 'db_url' the right to write there"),
    ("does not exist", "The database server has no such database", "Make it with 'createdb', or mend 'db_url'"),
    ("connection", "The database server of the gradebook does not answer", "Start it, check 'db_url', run it again"),
)


def connect(url: str, *, relaxed: bool = False) -> Engine:
    """An engine for the gradebook at `url`; nothing is opened yet.

    `relaxed`: a commit does not wait for the disk. Only for a file in WAL mode, where a power cut then loses the last
    transactions and never part of one.

    Raises:
        BookError: the address is none, or its driver is not installed.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        cure = "Mend 'CourseDirectory.db_url'; for 'postgresql+psycopg://' install techsell[cluster]"
        raise BookError(
            f"The address of the gradebook cannot be used: {error}", place=place_of(url), cure=cure
        ) from error
    if relaxed:

        @event.listens_for(engine, "connect")
        def _relax(connection: sqlite3.Connection, _: object) -> None:
            connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def journal(file: Path, mode: str) -> bool:
    """Change how the file keeps what is not yet committed: `wal` during a run of many, `delete` as nbgrader has it.

    False where that cannot be: somebody else has the file open, or its file system does not allow it. The file is
    then as safe as before, and slower or followed by a `-wal` file, which every SQLite reads.
    """
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
            said = connection.execute(f"PRAGMA journal_mode={mode}").fetchone()
    except sqlite3.Error:
        return False
    return bool(said) and said[0] == mode


@contextmanager
def sentences(place: str | Path | None) -> Iterator[None]:
    """Turn what the database says into what a trainer can act on.

    Raises:
        BookError: instead of anything that SQLAlchemy raises.
    """
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).lower()
        for word, problem, cure in _CURES:
            if word in said:
                raise BookError(problem, place=place, cure=cure) from error
        raise BookError(
            f"The gradebook does not answer as expected: {said.splitlines()[0]}",
            place=place,
            cure="Keep a copy of it and run 'nbgrader db upgrade' in the course's folder",
        ) from error


def with_timeout(url: str, seconds: float) -> str:
    """The address of a SQLite file with how long to wait for another writer; others as they are."""
    return f"{url}?timeout={seconds:g}" if url.startswith("sqlite:///") and "?" not in url else url


def sqlite_file(url: str) -> Path | None:
    """The file behind the address, or None for a database server."""
    return Path(url.removeprefix("sqlite:///").split("?")[0]) if url.startswith("sqlite:///") else None


def place_of(url: str) -> str | Path:
    """What to call the gradebook in a message: its file, or its address without the password."""
    try:
        return sqlite_file(url) or make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.split("@")[-1]
