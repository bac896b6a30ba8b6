"""Does the desk answer with plain data, and with a sentence where it cannot?"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.errors import HandInError, HandInIncomplete, UsageError, WorkspaceMissing
from techsell.labserver import desk as desk_module
from techsell.labserver.desk import Desk, Said, cells_to_run, read_result
from techsell.workspace import Workspace

MODULE = "discovery_conversation"
FIRST_CALL = "00_start_here/first_call.ipynb"
RESULT = {"module": MODULE, "graded": True, "score": 1.0, "max": 100.0, "waiting": [], "notes": [], "tasks": []}


@pytest.fixture
def desk(workspace: Workspace) -> Desk:
    return Desk(workspace.root)


def test_the_home_has_what_the_terminal_shows(desk: Desk, workspace: Workspace) -> None:
    home = desk.home()
    assert [module["number"] for module in home["modules"]] == list(range(1, 10))
    assert home["learner"] == workspace.learner
    assert home["continue_at"]["notebook"] == FIRST_CALL
    discovery = next(module for module in home["modules"] if module["id"] == MODULE)
    assert discovery["lesson"] == f"03_{MODULE}/{MODULE}.ipynb"
    assert discovery["exercise"] == f"exercises/{MODULE}/{MODULE}.ipynb"
    assert discovery["feedback"] is False
    planned = home["modules"][0]
    assert (planned["state"], planned["lesson"], planned["exercise"]) == ("planned", "", "")
    assert json.loads(json.dumps(home)) == home


def test_the_home_says_where_feedback_is(desk: Desk, workspace: Workspace) -> None:
    (workspace.feedback / f"{MODULE}.json").write_text(json.dumps(RESULT), encoding="utf-8")
    assert [module["feedback"] for module in desk.home()["modules"]].count(True) == 1


def test_a_folder_that_is_no_workspace_is_said(tmp_path: Path, content_root: Path) -> None:
    with pytest.raises(WorkspaceMissing, match="techsell learn"):
        Desk(tmp_path / "elsewhere").home()


def test_cells_as_shipped_run_and_the_rest_waits(desk: Desk) -> None:
    """Also where the source has more than ASCII; an edited cell, an untagged one and a stranger are left out."""
    cells = [
        {"id": "setup", "source": "x = 2"},
        {"id": "play-first-call", "source": "x\ny = '£'"},
        {"id": "by-hand", "source": "z"},
        {"id": "mine", "source": "x = 1"},
    ]
    assert desk.autorun(FIRST_CALL, cells) == {"run": ["play-first-call"]}
    assert desk.autorun("00_start_here/copy.ipynb", cells) == {"run": []}
    assert desk.autorun(f"../{FIRST_CALL}", cells) == {"run": []}


@given(
    shipped=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=6),
    now=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=20)), max_size=8),
)
def test_only_a_cell_with_the_shipped_source_is_ever_run(shipped: dict[str, str], now: list[tuple[str, str]]) -> None:
    manifest = {"a.ipynb": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in shipped.items()}}
    cells = [{"id": name, "source": source} for name, source in now]
    assert cells_to_run(manifest, "a.ipynb", cells) == [name for name, source in now if shipped.get(name) == source]
    assert cells_to_run(manifest, "b.ipynb", cells) == []


def test_feedback_is_what_was_written_with_its_title(desk: Desk, workspace: Workspace) -> None:
    (workspace.feedback / f"{MODULE}.json").write_text(json.dumps(RESULT), encoding="utf-8")
    found = desk.feedback(MODULE)
    assert found == {
        **RESULT,
        "title": "The discovery conversation",
        "exercise": f"exercises/{MODULE}/{MODULE}.ipynb",
    }


def test_missing_and_broken_feedback_have_a_cure(desk: Desk, workspace: Workspace) -> None:
    with pytest.raises(HandInIncomplete, match="press 'Hand in'"):
        desk.feedback(MODULE)
    (workspace.feedback / f"{MODULE}.json").write_text('{"half', encoding="utf-8")
    with pytest.raises(HandInError, match="Hand in again"):
        desk.feedback(MODULE)
    with pytest.raises(UsageError, match="mousetrap"):
        desk.feedback("mousetrp")
    with pytest.raises(UsageError, match="planned"):
        desk.hand_in("mousetrap")


def test_a_hand_in_is_the_command_line_in_the_workspace(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, with this Python, and without the folders that belong to the learner's Lab."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "lab")
    monkeypatch.setenv("FORCE_COLOR", "1")
    asked: dict[str, Any] = {}

    def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        asked.update(options, command=list(command))
        return subprocess.CompletedProcess(command, 0, json.dumps(RESULT).encode(), b"")

    monkeypatch.setattr(desk_module.subprocess, "run", run)
    assert desk.hand_in(MODULE)["score"] == 1.0
    assert asked["command"] == [sys.executable, "-m", "techsell", "submit", MODULE, "--json"]
    assert asked["cwd"] == workspace.root
    assert asked["env"]["TECHSELL_WORKSPACE"] == str(workspace.root)
    assert not {"JUPYTER_CONFIG_DIR", "FORCE_COLOR"} & asked["env"].keys()


def test_a_second_hand_in_waits_for_the_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()

    def run(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        begun.set()
        assert go_on.wait(30)
        return subprocess.CompletedProcess(command, 0, json.dumps(RESULT).encode(), b"")

    monkeypatch.setattr(desk_module.subprocess, "run", run)
    first = Thread(target=desk.hand_in, args=(MODULE,))
    first.start()
    assert begun.wait(30)
    with pytest.raises(HandInError, match="is being graded already"):
        desk.hand_in(MODULE)
    go_on.set()
    first.join()
    assert desk.hand_in(MODULE)["graded"] is True


def test_a_hand_in_that_hangs_is_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(desk_module.subprocess, "run", run)
    with pytest.raises(HandInError, match="longer than 10 minutes"):
        desk.hand_in(MODULE)


@pytest.mark.parametrize(
    ("exit_code", "out", "err", "sentence"),
    [
        (1, b"", b"The disk is full. Free some space.\n", "The disk is full. Free some space."),
        (0, b"not json", b"", f"The hand-in of {MODULE} ended without a result. "),
        (0, b"[1]", b"", f"The hand-in of {MODULE} ended without a result. "),
        (1, b"", b"\xff broken", "� broken"),
    ],
)
def test_what_the_command_says_is_said_word_for_word(exit_code: int, out: bytes, err: bytes, sentence: str) -> None:
    with pytest.raises(Said) as caught:
        read_result(MODULE, exit_code, out, err)
    assert str(caught.value).startswith(sentence)
    assert not str(caught.value).endswith("..")
