"""Is a message that is wrong in a single place refused, although all the rest of it is right?"""

from __future__ import annotations

import struct
from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from techsell_grading.grader.wire import Bounds, NotPlain, TooLarge, WireError, decode, encode


def _refused(data: bytes, words: str) -> None:
    with pytest.raises(WireError, match=words):
        decode(data)


def _changed(value: object, old: bytes, new: bytes) -> bytes:
    data = encode(value)
    assert data.count(old) == 1
    return data.replace(old, new)


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x02N", b"\x01NN", b"N", b"\x01?", b"\x01[", b"\x01[.\xff\xff\xff\xff"], ids=repr
)
def test_what_is_not_a_message_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


@pytest.mark.parametrize("text", ["1_0", " 1", "1.0 ", "٣", "1e9", "+1", "nan", "", "one"])
def test_a_decimal_is_written_in_one_way_only(text: str) -> None:
    body = text.encode()
    with pytest.raises(WireError):
        decode(b"\x01D" + struct.pack("<I", len(body)) + body)


def test_a_fraction_is_in_lowest_terms() -> None:
    _refused(_changed(Fraction(1, 3), b"\x01\x00\x00\x00\x01", b"\x01\x00\x00\x00\x03"), "lowest terms")
    _refused(_changed(Fraction(1, 3), b"\x01\x00\x00\x00\x03", b"\x01\x00\x00\x00\xfd"), "lowest terms")
    _refused(_changed(Fraction(1, 3), b"\x01\x00\x00\x00\x03", b"\x01\x00\x00\x00\x00"), "ZeroDivisionError")


def test_long_numbers_that_would_be_divided_are_refused() -> None:
    long = struct.pack("<I", 513) + b"\x01" * 513
    for tag in (b"Q", b"r"):
        _refused(b"\x01" + tag + long * 3, "more than 512 bytes")


def test_the_same_key_twice() -> None:
    for tag, rest in ((b"{", b""), (b"<", b""), (b"d", b".\x02\x00\x00\x00NN"), (b"C", b".\x02\x00\x00\x00NN")):
        run = b"i\x02\x00\x00\x00" + struct.pack("<qq", 5, 5)
        _refused(b"\x01" + tag + run + rest, "same key twice")
        mixed = b".\x02\x00\x00\x00T" + b"f" + struct.pack("<d", 1.0)
        _refused(b"\x01" + tag + mixed + rest, "same key twice")


def test_keys_without_values_and_keys_that_cannot_be() -> None:
    _refused(b"\x01d.\x01\x00\x00\x00N.\x00\x00\x00\x00", "ValueError")
    _refused(b"\x01d.\x01\x00\x00\x00[.\x00\x00\x00\x00.\x01\x00\x00\x00N", "TypeError")


def test_lengths_of_texts_must_add_up() -> None:
    good = encode(["abc", "def"])
    lengths = struct.pack("<II", 3, 3)
    for one, two in ((2, 3), (4, 3), (3, 4), (0, 0), (6, 2**32 - 1)):
        _refused(good.replace(lengths, struct.pack("<II", one, two)), "add up")


def test_truth_values_are_one_byte_of_two() -> None:
    _refused(encode([True, False]).replace(b"\x01\x00", b"\x01\x02"), "neither 0 nor 1")
    good = encode(np.array([True, False]))
    assert good.endswith(b"\x01\x00")
    _refused(good[:-1] + b"\x02", "neither 0 nor 1")
    _refused(_scalar("|b1", b"\x02"), "neither 0 nor 1")


def _scalar(dtype: str, data: bytes) -> bytes:
    return b"\x01y" + struct.pack("<I", len(dtype)) + dtype.encode() + data


def test_text_of_numpy_holds_only_signs_that_exist() -> None:
    for dtype, sign in (("<U1", b"\x00\x00\x11\x00"), (">U1", b"\x00\x11\x00\x00")):
        good = encode(np.array(["a"], dtype))
        _refused(good[:-4] + sign, "does not exist")


@pytest.mark.parametrize(
    "dtype", ["object", "V8", "i4,i4", "(2,)f8", "float64", "f8", "<f8 ", "os.system", "T", "<M8[D]x"]
)
def test_element_types_are_written_in_one_way_only(dtype: str) -> None:
    _refused(_scalar(dtype, bytes(16)), "element type")


def test_a_deque_a_zone_and_a_factory_that_cannot_be() -> None:
    _refused(b"\x01q" + struct.pack("<q", 1) + b"i\x02\x00\x00\x00" + bytes(16), "longer than it may be")
    _refused(b"\x01zz\x09\x00\x00\x00../passwd", "a name that none has")
    _refused(b"\x01v\x0c.\x00\x00\x00\x00.\x00\x00\x00\x00", "stands for nothing")


def test_a_factory_is_known_by_identity() -> None:
    class Factory:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = object.__hash__

        def __call__(self) -> Any:
            raise AssertionError("called")

    with pytest.raises(NotPlain, match=r"'Factory' at \.default_factory"):
        encode(defaultdict(Factory()))


def test_text_columns_hold_only_text() -> None:
    series = pd.Series(["a", "b"], dtype="string")
    run = encode(["a", "b"])[2:]
    assert run in encode(series)
    _refused(encode(series).replace(run, encode([1, 2])[2:]), "holds something else")
    _refused(encode(series).replace(run, encode(["a", "b", "c"])[2:]), "ValueError")


def test_an_index_has_only_a_frequency_that_fits() -> None:
    index = pd.date_range("2024", periods=3, freq="h")
    assert decode(encode(index)).freq == index.freq  # type: ignore[attr-defined]
    pace = b"\x01\x00\x00\x00h"
    for text in (b"D", b"C", b"bh"):
        wrong = struct.pack("<I", len(text)) + text
        _refused(_changed(index, pace, wrong), "ValueError" if text == b"D" else "frequency that it cannot have")
    plain = pd.Index([1.0, 2.0], name="n")
    name = b"s\x01\x00\x00\x00n"
    _refused(_changed(plain, b"\x00\x00\x00\x00" + name, pace + name), "frequency that it cannot have")


def test_items_are_counted_to_the_last() -> None:
    for value, cost in (([None] * 98, 100), ([1] * 98, 100), (["a"] * 98, 100), ({1: 2}, 5), ({1}, 4), (None, 1)):
        assert decode(encode(value, Bounds(items=cost)), Bounds(items=cost)) == value
        with pytest.raises(TooLarge):
            encode(value, Bounds(items=cost - 1))
        with pytest.raises(WireError):
            decode(encode(value), Bounds(items=cost - 1))
