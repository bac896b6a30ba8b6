"""Is a workspace made, found again and completed, and what does a person read when it cannot be?"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from techsell import __version__, workspace_install
from techsell.errors import (
    ContentMissing,
    NotebookMissing,
    StoreTooNew,
    WorkspaceError,
    WorkspaceMissing,
    WorkspaceReadOnly,
)
from techsell.workspace import Workspace, default_place

M3 = "discovery_conversation"


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_new_workspace_holds_everything_that_is_ready(workspace: Workspace) -> None:
    names = set(tree(workspace.root))
    assert names == {
        "00_start_here/first_call.ipynb",
        "00_start_here/using_this_page.ipynb",
        f"03_{M3}/{M3}.ipynb",
        f"03_{M3}/calls.csv",
        f"exercises/{M3}/{M3}.ipynb",
        f"exercises/{M3}/deals.csv",
        ".techsell/learner.json",
        ".techsell/installed.json",
        ".techsell/manifest.json",
        ".techsell/progress.db",
    }
    assert workspace.report is not None
    assert len(workspace.report.written) == 6
    for folder in (workspace.transcripts, workspace.feedback, workspace.hand_ins):
        assert folder.is_dir()


def test_the_learner_has_a_pseudonym_that_stays(workspace: Workspace) -> None:
    assert re.fullmatch(r"L-[2-9A-HJ-NP-Z]{6}", workspace.learner)
    again = Workspace.create_or_resume(workspace.root)
    assert again.learner == workspace.learner
    assert Workspace.find(workspace.root / "00_start_here").learner == workspace.learner


def test_two_learners_are_told_apart(small_course: Any, tmp_path: Path) -> None:
    assert len({Workspace.create_or_resume(tmp_path / f"{n}").learner for n in range(5)}) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_what_is_about_the_learner(workspace: Workspace) -> None:
    inside = workspace.root / ".techsell"
    assert inside.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in inside.iterdir()} == dict.fromkeys(
        ("learner.json", "installed.json", "manifest.json", "progress.db"), 0o600
    )


def test_resuming_changes_nothing(workspace: Workspace) -> None:
    before = tree(workspace.root)
    again = Workspace.create_or_resume(workspace.root)
    assert tree(workspace.root) == before
    assert again.report == workspace_install.Report()


def test_installed_json_records_what_was_shipped(workspace: Workspace, small_course: Any) -> None:
    files = json.loads((workspace.root / ".techsell" / "installed.json").read_text())["files"]
    shipped = (small_course.root / "modules" / f"03_{M3}" / "calls.csv").read_bytes()
    assert files[f"03_{M3}/calls.csv"]["sha256"] == hashlib.sha256(shipped).hexdigest()
    assert files[f"03_{M3}/calls.csv"]["version"] == __version__


def test_the_manifest_has_the_tagged_cells_of_shipped_notebooks(workspace: Workspace) -> None:
    sha = hashlib.sha256(b"here = lesson()\nhere").hexdigest()
    manifest = workspace.manifest()
    assert manifest[f"03_{M3}/{M3}.ipynb"] == {"setup": sha}
    assert set(manifest) == {
        "00_start_here/first_call.ipynb",
        "00_start_here/using_this_page.ipynb",
        f"03_{M3}/{M3}.ipynb",
    }


def test_where_things_belong(workspace: Workspace) -> None:
    assert workspace.notebook(M3) == workspace.root / f"03_{M3}" / f"{M3}.ipynb"
    assert workspace.exercise(M3) == workspace.root / "exercises" / M3 / f"{M3}.ipynb"
    with pytest.raises(NotebookMissing, match="no lesson 'capstone'"):
        workspace.notebook("capstone")


def test_the_store_writes_under_the_learners_id(workspace: Workspace) -> None:
    with workspace.store() as store:
        assert store.append("initialized", "start/first_call").learner == workspace.learner


def test_a_workspace_is_found_from_inside(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = workspace.root / "exercises" / M3
    assert Workspace.find(inside) == workspace
    monkeypatch.chdir(inside)
    assert Workspace.find() == Workspace.resolve() == workspace


def test_outside_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".techsell").mkdir()
    with pytest.raises(WorkspaceMissing, match="techsell learn") as caught:
        Workspace.find(tmp_path)
    assert caught.value.place == str(tmp_path.resolve())


def test_a_command_looks_at_the_flag_then_the_variable_then_around_then_at_home(
    small_course: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceMissing, match="techsell learn"):
        Workspace.resolve()
    home = Workspace.create_or_resume()
    assert home.root == (tmp_path / "home" / "techsell").resolve()
    assert Workspace.resolve() == home
    around = Workspace.create_or_resume(tmp_path / "around")
    monkeypatch.chdir(around.root / "feedback")
    assert Workspace.resolve() == around
    variable = Workspace.create_or_resume(tmp_path / "variable")
    monkeypatch.setenv("TECHSELL_WORKSPACE", str(variable.root))
    assert (Workspace.resolve(), default_place()) == (variable, variable.root)
    assert Workspace.resolve(around.root) == around
    with pytest.raises(WorkspaceMissing):
        Workspace.resolve(tmp_path)
    monkeypatch.setenv("TECHSELL_WORKSPACE", str(tmp_path / "gone"))
    with pytest.raises(WorkspaceMissing) as caught:
        Workspace.resolve()
    assert caught.value.place == str((tmp_path / "gone").resolve())


def test_a_file_in_the_place_of_the_folder_stays(small_course: Any, tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.write_text("my notes")
    with pytest.raises(WorkspaceError, match=r"a file stands there.*Choose another place with --workspace"):
        Workspace.create_or_resume(place)
    assert place.read_text() == "my notes"


def test_a_file_in_the_place_of_a_folder_inside_is_named(workspace: Workspace) -> None:
    workspace.feedback.rmdir()
    workspace.feedback.write_text("mine")
    with pytest.raises(WorkspaceError, match="a file stands where a folder should be"):
        Workspace.create_or_resume(workspace.root)
    assert workspace.feedback.read_text() == "mine"


def test_a_read_only_workspace_is_named(
    workspace: Workspace, tmp_path: Path, read_only: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    learner = workspace.learner
    with read_only(tmp_path) as copy:
        root = copy / workspace.root.name
        with pytest.raises(WorkspaceReadOnly, match=r"cannot be written here.*--workspace") as caught:
            Workspace.create_or_resume(root, content_root=copy / "content")
        assert str(root) in str(caught.value)
        assert Workspace.find(root).learner == learner


def test_a_place_under_a_read_only_folder_is_named(
    small_course: Any, tmp_path: Path, read_only: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    with read_only(tmp_path) as copy, pytest.raises(WorkspaceReadOnly):
        Workspace.create_or_resume(copy / "techsell", content_root=copy / "content")


def test_without_content_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing):
        Workspace.create_or_resume(tmp_path / "work", content_root=tmp_path / "nothing")
    assert not (tmp_path / "work").exists()


def test_content_that_lacks_a_listed_notebook_is_named(small_course: Any, tmp_path: Path) -> None:
    (small_course.root / "modules" / "00_start_here" / "first_call.ipynb").unlink()
    with pytest.raises(ContentMissing, match=r"lists 00_start_here/first_call.ipynb"):
        Workspace.create_or_resume(tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_a_newer_progress_database_stops_it_with_a_sentence(workspace: Workspace) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(workspace.progress)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew):
        Workspace.create_or_resume(workspace.root)


def test_an_unreadable_learner_file_is_named_and_kept(workspace: Workspace) -> None:
    path = workspace.root / ".techsell" / "learner.json"
    path.write_text("{")
    with pytest.raises(WorkspaceError, match="learner's id cannot be read"):
        Workspace.create_or_resume(workspace.root)
    assert path.read_text() == "{"


def test_an_empty_learner_file_left_by_a_crash_is_filled(workspace: Workspace) -> None:
    (workspace.root / ".techsell" / "learner.json").write_text("")
    again = Workspace.create_or_resume(workspace.root)
    assert again.learner.startswith("L-")


def test_two_first_starts_at_once_agree(small_course: Any, tmp_path: Path) -> None:
    code = (
        "import sys; from techsell.workspace import Workspace\n"
        "w = Workspace.create_or_resume(sys.argv[1]); print(w.learner)\n"
        "with w.store() as s: s.append('initialized', 'start/first_call')"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "work")], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = {child.communicate(timeout=120)[0] for child in children}
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(said) == 1
    with Workspace.find(tmp_path / "work").store() as store:
        assert len(store.events()) == 3
