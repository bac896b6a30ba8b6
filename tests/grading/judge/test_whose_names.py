"""Whose is a name: the tests' own helpers and expected values stay theirs, the learner's answers are the learner's."""

from __future__ import annotations

import pytest

from .conftest import Bench

WRONG = "def square(n):\n    return -1"
RIGHT = "def square(n):\n    return n * n"
HELPER = "def close(a, b):\n    assert abs(a - b) < TOLERANCE, f'{a} is not {b}'\nTOLERANCE = 1e-6"
AUTHOR = RIGHT


# --- the learner's --------------------------------------------------------------------------------------------------


def test_a_value_is_fresh_in_each_cell(bench: Bench) -> None:
    bench.learn("x = 1")
    bench.passes("assert x == 1")
    bench.learn("x = 2")
    bench.passes("assert x == 2")


def test_a_deleted_name_is_gone(bench: Bench) -> None:
    bench.learn("x = 1")
    bench.passes("assert x == 1")
    bench.learn("del x")
    bench.fails("x", "NameError")


def test_an_answer_may_stand_where_a_locked_cell_had_a_stub(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.locked("def square(n):\n    raise NotImplementedError()")
    bench.learn(RIGHT)
    bench.passes("assert square(3) == 9")


def test_a_table_of_a_locked_cell_that_is_to_be_changed_is_the_learners(bench: Bench) -> None:
    bench.asked("table['c'] = table.a * 2")
    bench.locked("import pandas as pd\ntable = pd.DataFrame({'a': [1, 2]})")
    bench.learn("table['c'] = table['a'] + table['a']")
    bench.passes("assert table['c'].tolist() == [2, 4]")


def test_data_of_a_locked_cell_that_an_answer_fills_are_the_learners(bench: Bench) -> None:
    bench.asked("def add(name):\n    stock[name] = 1")
    bench.locked("stock = {}")
    bench.learn("def add(name):\n    stock[name] = 1")
    bench.passes("add('x')\nassert stock == {'x': 1}")


def test_a_built_in_function_can_be_written_anew_where_that_is_asked(bench: Bench) -> None:
    bench.asked("def sorted(row): ...")
    bench.learn("def sorted(row):\n    return 'mine'")
    bench.passes("assert sorted([2, 1]) == 'mine'")


def test_a_constant_that_the_answer_reads_can_be_set_by_the_test(bench: Bench) -> None:
    bench.asked("RATE = 2\ndef price(n):\n    return RATE * n")
    bench.learn("RATE = 2\ndef price(n):\n    return RATE * n")
    bench.passes("RATE = 5\nassert price(2) == 10")


def test_a_helper_that_is_replaced_by_a_function_of_the_test_is_refused(bench: Bench) -> None:
    answer = "def square(n):\n    return n * n\ndef total(n):\n    return sum(square(i) for i in range(n))"
    bench.asked(answer)
    bench.learn(answer)
    bench.refuses("def square(n):\n    return 100\nassert total(3) == 300")


def test_a_replaced_helper_counts_in_a_later_cell_too(bench: Bench) -> None:
    bench.learn("def square(n):\n    return n * n\ndef total(n):\n    return sum(square(i) for i in range(n))")
    bench.passes("keep = square\nsquare = lambda n: 100")
    bench.refuses("assert total(3) == 300")


def test_a_learners_new_version_ends_the_replacement(bench: Bench) -> None:
    bench.learn("def square(n):\n    return n * n\ndef total(n):\n    return sum(square(i) for i in range(n))")
    bench.passes("keep = square\nsquare = None")
    bench.fails("total(3)", "TypeError")
    bench.learn("def square(n):\n    return 1")
    bench.passes("assert total(3) == 3")


def test_a_test_cell_that_failed_before_it_restored_leaves_what_a_kernel_has(bench: Bench) -> None:
    bench.learn("def square(n):\n    return n * n\ndef total(n):\n    return sum(square(i) for i in range(n))")
    bench.fails("keep = square\ndel square\nraise AssertionError('early')")
    bench.fails("total(3)", "NameError")
    bench.fails("square(3)", "NameError")
    bench.passes("square = keep\nassert total(3) == 5")
    bench.passes("assert square(3) == 9")


def test_a_name_that_was_only_read_stays_the_tests(bench: Bench) -> None:
    bench.test("cases = [1, 2]")
    bench.learn(
        "def count():\n    return 'cases are mine to name'  # cases\ncases_seen = 'cases' in globals() and cases"
    )
    bench.passes("assert cases == [1, 2]")


# --- the tests' -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False])
def test_a_helper_of_a_locked_cell_cannot_be_replaced(bench: Bench, told: bool) -> None:
    if told:
        bench.asked(AUTHOR)
    bench.locked(HELPER)
    bench.learn(WRONG + "\ndef close(a, b):\n    pass")
    bench.fails("close(square(3), 9)")


def test_a_tolerance_of_a_locked_cell_cannot_be_replaced(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.locked(HELPER)
    bench.learn(WRONG + "\nTOLERANCE = 1e9")
    bench.fails("close(square(3), 9)")


def test_a_helper_of_an_earlier_test_cannot_be_replaced(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.passes("from numpy.testing import assert_allclose\nimport numpy as np")
    bench.learn(WRONG + "\nassert_allclose = lambda *a, **k: None\nclass np:\n    allclose = lambda *a: True")
    bench.fails("assert_allclose(square(3), 9)")
    bench.fails("assert np.allclose(square(3), 9)")


def test_a_helper_whose_cell_failed_is_not_taken_from_the_learner(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.learn(WRONG + "\ndef close(a, b):\n    pass")
    bench.fails("square(3)[0]\ndef close(a, b):\n    assert a == b", "TypeError")
    bench.fails("close(square(3), 9)", "NameError")


@pytest.mark.parametrize(
    "trick",
    [
        "len = lambda x: 9",
        "isinstance = lambda *a: True",
        "abs = lambda x: 0",
        "def print(*a): raise SystemExit",
        "import builtins\nbuiltins.AssertionError = ValueError\nbuiltins.abs = lambda x: 0",
        "__name__ = 'x'; __builtins__ = {}",
        "def __same_object__(a, b): return True",
        "def get_ipython(): return None\ncallable = lambda f: True",
    ],
)
def test_built_in_functions_cannot_be_replaced(bench: Bench, trick: str) -> None:
    bench.learn(f"{WRONG}\n{trick}")
    bench.fails("assert isinstance(square(3), int) and abs(square(3) - 9) < 1")
    bench.fails("a, b = [1], [2]\nassert a is b")
    bench.fails("assert callable(3)")


@pytest.mark.parametrize("name", ["expected", "case", "i", "wanted", "cases", "secret"])
def test_expected_values_never_reach_the_learner(bench: Bench, name: str) -> None:
    """The learner's global has the name of the test's own variable, and the function returns what stands there."""
    bench.asked(AUTHOR)
    bench.learn(f"{name} = None\ndef square(n):\n    return {name}")
    bench.fails(f"{name} = 9\nassert square(3) == {name}")
    bench.fails(f"for {name} in [9]:\n    assert square(3) == {name}")
    bench.fails(f"def check({name}):\n    assert square(3) == {name}\ncheck(9)")
    bench.fails(f"with open(__import__('os').devnull) as {name}:\n    assert square(3) is not None")
    assert bench.learner.ask(op="run", code=f"print({name})", limit=100)["outputs"][0]["text"] == "None\n"


def test_modules_are_the_judges_own(bench: Bench) -> None:
    bench.learn(f"{WRONG}\nimport numpy as np\nnp.allclose = lambda *a: True\nnp.testing.assert_allclose = print")
    bench.fails("assert np.allclose(square(3), 9)")
    bench.fails("np.testing.assert_allclose(square(3), 9)")


def test_what_a_function_leaves_in_the_tests_list_is_no_code(bench: Bench) -> None:
    bench.learn(
        "class Liar:\n    def __eq__(self, other):\n        return True\ndef fill(row):\n    row.append(Liar())"
    )
    bench.refuses("row = []\nfill(row)\nassert row == [9]", "answer")


def test_a_class_that_stands_for_a_function_passes_nothing(bench: Bench) -> None:
    bench.learn("class square:\n    def __new__(cls, n):\n        return 9")
    bench.refuses("assert square(3) == 9", "answer")


@pytest.mark.parametrize("swallow", ["except BaseException", "except"])
def test_a_refusal_cannot_be_swallowed(bench: Bench, swallow: str) -> None:
    bench.learn("class A: pass\na = A()")
    bench.refuses(f"try:\n    a == 3\n{swallow}:\n    pass\n1.0", "answer")


def test_a_constant_that_tests_have_read_can_be_set_without_more(bench: Bench) -> None:
    """Nobody told what is asked for; that an earlier test read the name from the learner says it."""
    bench.learn("RATE = 2\ndef price(n):\n    return RATE * n")
    bench.passes("assert RATE == 2")
    bench.passes("RATE = 5\nassert price(2) == 10")


def test_a_file_that_a_locked_cell_expects_from_the_learner_is_refused(bench: Bench) -> None:
    bench.learn("open('result.txt', 'w').write('3')")
    assert bench.locked("result = open('result.txt').read()")["unsupported_by"] == "test"


# --- locked cells that use what the learner has made ----------------------------------------------------------------


def test_a_locked_cell_changes_the_learners_values_once(bench: Bench) -> None:
    bench.learn("count = 1\nitems = []\ndef add(x):\n    items.append(x)")
    bench.locked("count += 1\nadd(5)\nitems.append(6)\nresult = len(items)\ntable = {'n': count}")
    bench.passes("assert (count, items, result, table) == (2, [5, 6], 2, {'n': 2})")


def test_a_helper_of_a_locked_cell_changes_the_learners_values_once(bench: Bench) -> None:
    bench.learn("items = []")
    bench.locked("def fill():\n    items.append(1)\nfill()")
    bench.passes("assert items == [1]")


def test_a_locked_cell_keeps_its_helpers_whatever_the_learner_does(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.learn(WRONG)
    bench.locked("shown = square(3)\nprint(square(3))\ndef close(a, b):\n    assert a == b, square(1)\nTOLERANCE = 1")
    bench.learn("close = print\nTOLERANCE = 9\nshown = 9")
    bench.fails("close(square(3), 9)")
    bench.passes("assert TOLERANCE == 1")


def test_the_rest_of_a_locked_cell_is_the_judges(bench: Bench) -> None:
    """Also what uses names that the same cell has bound before."""
    bench.asked(AUTHOR)
    bench.learn(WRONG)
    bench.locked("import math\nbase = math.floor(3.5)\nx = base + 1\ny = x * 2\nx = square(x)\nlimit = y")
    bench.learn("base = limit = y = 0")
    bench.passes("assert (base, x, y, limit, math.floor(2.5)) == (3, -1, 8, 8, 2)")


def test_a_locked_cell_that_lets_the_learner_fill_a_table(bench: Bench) -> None:
    bench.asked("def fill(table):\n    table['x'] = 1")
    bench.locked("table = {}")
    bench.learn("def fill(table):\n    table['x'] = 1")
    bench.locked("fill(table)\nsize = len(table)")
    bench.passes("assert table == {'x': 1} and size == 1")


def test_expected_values_that_are_declared_global_stay_too(bench: Bench) -> None:
    bench.asked(AUTHOR)
    bench.learn("expected = None\ndef square(n):\n    return expected")
    bench.fails("def prepare():\n    global expected\n    expected = 9\nprepare()\nassert square(3) == expected")
