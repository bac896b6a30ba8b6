"""Where graded code runs: warm servers behind bubblewrap that fork one throw-away process a submission.

    with warm("auto", limits).pair(limits) as (candidate, judge):
        judge.channel.send({"op": "run", ...})
    candidate.exit.peak_memory

What a child can reach and what it cannot is proved in `tests/grading/sandbox`. Without bubblewrap (mode "off") the same
processes run and nothing is protected: learner code can then do whatever the grader's user can do.
"""

from __future__ import annotations

from techsell.errors import SandboxFailed, SandboxMissing

from .bubblewrap import Mode, available
from .child import Child, Exit
from .layout import Program
from .server import Server
from .warm import Warm, warm
from .ways import Limits

__all__ = [
    "Child",
    "Exit",
    "Limits",
    "Mode",
    "Program",
    "SandboxFailed",
    "SandboxMissing",
    "Server",
    "Warm",
    "available",
    "warm",
]
