"""What code can do to its own process and to the grader; what it can do to the machine is the sandbox's business."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from techsell_grading.grader import Check, Limits, Verdict

FULL = 10.0


def points(verdict: Verdict) -> dict[str, float | None]:
    return {check.cell: check.points for check in verdict.checks}


def by_cell(verdict: Verdict, name: str) -> Check:
    return next(check for check in verdict.checks if check.cell == name)


def test_a_cell_that_ends_the_process_costs_its_own_task_only(exercise, good):
    verdict = exercise.grade(exercise.answered({**good, "double_answer": "import os\nos._exit(0)"}))
    assert points(verdict) == {"double": 0, "double__forgets_negative_flow": 0, "pick": 5, "plan": None}
    assert "ended the whole Python process" in verdict.reasons[0]


def test_a_test_that_is_made_to_end_the_process_scores_zero(exercise, good):
    answer = "import os\ndef double(x):\n    os._exit(0)"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": answer}))
    assert points(verdict) == {"double": 0, "double__forgets_negative_flow": 0, "pick": 5, "plan": None}


def test_a_cell_that_uses_too_much_memory_hears_so(exercise, good):
    greedy = "import os\nblocks = []\nfor _ in range(40):\n    if not os.fork():\n        block = bytearray(64 << 20)\n"
    greedy += "        block[::4096] = b'1' * len(block[::4096])\n        import time; time.sleep(30)\ntime = os.wait()"
    limits = Limits(cell_seconds=10, memory=1 << 30)
    verdict = exercise.grade(exercise.answered({**good, "double_answer": greedy}), limits)
    assert points(verdict) == {"double": 0, "double__forgets_negative_flow": 0, "pick": 5, "plan": None}
    assert "used more than the 1024 MB of memory" in verdict.reasons[0]


def test_code_that_ends_the_process_again_and_again_is_given_up(exercise, make_exercise, good):
    author = exercise.author
    test = next(cell for cell in author["cells"] if cell["id"] == "double")
    more = [{**test, "id": f"m{n}", "metadata": {"nbgrader": {**test["metadata"]["nbgrader"], "grade_id": f"m{n}"}}}
            for n in range(12)]  # fmt: skip
    where = author["cells"].index(test)
    many = make_exercise({**author, "cells": [*author["cells"][:where], *more, *author["cells"][where:]]})
    answer = "import os\ndef double(x):\n    os._exit(0)"
    verdict = many.grade(many.answered({**good, "double_answer": answer}))
    assert by_cell(verdict, "m0").message.startswith("Your code ended the whole Python process")
    assert by_cell(verdict, "double").message == "Not checked: your code ended the Python process again and again."
    assert verdict.score == 0


def test_an_endless_loop_is_stopped_and_the_rest_is_graded(exercise, good):
    answers = {**good, "double_answer": "def double(x):\n    return 2 * x\nwhile True:\n    pass"}
    verdict = exercise.grade(exercise.answered(answers), Limits(cell_seconds=1))
    assert points(verdict) == {"double": 2, "double__forgets_negative_flow": 3, "pick": 5, "plan": None}
    assert verdict.reasons == ("Your cell 'double_answer' was stopped after 1 s without finishing.",)


def test_a_loop_that_ignores_interrupts_is_killed(exercise, good):
    loop = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": loop}), Limits(cell_seconds=1))
    assert points(verdict)["double"] == 0
    assert points(verdict)["pick"] == 5


def test_the_total_time_is_limited_too(exercise, good):
    began = time.monotonic()
    slow = {**good, "double_answer": "import time\ntime.sleep(30)"}
    verdict = exercise.grade(exercise.answered(slow), Limits(cell_seconds=20, total_seconds=2))
    assert time.monotonic() - began < 12
    assert by_cell(verdict, "pick").message.startswith("Not checked: the notebook took longer than the 2 s")


def test_a_flood_of_output_is_cut(exercise, good):
    flood = "for _ in range(20_000): print('x' * 100)\ndef double(x):\n    return 2 * x"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": flood}), Limits(output=10_000))
    assert verdict.score == FULL
    assert len(verdict.autograded[0][1]) < 40_000
    assert "A cell of 'valves' printed more than is kept" in verdict.notes


def test_output_without_end_costs_its_own_task_only(exercise, good):
    answer = "def double(x):\n    from IPython.display import display\n    while True:\n        display(x)"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": answer}), Limits(cell_seconds=1))
    assert points(verdict) == {"double": 0, "double__forgets_negative_flow": 0, "pick": 5, "plan": None}
    assert by_cell(verdict, "double").message == "The check was stopped after 1 s: your code did not finish."
    assert len(verdict.autograded[0][1]) < 500_000


def test_an_error_that_is_hidden_from_the_output_is_still_an_error(exercise, good):
    """The kernel's answer carries it, whatever was done to the display."""
    trick = "shell = get_ipython()\nshell.showtraceback = lambda *_, **__: None\nshell._showtraceback = print\n"
    wrong = "def double(x):\n    return -1"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": trick + wrong}))
    assert points(verdict)["double"] == 0
    assert points(verdict)["double__forgets_negative_flow"] == 0


def test_memory_is_limited(exercise, good):
    greedy = {**good, "double_answer": "block = bytearray(64 << 30)"}
    verdict = exercise.grade(exercise.answered(greedy))
    assert points(verdict)["double"] == 0
    assert "MemoryError" in verdict.reasons[0]


def test_hidden_tests_do_not_leak_through_an_exception(exercise, good):
    spy = (
        "import inspect\ndef double(x):\n    if x < 0:\n"
        "        raise Exception(inspect.currentframe().f_back.f_globals['In'][-1])\n    return 2 * x"
    )
    verdict = exercise.grade(exercise.answered({**good, "double_answer": spy}))
    assert "secret_cases" in verdict.autograded[0][1], "the trick must work for the test to mean anything"
    assert "secret_cases" not in json.dumps([check.message for check in verdict.checks])


def test_the_kernel_sees_neither_the_trainers_environment_nor_the_course(exercise, good, monkeypatch):
    monkeypatch.setenv("A_SECRET_OF_THE_TRAINER", "1")
    look = "import os\nassert 'A_SECRET_OF_THE_TRAINER' not in os.environ, 'environment'\n"
    look += "assert not any(name.endswith('.ipynb') for name in os.listdir('.')), 'notebooks'\n"
    look += "assert os.path.expanduser('~').startswith(os.environ['TMPDIR']), 'home'\n"
    answer = look + "def double(x):\n    return 2 * x"
    assert exercise.grade(exercise.answered({**good, "double_answer": answer})).reasons == ()


def test_html_of_a_learner_does_not_reach_the_trainers_browser(exercise, good):
    answer = "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(1)</script>'))\n"
    answer += "def double(x):\n    return 2 * x"
    document = json.loads(exercise.grade(exercise.answered({**good, "double_answer": answer})).autograded[0][1])
    kinds = {
        kind for cell in document["cells"] for output in cell.get("outputs", ()) for kind in output.get("data", ())
    }
    assert "text/html" not in kinds


def test_no_process_and_no_folder_is_left_behind(exercise, good, tmp_path, monkeypatch):
    """Names it by a number of its own: inside the sandbox process numbers are others than here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    token = f"techsell-left-behind-{os.getpid()}"
    answer = "import subprocess, sys\n"
    answer += f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {token!r}])\n"
    answer += "assert child.poll() is None\ndef double(x):\n    return 2 * x"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": answer}))
    assert (verdict.score, verdict.reasons) == (FULL, ())
    assert list(tmp_path.iterdir()) == []
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if token in _read(one)]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:  # it has just ended
        return ""
