"""Do the checks look at answers fairly and safely, and speak in sentences a learner can act on?"""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell import check
from techsell.check import CheckFailed, One, Several, Whole, call, describe, expect, part, plain, read_sheet, require

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class AlwaysEqual:
    """An object that agrees with everything, and remembers whether it was asked."""

    asked = False

    def __eq__(self, other: object) -> bool:
        type(self).asked = True
        return True

    def __hash__(self) -> int:
        return hash("share")

    def __repr__(self) -> str:
        type(self).asked = True
        return "0.5"

    def __float__(self) -> float:
        type(self).asked = True
        return 0.5


class Liar(type):
    """A metaclass whose classes claim to be any other type."""

    def __eq__(cls, other: object) -> bool:
        AlwaysEqual.asked = True
        return True

    def __hash__(cls) -> int:
        return hash(float)


class LyingNumber(float, metaclass=Liar):
    """A float of a class that claims to be float itself."""

    def __eq__(self, other: object) -> bool:
        AlwaysEqual.asked = True
        return True

    def __hash__(self) -> int:
        return 0


def said(got: Any, wanted: Any, **more: Any) -> str:
    with pytest.raises(CheckFailed) as caught:
        expect(got, wanted, called="f(x)", **more)
    return str(caught.value)


# --- values ---------------------------------------------------------------------------------------------------------


@given(PLAIN)
def test_everything_equals_itself(value: Any) -> None:
    expect(value, value, called="f(x)")


@given(PLAIN, PLAIN)
def test_a_failure_is_one_short_message(got: Any, wanted: Any) -> None:
    try:
        expect(got, wanted, called="f(x)", words="the sum")
    except CheckFailed as error:
        text = str(error)
        assert text.startswith(("Called f(x): ", "Read f(x)["))
        assert "; wanted " in text
        assert len(text) < 900


@given(PLAIN)
def test_a_description_is_short_whatever_it_describes(value: Any) -> None:
    assert len(describe(value)) < 1500


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (2, 2.0),
        (np.float64(0.1) + 0.2, 0.3),
        (np.int64(3), 3),
        (np.str_("a"), "a"),
        (np.bool_(True), True),
        (np.array([1.0, 2.0]), [1, 2]),
        ((1, 2), [1, 2]),
        (pd.Series({"a": 1, "b": 2}), {"b": 2, "a": 1}),
        ({np.str_("a"): np.int64(1)}, {"a": 1}),
        (float("nan"), float("nan")),
        ({"a"}, frozenset({"a"})),
        (float("inf"), float("inf")),
        (None, None),
    ],
)
def test_equal_values_of_other_types_are_accepted(got: Any, wanted: Any) -> None:
    expect(got, wanted, called="f(x)")


@pytest.mark.parametrize(
    ("got", "wanted", "words"),
    [
        (True, 1, "True (bool) came back; wanted a number"),
        ("0.5", 0.5, "'0.5' (str) came back; wanted a number"),
        (None, 0.5, "None (NoneType) came back; wanted a number"),
        (0.5, [0.5], "wanted a list"),
        ([1], [1, 2], "1 entries came back; wanted 2 entries"),
        ({"a": 1}, {"a": 1, "b": 2}, "without 'b'"),
        ({"a": 1, "b": 2}, {"a": 1}, "also an entry 'b'"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "Read f(x)['a']['b']: found 1"),
        (10**400, 1.0, "a very large whole number"),
        (float("nan"), 1.0, "nan came back"),
        (pd.DataFrame({"a": [1, 2]}), 3.0, "a DataFrame of 2 rows and 1 columns came back"),
        (len, 3.0, "an object of type builtin_function_or_method"),
        (lambda: 3.0, 3.0, "a function that was not called"),
        ({1, 2}, {1, 3}, "{1, 2} came back"),
    ],
)
def test_a_difference_is_named(got: Any, wanted: Any, words: str) -> None:
    assert words in said(got, wanted)


def test_the_message_says_called_came_back_wanted_next() -> None:
    text = said(0.25, 0.5, words="the share of seconds", hint="Add up seconds, not turns.")
    assert text == "Called f(x): 0.25 came back; wanted the share of seconds. Add up seconds, not turns."


