"""pandas: series and frames, column by column; element types, names and order kept, `attrs` dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .columns import ARRAYS, read_values, write_values
from .errors import NotPlain, WireError, within
from .indexes import INDEXES, read_index, write_index
from .runs import key_step
from .stream import Reader, ReadTag, Write, Writer, type_name

__all__ = ["READERS", "WRITERS"]

_COST = 40
# -- series and frames -----------------------------------------------------------------------------------------------


def _write_series(w: Writer, value: pd.Series[Any]) -> None:
    w.count(_COST)
    w.raw(b"S")
    w.enter(value)
    write_values(w, value.array)
    with within(".index"):
        write_index(w, value.index)
    with within(".name"):
        w.value(value.name)
    w.leave()


def _read_series(r: Reader) -> pd.Series[Any]:
    r.count(_COST)
    r.enter()
    values, index, name = read_values(r), read_index(r), r.value()
    r.leave()
    made: pd.Series[Any] = pd.Series(values, index=index, dtype=values.dtype, name=name, copy=False)
    return made


def _write_frame(w: Writer, value: pd.DataFrame) -> None:
    w.count(_COST)
    w.raw(b"P")
    w.enter(value)
    with within(".index"):
        write_index(w, value.index)
    with within(".columns"):
        write_index(w, value.columns)
    for name, column in value.items():
        with within(key_step(name)):
            write_values(w, column.array)
    w.leave()


def _read_frame(r: Reader) -> pd.DataFrame:
    r.count(_COST)
    r.enter()
    index, columns = read_index(r), read_index(r)
    made: dict[int, Any] = {}
    for number in range(len(columns)):
        values = read_values(r)
        if len(values) != len(index):
            raise WireError("A column and the index differ in length")
        # pandas would look whether a bare array of objects is text.
        made[number] = values if values.dtype != object else pd.Series(values, index, dtype=object, copy=False)
    r.leave()
    frame = pd.DataFrame(made, index=index, copy=False)
    frame.columns = columns
    return frame


def _write_tagged_index(w: Writer, value: Any) -> None:
    w.raw(b"J")
    write_index(w, value)


def _write_tagged_values(w: Writer, value: Any) -> None:
    w.count(_COST)
    w.raw(b"A")
    write_values(w, value)


def _read_tagged_values(r: Reader) -> Any:
    r.count(_COST)
    values = read_values(r)
    return pd.arrays.NumpyExtensionArray(values) if type(values) is np.ndarray else values


# -- element types ---------------------------------------------------------------------------------------------------


def _write_dtype(w: Writer, value: Any) -> None:
    """Write an element type as a column of no rows."""
    if type(value) is pd.CategoricalDtype and value.categories is None:
        raise NotPlain("", type_name(value), "a categorical type without categories cannot cross")
    w.count(_COST)
    w.raw(b"K")
    write_values(w, pd.array([], dtype=value))


def _read_dtype(r: Reader) -> Any:
    r.count(_COST)
    return read_values(r).dtype


_DTYPES = (
    *(pd.StringDtype, pd.CategoricalDtype, pd.DatetimeTZDtype, pd.PeriodDtype, pd.IntervalDtype, pd.BooleanDtype),
    *(pd.Int8Dtype, pd.Int16Dtype, pd.Int32Dtype, pd.Int64Dtype, pd.Float32Dtype, pd.Float64Dtype),
    *(pd.UInt8Dtype, pd.UInt16Dtype, pd.UInt32Dtype, pd.UInt64Dtype),
)

WRITERS: dict[type, Write] = {
    pd.Series: _write_series,
    pd.DataFrame: _write_frame,
    **dict.fromkeys((*INDEXES, pd.RangeIndex, pd.MultiIndex), _write_tagged_index),
    **dict.fromkeys(ARRAYS, _write_tagged_values),
    **dict.fromkeys(_DTYPES, _write_dtype),
}

READERS: dict[str, ReadTag] = {
    "S": _read_series,
    "P": _read_frame,
    "J": read_index,
    "A": _read_tagged_values,
    "K": _read_dtype,
}
