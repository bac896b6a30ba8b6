"""The nearest plain data to a value that cannot cross as it is: what a right answer is often made of.

A class of the learner's that is a built-in one with a new name (named tuples, enumerations of numbers or texts, a list
with a method more) becomes that built-in one; iterators and views inside a value become lists; a table of such things
a table of plain ones. What the judge gets is data like any other, and it is told that it is not the whole truth.
"""

from __future__ import annotations

import array
import io
import sys
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque
from collections.abc import Callable
from itertools import islice
from typing import Any

__all__ = ["VIEWS", "is_iterator", "simpler"]

VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_DEEPEST = 60
_MOST = 200_000
_MOST_DRAWN = 10_000
_FACTORIES = (int, float, str, list, dict, set, tuple, bool, complex, bytes, frozenset)

_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_vars: Callable[[type], Any] = type.__dict__["__dict__"].__get__
_all = slice(None)

_BASES: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, _all),
    list: lambda value: list.__getitem__(value, _all),
    tuple: lambda value: tuple.__getitem__(value, _all),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    Counter: lambda value: Counter(dict.copy(value)),
    OrderedDict: lambda value: OrderedDict(dict.items(value)),
    defaultdict: lambda value: defaultdict(None, dict.copy(value)),
    dict: dict.copy,
    array.array: list,
    memoryview: bytes,
    types.MappingProxyType: dict,
    ChainMap: dict,
    UserDict: lambda value: dict(value.data),
    UserList: lambda value: list(value.data),
    UserString: lambda value: str(value.data),
    **dict.fromkeys(VIEWS, list),
}
"""How to get at what a value of a subclass holds, past the methods that the subclass may have changed."""

_FILE = io.IOBase.__base__
"""what every kind of open file has among its classes"""


def is_iterator(value: Any) -> bool:
    """Whether values can be drawn from it one by one; open files are left alone."""
    bases = _mro(type(value))
    if any(base is _FILE for base in bases):
        return False
    return any("__next__" in _vars(base) for base in bases)


def simpler(value: Any) -> Any:
    """The nearest plain data; parts for which there is none stay as they are. Runs the learner's code.

    Raises:
        ValueError: it is too large, too deep or contains itself.
    """
    return _Walk().of(value, 0)


class _Walk:
    def __init__(self) -> None:
        self._left = _MOST

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise ValueError("too deep or too large")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if _is_numpy(kind, "generic"):
            return value
        if _is_numpy(kind, "ndarray"):
            return self._array(value, depth)
        table = _table(kind)
        if table is not None:
            return self._table(value, table, depth)
        if is_iterator(value):
            return [self.of(part, depth + 1) for part in islice(value, _MOST_DRAWN)]
        base = next((one for one in _mro(kind) if one in _BASES), None)
        if base is None:
            return self._deque(value, depth) if kind is deque else value
        return self._parts(value if kind is base and base not in _OUTSIDE else _BASES[base](value), depth)

    def _parts(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in (list, tuple, set, frozenset):
            return kind(self.of(part, depth + 1) for part in value)
        if kind is defaultdict:
            factory = value.default_factory if value.default_factory in _FACTORIES else None
            return defaultdict(factory, self._pairs(value, depth))
        return kind(self._pairs(value, depth)) if kind in (dict, OrderedDict, Counter) else value

    def _pairs(self, value: Any, depth: int) -> dict[Any, Any]:
        return {self.of(key, depth + 1): self.of(part, depth + 1) for key, part in dict.items(value)}

    def _deque(self, value: deque[Any], depth: int) -> deque[Any]:
        return deque((self.of(part, depth + 1) for part in value), value.maxlen)

    def _array(self, value: Any, depth: int) -> Any:
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.ma.MaskedArray) and numpy.ma.is_masked(value):
            return value
        made = numpy.asarray(value)
        if made.dtype.kind != "O":
            return made
        parts = numpy.empty(made.shape, dtype=object)
        for place, part in enumerate(made.flat):
            parts.flat[place] = self.of(part, depth + 1)
        return parts

    def _table(self, value: Any, table: type, depth: int) -> Any:
        made = table(value).copy(deep=False)
        if made.ndim == 1:
            return self._column(made, depth)
        for place in range(made.shape[1]):
            made.isetitem(place, self._column(made.iloc[:, place], depth))
        return made

    def _column(self, column: Any, depth: int) -> Any:
        """With the parts simplified; texts of a column of texts can be of a class of the learner's too."""
        if column.dtype.kind != "O":
            return column
        parts = [self.of(part, depth + 1) for part in column]
        return type(column)(parts, index=column.index, name=column.name, dtype=column.dtype)


_OUTSIDE = (array.array, memoryview, types.MappingProxyType, ChainMap, UserDict, UserList, UserString, *VIEWS)
"""these cannot cross themselves; of the others only what the learner derives from them"""


def _is_numpy(kind: type, name: str) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and any(base is getattr(numpy, name) for base in _mro(kind))


def _table(kind: type) -> type | None:
    """Series or DataFrame, if it is one or derived from one."""
    pandas = sys.modules.get("pandas")
    known = () if pandas is None else (pandas.Series, pandas.DataFrame)
    return next((base for base in _mro(kind) if base in known), None)
