"""What a test changes around the learner's function besides its arguments, and what it expects to find afterwards.

In one kernel a test can replace `input`, set an environment variable, record warnings or write a file, and the function
sees it. From another process it does not, and a right answer would fail. So a test that has done such a thing stops
with `JudgeUnsupported` at its next call, instead of with a wrong score. What locked cells do is done on both sides.
"""

from __future__ import annotations

import builtins
import decimal
import os
import sys
import warnings
from types import ModuleType
from typing import Any

from . import files, patches
from .faults import JudgeUnsupported
from .functions import LearnerFunction
from .owners import BUILT_IN
from .reading import Reading

__all__ = ["Surroundings"]

_SHOW = warnings._showwarnmsg_impl  # type: ignore[attr-defined]
_STREAMS = {("sys", "stdout"), ("sys", "stderr")}
_UNKNOWN: Any = object()
_NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


class Surroundings:
    """What things are like for the learner's code, as far as the judge has a hand in it.

    Args:
        names: the globals of the tests.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._known = _look()
        self._replaced: dict[tuple[str, str], tuple[ModuleType | None, Any]] = {}
        self._imports: dict[str, str] = {}
        self.files = files.Files()
        patches.install()

    def begin(self, cell: Reading) -> None:
        """A test begins."""
        self._imports = cell.imports
        for dotted, name in cell.attributes - self._replaced.keys() - _STREAMS:
            module = self._module(dotted)
            self._replaced[dotted, name] = (module, getattr(module, name, _UNKNOWN))

    def end(self, *, locked: bool) -> None:
        """A cell is over; a locked one has run on both sides."""
        if locked:
            self._known = _look()
            self._replaced.clear()
            self.files.forget()

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Before a call.

        Raises:
            JudgeUnsupported: something around the function is not as the function will find it.
        """
        for what, value in _look().items():
            if value != self._known[what]:
                raise JudgeUnsupported(f"The test changes {what} before it calls the learner's code")
        if warnings._showwarnmsg_impl is not _SHOW:  # type: ignore[attr-defined]
            raise JudgeUnsupported("The test records the warnings of the learner's code")
        for (dotted, name), (module, before) in self._replaced.items():
            module = module or self._module(dotted)
            if module is not None and getattr(module, name, _UNKNOWN) is not before:
                raise JudgeUnsupported(f"The test replaces '{dotted}.{name}' before it calls the learner's code")
        if patched := patches.active():
            raise JudgeUnsupported(f"The test patches '{patched}' before it calls the learner's code")
        for name, value in dict.items(self._names):
            if name in BUILT_IN and callable(value) and type(value) is not LearnerFunction:
                raise JudgeUnsupported(f"The test puts a function of its own in the place of '{name}'")
        if written := self.files.given(args, kwargs):
            raise JudgeUnsupported(f"The test writes the file '{written}' for the learner's code")

    def _module(self, dotted: str) -> ModuleType | None:
        """What `a.b` in the text of a test names, if that is a module."""
        first, *rest = dotted.split(".")
        thing = dict.get(self._names, first) or sys.modules.get(self._imports.get(first, ""))
        for part in rest:
            thing = getattr(thing, part, None) if isinstance(thing, ModuleType) else None
        return thing if isinstance(thing, ModuleType) else None


def _look() -> dict[str, Any]:
    numpy = sys.modules.get("numpy")
    known: dict[str, Any] = {
        "the environment": dict(os.environ._data),  # type: ignore[attr-defined]  # without decoding each
        "the working folder": os.getcwd(),  # noqa: PTH109
        "the recursion limit": sys.getrecursionlimit(),
        "what is typed in": id(sys.stdin),
        "the built-in functions": dict(vars(builtins)),
        "the tracing function": (id(sys.gettrace()), id(sys.getprofile())),
        "the filters of warnings": [entry for entry in warnings.filters if entry[0] == "error"],
        "the precision of decimals": decimal.getcontext().prec,
    }
    known["how numpy treats errors"] = _NUMPY_ERRORS if numpy is None else numpy.geterr()
    return known
