"""A grader that dies before any one of its steps: does a second run end with the book and files of a first?

Random moments miss what is over in microseconds (`test_crash.py` has those, with the whole grader).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from techsell_grading import grade as grading
from techsell_grading.course import Course
from techsell_grading.records import read_verdict
from techsell_grading.release import release

STEPS = ("open", "write", "fsync", "replace", "unlink", "mkdir", "execute", "executemany", "commit", "close")
PLACING = ("replace", "unlink")
"""the steps at which files change places"""


@pytest.fixture
def dying():
    """`dying(step, course)`: a grader that is killed just before that step; the number of steps where it lives."""
    command = [sys.executable, str(Path(__file__).with_name("die_at_a_step.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def die(step: int, course: Course, kinds: Iterable[str] = STEPS, *, force: bool = False) -> str:
            told = {"step": step, "kinds": list(kinds), "force": force, "course": str(course.home)}
            process.stdin.write(f"{json.dumps(told)}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield die
        process.stdin.close()


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_the_grader_killed_before_each_step_on_the_disk(
    classroom, copies, dying, whole_book: Callable[..., Any], all_files: Callable[..., Any], every: int
):
    """Writes, renames and statements all have their turn."""
    course = classroom(1)
    graded = copies(course)
    steps = int(dying(0, graded))
    book, files = whole_book(graded), all_files(graded)
    assert steps > 50
    placing = int(dying(0, copies(course), PLACING))
    assert placing >= 3, "a notebook, its time, its verdict"
    moments = [(step, STEPS) for step in range(1, steps + 1, every)]
    for step, kinds in [*moments, *((step, PLACING) for step in range(1, placing + 1))]:
        victim = copies(course)
        assert dying(step, victim, kinds) == "killed"
        with ThreadPoolExecutor(1) as here:
            grading.grade(victim, executor=here)
        assert (whole_book(victim), step) == (book, step)
        assert (all_files(victim), step) == (files, step)


def test_regrading_killed_before_each_step_leaves_old_or_new(
    classroom, copies, dying, whole_book: Callable[..., Any], all_files: Callable[..., Any], hand_in
):
    """A second hand-in of the same person: the book never holds half of the one and half of the other."""
    course = classroom(1)
    with ThreadPoolExecutor(1) as here:
        grading.grade(course, executor=here)
        old = whole_book(course)["grade"]
        hand_in(course, "L-0000", "Better now.", at="2026-03-03 09:00:00.000000 UTC")
        graded = copies(course)
        steps = int(dying(0, graded))
        new = whole_book(graded)["grade"]
        assert old != new
        seen = set()
        for step in (*range(1, steps - 24, 12), *range(steps - 24, steps + 1, 4)):  # the book is written at the end
            victim = copies(course)
            dying(step, victim)
            now = whole_book(victim)["grade"]
            assert now in (old, new)
            seen.add(now == new)
            grading.grade(victim, executor=here)
            assert whole_book(victim)["grade"] == new
            assert all_files(victim) == all_files(graded)
    assert seen == {True, False}, "some were killed before the new points were there, some after"


def test_a_verdict_that_is_there_always_belongs_to_the_notebook_beside_it(classroom, copies, dying):
    """Also where the same work is graded again with other tests, and its digest says nothing."""
    course = classroom(1)
    with ThreadPoolExecutor(1) as here:
        grading.grade(course, executor=here)
    before = read_verdict(course, "valves", "L-0000")
    source = course.path("source", module="valves") / "valves.ipynb"
    source.write_text(source.read_text(encoding="utf-8").replace("secret_cases = [-3, -1]", "secret_cases = [3]"))
    release(course)
    graded = copies(course)
    steps = int(dying(0, graded, PLACING, force=True))
    after = read_verdict(graded, "valves", "L-0000")
    assert before is not None
    assert after is not None
    assert before.score != after.score
    seen: set[float | None] = set()
    for step in range(1, steps + 2):  # the last one lives
        victim = copies(course)
        dying(step, victim, PLACING, force=True)
        verdict = read_verdict(victim, "valves", "L-0000")
        notebook = json.loads((victim.path("autograded", "L-0000", "valves") / "valves.ipynb").read_bytes())
        assert verdict is None or verdict.score == notebook["metadata"]["score"], step
        seen.add(verdict.score if verdict is not None else None)
    assert seen == {before.score, None, after.score}
