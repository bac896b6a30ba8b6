"""Learners' values made plain and described, without asking them anything.

Types are told apart by identity, never by `==` or `in`: the metaclass of a learner's class may answer those.
"""

from __future__ import annotations

import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

__all__ = ["describe", "family", "is_exactly", "plain", "type_name"]

_DEPTH = 12  # a list that contains itself ends here
_FUNCTION = types.FunctionType.__name__
"""A grader's stand-in for a learner's function has a type of its own with this name."""
_COLLECTIONS = (list, tuple, dict, set, frozenset)
_DICTS = (dict, OrderedDict, defaultdict, Counter)
_ROWS: tuple[type, ...] = (deque, range, type({}.keys()), type({}.values()))
_FAMILIES: tuple[tuple[type, str], ...] = (
    (bool, "True or False"),
    (int, "a number"),
    (float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (tuple, "a list"),
    (dict, "a dict"),
    (set, "a set"),
    (frozenset, "a set"),
    (type(None), "nothing (None)"),
)


def is_exactly(value: Any, *kinds: type) -> bool:
    """Is the type of `value` one of `kinds` itself, not a subclass and not a pretender?"""
    return any(type(value) is kind for kind in kinds)


def type_name(value: Any) -> str:
    """The name of the type of `value`, read past a metaclass that may lie about it."""
    return str(type.__dict__["__name__"].__get__(type(value)))[:40]


def plain(value: Any) -> Any:
    """The same value made of exact built-in types.

    NumPy scalars and arrays become numbers and lists, a pandas Series a dict (index -> value), and the standard
    library's own kinds of dict, row and number a dict, a list and a float. A value of any other type comes back as it
    is, untouched; as a key of a dict or in a set it becomes a text that names its type.
    """
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        return value
    if is_exactly(value, list, tuple):
        return type(value)(_plain(part, depth + 1) for part in value)
    if is_exactly(value, set, frozenset):
        return type(value)(_plain_key(part, depth + 1) for part in value)
    if is_exactly(value, *_DICTS):
        return {_plain_key(key, depth + 1): _plain(part, depth + 1) for key, part in dict.items(value)}
    if is_exactly(value, *_ROWS):
        return [_plain(part, depth + 1) for part in value]
    if is_exactly(value, Decimal, Fraction):
        return _as_float(value)
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and is_exactly(value, numpy.ndarray, *numpy.sctypeDict.values()):
        known = value.tolist()
        return _plain(known, depth + 1) if family(known) else value
    if pandas is not None and is_exactly(value, pandas.Series):
        return _plain(value.to_dict(), depth + 1)
    return value


def _as_float(value: Any) -> Any:
    try:
        return float(value)
    except (OverflowError, ValueError):  # too large, or a signalling NaN
        return value


def _plain_key(key: Any, depth: int) -> Any:
    key = _plain(key, depth)
    return key if is_exactly(key, str, int, float, bool, tuple, type(None)) else f"<{type_name(key)}>"


def family(value: Any) -> str:
    """What kind of plain value this is, in words; empty for everything else."""
    return next((words for kind, words in _FAMILIES if type(value) is kind), "")


def describe(value: Any) -> str:
    """A short text for any object: only exact built-in types are looked into, nothing of the learner's is run."""
    return _describe(plain(value), 0)


def _describe(value: Any, depth: int) -> str:
    if is_exactly(value, bool, type(None)):
        return repr(value)
    if is_exactly(value, int):
        return repr(value) if value.bit_length() <= 100 else "a very large whole number"
    if is_exactly(value, float):
        return f"{value:.6g}"
    if is_exactly(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    if is_exactly(value, *_COLLECTIONS):
        return _describe_collection(value, depth)
    if is_exactly(value, types.FunctionType) or type_name(value) == _FUNCTION:
        return "a function that was not called"
    pandas = sys.modules.get("pandas")
    if pandas is not None and is_exactly(value, pandas.DataFrame):
        return f"a DataFrame of {len(value.index)} rows and {len(value.columns)} columns"
    return f"an object of type {type_name(value)}"


def _describe_collection(value: Any, depth: int) -> str:
    if not value:
        return f"an empty {type_name(value)}"
    opening, closing = "[]" if is_exactly(value, list) else "()" if is_exactly(value, tuple) else "{}"
    if depth > 1:
        return f"{opening}…{closing}"
    if is_exactly(value, dict):
        texts = [f"{_describe(key, depth + 1)}: {_describe(part, depth + 1)}" for key, part in list(value.items())[:5]]
    else:
        texts = [_describe(part, depth + 1) for part in list(value)[:5]]
    return opening + ", ".join(texts + ["…"] * (len(value) > 5)) + closing
