"""What code can do to its own process and to the grader; what it can do to the machine is the sandbox's business."""

from __future__ import annotations

import json
import re
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


def test_output_without_end_is_stopped_before_anything_of_it_is_lost(exercise, good, monkeypatch):
    monkeypatch.setattr("techsell_grading.grader.kernel._FLOOD", 500)
    answer = "def double(x):\n    from IPython.display import display\n    while True:\n        display(x)"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": answer}))
    assert points(verdict) == {"double": 0, "double__forgets_negative_flow": 0, "pick": 5, "plan": None}
    assert by_cell(verdict, "double").message == "The check was stopped: your code printed without end."


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
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    answer += "print(f'PID={child.pid}.')\ndef double(x):\n    return 2 * x"
    verdict = exercise.grade(exercise.answered({**good, "double_answer": answer}))
    assert verdict.score == FULL
    assert list(tmp_path.iterdir()) == []
    pid = re.search(r"PID=(\d+)", verdict.autograded[0][1])
    assert pid is not None
    child = Path("/proc", pid.group(1), "stat")
    assert not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z"
