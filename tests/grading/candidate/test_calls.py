"""Calls for the judge: arguments, results, output, errors, random numbers."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

USUAL = {
    "kind": "value",
    "was": "",
    "more": False,
    "then": None,
    "error": None,
    "random": None,
    "stdout": "",
    "stderr": "",
}


def test_a_call_and_everything_about_it(candidate):
    candidate.run("def f(a, *rest, b=2, **more):\n    return [a, rest, b, more]")
    answer = candidate.call("f", 1, 5, c=3)
    expected = {"value": [1, (5,), 2, {"c": 3}], "same": None, "args": [1, 5], "kwargs": {"c": 3}}
    assert answer == {**USUAL, **expected}


def test_keyword_only_and_defaults(candidate):
    candidate.run("def f(a, *, b, c=[]):\n    c.append(b)\n    return a, c")
    assert candidate.call("f", 1, b=2)["value"] == (1, [2])
    assert candidate.call("f", 1, b=3)["value"] == (1, [2, 3]), "a default is kept between calls, as in Python"
    assert candidate.call("f", 1)["error"]["type"] == "TypeError"


@pytest.mark.parametrize(
    "code",
    [
        "def f(x): return 2 * x",
        "f = lambda x: 2 * x",
        "from functools import partial\nimport operator\nf = partial(operator.mul, 2)",
        "class A:\n    def m(self, x): return 2 * x\nf = A().m",
        "class A:\n    @classmethod\n    def m(cls, x): return 2 * x\nf = A.m",
        "class A:\n    def __call__(self, x): return 2 * x\nf = A()",
        "f = (2).__mul__",
        "from functools import lru_cache\n@lru_cache\ndef f(x): return 2 * x",
        "import functools\ndef g(h):\n    return functools.wraps(h)(lambda *a: h(*a))\n@g\ndef f(x): return 2 * x",
    ],
)
def test_every_kind_of_function_is_called(candidate, code):
    candidate.run(code)
    assert candidate.call("f", 21)["value"] == 42


def test_arguments_come_back_as_the_call_left_them(candidate):
    candidate.run("def f(row, table, array, frame, *, named):\n    row.append(9); table['new'] = row; array[0] = 7\n"
                  "    frame.loc[0, 'a'] = 5; named.clear()")  # fmt: skip
    frame = pd.DataFrame({"a": [1, 2]})
    answer = candidate.call("f", [1], {}, np.zeros(2), frame, named={1})
    row, table, array, after = answer["args"]
    assert (row, table, list(array), list(after["a"])) == ([1, 9], {"new": [1, 9]}, [7.0, 0.0], [5, 2])
    assert answer["kwargs"] == {"named": set()}
    assert list(frame["a"]) == [1, 2]


def test_a_result_that_is_an_argument_is_said_to_be(candidate):
    candidate.run("def f(a, b, *, c):\n    return {'a': a, 'b': b, 'c': c, 'copy': list(b)}[a]")
    assert candidate.call("f", "b", [1], c=[2])["same"] == ["args", 1]
    assert candidate.call("f", "c", [1], c=[2])["same"] == ["kwargs", "c"]
    assert candidate.call("f", "copy", [1], c=[2])["same"] is None


def test_what_a_call_prints_is_its_own(candidate):
    code = "import sys, os\ndef f():\n    print('out')\n    print('err', file=sys.stderr)\n    os.write(1, b'below')\n"
    candidate.run(code + "    display(3)\n    input_ = 4")
    answer = candidate.call("f")
    assert (answer["stdout"], answer["stderr"]) == ("out\nbelow", "err\n")
    assert candidate.printed("print('mine')") == "mine\n"
    candidate.run("def f():\n    for _ in range(100_000): print('x' * 100)")
    assert 1000 < len(candidate.call("f")["stdout"]) < 1_000_000


def test_generators_are_drawn(candidate):
    candidate.run("def f(n):\n    print('begins')\n    for i in range(n): yield i\n    raise ValueError('end')")
    answer = candidate.call("f", 3)
    assert (answer["value"], answer["was"], answer["stdout"]) == ([0, 1, 2], "generator", "begins\n")
    assert answer["then"]["type"] == "ValueError"
    assert answer["error"] is None
    answer = candidate.call("f", 20_000)
    assert (len(answer["value"]), answer["more"], answer["then"]) == (10_000, True, None)


def test_functions_come_back_as_functions(candidate):
    candidate.run("def adder(n):\n    def add(x):\n        return n + x\n    return add")
    answer = candidate.call("adder", 5)
    assert (answer["kind"], answer["name"], answer["qualname"]) == ("function", "add", "adder.<locals>.add")
    second = candidate.ask("call", id=answer["id"], args=[2], kwargs={}, random=None)
    assert second["value"] == 7


@pytest.mark.parametrize(
    ("raised", "type_name", "bases", "text", "args"),
    [
        ("ValueError('no', 3)", "ValueError", ["ValueError", "Exception"], "('no', 3)", ["no", 3]),
        ("KeyError('k')", "KeyError", ["KeyError", "LookupError", "Exception"], "'k'", ["k"]),
        ("Own('x')", "Own", ["ValueError", "Exception"], "x", ["x"]),
        ("Own([1, {'a': 2}])", "Own", ["ValueError", "Exception"], "[1, {'a': 2}]", [[1, {"a": 2}]]),
        ("ValueError(object)", "ValueError", ["ValueError", "Exception"], "<class 'object'>", ["<class 'object'>"]),
        ("ValueError('x' * 1_000_000)", "ValueError", ["ValueError", "Exception"], ..., ...),
        ("OSError(2, 'gone', 'file')", "FileNotFoundError", ["FileNotFoundError", "OSError", "Exception"],
         "[Errno 2] gone: 'file'", [2, "gone"]),
        ("SystemExit(4)", "SystemExit", ["SystemExit"], "4", [4]),
        ("KeyboardInterrupt()", "KeyboardInterrupt", ["KeyboardInterrupt"], "", []),
        ("StopIteration(3)", "StopIteration", ["StopIteration", "Exception"], "3", [3]),
        ("ExceptionGroup('g', [ValueError()])", "ExceptionGroup", ["ExceptionGroup", "BaseExceptionGroup", "Exception"],
         "g (1 sub-exception)", ["g (1 sub-exception)"]),
        ("UnicodeDecodeError('utf-8', b'x', 0, 1, 'bad')", "UnicodeDecodeError",
         ["UnicodeDecodeError", "UnicodeError", "ValueError", "Exception"], ..., ["utf-8", b"x", 0, 1, "bad"]),
        ("1 / 0", "ZeroDivisionError", ["ZeroDivisionError", "ArithmeticError", "Exception"], "division by zero", ...),
        ("Hidden()", "ValueError", ["Exception"], "", []),
    ],
)  # fmt: skip
def test_errors_cross_as_data(candidate, raised, type_name, bases, text, args):
    candidate.run("class Own(ValueError): pass\nHidden = type('ValueError', (Exception,), {})")
    candidate.run(f"def f(): raise {raised}")
    answer = candidate.call("f")
    assert (answer["kind"], answer["value"]) == ("value", None)
    error = answer["error"]
    assert (error["type"], error["bases"]) == (type_name, [*bases, "BaseException"])
    assert text in (..., error["text"])
    assert args in (..., error["args"])
    assert len(str(error)) < 10_000


def test_an_error_leaves_the_changes_and_the_output(candidate):
    candidate.run("def f(x):\n    x.append(1)\n    print('so far')\n    raise ValueError")
    answer = candidate.call("f", [])
    assert (answer["args"], answer["stdout"], answer["error"]["type"]) == ([[1]], "so far\n", "ValueError")


def test_random_numbers_are_those_of_the_judge(candidate):
    candidate.run("import random, numpy as np\ndef f(): return random.random(), float(np.random.rand())")
    random.seed(3)
    np.random.seed(4)
    state = {"random": random.getstate(), "numpy": np.random.get_state()}
    number = candidate.ask("value", name="f")["id"]
    answer = candidate.ask("call", id=number, args=[], kwargs={}, random=state)
    assert answer["value"] == (random.random(), float(np.random.rand()))
    random.setstate(answer["random"]["random"])
    np.random.set_state(answer["random"]["numpy"])
    again = candidate.ask("call", id=number, args=[], kwargs={}, random=answer["random"])
    assert again["value"] == (random.random(), float(np.random.rand()))
    only = candidate.ask("call", id=number, args=[], kwargs={}, random={"random": state["random"]})
    assert only["value"][0] == answer["value"][0]
    assert only["random"]["numpy"] is None
    assert candidate.ask("call", id=number, args=[], kwargs={}, random=None)["random"] is None


def test_what_cannot_come_back_is_given_up_in_steps(candidate):
    candidate.run("class A: pass\ndef result(x):\n    x.append(1)\n    return A()\n"
        "def argument(x):\n    x.append(A())\n"
                  "    print('p')\n    return 3\ndef large(x): return list(range(1_000_000))")  # fmt: skip
    answer = candidate.call("result", [])
    assert (answer["kind"], answer["type"], answer["args"], answer["error"]) == ("unsupported", "A", [[1]], None)
    answer = candidate.call("argument", [])
    assert (answer["kind"], answer["type"], answer["args"], answer["kwargs"]) == ("unsupported", "A", None, None)
    assert answer["stdout"] == "p\n"
    answer = candidate.call("large", [2])
    assert (answer["kind"], answer["args"]) == ("unsupported", [[2]])


def test_code_in_modules_finds_ipython_too(candidate, tmp_path):
    (tmp_path / "helper.py").write_text("def f():\n    display(1)\n    return get_ipython() is not None\n")
    candidate.run("from helper import f")
    assert candidate.call("f")["value"] is True


def test_unknown_functions_are_an_error_of_the_call(candidate):
    for number in (-1, 0, 10**30):
        answer = candidate.ask("call", id=number, args=[], kwargs={}, random=None)
        assert answer["error"]["type"] == "LookupError"
    assert "error" in candidate.ask("call", id="0", args=[], kwargs={}, random=None)


def test_calls_see_the_notebooks_surroundings(candidate):
    candidate.run(
        "def f():\n    global count\n    count = 1\n    display(1)\n    return get_ipython() is not None, __name__"
    )
    assert candidate.call("f")["value"] == (True, "__main__")
    assert candidate.value("count") == 1


def test_functions_of_the_learners_can_be_arguments(candidate):
    candidate.run("def inc(x): return x + 1\ndef twice(f, x, g=None): return g(f(f(x))) if g else f\n")
    numbers = {name: candidate.ask("value", name=name)["id"] for name in ("inc", "twice")}
    given = [["args", 0, numbers["inc"]], ["kwargs", "g", numbers["inc"]]]
    ask = {"id": numbers["twice"], "args": [None, 3], "random": None}
    answer = candidate.ask("call", **ask, kwargs={"g": None}, given=given)
    assert (answer["value"], answer["given"], answer["args"], answer["kwargs"]) == (6, 2, [None, 3], {"g": None})
    answer = candidate.ask("call", **ask, kwargs={}, given=given[:1])
    assert (answer["same"], answer["given"], answer["args"]) == (["args", 0], 1, [None, 3])
    answer = candidate.ask("call", **ask, kwargs={}, given=[["args", 0, 99]])
    assert answer["error"]["type"] == "LookupError"
