"""Dates and times of the standard library, with fixed offsets and the named zones of `zoneinfo`."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from .errors import NotPlain, WireError
from .stream import Reader, ReadTag, Write, Writer, type_name

__all__ = ["READERS", "WRITERS", "read_zone", "write_zone", "zone_names"]

_DATE = struct.Struct("<HBB")
_CLOCK = struct.Struct("<BBBIB")
_SPAN = struct.Struct("<iII")
_OFFSET = struct.Struct("<iII")


def write_zone(w: Writer, zone: tzinfo | None) -> None:
    """Write None, UTC, a fixed offset or a named zone, without a tag."""
    if zone is None:
        w.raw(b"n")
    elif zone is UTC:
        w.raw(b"u")
    elif type(zone) is timezone:
        offset, name = zone.utcoffset(None), zone.tzname(None)
        w.raw(b"o" + _OFFSET.pack(offset.days, offset.seconds, offset.microseconds))
        w.byte(name != timezone(offset).tzname(None))
        w.text(name)
    elif type(zone) is ZoneInfo and zone.key in zone_names():
        w.raw(b"z")
        w.text(zone.key)
    elif name := _name_in_pytz(zone):
        w.raw(b"p")
        w.text(name)
    else:
        raise NotPlain(".tzinfo", type_name(zone), "only UTC, fixed offsets and the zones of zoneinfo can cross")


def read_zone(r: Reader, pytz: Any = None) -> tzinfo | None:
    """A zone. `pytz` is that library where its zones are wanted as they were; otherwise they arrive as zoneinfo's."""
    kind = chr(r.byte())
    if kind == "n":
        return None
    if kind == "u":
        return UTC
    if kind == "o":
        offset, named, name = timedelta(*_OFFSET.unpack(r.raw(_OFFSET.size))), r.flag(), r.text()
        return timezone(offset, name) if named else timezone(offset)
    if kind not in ("z", "p"):
        raise WireError("The message holds an unknown kind of time zone")
    zone = _zone(r.text())
    return zone if kind == "z" or pytz is None else cast("tzinfo", pytz.timezone(zone.key))


def _name_in_pytz(zone: tzinfo) -> str:
    """The name of a zone of pytz, as pandas before 3 makes them; empty for any other zone."""
    pytz = sys.modules.get("pytz")
    names: Mapping[str, object] = type.__dict__["__dict__"].__get__(type(zone))
    name = names.get("zone")
    if pytz is None or type(name) is not str or name not in zone_names():
        return ""
    return name if type(zone) is type(pytz.timezone(name)) else ""


@cache
def zone_names() -> frozenset[str]:
    """The zones that this machine knows. Only these are looked up, so that no message can name a file."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1000)  # more than there are zones, so that a message cannot make us read their files again and again
def _zone(key: str) -> ZoneInfo:
    if key not in zone_names():
        raise WireError("A time zone has a name that none has")
    return ZoneInfo(key)


def _write_date(w: Writer, value: date) -> None:
    w.raw(b"a" + _DATE.pack(value.year, value.month, value.day))


def _read_date(r: Reader) -> date:
    return date(*_DATE.unpack(r.raw(_DATE.size)))


def _write_clock(w: Writer, value: datetime | time) -> None:
    w.raw(_CLOCK.pack(value.hour, value.minute, value.second, value.microsecond, value.fold))
    write_zone(w, value.tzinfo)


def _write_datetime(w: Writer, value: datetime) -> None:
    w.raw(b"t" + _DATE.pack(value.year, value.month, value.day))
    _write_clock(w, value)


def _read_datetime(r: Reader) -> datetime:
    year, month, day = _DATE.unpack(r.raw(_DATE.size))
    hour, minute, second, micro, fold = _CLOCK.unpack(r.raw(_CLOCK.size))
    return datetime(year, month, day, hour, minute, second, micro, read_zone(r), fold=fold)


def _write_time(w: Writer, value: time) -> None:
    w.raw(b"h")
    _write_clock(w, value)


def _read_time(r: Reader) -> time:
    hour, minute, second, micro, fold = _CLOCK.unpack(r.raw(_CLOCK.size))
    return time(hour, minute, second, micro, read_zone(r), fold=fold)


def _write_span(w: Writer, value: timedelta) -> None:
    w.raw(b"l" + _SPAN.pack(value.days, value.seconds, value.microseconds))


def _read_span(r: Reader) -> timedelta:
    return timedelta(*_SPAN.unpack(r.raw(_SPAN.size)))


def _write_tagged_zone(w: Writer, value: tzinfo) -> None:
    w.raw(b"z")
    write_zone(w, value)


WRITERS: dict[type, Write] = {
    date: _write_date,
    datetime: _write_datetime,
    time: _write_time,
    timedelta: _write_span,
    timezone: _write_tagged_zone,
    ZoneInfo: _write_tagged_zone,
}

READERS: dict[str, ReadTag] = {
    "a": _read_date,
    "t": _read_datetime,
    "h": _read_time,
    "l": _read_span,
    "z": read_zone,
}
