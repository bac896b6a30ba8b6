"""The work unit of grading: bytes in, verdict out; no paths, no database, no exceptions.

`execute.execute` is the only place where learner code runs. The names are imported when they are first asked for:
`grader.wire` and `grader.sandbox` are used without the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .unit import grade_one
    from .unpack import pack
    from .verdict import Check, Limits, Verdict

__all__ = ["Check", "Limits", "Verdict", "grade_one", "pack"]

_PLACES = {"Check": "verdict", "Limits": "verdict", "Verdict": "verdict", "grade_one": "unit", "pack": "unpack"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return value
