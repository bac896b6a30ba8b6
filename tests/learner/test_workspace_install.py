"""Is what a learner wrote never overwritten, whatever the course ships and whenever it was cut off?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell import workspace_install
from techsell.workspace import Workspace
from techsell.workspace_install import install, read_installed, read_manifest

M3 = "discovery_conversation"
LESSON = f"03_{M3}/{M3}.ipynb"
NEW = f"03_{M3}/{M3}.new-9.1.0.ipynb"
Upgrade = Callable[..., workspace_install.Report]


@pytest.fixture
def upgrade(workspace: Workspace, small_course: Any, make_cell: Any, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Ship another lesson in another version."""

    def ship(version: str, source: str) -> workspace_install.Report:
        small_course.lesson(make_cell("setup", source, "autorun"), make_cell("own", "# try it\n"))
        monkeypatch.setattr("techsell.workspace.__version__", version)
        report = Workspace.create_or_resume(workspace.root).report
        assert report is not None
        return report

    return ship


def edit(workspace: Workspace, text: str, name: str = LESSON) -> bytes:
    """Write into the learner's own cell, as a person would."""
    path = workspace.root / name
    content = json.loads(path.read_text())
    content["cells"][1]["source"] = text
    path.write_text(json.dumps(content))
    return path.read_bytes()


def run(workspace: Workspace) -> bytes:
    """Run the notebook and save it: outputs and counts change, sources do not."""
    path = workspace.root / LESSON
    content = json.loads(path.read_text())
    content["cells"][0].update(execution_count=7, outputs=[{"output_type": "stream", "name": "stdout", "text": "hi"}])
    content["metadata"]["language_info"] = {"name": "python"}
    path.write_text(json.dumps(content))
    return path.read_bytes()


def test_an_unedited_lesson_is_replaced(workspace: Workspace, upgrade: Upgrade) -> None:
    assert upgrade("9.1.0", "new()").replaced == (LESSON,)
    assert b"new()" in (workspace.root / LESSON).read_bytes()


def test_a_lesson_that_was_only_run_counts_as_unedited(workspace: Workspace, upgrade: Upgrade) -> None:
    outputs = run(workspace)
    Workspace.create_or_resume(workspace.root)
    assert (workspace.root / LESSON).read_bytes() == outputs, "without a new version even the outputs stay"
    assert upgrade("9.1.0", "new()").replaced == (LESSON,)


def test_a_lesson_that_was_only_run_is_known_again_without_the_record(workspace: Workspace) -> None:
    """`.techsell/installed.json` was lost: what has the shipped sources is the shipped lesson."""
    outputs = run(workspace)
    (workspace.root / ".techsell" / "installed.json").unlink()
    assert Workspace.create_or_resume(workspace.root).report == workspace_install.Report()
    assert (workspace.root / LESSON).read_bytes() == outputs


def test_an_edited_lesson_stays_and_the_new_one_lands_beside_it_once(workspace: Workspace, upgrade: Upgrade) -> None:
    mine = edit(workspace, "my notes")
    assert upgrade("9.1.0", "new()").offered == (NEW,)
    assert (workspace.root / LESSON).read_bytes() == mine
    assert b"new()" in (workspace.root / NEW).read_bytes()
    (workspace.root / NEW).unlink()
    assert Workspace.create_or_resume(workspace.root).report == workspace_install.Report()
    assert not (workspace.root / NEW).exists(), "thrown away by the learner, so it stays away"


def test_a_still_newer_version_lands_beside_it_too(workspace: Workspace, upgrade: Upgrade) -> None:
    mine = edit(workspace, "my notes")
    upgrade("9.1.0", "new()")
    assert upgrade("9.2.0", "newer()").offered == (NEW.replace("9.1.0", "9.2.0"),)
    assert (workspace.root / LESSON).read_bytes() == mine


