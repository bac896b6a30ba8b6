"""Which names a cell has bound and deleted."""

from __future__ import annotations

import pytest


@pytest.fixture
def after(candidate):
    """What a cell binds and deletes after `a = [1]`, `b = 2`, `c = 'x'` and a function `f`."""
    candidate.run(
        "a = [1]\nb = 2\nc = 'x'\nimport numpy as np\narr = np.zeros(3)\ndef f():\n    global b\n    b = b + 1"
    )

    def run(code):
        answer = candidate.run(code)
        return sorted(answer["bound"]), sorted(answer["deleted"])

    return run


@pytest.mark.parametrize(
    ("code", "bound", "deleted"),
    [
        ("x = 1", ["x"], []),
        ("b = 3", ["b"], []),
        ("b += 1000", ["b"], []),
        ("a = [1]", ["a"], []),
        ("a = list(a)", ["a"], []),
        ("a.append(2)", [], []),
        ("a += [2]", [], []),
        ("a[0] = 5\na.sort()", [], []),
        ("arr[0] = 5\narr += 1", [], []),
        ("arr = arr + 1", ["arr"], []),
        ("print(a, b, c)", [], []),
        ("del a", [], ["a"]),
        ("del a, b\nb = 3", ["b"], ["a"]),
        ("del a\na = [1]", ["a"], []),
        ("x = 1\ndel x", [], []),
        ("from math import *\ndel pi", None, []),
        ("import os, sys as system", ["os", "system"], []),
        ("def g(): pass\nclass H: pass", ["H", "g"], []),
        ("for i in range(3): pass\nwith open('f', 'w') as file: pass", ["file", "i"], []),
        ("if (n := 3): pass", ["n"], []),
        ("try:\n    1 / 0\nexcept Exception as error: pass", [], []),
        ("f()", ["b"], []),
        ("exec('z = 1')\nglobals()['y'] = 2\nvars().update(w=3)", ["w", "y", "z"], []),
        ("globals().pop('a');", [], ["a"]),
        ("x, *rest = 1, 2\n[q for q in 'ab']", ["rest", "x"], []),
        ("x: int = 3", ["x"], []),
        ("a = [2]\n1 / 0\nc = 5", ["a"], []),
        ("a = = 5", [], []),
        ("match [1, 2]:\n    case [one, _]: pass", ["one"], []),
        ("_ = 5\n5\n_i", [], []),
        ("%%capture held\nx = 1", ["held", "x"], []),
        ("globals()[5] = 1\nglobals()['not a name'] = 2", ["not a name"], []),
        ("%reset -f", [], ["a", "arr", "b", "c", "f", "np"]),
    ],
)
def test_bound_and_deleted(after, code, bound, deleted):
    got_bound, got_deleted = after(code)
    assert got_deleted == deleted
    if bound is None:
        assert {"sqrt", "e"} <= set(got_bound)
        assert "pi" not in got_bound
    else:
        assert got_bound == bound


def test_a_value_in_the_old_ones_place_in_memory_is_new(candidate):
    """Bound over and over, a new object often lies where an old one lay; it counts all the same."""
    for kind in ("float(n)", "[n]", "{n: n}", "np.arange(5) + n", "(n,)", "str(n) * 3", "object()", "lambda: n"):
        candidate.run(f"import numpy as np\nn = 0\nvalue = {kind}")
        for _ in range(20):
            assert "value" in candidate.run(f"for n in range(1, 4):\n    del value\n    value = {kind}")["bound"], kind


def test_an_object_goes_when_its_cell_deletes_it(candidate):
    candidate.run("import weakref\nclass A:\n    def __del__(self): print('gone')\na = A()\nseen = weakref.ref(a)")
    assert candidate.printed("del a\nprint(seen())") == "gone\nNone\n"


def test_values_are_not_asked_anything(candidate):
    code = "class Sly:\n    def __getattribute__(self, n): 1 / 0\n    def __eq__(self, o): 1 / 0\n    __hash__ = None\n"
    code += "    def __bool__(self): 1 / 0\nx = Sly()\ny = Sly"
    assert sorted(candidate.run(code)["bound"]) == ["Sly", "x", "y"]
    assert candidate.run("# IPython looks at the first word of a single line\nx = Sly()")["bound"] == ["x"]
    assert candidate.ask("names") == {"names": ["Sly", "x", "y"]}


def test_the_judge_binds_and_deletes(candidate):
    candidate.run("def f(): return x\nx = 1")
    assert candidate.ask("bind", name="x", value=[5]) == {"ok": True}
    assert candidate.call("f")["value"] == [5]
    assert candidate.ask("delete", name="x") == {"ok": True}
    assert candidate.call("f")["error"]["type"] == "NameError"
    assert candidate.ask("delete", name="x") == {"ok": True}
    number = candidate.ask("value", name="f")["id"]
    assert candidate.ask("bind", name="g", id=number) == {"ok": True}
    assert candidate.shown("g is f") == "True"
    assert "error" in candidate.ask("bind", name="g", id=99)
    assert candidate.ask("names") == {"names": ["f", "g"]}
    assert candidate.run("pass")["bound"] == []


def test_more_names_than_fit_are_left_out(candidate):
    answer = candidate.run("for n in range(300_000): globals()[f'name_{n}'] = n\nglobals()['x' * 10_000_000] = 1")
    assert 1000 < len(answer["bound"]) < 10_000
    assert len(candidate.ask("names")["names"]) < 10_000
