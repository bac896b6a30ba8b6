"""Whose a name is: the judge's own, or the learner's. Only names; the values are in `names`."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Set
from types import ModuleType
from typing import Any

from .functions import LearnerFunction
from .opaque import is_opaque

__all__ = ["BUILT_IN", "Owners"]

BUILT_IN = frozenset(vars(builtins))


class Owners:
    """Keeps who has bound which name.

    What compares and what is imported (functions, classes, modules of locked and test cells) stays the judge's,
    whatever the learner binds to its name, unless the author's own answer binds that name. Data can become the
    learner's where the author's answer binds or changes them. Nobody told what is asked for: then all data can.
    """

    def __init__(self) -> None:
        self._asked: tuple[frozenset[str], frozenset[str]] | None = None
        self._passed: set[str] = set()
        self._reserved: set[str] = set()

    def ask_for(self, names: Iterable[str], changed: Iterable[str]) -> None:
        """What the learner is asked to make: these names, and changes to the values of those."""
        self._asked = (frozenset(names), frozenset(changed))

    def may_declare(self, names: Set[str]) -> frozenset[str]:
        """Those of the names, said to be `global` in a cell, that may be the learner's."""
        return frozenset(names) if self._asked is None else frozenset(names) & (self._asked[0] | self._asked[1])

    def may_pass(self, name: str, value: Any, *, done: bool) -> bool:
        """Whether a name of the judge's own can become the learner's. `done`: the learner has bound or deleted it."""
        if name.startswith("__") or isinstance(value, ModuleType):
            return False
        if callable(value) and type(value) is not LearnerFunction and not is_opaque(value):
            return done and self._asked is not None and name in self._asked[0]
        return self._asked is None or name in self._asked[0] or name in self._asked[1]

    def learner_has(self, name: str) -> None:
        """The learner has bound or deleted it."""
        self._passed.add(name)
        if self._is_asked(name):
            self._reserved.discard(name)

    def reserve(self, names: Iterable[str]) -> None:
        """A cell binds these for itself. If it fails before, they are missing; they are not looked up elsewhere."""
        self._reserved |= {name for name in names if not (name in self._passed and self._is_asked(name))}

    def release(self, name: str) -> None:
        """It is the learner's after all."""
        self._reserved.discard(name)

    def is_reserved(self, name: str) -> bool:
        """Whether it is the judge's, bound or not."""
        return name in self._reserved

    def is_built_in(self, name: str) -> bool:
        """Whether it means Python's own function: always, but where the learner was asked to write it anew, and has."""
        return name in BUILT_IN and not (self._asked is not None and name in self._asked[0] & self._passed)

    def replaced(self) -> frozenset[str]:
        """The names that the learner was asked for and has bound: what a test binds to them is meant for his code."""
        return frozenset() if self._asked is None else self._asked[0] & self._passed

    def _is_asked(self, name: str) -> bool:
        return self._asked is None or name in self._asked[0]
