"""The autograded notebook: what was run and what came out, in the form that nbgrader's formgrader opens."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .cells import Cell
from .merge import Slot
from .runs import CellRun

__all__ = ["autograded", "checksum"]

_ENDINGS = {
    "timeout": "stopped at the time limit",
    "died": "the process ended",
    "not run": "not run",
    "given up": "not run: the process ended again and again",
}
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def autograded(slots: Sequence[Slot], runs: Mapping[int, CellRun], metadata: Mapping[str, Any]) -> str:
    """The notebook as JSON text (format 4.5); `runs` by the number of the slot."""
    seen: set[str] = set()
    cells = [_cell(slot, number, runs.get(number), seen) for number, slot in enumerate(slots)]
    content = {"cells": cells, "metadata": {**_KERNEL, **metadata}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def checksum(cell: Cell) -> str:
    """nbgrader's checksum of a cell (`nbgrader.utils.compute_checksum`, 0.9.6); a test holds both equal."""
    solution, grade = cell.is_("solution"), cell.is_("grade")
    locked = not solution and (grade or cell.is_("locked"))
    parts = [cell.source, cell.kind, str(grade), str(solution), str(locked), cell.name]
    if grade:
        parts.append(str(cell.points))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def _cell(slot: Slot, number: int, run: CellRun | None, seen: set[str]) -> dict[str, Any]:
    cell = slot.cell
    content: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": _identity(cell, number, seen),
        "metadata": {"nbgrader": {**cell.grade, "checksum": checksum(cell)}} if cell.grade else {},
        "source": cell.source,
    }
    if cell.kind == "code":
        content["execution_count"] = number + 1 if run is not None and run.how == "done" else None
        content["outputs"] = [dict(output) for output in run.outputs] + _ending(run) if run is not None else []
    return content


def _ending(run: CellRun) -> list[dict[str, Any]]:
    """An error output for a cell that was cut off, so that formgrader shows it as failed."""
    if run.how == "done" or run.error is not None:
        return []
    text = _ENDINGS[run.how]
    return [{"output_type": "error", "ename": "Stopped", "evalue": text, "traceback": [f"Stopped: {text}"]}]


def _identity(cell: Cell, number: int, seen: set[str]) -> str:
    identity = cell.id if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell.id) and cell.id not in seen else f"own-{number}"
    seen.add(identity)
    return identity
