"""The work unit of grading: bytes in, verdict out; no paths, no database, no exceptions.

What stands behind `grade_one` (an ordinary kernel in a separate process) can be replaced without touching anything
outside this folder: `execute.execute` is the only place where learner code runs.
"""

from __future__ import annotations

from .unit import grade_one
from .unpack import pack
from .verdict import Check, Limits, Verdict

__all__ = ["Check", "Limits", "Verdict", "grade_one", "pack"]
