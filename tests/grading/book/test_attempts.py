"""Does a process that somebody else ended cost nobody a point, and one that the hand-in ended its own task only?"""

from __future__ import annotations

import pytest

from techsell.errors import SandboxFailed
from techsell_grading.grader import Limits
from techsell_grading.grader.runs import CellRun
from techsell_grading.grader.session import _RESTARTS, _attempts

CELLS = 4


class Attempts:
    """`fates`: by attempt, which cell dies in it and of what; what is not there comes through."""

    def __init__(self, *fates: tuple[int, CellRun] | None) -> None:
        self.fates, self.count = list(fates), 0

    def __call__(self, results: dict[int, CellRun], skipped: set[int], deadline: float) -> int | None:
        self.count += 1
        fate = self.fates.pop(0) if self.fates else None
        if fate is not None and fate[0] < 0:
            raise SandboxFailed("It ended", cure="Begin again")
        fatal, run = fate or (CELLS, CellRun("done"))
        for number in range(CELLS):
            if number == fatal:
                results.setdefault(number, run)
                return number
            results.setdefault(number, CellRun("done"))
        return None


def hows(attempt: Attempts) -> list[str]:
    return [run.how for run in _attempts(CELLS, Limits(), attempt)]


DIED, SERVER, MEMORY = CellRun("died"), CellRun("died", limit="server"), CellRun("died", limit="memory")


@pytest.mark.parametrize("death", [DIED, SERVER])
def test_who_dies_once_is_run_once_more_and_nothing_happened(death):
    attempt = Attempts((2, death))
    assert hows(attempt) == ["done"] * CELLS
    assert attempt.count == 2


def test_who_dies_twice_did_it_and_the_rest_runs_without_that_cell():
    attempt = Attempts((2, DIED), (2, DIED))
    assert hows(attempt) == ["done", "done", "died", "done"]
    assert attempt.count == 3


@pytest.mark.parametrize("run", [MEMORY, CellRun("timeout")])
def test_what_is_explained_is_not_tried_again(run):
    attempt = Attempts((1, run))
    assert hows(attempt) == ["done", run.how, "done", "done"]
    assert attempt.count == 2


def test_a_sandbox_that_ends_before_the_first_cell_has_a_second_try():
    assert hows(Attempts((-1, DIED))) == ["done"] * CELLS
    with pytest.raises(SandboxFailed):
        hows(Attempts((-1, DIED), (-1, DIED)))


def test_it_comes_to_an_end_whatever_dies_every_time():
    count = 0

    def attempt(results: dict[int, CellRun], skipped: set[int], deadline: float) -> int:
        nonlocal count
        count += 1
        fatal = count
        results[fatal] = DIED
        return fatal

    runs = _attempts(CELLS, Limits(), attempt)
    assert count <= 2 * (1 + _RESTARTS)
    assert {run.how for run in runs} <= {"died", "given up"}
