"""What the course ships into a workspace, and which cells of it may run by themselves.

All functions here read content and decide nothing about the learner's files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from techsell import content
from techsell.errors import ContentMissing
from techsell.syllabus import START_FOLDER, Syllabus

__all__ = ["AUTORUN", "autorun_cells", "fingerprint", "shipped_files", "work_fingerprint"]

AUTORUN = "autorun"
"""The cell tag of cells that the labextension runs when a notebook is opened."""


def shipped_files(content_root: Path, syllabus: Syllabus) -> dict[str, Path]:
    """Path in the workspace -> file of the content: the start, and lesson and exercises of every ready module.

    Raises:
        ContentMissing: something that the syllabus lists is not there.
        ReleaseFailed: in a checkout, nbgrader could not make the learner's version of the exercises.
    """
    modules = content.modules(content_root)
    found = dict(_folder(modules / START_FOLDER, START_FOLDER))
    for module in syllabus.modules:
        if module.state == "ready":
            found.update(_folder(modules / module.folder, module.folder))
            found.update(_folder(content.released(module.id, content_root), f"exercises/{module.id}"))
    listed = [item.notebook for item in syllabus.start]
    listed += [step.notebook for module in syllabus.modules for step in module.steps]
    for path in listed:
        if path not in found:
            raise ContentMissing(
                f"The course lists {path}, but its content does not hold it",
                place=content_root,
                cure="Take the course's files afresh",
            )
    return found


def _folder(folder: Path, place: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__")) for part in parts):
            yield "/".join((place, *parts)), path


def fingerprint(data: bytes) -> str:
    """sha256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def work_fingerprint(name: str, data: bytes) -> str:
    """sha256 of what a person can have written into the file.

    In a notebook that is the cells' kinds, sources and attachments: outputs and execution counts change as soon
    as it is opened and run, and running it again brings them back. In any other file it is every byte.
    """
    if name.endswith(".ipynb") and (cells := _cells(data)) is not None:
        work = [[cell.get("cell_type"), _source(cell), cell.get("attachments") or {}] for cell in cells]
        return fingerprint(json.dumps(work, sort_keys=True).encode())
    return fingerprint(data)


def autorun_cells(data: bytes) -> dict[str, str]:
    """Cell id -> sha256 of its source (UTF-8), for the code cells of a shipped notebook that carry the tag."""
    return {
        str(cell["id"]): fingerprint(_source(cell).encode())
        for cell in _cells(data) or []
        if cell.get("cell_type") == "code" and "id" in cell and AUTORUN in cell.get("metadata", {}).get("tags", [])
    }


def _cells(data: bytes) -> list[dict[str, Any]] | None:
    try:
        cells = json.loads(data)["cells"]
        return cells if all(isinstance(cell, dict) for cell in cells) else None
    except (ValueError, KeyError, TypeError):
        return None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))