def test_notes_in_the_copy_beside_are_kept_too(workspace: Workspace, upgrade: Upgrade) -> None:
    """The course changed without a new version number, as in a checkout."""
    edit(workspace, "my notes")
    upgrade("9.1.0", "new()")
    notes = edit(workspace, "notes in the copy", NEW)
    assert upgrade("9.1.0", "again()").offered == (NEW.replace(".ipynb", "-2.ipynb"),)
    assert (workspace.root / NEW).read_bytes() == notes


def test_the_copy_beside_is_renewed_while_nobody_touched_it(workspace: Workspace, upgrade: Upgrade) -> None:
    edit(workspace, "my notes")
    upgrade("9.1.0", "new()")
    assert upgrade("9.1.0", "again()").offered == (NEW,)
    assert b"again()" in (workspace.root / NEW).read_bytes()


def test_the_copy_moved_over_the_old_one_is_the_lesson_from_then_on(workspace: Workspace, upgrade: Upgrade) -> None:
    edit(workspace, "my notes")
    upgrade("9.1.0", "new()")
    (workspace.root / NEW).replace(workspace.root / LESSON)
    assert Workspace.create_or_resume(workspace.root).report == workspace_install.Report()
    assert upgrade("9.2.0", "newer()").replaced == (LESSON,)


def test_a_deleted_lesson_comes_back(workspace: Workspace) -> None:
    shipped = (workspace.root / LESSON).read_bytes()
    (workspace.root / LESSON).unlink()
    report = Workspace.create_or_resume(workspace.root).report
    assert report is not None
    assert report.restored == (LESSON,)
    assert (workspace.root / LESSON).read_bytes() == shipped


def test_a_renamed_lesson_stays_and_a_fresh_one_comes(workspace: Workspace) -> None:
    mine = edit(workspace, "my notes")
    (workspace.root / LESSON).rename(workspace.root / "my copy.ipynb")
    Workspace.create_or_resume(workspace.root)
    assert (workspace.root / "my copy.ipynb").read_bytes() == mine
    assert (workspace.root / LESSON).is_file()


def test_edited_data_counts_by_the_byte(workspace: Workspace, small_course: Any) -> None:
    name = f"03_{M3}/calls.csv"
    (workspace.root / name).write_bytes(b"large,advance\n1,1\n")
    small_course.write(f"modules/{name}", b"large,advance\n0,0\n")
    report = Workspace.create_or_resume(workspace.root).report
    assert report is not None
    assert [offered.rpartition(".new-")[0] for offered in report.offered] == [f"03_{M3}/calls"]
    assert (workspace.root / name).read_bytes() == b"large,advance\n1,1\n"


def test_a_broken_notebook_of_the_learner_is_kept(workspace: Workspace, upgrade: Upgrade) -> None:
    (workspace.root / LESSON).write_bytes(b'{"cells": [')
    assert upgrade("9.1.0", "new()").offered == (NEW,)
    assert (workspace.root / LESSON).read_bytes() == b'{"cells": ['


@pytest.mark.parametrize("lost", ["installed.json", "manifest.json"])
@pytest.mark.parametrize("text", [None, "{", "[]", '{"files": {"a": 1}, "notebooks": 3}'])
def test_a_lost_record_makes_the_course_careful(
    workspace: Workspace, upgrade: Upgrade, lost: str, text: str | None
) -> None:
    record = workspace.root / ".techsell" / lost
    mine = edit(workspace, "my notes")
    if text is None:
        record.unlink()
    else:
        record.write_text(text)
    upgrade("9.1.0", "new()")
    assert (workspace.root / LESSON).read_bytes() == mine
    assert (workspace.root / NEW).is_file()
    assert "setup" in read_manifest(workspace.root)[NEW]


def test_a_file_that_was_there_before_the_course_is_not_taken_for_its_own(small_course: Any, tmp_path: Path) -> None:
    mine = tmp_path / "work" / LESSON
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"not a notebook")
    Workspace.create_or_resume(tmp_path / "work")
    assert mine.read_bytes() == b"not a notebook"
    assert len(list(mine.parent.glob("*.new-*.ipynb"))) == 1


