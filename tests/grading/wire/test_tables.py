"""Do frames, series, indexes and the single values of pandas come back with element types, names and order?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.extra import pandas as hpd

from techsell_grading.grader.wire import Bounds, NotPlain, TooLarge, decode, encode

Same = Callable[[Any, Any], bool]

_slow = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
_names = st.none() | st.text(max_size=3) | st.integers() | st.tuples(st.text(max_size=2), st.booleans())
_zones = st.sampled_from(
    [None, "UTC", "Europe/Berlin", "Asia/Kathmandu", UTC, timezone(timedelta(hours=5, minutes=30))]
)
_units = st.sampled_from(["s", "ms", "us", "ns"])
_whole = st.integers(-(10**9), 4 * 10**9)
_dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="="),  # pandas itself does not cope with the other order of bytes
    hnp.unsigned_integer_dtypes(endianness="="),
    hnp.floating_dtypes(endianness="=", sizes=(32, 64)),
)
_texts = st.text(st.characters(exclude_categories=()), max_size=5)


def _rows(kind: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(kind, min_size=size, max_size=size)


@st.composite
def arrays(draw: st.DrawFn, size: int) -> Any:
    """An array of any kind that a column can be made of."""
    kind = draw(st.sampled_from("nobtTMSPIcCxIBF"))
    if kind == "n":
        return draw(hnp.arrays(_dtypes, size))
    if kind == "o":
        return pd.Series(draw(_rows(st.none() | _texts | _whole | st.tuples(_whole), size)), dtype=object).array
    if kind in "tT":
        moments = pd.DatetimeIndex(pd.array(draw(_rows(_whole | st.just(pd.NaT), size)), dtype="datetime64[s]"))
        zone = draw(_zones)
        moments = moments.as_unit(draw(_units))
        return (moments if zone is None else moments.tz_localize("UTC").tz_convert(zone)).array
    if kind == "M":
        spans: Any = pd.to_timedelta(pd.Series(draw(_rows(_whole | st.none(), size)), dtype="Int64"), unit="s")
        return spans.dt.as_unit(draw(_units)).array
    if kind == "P":
        freq = draw(st.sampled_from(["M", "D", "Q-NOV", "Y-DEC", "W-SUN", "h", "3min", "ns"]))
        return pd.PeriodIndex.from_ordinals(draw(_rows(st.integers(0, 10**4), size)), freq=freq).array  # type: ignore[attr-defined]
    if kind == "I":
        dtype = draw(st.sampled_from(["Int8", "UInt16", "Int64"]))
        return pd.array(draw(_rows(st.none() | st.integers(0, 100), size)), dtype=dtype)
    if kind == "F":
        return pd.array(draw(_rows(st.none() | st.floats(allow_nan=False), size)), dtype="Float64")
    if kind == "B":
        return pd.array(draw(_rows(st.none() | st.booleans(), size)), dtype="boolean")
    if kind in "bcC":
        return _categories(draw, size)
    if kind == "x":
        ends = draw(_rows(st.none() | st.tuples(_whole, st.integers(0, 9)).map(lambda two: (two[0], sum(two))), size))
        closed = draw(st.sampled_from(["left", "right", "both", "neither"]))
        return pd.arrays.IntervalArray.from_tuples(
            [(np.nan, np.nan) if two is None else two for two in ends], closed=closed
        )
    return pd.array(draw(_rows(st.none() | _texts, size)), dtype=draw(st.sampled_from(["str", "string"])))


def _categories(draw: st.DrawFn, size: int) -> Any:
    kinds = st.one_of(
        st.lists(_texts, unique=True, max_size=5),
        st.lists(_whole, unique=True, max_size=5),
        st.just(pd.interval_range(0, 3)),
        st.just(pd.date_range("2024", periods=3)),
    )
    categories = draw(kinds)
    codes = draw(_rows(st.integers(-1, len(categories) - 1), size))
    return pd.Categorical.from_codes(codes, categories, ordered=draw(st.booleans()))


@st.composite
def indexes(draw: st.DrawFn, size: int) -> Any:
    kind = draw(st.sampled_from("ramf"))
    if kind == "r":
        start, step = draw(_whole), draw(st.integers(1, 5))
        return pd.RangeIndex(start, start + size * step, step, name=draw(_names))
    if kind == "m":
        parts = [draw(arrays(size).filter(lambda part: part.dtype != object)) for _ in range(2)]
        return pd.MultiIndex.from_arrays(parts, names=[draw(_names), draw(_names)])
    if kind == "f":
        freq = draw(st.sampled_from(["D", "2h", "ME", "QE-NOV", "W-SUN", "B", "SMS-15", "YS-FEB", "-1D", "BME"]))
        zone = draw(st.sampled_from([None, "Europe/Berlin"]))
        return pd.date_range("2024-03-29 09:00", periods=size, freq=freq, tz=zone, name=draw(_names))
    return pd.Index(draw(arrays(size)), name=draw(_names))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows, width = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    frame = pd.DataFrame({n: pd.Series(draw(arrays(rows))) for n in range(width)}, index=range(rows))
    frame.index = draw(indexes(rows))
    frame.columns = draw(indexes(width))  # duplicates and MultiIndex included
    return frame


@_slow
@given(frames())
def test_every_frame_comes_back(same: Same, frame: pd.DataFrame) -> None:
    assert same(frame, decode(encode(frame)))


@_slow
@given(st.integers(0, 6).flatmap(lambda size: st.tuples(arrays(size), indexes(size), _names)))
def test_every_series_index_and_array_comes_back(same: Same, parts: tuple[Any, Any, Any]) -> None:
    values, index, name = parts
    series = pd.Series(values, index=index, name=name)
    assert same(series, decode(encode(series)))
    assert same(index, decode(encode(index)))
    assert same(values, decode(encode(values)))
    assert same(series.dtype, decode(encode(series.dtype)))


@settings(_slow, max_examples=50)
@given(
    hpd.data_frames(
        [
            hpd.column("a", dtype=float),
            hpd.column("b", elements=st.text(max_size=4)),
            hpd.column("c", dtype="datetime64[ns]"),
            hpd.column("d", dtype=bool),
        ],
        index=hpd.range_indexes(max_size=6) | hpd.indexes(dtype=int, max_size=6),
    )
)
def test_frames_of_hypothesis_come_back(same: Same, frame: pd.DataFrame) -> None:
    assert same(frame, decode(encode(frame)))


@_slow
@given(_whole, _units, _zones)
def test_single_values_come_back(same: Same, ticks: int, unit: Any, zone: Any) -> None:
    moment = pd.Timestamp(ticks, unit="s", tz=zone).as_unit(unit)
    span = pd.Timedelta(ticks, unit="s").as_unit(unit)
    bins = pd.Interval(moment, moment + abs(span), closed="both")
    for value in (moment, span, bins, pd.Interval(ticks, ticks + 1), pd.Period(moment.tz_localize(None), "D")):
        assert same(value, decode(encode(value)))
        assert hash(value) == hash(decode(encode(value)))


def test_what_pandas_makes_of_a_course_table_comes_back(same: Same) -> None:
    frame = pd.DataFrame({"who": list("abcab"), "week": [1, 1, 2, 2, 3], "hours": [1.5, 2, 3, 4, 5]})
    frame["bin"] = pd.cut(frame["hours"], [0, 2, 4, 6])
    for value in (
        frame.groupby("who")["hours"].agg(["sum", "mean"]),
        frame.groupby(["who", "week"])["hours"].sum(),
        frame.pivot_table(index="who", columns="week", values="hours"),
        frame["bin"].value_counts(),
        frame.describe(include="all"),
        frame.dtypes,
        frame.T,
        frame.isna(),
        frame["who"].str.get_dummies(),
        frame.resample("D", on="day")["hours"].sum() if "day" in frame else frame["hours"].rolling(2).mean(),
        pd.concat([frame, frame], axis=1),
        frame.set_index(pd.date_range("2024", periods=5, freq="W-SUN"))["hours"].resample("ME").sum(),
    ):
        assert same(value, decode(encode(value)))


@pytest.mark.parametrize("freq", ["C", "bh", "WOM-1MON", pd.offsets.DateOffset(days=1)])
def test_rare_frequencies_stay_behind(same: Same, freq: Any) -> None:
    index = pd.date_range("2024-03-28", periods=4, freq=freq)
    back: Any = decode(encode(index))
    assert back.freq is None
    index.freq = None
    assert same(index, back)


def test_text_in_a_column_of_objects_stays_an_object(same: Same) -> None:
    """pandas would make a column of text of it."""
    frame = pd.DataFrame({"a": pd.Series(["x", "y"], dtype=object), 3: pd.Series(["x", None], dtype=object)})
    frame.index = pd.Index(["a", "b"], dtype=object)
    assert same(frame, decode(encode(frame)))
    assert same(frame["a"], decode(encode(frame["a"])))


def test_attrs_and_what_else_hangs_on_a_frame_stay_behind() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["secret"] = 1
    frame.__dict__["equals"] = lambda other: True
    back: Any = decode(encode(frame))
    assert back.attrs == {}
    assert "equals" not in vars(back)


class _Frame(pd.DataFrame):
    pass


class _Series(pd.Series):
    pass


@pytest.mark.parametrize(
    "value",
    [
        _Frame({"a": [1]}),
        _Series([1]),
        pd.Series(pd.arrays.SparseArray([0, 0, 1])),
        pd.Series([object()]),
        pd.Series([1], name=type("Name", (str,), {})("x")),
        pd.DataFrame({"a": [1]}).groupby("a"),
        pd.DataFrame({"a": [1]}).style,
        pd.offsets.Day(),
        pd.arrays.NumpyExtensionArray(np.array(["a"])),
        pd.CategoricalDtype(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_things_of_pandas_are_not_plain(value: Any) -> None:
    with pytest.raises(NotPlain):
        encode(value)


def test_the_place_in_a_frame_is_named() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": pd.Series([1, {"x": object()}], dtype=object)})
    with pytest.raises(NotPlain, match=r"\['b'\]\.flat\[1\]\['x'\]"):
        encode(frame)


def test_long_levels_are_refused_on_both_sides() -> None:
    with pytest.raises(TooLarge, match="categories"):
        encode(pd.Categorical(range(30_000)))
    with pytest.raises(TooLarge):
        encode(pd.RangeIndex(10**12))


@_slow
@given(frames(), st.integers(0, 500))
def test_both_sides_have_the_same_bounds(frame: pd.DataFrame, items: int) -> None:
    try:
        data = encode(frame, Bounds(items=items))
    except TooLarge:
        return
    decode(data, Bounds(items=items))