@pytest.mark.parametrize("wanted", [0.731, "the key", ["k1", "k2"], {"a": 0.731}, True, {"s1"}])
def test_the_wanted_value_is_never_printed(wanted: Any) -> None:
    wrong = {float: 9.0, str: "x", list: ["x", "y"], dict: {"a": 9.0}, bool: False, set: {"x"}}[type(wanted)]
    text = said(wrong, wanted) + said(None, wanted)
    assert not [secret for secret in ("0.731", "the key", "k1", "k2", "s1") if secret in text]


def test_numbers_are_close_within_the_declared_tolerance() -> None:
    expect(1.0 + 1e-7, 1.0, called="f(x)")
    said(1.0 + 1e-5, 1.0)
    expect(1.1, 1.0, called="f(x)", rtol=0.2)


@pytest.mark.parametrize("value", [AlwaysEqual(), LyingNumber(9.0), [AlwaysEqual()], {"share": AlwaysEqual()}])
@pytest.mark.parametrize("wanted", [0.5, [0.5], {"share": 0.5}, "a", None, True, {0.5}])
def test_an_object_that_agrees_with_everything_is_never_asked(value: Any, wanted: Any) -> None:
    AlwaysEqual.asked = False
    text = said(value, wanted)
    assert AlwaysEqual.asked is False
    assert "0.5" not in text


def test_an_object_in_the_place_of_a_key_is_no_key() -> None:
    AlwaysEqual.asked = False
    assert "without 'share'" in said({AlwaysEqual(): 0.5}, {"share": 0.5})
    assert AlwaysEqual.asked is False


def test_a_list_that_holds_itself_is_survived() -> None:
    loop: list[Any] = []
    loop.append(loop)
    said(loop, [0.5])
    assert describe(loop)


def test_plain_leaves_foreign_objects_alone() -> None:
    thing = object()
    assert plain(thing) is thing


def test_a_judgement_must_be_true_and_nothing_else() -> None:
    require(True, called="sheet", found="x", wanted="y")
    with pytest.raises(CheckFailed, match=r"^Read sheet: found x; wanted y\. Look again\.$"):
        require(AlwaysEqual(), called="sheet", found="x", wanted="y", hint="Look again")  # type: ignore[arg-type]


def test_an_entry_of_what_came_back() -> None:
    assert part(pd.Series({"share": 0.5}), "share", called="f(x)") == 0.5
    with pytest.raises(CheckFailed, match="wanted a dict with the entry 'share'"):
        part(None, "share", called="f(x)")


# --- calls ----------------------------------------------------------------------------------------------------------


def test_a_warning_and_a_word_on_stderr_cost_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def noisy(x: int) -> int:
        warnings.warn("old", FutureWarning, stacklevel=1)
        sys.stderr.write("working\n")
        return x + 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(noisy, 1, called="noisy(1)") == 2
    assert capsys.readouterr().err == ""


