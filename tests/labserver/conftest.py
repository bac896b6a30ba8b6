"""A workspace that was installed from a small content root."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from techsell.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = "discovery_conversation"


def _notebook(path: Path, **cells: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": name.replace("_", "-"),
            "metadata": {"tags": ["autorun"]} if name != "by_hand" else {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for name, source in cells.items()
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


@pytest.fixture
def content_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real syllabus, with notebooks of one line."""
    root = tmp_path / "content"
    root.mkdir()
    (root / "syllabus.yaml").write_bytes((REPOSITORY / "course" / "syllabus.yaml").read_bytes())
    _notebook(root / "modules/00_start_here/first_call.ipynb", setup="x = 1", play_first_call="x\ny = '£'", by_hand="z")
    _notebook(root / "modules/00_start_here/using_this_page.ipynb", setup="1")
    _notebook(root / f"modules/03_{MODULE}/{MODULE}.ipynb", setup="1")
    _notebook(root / f"released/{MODULE}/{MODULE}.ipynb", by_hand="next_move = {}")
    monkeypatch.setenv("TECHSELL_CONTENT", str(root))
    return root


@pytest.fixture
def workspace(tmp_path: Path, content_root: Path) -> Workspace:
    return Workspace.create_or_resume(tmp_path / "work", content_root=content_root)
