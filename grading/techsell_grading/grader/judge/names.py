"""The names of the tests: the judge's own, and behind them the learner's, fetched when a test first asks for one.

A value is fetched at most once in a cell, and again after a call, which may have changed it; the object stays the same
where that can be told. What a test does to a name of the learner's (deletes it, binds it to something else, changes its
value in place) is done to the learner's as well before the next call. A name that a cell binds before it has read it is
its own variable and never leaves the judge, whatever the learner's code calls its variables.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from techsell_grading.grader.wire import NotPlain, encode

from .changes import CannotApply, apply, changeable
from .faults import JudgeUnsupported
from .functions import LearnerFunction, LearnerIterator
from .learner import MISSING, Learner
from .locked import Locked
from .opaque import holds_opaque, is_opaque
from .owners import Owners
from .reading import Reading

__all__ = ["Names"]

_HISTORY = frozenset({"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"})
_DUNDER = re.compile(r"__\w+__")
_EAGER = 1 << 16
"""bytes up to which a learner's changeable value is fetched again after each call, so that another name for it, or a
loop over it, sees what the call changed; larger ones are fetched again when they are read by name"""


@dataclass
class _Lent:
    """A learner's value in the hands of the test. `data`: what it was when both sides last agreed, if it can change."""

    value: Any
    data: bytes | None
    stale: bool = False


