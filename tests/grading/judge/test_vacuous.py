"""A learner's process must not decide what a test compares: end its loops, draw its numbers, see its variables."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest

from techsell_grading.grader.judge.chance import Chance
from techsell_grading.grader.judge.reading import asked, mentioned

from .conftest import Bench

LOOP = "for got, wanted in zip(map(f, [1, 2]), [1, 2]):\n    assert got == wanted"


@pytest.mark.parametrize("stop", ["StopIteration", "StopAsyncIteration", "type('Done', (StopIteration,), {})(3)"])
def test_no_answer_ends_a_loop_of_the_test(bench: Bench, stop: str) -> None:
    bench.learn(f"def f(x): raise {stop}")
    for test in (LOOP, "assert [f(x) for x in [1]] == [1]", "assert all(f(x) == x for x in [1])", "list(map(f, [1]))"):
        assert bench.test(test)["error"][0] == "RuntimeError", test


def test_a_test_that_speaks_of_it_gets_it(bench: Bench) -> None:
    bench.learn("def f(x): raise StopIteration(x)")
    test = "try:\n    f(3)\nexcept StopIteration as end:\n    assert end.value == 3\nelse:\n    assert False"
    assert bench.test(test)["error"] is None


# -- chance ----------------------------------------------------------------------------------------------------------


def state() -> dict[str, Any]:
    return {"random": random.getstate(), "numpy": np.random.get_state()}


def after(draw: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The state before `draw`, after it, and the one that the judge goes on from when it is told that one."""
    random.seed(3)
    np.random.seed(3)
    chance, sent = Chance(), state()
    draw()
    came = state()
    random.setstate(sent["random"])
    np.random.set_state(sent["numpy"])
    assert chance.take(came, sent)
    return sent, came, state()


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return repr(one) == repr(other) and bool((one["numpy"][1] == other["numpy"][1]).all())


@pytest.mark.parametrize("number", [0, 1, 300, 624, 5000])
def test_what_was_drawn_is_believed(number: int) -> None:
    def draw() -> None:
        np.random.normal(size=number)
        for _ in range(number):
            random.gauss(0, 1)

    sent, came, now = after(draw)
    assert same(now, came)
    assert same(now, sent) == (number == 0)


@pytest.mark.parametrize("numbers", [(0,) * 624, tuple(range(624))])
def test_what_was_never_drawn_is_not(numbers: tuple[int, ...]) -> None:
    def choose() -> None:
        random.setstate((3, (*numbers, 624), None))
        np.random.set_state(("MT19937", np.array(numbers, np.uint32), 624, 0, 0.0))

    sent, _, now = after(choose)
    assert same(now, sent)


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("for row in rows: total = row", {"total"}),
        ("row = 1\nfor row in rows: pass", {"row"}),
        ("with open('x') as f, open('y') as (g, h): text = f.read()", {"text"}),
        ("try: x = 1\nexcept ValueError as e: pass", {"x"}),
        ("import numpy as np\ndef f(): return [row for row in ()]\nclass C: pass", {"np", "f", "C"}),
        ("if (n := 10) > 5: a: int = 3; a += 1", {"n", "a"}),
    ],
)
def test_nobody_is_asked_for_the_variable_of_a_loop(answer: str, names: set[str]) -> None:
    assert asked(answer)[0] == names


def test_the_loop_of_a_test_stays_the_judges(bench: Bench) -> None:
    bench.asked("for row in [1]: pass\ndef f(x): return x")
    bench.learn("for row in [1]: pass\ndef f(x): return row[1]")
    assert bench.test("for row in [(1, 5)]:\n    assert f(row[0]) == row[1]")["error"][0] == "TypeError"


@pytest.mark.parametrize(
    "code",
    [
        "\n" * 1_000_000 + "x =",
        "\n" * 90_000 + "x =",
        "?\n" * 500_000,
        "a;" * 1_000_000,
        "-(" * 50_000,
        "x = 1 + " + "+".join(["y"] * 900),
    ],
    ids=["empty lines", "fewer empty lines", "questions", "statements", "deep", "long sum"],
)
def test_reading_what_was_handed_in_takes_no_time(code: str) -> None:
    began = time.process_time()
    found = mentioned(code)
    assert time.process_time() - began < 3
    assert len(found) <= 5000
    assert ("y" in found) == ("y" in code)


def test_what_a_test_that_was_left_out_defines_is_nobody_elses(bench: Bench) -> None:
    bench.asked("def f(x): return x")
    bench.learn("def near(got, wanted): return True\nmath = near\ndef f(x): return -1.0")
    left_out = "import math\nfrom operator import eq as same\ndef near(got, wanted): return got == wanted\nf(1)"
    assert bench.judge.ask(op="skip", code=left_out) == {"ok": True}
    bench.learn("def near(got, wanted): return True\ndef same(got, wanted): return True")
    bench.passes("assert math.sqrt(4) == 2 and not same(1, 2)")
    bench.fails("assert near(f(1), 1)", "NameError")
    assert bench.judge.ask(op="skip", code="x = = 1") == {"ok": True}
