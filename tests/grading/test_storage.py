"""Are files whole or not there, and does one program wait for the other?"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from techsell.errors import GradingError
from techsell_grading.storage import only_one, put, sweep, written, written_together


def test_a_file_is_replaced_as_a_whole(tmp_path):
    place = tmp_path / "a" / "b.txt"
    put(place, b"old")
    put(place, b"new")
    assert place.read_bytes() == b"new"
    assert [path.name for path in place.parent.iterdir()] == ["b.txt"]


def test_a_read_only_file_of_nbgrader_is_replaced(tmp_path):
    place = tmp_path / "valves.ipynb"
    place.write_bytes(b"nbgrader leaves these without write permission")
    place.chmod(0o444)
    put(place, b"new")
    assert place.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "writable"),
        (errno.EIO, "Check the disk"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_and_the_old_file_stays(tmp_path, monkeypatch, number, cure):
    place = tmp_path / "b.txt"
    put(place, b"old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(GradingError, match=cure):
            put(place, b"new")
    assert place.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_is_on_the_disk_before_it_is_in_its_place(tmp_path, monkeypatch):
    """Else a power cut can leave an empty file under the right name."""
    log: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (log.append("disk"), fsync(descriptor)))
    monkeypatch.setattr(Path, "replace", lambda self, target: (log.append("place"), replace(self, target))[1])
    put(tmp_path / "a.txt", b"new")
    with ThreadPoolExecutor(4) as pool:
        parts = written_together([(tmp_path / f"{number}.txt", b"new") for number in range(5)], pool)
        assert log == ["disk", "place", *["disk"] * 5]
        assert not (tmp_path / "0.txt").exists()
    for part in parts:
        part.place()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt", "a.txt"]


def test_of_several_files_none_is_left_lying_about_when_one_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    wanted = [(tmp_path / "a.txt", b"new"), (tmp_path / "file" / "b.txt", b"new"), (tmp_path / "c.txt", b"new")]
    with ThreadPoolExecutor(4) as pool, pytest.raises(GradingError, match="cannot be written"):
        written_together(wanted, pool)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_program_was_writing_is_swept_away_and_nothing_else(tmp_path):
    part = written(tmp_path / "a.txt", b"half")
    put(tmp_path / "b.part", b"a learner's own")
    put(tmp_path / ".hidden", b"somebody's")
    assert part.part.is_file()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "b.part"]


def test_two_threads_do_not_hold_a_lock_at_once(tmp_path):
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            with only_one(tmp_path / "lock"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 80


def test_a_lock_ends_with_the_process_that_held_it(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from techsell_grading.storage import only_one\n"
        "holding = only_one(Path(sys.argv[1])); holding.__enter__(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], check=False).returncode == 9
    with only_one(tmp_path / "lock"):
        assert (tmp_path / "lock").is_file()


def test_a_lock_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GradingError, match="cannot be written"), only_one(tmp_path / "file" / "lock"):
        pass
