"""Do real processes die, hang and end as the supervisor believes?"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from techsell.errors import GradingError
from techsell_grading import grade as grading
from techsell_grading import pool as pools
from techsell_grading.grade import Run, grade
from techsell_grading.grader import Limits
from techsell_grading.pool import Pool


def told(run: Run) -> dict[str, tuple[str, str]]:
    return {line.learner: (line.status, " ".join(line.unusual)) for line in run.lines}


def test_a_hand_in_that_kills_its_process_gets_0_with_the_reason_and_nobody_else_does(classroom):
    course = classroom(8, lambda number: "KILL" if number == 3 else "")
    run = grade(course, workers=2)
    lines = {line.learner: line for line in run.lines}
    assert lines.pop("L-0003").unusual == (
        "The hand-in brought the grading process down, twice; a person should look at it.",
    )
    assert len(lines) == 7
    assert all((line.status, line.unusual) == ("graded", ()) for line in lines.values())
    assert {line.learner: line.status for line in grade(course, workers=2).lines}["L-0003"] == "unchanged"


def test_a_process_that_died_once_costs_nobody_a_point(classroom, tmp_path, copies, whole_book):
    """The memory ran out, or somebody ended a process: what was under way is simply graded again."""
    course = classroom(8, lambda number: f"KILL ONCE {tmp_path / 'mark'}" if number == 3 else "")
    undisturbed = copies(course)
    (tmp_path / "mark").touch()
    grade(undisturbed, workers=2)
    (tmp_path / "mark").unlink()
    assert set(told(grade(course, workers=2)).values()) == {("graded", "")}
    assert whole_book(course) == whole_book(undisturbed)


def test_a_hand_in_that_never_ends_gets_0_with_the_reason(classroom, monkeypatch):
    monkeypatch.setattr(grading, "_patience", lambda limits: 1.0)
    before = set(multiprocessing.active_children())  # of a service that other tests share
    run = told(grade(classroom(4, lambda number: "HANG" if number == 1 else ""), workers=2))
    assert "did not come to an end, twice" in run.pop("L-0001")[1]
    assert set(run.values()) == {("graded", "")}
    assert set(multiprocessing.active_children()) <= before


def test_processes_that_do_not_start_are_nobodys_zero(classroom, monkeypatch):
    """A machine without memory for a process must not give a class zero points."""
    course = classroom(3)

    def broken_start(self: Pool) -> object:
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=os._exit, initargs=(3,)
        )

    monkeypatch.setattr(Pool, "_fresh", broken_start)
    with pytest.raises(GradingError, match=r"A grading process does not start.*--workers"):
        grade(course, workers=2)
    assert not list(course.path("autograded").rglob("verdict.json"))


def test_processes_end_with_the_one_that_started_them():
    """A grader that is killed leaves nothing behind, not even what hangs."""
    code = (
        "import signal; from techsell_grading.pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    pool = Pool(2, __import__('standin_grader').grade_one, {'s': b''})\n"
        "    pool.prove(); pool.prove(); print('ready', flush=True); signal.pause()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == "ready\n"
        children = psutil.Process(grader.pid).children(recursive=True)
        assert len(children) >= 2
        grader.kill()
        _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_what_a_process_is_sent_for_each_hand_in_does_not_hold_the_exercise(classroom, monkeypatch):
    """An exercise with its pins is three hundred kilobytes; it travels once to each process."""
    sent: list[tuple[object, ...]] = []
    plain = Pool.submit

    def watched(self: Pool, work: object, limits: Limits) -> object:
        submit = self._pool.submit
        monkeypatch.setattr(self._pool, "submit", lambda *words: (sent.append(words), submit(*words))[1])
        try:
            return plain(self, work, limits)  # type: ignore[arg-type]
        finally:
            monkeypatch.setattr(self._pool, "submit", submit)

    monkeypatch.setattr(Pool, "submit", watched)
    grade(classroom(3), workers=2)
    assert len(sent) == 3
    assert all(not (isinstance(word, bytes) and b"pins/" in word) for words in sent for word in words)
    assert {words[3] for words in sent} == {next(iter(sent))[3]}
    assert all(len(str(words[3])) == 64 for words in sent)


def test_as_many_at_a_time_as_there_are_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert pools.cores() == 3
