"""Handing out the work: as much at a time as there are hands, and nobody's hand-in takes another one along.

A crew is whatever grades: a pool of processes here (`pool.py`), a Dask cluster (`cluster.py`), any executor of
`concurrent.futures`. The supervisor reads a hand-in when its turn comes, so that the bytes of at most twice as many
as can be graded at a time are in memory; replaces a crew whose process died, and grades what was under way in it
again, each alone; and ends in order when it is told to stop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from techsell.errors import GradingError
from techsell_grading.grader import Limits, Verdict
from techsell_grading.grader.unit import refusal
from techsell_grading.sources import Packed

__all__ = ["Crew", "CrewBroken", "Supervisor", "Work"]

J = TypeVar("J")

_BROUGHT_DOWN = "The hand-in brought the grading process down, twice; a person should look at it."
_NO_END = "Grading the hand-in did not come to an end, twice; a person should look at it."


@dataclass(frozen=True)
class Work:
    """What one call of the work unit needs."""

    submission: bytes
    source: Packed


class CrewBroken(Exception):
    """A process of the crew died, or its work does not end: nothing that was under way comes back."""


class Crew(Protocol):
    """Those who grade. `size`: how many at a time."""

    @property
    def size(self) -> int: ...

    def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
        """Start one piece of work.

        Raises:
            CrewBroken: this crew takes no more; `rebuild` it.
        """
        ...

    def broke(self, error: BaseException) -> bool:
        """Whether a future failed because a process died, which says nothing about whose work did it."""
        ...

    def rebuild(self) -> None:
        """Begin anew after a process died.

        Raises:
            GradingError: that is beyond us.
        """
        ...

    def end_all(self) -> None:
        """Break off what does not end; its futures fail as broken.

        Raises:
            GradingError: that is beyond us.
        """
        ...

    def alone(self) -> Crew:
        """A crew for one suspect at a time."""
        ...

    def close(self, *, now: bool) -> None:
        """Let go; `now`: without waiting for what is under way."""
        ...


class Supervisor(Generic[J]):
    """Takes jobs, gives verdicts.

    Args:
        crew: closed at the end of `run`.
        load: reads a job when its turn comes; what it raises as `GradingError` is that job's trouble.
        limits: for every job.
        patience: seconds without any news after which the crew's work is taken not to end.
    """

    def __init__(self, crew: Crew, load: Callable[[J], Work], limits: Limits, *, patience: float) -> None:
        self._crew, self._load, self._limits, self._patience = crew, load, limits, patience
        self._news: SimpleQueue[Future[Verdict] | None] = SimpleQueue()
        self._under_way: dict[Future[Verdict], J] = {}
        self._first: deque[J] = deque()
        self._troubled: list[tuple[J, Verdict]] = []
        self._suspects: deque[J] = deque()
        self._broken = False
        self.stopped = 0
        """the number of the signal that ended the run early"""

    def stop(self, signal_number: int) -> None:
        """End the run in order, as soon as it looks up. May be called by a signal handler or another thread."""
        self.stopped = signal_number
        self._news.put(None)

    def again(self, job: J) -> None:
        """Grade this job once more, next: it is not what it was when it was read."""
        self._first.append(job)

    def run(self, jobs: Iterable[J]) -> Generator[list[tuple[J, Verdict]], None, None]:
        """Verdicts in the order in which they are ready, as many together as there are; each job once. Close it.

        A stopped run gives what is ready and breaks off the rest. While the caller writes, the crew goes on.

        Raises:
            GradingError: the crew is gone and cannot be replaced.
        """
        waiting = iter(jobs)
        orderly = False
        try:
            yield from self._together(waiting)
            yield from self._one_by_one()
            orderly = not self.stopped
        finally:
            self._crew.close(now=not orderly)

    def _together(self, waiting: Iterator[J]) -> Iterator[list[tuple[J, Verdict]]]:
        while not self.stopped:
            self._hand_out(waiting)
            batch, self._troubled = self._troubled, []
            if self._under_way:
                batch += self._ready(self._hear())
                self._hand_out(waiting)
            elif self._broken:
                self._crew.rebuild()
                self._broken = False
            elif not batch:
                return
            if batch:
                yield batch
        yield self._ready(self._heard([]))

    def _hand_out(self, waiting: Iterator[J]) -> None:
        """Give the crew something to do: what it can grade now and once more as much, so that it never waits."""
        while not self._broken and not self.stopped and len(self._under_way) < 2 * self._crew.size:
            job = self._first.popleft() if self._first else next(waiting, None)
            if job is None:
                return
            try:
                future = self._crew.submit(self._load(job), self._limits)
            except GradingError as error:
                self._troubled.append((job, _trouble(str(error))))
                continue
            except CrewBroken:
                self._first.appendleft(job)
                self._broken = True
                return
            self._under_way[future] = job
            future.add_done_callback(self._news.put)

    def _hear(self) -> list[Future[Verdict] | None]:
        """Wait until there is news, and take all there is."""
        try:
            first = self._news.get(timeout=self._patience)
        except Empty:
            self._crew.end_all()
            first = self._news.get()
        return self._heard([first])

    def _heard(self, news: list[Future[Verdict] | None]) -> list[Future[Verdict] | None]:
        while not self._news.empty():
            news.append(self._news.get())
        return news

    def _ready(self, news: list[Future[Verdict] | None]) -> list[tuple[J, Verdict]]:
        """The verdicts among the news; those whose process died become suspects."""
        ready: list[tuple[J, Verdict]] = []
        for future in news:
            if future is None or future not in self._under_way:
                continue
            job = self._under_way.pop(future)
            verdict = self._result(self._crew, future)
            if verdict is None:
                self._broken = True
                self._suspects.append(job)
            else:
                ready.append((job, verdict))
        return ready

    @staticmethod
    def _result(crew: Crew, future: Future[Verdict]) -> Verdict | None:
        """What became of a future that is done; None when its process died."""
        if future.cancelled():
            return None
        error = future.exception()
        if error is None:
            return future.result()
        return None if crew.broke(error) else _trouble(f"Grading failed: {type(error).__name__}: {error}")

    def _one_by_one(self) -> Iterator[list[tuple[J, Verdict]]]:
        """Grade the suspects, each with nothing beside it: what fails again is 0 with the reason."""
        alone: Crew | None = None
        try:
            while self._suspects and not self.stopped:
                job = self._suspects.popleft()
                try:
                    work = self._load(job)
                except GradingError as error:
                    yield [(job, _trouble(str(error)))]
                    continue
                alone = alone or self._crew.alone()
                verdict, said = self._examine(alone, work)
                if self.stopped:
                    return
                if verdict is None:
                    self._dismiss(alone, now=True)
                    alone = None
                    verdict = refusal(work.submission, work.source.data, said, self._limits)
                yield [(job, verdict)]
        finally:
            if alone is not None:
                self._dismiss(alone, now=bool(self.stopped))

    def _dismiss(self, alone: Crew, *, now: bool) -> None:
        if alone is not self._crew:  # a cluster is its own crew for one
            alone.close(now=now)

    def _examine(self, alone: Crew, work: Work) -> tuple[Verdict | None, str]:
        """The verdict on one suspect, or None and why there is none."""
        try:
            future = alone.submit(work, self._limits)
        except CrewBroken:
            return None, _BROUGHT_DOWN
        future.add_done_callback(self._news.put)
        said = _BROUGHT_DOWN
        while not future.done() and not self.stopped:
            try:
                self._news.get(timeout=self._patience)
            except Empty:
                alone.end_all()
                said = _NO_END
        return (None if self.stopped else self._result(alone, future)), said


def _trouble(said: str) -> Verdict:
    """No verdict: the work could not be done or brought back, through no fault of the hand-in."""
    return Verdict("", "", "", "", (), trouble=said)
