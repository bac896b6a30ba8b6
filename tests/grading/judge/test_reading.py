"""What a cell's text says about names: what it binds, what it needs from outside, what a learner is asked for."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell_grading.grader.judge.reading import asked, mentioned, own_and_imported, reading, reads_now


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("x = 1", "x"),
        ("x = x + 1", ""),
        ("x += 1", ""),
        ("keep = f\ndel f\nf = keep", "keep"),
        ("for i in range(3):\n    total = i", "i total"),
        ("for x in x: pass", ""),
        ("with open(p) as handle: text = handle.read()", "handle text"),
        ("try:\n    f()\nexcept ValueError as error: pass", "error"),
        ("import os.path, numpy as np\nfrom math import sqrt as root", "np os root"),
        ("expected = 3\ndef check(n):\n    assert n == expected", "check expected"),
        ("def check(n):\n    return later(n)\ndef later(n): pass", "check"),
        ("[y for y in row]\n(z := 3)", "z"),
        ("y = [y for y in (1, 2)]", "y"),
        ("a, (b, *c) = f()", "a b c"),
        ("table['x'] = 1", ""),
        ("def f():\n    global count\n    count = 1", "count f"),
        ("match f():\n    case {'a': a, **rest}: pass\n    case [b, *c]: pass", "a b c rest"),
        ("class T:\n    x = outer", "T"),
        ("f = lambda n: n + m", "f"),
        ("x: int = 3", "x"),
        ("async def f(): pass", "f"),
    ],
)
def test_a_cells_own_names_are_bound_before_they_are_read(code: str, own: str) -> None:
    assert sorted(reading(ast.parse(code)).own) == own.split()


def test_names_that_python_reads_past_a_namespace() -> None:
    code = "class T(Base):\n    x = outer\n    def m(self, d=given): return late\ndef f():\n    global count"
    found = reading(ast.parse(code))
    assert (found.in_class, found.declared) == ({"outer", "given"}, {"count"})


def test_set_attributes_and_imported_modules() -> None:
    found = reading(ast.parse("import numpy as np, os.path\nnp.random.rand = f\nsys.stdout = s\nx[1].y = 2"))
    assert found.attributes == {("np.random", "rand"), ("sys", "stdout"), ("x[1]", "y")}
    assert found.imports == {"np": "numpy", "os": "os"}


@pytest.mark.parametrize(
    ("code", "bound", "changed"),
    [
        ("def price(n):\n    return RATE * n", "price", ""),
        ("table['ratio'] = table.a / table.b", "", "table"),
        ("data.sort()", "", "data"),
        ("random.shuffle(data)", "", "data random"),
        ("def add(name):\n    stock[name] = 1", "add", "stock"),
        ("fill(table)", "", "table"),
        ("print(expected)\nplt.plot(x, y)", "", "plt"),
        ("%matplotlib inline\nx = 1\n!ls", "x", ""),
        ("close(f(2), 4)", "", ""),
        ("", "", ""),
        ("x = = 1", "", ""),
    ],
)
def test_what_an_author_asks_for(code: str, bound: str, changed: str) -> None:
    assert [sorted(names) for names in asked(code)] == [bound.split(), changed.split()]


def test_imports_of_a_cell() -> None:
    names, code = own_and_imported("import numpy as np\nx = 1\nfrom a import (b,\n  c)\nif x: import d")
    assert names == {"np", "x", "b", "c", "d"}
    assert code == ("import numpy as np\nfrom a import b, c")
    assert own_and_imported("x = = 1") == (frozenset(), "")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(n=given): return later", "given"),
        ("@wrap\ndef f(): pass", "wrap"),
        ("import a", ""),
        ("x = f(y)", "f y"),
        ("print([g(i) for i in row])", "g print row"),
        ("class T(Base):\n    def m(self): return late", "Base"),
        ("class T:\n    x = outer", "outer"),
    ],
)
def test_what_a_statement_needs_when_it_runs(code: str, names: str) -> None:
    assert sorted(reads_now(ast.parse(code).body[0])) == names.split()


def test_every_name_that_stands_in_a_cell() -> None:
    assert mentioned("def f(a):\n    return b + g.c\nimport d") == {"f", "b", "g", "d"}
    assert {"x", "y"} <= mentioned("x = = y")


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    asked(text)
    mentioned(text)
