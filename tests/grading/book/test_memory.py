"""Does a long run take as much memory at its end as after its first tenth?"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.release import release

LEARNERS, MODULES = 300, 10
GROWTH = 24 << 10
"""kilobytes that may come on top: lines of the table, pages of the allocator"""


@pytest.fixture
def many(course: Course, exercise: Any) -> Course:
    """Ten modules, three hundred learners, each with a hand-in of the tiny exercise for each."""
    source = course.path("source", module="valves") / "valves.ipynb"
    text = source.read_text(encoding="utf-8")
    names = [f"module_{number}" for number in range(MODULES)]
    for name in names:
        folder = course.path("source", module=name)
        folder.mkdir()
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    source.unlink()
    source.parent.rmdir()
    release(course)
    answered = json.dumps(exercise.answered())
    for learner in range(LEARNERS):
        for name in names:
            folder = course.path("submitted", f"L-{learner:04}", name)
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_text(answered.replace("first.", f"first, said {learner}."))
            (folder / "timestamp.txt").write_text("2026-03-02 09:00:00.000000 UTC")
    return course


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("unit", ["standin", "real"])
def test_memory_is_flat_over_three_thousand_hand_ins(many, unit, record_property: Callable[[str, object], None]):
    command = [sys.executable, str(Path(__file__).with_name("watch_memory.py")), str(many.home), unit, "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    record_property("took", said)
    print(f"{unit}: {said['seconds']:.0f} s, grader and others in KB: {said['looks'][::5]}")  # noqa: T201
    assert (said["graded"], said["failed"]) == (LEARNERS * MODULES, 0)
    for who in (0, 1):
        looks = [look[who] for look in said["looks"]]
        assert statistics.median(looks[-5:]) - statistics.median(looks[2:7]) < GROWTH
    with Book(many) as book:
        rows = book.rows()
    assert len(rows.submissions) == LEARNERS * MODULES
    assert len(rows.grades) == 4 * LEARNERS * MODULES
