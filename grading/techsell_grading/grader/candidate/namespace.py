"""The names that cells bind: which are the learner's, and which of them a cell has bound or deleted."""

from __future__ import annotations

import re
import weakref
from typing import Any

__all__ = ["Names"]

_AUTOMATIC = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_ih|_oh|_dh|_exit_code|In|Out|get_ipython|__\w+__")
"""what IPython and Python bind by themselves while cells run"""
_NOTHING = object()
_MOST = 5000
"""names that are spoken of at once: no notebook has more, and the answer must fit into a message"""
_LONGEST = 500


class Names:
    """Looks at a namespace without asking the values anything: what counts is which object a name is bound to."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._before: dict[str, Any] = {}
        self._first = dict(namespace)

    def learners(self) -> list[str]:
        """The names that code has bound, not those that IPython brought along."""
        return [name for name, value in self._all() if self._first.get(name, _NOTHING) is not value]

    def note(self) -> None:
        """Remember what each name is bound to now.

        Values that can be referred to weakly are: an object must still go when the cell deletes it. The others are
        held until `changes`, so that no new value can take the place in memory of an old one and look the same.
        """
        self._before = {name: _hold(value) for name, value in self._all()}

    def changes(self) -> tuple[list[str], list[str]]:
        """The names bound to another object since `note`, and those that are gone. Changes inside a value are none."""
        before, self._before = self._before, {}
        now = dict(self._all())
        bound = [name for name, value in now.items() if not _same(before.get(name, _NOTHING), value)]
        return bound, [name for name in before if name not in now]

    def _all(self) -> list[tuple[str, Any]]:
        items = list(dict.items(self.namespace))
        found = [(name, value) for name, value in items if type(name) is str and not _AUTOMATIC.fullmatch(name)]
        return [pair for pair in found[:_MOST] if len(pair[0]) <= _LONGEST]


class _Weak:
    """Marks a reference as ours: a learner's own value may be a weak reference too."""

    __slots__ = ("refer",)

    def __init__(self, value: Any) -> None:
        self.refer = weakref.ref(value)


def _hold(value: Any) -> Any:
    try:
        return _Weak(value)
    except TypeError:
        return value


def _same(held: Any, value: Any) -> bool:
    return (held.refer() if type(held) is _Weak else held) is value
