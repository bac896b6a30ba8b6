"""A program that throws bytes at `decode` and watches what they do. Run by `test_hostile_bytes.py`, or by hand:

    python tests/grading/wire/fuzzer.py SEED COUNT

A third of the messages are damaged ones, a third are grown from the format's own grammar with impossible parts, a third
are noise. It prints one line of JSON: how many were read, the slowest (seconds of processor time), the growth of memory
(MB), and every event of Python's audit hooks (files, imports, processes, code) that was not expected.
"""

from __future__ import annotations

import json
import random
import resource
import struct
import sys
import time
import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd
from garden import NUMBERS, Garden

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "grading"))
from techsell_grading.grader.wire import Bounds, WireError, decode, encode
from techsell_grading.grader.wire.described import FigureDescription

BOUNDS = Bounds()
PLAIN = (
    *(type(None), type(...), bool, int, float, complex, str, bytes, bytearray, Decimal, Fraction, range, slice, list),
    *(
        tuple,
        set,
        frozenset,
        dict,
        OrderedDict,
        Counter,
        defaultdict,
        deque,
        date,
        datetime,
        clock,
        timedelta,
        timezone,
    ),
    *(ZoneInfo, FigureDescription, pd.Series, pd.DataFrame, pd.Timestamp, pd.Timedelta, pd.Period, pd.Interval),
    *(
        type(pd.NaT),
        type(pd.NA),
        np.ndarray,
        pd.RangeIndex,
        pd.MultiIndex,
        pd.Index,
        pd.DatetimeIndex,
        pd.IntervalIndex,
    ),
    *(pd.TimedeltaIndex, pd.PeriodIndex, pd.CategoricalIndex, pd.Categorical),
)
KNOWN = {id(kind) for kind in PLAIN}
LIBRARY = (np.generic, np.dtype, pd.api.extensions.ExtensionArray, pd.api.extensions.ExtensionDtype)


def inspect(value: Any) -> None:
    """Nothing but known types, all the way down."""
    if id(type(value)) not in KNOWN and not (
        isinstance(value, LIBRARY) and type(value).__module__.split(".")[0] in ("numpy", "pandas")
    ):
        raise AssertionError(f"{type(value)} came out of decode")
    if isinstance(value, dict):
        for pair in value.items():
            inspect(pair)
    elif isinstance(value, (list, tuple, set, frozenset, deque)):
        for part in value:
            inspect(part)
    elif isinstance(value, slice):
        inspect((value.start, value.stop, value.step))
    elif type(value) is np.ndarray and value.dtype == object:
        inspect(value.ravel().tolist())
    elif isinstance(value, pd.Series):
        inspect([value.name, value.index])
        if value.dtype == object:
            inspect(value.to_numpy())


def damaged(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One of the messages with a few bytes changed, cut, doubled, or mixed with another."""
    made = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(made) + 1)
        kind = rng.randrange(6)
        if kind == 0 and made:
            made[at % len(made)] = rng.randrange(256)
        elif kind == 1:
            made[at : at + 4] = struct.pack("<I", rng.choice(NUMBERS))
        elif kind == 2:
            del made[at : at + rng.randrange(1, 9)]
        elif kind == 3:
            made[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif kind == 4:
            made[at:at] = made[at : at + rng.randrange(40)]
        else:
            made[at : at + rng.randrange(40)] = other[rng.randrange(len(other)) :][: rng.randrange(40)]
    return bytes(made)


def examples() -> list[bytes]:
    times = pd.date_range("2024-03-30", periods=3, freq="D", tz="Europe/Berlin", name="when")
    frame = pd.DataFrame(
        {
            "a": [1, 2, 3],
            "b": ["x", None, "z"],
            "c": pd.Categorical(["u", "v", "u"]),
            "d": times,
            "e": pd.array([1, None, 3]),
            "f": pd.Series([1, "x", (2,)], dtype=object),
            "g": pd.interval_range(0, 3),
        }
    )
    values: list[Any] = [
        *(1, 2**80, "text", b"bytes", 1.5, None, [1, 2.0, "x"], [1.0] * 9, ["a"] * 9, {"a": (1, 2), 3: {4, 5}}, {1, 2}),
        *(
            frozenset([1]),
            Decimal("1.5"),
            Fraction(1, 3),
            range(9),
            slice(1),
            OrderedDict(a=1),
            Counter("aab"),
            deque([1]),
        ),
        *(
            defaultdict(int, a=1),
            datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
            timedelta(1),
            date(2024, 1, 1),
        ),
        *(
            np.arange(12.0).reshape(3, 4),
            np.array(["a", "b"]),
            np.array([1, None]),
            np.float32(1),
            np.datetime64("2024"),
        ),
        *(np.array([True]), frame, frame["b"], frame.set_index(["a", "b"]), times, frame["c"].array, frame.dtypes),
        *(pd.Timestamp("2024", tz="UTC"), pd.Period("2024Q1"), pd.Interval(0, 1), pd.NaT, FigureDescription("t", ())),
    ]
    return [encode(value) for value in values]


def main(seed: int, count: int) -> None:
    rng = random.Random(seed)
    garden, known = Garden(rng), examples()
    for data in known:
        inspect(decode(data))
    for key in available_timezones():  # the first time, each is read from its file
        decode(encode(ZoneInfo(key)))
    heard: set[str] = set()
    quiet = (
        "open",
        "import",
        "exec",
        "compile",
        "object.__reduce_ex__",
        "pickle.find_class",
        "code.__new__",
        "marshal.loads",
    )

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and (event in quiet or event.startswith(("os.", "subprocess.", "socket.", "ctypes.", "shutil."))):
            heard.add(f"{event} {str(arguments)[:200]}")

    def warned(message: Warning | str, *rest: Any, **more: Any) -> None:
        heard.add(f"warning {message}")

    watching = False
    sys.addaudithook(hook)
    warnings.simplefilter("always")
    warnings.showwarning = warned  # type: ignore[assignment]
    before, slowest, read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, (0.0, ""), 0
    for number in range(count):
        kind = number % 3
        if kind == 0:
            data = damaged(rng, rng.choice(known), rng.choice(known))
        elif kind == 1:
            data = b"\x01" + garden.value(4)
        else:
            data = b"\x01" + rng.randbytes(rng.randrange(60))
        start = time.process_time()
        watching = True
        read += try_one(data)
        watching = False
        slowest = max(slowest, (time.process_time() - start, data.hex()))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    found = {"read": read, "slowest": slowest[0], "which": slowest[1], "grown": grown, "heard": sorted(heard)}
    sys.stdout.write(json.dumps(found) + "\n")


def try_one(data: bytes) -> bool:
    try:
        value = decode(data, BOUNDS)
    except WireError:
        return False
    inspect(value)
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
