"""What is not plain data is refused by exact type, whatever it says about itself, and none of its code runs."""

from __future__ import annotations

import enum
import gc
import re
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from datetime import datetime, tzinfo
from datetime import timedelta as span
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from techsell_grading.grader.wire import Bounds, NotPlain, TooLarge, WireError, decode, encode

calls: list[str] = []


def _noisy(name: str, answer: Any) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return answer

    return method


_LIES: dict[str, Any] = {
    "__eq__": _noisy("__eq__", True),
    "__hash__": _noisy("__hash__", 1),
    "__reduce__": _noisy("__reduce__", (print, ("executed",))),
    "__reduce_ex__": _noisy("__reduce_ex__", (print, ("executed",))),
    "__iter__": _noisy("__iter__", iter(())),
    "__len__": _noisy("__len__", 0),
    "__index__": _noisy("__index__", 1),
    "__float__": _noisy("__float__", 1.0),
    "__repr__": _noisy("__repr__", "1"),
    "__str__": _noisy("__str__", "1"),
    "__bool__": _noisy("__bool__", True),
    "__array__": _noisy("__array__", np.zeros(1)),
    "__dataframe__": _noisy("__dataframe__", None),
}
_BASES: tuple[Any, ...] = (
    *(object, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, OrderedDict, Counter),
    *(deque, Decimal, Fraction, datetime, span, np.ndarray, np.float64, pd.DataFrame, pd.Series),
)


def _liar(base: Any) -> Any:
    body = dict(_LIES) if base not in (np.ndarray, pd.DataFrame, pd.Series) else {"__eq__": _LIES["__eq__"]}
    kind = types.new_class(base.__name__, (base,), exec_body=lambda space: space.update(body))
    kind.__module__ = base.__module__
    kind.__qualname__ = base.__qualname__
    made = kind.__new__(kind, *{datetime: (2024, 1, 1), np.ndarray: (2,)}.get(base, ()))
    assert type(made) is kind
    return made


@pytest.mark.parametrize("base", _BASES, ids=lambda base: base.__name__)
@pytest.mark.parametrize(
    "wrap",
    [lambda x: x, lambda x: [1, x], lambda x: {"a": x}, lambda x: (x, 2.0)],
    ids=["plain", "list", "dict", "tuple"],
)
def test_a_subclass_that_lies_is_not_plain_and_is_not_asked(base: Any, wrap: Callable[[Any], Any]) -> None:
    value = wrap(_liar(base))
    calls.clear()
    with pytest.raises(NotPlain, match=f"A value of type '{base.__name__}'"):
        encode(value)
    assert calls == []


def test_a_liar_among_many_of_its_kind_is_found() -> None:
    for good in (1, 1.0, "a", True):
        liar = _liar(type(good)) if type(good) is not bool else _liar(int)
        with pytest.raises(NotPlain, match=r"at \[7\]"):
            encode([good] * 7 + [liar])


def test_a_liar_as_key_is_found() -> None:
    with pytest.raises(NotPlain, match=r"at \{key 1\}"):
        encode({2: 1, _liar(str): 2})
    with pytest.raises(NotPlain, match=r"'str' at \{…\}"):
        encode({_liar(str)})


class _Everything(type):
    """A metaclass whose types claim to be every other type."""

    def __eq__(cls, other: object) -> bool:
        calls.append("type __eq__")
        return True

    def __hash__(cls) -> int:
        calls.append("type __hash__")
        return hash(int)

    def __instancecheck__(cls, instance: object) -> bool:
        return True

    __name__ = "int"
    __class__ = type


def test_a_type_that_claims_to_be_another_is_found() -> None:
    kind = _Everything("Sly", (), {})
    calls.clear()
    for value in (kind(), [kind()], np.array([kind()], dtype=object), pd.Series([kind()], dtype=object)):
        calls.clear()
        with pytest.raises(NotPlain, match="'Sly'"):
            encode(value)
        assert calls == []


def test_an_object_that_claims_another_class_is_found() -> None:
    class Sly:
        @property
        def __class__(self) -> Any:
            return int

    assert isinstance(Sly(), int)
    with pytest.raises(NotPlain, match="'Sly'"):
        encode(Sly())


def test_names_that_hurt_are_cut_and_made_plain() -> None:
    class Text(str):
        def __getitem__(self, at: Any) -> Any:
            raise AssertionError("asked")

    kind = type("x" * 10_000, (), {})
    with pytest.raises(NotPlain) as caught:
        encode(kind())
    assert len(str(caught.value)) < 400
    kind.__name__ = Text("nice")
    with pytest.raises(NotPlain, match="'nice'") as caught:
        encode(kind())
    assert type(caught.value.type_name) is str