def raising(error: BaseException) -> Any:
    def function() -> None:
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (raising(NotImplementedError()), "f() is not written yet. Fill in the lines that are missing."),
        (raising(KeyError("tag")), "it stopped with KeyError: tag."),
        (raising(ValueError()), "it stopped with ValueError."),
        (raising(ZeroDivisionError("division by zero")), "ZeroDivisionError: division by zero."),
        (raising(RecursionError("x" * 1000)), "RecursionError: xxx"),
        (None, "wanted a function of that name"),
        (3, "3 came back; wanted a function"),
    ],
)
def test_a_function_that_stops_is_one_sentence(function: Any, words: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        call(function, called="f()")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_leaving_the_kernel_is_not_swallowed() -> None:
    with pytest.raises(SystemExit):
        call(raising(SystemExit()), called="f()")


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.insert(0, "new", 1),
        lambda t: t.drop(index=0, inplace=True),
        lambda t: t.__setitem__("a", t["a"] * 2),
        lambda t: t.__setitem__("b", t["b"].astype("category")),
        lambda t: t.rename(columns={"a": "A"}, inplace=True),
    ],
)
def test_a_changed_table_is_noticed(change: Any) -> None:
    table = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    before = table.copy(deep=True)
    check.unchanged(before, table, called="f(table)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        change(table)
    with pytest.raises(CheckFailed, match="a changed argument came back"):
        check.unchanged(before, table, called="f(table)")


def test_a_changed_list_is_noticed() -> None:
    check.unchanged([1, {"a": 2}], [1, {"a": 2}], called="f(x)")
    with pytest.raises(CheckFailed):
        check.unchanged([1, {"a": 2}], [1, {"a": 3}], called="f(x)")


# --- answer sheets --------------------------------------------------------------------------------------------------

PAIR = (One("a", "b"), One("pitch", "reflect"))
DEAL = {"stage": Whole(0, 4), "gaps": Several("pain", "metrics"), "bid": One("bid", "no-bid")}


def test_a_sheet_comes_back_in_normal_form() -> None:
    assert read_sheet({1: [" A", "Pitch"]}, keys=[1], columns=PAIR, called="moves") == {1: ("a", "pitch")}
    row = {"stage": np.int64(2), "gaps": ("PAIN",), "bid": "Bid ", "note": "mine"}
    expected = {"X": {"stage": 2, "gaps": frozenset({"pain"}), "bid": "bid"}}
    assert read_sheet({"X": row}, keys="X", columns=DEAL, called="deals") == expected


def test_a_word_keeps_the_spelling_of_its_column() -> None:
    assert One("R&D", "sales").read(" r&d ", "x") == "R&D"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "Read moves: found None; wanted a dict"),
        ({}, "no row 1"),
        ({1: ("", "")}, "Read moves[1][0]: found nothing yet; wanted one of 'a', 'b'"),
        ({1: ("a", "refelct")}, "Did you mean 'reflect'?"),
        ({1: ("a",)}, "wanted 2 entries"),
        ({1: "ab"}, "wanted 2 entries"),
        ({1: ("a", 3)}, "Read moves[1][1]: found 3; wanted one of"),
        ({1: ("a", AlwaysEqual())}, "an object of type AlwaysEqual"),
    ],
)
def test_a_sheet_that_is_off_says_where(answer: Any, words: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        read_sheet(answer, keys=[1], columns=PAIR, called="moves")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"stage": None, "gaps": [], "bid": "bid"}, "Read deals['X']['stage']: found nothing yet"),
        ({"stage": 5, "gaps": [], "bid": "bid"}, "wanted a whole number from 0 to 4"),
        ({"stage": 2.5, "gaps": [], "bid": "bid"}, "found 2.5"),
        ({"stage": True, "gaps": [], "bid": "bid"}, "found True"),
        ({"stage": "2", "gaps": [], "bid": "bid"}, "without quotation marks"),
        ({"stage": 2, "gaps": "pain", "bid": "bid"}, "a list of words in square brackets"),
        ({"stage": 2, "gaps": ["pian"], "bid": "bid"}, "Did you mean 'pain'?"),
        ({"stage": 2, "gaps": []}, "wanted the entries 'stage', 'gaps', 'bid'"),
        ((2, [], "bid"), "wanted the entries 'stage', 'gaps', 'bid'"),
    ],
)
def test_a_row_that_is_off_says_where(row: Any, words: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        read_sheet({"X": row}, keys="X", columns=DEAL, called="deals")
    assert words in str(caught.value)


# --- in a notebook --------------------------------------------------------------------------------------------------


def test_ipython_shows_the_sentence_and_no_traceback() -> None:
    error = CheckFailed("Called f(x): 1 came back; wanted 2", cure="Add one")
    assert error._render_traceback_() == [str(error)]
    assert isinstance(error, AssertionError)


def test_importing_the_checks_loads_the_standard_library_only() -> None:
    code = (
        "import sys; before = set(sys.modules); import techsell.check\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'techsell'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_that_is_offered_is_there() -> None:
    assert sorted(check.__all__) == sorted(name for name in check.__all__ if hasattr(check, name))
