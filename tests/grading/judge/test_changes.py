"""Changes to arguments: after `apply` the judge's own object holds what came back, and is the same object."""

from __future__ import annotations

import copy
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell_grading.grader.judge.changes import CannotApply, apply, changeable, repeats, same
from techsell_grading.grader.wire import decode, encode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
KEYS = st.integers(0, 4) | st.sampled_from(["a", "b"])
VALUES = st.recursive(
    SCALARS | st.sets(st.integers(0, 5), max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(deque, st.lists(inner, max_size=3))
    ),
    max_leaves=10,
)
CHANGEABLE = st.lists(VALUES, max_size=5) | st.dictionaries(KEYS, VALUES, max_size=4)


@given(CHANGEABLE, CHANGEABLE)
def test_whatever_came_back_is_there_afterwards(own: Any, new: Any) -> None:
    if type(own) is type(new):
        wanted = decode(encode(new))
        apply(own, new)
        assert same(own, wanted)


@given(st.lists(st.lists(st.integers(), max_size=3), max_size=6), st.randoms(use_true_random=False))
def test_what_only_moved_is_the_same_object(rows: list[list[int]], chance: Any) -> None:
    """A function that sorts or shuffles rows moves objects; other names for them still mean the same row."""
    own = list(rows)
    after = decode(encode(rows))
    assert isinstance(after, list)
    order = list(range(len(rows)))
    chance.shuffle(order)
    apply(own, [after[place] for place in order])
    assert own == [rows[place] for place in order]
    assert sorted(map(id, own)) == sorted(map(id, rows))


@given(VALUES)
def test_everything_is_the_same_as_its_copy(value: Any) -> None:
    assert same(value, copy.deepcopy(value))
    assert same(value, decode(encode(value)))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (True, 1), (0.0, -0.0), ([1], (1,)), ({1: 2, 3: 4}, {3: 4, 1: 2}), ({1}, {1.0}), ("a", b"a"), ([], {})],
)
def test_what_differs_in_type_sign_or_order_is_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)


def test_parts_are_changed_in_place_as_deep_as_they_are() -> None:
    inner, row = {"n": 1}, [1, 2]
    own = {"rows": [row, [3]], "more": (inner, 5)}
    apply(own, {"rows": [[1, 9], [3], [4]], "more": ({"n": 2}, 5)})
    assert own == {"rows": [[1, 9], [3], [4]], "more": ({"n": 2}, 5)}
    assert row == [1, 9]
    assert own["rows"][0] is row
    assert inner == {"n": 2}


@pytest.mark.parametrize(
    ("own", "new"),
    [
        (bytearray(b"abc"), bytearray(b"xy")),
        ({1, 2}, {2, 3}),
        (deque([1, 2], maxlen=3), deque([9], maxlen=3)),
        (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
        (Counter("aab"), Counter("b")),
        (defaultdict(list, a=[1]), defaultdict(list, b=[2])),
        (np.arange(4.0), np.array([1.0, np.nan, 3.0, 4.0])),
        (np.arange(4), np.arange(6)),
        (np.array([[1], "x", None], dtype=object), np.array([[2], "y", 3], dtype=object)),
        (np.array(["a", "b"]), np.array(["c", "b"])),
        (pd.Series([1, 2], name="n"), pd.Series(["x"], index=["k"], name="m")),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1.5], "a": ["x"]}, index=pd.Index([7], name="i"))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_container_is_changed_in_place(own: Any, new: Any) -> None:
    place = id(own)
    assert changeable(own)
    apply(own, new)
    assert id(own) == place
    assert same(own, new)


def test_a_view_writes_through() -> None:
    whole = np.arange(6)
    apply(whole[1:3], np.array([8, 9]))
    assert whole.tolist() == [0, 8, 9, 3, 4, 5]


def test_a_frame_keeps_its_notes() -> None:
    own = pd.DataFrame({"a": [1]})
    own.attrs["unit"] = "m"
    apply(own, pd.DataFrame({"a": [2]}))
    assert own.attrs == {"unit": "m"}


def test_what_cannot_be_changed_is_said() -> None:
    fixed = np.arange(3)
    fixed.flags.writeable = False
    for own, new in [
        (fixed, np.zeros(3, int)),
        (np.arange(3), np.arange(3.0)),
        (pd.Categorical(["a"]), pd.Categorical(["b"])),
        (([1], 2), ([1], 3)),
    ]:
        with pytest.raises(CannotApply):
            apply(own, new)


@pytest.mark.parametrize(
    "value", [1, "a", None, 2.5, (1, "a"), frozenset({1}), range(3), b"x", np.float64(1), np.str_("a")]
)
def test_what_never_changes(value: Any) -> None:
    assert not changeable(value)


def test_one_object_twice_is_noticed() -> None:
    row = [1]
    table = pd.DataFrame({"a": [1]})
    for values in ([row, row], [[row], row], [{"x": row, "y": (row,)}], [table, [table]], [[row] * 2]):
        assert repeats(values), values
    assert not repeats([[1], [1], (1,), (1,), "a", "a", row])