class _Colour(enum.IntEnum):
    RED = 1


_Point = namedtuple("_Point", "x y")


class _Zone(tzinfo):
    pass


@pytest.mark.parametrize(
    "value",
    [
        *(print, len, int, lambda: 1, (number for number in ()), iter([]), map(str, []), object(), NotImplemented),
        *(
            type,
            types,
            _Colour.RED,
            _Point(1, 2),
            datetime(2024, 1, 1, tzinfo=_Zone()),
            ValueError("x"),
            memoryview(b"a"),
        ),
        *(re.compile("a"), {}.keys(), property(), open, defaultdict(lambda: 1), defaultdict(print)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_data_is_not_plain(value: Any) -> None:
    with pytest.raises(NotPlain):
        encode([value])


def test_the_place_is_named_as_python_would_write_it() -> None:
    with pytest.raises(NotPlain) as caught:
        encode({"rows": [(1, {None: slice(1, object())})]})
    assert caught.value.path == "['rows'][0][1][None].stop"
    assert caught.value.type_name == "object"
    assert str(caught.value) == (
        "A value of type 'object' at ['rows'][0][1][None].stop cannot be handed over: "
        "only plain data (numbers, text, containers, arrays, frames) can be compared"
    )


def test_long_keys_do_not_fill_the_message() -> None:
    for key in ("k" * 10**6, b"k" * 10**6, 10**10_000, (1,) * 1000):
        with pytest.raises(NotPlain) as caught:
            encode({key: object()})
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "kind",
    [list, dict, deque, OrderedDict, lambda: defaultdict(list)],
    ids=["list", "dict", "deque", "OrderedDict", "defaultdict"],
)
def test_what_contains_itself_is_not_plain(kind: Any) -> None:
    value = kind()
    inner = ({"a": [value]},)
    if isinstance(value, dict):
        value["self"] = inner
    else:
        value.append(inner)
    with pytest.raises(NotPlain, match="contains itself") as caught:
        encode(value)
    assert type(caught.value) is NotPlain
    gc.collect()


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ([[[[]]]], Bounds(depth=3)),
        (list(range(100)), Bounds(items=100)),
        (["a"] * 100, Bounds(items=100)),
        ([None] * 100, Bounds(items=100)),
        ("a" * 100, Bounds(most_bytes=100)),
        (b"a" * 100, Bounds(most_bytes=100)),
        (2**800, Bounds(most_bytes=100)),
        (np.zeros(13), Bounds(most_bytes=100)),
        (pd.DataFrame({"a": range(13)}), Bounds(most_bytes=100)),
        (["x" * 10**6] * 10**4, Bounds()),
        (Fraction(1, 2**5000), Bounds()),
        (range(2**5000), Bounds()),
    ],
    ids=["deep", "ints", "texts", "items", "text", "bytes", "int", "array", "frame", "many", "fraction", "range"],
)
def test_too_much_is_too_large(value: Any, bounds: Bounds) -> None:
    with pytest.raises(TooLarge):
        encode(value, bounds)
    data = encode(value, Bounds(2**20, 100, 10**6)) if bounds != Bounds() else None
    if data is not None:
        with pytest.raises(WireError):
            decode(data, bounds)


def test_sharing_cannot_grow_without_bound() -> None:
    value: Any = "x"
    for _ in range(50):
        value = [value, value]
    with pytest.raises(TooLarge):
        encode(value)


def test_too_deep_for_python_is_too_large() -> None:
    value: list[Any] = []
    for _ in range(10**5):
        value = [value]
    with pytest.raises(TooLarge):
        encode(value, Bounds(depth=10**6))
    while value:
        value = value.pop()


@pytest.mark.parametrize(
    "value", [np.zeros(1), np.float64(1), pd.NaT, pd.Series([1]), pd.Timestamp("2024")], ids=lambda v: type(v).__name__
)
def test_without_libraries_nothing_of_them_crosses(value: Any) -> None:
    bounds = Bounds(libraries=False)
    with pytest.raises(NotPlain):
        encode(value, bounds)
    with pytest.raises(WireError):
        decode(encode(value), bounds)
    assert decode(encode([1, {2: 3.0}], bounds), bounds) == [1, {2: 3.0}]
