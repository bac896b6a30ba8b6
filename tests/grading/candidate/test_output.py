"""Everything that a cell prints, by whichever door; floods are cut and cost little."""

from __future__ import annotations

import pytest


def test_output_below_python_is_caught_in_order(candidate):
    code = "import os\nprint('a')\nos.write(1, b'b\\n')\nprint('c')\nos.write(2, b'error')\nos.write(1, b'd')"
    answer = candidate.run(code + ";")
    assert [(o["name"], o["text"]) for o in answer["outputs"]] == [("stdout", "a\nb\nc\nd"), ("stderr", "error")]


def test_what_lies_there_may_be_emptied(candidate):
    code = "import os\nos.write(1, b'first ')\nprint('second')\nos.ftruncate(1, 0)\nos.write(1, b'3rd')\nprint();"
    assert candidate.printed(code) == "first second\n3rd\n"


def test_c_code_that_holds_its_output_back_is_caught(candidate):
    assert candidate.printed("import ctypes\nctypes.CDLL(None).printf(b'from C\\n');") == "from C\n"


def test_children_and_their_children_are_heard(candidate):
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)']);"
    assert candidate.printed(code) == "1\n"
    code = "from multiprocessing import Pool\ndef f(x):\n    print('in', x, flush=True)\n    return x * x\n"
    code += "with Pool(2) as pool:\n    squares = pool.map(f, [1, 2, 3])\nsquares"
    answer = candidate.run(code)
    assert answer["error"] is None
    assert sorted("".join(o["text"] for o in answer["outputs"] if "text" in o).split("\n")) == [
        "",
        "in 1",
        "in 2",
        "in 3",
    ]
    assert candidate.value("squares") == [1, 4, 9]


def test_bytes_that_are_no_text(candidate):
    assert candidate.printed("import os\nos.write(1, b'\\xff\\xe2\\x82');") == "\ufffd\ufffd"
    assert candidate.printed("import sys\nsys.stdout.buffer.write('€'.encode());") == "€"
    assert candidate.printed("os.write(1, b'\\xe2\\x82')\nprint(end='')\nos.write(1, b'\\xac');") == "€"


def test_half_characters_cannot_break_a_notebook(candidate):
    answer = candidate.run("print('\\ud800')\nraise ValueError('\\udfff')")
    assert answer["outputs"][0]["text"] == "\\ud800\n"
    assert answer["error"] == ["ValueError", "\\udfff"]
    assert candidate.shown("class A:\n    def __repr__(self): return '\\ud800'\nA()") == "\\ud800"


@pytest.mark.parametrize(
    "code",
    [
        "print('x' * 10_000_000)",
        "for _ in range(200_000): print('x' * 50)",
        "import os\nfor _ in range(20_000): os.write(1, b'x' * 1000)",
        "import sys\nfor _ in range(300_000): sys.stdout.write('é')",
        "for n in range(30_000): display(n)",
        "import sys\nfor n in range(30_000): print(n, file=(sys.stdout, sys.stderr)[n % 2])",
        "'x' * 10_000_000",
        "raise ValueError('x' * 10_000_000)",
        "for n in range(1000):\n    try: 1 / 0\n    except Exception: get_ipython().showtraceback()",
    ],
)
def test_a_flood_is_cut(candidate, code):
    answer = candidate.run(code, limit=50_000)
    held = sum(len(str(o).encode()) for o in answer["outputs"])
    assert 4000 < held < 200_000
    assert answer["truncated"] or code.startswith("raise")
    assert answer["seconds"] < 15
    assert candidate.shown("'alive'") == "'alive'"


@pytest.mark.parametrize(
    "code",
    [
        "for n in range(5000): display(n)",
        "import sys\nfor n in range(5000): print(n, file=(sys.stdout, sys.stderr)[n % 2])",
        "import sys\nfor n in range(5000): sys.displayhook(n)",
    ],
)
def test_small_outputs_without_number_fit_into_the_message(candidate, code):
    answer = candidate.run(code, limit=2_000_000)
    assert answer["error"] is None
    assert answer["truncated"]
    assert 500 < len(answer["outputs"]) < 1000


def test_a_flood_costs_about_what_printing_costs(candidate):
    """A cell that prints 40 times its limit takes no longer for each line than one that stays within it."""
    few = candidate.run("for _ in range(10_000): print('x' * 20)", limit=2_000_000)
    many = candidate.run("for _ in range(400_000): print('x' * 20)", limit=210_000)
    assert (few["truncated"], many["truncated"]) == (False, True)
    assert many["seconds"] < 80 * few["seconds"] + 1


def test_what_was_cut_is_said_and_small_results_survive(candidate):
    answer = candidate.run("print('x' * 5000)\n0.5", limit=1000)
    assert [o["output_type"] for o in answer["outputs"]] == ["stream", "execute_result", "stream"]
    assert answer["outputs"][0]["text"] == "x" * 1000
    assert answer["outputs"][1]["data"] == {"text/plain": "0.5"}
    assert "dropped" in answer["outputs"][2]["text"]
    assert candidate.run("print('x' * 1000, end='')", limit=1000)["truncated"] is False
    assert candidate.run("import os\nprint('x' * 1000, end='')\nos.write(1, b'y');", limit=1000)["truncated"] is True


