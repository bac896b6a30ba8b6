"""Assignments as they are in many courses that know nothing of this grader, made here: nbgrader ships none.

`classes` has a test that makes objects of a class of the learner's, and one that speaks to the live kernel; `records`
one that asks what a function returned for more than its value. `magics` has magics and shell commands in the learner's
cells, which need no live kernel in the tests.
"""

from __future__ import annotations

import json
from dataclasses import replace

from tests.hostile.bench.notebook import Cell, cell
from tests.parity.rows import COURSES, Row

__all__ = ["ALL_COURSES", "LIVE", "OWN_ROWS"]

LIVE = ("classes", "records")
"""the assignments whose tests need the live kernel"""

_ACCOUNT = """\
class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance {} amount
"""

_TESTS: dict[str, list[Cell]] = {
    "classes": [
        cell("code", "assert twice(4) == 8", "plain", grade=True, locked=True, points=1),
        cell(
            "code",
            "mine = Account(10)\nmine.deposit(5)\nassert isinstance(mine, Account)\nassert mine.balance == 15",
            "object",
            grade=True,
            locked=True,
            points=2,
        ),
        cell(
            "code",
            "get_ipython().run_line_magic('precision', '2')\nassert callable(twice)",
            "kernel",
            grade=True,
            locked=True,
            points=1,
        ),
    ],
    "records": [
        cell("code", "assert divide(7, 2).quotient == 3\nassert divide(7, 2) == (3, 1)", "named", grade=True, points=2),
    ],
    "magics": [
        cell("code", "assert [square(n) for n in range(4)] == [0, 1, 4, 9]", "squares", grade=True, points=2),
        cell("code", "result = square(12)\nassert result == 144", "large", grade=True, points=1),
    ],
}


def _notebook(module: str, answer: str, *, author: bool = False) -> bytes:
    text = f"### BEGIN SOLUTION\n{answer}### END SOLUTION" if author else answer
    cells = [cell("code", text, "answer", solution=True), *_TESTS[module]]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}).encode()


_RECORD = "from collections import namedtuple\nResult = namedtuple('Result', 'quotient rest')\n"

_RIGHT = {
    "classes": "def twice(n):\n    return 2 * n\n\n" + _ACCOUNT.format("+="),
    "records": _RECORD + "def divide(a, b):\n    return Result(*divmod(a, b))\n",
    "magics": "%matplotlib inline\nimport matplotlib.pyplot as plt\ndef square(n):\n    return n * n\n",
}

_SOURCES = {module: {f"{module}.ipynb": _notebook(module, answer, author=True)} for module, answer in _RIGHT.items()}

ALL_COURSES = {**COURSES, "plain": replace(COURSES["plain"], sources={**COURSES["plain"].sources, **_SOURCES})}
"""nbgrader's, and these in `plain`"""


def _row(module: str, learner: str, answer: str, points: float) -> Row:
    most = sum(test["metadata"]["nbgrader"]["points"] for test in _TESTS[module])
    return Row("plain", module, learner, {f"{module}.ipynb": _notebook(module, answer)}, points, most)


OWN_ROWS = (
    _row("classes", "right", _RIGHT["classes"], 4),
    _row("classes", "wrong_class", "def twice(n):\n    return 2 * n\n\n" + _ACCOUNT.format("-="), 2),
    _row("classes", "no_class", "twice = lambda n: n + n\n", 2),
    _row("records", "right", _RIGHT["records"], 2),
    _row("records", "no_name", "divide = divmod\n", 0),
    _row("magics", "right", _RIGHT["magics"], 3),
    _row("magics", "wrong", "!echo working\n%time square = lambda n: n + n\n", 0),
)