class Names(dict[str, Any]):
    """The globals of the tests.

    Args:
        learner: the other side.
        live: names that exist in a live kernel only (`get_ipython`, `display`), with what stands in for them.
    """

    def __init__(self, learner: Learner, live: dict[str, Any]) -> None:
        super().__init__({"__name__": "__main__", "__doc__": None, "__builtins__": builtins})
        self._learner = learner
        self._live = live
        self._lent: dict[str, _Lent] = {}
        self._gone: set[str] = set()
        self._read_only: dict[str, Any] = {}
        self.owners = Owners()
        self._seen: set[str] = set()
        self._mirrored: dict[str, Any] = {}
        self._pending: set[str] = set()
        self.locked = Locked(self, self._is_theirs)
        self._in_locked = False
        self._direct: set[str] = set()

    # -- what the judge says -----------------------------------------------------------------------------------------

    def pass_on(self, bound: Iterable[str], deleted: Iterable[str], mentioned: Iterable[str]) -> None:
        """A cell of the learner's has done this with names: from now on they are the learner's, if they may be."""
        done = {*bound, *deleted}
        for name in {*done, *mentioned}:
            if dict.__contains__(self, name):
                if not self.owners.may_pass(name, dict.__getitem__(self, name), done=name in done):
                    continue
                self._read_only[name] = dict.pop(self, name)
                self.owners.release(name)
            self._gone.discard(name)
            self._pending.discard(name)
            self._mirrored.pop(name, None)
            if name in done:
                self._read_only.pop(name, None)
                self.owners.learner_has(name)

    def _is_theirs(self, name: str) -> bool:
        own = dict.__contains__(self, name) or name in self._live
        return not (own or self.owners.is_reserved(name) or self.owners.is_built_in(name))

    def begin(self, cell: Reading, *, locked: bool) -> None:
        """A cell begins: nothing is lent. Names that Python would read past us are fetched now."""
        self.locked.begin(cell, locked=locked)
        self._in_locked = locked
        self._lent.clear()
        self._direct = cell.in_class | self.owners.may_declare(cell.declared)
        self.owners.reserve(cell.own)
        for name in self._direct:
            self.get(name)

    def end(self) -> None:
        """A cell is over: what it did to the learner's names is done there too, and nothing stays lent."""
        try:
            for name in self._out_of_step():
                try:
                    self._mirror(name)
                except NotPlain:
                    self._pending.add(name)  # nobody has called anything since; the next call will say so
        finally:
            self.drop()
            for name in self.locked.end():
                dict.pop(self, name, None)
                self.owners.release(name)

    def drop(self) -> None:
        """Nothing stays lent."""
        for name, lent in self._lent.items():
            if name not in self._pending and dict.get(self, name, MISSING) is lent.value:
                dict.pop(self, name)
        self._lent.clear()

    # -- around calls ------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Before a call: let the learner's code see what the test did to its names.

        Raises:
            JudgeUnsupported: it binds one to something that cannot cross, such as a function of its own.
        """
        for name in self._out_of_step():
            try:
                self._mirror(name)
            except NotPlain as error:
                raise JudgeUnsupported(
                    f"The test puts something of type '{error.type_name}' in the place of the learner's '{name}'",
                    "answer" if holds_opaque(dict.get(self, name)) else "test",
                ) from None

    def called(self) -> None:
        """After a call: what was lent may have changed on the other side."""
        for name, lent in list(self._lent.items()):
            value = lent.value
            if _stays(value):
                continue
            if dict.get(self, name, MISSING) is not value:
                continue
            if (lent.data is not None and len(lent.data) <= _EAGER) or name in self._direct:
                self._fetch_again(name, lent)
            else:
                lent.stale = True
                dict.pop(self, name)

    def _out_of_step(self) -> list[str]:
        """The names whose value differs from what the other side has; what a locked cell does is done there anyway."""
        found: list[str] = []
        if self._in_locked:
            return found
        for name, lent in self._lent.items():
            now = dict.get(self, name, MISSING)
            if lent.stale and now is MISSING:
                continue
            if now is not lent.value or (lent.data is not None and _data(now) != lent.data):
                found.append(name)
        found += [n for n in {*self._gone, *self._pending} if dict.__contains__(self, n) and n not in self._lent]
        for name in (self._seen | self.owners.replaced()) - self._lent.keys():
            now = dict.get(self, name, MISSING)
            if now is not MISSING and now is not self._mirrored.get(name, MISSING) and name not in found:
                found.append(name)
        return found

    def _mirror(self, name: str) -> None:
        """Do on the other side what was done to `name` here.

        Raises:
            NotPlain: the value cannot cross.
        """
        now = dict.get(self, name, MISSING)
        if now is MISSING:
            self._learner.delete(name)
            self._lent.pop(name, None)
            self._gone.add(name)
            return
        data = None
        if self._learner.number(now) is None:
            data = encode(now)
        self._learner.bind(name, now)
        self._gone.discard(name)
        self._pending.discard(name)
        self._mirrored[name] = now
        self._lent[name] = _Lent(now, data if changeable(now) else None)

    # -- fetching ----------------------------------------------------------------------------------------------------

    def __missing__(self, name: str) -> Any:
        if type(name) is not str:
            raise KeyError(name)
        if name in self._live:
            return self._live[name]
        if name in _HISTORY:
            raise JudgeUnsupported(f"The test reads '{name}', the history of a live notebook")
        if self.owners.is_built_in(name) or name in self._gone or _DUNDER.fullmatch(name):
            raise KeyError(name)
        lent = self._lent.get(name)
        if lent is not None and lent.stale:
            self._fetch_again(name, lent)
        elif not self.owners.is_reserved(name):
            self._fetch(name)
        if not dict.__contains__(self, name):
            raise KeyError(name)
        return dict.__getitem__(self, name)

    def _fetch(self, name: str) -> None:
        value = self._learner.value(name)
        if value is MISSING:
            if name in self._read_only:
                dict.__setitem__(self, name, self._read_only[name])  # the learner has only read it
            return
        self._seen.add(name)
        self._lent[name] = _Lent(value, _data(value))
        dict.__setitem__(self, name, value)

    def _fetch_again(self, name: str, lent: _Lent) -> None:
        """The value after a call, in the same object where it is still of the same kind."""
        lent.stale = False
        new = self._learner.value(name)
        if new is MISSING:
            self._lent.pop(name)
            dict.pop(self, name, None)
            return
        data = _data(new)
        if data is None or data != lent.data:
            try:
                if lent.data is None or data is None or type(new) is not type(lent.value):
                    raise CannotApply("")
                apply(lent.value, new)
            except CannotApply:
                lent.value = new
            lent.data = data
        dict.__setitem__(self, name, lent.value)

    # -- what else can be done with globals() ------------------------------------------------------------------------

    def __contains__(self, name: object) -> bool:
        if dict.__contains__(self, name):
            return True
        return type(name) is str and not self.owners.is_built_in(name) and self.get(name, MISSING) is not MISSING

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def pop(self, name: str, *default: Any) -> Any:
        try:
            value = self[name]
        except KeyError:
            if default:
                return default[0]
            raise
        dict.__delitem__(self, name)
        return value

    def setdefault(self, name: str, default: Any = None) -> Any:
        if name not in self:
            self[name] = default
        return self[name]

    def __delitem__(self, name: str) -> None:
        self[name]  # a name of the learner's is fetched first, so that it is known to be gone
        dict.__delitem__(self, name)

    def __iter__(self) -> Iterator[str]:
        theirs = [
            name for name in self._learner.names() if name not in self._gone and not self.owners.is_reserved(name)
        ]
        return iter(dict.fromkeys([*dict.keys(self), *theirs]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def own(self) -> list[str]:
        """The names that are here already."""
        return list(dict.keys(self))

    def keys(self) -> Any:
        return dict.fromkeys(self).keys()

    def values(self) -> Any:
        return {name: self[name] for name in self}.values()

    def items(self) -> Any:
        return {name: self[name] for name in self}.items()

    def copy(self) -> dict[str, Any]:
        return {name: self[name] for name in self}


def _stays(value: Any) -> bool:
    """Whether this is no data: a call changes nothing in it that could be seen here."""
    kind = type(value)
    return is_opaque(value) or kind is LearnerFunction or kind is LearnerIterator or issubclass(kind, ModuleType)


def _data(value: Any) -> bytes | None:
    """The bytes of a value that can change in place; None for all others."""
    if _stays(value):
        return None
    try:
        return encode(value) if changeable(value) else None
    except NotPlain:
        return None
