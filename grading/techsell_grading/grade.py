"""Grading a class: what is new or changed goes through `grade_one`, and this process alone writes it down.

Work is handed out through the `concurrent.futures` interface, as bytes. An interrupted run leaves each submission
graded or not graded; the next run does the rest and ends with the same book.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Literal

from techsell.errors import ReleaseFailed
from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.grader import Limits, Verdict, grade_one, worker
from techsell_grading.grader.unit import refusal
from techsell_grading.records import read_verdict, store
from techsell_grading.release import in_step, release_apart
from techsell_grading.submissions import Submission, pack_source, read_submission, settle

__all__ = ["Line", "Run", "Status", "grade", "grade_now"]

Status = Literal["graded", "unchanged", "written", "outdated", "failed"]
Progress = Callable[[int, int, "Line"], None]


@dataclass(frozen=True)
class Line:
    """One learner's submission in a run.

    `status`: graded now; unchanged since it was graded; written into the book again after an interruption; outdated
    (graded with earlier tests, kept as it is without `--force`); failed for the machine's or the exercise's sake.
    `unusual` is for the trainer. `before` is the score of the previous verdict on the same submission.
    """

    module: str
    learner: str
    status: Status
    score: float
    max: float
    waiting: tuple[str, ...]
    unusual: tuple[str, ...]
    seconds: float
    before: float | None = None


@dataclass(frozen=True)
class Run:
    """What a run did, in the order of modules and learners."""

    lines: tuple[Line, ...]
    released: tuple[str, ...]
    """modules that were released first, because the book did not have them as they are now"""

    def count(self, status: Status) -> int:
        return sum(line.status == status for line in self.lines)


@dataclass(frozen=True)
class _Job:
    submission: Submission
    source: bytes
    previous: Verdict | None


def grade(
    course: Course,
    modules: Sequence[str] = (),
    *,
    workers: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Run:
    """Grade everything handed in for the modules (all without names).

    Args:
        workers: processes at a time; one per core without it. Ignored with `executor`.
        force: also what has been graded already.
        progress: called after each submission with how many are done, of how many, and its line.
        executor: anything with the interface of `concurrent.futures`, such as a Dask cluster's.

    Raises:
        ReleaseFailed: an exercise is broken; nothing is graded then.
        BookError, GradingError: the book or the course cannot be written; what is done is kept.
    """
    chosen = course.chosen(tuple(modules))
    released = tuple(module for module in chosen if _prepare(course, module))
    limits = Limits(cell_seconds=course.cell_seconds)
    lines: list[Line] = []
    todo: list[_Job] = []
    with Book(course) as book:
        for module in chosen:
            source = pack_source(course, module)
            settle(course, module)
            for learner in course.handed_in(module):
                known = read_verdict(course, module, learner)
                job = _Job(read_submission(course, module, learner, limits), source, known)
                line = None if force else _as_before(book, job)
                if line is None:
                    todo.append(job)
                else:
                    lines.append(line)
        verdicts = _verdicts(todo, limits, workers or os.cpu_count() or 1, executor)
        for done, (job, verdict) in enumerate(verdicts, start=1):
            lines.append(_write(course, book, job, verdict))
            if progress is not None:
                progress(done, len(todo), lines[-1])
    return Run(tuple(sorted(lines, key=lambda line: (line.module, line.learner))), released)


def grade_now(course: Course, module: str, learner: str) -> dict[str, Any]:
    """Grade one submission at once, write it down with its feedback page, and return the learner's result.

    Raises:
        ReleaseFailed: the exercise is broken, or Python does not start.
        BookError, GradingError: the course cannot be written.
    """
    from techsell_grading.feedback import write_page

    limits = Limits(cell_seconds=course.cell_seconds)
    with ThreadPoolExecutor(1) as aside:
        loading = aside.submit(importlib.import_module, "nbgrader.api")  # two seconds, well spent while the kernel runs
        source = pack_source(course, module)
        submission = read_submission(course, module, learner, limits)
        job = _Job(submission, source, read_verdict(course, module, learner))
        verdict = grade_one(submission.data, source, limits)
        _prepare(course, module)
        loading.result()
    if verdict.trouble:
        raise ReleaseFailed(
            verdict.trouble, place=course.path("source", module=module), cure="Tell the trainer; nothing is lost"
        )
    with Book(course) as book:
        _write(course, book, job, verdict)
        return write_page(course, book, module, learner)


def _prepare(course: Course, module: str) -> bool:
    """Release the module where the book does not have its exercise as it is now; whether that was needed."""
    if in_step(course, module) and Book.exists(course):
        with Book(course) as book:
            if book.holds(module):
                return False
    release_apart(course, module)
    return True


def _as_before(book: Book, job: _Job) -> Line | None:
    """The line of work that need not run again, and the book put right for it; None for new or changed work."""
    known = job.previous
    if known is None or known.submission != hashlib.sha256(job.submission.data).hexdigest():
        return None
    if not book.agrees(known, timestamp=job.submission.at):
        book.write(known, timestamp=job.submission.at, same_work=True)
        return _line(known, "written", known.notes)
    if known.source != hashlib.sha256(job.source).hexdigest():
        return _line(known, "outdated", (*known.notes, "graded with an earlier version of the exercise"))
    return _line(known, "unchanged", known.notes)


def _write(course: Course, book: Book, job: _Job, verdict: Verdict) -> Line:
    if verdict.trouble:
        failed = Verdict(job.submission.module, job.submission.learner, verdict.submission, verdict.source, ())
        return _line(failed, "failed", (verdict.trouble,))
    store(course, verdict)
    known = job.previous
    same_work = known is not None and known.submission == verdict.submission
    book.write(verdict, timestamp=job.submission.at, same_work=same_work)
    before = known.score if known is not None and same_work else None
    unusual = (*verdict.notes, *(reason for reason in verdict.reasons if not reason.startswith("Your cell")))
    return _line(verdict, "graded", tuple(dict.fromkeys(unusual)), before)


def _line(verdict: Verdict, status: Status, unusual: Iterable[str], before: float | None = None) -> Line:
    return Line(
        module=verdict.module,
        learner=verdict.learner,
        status=status,
        score=verdict.score,
        max=verdict.max,
        waiting=verdict.waiting,
        unusual=tuple(unusual),
        seconds=verdict.seconds,
        before=before,
    )


def _verdicts(
    jobs: Sequence[_Job], limits: Limits, workers: int, executor: Executor | None
) -> Iterator[tuple[_Job, Verdict]]:
    """Verdicts as they come. A pool whose process died is replaced; what was under way in it runs again, each alone."""
    if executor is None and (workers == 1 or len(jobs) == 1):
        for job in jobs:
            yield job, grade_one(job.submission.data, job.source, limits)
        return
    queue, suspects = deque(jobs), deque[_Job]()
    while queue:
        pool = executor or _pool(min(workers, len(queue)))
        try:
            yield from _through(pool, queue, limits, 2 * workers, suspects)
        finally:
            if executor is None:
                pool.shutdown(wait=True, cancel_futures=True)
    for job in suspects:
        with _pool(1) as alone:
            try:
                verdict = alone.submit(grade_one, job.submission.data, job.source, limits).result()
            except BrokenExecutor:
                said = "The hand-in brought the grading process down, twice; a person should look at it."
                verdict = refusal(job.submission.data, job.source, said, limits)
        yield job, verdict


def _through(
    pool: Executor, queue: deque[_Job], limits: Limits, most: int, suspects: deque[_Job]
) -> Iterator[tuple[_Job, Verdict]]:
    """Empty the queue, or stop when the pool breaks. At most `most` at a time: their bytes are held in memory."""
    under_way: dict[Future[Verdict], _Job] = {}
    broken = False
    while (queue and not broken) or under_way:
        while queue and not broken and len(under_way) < most:
            try:
                under_way[pool.submit(grade_one, queue[0].submission.data, queue[0].source, limits)] = queue[0]
                queue.popleft()
            except BrokenExecutor:
                broken = True
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            job = under_way.pop(future)
            try:
                yield job, future.result()
            except BrokenExecutor:
                broken = True
                suspects.append(job)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=worker.begin)
