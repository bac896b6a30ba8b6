"""Notebooks as lists of plain cells, read as forgivingly as a fair grader must.

`nbformat` refuses what it does not know; a learner whose editor saved with another encoding or a newer format has
still done the work. So only what grading needs is read here: a cell's kind, text, id and nbgrader metadata.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .unpack import Unreadable

__all__ = ["Cell", "read"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NEWEST_FORMAT = 4


@dataclass(frozen=True)
class Cell:
    """One cell. `grade` is its nbgrader metadata, empty for ordinary cells; `tags` its notebook tags."""

    kind: str
    source: str
    id: str = ""
    grade: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """nbgrader's `grade_id`, or empty."""
        found = self.grade.get("grade_id", "")
        return found if isinstance(found, str) else ""

    @property
    def points(self) -> float:
        value = self.grade.get("points", 0)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0

    def is_(self, flag: str) -> bool:
        """Whether nbgrader's flag `grade`, `solution`, `locked` or `task` is set."""
        return self.grade.get(flag) is True

    def saying(self, source: str) -> Cell:
        return replace(self, source=source)


def read(data: bytes, limit: int) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells of a notebook file, and what was odd about the file.

    Raises:
        Unreadable: too large, not a notebook, or damaged beyond use; the text says which.
    """
    if len(data) > limit:
        raise Unreadable(f"The notebook has {len(data) / 2**20:.0f} MB; {limit >> 20} MB are allowed")
    text, notes = _decode(data)
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise Unreadable("The notebook is nested too deeply to be one") from error
    except ValueError as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(
            f"The notebook is damaged{place}: it is no longer valid JSON. Restore it from a backup, or start again "
            "from the released version, and hand in again"
        ) from error
    found = _cells(content)
    if found is None:
        raise Unreadable("The file is JSON, but not a notebook: it has no cells")
    version = content.get("nbformat")
    if isinstance(version, int) and version > NEWEST_FORMAT:
        notes.append(f"The notebook says format {version}, later than {NEWEST_FORMAT}; it was read as far as possible")
    cells = tuple(cell for cell in map(_cell, found) if cell is not None)
    if len(cells) < len(found):
        notes.append(f"{len(found) - len(cells)} cells of the notebook are damaged and were left out")
    return cells, tuple(notes)


def _decode(data: bytes) -> tuple[str, list[str]]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, errors="replace")
            return text.rstrip("\0"), [] if name == "utf-8-sig" else [f"The notebook was saved as {name.upper()}"]
    body = data.rstrip(b"\0")
    if b"\0" in body[:4]:
        name = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
        return data.decode(name, errors="replace").rstrip("\0"), [f"The notebook was saved as {name.upper()}"]
    try:
        return body.decode("utf-8"), []
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace"), ["The notebook was not saved as UTF-8"]


def _cells(content: Any) -> list[Any] | None:
    """The list of cells, also where format 3 keeps it."""
    if not isinstance(content, dict):
        return None
    sheets = content.get("worksheets")
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        content = sheets[0]
    cells = content.get("cells")
    return cells if isinstance(cells, list) else None


def _cell(raw: Any) -> Cell | None:
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    grade = metadata.get("nbgrader")
    identity = raw.get("id")
    kind = raw.get("cell_type")
    return Cell(
        kind=kind if kind in ("code", "markdown", "raw") else "code" if kind is None else "raw",
        source=source.encode("utf-8", errors="replace").decode("utf-8"),  # a lone surrogate cannot be sent anywhere
        id=identity if isinstance(identity, str) else "",
        grade=grade if isinstance(grade, dict) else {},
        metadata=metadata,
    )
