"""Does every plain value of the standard library come back as it was, in value and in exact type?"""

from __future__ import annotations

import decimal
import math
import sys
import types
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.grader.wire import Bounds, NotPlain, TooLarge, decode, encode

Same = Callable[[Any, Any], bool]

_texts = st.text(st.characters())  # lone surrogates included
_offsets = st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
_zones = (
    st.none()
    | _offsets
    | st.builds(timezone, st.just(timedelta(hours=1)), st.text("ab", max_size=3))
    | st.timezone_keys(allow_prefix=False).map(zoneinfo.ZoneInfo)
)
_factories = st.sampled_from([None, int, float, str, list, dict, set, tuple, bool, complex, bytes, frozenset])

_keys = (
    *(st.none(), st.booleans(), st.integers(), st.integers(-(2**200), 2**200), st.floats(), _texts, st.binary()),
    *(st.complex_numbers(), st.decimals().filter(lambda number: not number.is_snan()), st.fractions()),
    *(st.dates(), st.datetimes(timezones=_zones), st.times(timezones=_zones), st.timedeltas(), _offsets),
    *(st.just(...), st.builds(range, st.integers(), st.integers(), st.integers(1) | st.integers(max_value=-1))),
)
_hashable = st.recursive(
    st.one_of(_keys),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
_single = st.one_of(*_keys, st.binary().map(bytearray), st.slices(100), st.decimals(allow_nan=True))


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.dictionaries(_hashable, inner, max_size=5)
    return st.one_of(
        st.lists(inner, max_size=6),
        st.lists(inner, max_size=6).map(tuple),
        st.builds(deque, st.lists(inner, max_size=6), st.none() | st.integers(0, 8)),
        st.sets(_hashable, max_size=5),
        st.frozensets(_hashable, max_size=5),
        pairs,
        pairs.map(OrderedDict),
        pairs.map(Counter),
        st.builds(defaultdict, _factories, pairs),
        st.builds(slice, inner, inner, inner),
        *(st.lists(kind, max_size=30) for kind in (st.floats(), st.integers(), st.booleans(), _texts)),
    )


values = st.recursive(_single, _containers, max_leaves=25)


@settings(deadline=None, max_examples=400)
@given(values)
def test_every_plain_value_comes_back(same: Same, value: Any) -> None:
    assert same(value, decode(encode(value)))


def test_one_of_everything_comes_back(same: Same, samples: list[Any]) -> None:
    for value in samples:
        assert same(value, decode(encode(value))), repr(value)
    assert same(samples, decode(encode(samples)))


@settings(deadline=None, max_examples=200)
@given(values, st.integers(0, 40), st.integers(0, 5), st.integers(0, 200))
def test_both_sides_have_the_same_bounds(same: Same, value: Any, items: int, depth: int, size: int) -> None:
    bounds = Bounds(size, depth, items)
    try:
        data = encode(value, bounds)
    except TooLarge:
        return
    assert len(data) <= size
    assert same(value, decode(data, bounds))


@pytest.mark.parametrize("text", ["NaN", "-sNaN12", "-0E+3", "1E+999999999999", "0.10", "-Infinity", "1" * 500])
def test_every_decimal_comes_back_whatever_the_context(text: str) -> None:
    value = Decimal(text)
    with decimal.localcontext(prec=3, capitals=0, traps=[]):
        data = encode(value)
    with decimal.localcontext(prec=1, capitals=0):
        assert str(decode(data).as_tuple()) == str(value.as_tuple())  # type: ignore[attr-defined]


def test_shared_parts_are_copied() -> None:
    part: list[int] = []
    left, right = decode(encode([part, part]))  # type: ignore[misc]
    assert left == right == []
    assert left is not right


def test_the_order_of_a_moved_key_is_kept() -> None:
    value = OrderedDict(a=1, b=2)
    value.move_to_end("a")
    assert list(decode(encode(value))) == ["b", "a"]  # type: ignore[call-overload]


def test_every_zone_of_this_machine_comes_back() -> None:
    for key in zoneinfo.available_timezones():
        zone = zoneinfo.ZoneInfo(key)
        assert decode(encode(zone)) is zone, key


def test_zones_of_pytz_arrive_as_those_of_zoneinfo(monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas before 3 makes them. Each of them has a type of its own, and that type is asked for, not the name."""
    berlin = type("Berlin", (tzinfo,), {"zone": "Europe/Berlin"})()
    with pytest.raises(NotPlain):
        encode(berlin_noon := datetime(2024, 1, 1, 12, tzinfo=berlin))
    real = types.SimpleNamespace(timezone=lambda name: {"Europe/Berlin": berlin}.get(name))
    monkeypatch.setitem(sys.modules, "pytz", real)  # type: ignore[misc]
    assert decode(encode(berlin_noon)) == datetime(2024, 1, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    with pytest.raises(NotPlain):
        encode(datetime(2024, 1, 1, tzinfo=type("Other", (tzinfo,), {"zone": "Europe/Berlin"})()))


def test_bits_of_nan_are_kept() -> None:
    assert math.copysign(1, decode(encode(-math.nan))) == -1  # type: ignore[arg-type]
    assert decode(encode([Fraction(1, 3)])) == [Fraction(1, 3)]
