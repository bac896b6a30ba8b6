"""The indexes of pandas, and the two kinds of column that contain an index: categories and intervals."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from .arrays import write_array
from .columns import ARRAY_READERS, ARRAYS, read_flat, read_values, write_values
from .errors import NotPlain, WireError, within
from .stream import Reader, Writer, type_name

__all__ = ["CLOSED", "INDEXES", "read_index", "write_index"]

CLOSED = ("left", "right", "both", "neither")

_COST = 40
_MOST_CATEGORIES = 20_000
"""categories, or values in the levels of a MultiIndex, in one message: pandas looks for equal ones among them, with
hashes that can be made to collide"""
_MONTH, _DAY = "-[A-Z]{3}", "-[0-9]{1,2}"
_FREQUENCY = re.compile(
    rf"-?[0-9]{{0,6}}(B?[YQ][ES]{_MONTH}|B?M[ES]|SM[ES]{_DAY}|W{_MONTH}|[DBh]|min|s|ms|us|ns)", re.ASCII
)
"""the frequencies of an index that cross; for others (holidays, business hours) the index comes without"""
_MOST_STEPS = 50_000
"""moments with a frequency in one message: pandas makes each of them again to check it"""

_PACED = (pd.DatetimeIndex, pd.TimedeltaIndex)
INDEXES = (pd.Index, *_PACED, pd.PeriodIndex, pd.IntervalIndex, pd.CategoricalIndex)
"""every kind but RangeIndex and MultiIndex: those that are one array"""


def write_index(w: Writer, index: Any) -> None:
    """Write an index without a tag of its own."""
    w.count(_COST)
    w.enter(index)
    if type(index) is pd.RangeIndex:
        w.room(len(index))
        w.raw(b"r")
        for number in (index.start, index.stop, index.step):
            w.i64(number)
    elif type(index) is pd.MultiIndex:
        w.raw(b"u")
        _write_levels(w, index)
    elif not any(type(index) is kind for kind in INDEXES):
        raise NotPlain("", type_name(index), "indexes of this kind cannot cross")
    else:
        w.raw(b"i")
        write_values(w, index.array)
        _write_frequency(w, index)
    if type(index) is not pd.MultiIndex:
        with within(".name"):
            w.value(index.name)
    w.leave()


def read_index(r: Reader) -> Any:
    r.count(_COST)
    r.enter()
    kind = chr(r.byte())
    if kind == "r":
        made = _read_range(r)
    elif kind == "i":
        made = _read_plain_index(r)
    elif kind == "u":
        made = _read_levels(r)
    else:
        raise WireError("An index is of an unknown kind")
    r.leave()
    return made


def _read_range(r: Reader) -> Any:
    rows = range(r.i64(), r.i64(), r.i64())
    if len(rows) > r.bounds.most_bytes:
        raise WireError("A range of row numbers is too long")
    return pd.RangeIndex(rows, name=r.value())


def _read_plain_index(r: Reader) -> Any:
    values, frequency = read_values(r), r.text()
    made: Any = pd.Index(values, dtype=values.dtype, name=r.value())
    if type(made) not in INDEXES:
        raise WireError("An index is of an unknown kind")
    if frequency:
        if type(made) not in _PACED or not _FREQUENCY.fullmatch(frequency):
            raise WireError("An index has a frequency that it cannot have")
        r.work("moments with a frequency", len(made), _MOST_STEPS)
        made.freq = frequency
    return made


def _write_frequency(w: Writer, index: Any) -> None:
    frequency = index.freq.freqstr if type(index) in _PACED and index.freq is not None else ""
    if not _FREQUENCY.fullmatch(frequency):
        frequency = ""
    if frequency:
        w.work("moments with a frequency", len(index), _MOST_STEPS)
    w.text(frequency)


def _write_distinct(w: Writer, index: Any) -> None:
    """Write an index of which pandas will check that no two values are equal."""
    w.work("categories", len(index), _MOST_CATEGORIES)
    before = w.spent
    write_index(w, index)
    w.work("categories", _extra_work(index, w.spent - before), _MOST_CATEGORIES)


def _read_distinct(r: Reader) -> Any:
    before = r.spent
    index = read_index(r)
    r.work("categories", len(index), _MOST_CATEGORIES)
    r.work("categories", _extra_work(index, r.spent - before), _MOST_CATEGORIES)
    return index


def _extra_work(index: Any, items: int) -> int:
    """Objects are slower to compare, tuples all the more; but not text, whose hashes nobody can foresee."""
    slow = index.dtype == object and any(type(value) is not str for value in index)
    return 2 * items if slow else 0


def _write_levels(w: Writer, index: Any) -> None:
    w.byte(index.nlevels)
    for level, codes, name in zip(index.levels, index.codes, index.names, strict=True):
        _write_distinct(w, level)
        write_array(w, np.asarray(codes))
        with within(".names"):
            w.value(name)


def _read_levels(r: Reader) -> Any:
    levels, codes, names = [], [], []
    for _ in range(r.byte()):
        levels.append(_read_distinct(r))
        codes.append(read_flat(r, "i"))
        names.append(r.value())
    return pd.MultiIndex(levels=levels, codes=codes, names=names)


# -- columns that contain an index -----------------------------------------------------------------------------------


def _write_intervals(w: Writer, values: Any) -> None:
    w.raw(b"v")
    w.byte(CLOSED.index(values.closed))
    write_index(w, values.left)
    write_index(w, values.right)


def _read_intervals(r: Reader) -> Any:
    closed = r.one_of(CLOSED)
    return pd.arrays.IntervalArray.from_arrays(read_index(r), read_index(r), closed=closed)


def _write_categories(w: Writer, values: Any) -> None:
    w.raw(b"c")
    w.byte(bool(values.ordered))
    write_array(w, np.asarray(values.codes))
    with within(".categories"):
        _write_distinct(w, values.categories)


def _read_categories(r: Reader) -> Any:
    ordered, codes, categories = r.flag(), read_flat(r, "i"), _read_distinct(r)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories, ordered))


ARRAYS.add({pd.arrays.IntervalArray: _write_intervals, pd.Categorical: _write_categories})
ARRAY_READERS.update({"v": _read_intervals, "c": _read_categories})
