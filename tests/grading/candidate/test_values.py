"""What a name is for the judge: plain data, a function, a module, a class, or something that cannot cross."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def named(candidate):
    """The answer about `x` after some code."""

    def ask(code):
        answer = candidate.run(code)
        assert answer["error"] is None, answer["error"]
        return candidate.ask("value", name="x")

    return ask


def plain(value, was="", more=False, then=None):
    return {"kind": "value", "value": value, "was": was, "more": more, "then": then}


@pytest.mark.parametrize("value", [3, 2.5, "text", [1, (2, {3})], {"a": None, 4: b"x"}, True, None, 10**40, range(3)])
def test_plain_values(named, value):
    assert named(f"x = {value!r}") == plain(value)


def test_values_of_the_libraries(named, candidate):
    array = named("import numpy as np, pandas as pd\nx = np.array([1.5, np.nan])")["value"]
    assert type(array) is np.ndarray
    assert math.isnan(array[1])
    scalar = named("x = np.float32(1.5)")["value"]
    assert type(scalar) is np.float32
    table = named("x = pd.DataFrame({'a': [1, 2], 'b': ['x', None]}, index=[5, 6])")["value"]
    pd.testing.assert_frame_equal(table, pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=[5, 6]))


def test_a_missing_name(candidate):
    assert candidate.ask("value", name="nosuch") == {"kind": "missing"}
    assert candidate.ask("value", name="print") == {"kind": "missing"}


@pytest.mark.parametrize(
    ("code", "name", "qualname", "doc", "signature"),
    [
        ("def x(a, /, b, *c, d, e=3, **f):\n    'Doc.'", "x", "x", "Doc.", "a b c d e f"),
        ("x = lambda: 1", "<lambda>", "<lambda>", None, ""),
        ("from functools import partial\ndef f(a, b): pass\nx = partial(f, 1)", "partial", "partial", ..., "b"),
        ("class A:\n    def m(self, a): pass\nx = A().m", "m", "A.m", None, "a"),
        ("class A:\n    def __call__(self, a): pass\nx = A()", "A", "A", None, "a"),
        ("from functools import lru_cache\n@lru_cache\ndef x(a): pass", "x", "x", None, "a"),
        ("from functools import cached_property, wraps\ndef g(f):\n    @wraps(f)\n    def h(*a): return f(*a)\n"
         "    return h\n"
         "@g\ndef x(a, b): 'D'", "x", "x", "D", "a b"),
        ("x = len", "len", "len", ..., "obj"),
        ("x = [].append", "append", "list.append", ..., "object"),
        ("import numpy as np\nx = np.add", "add", "add", ..., None),
        ("async def x(a): pass", "x", "x", None, "a"),
    ],
)  # fmt: skip
def test_everything_that_can_be_called_is_a_function(named, code, name, qualname, doc, signature):
    answer = named(code)
    assert answer["kind"] == "function"
    assert (answer["name"], answer["qualname"]) == (name, qualname)
    assert doc in (..., answer["doc"])
    if signature is not None and answer["signature"] is not None:
        assert " ".join(parameter[0] for parameter in answer["signature"]) == signature


def test_parameters_with_their_kinds_and_defaults(named):
    code = "class A: pass\ndef x(a, /, b=[1], *c, d, e=None, g=A(), **f): pass"
    assert named(code)["signature"] == [
        ["a", "POSITIONAL_ONLY", False, None],
        ["b", "POSITIONAL_OR_KEYWORD", True, [1]],
        ["c", "VAR_POSITIONAL", False, None],
        ["d", "KEYWORD_ONLY", False, None],
        ["e", "KEYWORD_ONLY", True, None],
        ["g", "KEYWORD_ONLY", True, None],
        ["f", "VAR_KEYWORD", False, None],
    ]


def test_a_function_keeps_its_number(candidate):
    candidate.run("def f(): pass\ng = f\nh = lambda: f")
    numbers = [candidate.ask("value", name=name)["id"] for name in "fgfhf"]
    assert numbers == [0, 0, 0, 1, 0]
    assert candidate.call("h")["id"] == 0
    candidate.run("def f(): pass")
    assert candidate.ask("value", name="f")["id"] == 2


def test_modules_and_classes_are_named(named):
    assert named("import numpy as x") == {"kind": "module", "name": "numpy"}
    assert named("import os.path as x")["name"] in ("posixpath", "os.path")
    expected = {"kind": "class", "name": "Counter", "module": "collections", "qualname": "Counter"}
    answer = named("from collections import Counter as x")
    assert type(answer.pop("id")) is int
    assert answer == expected
    assert named("class x: pass")["module"] == "__main__"
    assert named("from pandas import DataFrame as x")["name"] == "DataFrame"


@pytest.mark.parametrize(
    ("code", "value", "was"),
    [
        ("x = (n * n for n in range(4))", [0, 1, 4, 9], "generator"),
        ("def g():\n    yield from 'ab'\nx = g()", ["a", "b"], "generator"),
        ("x = map(str, [1, 2])", ["1", "2"], "iterator"),
        ("x = iter({'a': 1})", ["a"], "iterator"),
        ("x = zip('ab', [1, 2])", [("a", 1), ("b", 2)], "iterator"),
        ("class N:\n    n = 0\n    def __iter__(self): return self\n    def __next__(self):\n        self.n += 1\n"
         "        if self.n > 3: raise StopIteration\n        return self.n\nx = N()", [1, 2, 3], "iterator"),
    ],
)  # fmt: skip
def test_iterators_are_drawn(named, candidate, code, value, was):
    assert named(code) == plain(value, was)
    assert candidate.ask("value", name="x") == plain([], was), "what is drawn is gone, as in a notebook"


def test_an_endless_generator_is_drawn_for_a_while(named):
    answer = named("from itertools import count\nx = count()")
    assert answer == plain(list(range(10_000)), "iterator", more=True)


def test_an_error_while_drawing_comes_after_the_items(named):
    then = {"type": "ValueError", "bases": ["ValueError", "Exception", "BaseException"], "text": "no", "args": ["no"]}
    code = "def g():\n    yield 1\n    raise ValueError('no')\nx = g()"
    assert named(code) == plain([1], "generator", then=then)


@pytest.mark.parametrize(
    ("code", "type_name", "path"),
    [
        ("class A: pass\nx = A()", "A", ""),
        ("class A: pass\nx = [1, {'k': A()}]", "A", "[1]['k']"),
        ("x = open('f', 'w')", "TextIOWrapper", ""),
        ("x = [1]\nx.append(x)", "list", "[1]"),
        ("x = 'x' * 20_000_000", ..., ...),
        ("x = list(range(1_000_000))", ..., ...),
        ("async def f(): pass\nx = f()", "coroutine", ""),
        ("import re\nx = re.match('a', 'a')", "Match", ""),
        ("x = [lambda: 1]", "function", "[0]"),
        ("import sys\nx = sys", None, None),
    ],
)
def test_what_cannot_cross_is_named_by_its_real_type(named, code, type_name, path):
    answer = named(code)
    if type_name is None:
        assert answer["kind"] == "module"
        return
    assert answer["kind"] == "unsupported"
    assert set(answer) == {"kind", "id", "type", "path", "why"}
    assert type_name in (..., answer["type"])
    assert path in (..., answer["path"])


LIAR = """
class Meta(type):
    __name__ = 'int'
    __mro__ = (int, object)
    def __instancecheck__(cls, x): return True
    def __subclasscheck__(cls, x): return True
    def __getattribute__(cls, name): raise ValueError('meta')
