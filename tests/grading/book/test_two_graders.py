"""Two graders at once on one book: one book comes out, everybody in it once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from techsell_grading import grade as grading
from techsell_grading.gradebook import Book
from techsell_grading.records import read_verdict, turn


def test_two_graders_at_once_leave_the_book_and_files_of_one(
    classroom, copies, started, finished, whole_book: Callable[..., Any], all_files: Callable[..., Any]
):
    course = classroom(25, lambda number: f"SLEEP {number % 5 * 5}")
    alone = copies(course)
    finished(alone)
    with started(course, "--workers", "1") as one, started(course, "--workers", "1", "--force") as other:
        for grader in (one, other):
            _, err = grader.communicate()
            assert grader.returncode == 0, err
    assert whole_book(course) == whole_book(alone)
    assert all_files(course) == all_files(alone)
    after = json.loads(finished(course, "--json").stdout)
    assert {line["status"] for line in after["lines"]} == {"unchanged"}


def test_work_that_is_handed_in_while_it_is_graded_is_graded_as_it_is_now(classroom, hand_in, standin, monkeypatch):
    """The points in the book always belong to the hand-in that lies there."""
    course = classroom(3)
    calls: list[bytes] = []

    def meanwhile(submission: bytes, source: bytes, limits: Any) -> Any:
        calls.append(submission)
        if len(calls) == 1:
            hand_in(course, "L-0000", "Better.", at="2026-03-02 09:30:00.000000 UTC")
        return standin.grade_one(submission, source, limits)

    monkeypatch.setattr(grading, "grade_one", meanwhile)
    with ThreadPoolExecutor(1) as here:
        run = grading.grade(course, executor=here)
        assert [line.status for line in run.lines] == ["graded"] * 3
        assert len(calls) == 4
        assert b"Better." in calls[-1]
        assert {line.status for line in grading.grade(course, executor=here).lines} == {"unchanged"}


def test_work_that_never_stays_the_same_waits_for_the_next_run(classroom, hand_in, standin, monkeypatch):
    course = classroom(1)
    times = 0

    def restless(submission: bytes, source: bytes, limits: Any) -> Any:
        nonlocal times
        times += 1
        hand_in(course, "L-0000", f"Version {times}")
        return standin.grade_one(submission, source, limits)

    monkeypatch.setattr(grading, "grade_one", restless)
    with ThreadPoolExecutor(1) as here:
        run = grading.grade(course, executor=here)
    assert [(line.status, line.unusual) for line in run.lines] == [
        ("failed", ("It was handed in again and again while it was being graded",))
    ]
    assert read_verdict(course, "valves", "L-0000") is None
    assert times == 3


def test_files_and_book_are_written_by_one_grader_at_a_time(classroom, standin, monkeypatch):
    """Else the files of one grader's verdict could lie beside the points of another's."""
    course = classroom(1)
    others = turn(course)

    def meanwhile(submission: bytes, source: bytes, limits: Any) -> Any:
        others.__enter__()
        return standin.grade_one(submission, source, limits)

    monkeypatch.setattr(grading, "grade_one", meanwhile)
    with ThreadPoolExecutor(1) as here, ThreadPoolExecutor(1) as aside:
        run = aside.submit(grading.grade, course, executor=here)
        with pytest.raises(TimeoutError):
            run.result(timeout=1)
        folder = course.path("autograded", "L-0000", "valves")
        assert not folder.exists()
        with Book(course) as book:
            assert book.standing("valves") == {}
        others.__exit__(None, None, None)
        assert run.result().count("graded") == 1
    assert (folder / "verdict.json").is_file()
