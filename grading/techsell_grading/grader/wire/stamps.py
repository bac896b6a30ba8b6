"""The single values of pandas: moments, spans, periods, intervals, and its two signs for nothing."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

from .columns import UNITS, read_period, write_period
from .dates import read_zone, write_zone
from .errors import within
from .indexes import CLOSED
from .stream import Reader, ReadTag, Write, Writer

__all__ = ["READERS", "WRITERS"]

_COST = 2
"""pandas takes some ten times longer to make one of these than Python to make a number"""


def _write_moment(w: Writer, value: pd.Timestamp) -> None:
    w.count(_COST)
    w.raw(b"m")
    write_zone(w, value.tzinfo)
    _write_ticks(w, value)


def _read_moment(r: Reader) -> Any:
    r.count(_COST)
    zone, unit = read_zone(r, sys.modules.get("pytz")), r.one_of(UNITS)
    moment: Any = pd.Timestamp(np.datetime64(r.i64(), unit))
    return moment if zone is None or moment is pd.NaT else moment.tz_localize("UTC").tz_convert(zone)


def _write_span(w: Writer, value: pd.Timedelta) -> None:
    w.count(_COST)
    w.raw(b"w")
    _write_ticks(w, value)


def _read_span(r: Reader) -> Any:
    r.count(_COST)
    unit = r.one_of(UNITS)
    return pd.Timedelta(np.timedelta64(r.i64(), unit))


def _write_ticks(w: Writer, value: Any) -> None:
    w.byte(UNITS.index(value.unit))
    w.i64(int(value.asm8.view("i8")))


def _write_period(w: Writer, value: pd.Period) -> None:
    w.count(_COST)
    w.raw(b"p")
    write_period(w, value.freqstr)
    w.i64(value.ordinal)


def _read_period(r: Reader) -> Any:
    r.count(_COST)
    frequency = read_period(r)
    return pd.Period(ordinal=r.i64(), freq=frequency)


def _write_interval(w: Writer, value: pd.Interval[Any]) -> None:
    w.count(_COST)
    w.raw(b"V")
    w.byte(CLOSED.index(value.closed))
    w.enter(value)
    for name in ("left", "right"):
        with within(f".{name}"):
            w.value(getattr(value, name))
    w.leave()


def _read_interval(r: Reader) -> Any:
    r.count(_COST)
    closed = r.one_of(CLOSED)
    r.enter()
    left, right = r.value(), r.value()
    r.leave()
    with np.errstate(all="ignore"):  # ends of different types may not compare without a warning
        return pd.Interval(left, right, closed=closed)


WRITERS: dict[type, Write] = {
    type(pd.NaT): lambda w, value: w.raw(b"0"),
    type(pd.NA): lambda w, value: w.raw(b"1"),
    pd.Timestamp: _write_moment,
    pd.Timedelta: _write_span,
    pd.Period: _write_period,
    pd.Interval: _write_interval,
}

READERS: dict[str, ReadTag] = {
    "0": lambda r: pd.NaT,
    "1": lambda r: pd.NA,
    "m": _read_moment,
    "w": _read_span,
    "p": _read_period,
    "V": _read_interval,
}
