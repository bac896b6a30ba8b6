"""Locked cells run on both sides. Here runs what is the judge's own; the rest is left to the learner's side."""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .reading import Reading, changed, reading, reads_now

__all__ = ["Locked"]

_NOTHING: Any = object()


class Locked:
    """What locked cells have made on both sides, and what of them was left to the learner's.

    Args:
        names: the globals of the tests.
        is_theirs: whether a name is the learner's.
    """

    def __init__(self, names: dict[str, Any], is_theirs: Callable[[str], bool]) -> None:
        self._names = names
        self._is_theirs = is_theirs
        self._on_both: set[str] = set()
        self._left: set[tuple[str, bool]] = set()

    def here(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements of a locked cell that run here; the others read names of the learner's when they run.

        Run twice, those could change what they read twice. What they bind or may change is the learner's afterwards.
        """
        kept, coming = [], set[str]()
        for statement in statements:
            bound = reading(ast.Module([statement], [])).binds
            if any(self._is_theirs(name) for name in reads_now(statement) - coming):
                coming -= bound
                self._left |= {(name, name in bound) for name in bound | changed(statement)}
            else:
                coming |= bound
                kept.append(statement)
        return kept

    def begin(self, cell: Reading, *, locked: bool) -> None:
        """A cell begins."""
        self._on_both = self._on_both | cell.binds if locked else self._on_both - cell.binds

    def end(self) -> list[str]:
        """A cell is over. The names that are the learner's now."""
        theirs = []
        for name, bound in self._left:
            own = dict.get(self._names, name, _NOTHING)
            if bound or not (own is _NOTHING or callable(own) or isinstance(own, ModuleType)):
                theirs.append(name)
        self._left.clear()
        return theirs

    def name_of(self, function: Any) -> str:
        """The name of a function that a locked cell has made on both sides; or nothing."""
        return next((name for name in self._on_both if dict.get(self._names, name) is function), "")
