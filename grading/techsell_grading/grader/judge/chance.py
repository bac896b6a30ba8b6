"""The global random generators of the judge and of the learner's process, kept in step once a test touches them.

In one kernel `random.seed(1)` of a test also seeds what the learner's function draws. A cell that leaves the generators
alone sends nothing: the learner's own draws then go on as they were.

What comes back is believed only where drawing leads to it. A function that seeds the generators anew does so for
itself: otherwise it could choose the numbers that the test draws next.
"""

from __future__ import annotations

import random
import sys
from typing import Any

__all__ = ["Chance"]

_WORDS = 624
"""numbers in the state of a Mersenne Twister"""
_MOST_TURNS = 5000
"""of so many numbers at once that a function may have drawn; with more, the judge's own state stays"""


class Chance:
    """What the generators were when the cell began."""

    def __init__(self) -> None:
        self._before = _state()

    def touched(self) -> dict[str, Any] | None:
        """The state to send along, or None while the cell has not touched the generators."""
        now = _state()
        return None if _equal(now, self._before) else now

    @staticmethod
    def take(state: Any, sent: dict[str, Any]) -> bool:
        """Go on from the state that came back, if drawing leads to it from the one `sent`; False: it is none."""
        if type(state) is not dict or set(state) != {"random", "numpy"}:
            return False
        mine, numpy = state["random"], state["numpy"]
        if not _is_python(mine) or not (numpy is None or _is_numpy(numpy)):
            return False
        if _leads(sent["random"][1], mine[1]):
            random.setstate(mine)
        if numpy is not None and sent["numpy"] is not None and _leads(_words(sent["numpy"]), _words(numpy)):
            sys.modules["numpy"].random.set_state(numpy)
        return True


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


def _is_python(state: Any) -> bool:
    if type(state) is not tuple or len(state) != 3 or state[0] != 3 or type(state[0]) is not int:
        return False
    _, words, gauss = state
    if type(words) is not tuple or len(words) != _WORDS + 1 or any(type(word) is not int for word in words):
        return False
    return all(0 <= word < 1 << 32 for word in words) and words[-1] <= _WORDS and type(gauss) in (float, type(None))


def _is_numpy(state: Any) -> bool:
    """numpy itself does not check the position, and would read beyond its memory."""
    numpy = sys.modules["numpy"]
    if type(state) is not tuple or [type(part) for part in state] != [str, numpy.ndarray, int, int, float]:
        return False
    name, key, position, has_gauss, _ = state
    if name != "MT19937" or key.dtype != numpy.uint32 or key.shape != (_WORDS,) or not 0 <= position <= _WORDS:
        return False
    return has_gauss in (0, 1)


def _words(state: Any) -> tuple[int, ...]:
    """A state of numpy's in the form of Python's: the numbers, and the place of the next one."""
    return (*state[1].tolist(), state[2])


def _leads(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether drawing leads from one state to the other: the numbers are made anew when all have been drawn."""
    if before[:-1] == after[:-1]:
        return before[-1] <= after[-1]
    twister = random.Random()  # noqa: S311 - the generator that is looked at
    words = before[:-1]
    for _ in range(_MOST_TURNS):
        twister.setstate((3, (*words, _WORDS), None))
        twister.getrandbits(32)
        words = twister.getstate()[1][:-1]
        if words == after[:-1]:
            return True
    return False
