"""Does a lesson bind to the workspace around it, and say so when there is none?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from techsell.errors import ContentMissing, StoreReadOnly
from techsell.progress import Store
from techsell.widgets import Binding, Compare, Prediction, Quiz, RolePlay, bind, lesson
from techsell.widgets.binding import OUTSIDE

MODULE = "discovery_conversation"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder that counts as a workspace."""
    root = tmp_path / "selling"
    (root / ".techsell").mkdir(parents=True)
    (root / ".techsell" / "learner.json").write_text(json.dumps({"learner": "L-7F3K2Q"}), encoding="utf-8")
    (root / "03_discovery_conversation").mkdir()
    return root


def test_a_notebook_in_a_workspace_is_recorded_there(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace / "03_discovery_conversation")

    here = lesson(MODULE)

    assert here.binding.learner == "L-7F3K2Q"
    assert here.binding.transcripts == workspace / "transcripts"
    assert here.roleplay("cobalt_ridge").view["screen"]["note"] == ""
    with Store.open(workspace / ".techsell" / "progress.db") as store:
        (event,) = store.events()
    assert (event.verb, event.object, event.learner) == ("initialized", f"{MODULE}/lesson", "L-7F3K2Q")


def test_outside_a_workspace_every_widget_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    here = lesson(MODULE)

    assert here.roleplay("cobalt_ridge").view["screen"]["note"] == OUTSIDE
    assert here.quiz("spin_kinds").view["note"] == OUTSIDE
    assert here.prediction("closing_effect").view["note"] == OUTSIDE
    assert here.compare_first_call().view["note"] == OUTSIDE
    assert list(tmp_path.iterdir()) == []


def test_a_cell_run_again_outside_a_workspace_finds_its_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call = lesson("start").roleplay("first_call")
    call.start()
    call.pick(call.view["menu"][0]["option"])

    assert lesson("start").roleplay("first_call").view["lines"] == call.view["lines"]
    call.end()


def test_a_workspace_that_cannot_be_written_still_plays_and_says_why(
    workspace: Path, read_only: Callable[[Path], AbstractContextManager[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with read_only(workspace) as copy:
        monkeypatch.chdir(copy)
        call = lesson("start").roleplay("first_call")

        assert call.view["screen"]["note"].startswith("Not recorded. The progress database cannot be written here")
        call.start()
        assert call.view["screen"]["phase"] == "call"
        call.end()
    monkeypatch.chdir(workspace)


def test_a_store_that_fails_when_the_lesson_opens_is_a_note(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StoreReadOnly("The progress database cannot be written here", cure="Make its folder writable")

    monkeypatch.setattr(store, "append", refuse)

    here = lesson("start", binding=Binding(store))

    assert here.binding.note == (
        "Not recorded. The progress database cannot be written here. Make its folder writable."
    )


def test_a_lesson_hands_out_each_kind_of_widget(store: Store) -> None:
    here = lesson(MODULE, binding=Binding(store))

    assert isinstance(here.roleplay("cobalt_ridge"), RolePlay)
    assert isinstance(here.quiz("spin_kinds"), Quiz)
    assert isinstance(here.prediction("closing_effect"), Prediction)
    assert isinstance(here.compare_first_call(), Compare)
    assert repr(here) == "Lesson('discovery_conversation')"


@pytest.mark.parametrize(("kind", "wrong"), [("roleplay", "cobalt_rigde"), ("quiz", "spin"), ("prediction", "closing")])
def test_a_name_that_does_not_exist_is_an_error_with_a_cure(store: Store, kind: str, wrong: str) -> None:
    here = lesson(MODULE, binding=Binding(store))

    with pytest.raises(ContentMissing, match=f"There is no .*{wrong}.*(Did you mean|Known)"):
        getattr(here, kind)(wrong)


def test_one_workspace_has_one_store_in_a_process(workspace: Path) -> None:
    assert bind(workspace).store is bind(workspace / "03_discovery_conversation").store


def test_a_call_goes_on_at_once_after_its_kernel_died(workspace: Path) -> None:
    """Processes one after the other, each gone without a word: the same notebook, then another one."""
    code = (
        "import sys, os, signal\n"
        "from techsell.widgets import lesson\n"
        "call = lesson('start').roleplay('first_call')\n"
        "if sys.argv[1] == 'begin': call.start()\n"
        "call.pick(call.view['menu'][0]['option'])\n"
        "print(call.view['turn'], call.view['screen']['notice'], flush=True)\n"
        "os._exit(9)\n"
    )

    def kernel(step: str, notebook: str) -> str:
        environment = {**os.environ, "JPY_SESSION_NAME": notebook}
        command = [sys.executable, "-c", code, step]
        ran = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 9, ran.stderr
        return ran.stdout.strip()

    assert kernel("begin", "first_call.ipynb") == "1"
    assert kernel("go on", "first_call.ipynb") == "2"
    assert kernel("go on", "other.ipynb") == "3"
