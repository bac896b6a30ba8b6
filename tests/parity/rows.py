"""What nbgrader's own tests and documentation expect of its own notebooks, as rows.

The files lie in nbgrader's wheel and stay there: a row names them. Expected points come from nbgrader 0.9.6:
`tests/apps/test_nbgrader_autograde.py`, and its user guide run through its own `autograde`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["APPS", "CELLS", "COURSES", "GUIDE", "ODD", "ODD_COURSE", "RELEASED", "ROWS", "CourseOf", "Row"]

APPS, PREPROCESSORS, GUIDE = "tests/apps/files", "tests/preprocessors/files", "docs/source/user_guide"
RELEASED = "<release>"
"""instead of a file of the wheel: the learner's version that the release step made"""


@dataclass(frozen=True)
class CourseOf:
    """One course directory: its configuration, and per assignment what goes into `source/`.

    `due` has the due dates of assignments, `beside` what lies at the top of the course. `seconds` is the time that a
    cell may take, by assignment, where it is not the course's own: those are graded by a command of their own.
    `words` are given to the grade command.
    """

    config: str
    sources: Mapping[str, Mapping[str, str | bytes]]
    due: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One hand-in and what it must come to. `files` go into `submitted/<learner>/<module>/`; `at` is `timestamp.txt`.

    `manual`: does a person have to look at it. `empty`: cells with the comment "No response.". `penalty` for lateness.
    """

    course: str
    module: str
    learner: str
    files: Mapping[str, str | bytes]
    points: float
    of: float
    manual: bool | None = None
    empty: tuple[str, ...] = ()
    at: str = ""
    penalty: float | None = None

    @property
    def name(self) -> str:
        return f"{self.module}/{self.learner}"


def _one(path: str) -> dict[str, str]:
    return {"p1.ipynb": f"{APPS}/{path}.ipynb"}


def _guide(step: str) -> dict[str, str]:
    return {name: f"{GUIDE}/{step}/ps1/{name}" for name in ("problem1.ipynb", "problem2.ipynb", "jupyter.png")}


_AUTOTESTS = ("simple", "hashed", "multi", "hidden")

COURSES: dict[str, CourseOf] = {
    "plain": CourseOf(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n",
        {
            "unchanged": _one("submitted-unchanged"),
            "two_notebooks": {
                "p1.ipynb": f"{APPS}/submitted-unchanged.ipynb",
                "p2.ipynb": f"{APPS}/submitted-unchanged.ipynb",
            },
            "environment": _one("validating-environment-variable"),
            "timeout": _one("timeout"),
            "ps1": _guide("source"),
            "late": _one("submitted-unchanged"),
            **{f"autotest_{name}": _one(f"autotest-{name}") for name in _AUTOTESTS},
        },
        due={"late": "2015-02-02 14:58:23.948203 UTC"},
        beside={"autotests.yml": f"{APPS}/autotests.yml"},
    ),
    "short": CourseOf(
        "import os\n"
        "c = get_config()\n"
        "c.ClearSolutions.code_stub = {'python': '# YOUR CODE HERE'}\n"
        "c.Execute.timeout = int(os.environ.get('CELL_SECONDS', '2'))\n",
        {
            "hidden": _one("test-hidden-tests"),
            "timeout": _one("timeout"),
            "loop": _one("infinite-loop"),
        },
        seconds={"loop": "1"},
        words=("--workers", "1"),
    ),
}
"""`plain` has nbgrader's own 30 s for a cell, `short` 2 s"""

_NO_ANSWER = ("set_a", "baz", "quux")

