"""A grading process: what it does before its first hand-in, and what it is sent for each.

Light: it is imported in every process of a pool. The exercises of a run are sent once and kept, so that a piece of
work carries the hand-in alone.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from multiprocessing import parent_process
from multiprocessing.connection import wait

from .verdict import Limits, Verdict

__all__ = ["Unit", "begin", "grade", "keep"]

Unit = Callable[[bytes, bytes, Limits], Verdict]
"""`grade_one`, or what stands in for it in a test; sent to processes by name."""

_MOST = 64
"""exercises kept; a course has about half as many"""

_kept: dict[str, bytes] = {}
"""exercises by their sha256, the one used last at the end"""


def begin(sources: Mapping[str, bytes]) -> None:
    """Make this process a grading process of the one that started it.

    Ctrl-C is left to the process that hands out the work: it ends the others in order. When that process is gone, so
    is this one, whatever it is doing.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for sha, data in sources.items():
        keep(sha, data)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def keep(sha: str, source: bytes) -> None:
    """Keep an exercise for the work to come; what was not used for longest is forgotten."""
    _kept.pop(sha, None)
    _kept[sha] = source
    while len(_kept) > _MOST:
        del _kept[next(iter(_kept))]


def grade(unit: Unit, submission: bytes, sha: str, limits: Limits) -> Verdict | None:
    """The verdict, or None where this process does not have the exercise: send it, then ask again."""
    source = _kept.get(sha)
    if source is None:
        return None
    keep(sha, source)
    return unit(submission, source, limits)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
