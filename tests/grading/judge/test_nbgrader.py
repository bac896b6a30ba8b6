"""nbgrader's own notebooks, from its installed wheel: the documentation's problem set and the test fixtures.

Expected points: `nbgrader/tests/apps/test_nbgrader_autograde.py`, and the guide's submissions graded with 0.9.6.
Only cells that a machine marks; a cell that is solution and grade at once is marked by a person and runs as an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbgrader
import pytest

from .conftest import Bench
from .notebooks import Cell, Mark, mark, read, released

HOME = Path(nbgrader.__file__).parent
FILES = HOME / "tests" / "apps" / "files"
GUIDE = HOME / "docs" / "source" / "user_guide"


def fixture(name: str) -> list[Cell]:
    return read(FILES / f"{name}.ipynb")


def answers(cells: list[Cell]) -> dict[str, str]:
    return {cell.name: cell.source for cell in cells if cell.role == "learner" and cell.name}


def points(marks: dict[str, Mark]) -> dict[str, float]:
    """Points by cell; nothing was beyond the judge."""
    assert {name: found.unsupported for name, found in marks.items() if found.unsupported} == {}
    return {name: found.points for name, found in marks.items()}


PS1 = ("correct_squares", "squares_invalid_input", "correct_sum_of_squares", "sum_of_squares_uses_squares")


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("reference", (1, 1, 0.5, 0.5)),
        ("stub", (0, 0, 0, 0)),
        ("bitdiddle", (0, 1, 0, 0.5)),
        ("hacker", (1, 1, 0.5, 0.5)),
    ],
)
def test_the_documentations_problem_set(who: str, expected: tuple[float, ...], bench: Bench) -> None:
    author = read(GUIDE / "source" / "ps1" / "problem1.ipynb")
    if who == "reference":
        handed_in = {}
    elif who == "stub":
        handed_in = {name: released(source) for name, source in answers(author).items()}
    else:
        handed_in = answers(read(GUIDE / "submitted" / who / "ps1" / "problem1.ipynb"))
    assert points(mark(bench, author, handed_in)) == dict(zip(PS1, expected, strict=True))


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("submitted-unchanged", {"foo": 1, "bar": 0}),
        ("submitted-changed", {"foo": 1, "bar": 1}),
        ("submitted-cheat-attempt", {"foo": 1, "bar": 0}),
        ("submitted-cheat-attempt-alternative", {"foo": 1, "bar": 0}),
        ("submitted-grade-cell-changed", {"foo": 1, "bar": 0}),
        ("submitted-locked-cell-changed", {"foo": 1, "bar": 0}),
    ],
)
def test_submissions_of_one_small_notebook(submitted: str, expected: dict[str, float], bench: Bench) -> None:
    assert points(mark(bench, fixture("submitted-unchanged"), answers(fixture(submitted)))) == expected


def test_hidden_tests(new_bench: Callable[[], Bench]) -> None:
    author = fixture("test-hidden-tests")
    overfitted = points(mark(new_bench(), author, {}))
    assert overfitted == {**dict.fromkeys(PS1[:3], 0), PS1[1]: 1, PS1[3]: 0.5}


@pytest.mark.parametrize("name", ["test", "test-v2"])
def test_an_older_format_too(name: str, bench: Bench) -> None:
    assert points(mark(bench, fixture(name), {})) == dict(zip(PS1, (1, 1, 0.5, 0.5), strict=True))


@pytest.mark.parametrize(
    ("source", "submitted", "expected"),
    [
        ("autotest-simple", "unchanged", 0),
        ("autotest-simple", "changed", 1),
        ("autotest-hashed", "unchanged", 0),
        ("autotest-hashed", "changed", 1),
        ("autotest-multi", "unchanged", 0),
        ("autotest-multi", "changed", 3),
    ],
)
def test_generated_tests(source: str, submitted: str, expected: float, bench: Bench) -> None:
    """The tests as nbgrader generated them stand in the submitted notebooks."""
    cells = fixture(f"{source}-{submitted}")
    assert sum(points(mark(bench, cells, answers(cells))).values()) == expected


def test_the_environment_says_that_it_is_graded(bench: Bench) -> None:
    assert sum(points(mark(bench, fixture("validating-environment-variable"), {})).values()) == 0


def test_a_slow_answer_gets_its_point(bench: Bench) -> None:
    assert sum(points(mark(bench, fixture("timeout"), {})).values()) == 1


def test_a_data_file_of_the_exercise_can_be_read(bench: Bench) -> None:
    bench.judge.ask(op="files", files={"data.txt": (FILES / "data.txt").read_bytes()})
    assert points(mark(bench, fixture("open_relative_file"), {})) == {"open_file": 10}


def test_assertions_of_a_library_that_is_not_there_are_errors_of_the_cell(bench: Bench) -> None:
    """`nose` is not installed: the first test fails at its import, as in a kernel."""
    marks = mark(bench, read(HOME / "tests" / "preprocessors" / "files" / "test_taskcell.ipynb"), {})
    assert {found.error[0] for found in marks.values() if found.error} == {"ModuleNotFoundError", "NameError"}
    assert {found.unsupported for found in marks.values()} == {""}
