"""The arrays behind pandas columns and indexes, each by what it is made of: numbers, text, moments.

The other side builds them with the same public constructors. Imported only once pandas is loaded (writing) or a message
holds something of pandas (reading).
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from .arrays import objects, read_array, write_array
from .dates import read_zone, write_zone
from .errors import NotPlain, WireError
from .runs import read_run, write_run
from .stream import ByType, Reader, ReadTag, Writer, type_name

__all__ = [
    "ARRAYS",
    "ARRAY_READERS",
    "UNITS",
    "read_flat",
    "read_period",
    "read_values",
    "write_period",
    "write_values",
]

UNITS = ("s", "ms", "us", "ns")

_COST = 10
_STORAGE = ("python", "pyarrow")
_PERIOD = re.compile(r"[0-9]{0,4}([YQ]-[A-Z]{3}|W-[A-Z]{3}|[MDh]|min|s|ms|us|ns)", re.ASCII)
"""the frequencies that periods have; 'B' is on its way out of pandas and warns"""


def write_values(w: Writer, values: Any) -> None:
    """Write the array of a column or index, without a tag of its own."""
    write = ARRAYS.get(values)
    if write is None or values.ndim != 1:
        raise NotPlain("", type_name(values), "columns of this kind cannot cross")
    w.count(_COST)
    w.enter(values)
    write(w, values)
    w.leave()


def read_values(r: Reader) -> Any:
    """A one-dimensional array of NumPy (numbers and objects) or of pandas (everything else)."""
    r.count(_COST)
    read = ARRAY_READERS.get(chr(r.byte()))
    if read is None:
        raise WireError("A column is of an unknown kind")
    r.enter()
    values = read(r)
    r.leave()
    return values


def read_flat(r: Reader, kinds: str = "biufcO") -> Any:
    """An array of one dimension, of an element type that pandas keeps."""
    array = read_array(r)
    if array.ndim != 1 or array.dtype.kind not in kinds:
        raise WireError("A column has a shape or element type that none has")
    return array


def _write_numbers(w: Writer, values: Any) -> None:
    array = values.to_numpy()
    if array.dtype.kind not in "biufcO":
        raise NotPlain("", str(array.dtype)[:100], "columns of this element type cannot cross")
    w.raw(b"n")
    write_array(w, array)


# -- text, and numbers with gaps -------------------------------------------------------------------------------------


def _write_texts(w: Writer, values: Any) -> None:
    w.raw(b"s")
    w.byte(_STORAGE.index(values.dtype.storage))
    w.byte(values.dtype.na_value is pd.NA)
    empty = np.asarray(values.isna())
    gaps = bool(empty.any())
    w.byte(gaps)
    if gaps:
        write_array(w, empty)
        values = values[~empty]
    write_run(w, values.to_numpy(dtype=object).tolist())


def _read_texts(r: Reader) -> Any:
    storage, missing, gaps = r.one_of(_STORAGE), r.one_of((np.nan, pd.NA)), r.flag()
    empty = read_flat(r, "b") if gaps else None
    texts = read_run(r)
    if any(type(text) is not str for text in texts):
        raise WireError("A column of text holds something else")
    values = objects(texts)
    if empty is not None:
        values = np.full(len(empty), None, object)
        values[~empty] = objects(texts)  # refuses another number of texts than there are places
    return pd.array(values, dtype=_text_type(storage, missing))


def _text_type(storage: Any, missing: Any) -> Any:
    try:
        return pd.StringDtype(storage, na_value=missing)
    except TypeError:  # pandas 2.2 has no choice of what stands for nothing
        if missing is not pd.NA:
            raise
        return pd.StringDtype(storage)


def _write_masked(w: Writer, values: Any) -> None:
    w.raw(b"m")
    dtype = values.dtype.numpy_dtype
    write_array(w, values.to_numpy(dtype=dtype, na_value=dtype.type(0)))
    write_array(w, np.asarray(values.isna()))


def _read_masked(r: Reader) -> Any:
    numbers, empty = read_flat(r, "biuf"), read_flat(r, "b")
    return _MASKED[numbers.dtype.kind](numbers, empty)


# -- moments, spans, periods -------------------------------------------------------------------------


def _write_moments(w: Writer, values: Any) -> None:
    w.raw(b"t")
    write_zone(w, values.tz)
    _write_ticks(w, values)


def _read_moments(r: Reader) -> Any:
    zone = read_zone(r, sys.modules.get("pytz"))
    index = pd.DatetimeIndex(_read_ticks(r, "M"))
    return (index if zone is None else index.tz_localize("UTC").tz_convert(zone)).array


def _write_spans(w: Writer, values: Any) -> None:
    w.raw(b"l")
    _write_ticks(w, values)


def _write_ticks(w: Writer, values: Any) -> None:
    w.byte(UNITS.index(values.unit))
    write_array(w, values.asi8)


def _read_ticks(r: Reader, kind: str) -> Any:
    unit = r.one_of(UNITS)
    return _whole(r).view(f"{kind}8[{unit}]")


def _whole(r: Reader) -> Any:
    array = read_flat(r, "i")
    if array.dtype != np.int64:
        raise WireError("A column of moments is not made of whole numbers")
    return array


def write_period(w: Writer, frequency: str) -> None:
    """Write the frequency of periods, without a tag."""
    if not _PERIOD.fullmatch(frequency):
        raise NotPlain("", "Period", f"periods of the frequency '{frequency[:40]}' cannot cross")
    w.text(frequency)


def read_period(r: Reader) -> str:
    frequency = r.text()
    if not _PERIOD.fullmatch(frequency):
        raise WireError("A period has a frequency that none has")
    return frequency


def _write_periods(w: Writer, values: Any) -> None:
    w.raw(b"p")
    write_period(w, values.freqstr)
    write_array(w, values.asi8)


def _read_periods(r: Reader) -> Any:
    periods: Any = pd.PeriodIndex  # the stubs do not know `from_ordinals`
    frequency = read_period(r)
    return periods.from_ordinals(_whole(r), freq=frequency).array


# -- tables of kinds -------------------------------------------------------------------------------------------------


def _text_arrays() -> set[type]:
    kinds = set()
    for storage in _STORAGE:
        for missing in (np.nan, pd.NA):
            with suppress(ImportError, TypeError):  # pyarrow may not be installed
                kinds.add(_text_type(storage, missing).construct_array_type())
    return kinds


_MASKED: dict[str, Any] = {
    "b": pd.arrays.BooleanArray,
    "i": pd.arrays.IntegerArray,
    "u": pd.arrays.IntegerArray,
    "f": pd.arrays.FloatingArray,
}

# `indexes` adds the kinds that contain an index: categories and intervals.
ARRAYS = ByType(
    {
        pd.arrays.NumpyExtensionArray: _write_numbers,
        **dict.fromkeys(_text_arrays(), _write_texts),
        **dict.fromkeys(_MASKED.values(), _write_masked),
        pd.arrays.DatetimeArray: _write_moments,
        pd.arrays.TimedeltaArray: _write_spans,
        pd.arrays.PeriodArray: _write_periods,
    }
)

ARRAY_READERS: dict[str, ReadTag] = {
    "n": read_flat,
    "s": _read_texts,
    "m": _read_masked,
    "t": _read_moments,
    "l": lambda r: pd.TimedeltaIndex(_read_ticks(r, "m")).array,
    "p": _read_periods,
}
