"""NumPy arrays and scalars: the element type as text, the numbers as bytes; object arrays as runs of plain values.

Imported only once NumPy is loaded (writing) or a message holds an array (reading).
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from .errors import NotPlain, WireError
from .runs import read_run, write_run
from .stream import Reader, ReadTag, Write, Writer

__all__ = ["READERS", "WRITERS", "objects", "read_array", "write_array"]

_COST = 5
_DTYPE = re.compile(
    r"\|b1|\|[iu]1|[<>]([iu][248]|f2|f4|f8|f16|c8|c16|c32)|\|O|\|S[0-9]{1,8}|[<>]U[0-9]{1,8}"
    r"|[<>][mM]8(\[([1-9][0-9]{0,5})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?",
    re.ASCII,
)
"""every element type that can cross, as `dtype.str` writes it"""
_LAST_CHARACTER = 0x10FFFF


def write_dtype(w: Writer, dtype: np.dtype[Any]) -> None:
    """Write an element type without a tag."""
    if dtype.names is not None or dtype.subdtype is not None or not _DTYPE.fullmatch(dtype.str):
        raise NotPlain(".dtype", str(dtype)[:100], "arrays of this element type cannot cross")
    w.text(dtype.str)


def read_dtype(r: Reader) -> np.dtype[Any]:
    text = r.text()
    if not _DTYPE.fullmatch(text):
        raise WireError("An array has an element type that cannot cross")
    return np.dtype(text)


def write_array(w: Writer, array: np.ndarray[Any, Any]) -> None:
    """Write an array without a tag; in Fortran's order where it lies so in memory."""
    w.count(_COST)
    write_dtype(w, array.dtype)
    order: Any = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    w.byte(order == "F")
    w.byte(array.ndim)
    for size in array.shape:
        w.i64(size)
    w.room(array.size)  # an array may claim any size without taking memory (np.broadcast_to)
    if array.dtype.kind == "O":
        w.enter(array)
        write_run(w, array.ravel(order=order).tolist(), lambda number: f".flat[{number}]")
        w.leave()
    else:
        w.room(array.nbytes)
        w.raw(array.tobytes(order=order))


def read_array(r: Reader) -> np.ndarray[Any, Any]:
    r.count(_COST)
    dtype = read_dtype(r)
    order: Any = r.one_of(("C", "F"))
    shape = [r.i64() for _ in range(r.byte())]
    # A dimension of 0 must not hide a huge one, nor elements of no bytes a huge number of them.
    if any(size < 0 for size in shape) or math.prod(size for size in shape if size) > r.bounds.most_bytes:
        raise WireError("An array has an impossible shape")
    number = math.prod(shape)
    source: Any
    if dtype.kind == "O":
        r.enter()
        source = objects(read_run(r))
        r.leave()
        if len(source) != number:
            raise WireError("An array has more or fewer values than its shape says")
    else:
        source = r.raw(number * dtype.itemsize)
    made = np.ndarray(shape, dtype, order=order)  # of its own memory, so that it can be changed and resized
    if number and dtype.itemsize:
        made[...] = np.ndarray(shape, dtype, source, order=order)
        _sound(made)
    return made


def _sound(array: np.ndarray[Any, Any]) -> None:
    """Refuse bytes that are no value of their type: NumPy itself would believe them."""
    if array.dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        raise WireError("A truth value is neither 0 nor 1")
    if array.dtype.kind == "U" and array.size and array.dtype.itemsize:
        signs = np.frombuffer(array.tobytes(), np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
        if signs.max() > _LAST_CHARACTER:
            raise WireError("A text holds a sign that does not exist")


def objects(values: list[Any]) -> np.ndarray[Any, Any]:
    """A row of Python objects; NumPy would look into lists in it if it were asked to convert them."""
    return np.fromiter(values, dtype=object, count=len(values))


def _write_ndarray(w: Writer, value: np.ndarray[Any, Any]) -> None:
    w.raw(b"n")
    write_array(w, value)


def _write_scalar(w: Writer, value: np.generic) -> None:
    w.raw(b"y")
    write_dtype(w, value.dtype)
    w.raw(value.tobytes())


def _read_scalar(r: Reader) -> Any:
    dtype = read_dtype(r)
    if dtype.kind in "OSU":
        raise WireError("A single number has an element type that is none")
    array = np.frombuffer(r.raw(dtype.itemsize), dtype)
    _sound(array)
    return array[0]


def _write_text(w: Writer, value: np.str_) -> None:
    w.raw(b"x")
    w.text(str(value))


def _write_bytes(w: Writer, value: np.bytes_) -> None:
    w.raw(b"X")
    w.block(bytes(value))


def _write_tagged_dtype(w: Writer, value: np.dtype[Any]) -> None:
    w.raw(b"Y")
    write_dtype(w, value)


_SCALARS = (
    *(np.bool_, np.int8, np.int16, np.int32, np.int64, np.intc, np.longlong, np.uint8, np.uint16, np.uint32, np.uint64),
    *(np.uintc, np.ulonglong, np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128),
    *(np.clongdouble, np.datetime64, np.timedelta64),
)
_DTYPES = {type(np.dtype(kind)) for kind in (*_SCALARS, np.str_, np.bytes_, np.object_)}

WRITERS: dict[type, Write] = {
    np.ndarray: _write_ndarray,
    np.str_: _write_text,
    np.bytes_: _write_bytes,
    **dict.fromkeys(_SCALARS, _write_scalar),
    **dict.fromkeys(_DTYPES, _write_tagged_dtype),
}

READERS: dict[str, ReadTag] = {
    "n": read_array,
    "y": _read_scalar,
    "x": lambda r: np.str_(r.text()),
    "X": lambda r: np.bytes_(r.block()),
    "Y": read_dtype,
}
