"""Running the code cells of a merged notebook within their limits, whatever they do."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from .kernel import CellRun, Kernel
from .verdict import Limits

__all__ = ["execute"]

_RESTARTS = 2
"""A cell that ends the process is left out and the rest run again: one mistake must not cost the other tasks."""


def execute(code: Sequence[str], files: Mapping[str, bytes], limits: Limits) -> tuple[CellRun, ...]:
    """Run the cells one after the other in one kernel, with `files` in its working folder.

    A cell that is cut off by its time limit leaves the others their turn. One that takes the process down is
    skipped in a second attempt with a fresh kernel. When the total time is over, the remaining cells are "not run".

    Raises:
        KernelFailed: no kernel came up at all; says nothing about the hand-in.
    """
    results: dict[int, CellRun] = {}
    skipped: set[int] = set()
    deadline = time.monotonic() + limits.total_seconds
    for _ in range(1 + _RESTARTS):
        fatal = _attempt(code, files, limits, deadline, skipped, results)
        if fatal is None or time.monotonic() >= deadline:
            break
        skipped.add(fatal)
    return tuple(results.get(number, CellRun("not run")) for number in range(len(code)))


def _attempt(
    code: Sequence[str],
    files: Mapping[str, bytes],
    limits: Limits,
    deadline: float,
    skipped: set[int],
    results: dict[int, CellRun],
) -> int | None:
    """One kernel from the first cell on; results that are there already stand. Returns the cell that ended it."""
    folder = Path(tempfile.mkdtemp(prefix="ts-"))
    try:
        with Kernel(folder, limits) as kernel:
            _lay_out(kernel.work, files)
            for number, text in enumerate(code):
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                if number in skipped or not text.strip():
                    results.setdefault(number, CellRun("done"))
                    continue
                run = kernel.run(text, min(limits.cell_seconds, left))
                results.setdefault(number, run)
                if not kernel.usable:
                    return number
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _lay_out(work: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        place = work / PurePosixPath(name)
        with suppress(OSError, ValueError):  # a name that this file system refuses; nothing of ours has one
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
