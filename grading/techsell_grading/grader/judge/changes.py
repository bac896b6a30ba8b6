"""Changes that a learner's function made to its arguments, made again on the judge's own objects.

The other side sends each argument as it is after the call. What differs is written into the object that the test
holds, so that the test sees what it would see in one process; identity is kept as deep as it can be told.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from typing import Any

from techsell_grading.grader.wire import encode

__all__ = ["CannotApply", "apply", "changeable", "repeats", "same"]

_ROWS = (list, tuple, deque)
_DICTS = (dict, OrderedDict, defaultdict, Counter)
_SETS = (set, frozenset)
_EXACT = (bool, int, str, bytes, type(None))
_FIXED = (bool, int, float, complex, str, bytes, type(None), range, slice)


class CannotApply(Exception):
    """A change of a kind that cannot be made again from outside; the text names the type."""


def changeable(value: Any) -> bool:
    """Whether a function could change this value in place."""
    kind = type(value)
    if kind in _FIXED:
        return False
    if kind is tuple or kind is frozenset:
        return any(changeable(part) for part in value)
    return not _of_library(kind, "numpy", "generic")


def repeats(values: Iterable[Any]) -> bool:
    """Whether one changeable object is in there twice; its two copies on the other side would go separate ways."""
    seen: set[int] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind not in _FIXED and kind is not tuple and changeable(value):
            if id(value) in seen:
                return True
            seen.add(id(value))
        if kind in _ROWS:
            waiting += value
        elif kind in _DICTS:
            waiting += value.values()
    return False


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are of the same types and hold the same, to the last bit; sets in any order."""
    if type(one) is not type(other):
        return False
    kind = type(one)
    if kind in _EXACT:
        return bool(one == other)
    if encode(one) == encode(other):
        return True
    if kind in _ROWS:
        return len(one) == len(other) and all(map(same, one, other))
    if kind in _DICTS:
        return same(list(one), list(other)) and same(list(one.values()), list(other.values()))
    if kind in _SETS:
        return len(one) == len(other) and {encode(item) for item in one} == {encode(item) for item in other}
    return False


def apply(own: Any, new: Any) -> None:
    """Change `own` in place until it holds what `new` holds. Both are of the same type.

    Raises:
        CannotApply: `own` is of a type that is not changed in place here.
    """
    kind = type(own)
    if kind is tuple:
        _apply_to_parts(own, new)
    elif kind is list:
        own[:] = _merged_row(own, new)
    elif kind is deque:
        merged = _merged_row(list(own), list(new))
        own.clear()
        own.extend(merged)
    elif kind in _DICTS:
        _apply_to_dict(own, new)
    elif kind is set:
        own.clear()
        own.update(new)
    elif kind is bytearray:
        own[:] = new
    elif _of_library(kind, "numpy", "ndarray"):
        _apply_to_array(own, new)
    elif _of_library(kind, "pandas", "Series", "DataFrame"):
        _apply_to_table(own, new)
    else:
        raise CannotApply(kind.__name__)


def _merged(own: Any, new: Any) -> Any:
    """`own` changed into `new` where that is possible, otherwise `new`."""
    if same(own, new):
        return own
    if type(own) is not type(new) or not changeable(own):
        return new
    try:
        apply(own, new)
    except CannotApply:
        return new
    return own


def _merged_row(own: list[Any], new: list[Any]) -> list[Any]:
    """The new row made of the own objects: those that only moved are found again by what they hold."""
    stays = [place < len(own) and same(own[place], part) for place, part in enumerate(new)]
    free = {place for place in range(len(own)) if not (place < len(new) and stays[place])}
    moved: dict[bytes, list[int]] = defaultdict(list)
    for place in sorted(free, reverse=True):
        if changeable(own[place]):
            moved[encode(own[place])].append(place)
    merged = list(new)
    left: list[int] = []
    for place, part in enumerate(new):
        if stays[place]:
            merged[place] = own[place]
        elif changeable(part) and (found := moved.get(encode(part))):
            free.discard(found[-1])
            merged[place] = own[found.pop()]
        else:
            left.append(place)
    for place in left:
        if place in free and changeable(own[place]):
            merged[place] = _merged(own[place], new[place])
    return merged


def _apply_to_parts(own: tuple[Any, ...], new: tuple[Any, ...]) -> None:
    if len(own) != len(new):
        raise CannotApply("tuple")
    for one, other in zip(own, new, strict=True):
        if not same(one, other):
            if type(one) is not type(other) or not changeable(one):
                raise CannotApply(type(one).__name__)
            apply(one, other)


def _apply_to_dict(own: Any, new: Any) -> None:
    before = dict(own)
    keep_order = same(list(own), list(new))
    if not keep_order:
        own.clear()
    for key, value in new.items():
        own[key] = _merged(before[key], value) if key in before else value


def _apply_to_array(own: Any, new: Any) -> None:
    if own.dtype != new.dtype:
        raise CannotApply("ndarray of another dtype")
    try:
        if own.shape != new.shape:
            own.resize(new.shape, refcheck=False)
        if own.dtype == object:
            parts = _merged_row(list(own.flat), list(new.flat))
            for place, part in enumerate(parts):
                own.flat[place] = part
        else:
            own[...] = new
    except ValueError as error:  # a view, or read-only
        raise CannotApply("ndarray") from error


def _apply_to_table(own: Any, new: Any) -> None:
    attributes = dict(own.attrs)
    type(own).__init__(own, new)  # the way to change rows, columns and types of a frame and keep the object
    own.attrs.update(attributes)


def _of_library(kind: type, library: str, *names: str) -> bool:
    module = sys.modules.get(library)
    return module is not None and (
        any(kind is getattr(module, name) for name in names)
        or (names == ("generic",) and issubclass(kind, module.generic))
    )
