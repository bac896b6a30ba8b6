"""Lists, tuples, sets, dicts and their relatives, by exact type.

All of them hold runs of values; see `runs`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any

from .errors import NotPlain, WireError
from .runs import key_step, read_run, write_run
from .stream import Reader, ReadTag, Write, Writer, type_name

__all__ = ["READERS", "WRITERS"]

_DEQUE_COST = 6
"""an empty deque takes as much memory as several lists"""

_FACTORIES: tuple[Any, ...] = (None, int, float, str, list, dict, set, tuple, bool, complex, bytes, frozenset)
"""what a defaultdict may call for a missing key, by number"""

# -- rows and sets ---------------------------------------------------------------------------------------------------


def _writes_row(tag: bytes) -> Write:
    def write(w: Writer, value: Any) -> None:
        w.count(1)
        w.raw(tag)
        w.enter(value)
        write_run(w, value)
        w.leave()

    return write


def _read_list(r: Reader) -> list[Any]:
    r.count(1)
    r.enter()
    values = read_run(r)
    r.leave()
    return values


def _write_deque(w: Writer, value: deque[Any]) -> None:
    w.count(_DEQUE_COST)
    w.raw(b"q")
    w.i64(-1 if value.maxlen is None else value.maxlen)
    w.enter(value)
    write_run(w, tuple(value))
    w.leave()


def _read_deque(r: Reader) -> deque[Any]:
    r.count(_DEQUE_COST)
    longest = r.i64()
    r.enter()
    values = read_run(r)
    r.leave()
    if longest < -1 or -1 < longest < len(values):
        raise WireError("A deque is longer than it may be")
    return deque(values, None if longest == -1 else longest)


def _writes_set(tag: bytes) -> Write:
    def write(w: Writer, value: Any) -> None:
        w.count(2)
        w.raw(tag)
        w.enter(value)
        values = tuple(value)
        write_run(w, values, lambda number: "{…}")
        w.hashes(values)
        w.nested_sets = w.nested_sets or tag == b"<"
        w.leave()

    return write


def _reads_set(kind: Callable[[list[Any]], Any]) -> ReadTag:
    def read(r: Reader) -> Any:
        r.count(2)
        r.enter()
        values = read_run(r)
        r.leave()
        r.hashes(values)
        r.nested_sets = r.nested_sets or kind is frozenset
        return _all_different(values, kind(values))

    return read


def _all_different(values: Sequence[Any], made: Any) -> Any:
    if len(made) != len(values):
        raise WireError("A set or dict holds the same key twice")
    return made


# -- dicts -----------------------------------------------------------------------------------------------------------


def _write_pairs(w: Writer, value: dict[Any, Any]) -> None:
    w.count(2)
    w.enter(value)
    # Not `dict.keys(value)`: an OrderedDict keeps its order apart from the dict in it (`move_to_end`).
    keys = tuple(value.keys())
    write_run(w, keys, lambda number: f"{{key {number}}}")
    write_run(w, tuple(value.values()), lambda number: key_step(keys[number]))
    w.hashes(keys)
    w.leave()


def _writes_dict(tag: bytes) -> Write:
    def write(w: Writer, value: Any) -> None:
        w.raw(tag)
        _write_pairs(w, value)

    return write


def _write_defaultdict(w: Writer, value: defaultdict[Any, Any]) -> None:
    w.raw(b"v")
    for number, factory in enumerate(_FACTORIES):
        if value.default_factory is factory:
            w.byte(number)
            break
    else:
        why = "only a built-in type may make the missing values"
        raise NotPlain(".default_factory", type_name(value.default_factory), why)
    _write_pairs(w, value)


def _read_dict(r: Reader) -> dict[Any, Any]:
    r.count(2)
    r.enter()
    keys, values = read_run(r), read_run(r)
    r.leave()
    r.hashes(keys)
    made: dict[Any, Any] = _all_different(keys, dict(zip(keys, values, strict=True)))
    return made


def _read_counter(r: Reader) -> Counter[Any]:
    made: Counter[Any] = Counter()
    dict.update(made, _read_dict(r))
    return made


WRITERS: dict[type, Write] = {
    list: _writes_row(b"["),
    tuple: _writes_row(b"("),
    deque: _write_deque,
    set: _writes_set(b"{"),
    frozenset: _writes_set(b"<"),
    dict: _writes_dict(b"d"),
    Counter: _writes_dict(b"C"),
    OrderedDict: _writes_dict(b"o"),
    defaultdict: _write_defaultdict,
}

READERS: dict[str, ReadTag] = {
    "[": _read_list,
    "(": lambda r: tuple(_read_list(r)),
    "q": _read_deque,
    "{": _reads_set(set),
    "<": _reads_set(frozenset),
    "d": _read_dict,
    "C": _read_counter,
    "o": lambda r: OrderedDict(_read_dict(r)),
    "v": lambda r: defaultdict(r.one_of(_FACTORIES), _read_dict(r)),
}
