"""Does a write leave the old file or the new one, and does a numbered file never replace another?"""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from techsell.errors import WorkspaceError, WorkspaceReadOnly
from techsell.files import sweep, unwritable, write_atomic, write_new


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b" / "c.txt", b"new")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "work.ipynb"
    write_atomic(path, b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WorkspaceError, match=r"The disk is full.*untouched"):
        write_atomic(path, b"new")
    assert {found.name: found.read_bytes() for found in tmp_path.iterdir()} == {"work.ipynb": b"old"}


def test_many_at_once_each_get_a_number_of_their_own(tmp_path: Path) -> None:
    texts = [f"hand-in {n}".encode() for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda text: write_new(tmp_path, "m", ".zip", text), texts))
    assert [path.read_bytes() for path in paths] == texts
    assert len(list(tmp_path.iterdir())) == 40


def test_a_number_taken_since_we_looked_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_new(tmp_path, "m", ".zip", b"first")
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    second = write_new(tmp_path, "m", ".zip", b"second")
    assert (first.read_bytes(), second.read_bytes()) == (b"first", b"second")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.EACCES, WorkspaceReadOnly, "Make the folder writable"),
        (errno.EROFS, WorkspaceReadOnly, "Make the folder writable"),
        (errno.ENOSPC, WorkspaceError, "Free some space"),
        (errno.ENOTDIR, WorkspaceError, "a file stands where a folder should be"),
        (errno.EIO, WorkspaceError, "Check the disk"),
    ],
)
def test_every_refusal_of_the_system_has_a_cure(code: int, kind: type[WorkspaceError], words: str) -> None:
    error = unwritable(OSError(code, os.strerror(code)), Path("place/work.ipynb"))
    assert type(error) is kind
    assert words in str(error)
    assert "work.ipynb" in str(error)


def test_the_rest_of_a_crash_is_swept_and_work_in_progress_is_not(tmp_path: Path) -> None:
    old, young = (tmp_path / f".{name}.ipynb.0a1b2c3d.techsell-part" for name in ("old", "young"))
    for path in (old, young, tmp_path / ".hidden", tmp_path / "mine.techsell-part"):
        path.touch()
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    os.utime(tmp_path / "mine.techsell-part", (an_hour_ago, an_hour_ago))
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {young.name, ".hidden", "mine.techsell-part"}
