"""What the wire's tests share: the strictest comparison of two values, and one example of everything that crosses."""

from __future__ import annotations

import math
import struct
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_extension_array_equal, assert_frame_equal, assert_index_equal, assert_series_equal

mpl.use("Agg")

_ROWS = (list, tuple, deque)
_DICTS = (dict, OrderedDict, Counter, defaultdict)


def _same(left: Any, right: Any) -> bool:
    """Equal in value and in exact type, all the way down; NaN is NaN, and -0.0 is not 0.0."""
    assert type(left) is type(right), f"{type(left)} became {type(right)}"
    if type(left) is float:
        return struct.pack("d", left) == struct.pack("d", right)
    if type(left) is complex:
        return _same(left.real, right.real) and _same(left.imag, right.imag)
    if type(left) in _ROWS:
        ends = getattr(left, "maxlen", None) == getattr(right, "maxlen", None)
        return ends and len(left) == len(right) and all(map(_same, left, right))
    if type(left) in (set, frozenset):
        return _bag(left) == _bag(right)
    if type(left) in _DICTS:
        makes = getattr(left, "default_factory", None) is getattr(right, "default_factory", None)
        return makes and _same(list(left.keys()), list(right.keys())) and _same([*left.values()], [*right.values()])
    if type(left) is slice:
        return _same((left.start, left.stop, left.step), (right.start, right.stop, right.step))
    if type(left) is range:
        return (left.start, left.stop, left.step) == (right.start, right.stop, right.step)
    if type(left) is Decimal:
        return left.as_tuple() == right.as_tuple()
    if isinstance(left, (datetime, time)) and not isinstance(left, pd.Timestamp):
        return left.isoformat() == right.isoformat() and left.fold == right.fold and _same(left.tzinfo, right.tzinfo)
    if type(left) is timezone:
        return left == right and left.tzname(None) == right.tzname(None)
    return _same_of_libraries(left, right)


def _same_of_libraries(left: Any, right: Any) -> bool:
    if type(left) is np.ndarray:
        same = left.dtype == right.dtype and left.shape == right.shape
        if left.dtype == object:
            return same and all(map(_same, left.ravel().tolist(), right.ravel().tolist()))
        orders = [(array.flags.c_contiguous, array.flags.f_contiguous) for array in (left, right)]
        known = not left.flags.c_contiguous and not left.flags.f_contiguous
        return same and left.tobytes() == right.tobytes() and (known or orders[0] == orders[1])
    if isinstance(left, np.generic) and not isinstance(left, (np.str_, np.bytes_)):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if type(left) is pd.DataFrame:
        assert_frame_equal(left, right, check_exact=True, check_index_type=True, check_column_type=True)
        assert _same_of_libraries(left.index, right.index)
        assert _same_of_libraries(left.columns, right.columns)
        return all(_same_of_libraries(left.iloc[:, n], right.iloc[:, n]) for n in range(left.shape[1]))
    if type(left) is pd.Series:
        assert_series_equal(left, right, check_exact=True, check_index_type=True)
        objects = _same([*left], [*right]) if left.dtype == object else True
        return objects and _same(left.name, right.name) and _same_of_libraries(left.index, right.index)
    if isinstance(left, pd.Index):
        assert_index_equal(left, right, exact=True)
        assert getattr(left, "freq", None) == getattr(right, "freq", None)
        return _same([*left.names], [*right.names]) and (left.dtype != object or _same([*left], [*right]))
    if isinstance(left, pd.api.extensions.ExtensionArray):
        assert_extension_array_equal(left, right, check_exact=True)
        return bool(left.dtype == right.dtype)
    if type(left) is pd.Timestamp:
        return (left.unit, left.asm8, str(left.tz)) == (right.unit, right.asm8, str(right.tz))
    if left is pd.NaT or left is pd.NA:
        return left is right
    return bool(left == right)


def _bag(values: Any) -> Counter[Any]:
    """The members of a set, as things that are equal only to the very same."""
    return Counter(map(_exactly, values))


