"""Numbers and text of the standard library, by exact type."""

from __future__ import annotations

import struct
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction

from .errors import NotPlain, WireError, within
from .stream import Reader, ReadTag, Write, Writer

__all__ = ["READERS", "WRITERS"]

_F64 = struct.Struct("<d")
_TWO_F64 = struct.Struct("<dd")
_SHORT = 1 << 63
_LONGEST = 512
"""bytes of a number in a fraction or range: both divide, which takes the square of the length"""
_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, capitals=1, clamp=0)
"""writes every decimal number in full, whatever the author or the learner set for their own"""


def _write_whole(w: Writer, value: int, most: int | None = None) -> None:
    """Write an int of any size, without a tag."""
    size = value.bit_length() // 8 + 1
    if most is not None and size > most:
        raise w.refuse(f"a number in it has more than {most} bytes")
    w.room(size)
    w.block(value.to_bytes(size, "little", signed=True))


def _read_whole(r: Reader, most: int | None = None) -> int:
    data = r.block()
    if most is not None and len(data) > most:
        raise WireError(f"A number has more than {most} bytes")
    return int.from_bytes(data, "little", signed=True)


def _write_int(w: Writer, value: int) -> None:
    if -_SHORT <= value < _SHORT:
        w.raw(b"i")
        w.i64(value)
    else:
        w.raw(b"I")
        _write_whole(w, value)


def _write_decimal(w: Writer, value: Decimal) -> None:
    w.raw(b"D")
    w.text(_EXACT.to_sci_string(value))


def _read_decimal(r: Reader) -> Decimal:
    text = r.text()
    value = Decimal(text)
    if _EXACT.to_sci_string(value) != text:
        raise WireError("A decimal number is not written as Python writes it")
    return value


def _write_fraction(w: Writer, value: Fraction) -> None:
    w.raw(b"Q")
    for part in (value.numerator, value.denominator):
        if type(part) is not int:
            raise NotPlain("", "Fraction", "its numerator or denominator is no ordinary number")
        _write_whole(w, part, _LONGEST)


def _read_fraction(r: Reader) -> Fraction:
    above, below = _read_whole(r, _LONGEST), _read_whole(r, _LONGEST)
    value = Fraction(above, below)
    if value.denominator != below:
        raise WireError("A fraction is not in lowest terms")
    return value


def _write_range(w: Writer, value: range) -> None:
    w.raw(b"r")
    for part in (value.start, value.stop, value.step):
        _write_whole(w, part, _LONGEST)


def _read_range(r: Reader) -> range:
    return range(_read_whole(r, _LONGEST), _read_whole(r, _LONGEST), _read_whole(r, _LONGEST))


def _write_slice(w: Writer, value: slice) -> None:
    w.raw(b"L")
    w.enter(value)
    for name in ("start", "stop", "step"):
        with within(f".{name}"):
            w.value(getattr(value, name))
    w.leave()


def _read_slice(r: Reader) -> slice:
    r.enter()
    value = slice(r.value(), r.value(), r.value())
    r.leave()
    return value


def _write_text(w: Writer, value: str) -> None:
    w.raw(b"s")
    w.text(value)


def _write_bytes(w: Writer, value: bytes) -> None:
    w.raw(b"b")
    w.block(value)


def _write_bytearray(w: Writer, value: bytearray) -> None:
    w.raw(b"B")
    w.block(value)


def _write_complex(w: Writer, value: complex) -> None:
    w.raw(b"c" + _TWO_F64.pack(value.real, value.imag))


WRITERS: dict[type, Write] = {
    type(None): lambda w, value: w.raw(b"N"),
    type(...): lambda w, value: w.raw(b"E"),
    bool: lambda w, value: w.raw(b"T" if value else b"F"),
    int: _write_int,
    float: lambda w, value: w.raw(b"f" + _F64.pack(value)),
    complex: _write_complex,
    str: _write_text,
    bytes: _write_bytes,
    bytearray: _write_bytearray,
    Decimal: _write_decimal,
    Fraction: _write_fraction,
    range: _write_range,
    slice: _write_slice,
}

READERS: dict[str, ReadTag] = {
    "N": lambda r: None,
    "E": lambda r: ...,
    "T": lambda r: True,
    "F": lambda r: False,
    "i": lambda r: r.i64(),
    "I": _read_whole,
    "f": lambda r: _F64.unpack(r.raw(8))[0],
    "c": lambda r: complex(*_TWO_F64.unpack(r.raw(16))),
    "s": lambda r: r.text(),
    "b": lambda r: r.block(),
    "B": lambda r: bytearray(r.block()),
    "D": _read_decimal,
    "Q": _read_fraction,
    "r": _read_range,
    "L": _read_slice,
}
