"""The grader's desk: what lies there to be graded, and writing down what comes back.

Files and book of a submission belong together, so one grader at a time writes into a course (`records.turn`), and
only what is still the submission that was read. Everything is compared by digest: a run that finds its work done
writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from techsell.errors import GradingError
from techsell_grading.course import Course
from techsell_grading.footprints import Footprint, Known
from techsell_grading.gradebook import Book, Standing
from techsell_grading.grader import Check, Limits, Verdict
from techsell_grading.grader.verdict import NOT_ANSWERED
from techsell_grading.records import clear_leftovers, read_verdict, store, turn
from techsell_grading.sources import Packed, packed_source
from techsell_grading.submissions import handed_in_at, mark_of, read_submission, settle
from techsell_grading.supervise import Work

__all__ = ["Desk", "Job", "Line", "Status"]

Status = Literal["graded", "unchanged", "written", "outdated", "failed"]

_TRIES = 3
"""how often a hand-in is graded that changes while it is being graded; then it waits for the next run"""


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


@dataclass(eq=False)
class Job:
    """A submission to be graded. What it looked like when it was read is noted then; its bytes are not kept."""

    module: str
    learner: str
    source: Packed
    before: tuple[str, float] | None = None
    """digest of the submission and score of the verdict that is there"""
    at: datetime | None = None
    mark: Footprint | None = None
    tries: int = 0


class Desk:
    """One course during one run.

    Args:
        pool: threads for waiting for the disk (`records.scribes`).
        force: grade also what has been graded already.
    """

    def __init__(self, course: Course, limits: Limits, pool: Executor, *, force: bool = False) -> None:
        self._course, self._limits, self._pool, self._force = course, limits, pool, force
        self._known: dict[str, Known] = {}

    def look(self, book: Book, module: str) -> Iterator[Line | Job]:
        """Everything handed in for a module: a line where nothing is to be done, a job where there is.

        Raises:
            ReleaseFailed: the exercise is broken.
            BookError, GradingError: the course cannot be read or written.
        """
        source = packed_source(self._course, module)
        known = self._known[module] = Known.load(self._course, module)
        with turn(self._course):
            settle(self._course, module)
            clear_leftovers(self._course, module)
        standing = book.standing(module)
        for learner in self._course.handed_in(module):
            verdict = read_verdict(self._course, module, learner)
            if verdict is None or self._force or self._digest(known, module, learner) != verdict.submission:
                yield _job(module, learner, source, verdict)
            else:
                yield self._as_before(book, verdict, source, standing.get(learner))

    def job(self, module: str, learner: str) -> Job:
        """One submission to be graded, whether or not it has been.

        Raises:
            ReleaseFailed: the exercise is broken.
        """
        verdict = read_verdict(self._course, module, learner)
        return _job(module, learner, packed_source(self._course, module), verdict)

    def load(self, job: Job) -> Work:
        """Read a submission when its turn comes.

        Raises:
            GradingError: it cannot be read.
        """
        submission = read_submission(self._course, job.module, job.learner, self._limits)
        job.at, job.mark = submission.at, submission.mark
        job.tries += 1
        return Work(submission.data, job.source)

    def write(self, book: Book, batch: Sequence[tuple[Job, Verdict]]) -> tuple[list[Line], list[Job]]:
        """Write down what came back together; the jobs are those to be graded again, for they changed meanwhile.

        Raises:
            BookError, GradingError: the book or the course cannot be written; what is done is kept.
        """
        lines: list[Line] = []
        again: list[Job] = []
        good: list[tuple[Job, Verdict]] = []
        with turn(self._course):
            for job, verdict in batch:
                if verdict.trouble:
                    lines.append(_failed(job, verdict.trouble))
                elif self._is_still(job):
                    # whose it is, the folder says; of a hand-in that cannot be read at all nothing else would
                    good.append((job, replace(verdict, module=job.module, learner=job.learner)))
                elif job.tries < _TRIES:
                    again.append(job)
                else:
                    lines.append(_failed(job, "It was handed in again and again while it was being graded"))
            store(self._course, [verdict for _, verdict in good], self._pool)
            for job, verdict in good:
                lines.append(self._into_the_book(book, job, verdict))
        return lines, again

    def close(self) -> None:
        """Keep what was learnt about unchanged work for the next run."""
        for known in self._known.values():
            known.save()

    def _digest(self, known: Known, module: str, learner: str) -> str:
        """The digest of a submission, without reading it where it is known; empty when it cannot be read."""
        mark = mark_of(self._course, module, learner)
        if digest := known.digest(learner, mark):
            return digest
        try:
            submission = read_submission(self._course, module, learner, self._limits)
        except GradingError:
            return ""  # said when its turn comes
        known.note(learner, submission.mark, submission.digest)
        return submission.digest

    def _as_before(self, book: Book, verdict: Verdict, source: Packed, standing: Standing | None) -> Line:
        """The line of work that need not run again, and the book put right for it."""
        at, _ = handed_in_at(self._course, verdict.module, verdict.learner)
        if standing is None or not standing.agrees(verdict, at):
            with turn(self._course):
                book.write(verdict, timestamp=at, same_work=True)
            return _line(verdict, "written", _unusual(verdict))
        if verdict.source != source.sha:
            return _line(verdict, "outdated", _unusual(verdict))
        return _line(verdict, "unchanged", _unusual(verdict))

    def _is_still(self, job: Job) -> bool:
        return job.mark is not None and mark_of(self._course, job.module, job.learner).mark == job.mark.mark

    def _into_the_book(self, book: Book, job: Job, verdict: Verdict) -> Line:
        same_work = job.before is not None and job.before[0] == verdict.submission
        book.write(verdict, timestamp=job.at, same_work=same_work)
        if job.mark is not None and job.module in self._known:
            self._known[job.module].note(job.learner, job.mark, verdict.submission)
        before = job.before[1] if job.before is not None and same_work else None
        return _line(verdict, "graded", _unusual(verdict), before)


def _job(module: str, learner: str, source: Packed, verdict: Verdict | None) -> Job:
    return Job(module, learner, source, None if verdict is None else (verdict.submission, verdict.score))


def _unusual(verdict: Verdict) -> tuple[str, ...]:
    """What a trainer should know: what was noticed, and what happened to the hand-in, which the learner hears too."""
    reasons = [
        reason.replace("Your cell", "Cell").replace("A cell of your own", "Another cell") for reason in verdict.reasons
    ]
    nothing = [] if reasons or any(not _left_open(check) for check in verdict.checks) else ["Nothing is answered."]
    return tuple(dict.fromkeys([*verdict.notes, *reasons, *nothing]))


def _left_open(check: Check) -> bool:
    return check.points == 0 and (check.kind == "role_play" or check.message in (NOT_ANSWERED, "No response."))


def _failed(job: Job, why: str) -> Line:
    return _line(Verdict(job.module, job.learner, "", "", ()), "failed", (why,))


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
