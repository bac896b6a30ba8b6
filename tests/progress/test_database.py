"""What does a person read when the database cannot be used, and is the file left alone?"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from techsell.errors import StoreDamaged, StoreError, StoreFull, StoreLocked, StoreReadOnly, StoreTooNew
from techsell.progress import Store
from techsell.progress.migrations import SCHEMA


@pytest.fixture
def filled(database: Path) -> Path:
    """A closed store with one event."""
    with Store.open(database, learner="L-7F3K2Q") as store:
        store.append("completed", "start/first_call")
    return database


@pytest.mark.parametrize("content", [b"my shopping list", b"SQLite format 3\x00 cut short", b"\x00" * 4096])
def test_a_file_that_is_no_database_is_kept(database: Path, content: bytes) -> None:
    database.parent.mkdir()
    database.write_bytes(content)
    with pytest.raises(StoreDamaged, match="Move the file away") as caught:
        Store.open(database)
    assert caught.value.place == str(database)
    assert database.read_bytes() == content


def test_the_database_of_another_program_is_kept(database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("CREATE TABLE invoices (n)")
    before = database.read_bytes()
    with pytest.raises(StoreDamaged, match="another program"):
        Store.open(database)
    assert database.read_bytes() == before


def test_a_database_with_broken_pages_says_so(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    filled.write_bytes(content)
    with pytest.raises(StoreDamaged, match="is damaged"):
        Store.open(filled)
    assert filled.read_bytes() == content


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_newer_database_is_not_touched(filled: Path, mode: str) -> None:
    with closing(sqlite3.connect(filled)) as later:
        later.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        later.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        later.execute(f"PRAGMA journal_mode = {mode}")
    before = {path.name: path.read_bytes() for path in filled.parent.iterdir()}
    with pytest.raises(StoreTooNew, match=rf"schema {SCHEMA + 1}, this one knows {SCHEMA}"):
        Store.open(filled)
    assert {path.name: path.read_bytes() for path in filled.parent.iterdir()} == before


def test_a_newer_database_is_recognised_while_its_header_is_still_in_the_log(filled: Path) -> None:
    """A later techsell has it open: the version stands in the write-ahead log only."""
    with closing(sqlite3.connect(filled)) as later:
        later.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        with pytest.raises(StoreTooNew, match="Install the newer techsell again"):
            Store.open(filled)


def test_an_empty_file_left_by_a_crash_becomes_a_store(database: Path) -> None:
    database.parent.mkdir()
    database.touch()
    with Store.open(database) as store:
        store.append("completed", "start/first_call")
        assert len(store.events()) == 1


def test_a_read_only_place_is_named(filled: Path, read_only: Callable[[Path], AbstractContextManager[Path]]) -> None:
    with read_only(filled.parent) as folder, pytest.raises(StoreReadOnly, match="cannot be written here") as caught:
        Store.open(folder / filled.name).append("completed", "start/first_call")
    assert str(folder) in str(caught.value)


def test_a_new_store_in_a_read_only_place_is_refused(
    tmp_path: Path, read_only: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with read_only(empty) as folder, pytest.raises(StoreReadOnly):
        Store.open(folder / "progress.db")


def test_a_folder_in_the_place_of_the_database_is_an_error_with_a_cure(database: Path) -> None:
    database.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be"):
        Store.open(database)


def test_a_writer_that_does_not_stop_ends_in_a_sentence(filled: Path) -> None:
    with (
        closing(sqlite3.connect(filled, isolation_level=None)) as other,
        Store.open(filled, busy_timeout=0.05) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="Close other windows"):
            store.append("completed", "start/using_this_page")
        assert len(store.events()) == 1, "reading does not wait"
        other.execute("ROLLBACK")
        store.append("completed", "start/using_this_page")
        assert len(store.events()) == 2


def _fill(store: Store) -> None:
    for _ in range(200):
        store.append("answered", "m/q1", result={"why": "x" * 900})


def test_a_full_disk_ends_in_a_sentence_and_loses_nothing(filled: Path) -> None:
    with Store.open(filled) as store:
        pages = store._database.rows("PRAGMA page_count")[0][0]
        store._database.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFull, match="Free some space"):
            _fill(store)
        kept = store.events()
        store._database.rows("PRAGMA max_page_count = 100000")
        store.append("completed", "start/using_this_page")
        assert store.events()[: len(kept)] == kept
    with closing(sqlite3.connect(filled)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_full_disk_at_the_first_start_is_a_sentence_too(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("techsell.progress.database.os.open", full)
    with pytest.raises(StoreFull):
        Store.open(database)


def test_a_store_can_be_copied_while_nobody_writes(filled: Path, tmp_path: Path) -> None:
    """After closing, the one file is everything: people copy workspaces."""
    copy = tmp_path / "copy.db"
    shutil.copyfile(filled, copy)
    with Store.open(copy) as store:
        assert [event.object for event in store.events()] == ["start/first_call"]
