"""What stands in for IPython in a test: its magics are refused, those that only set up a display are left out."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from .faults import JudgeUnsupported
from .screen import Screen

__all__ = ["Shell", "as_python", "shown"]

_HARMLESS = frozenset({"matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision", "xmode", "colors"})
_LONGEST_ROW = 1000


class Shell:
    """`get_ipython()` of a test."""

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> None:
        """A magic such as `%matplotlib inline`.

        Raises:
            JudgeUnsupported: it does more than set up a display.
        """
        if name not in _HARMLESS:
            raise JudgeUnsupported(f"The test uses the magic '%{name}', which needs a live notebook")

    def __setattr__(self, name: str, value: Any) -> None:
        raise JudgeUnsupported(f"The test sets '{name}' of the live notebook")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        what = "a shell command" if name in ("system", "getoutput") else f"'{name}' of the live notebook"
        raise JudgeUnsupported(f"The test uses {what.replace('run_cell_magic', 'a cell magic (%%)')}")


def as_python(code: str) -> str:
    """A cell with IPython's own signs (`%`, `!`, `?`) turned into calls."""
    transformer: Any = importlib.import_module("IPython.core.inputtransformer2")
    return str(transformer.TransformerManager().transform_cell(code))


def shown(value: Any) -> str:
    """`value` as a notebook shows it in plain text."""
    pretty = sys.modules.get("IPython.lib.pretty")
    if pretty is None:
        return repr(value)
    return str(pretty.pretty(value, max_seq_length=_LONGEST_ROW))


def displays(screen: Callable[[], Screen]) -> Callable[..., None]:
    """The function `display`: only the plain text of what it is given is kept."""

    def display(*values: Any, **_: Any) -> None:
        for value in values:
            screen().shown(shown(value))

    return display
