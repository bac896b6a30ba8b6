"""Grading a class: what is new or changed goes through `grade_one`, and this process alone writes it down.

An interrupted run leaves each submission graded or not graded; the next run does the rest and ends with the same book.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Any

from techsell.errors import ReleaseFailed
from techsell_grading.cluster import Cluster
from techsell_grading.course import Course
from techsell_grading.desk import Desk, Job, Line, Status
from techsell_grading.gradebook import Book
from techsell_grading.grader import Limits, grade_one
from techsell_grading.pool import Lent, Pool, cores
from techsell_grading.records import scribes
from techsell_grading.release import in_step, release_apart
from techsell_grading.signals import asked_to_stop
from techsell_grading.supervise import Crew, Supervisor

__all__ = ["Line", "Progress", "Run", "Status", "grade", "grade_now", "protection"]

Progress = Callable[[int, int, Line], None]


@dataclass(frozen=True)
class Run:
    """What a run did, in the order of modules and learners."""

    lines: tuple[Line, ...]
    released: tuple[str, ...]
    """modules that were released first, because the book did not have them as they are now"""
    stopped: int = 0
    """the signal that ended it early"""
    left: int = 0
    """hand-ins that were not graded because of that; the next run grades them"""

    def count(self, status: Status) -> int:
        return sum(line.status == status for line in self.lines)


def grade(
    course: Course,
    modules: Sequence[str] = (),
    *,
    workers: int | None = None,
    force: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
    starting: Callable[[int], None] | None = None,
    executor: Executor | None = None,
    cluster: str = "",
) -> Run:
    """Grade everything handed in for the modules (all without names).

    SIGINT or SIGTERM end a run in the main thread in order: what is ready is written down, the rest is left.

    Args:
        workers: hand-ins at a time; one per core without it. A cluster has its own number.
        force: also what has been graded already.
        limits: time, size and protection; the time of a cell is the course's own.
        progress: called after each submission with how many are done, of how many, and its line.
        starting: called with how many there are to grade, when that is known.
        executor: anything with the interface of `concurrent.futures`, instead of processes of our own.
        cluster: the address of a Dask scheduler, instead of processes of our own.

    Raises:
        ReleaseFailed: an exercise is broken; nothing is graded then.
        BookError, GradingError: the book or the course cannot be written, or nobody is there to grade; what is done
            is kept.
    """
    chosen = course.chosen(tuple(modules))
    within = replace(limits or Limits(), cell_seconds=course.cell_seconds)
    released = _prepare(course, chosen)
    lines: list[Line] = []
    jobs: list[Job] = []
    with ExitStack() as stack:
        book = stack.enter_context(Book(course, run=True))
        desk = Desk(course, within, stack.enter_context(scribes()), force=force)
        stack.callback(desk.close)
        for module in chosen:
            for found in desk.look(book, module):
                if isinstance(found, Job):
                    jobs.append(found)
                else:
                    lines.append(found)
        stopped, done = 0, 0
        if jobs:
            crew = _crew(jobs, min(workers or cores(), len(jobs)), executor, cluster)
            supervisor = Supervisor(crew, desk.load, within, patience=_patience(within))
            with asked_to_stop(supervisor.stop), closing(supervisor.run(jobs)) as batches:
                if starting is not None:
                    starting(len(jobs))
                for batch in batches:
                    written, again = desk.write(book, batch)
                    for job in again:
                        supervisor.again(job)
                    for line in written:
                        done += 1
                        lines.append(line)
                        if progress is not None:
                            progress(done, len(jobs), line)
            stopped = supervisor.stopped
    ordered = tuple(sorted(lines, key=lambda line: (line.module, line.learner)))
    return Run(ordered, released, stopped, len(jobs) - done)


def grade_now(course: Course, module: str, learner: str, limits: Limits | None = None) -> dict[str, Any]:
    """Grade one submission at once, write it down with its feedback page, and return the learner's result.

    Raises:
        ReleaseFailed: the exercise is broken, or Python does not start.
        BookError, GradingError: the course cannot be written.
    """
    from techsell_grading.feedback import write_page

    within = replace(limits or Limits(), cell_seconds=course.cell_seconds)
    with scribes() as pool:
        desk = Desk(course, within, pool)
        job = desk.job(module, learner)
        trouble = ""
        while not trouble:
            work = desk.load(job)
            verdict = grade_one(work.submission, work.source.data, within)
            if trouble := verdict.trouble:
                break
            _prepare(course, (module,))
            with Book(course) as book:
                lines, _ = desk.write(book, [(job, verdict)])
                if lines and lines[0].status == "graded":
                    return write_page(course, book, module, learner)
            trouble = lines[0].unusual[0] if lines else ""  # no line: it was handed in again meanwhile
    place = course.path("source", module=module)
    raise ReleaseFailed(trouble, place=place, cure="Tell the trainer; nothing is lost")


def protection(limits: Limits) -> str:
    """What to tell the trainer about the sandbox on this machine; empty where it protects.

    Raises:
        SandboxMissing: there is none here, and it is required.
    """
    from techsell_grading.grader import sandbox

    if limits.sandbox == "off":
        return "Without a sandbox: graded code can read, change and send whatever you can."
    why = sandbox.available()
    if why and limits.sandbox == "require":
        problem, _, cure = why.partition(". ")
        raise sandbox.SandboxMissing(problem, cure=(cure or problem).rstrip("."))
    return f"Nothing protects this machine from the code that is graded: {why}" if why else ""


def _prepare(course: Course, modules: Sequence[str]) -> tuple[str, ...]:
    """Release those modules that the book does not have as their exercises are now, and name them."""
    known: set[str] = set()
    if Book.exists(course):
        with Book(course) as book:
            known = {module for module in modules if book.holds(module)}
    stale = tuple(module for module in modules if module not in known or not in_step(course, module))
    if stale:
        release_apart(course, *stale)
    return stale


def _crew(jobs: Sequence[Job], workers: int, executor: Executor | None, cluster: str) -> Crew:
    if executor is not None:
        return Lent(executor, workers, grade_one)
    if cluster:
        return Cluster(cluster, grade_one)
    return Pool(workers, grade_one, {job.source.sha: job.source.data for job in jobs})


def _patience(limits: Limits) -> float:
    """Longer than any hand-in takes whose own time limits work, with its repeats."""
    return 60.0 + 3 * (limits.start_seconds + limits.total_seconds)
