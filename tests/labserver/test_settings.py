"""Is a learner's Lab set up as it must be, whatever else is on the machine?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.errors import WorkspaceReadOnly
from techsell.labserver.settings import (
    LABEXTENSIONS,
    SERVER_EXTENSIONS,
    LabFolders,
    environment,
    server_config,
    write_lab_files,
)

HERE = Path("work")


def config(**changes: object) -> dict[str, dict[str, object]]:
    asked = {"ip": "127.0.0.1", "port": 8888, "port_retries": 50, "token": "secret", "open_browser": False}
    return server_config(workspace=HERE, **{**asked, **changes})  # type: ignore[arg-type]


def test_token_and_xsrf_check_are_on() -> None:
    found = config()
    assert found["IdentityProvider"] == {"token": "secret"}
    assert not {"disable_check_xsrf", "allow_unauthenticated_access", "password"} & found["ServerApp"].keys()


def test_nothing_of_the_instructors_is_loaded() -> None:
    assert not [name for name in SERVER_EXTENSIONS if "nbgrader" in name]
    assert config()["LabApp"]["news_url"] is None


def test_the_labextension_is_where_the_server_looks() -> None:
    """Name of folder and package agree, the entry exists, and no file of ours is served as immutable."""
    (package,) = LABEXTENSIONS.glob("*/package.json")
    about = json.loads(package.read_text(encoding="utf-8"))
    assert about["name"] == package.parent.name
    assert (package.parent / about["jupyterlab"]["_build"]["load"]).is_file()
    assert not [path for path in LABEXTENSIONS.rglob("*") if path.is_dir() and path.name == "static"]
    assert config()["LabApp"]["extra_labextensions_path"] == [str(LABEXTENSIONS)]


def test_the_page_asks_no_other_host() -> None:
    for path in LABEXTENSIONS.rglob("*"):
        if path.is_file():
            assert "http" not in path.read_text(encoding="utf-8").replace("http-equiv", ""), path


def test_lab_files_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    folders = LabFolders.of(tmp_path)
    write_lab_files(folders)
    page = folders.app_settings / "page_config.json"
    overrides = json.loads((folders.app_settings / "overrides.json").read_text(encoding="utf-8"))
    assert "@jupyter/nbgrader" in json.loads(page.read_text(encoding="utf-8"))["disabledExtensions"]
    assert overrides["@jupyterlab/docmanager-extension:plugin"]["autosaveInterval"] == 10
    assert overrides["@jupyterlab/apputils-extension:themes"]["adaptive-theme"] is True
    before = page.stat().st_mtime_ns
    write_lab_files(folders)
    assert page.stat().st_mtime_ns == before


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".techsell").mkdir()
    (tmp_path / ".techsell" / "lab").write_text("", encoding="utf-8")
    with pytest.raises(Exception, match="a file stands where a folder should be"):
        write_lab_files(LabFolders.of(tmp_path))


def test_a_workspace_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(WorkspaceReadOnly, match="--workspace"):
        write_lab_files(LabFolders.of(tmp_path))


def test_kernels_find_workspace_content_and_programs() -> None:
    made = environment(
        {"PATH": "usr", "JUPYTER_PATH": "theirs", "JUPYTER_CONFIG_DIR": "theirs", "HOME": "home"},
        workspace=HERE,
        scripts=Path("venv"),
        content=Path("content"),
        separator=":",
    )
    assert made["PATH"] == "venv:usr"
    assert made["TECHSELL_WORKSPACE"] == "work"
    assert made["TECHSELL_CONTENT"] == "content"
    assert made["HOME"] == "home"
    assert "theirs" not in made.values()


@given(entries=st.lists(st.sampled_from(["a", "b", "venv", "c"]), max_size=6))
def test_this_pythons_programs_come_first_and_once(entries: list[str]) -> None:
    path = ":".join(entries)
    made = environment({"PATH": path}, workspace=HERE, scripts=Path("venv"), separator=":")
    found = made["PATH"].split(":")
    assert found == ["venv", *(entry for entry in entries if entry != "venv")]
    again = environment(made, workspace=HERE, scripts=Path("venv"), separator=":")
    assert again == made
