"""Does an older store come forward whole, with a backup, or stay exactly as it was?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from techsell.errors import StoreError
from techsell.progress import Store
from techsell.progress import migrations as steps
from techsell.progress.migrations import APPLICATION_ID, SCHEMA, backup_path

RELEASED = Path(__file__).parent / "data"


@pytest.fixture(params=sorted(path.name for path in RELEASED.glob("schema_*.sql")))
def older(request: pytest.FixtureRequest, database: Path) -> Path:
    """A database of every released schema."""
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((RELEASED / request.param).read_text(encoding="utf-8"))
    return database


def content(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM events ORDER BY seq").fetchall()


def shape(path: Path) -> set[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_every_older_schema_has_its_fixture() -> None:
    names = {path.name for path in RELEASED.glob("schema_*.sql")}
    assert names == {f"schema_{number}.sql" for number in range(1, SCHEMA)}


def test_an_older_store_opens_with_everything_in_it(older: Path) -> None:
    before = content(older)
    with Store.open(older, learner="L-7F3K2Q") as store:
        assert [event.object for event in store.events()][:2] == ["start/first_call", "start/first_call"]
        key = store.new_conversation("cobalt_ridge", "practice")
        store.journal(key, holder="lesson").append(["{}"])
        assert store.lines(key) == ["{}"]
    assert content(older) == before
    assert version(older) == SCHEMA


def test_an_older_store_ends_with_the_same_schema_as_a_new_one(older: Path, tmp_path: Path) -> None:
    Store.open(older).close()
    Store.open(tmp_path / "new.db").close()
    assert shape(older) == shape(tmp_path / "new.db")


def test_a_backup_of_the_older_store_lies_beside_it(older: Path) -> None:
    before, was = content(older), version(older)
    Store.open(older).close()
    backup = backup_path(older, was)
    assert (content(backup), version(backup)) == (before, was)
    assert not list(older.parent.glob("*.part"))


def test_a_new_store_needs_no_backup(database: Path) -> None:
    Store.open(database).close()
    Store.open(database).close()
    assert [path.name for path in database.parent.iterdir()] == ["progress.db"]


def test_a_migration_that_fails_leaves_the_older_store(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, was, form = content(older), version(older), shape(older)
    broken = (*steps._MIGRATIONS[:-1], (*steps._MIGRATIONS[-1], "CREATE TABLE this is no SQL"))
    monkeypatch.setattr(steps, "_MIGRATIONS", broken)
    with pytest.raises(StoreError):
        Store.open(older)
    assert (content(older), version(older), shape(older)) == (before, was, form)
    monkeypatch.undo()
    with Store.open(older) as store:
        assert len(store.events()) == len(before)


def test_no_backup_means_no_migration(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when the backup is to be written."""
    before = version(older)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(steps, "_back_up", full)
    with pytest.raises(StoreError, match="disk is full"):
        Store.open(older)
    assert version(older) == before


def test_nobody_can_write_between_backup_and_migration(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, refused = steps._back_up, []

    def with_another_window(path: Path, backup: Path) -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                refused.append(error.sqlite_errorname)
        copy(path, backup)

    monkeypatch.setattr(steps, "_back_up", with_another_window)
    Store.open(older).close()
    assert refused == ["SQLITE_BUSY"]


def test_the_file_says_whose_it_is(database: Path) -> None:
    Store.open(database).close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