def test_the_limit_counts_bytes_of_any_alphabet(candidate):
    answer = candidate.run("print('€' * 1000)", limit=1000)
    assert answer["outputs"][0]["text"] == "€" * 333
    assert answer["truncated"]


def test_an_error_is_kept_after_a_flood(candidate, texts):
    answer = candidate.run("print('x' * 5000)\n1 / 0", limit=1000)
    assert answer["error"] == ["ZeroDivisionError", "division by zero"]
    assert [o["output_type"] for o in answer["outputs"]] == ["stream", "error", "stream"]


@pytest.mark.parametrize(
    "breaks",
    [
        "sys.stdout.close(); sys.stderr.close()",
        "import os; os.close(1); os.close(2)",
        "import os; os.dup2(os.open('file.txt', os.O_CREAT | os.O_WRONLY), 1)",
        "sys.stdout = None",
        "del sys.stdout, sys.stderr",
        "import io; sys.stdout = io.StringIO(); sys.stdout.close()",
        "sys.stdout.detach()",
        "open('/dev/stdout', 'w').close()",
        "import os; os.ftruncate(1, 0)",
    ],
)
def test_a_broken_stdout_heals_with_the_next_cell(candidate, breaks):
    candidate.run(f"import sys, os\nprint('before')\n{breaks}")
    answer = candidate.run("print('python', flush=True)\nos.write(1, b'below\\n');")
    assert answer["error"] is None
    assert [o["text"] for o in answer["outputs"]] == ["python\nbelow\n"]


def test_a_stdout_that_was_replaced_stays_so(candidate):
    candidate.run("import io, sys\nheld = sys.stdout = io.StringIO()")
    candidate.run("print('into it')")
    candidate.run("sys.stdout = sys.__stdout__")
    assert candidate.printed("print(held.getvalue(), end='')") == "into it\n"
    code = "from contextlib import redirect_stdout\nheld = io.StringIO()\nwith redirect_stdout(held):\n    print('x')"
    assert candidate.printed(code) == ""
    assert candidate.shown("held.getvalue()") == "'x\\n'"


def test_a_stdout_of_ones_own_need_not_be_one_that_ipython_can_change(candidate):
    code = "import sys\nclass Own:\n    __slots__ = ()\n    def write(self, text): held.append(text)\n"
    candidate.run(code + "    def flush(self): pass\nheld = []\nsys.stdout = Own()")
    assert candidate.shown("print('mine')\nheld") == "['mine', '\\n']"


def test_no_second_copy_of_the_output_is_kept(candidate):
    candidate.run("print('x' * 100_000)\ndisplay(3)\n4")
    assert candidate.shown("sum(len(str(o)) for o in get_ipython().history_manager.outputs.values())") == "0"


def test_threads_may_go_on_printing(candidate, texts):
    code = """
import threading, time, os, sys
stop = threading.Event()
def chatter():
    while not stop.is_set():
        print('from a thread'); os.write(1, b'below'); display(1)
for _ in range(3):
    threading.Thread(target=chatter, daemon=True).start()
"""
    assert candidate.run(code, limit=5000)["error"] is None
    for number in range(20):
        answer = candidate.run(f"x = {number}\nx", limit=5000)
        assert answer["error"] is None
        result = [o["data"]["text/plain"] for o in answer["outputs"] if o["output_type"] == "execute_result"]
        assert result == [str(number)]
        assert candidate.value("x") == number
    candidate.run("stop.set()\nfor t in threading.enumerate():\n    t is threading.current_thread() or t.join()")
    assert candidate.printed("print('quiet')") == "quiet\n"


def test_what_is_printed_between_cells_belongs_to_none(candidate):
    code = "import threading, os\ngo, done = threading.Event(), threading.Event()\n"
    code += "def late():\n    go.wait()\n    print('late')\n    os.write(1, b'late')\n    done.set()\n"
    candidate.run(code + "threading.Thread(target=late).start()\nasked = lambda: (go.set(), done.wait())[1]")
    assert candidate.call("asked")["value"] is True
    assert candidate.printed("print('mine')") == "mine\n"


def test_a_stream_is_a_stream(candidate):
    code = "import sys\nprint(sys.stdout.isatty(), sys.stdout.writable(), sys.stdout.encoding, sys.stdout.fileno())\n"
    code += "sys.stdout.writelines(['a', 'b'])\nsys.stdout.write('c\\n');"
    assert candidate.printed(code) == "False True utf-8 1\nabc\n"
    assert candidate.error("sys.stdout.write(b'x')") == ["TypeError", "write() argument must be str, not bytes"]
    assert (
        candidate.printed("class S(str):\n    def __str__(self): return 'lie'\nsys.stdout.write(S('true'));") == "true"
    )
    assert candidate.printed("import logging\nlogging.warning('w')", "stderr") == "WARNING:root:w\n"
