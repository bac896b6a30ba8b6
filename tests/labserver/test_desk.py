"""Does the desk answer with plain data, and with a sentence where it cannot?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.errors import HandInError, HandInIncomplete, UsageError, WorkspaceMissing
from techsell.labserver.desk import Desk, cells_to_run
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


def test_a_hand_in_comes_back_with_the_modules_title(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def submit(module_id: str) -> dict[str, Any]:
        asked.append(module_id)
        return dict(RESULT)

    monkeypatch.setattr(desk.handing, "submit", submit)
    found = desk.hand_in(MODULE)
    assert asked == [MODULE]
    assert (found["score"], found["title"]) == (1.0, "The discovery conversation")
    assert found["exercise"] == f"exercises/{MODULE}/{MODULE}.ipynb"
