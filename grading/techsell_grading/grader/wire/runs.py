"""Runs: rows of values, of which all containers are made.

A run that is all of one kind (only floats, only short ints, only text, only bools) is written as one block, which makes
long lists cheap.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from .errors import NotPlain, WireError
from .stream import Reader, Writer, type_name

__all__ = ["key_step", "number_step", "read_run", "write_run"]

_SHORT = 1 << 63
_SIMPLE = frozenset(map(id, (str, int, float, bool, bytes, type(None))))


def number_step(number: int) -> str:
    return f"[{number}]"


def key_step(key: object) -> str:
    """How Python would write the place under `key`; keys that are long or not simple are only named by their type."""
    if id(type(key)) in _SIMPLE and not (type(key) is int and key.bit_length() > 200):
        text = repr(key[:60]) if type(key) in (str, bytes) else repr(key)  # type: ignore[index]
        return f"[{text}]"
    return f"[a key of type {type_name(key)}]"


def write_run(w: Writer, values: Sequence[Any], step: Callable[[int], str] = number_step) -> None:
    """Write a row of values; `step` words the place of the value with a number, for the error about it."""
    kinds = {id(type(value)) for value in values}
    block = _BLOCKS.get(kinds.pop()) if len(kinds) == 1 and len(values) > 1 else None
    if block is not None and block(w, values):
        return
    w.room(len(values))
    w.raw(b".")
    w.u32(len(values))
    number = 0
    try:
        for number, value in enumerate(values):  # noqa: B007 - the number is for the error
            w.value(value)
    except NotPlain as error:
        error.path = step(number) + error.path
        raise


def read_run(r: Reader) -> list[Any]:
    kind, number = chr(r.byte()), r.u32()
    read = _BLOCK_READERS.get(kind)
    if read is None:
        raise WireError("The message holds a row of an unknown kind")
    r.room(number)
    return read(r, number)


def _read_mixed(r: Reader, number: int) -> list[Any]:
    value = r.value
    return [value() for _ in range(number)]


def _start(w: Writer, kind: bytes, number: int, size: int) -> None:
    w.count(number)
    w.room(number * size)
    w.raw(kind)
    w.u32(number)


def _write_floats(w: Writer, values: Sequence[float]) -> bool:
    _start(w, b"f", len(values), 8)
    w.raw(struct.pack(f"<{len(values)}d", *values))
    return True


def _write_ints(w: Writer, values: Sequence[int]) -> bool:
    if min(values) < -_SHORT or max(values) >= _SHORT:
        return False
    _start(w, b"i", len(values), 8)
    w.raw(struct.pack(f"<{len(values)}q", *values))
    return True


def _write_bools(w: Writer, values: Sequence[bool]) -> bool:
    _start(w, b"b", len(values), 1)
    w.raw(bytes(values))
    return True


def _write_texts(w: Writer, values: Sequence[str]) -> bool:
    lengths = [*map(len, values)]
    _start(w, b"s", len(values), 4)
    w.room(sum(lengths))
    w.raw(struct.pack(f"<{len(values)}I", *lengths))
    w.text("".join(values))
    return True


def _read_floats(r: Reader, number: int) -> list[Any]:
    r.count(number)
    return list(struct.unpack(f"<{number}d", r.raw(8 * number)))


def _read_ints(r: Reader, number: int) -> list[Any]:
    r.count(number)
    return list(struct.unpack(f"<{number}q", r.raw(8 * number)))


def _read_bools(r: Reader, number: int) -> list[Any]:
    r.count(number)
    data = r.raw(number)
    if data.strip(b"\x00\x01"):
        raise WireError("A truth value is neither 0 nor 1")
    return [sign == 1 for sign in data]


def _read_texts(r: Reader, number: int) -> list[Any]:
    r.count(number)
    lengths = struct.unpack(f"<{number}I", r.raw(4 * number))
    joined = r.text()
    texts, at = [], 0
    for length in lengths:
        texts.append(joined[at : at + length])
        at += length
    if at != len(joined):
        raise WireError("The lengths of the texts do not add up")
    return texts


_BLOCKS: dict[int, Callable[[Writer, Sequence[Any]], bool]] = {
    id(float): _write_floats,
    id(int): _write_ints,
    id(bool): _write_bools,
    id(str): _write_texts,
}
_BLOCK_READERS: dict[str, Callable[[Reader, int], list[Any]]] = {
    ".": _read_mixed,
    "f": _read_floats,
    "i": _read_ints,
    "b": _read_bools,
    "s": _read_texts,
}
