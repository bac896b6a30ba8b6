"""Running cells: outputs, limits, errors as a notebook shows them, files, and what the parent may ask."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from .conftest import LIMIT, Bench


def test_output_is_bounded_and_says_so(bench: Bench) -> None:
    run = bench.test("for i in range(100000):\n    print(i)\n0.5", limit=1000)
    assert run["truncated"] is True
    assert len(str(run["outputs"])) < 2000
    assert run["outputs"][-1]["text"] == "\n[… the rest of the output was dropped]\n"
    assert run["outputs"][-2]["data"] == {"text/plain": "0.5"}
    assert bench.test("print('x')", limit=1000)["truncated"] is False


def test_a_learners_flood_is_bounded_too(bench: Bench) -> None:
    bench.learn("def f():\n    print('x' * 10_000_000)\n    return 3")
    run = bench.test("assert f() == 3", limit=1000)
    assert (run["error"], run["truncated"]) == (None, True)
    assert len(str(run["outputs"])) < 2000


def test_the_number_of_outputs_is_bounded_too(bench: Bench) -> None:
    run = bench.test("import sys\nfor i in range(2000):\n    print(i)\n    print(i, file=sys.stderr)\n0.5")
    assert (len(run["outputs"]) < 600, run["truncated"]) == (True, True)
    assert run["outputs"][-2]["data"] == {"text/plain": "0.5"}
    run = bench.test("def f(n):\n    def g(): return f(n + 1)\n    return g()\nf(0)")
    assert len(run["outputs"][-1]["traceback"]) < 200


@pytest.mark.parametrize("limit", [0, -5, 10**12])
def test_any_limit_is_taken(bench: Bench, limit: int) -> None:
    assert bench.test("print('x')", limit=limit)["error"] is None


def test_a_trace_shows_the_lines_of_the_test_and_nothing_of_the_judge(bench: Bench) -> None:
    bench.learn("def f(n):\n    raise ValueError('no')")
    run = bench.test("def check(n):\n    assert f(n) == 4\n\ncheck(3)")
    trace = "\n".join(run["outputs"][-1]["traceback"])
    assert run["error"] == ["ValueError", "no"]
    assert "assert f(n) == 4" in trace
    assert "check(3)" in trace
    assert "techsell_grading" not in trace
    assert "learner.py" not in trace


def test_a_check_shows_its_sentence_only(bench: Bench) -> None:
    bench.learn("def f(n):\n    return 1")
    run = bench.test("from techsell.check import call, expect\nexpect(call(f, 2, called='f(2)'), 4, called='f(2)')")
    assert run["outputs"][-1]["traceback"] == [run["error"][1]]
    assert run["error"][1].startswith("Called f(2): 1 came back; wanted another value.")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("raise SystemExit(3)", ["SystemExit", "3"]),
        ("exit()", ["SystemExit", "None"]),
        ("raise KeyboardInterrupt", ["KeyboardInterrupt", ""]),
        ("def f(:", None),
        ("x = '\\0'\0", None),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", ["E", ""]),
        ("def deep(): deep()\ndeep()", None),
        ("import sys\nsys.stdout = None\nprint('x')\nraise ValueError(1)", ["ValueError", "1"]),
        ("import sys\nsys.modules['__main__'] = None\nsys.modules.clear()\nraise ValueError(1)", ["ValueError", "1"]),
        ("globals().clear()\nraise ValueError(1)", None),
    ],
)
def test_whatever_ends_a_cell_the_judge_goes_on(bench: Bench, code: str, error: list[str] | None) -> None:
    run = bench.test(code)
    assert run["how"] == "done"
    assert run["error"] is not None
    assert error is None or run["error"] == error
    bench.learn("def f(n):\n    return n")
    bench.passes("print('after')\nassert f(2) == 2")


def test_an_endless_cell_can_be_interrupted(bench: Bench, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    code = f"open({str(begun)!r}, 'w').close()\nwhile True:\n    pass"
    bench.judge.channel.send({"op": "run", "code": code, "role": "test", "limit": LIMIT})
    begun.read_bytes()  # comes back when the cell has begun
    bench.judge.interrupt()
    run = bench.judge.channel.receive(time.monotonic() + 10)
    assert run["error"] == ["KeyboardInterrupt", ""]
    bench.passes("assert True")


def test_files_lie_in_the_working_folder(bench: Bench, tmp_path: Path) -> None:
    files = {"data.txt": b"a\nb", "sub/helper.py": b"", "helper.py": b"N = 3\ndef near(a, b): return abs(a - b) < 1"}
    assert bench.judge.ask(op="files", files=files) == {"ok": True}
    bench.learn("x = 3.4")
    bench.passes("assert open('data.txt').read() == 'a\\nb'\nfrom helper import near, N\nassert near(x, N)")
    bench.passes(
        "import os\nassert os.path.exists('data.txt')\nimport pandas as pd\nassert len(pd.read_csv('data.txt')) == 1"
    )
    assert (tmp_path / "judge0" / "data.txt").read_bytes() == b"a\nb"


def test_a_locked_cell_may_do_what_a_test_may_not(bench: Bench) -> None:
    """It runs on the other side too."""
    locked = "import os, sys\nos.environ['Q'] = '1'\nsys.setrecursionlimit(3000)\nopen('in.txt', 'w').write('x')"
    assert bench.locked(f"%matplotlib inline\n{locked}")["error"] is None
    bench.learn("import os\ndef f():\n    return os.environ['Q'] + open('in.txt').read()")
    bench.passes("assert f() == '1x'")


def test_a_function_of_a_locked_cell_is_the_judges(bench: Bench) -> None:
    bench.locked("def reference(n):\n    return n * n\nCASES = [1, 2, 3]")
    bench.learn("def square(n):\n    return n * n")
    bench.passes("for n in CASES:\n    assert square(n) == reference(n)")


def test_what_a_cell_binds_and_deletes_is_reported(bench: Bench) -> None:
    run = bench.test("a = 1\ndef b(): pass\nimport os")
    assert sorted(run["bound"]) == ["a", "b", "os"]
    run = bench.test("del a\nb = 3")
    assert (run["bound"], run["deleted"]) == (["b"], ["a"])


@pytest.mark.parametrize(
    "message",
    [
        {"op": "dance"},
        {},
        {"op": "run"},
        {"op": "run", "code": 3, "role": "test", "limit": 9},
        {"op": "run", "code": "", "role": "x", "limit": 9},
    ],
)
def test_an_unknown_message_is_said(bench: Bench, message: dict[str, object]) -> None:
    assert bench.judge.ask(**message)["error"].startswith("The judge does not know the message")
    bench.passes("assert True")


def test_the_judge_ends_when_its_parent_hangs_up(bench: Bench) -> None:
    bench.judge.channel.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{bench.judge.pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{bench.judge.pid}").exists()


def test_environment_says_that_it_is_graded(bench: Bench) -> None:
    bench.passes("import os\nassert os.environ['NBGRADER_EXECUTION'] == 'autograde'")