def test_old_cells_of_an_edited_lesson_still_run_by_themselves(workspace: Workspace, upgrade: Upgrade) -> None:
    """They are still the shipped ones; the copy beside has its own."""
    before = workspace.manifest()[LESSON]
    edit(workspace, "my notes")
    upgrade("9.1.0", "new()")
    manifest = Workspace.create_or_resume(workspace.root).manifest()
    assert manifest[LESSON] == before
    assert manifest[NEW] != before


def test_nothing_a_learner_writes_gets_into_the_manifest(workspace: Workspace) -> None:
    path = workspace.root / LESSON
    content = json.loads(path.read_text())
    content["cells"].append({**content["cells"][0], "id": "sneaky", "source": "import os"})
    path.write_text(json.dumps(content))
    assert "sneaky" not in Workspace.create_or_resume(workspace.root).manifest()[LESSON]


@pytest.mark.parametrize("writes", range(8))
def test_cut_off_after_any_write_the_next_run_completes_it(
    small_course: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    real, left = workspace_install.write_atomic, writes

    def until_the_crash(path: Path, data: bytes, *, private: bool = False) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        real(path, data, private=private)

    monkeypatch.setattr(workspace_install, "write_atomic", until_the_crash)
    with pytest.raises(KeyboardInterrupt):
        Workspace.create_or_resume(tmp_path / "work")
    monkeypatch.setattr(workspace_install, "write_atomic", real)
    workspace = Workspace.create_or_resume(tmp_path / "work")
    assert len(read_installed(workspace.root)) == 6
    assert (workspace.root / LESSON).is_file()
    assert not list(workspace.root.rglob("*.new-*"))
    assert Workspace.create_or_resume(workspace.root).report == workspace_install.Report()


actions = st.lists(st.sampled_from(["ship a", "ship b", "ship c", "edit x", "edit y", "run", "delete"]), max_size=10)


@settings(max_examples=30, deadline=None)  # each example writes dozens of files to the disk
@given(what=actions)
def test_whatever_happens_no_text_of_the_learner_is_ever_lost(
    what: list[str], tmp_path_factory: pytest.TempPathFactory, make_notebook: Any, make_cell: Any
) -> None:
    """Between upgrades, runs and deletions: what the learner wrote stays byte for byte until they delete it."""
    root, shipped = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("content") / "lesson.ipynb"
    shipped.write_bytes(make_notebook(make_cell("setup", "a")))
    install(root, {"lesson.ipynb": shipped}, "1")
    lesson, mine = root / "lesson.ipynb", None
    for number, action in enumerate(what):
        verb, _, word = action.partition(" ")
        if verb == "ship":
            shipped.write_bytes(make_notebook(make_cell("setup", word)))
        elif verb == "edit":
            mine = make_notebook(make_cell("setup", f"mine {word}"))
            lesson.write_bytes(mine)
        elif verb == "run" and lesson.exists():
            content = json.loads(lesson.read_bytes())
            content["cells"][0]["execution_count"] = number
            lesson.write_text(json.dumps(content))
            mine = lesson.read_bytes() if mine else None
        elif verb == "delete":
            lesson.unlink(missing_ok=True)
            mine = None
        install(root, {"lesson.ipynb": shipped}, str(number))
        newest = {path.read_bytes() for path in root.glob("lesson*.ipynb")}
        assert lesson.exists()
        if mine is not None:
            assert lesson.read_bytes() == mine
        else:
            assert any(b'"a"' in text or b'"b"' in text or b'"c"' in text for text in newest)
            assert (
                json.loads(lesson.read_bytes())["cells"][0]["source"]
                == json.loads(shipped.read_bytes())["cells"][0]["source"]
            )
