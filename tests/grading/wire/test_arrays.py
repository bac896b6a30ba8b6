"""Does every NumPy array and scalar come back with its element type, shape and order?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from techsell_grading.grader.wire import NotPlain, TooLarge, decode, encode

Same = Callable[[Any, Any], bool]

_dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64, 128)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128, 256)),
    hnp.datetime64_dtypes(endianness="?"),
    hnp.timedelta64_dtypes(endianness="?"),
    hnp.byte_string_dtypes(),
    hnp.unicode_string_dtypes(endianness="?"),
    st.sampled_from(["M8", "m8", "M8[25us]", "S0", "U0"]).map(np.dtype),
)
_shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
_arrays = hnp.arrays(_dtypes, _shapes)
_objects = hnp.arrays(
    np.dtype(object),
    _shapes,
    elements=st.one_of(st.none(), st.text(), st.integers(), st.lists(st.integers(), max_size=2), _arrays, st.floats()),
    fill=st.nothing(),
)


@settings(deadline=None, max_examples=250)
@given(_arrays | _objects, st.sampled_from("CFTS"))
def test_every_array_comes_back(same: Same, array: Any, order: str) -> None:
    if order == "F":
        array = np.asfortranarray(array)
    elif order == "T":
        array = array.T
    elif order == "S" and array.ndim:
        array = array[::2]
    back: Any = decode(encode(array))
    assert same(array, back)
    assert back.flags.writeable
    assert back.flags.owndata


@settings(deadline=None, max_examples=250)
@given(_dtypes.flatmap(lambda dtype: hnp.arrays(dtype, 1)))
def test_every_scalar_comes_back(same: Same, array: Any) -> None:
    assert same(array.astype(array.dtype.newbyteorder("="))[0], decode(encode(array[0])))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(2, "i4,f8"),
        np.zeros(2, "V8"),
        np.ma.masked_array([1, 2], [True, False]),
        np.eye(2).view(np.matrix),
        np.rec.array([(1, 2.0)]),
        np.array([object()]),
        np.array(["a"], np.dtypes.StringDType()),
        np.random.default_rng(1),
    ],
    ids=lambda array: type(array).__name__ + str(getattr(array, "dtype", "")),
)
def test_other_arrays_are_not_plain(array: Any) -> None:
    with pytest.raises(NotPlain):
        encode(array)


def test_the_place_in_an_array_is_named() -> None:
    with pytest.raises(NotPlain, match=r"'object' at \['a'\]\.flat\[1\]\[0\] cannot"):
        encode({"a": np.array([1, [object()]], dtype=object)})


@pytest.mark.parametrize("dtype", ["f8", "O", "U0"])
def test_an_array_that_claims_to_be_huge_takes_no_memory(dtype: str) -> None:
    with pytest.raises(TooLarge, match="it takes more than the 8,388,608 bytes"):
        encode(np.broadcast_to(np.zeros((), dtype), 10**13))


def test_an_array_that_contains_itself_is_not_plain() -> None:
    array = np.empty(1, object)
    array[0] = [array]
    with pytest.raises(NotPlain, match="contains itself"):
        encode(array)


def test_numpy_is_only_imported_when_a_message_holds_an_array(repository: Path) -> None:
    code = (
        "import sys; from techsell_grading.grader.wire import decode, encode\n"
        "assert decode(encode([1, {2.0: 'x'}])) == [1, {2.0: 'x'}]\n"
        "assert not {'numpy', 'pandas', 'matplotlib'} & {name.split('.')[0] for name in sys.modules}, 'too early'\n"
        "decode(bytes.fromhex(sys.argv[1])); assert 'numpy' in sys.modules and 'pandas' not in sys.modules\n"
    )
    package = "import sys, types; package = types.ModuleType('techsell_grading.grader')\n"
    package += "package.__path__ = ['techsell_grading/grader']; sys.modules[package.__name__] = package\n"
    message = encode(np.arange(3)).hex()
    subprocess.run([sys.executable, "-c", package + code, message], cwd=repository / "grading", check=True)
