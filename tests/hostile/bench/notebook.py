"""Changing a notebook as a trick describes it, and writing it as bytes.

    - {cells: energy, set: {source: "…", metadata.nbgrader.points: 1000}}
    - {cells: hidden, delete: true}
    - {cells: energy_answer, copy: end, set: {…}}        # copy: start, end or after; `set` is done to the copy
    - {cells: tests, move: start}
    - {add: {cell_type: code, metadata: {…}, source: "…"}, at: start}
    - {notebook: {metadata.techsell: {judge: in_kernel}}}

`cells` is a grade id, or `tests`, `hidden`, `answers`, `locked`, `graded` or `all`.
"""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["SAVES", "Book", "cell", "edited", "grade_id", "saved"]

Cell = dict[str, Any]
Book = dict[str, Any]


def cell(kind: str, source: str, name: str = "", **grade: Any) -> Cell:
    """One cell, with nbgrader's metadata (schema 3) when it has a name."""
    content: Cell = {"cell_type": kind, "metadata": {}, "source": source}
    if name:
        flags = {"grade": False, "solution": False, "locked": False, "task": False, **grade}
        content["metadata"] = {"nbgrader": {"grade_id": name, "schema_version": 3, **flags}}
        content["id"] = name.replace("_", "-")[:64]
    return content | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def grade_id(found: Cell) -> str:
    """nbgrader's name of a cell, or empty."""
    name = _flags(found).get("grade_id", "")
    return name if isinstance(name, str) else ""


def _flags(found: Cell) -> Mapping[str, Any]:
    metadata = found.get("metadata")
    known = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return known if isinstance(known, dict) else {}


_KINDS: dict[str, Callable[[Cell], bool]] = {
    "tests": lambda found: bool(_flags(found).get("grade") and not _flags(found).get("solution")),
    "hidden": lambda found: "hidden" in str(found["source"])[:60] and bool(_flags(found).get("grade")),
    "answers": lambda found: bool(_flags(found).get("solution")),
    "locked": lambda found: bool(_flags(found).get("locked")),
    "graded": lambda found: bool(_flags(found).get("grade")),
    "all": lambda found: True,
}


def edited(book: Book, steps: tuple[Mapping[str, Any], ...]) -> Book:
    """The notebook after these changes.

    Raises:
        ValueError: a step that finds no cell, or is none.
    """
    book = copy.deepcopy(book)
    for step in steps:
        if "notebook" in step:
            _set(book, step["notebook"])
        elif "add" in step:
            fresh = copy.deepcopy(dict(step["add"]))
            if fresh.get("cell_type") == "code":
                fresh = {"execution_count": None, "outputs": [], "metadata": {}, **fresh}
            for _ in range(int(step.get("times", 1))):
                _place(book["cells"], {"metadata": {}, **fresh}, str(step.get("at", "start")), 0)
        else:
            _edit_cells(book, step)
    return book


def _edit_cells(book: Book, step: Mapping[str, Any]) -> None:
    chosen = str(step["cells"])
    matches = _KINDS.get(chosen)
    found = [one for one in book["cells"] if (matches(one) if matches else grade_id(one) == chosen)]
    if not found and chosen not in _KINDS:
        raise ValueError(f"No cell {chosen!r} in the notebook")
    for one in found:
        place = next(number for number, other in enumerate(book["cells"]) if other is one)
        if "copy" in step:
            fresh = copy.deepcopy(one)
            fresh.pop("id", None)
            _set(fresh, step.get("set", {}))
            _place(book["cells"], fresh, str(step["copy"]), place)
            continue
        _set(one, step.get("set", {}))
        if "fill" in step:
            _set(one, {"source": _filled(**step["fill"])})
        if step.get("delete"):
            del book["cells"][place]
        elif "move" in step:
            del book["cells"][place]
            _place(book["cells"], one, str(step["move"]), place)


def _filled(text: str, times: int, first: str = "", last: str = "") -> str:
    """`text` again and again, with its number where it says `{}`."""
    rows = map(text.format, range(times)) if "{}" in text else [text] * times
    return f"{first}{''.join(rows)}{last}"


def _place(cells: list[Cell], fresh: Cell, where: str, after: int) -> None:
    cells.insert({"start": 0, "end": len(cells)}.get(where, after + 1), fresh)


def _set(thing: Any, values: Mapping[str, Any]) -> None:
    for path, value in values.items():
        *parents, last = path.split(".")
        target = thing
        for name in parents:
            target = target.setdefault(name, {})
        if value is None:
            target.pop(last, None)
        else:
            target[last] = value


SAVES: dict[str, Callable[[str], bytes]] = {
    "": lambda text: text.encode(),
    "utf-8-bom": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32"),
    "latin-1": lambda text: json.dumps(json.loads(text), ensure_ascii=False).encode("latin-1", "replace"),
    "nul": lambda text: text.encode() + b"\0" * 4096,
    "crlf": lambda text: json.dumps(json.loads(text), indent=1).replace("\n", "\r\n").encode(),
    "cut": lambda text: text.encode()[: len(text) // 2],
    "twice": lambda text: text.encode() * 2,
    "nested": lambda text: b'{"cells": ' + b"[" * 60_000 + b"]" * 60_000 + b"}",
    "empty": lambda text: b"",
}


def saved(book: Book, how: str) -> bytes:
    """The notebook as the bytes of a file, written in one of the ways of `SAVES`."""
    return SAVES[how](json.dumps(book))
