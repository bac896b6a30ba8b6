"""A small course to install, and a workspace made from it: nothing here needs the real notebooks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.workspace import Workspace

MODULE = "discovery_conversation"
LESSON = f"modules/03_{MODULE}/{MODULE}.ipynb"
EXERCISE = f"released/{MODULE}/{MODULE}.ipynb"


def code(cell_id: str, source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source.splitlines(keepends=True),
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: dict[str, Any]) -> bytes:
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1).encode() + b"\n"


class SmallCourse:
    """A content root whose files a test can change, as an upgrade would."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, data: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def lesson(self, *cells: dict[str, Any]) -> None:
        self.write(LESSON, notebook(*cells))

    def exercise(self, *cells: dict[str, Any]) -> None:
        self.write(EXERCISE, notebook(*cells))


@pytest.fixture
def small_course(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    """The course's syllabus over notebooks of two cells; found through TECHSELL_CONTENT."""
    made = SmallCourse(tmp_path / "content")
    made.root.mkdir()
    shutil.copyfile(repository / "course" / "syllabus.yaml", made.root / "syllabus.yaml")
    for name in ("first_call", "using_this_page"):
        made.write(
            f"modules/00_start_here/{name}.ipynb", notebook(code("play-first-call", f"show('{name}')", "autorun"))
        )
    made.lesson(code("setup", "here = lesson()\nhere", "autorun"), code("own", "# try it\n"))
    made.write(f"modules/03_{MODULE}/calls.csv", b"large,advance\n1,0\n")
    made.write(f"modules/03_{MODULE}/.ipynb_checkpoints/{MODULE}-checkpoint.ipynb", b"{}")
    made.exercise(code("next_move", "answer = None"))
    made.write(f"released/{MODULE}/deals.csv", b"deal\nA\n")
    monkeypatch.setenv("TECHSELL_CONTENT", str(made.root))
    monkeypatch.delenv("TECHSELL_WORKSPACE", raising=False)
    return made


@pytest.fixture
def workspace(small_course: SmallCourse, tmp_path: Path) -> Workspace:
    return Workspace.create_or_resume(tmp_path / "work")


@pytest.fixture(scope="session")
def make_notebook() -> Callable[..., bytes]:
    return notebook


@pytest.fixture(scope="session")
def make_cell() -> Callable[..., dict[str, Any]]:
    return code