ROWS: tuple[Row, ...] = (
    Row("plain", "unchanged", "unchanged", _one("submitted-unchanged"), 1, 7, manual=False, empty=_NO_ANSWER),
    Row("plain", "unchanged", "changed", _one("submitted-changed"), 2, 7, manual=True),
    Row("plain", "unchanged", "cheat_attempt", _one("submitted-cheat-attempt"), 1, 7, manual=True),
    Row("plain", "unchanged", "cheat_alternative", _one("submitted-cheat-attempt-alternative"), 1, 7, manual=True),
    Row("plain", "unchanged", "grade_cell_changed", _one("submitted-grade-cell-changed"), 1, 7),
    Row("plain", "unchanged", "locked_cell_changed", _one("submitted-locked-cell-changed"), 1, 7),
    Row("short", "hidden", "stub", {"p1.ipynb": RELEASED}, 1.5, 3),
    Row("plain", "autotest_simple", "unchanged", _one("autotest-simple-unchanged"), 0, 1, manual=False),
    Row("plain", "autotest_simple", "changed", _one("autotest-simple-changed"), 1, 1, manual=False),
    Row("plain", "autotest_hashed", "unchanged", _one("autotest-hashed-unchanged"), 0, 1, manual=False),
    Row("plain", "autotest_hashed", "changed", _one("autotest-hashed-changed"), 1, 1, manual=False),
    Row("plain", "autotest_multi", "unchanged", _one("autotest-multi-unchanged"), 0, 4, manual=False),
    Row("plain", "autotest_multi", "changed", _one("autotest-multi-changed"), 3, 4, manual=False),
    Row("plain", "autotest_hidden", "unchanged", _one("autotest-hidden-unchanged"), 0, 1),
    Row("plain", "autotest_hidden", "changed_wrong", _one("autotest-hidden-changed-wrong"), 0, 1),
    Row("plain", "autotest_hidden", "changed_right", _one("autotest-hidden-changed-right"), 1, 1),
    Row("plain", "timeout", "thirty_seconds", _one("timeout"), 1, 1),
    Row("short", "timeout", "two_seconds", _one("timeout"), 0, 1),
    Row("short", "loop", "one_second", _one("infinite-loop"), 0, 0),
    Row("plain", "environment", "as_it_is", _one("validating-environment-variable"), 0, 1),
    Row("plain", "two_notebooks", "one_is_missing", _one("submitted-changed"), 2, 14),
    Row(
        *("plain", "late", "one_hour_late", _one("submitted-changed"), 2, 7),
        at="2015-02-02 15:58:23.948203 UTC",
        penalty=2,
    ),
    Row(
        *("plain", "late", "in_time", _one("submitted-unchanged"), 1, 7),
        at="2015-02-02 14:58:23.948203 UTC",
    ),
    Row("plain", "ps1", "bitdiddle", _guide("submitted/bitdiddle"), 1.5, 13),
    Row("plain", "ps1", "hacker", _guide("submitted/hacker"), 3.0, 13),
)
"""In the order of the table in section 5 of the notes on grading."""

CELLS = {
    "bitdiddle": {
        "correct_squares": 0,
        "squares_invalid_input": 1,
        "correct_sum_of_squares": 0,
        "sum_of_squares_uses_squares": 0.5,
    },
    "hacker": {
        "correct_squares": 1,
        "squares_invalid_input": 1,
        "correct_sum_of_squares": 0.5,
        "sum_of_squares_uses_squares": 0.5,
    },
}
"""of the user guide's ps1, problem1: points by cell"""

ODD = (
    *(
        f"{PREPROCESSORS}/{name}.ipynb"
        for name in (
            *("duplicate-grade-ids", "cell-type-changed", "blank-grade-id", "blank-points", "bad-markdown-cell-1"),
            *("bad-markdown-cell-2", "no-cell-type", "infinite-recursion", "long-output", "warning-pattern"),
            *("test_taskcell", "submitted-answer-cell-type-changed", "submitted-grade-cell-type-changed"),
        )
    ),
    *(
        f"{APPS}/{name}"
        for name in (
            *("test-v0.ipynb", "test-v0-invalid.ipynb", "test-v1.ipynb", "test-v2.ipynb", "too-new.ipynb"),
            *("test-no-metadata.ipynb", "test-with-output.ipynb", "infinite-loop.ipynb", "gradebook.db"),
            *("infinite-loop-with-output.ipynb", "notebooks.zip", "jupyter.png"),
        )
    ),
)
"""Files that nbgrader's tests keep because they are odd."""

ODD_COURSE = "short"
"""the course that they are handed in to, as answers to its `hidden`"""