def _exactly(value: Any) -> Any:
    if type(value) is tuple:
        return (tuple, *map(_exactly, value))
    if type(value) is frozenset:
        return (frozenset, frozenset(_bag(value).items()))
    if type(value) in (float, complex, Decimal, range):
        return (type(value), repr(value))
    return (type(value), value)


@pytest.fixture(scope="session")
def same() -> Callable[[Any, Any], bool]:
    """Whether two values are equal in value and exact type, all the way down."""
    return _same


@pytest.fixture(scope="session")
def samples() -> list[Any]:
    """At least one value of every kind that crosses."""
    times = pd.date_range("2024-03-30", periods=4, freq="D", tz="Europe/Berlin", name="when")
    frame = pd.DataFrame(
        {
            "whole": range(4),
            "part": [1.5, math.nan, -0.0, math.inf],
            "text": ["a", None, "ü", "€"],
            "any": pd.Series([1, "\ud800", None, (1, 2)], dtype=object),
            "kind": pd.Categorical(["a", "b", "a", None], categories=["b", "a"], ordered=True),
            "when": times,
            "long": pd.to_timedelta([1, 2, None, 4], unit="h"),
            "gaps": pd.array([1, None, 3, 4], dtype="Int32"),
            "flags": pd.array([True, None, False, True], dtype="boolean"),
            "month": pd.period_range("2024-01", periods=4, freq="M"),
            "bin": pd.interval_range(0, 4),
            3: [True, False, True, False],
        }
    )
    return [
        *(None, True, False, ..., 0, -1, 2**63 - 1, -(2**63), 2**63, 10**200, 0.5, -0.0, math.nan, math.inf, 1 - 2j),
        *(
            "",
            "text ü €",
            "\ud800",
            b"",
            b"\x00\xff",
            bytearray(b"ab"),
            Decimal("1.50"),
            Decimal("-sNaN7"),
            Fraction(-1, 3),
        ),
        *(range(3, -9, -2), slice(1, None), [], [1, 2.0, "three"], (), (1,), {1, 2}, set(), frozenset({"a"})),
        *({}, {"a": [1, {2: (3,)}], None: 1, (1, "x"): 2.5}, OrderedDict(b=1, a=2), Counter("hello"), deque([1, 2], 3)),
        *(defaultdict(list, {"a": [1]}), defaultdict(None, {}), [1.0] * 5, ["a", "bc"] * 3, [True, False], [2**70, 1]),
        *(date(2024, 2, 29), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")), time(1, 2, 3)),
        *(timedelta(-1, 3, 7), UTC, timezone(timedelta(hours=-3), "home"), datetime(1, 1, 1, tzinfo=UTC)),
        *(np.bool_(True), np.int8(-3), np.float64(0.1), np.complex64(1j), np.str_("s"), np.bytes_(b"b")),
        *(np.datetime64("2024-01-01"), np.timedelta64(3, "h"), np.datetime64("NaT"), np.dtype("<f4"), pd.Int64Dtype()),
        *(np.arange(6).reshape(2, 3), np.asfortranarray(np.eye(2, 3)), np.array(3.5), np.array(["a", "bc"])),
        *(np.array([1, "a", [2]], dtype=object), np.zeros((0, 3), "M8[s]"), np.array([True, False]), np.array([b"a"])),
        *(frame, frame["text"], frame["any"], frame.set_index(["text", "kind"]), frame.iloc[:0], pd.DataFrame()),
        *(
            times,
            pd.RangeIndex(3, 9, 2, name=("a", 1)),
            pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["u", None]),
        ),
        *(pd.CategoricalIndex(["a"]), frame["gaps"].array, frame["kind"].array, pd.Index([1.5]), frame.dtypes),
        *(
            pd.Timestamp("2024-01-01 12:00", tz="Europe/Berlin"),
            pd.Timestamp("2024"),
            pd.NaT,
            pd.NA,
            pd.Timedelta("1s"),
        ),
        *(pd.Period("2024Q1"), pd.Interval(0, 1.5, closed="left")),
    ]
