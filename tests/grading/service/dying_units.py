"""Work units for the hands that die, hang, or only work where nobody is: imported by name in the processes."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from techsell_grading.grader import Limits, Verdict

MARKS = Path(os.environ.get("TECHSELL_TEST_MARKS", "/nonexistent"))


def _verdict(submission: bytes) -> Verdict:
    return Verdict("valves", submission.decode(), "", "", ())


def dies(submission: bytes, source: bytes, limits: Limits) -> Verdict:
    """Every time."""
    os._exit(7)


def dies_once(submission: bytes, source: bytes, limits: Limits) -> Verdict:
    """The first time for each submission."""
    mark = MARKS / submission.decode()
    if not mark.exists():
        mark.touch()
        os._exit(7)
    return _verdict(submission)


def hangs_once(submission: bytes, source: bytes, limits: Limits) -> Verdict:
    mark = MARKS / submission.decode()
    if not mark.exists():
        mark.touch()
        threading.Event().wait()
    return _verdict(submission)


def nothing(limits: Limits) -> None:
    """Instead of starting sandboxes."""
