"""Is a hand-in from the page what the command line does, in a process that stays, and is it gone with the server?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import psutil
import pytest

from techsell.errors import HandInError
from techsell.labserver import handing as module
from techsell.labserver.handing import Handing, Said
from techsell.workspace import Workspace

MODULE = "discovery_conversation"


@pytest.fixture
def handing(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handing]:
    """A course without exercises: the real way up to the grader, which then says that it has no such module."""
    (tmp_path / "course" / "source").mkdir(parents=True)
    monkeypatch.setenv("TECHSELL_COURSE", str(tmp_path / "course"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "lab")
    monkeypatch.delenv("TECHSELL_SERVER", raising=False)
    made = Handing(workspace.root)
    yield made
    made.close()


def process_of(handing: Handing) -> subprocess.Popen[bytes]:
    assert handing._process is not None
    return handing._process


def test_a_hand_in_is_kept_recorded_and_answered_by_a_process_that_stays(
    handing: Handing, workspace: Workspace
) -> None:
    first = handing.submit(MODULE)
    process = process_of(handing)
    assert (first["module"], first["graded"]) == (MODULE, False)
    assert "grading failed. The hand-in names no module of this course" in first["notes"][-1]
    assert json.loads((workspace.feedback / f"{MODULE}.json").read_text()) == first
    environment = psutil.Process(process.pid).environ()
    assert "JUPYTER_CONFIG_DIR" not in environment
    assert environment["TECHSELL_WORKSPACE"] == str(workspace.root)

    second = handing.submit(MODULE)
    assert second["hand_in"] == f"hand_ins/{MODULE}-002.zip"
    assert process_of(handing).pid == process.pid

    workspace.exercise(MODULE).unlink()
    with pytest.raises(Said, match=r"^The exercises of .* are not where they belong.*puts a fresh copy there\.$"):
        handing.submit(MODULE)
    handing.close()
    assert process.returncode == 0


def test_a_process_that_ended_or_died_is_replaced(
    handing: Handing, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    handing.submit(MODULE)
    first = process_of(handing)
    assert first.stdin is not None
    first.stdin.close()  # as when nobody has asked for long
    first.wait(30)
    assert handing.submit(MODULE)["module"] == MODULE
    second = process_of(handing)
    os.kill(second.pid, signal.SIGSTOP)
    monkeypatch.setattr(module, "HAND_IN_SECONDS", 0.05)
    with pytest.raises(HandInError, match="took longer than"):
        handing.submit(MODULE)
    assert second.wait(30) == -signal.SIGKILL


def test_a_process_that_dies_in_the_middle_is_said_and_asked_only_once(handing: Handing, workspace: Workspace) -> None:
    """What it had done by then nobody knows: the learner decides, and no hand-in is made twice behind their back."""
    process = handing._started()
    answers = handing._answers

    class Watched(SimpleQueue[bytes | None]):
        def get(self, block: bool = True, timeout: float | None = None) -> bytes | None:
            process.kill()  # it has been asked
            return answers.get(block, timeout)

    os.kill(process.pid, signal.SIGSTOP)
    handing._answers = Watched()
    with pytest.raises(Said, match=r"ended without a result\. Run 'techsell submit"):
        handing.submit(MODULE)
    assert process_of(handing) is process
    assert list(workspace.hand_ins.glob("*.zip")) == []


def test_a_second_hand_in_waits_for_the_first(handing: Handing) -> None:
    with handing._turn, pytest.raises(HandInError, match="is being graded already"):
        handing.submit(MODULE)


def test_the_process_ends_with_the_server_however_that_ends(handing: Handing, workspace: Workspace) -> None:
    code = (
        "import os, sys; from pathlib import Path; from techsell.labserver.handing import Handing\n"
        "made = Handing(Path(sys.argv[1])); made._started(); print(made._process.pid, flush=True); os._exit(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.root)], capture_output=True, text=True, check=False
    )
    gone, alive = psutil.wait_procs(
        [psutil.Process(int(done.stdout))] if psutil.pid_exists(int(done.stdout)) else [], 30
    )
    assert not alive, gone
