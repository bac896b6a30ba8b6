"""The whole grader, sandbox and all, killed at random moments: is the book that of an undisturbed run?"""

from __future__ import annotations

import ctypes
import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from techsell_grading.course import Course
from techsell_grading.grade import grade

CLASS = 24
SUBREAPER = 36
"""of prctl: a process whose parent has died becomes a child of ours and cannot be overlooked"""
PROGRAM = "/inside/start.py"
"""in the command line of a sandbox and of everything inside"""


def many(few: int, lots: int) -> pytest.MarkDecorator:
    slow = pytest.param(lots, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])
    return pytest.mark.parametrize("kills", [few, slow])


@dataclass(frozen=True)
class Class:
    """A course that nobody has graded yet, and what was there when a copy of it was graded in peace."""

    course: Course
    book: dict[str, list[tuple[str, ...]]]
    files: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(
    need_program: Callable[..., str],
    fresh: Callable[[], Course],
    exercise: Any,
    good: dict[str, str],
    copies: Callable[[Course], Course],
    started: Any,
    whole_book: Any,
    all_files: Any,
) -> Class:
    """Hand-ins that are right, wrong, empty, or end their own process; some take their time, and one is damaged."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    ways = (
        good,
        {**good, "double_answer": "def double(x):\n    return abs(2 * x)"},
        {},
        {**good, "double_answer": "import os\nos._exit(3)"},
        {**good, "pick_answer": 'print("gate it is")\nanswer = {"valve": "gate"}'},
    )
    course = fresh()
    for number in range(CLASS):
        answers = dict(ways[number % len(ways)])
        if answers:
            pause = f"import time\ntime.sleep({number % 4 / 100})\n"
            answers["double_answer"] = pause + answers["double_answer"]
        folder = course.path("submitted", f"L-{number:04}", "valves")
        folder.mkdir(parents=True)
        content = "{damaged" if number == 7 else json.dumps(exercise.answered(answers))
        (folder / "valves.ipynb").write_text(content, encoding="utf-8")
        (folder / "timestamp.txt").write_text("2026-03-02 09:00:00.000000 UTC", encoding="utf-8")
    graded = copies(course)
    with started(graded, "--workers", "2", unit="real") as grader:
        began = time.monotonic()
        out, err = grader.communicate()
        seconds = time.monotonic() - began
    assert grader.returncode == 0, out + err
    return Class(course, whole_book(graded), all_files(graded), seconds)


@contextmanager
def orphans() -> Iterator[Callable[[], list[psutil.Process]]]:
    """Within the block what loses its parent becomes a child of this process; the call gives those still alive."""
    libc = ctypes.CDLL(None, use_errno=True)
    own = psutil.Process()
    before = {child.pid for child in own.children()}

    def alive() -> list[psutil.Process]:
        found = [child for child in own.children() if child.pid not in before]
        return psutil.wait_procs(found, timeout=20)[1]

    assert libc.prctl(SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield alive
    finally:
        libc.prctl(SUBREAPER, 0, 0, 0, 0)


def heard(grader: subprocess.Popen[str], number: int) -> bool:
    """Wait until so many more hand-ins are written down; False when the grader has ended before."""
    assert grader.stderr is not None
    return all(grader.stderr.readline() for _ in range(number))


@many(12, 100)
def test_the_grader_killed_at_random_moments(
    undisturbed: Class, copies, started, tmp_path, whole_book: Any, all_files: Any, kills: int
):
    """One course is graded, killed, graded on and killed again, until it is done; then a fresh one."""
    chance = random.Random(kills)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    surroundings = {**os.environ, "TMPDIR": str(temporary)}
    killed, graders, victim = 0, 0, copies(undisturbed.course)

    def finish(course: Course) -> None:
        grade(course, executor=here)
        assert whole_book(course) == undisturbed.book
        assert all_files(course) == undisturbed.files

    with ThreadPoolExecutor(1) as here, orphans() as alive:
        while killed < kills:
            graders += 1
            assert graders < 3 * kills, "most of them are really interrupted"
            with started(victim, "--workers", "1" if graders % 4 else "2", unit="real", env=surroundings) as grader:
                starting = graders % 2 == 0  # every second one while it and its sandboxes start
                at_work = starting or heard(grader, chance.randrange(1, 5))
                try:
                    grader.wait(chance.uniform(0, 1.5 if starting else 0.05))
                except subprocess.TimeoutExpired:
                    killed += at_work
                grader.kill()
            assert alive() == [], "no process outlives the grader"
            assert list(temporary.iterdir()) == [], "nor does anything that it kept in a temporary folder"
            if len([*victim.path("autograded").rglob("verdict.json")]) == CLASS:
                finish(victim)
                victim = copies(undisturbed.course)
        finish(victim)


KINDS: dict[str, Callable[[list[str], int], bool]] = {
    "a worker": lambda words, depth: depth == 0 and any("spawn_main" in word for word in words),
    "a sandbox": lambda words, depth: depth == 1 and "bwrap" in words[0],
    "what is first in a sandbox": lambda words, depth: depth == 2 and any(PROGRAM in word for word in words),
    "what runs in a sandbox": lambda words, depth: depth == 3,
}


def family(of: int, depth: int = 0) -> Iterator[tuple[psutil.Process, int]]:
    """Every descendant with its distance; what ends meanwhile is left out."""
    try:
        children = psutil.Process(of).children()
    except psutil.Error:
        return
    for child in children:
        yield child, depth
        yield from family(child.pid, depth + 1)


def kill_one(grader: subprocess.Popen[str], kind: str, chance: random.Random) -> None:
    """As soon as there is one."""
    while grader.poll() is None:
        found = [process for process, depth in family(grader.pid) if KINDS[kind](words_of(process), depth)]
        if found:
            with suppress(psutil.NoSuchProcess):
                chance.choice(found).kill()
                return


def words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() or [""]
    except psutil.Error:
        return [""]


@many(4, 40)
def test_only_its_workers_and_sandboxes_killed(
    undisturbed: Class, copies, started, whole_book: Any, all_files: Any, kills: int
):
    """The run itself goes on and needs no second one; nobody's points depend on what happened to a process."""
    chance = random.Random(kills)
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(kills)]
    chance.shuffle(kinds)
    while kinds:
        victim = copies(undisturbed.course)
        with orphans() as alive:
            with started(victim, "--workers", "1", unit="real") as grader:
                for _ in range(4):  # each meets another hand-in: one that is met twice has a person look at it
                    if kinds and heard(grader, 4):
                        kill_one(grader, kinds.pop(), chance)
                out, err = grader.communicate()
            assert grader.returncode == 0, out + err
            assert alive() == []
        assert whole_book(victim) == undisturbed.book
        assert all_files(victim) == undisturbed.files
