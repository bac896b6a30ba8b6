"""Objects of the learner's that are more than data: compared by their data, handed back as they are, never believed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from techsell_grading.grader.judge.classes import of_library

from .conftest import Bench


def test_a_number_that_lies_is_judged_by_what_it_holds(bench: Bench) -> None:
    bench.learn("class I(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef sq(n): return I(5)")
    assert "type 'I'" in bench.fails("assert sq(3) == 9")["simplified"]
    bench.passes("assert sq(3) == 5")


ROWS = """
class Row:
    def __init__(self, name, value): self.name, self.value = name, value
def read(line):
    name, value = line.split(";")
    return {}(name, float(value))
def write(row): return f"{{row.name}};{{row.value}}"
"""


@pytest.mark.parametrize("kind", ["Row", "__import__('collections').namedtuple('R', 'name value')"])
def test_an_object_comes_back_to_the_function_that_knows_it(bench: Bench, kind: str) -> None:
    bench.learn(ROWS.format(kind))
    bench.passes("assert write(read('mill;2.5')) == 'mill;2.5'\nassert write(row=read('a;1.0')) == 'a;1.0'")
    bench.passes(
        "rows = [read(line) for line in ('a;1.0', 'b;2.0')]\nassert [write(row) for row in rows][1] == 'b;2.0'"
    )


def test_an_object_inside_something_is_the_answers_fault_and_not_the_tests(bench: Bench) -> None:
    bench.learn(ROWS.format("Row") + "def total(rows): return sum(row.value for row in rows)")
    bench.refuses("total([read('a;1.0')])", by="answer")
    bench.refuses("read('a;1.0').value", by="answer")


def test_what_was_changed_since_is_not_taken_for_the_learners_object(bench: Bench) -> None:
    bench.learn("class L(list): pass\ndef make(): return L([1])\ndef last(row): return row[-1], type(row) is L")
    bench.passes("row = make()\nassert last(row) == (1, True)\nrow.append(2)\nassert last(row) == (2, False)")


def test_a_number_of_the_tests_own_never_becomes_the_learners(bench: Bench) -> None:
    bench.learn("class I(int): pass\ndef make(): return I(7)\ndef own(n): return type(n) is int")
    bench.passes("assert make() == 7\nassert own(7)")


def test_classes_of_libraries_are_the_judges_own(bench: Bench) -> None:
    bench.learn("from collections import Counter as count\nunique = set\nfrom decimal import Decimal")
    bench.passes("assert unique([1, 1]) == {1}\nassert count('aa')['a'] == 2\nassert Decimal('1.5') * 2 == 3")


@pytest.mark.parametrize(
    "code",
    [
        "from subprocess import Popen as f",
        "from unittest.mock import MagicMock as f",
        "from pathlib import Path as f",
        "f = type",
        "class f(dict): pass",
        "class f:\n    def __init__(self, *a): pass\nf.__module__, f.__qualname__ = 'subprocess', 'Popen'",
    ],
)
def test_only_classes_that_hold_data_are(bench: Bench, code: str) -> None:
    bench.learn(code)
    bench.refuses("f(['true'])", by="answer")


def test_every_class_that_is_loaded_holds_data() -> None:
    assert of_library("builtins", "int") is int
    assert of_library("subprocess", "Popen") is None
    assert of_library("builtins", "type") is None


def test_a_generator_can_be_given_on(bench: Bench, new_bench: Callable[[], Bench]) -> None:
    bench.learn("def squares(n):\n    for i in range(n): yield i * i\ndef total(values): return sum(values)")
    bench.passes("assert total(squares(4)) == 14")