class Liar(metaclass=Meta):
    __class__ = int
    def __getattribute__(self, name): raise ValueError(name)
    def __eq__(self, other): return True
    def __hash__(self): return 3
    def __repr__(self): raise ValueError('repr')
    def __len__(self): return 3
    def __iter__(self): raise ValueError('iter')
    def __int__(self): return 3
    def __reduce__(self): raise ValueError('reduce')
x = Liar()
"""


def test_a_liar_is_what_it_is(named, candidate):
    answer = named(LIAR)
    assert (answer["kind"], answer["type"]) == ("unsupported", "Liar")
    candidate.run("x = [Liar()]")
    assert candidate.ask("value", name="x")["type"] == "Liar"
    candidate.run("x = {1: Liar()}\ny = Liar")
    assert candidate.ask("value", name="x")["type"] == "Liar"
    assert candidate.ask("value", name="y")["kind"] == "class"


@pytest.mark.parametrize(
    "code",
    [
        "class A:\n    def __call__(self): pass\n    @property\n    def __name__(self): raise ValueError\nx = A()",
        "class A:\n    def __call__(self): pass\n    def __getattribute__(self, n): raise ValueError(n)\nx = A()",
        "class A:\n    def __call__(self): pass\n    __name__ = 5\n    __doc__ = ['x']\n    __signature__ = 7\nx = A()",
        "def x(): pass\nx.__signature__ = 'no'\nx.__wrapped__ = x",
        "def x(): pass\nx.__doc__ = type('S', (str,), {})('lie')",
        "def x(): 'y'\nx.__name__ = 'n' * 1_000_000\nx.__doc__ = 'd' * 1_000_000",
        "exec('def x(' + ', '.join(f'a{n}' for n in range(5000)) + '): pass')",
        "import types\nx = types.ModuleType('m')\nx.__name__ = 5",
        "import types\nclass M(types.ModuleType): pass\nx = M('m')",
        "class I:\n    def __next__(self): raise SystemExit\n    def __iter__(self): return self\nx = I()",
    ],
)
def test_odd_things_get_an_answer_of_the_usual_shape(named, candidate, code):
    answer = named(code)
    assert answer["kind"] in ("function", "unsupported", "value")
    assert len(str(answer)) < 20_000
    assert candidate.shown("1") == "1"


def test_looking_at_a_value_prints_nothing_into_the_next_cell(candidate):
    candidate.run(
        "class A:\n    def __call__(self): pass\n    @property\n    def __doc__(self): print('asked')\nx = A()"
    )
    assert candidate.ask("value", name="x")["kind"] == "function"
    assert candidate.printed("print('mine')") == "mine\n"


def test_figures_are_described(candidate):
    candidate.run("import matplotlib.pyplot as plt\ndef draw():\n    fig, ax = plt.subplots()\n"
                  "    ax.plot([1, 2], [3, 4])\n"
                  "    ax.set_title('Flow')\n    return ax")  # fmt: skip
    axes = candidate.call("draw")["value"].axes[0]
    assert (axes.title, len(axes.lines)) == ("Flow", 1)
    shown = [output["output_type"] for output in candidate.run("1")["outputs"]]
    assert shown == ["execute_result"], "the call's figure is not the next cell's"
