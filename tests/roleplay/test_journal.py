"""Is what `append` took still there after anything, and can two windows never write into one conversation?"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from techsell.errors import ConversationInUse, TranscriptInvalid
from techsell.roleplay import Conversation, FileJournal, verify
from techsell.roleplay.model import Scenario

ReadOnly = Callable[[Path], AbstractContextManager[Path]]


def test_lines_come_back_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with FileJournal(path) as journal:
        assert journal.read() == []
        journal.append(['{"a":1}', '{"b":"ü"}'])
        journal.append(['{"c":2}'])
        assert journal.read() == ['{"a":1}', '{"b":"ü"}', '{"c":2}']
        assert journal.lock.exists()
    assert not journal.lock.exists()
    assert FileJournal(path).read() == ['{"a":1}', '{"b":"ü"}', '{"c":2}']


def test_a_torn_last_line_is_not_read_and_not_built_upon(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":')
    with FileJournal(path) as journal:
        assert journal.read() == ['{"a":1}']
        journal.append(['{"c":2}'])
    assert path.read_bytes() == b'{"a":1}\n{"c":2}\n'


def test_half_a_letter_torn_off_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"a":"ü"}\n{"b":"ü'.encode()[:-1])
    assert FileJournal(path).read() == ['{"a":"ü"}']


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with FileJournal(path) as first, FileJournal(path) as second:
        first.append(["1"])
        with pytest.raises(ConversationInUse, match="another window"):
            second.append(["2"])
        with pytest.raises(ConversationInUse):
            second.hold()
        first.append(["3"])
        first.close()
        second.append(["4"])
        with pytest.raises(ConversationInUse):
            first.append(["5"])
    assert FileJournal(path).read() == ["1", "3", "4"]


def test_the_pen_of_another_machine_is_respected_and_named(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "a.jsonl")
    journal.lock.write_text(json.dumps({"host": "elsewhere", "pid": 1, "began": 1}))
    with pytest.raises(ConversationInUse, match=r"delete a\.jsonl\.lock"):
        journal.append(["1"])


@pytest.mark.parametrize("left", ["", "{", "[]", '{"pid": 4}', '{"host": 3, "pid": "x", "started": 0}'])
def test_a_lock_torn_by_a_crash_is_taken_over(tmp_path: Path, left: str) -> None:
    journal = FileJournal(tmp_path / "a.jsonl")
    journal.lock.write_text(left)
    os.utime(journal.lock, (time.time() - 60,) * 2)
    journal.append(["1"])
    assert journal.read() == ["1"]


def test_a_process_id_used_again_is_not_mistaken(tmp_path: Path) -> None:
    """The lock names this very process, but one that began long before it."""
    import socket

    journal = FileJournal(tmp_path / "a.jsonl")
    journal.lock.write_text(json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "began": 1_000_000}))
    journal.append(["1"])
    assert journal.read() == ["1"]


def test_a_pen_that_was_lost_is_not_written_with(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "a.jsonl")
    journal.append(["1"])
    journal.lock.write_text(json.dumps({"host": "elsewhere", "pid": 1, "began": 1}))
    with pytest.raises(ConversationInUse):
        journal.append(["2"])
    journal.close()
    assert journal.lock.exists(), "somebody else's pen is left alone"


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path, read_only: ReadOnly) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    with read_only(folder) as copy, pytest.raises(TranscriptInvalid, match="cannot be written"):
        FileJournal(copy / "a.jsonl").append(["1"])
    with pytest.raises(TranscriptInvalid, match="cannot be read"):
        FileJournal(tmp_path).read()
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\n")
    with pytest.raises(TranscriptInvalid, match="not UTF-8"):
        FileJournal(tmp_path / "b.jsonl").read()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("turns", [0, 1, 4])
def test_kill_nine_loses_at_most_the_turn_being_typed(
    tmp_path: Path, wash_down: Scenario, wash_down_path: Path, turns: int
) -> None:
    """The process is killed while it waits for the next key; another goes on where it was."""
    scenario = shutil.copy(wash_down_path, tmp_path)
    path = tmp_path / "talk.jsonl"
    command = [sys.executable, "-m", "techsell", "play", str(scenario), "--seed", "3", "--out", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as player:
        assert player.stdin is not None
        assert player.stdout is not None
        player.stdin.write("1\n" * turns)
        player.stdin.flush()
        prompts = 0
        while prompts <= turns:  # each prompt stands at the beginning of a line
            letter = player.stdout.read(1)
            assert letter, "the player ended by itself"
            prompts += letter == ">"
        player.stdin.write("1")  # typed, not yet sent
        player.stdin.flush()
        player.send_signal(signal.SIGKILL)
        player.wait()
        with FileJournal(path) as journal:
            assert journal.lock.exists()
            journal.hold()
            talk = Conversation.resume(wash_down, journal)
            assert talk.state.turn == turns
            talk.pick(talk.menu()[0].option)
    found = verify(path.read_bytes(), lambda sha: wash_down)
    assert found.sound
    assert found.sessions[0].scorecard is not None
    assert found.sessions[0].scorecard.turns == turns + 1
