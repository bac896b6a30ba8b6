"""The global random generators of the judge and of the learner's process, kept in step once a test touches them.

In one kernel `random.seed(1)` of a test also seeds what the learner's function draws. A cell that leaves the generators
alone sends nothing: the learner's own draws then go on as they were.
"""

from __future__ import annotations

import random
import sys
from typing import Any

__all__ = ["Chance"]

_WORDS = 624
"""numbers in the state of a Mersenne Twister"""


class Chance:
    """What the generators were when the cell began."""

    def __init__(self) -> None:
        self._before = _state()

    def touched(self) -> dict[str, Any] | None:
        """The state to send along, or None while the cell has not touched the generators."""
        now = _state()
        return None if _equal(now, self._before) else now

    @staticmethod
    def take(state: Any) -> bool:
        """Go on from the state that came back; False: it is none."""
        if type(state) is not dict or set(state) != {"random", "numpy"}:
            return False
        try:
            random.setstate(state["random"])
        except (TypeError, ValueError, OverflowError):
            return False
        if state["numpy"] is None:
            return True
        return _take_numpy(state["numpy"])


def _state() -> dict[str, Any]:
    numpy = sys.modules.get("numpy")
    return {"random": random.getstate(), "numpy": numpy.random.get_state() if numpy is not None else None}


def _equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["random"] != other["random"]:
        return False
    mine, theirs = one["numpy"], other["numpy"]
    if mine is None or theirs is None:
        return mine is theirs  # numpy came while the cell ran: it may have been seeded since
    return bool(mine[2:] == theirs[2:] and (mine[1] == theirs[1]).all())


def _take_numpy(state: Any) -> bool:
    """numpy itself does not check the position, and would read beyond its memory."""
    numpy = sys.modules["numpy"]
    if type(state) is not tuple or [type(part) for part in state] != [str, numpy.ndarray, int, int, float]:
        return False
    name, key, position, has_gauss, _ = state
    if name != "MT19937" or key.dtype != numpy.uint32 or key.shape != (_WORDS,) or not 0 <= position <= _WORDS:
        return False
    if has_gauss not in (0, 1):
        return False
    numpy.random.set_state(state)
    return True
