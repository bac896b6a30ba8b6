"""Judging one value and saying what is wrong with it: called, came back, wanted in words, next step."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from techsell.check.values import describe, family, is_exactly, plain, type_name
from techsell.errors import CheckFailed

__all__ = ["entry", "expect", "fail", "part", "require"]

_READ_AGAIN = "Read the task again, with its worked example"


def fail(called: str, came_back: str, wanted: str, hint: str = "") -> NoReturn:
    """Say it in one form everywhere. A name that ends in ')' was called, any other was read.

    Raises:
        CheckFailed: always.
    """
    was_called = called.endswith(")")
    seen = f"Called {called}: {came_back} came back" if was_called else f"Read {called}: found {came_back}"
    raise CheckFailed(f"{seen}; wanted {wanted.rstrip('.')}", cure=(hint or _READ_AGAIN).rstrip("."))


def require(holds: bool, *, called: str, found: str, wanted: str, hint: str = "") -> None:
    """Fail unless `holds`.

    Args:
        called: the call or the entry that is judged, as the learner would write it.
        found: what is there, in words or as `describe` shows it.
        wanted: in words, never the value.
        hint: the next step; names the misconception.

    Raises:
        CheckFailed: `holds` is not exactly True.
    """
    if holds is not True:
        fail(called, found, wanted, hint)


def part(result: Any, name: str, *, called: str) -> Any:
    """The entry `name` of a dict that a learner's function returned.

    Raises:
        CheckFailed: no dict, or no such entry.
    """
    known = plain(result)
    if not is_exactly(known, dict) or name not in known:
        fail(called, describe(result), f"a dict with the entry {name!r}")
    return known[name]


def expect(
    got: Any,
    wanted: Any,
    *,
    called: str,
    words: str = "another value",
    hint: str = "",
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Fail unless `got` equals `wanted`: first the type, then the value.

    Numbers compare within `rtol` and `atol`, whole or not (a truth value is no number); lists and tuples stand for
    each other; a Series stands for a dict, an array for a list. Inside collections the message names the entry.

    Args:
        words: what was wanted, in words. The value itself is never printed.
        hint: the next step; names the misconception.

    Raises:
        CheckFailed: at the first difference.
    """
    _expect(plain(got), plain(wanted), called, (words, hint), (rtol, atol))


def _expect(got: Any, wanted: Any, called: str, say: tuple[str, str], tolerance: tuple[float, float]) -> None:
    words, hint = say
    if family(got) != family(wanted):
        of_type = f" ({type_name(got)})" if family(got) else ""
        fail(called, describe(got) + of_type, f"{family(wanted)}: {words}", hint)
    if is_exactly(wanted, dict):
        _same_keys(got, wanted, called, say)
        for key, part in wanted.items():
            _expect(got[key], part, entry(called, key), say, tolerance)
    elif is_exactly(wanted, list, tuple):
        if len(got) != len(wanted):
            fail(called, f"{len(got)} entries", f"{len(wanted)} entries: {words}", hint)
        for place, part in enumerate(wanted):
            _expect(got[place], part, entry(called, place), say, tolerance)
    elif is_exactly(wanted, int, float):
        if not _close(got, wanted, tolerance):
            fail(called, describe(got), words, hint)
    elif got != wanted:
        fail(called, describe(got), words, hint)


def _same_keys(got: dict[Any, Any], wanted: dict[Any, Any], called: str, say: tuple[str, str]) -> None:
    for key in wanted:
        if key not in got:
            fail(called, f"{describe(got)}, without {describe(key)}", f"the entries {describe(sorted(wanted))}", say[1])
    for key in got:
        if key not in wanted:
            fail(called, f"also an entry {describe(key)}", f"only the entries {describe(sorted(wanted))}", say[1])


def _close(got: float, wanted: float, tolerance: tuple[float, float]) -> bool:
    try:
        if math.isnan(wanted):
            return math.isnan(got)
        return math.isclose(got, wanted, rel_tol=tolerance[0], abs_tol=tolerance[1])
    except OverflowError:  # a whole number beyond every float
        return got == wanted


def entry(called: str, key: Any) -> str:
    """The name of one entry of what `called` names; of a call it stays a call: "f(x)['share'] of f(x)"."""
    return f"{called}[{describe(key)}]"
