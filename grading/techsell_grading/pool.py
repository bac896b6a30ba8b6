"""Crews on this machine: a pool of processes of our own, or an executor that somebody else made.

Each process keeps the exercises that are graded in this run, so that a piece of work carries the hand-in alone, and
ends itself when the process that hands out the work is gone: nothing stays behind a killed grader.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import cast

from techsell.errors import GradingError
from techsell_grading.grader import Limits, Verdict, worker
from techsell_grading.grader.worker import Unit
from techsell_grading.supervise import Crew, CrewBroken, Work

__all__ = ["Lent", "Pool", "cores"]

_STARTING = 120.0
"""seconds for a process to start and import the grader on a busy machine"""


def cores() -> int:
    """How many processes can run at a time here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Processes that each grade one hand-in at a time."""

    def __init__(self, size: int, unit: Unit, sources: Mapping[str, bytes]) -> None:
        self._size, self._unit, self._sources = size, unit, sources
        self._pool = self._fresh()

    @property
    def size(self) -> int:
        return self._size

    def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
        try:
            future = self._pool.submit(worker.grade, self._unit, work.submission, work.source.sha, limits)
            return cast(Future[Verdict], future)  # every process has every exercise from the start
        except BrokenExecutor as error:
            raise CrewBroken from error
        except OSError as error:
            raise _no_process(error) from error

    def broke(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def rebuild(self) -> None:
        self.close(now=True)
        self._pool = self._fresh()
        self.prove()

    def end_all(self) -> None:
        for process in list((self._pool._processes or {}).values()):
            process.kill()

    def alone(self) -> Crew:
        crew = Pool(1, self._unit, self._sources)
        crew.prove()
        return crew

    def close(self, *, now: bool) -> None:
        if now:
            self.end_all()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def prove(self) -> None:
        """Start a process and hear from it: one that cannot start is nobody's zero.

        Raises:
            GradingError: it does not start.
        """
        try:
            self._pool.submit(os.getpid).result(timeout=_STARTING)
        except (BrokenExecutor, OSError, TimeoutError) as error:
            self.close(now=True)
            raise _no_process(error) from error

    def _fresh(self) -> ProcessPoolExecutor:
        # Spawned, not forked: this process has threads, and what it knows is not for a process near a learner's code.
        return ProcessPoolExecutor(
            self._size, mp_context=get_context("spawn"), initializer=worker.begin, initargs=(dict(self._sources),)
        )


class Lent:
    """An executor with the interface of `concurrent.futures` that the caller made and will close."""

    def __init__(self, executor: Executor, size: int, unit: Unit) -> None:
        self._executor, self._size, self._unit = executor, size, unit

    @property
    def size(self) -> int:
        return self._size

    def submit(self, work: Work, limits: Limits) -> Future[Verdict]:
        try:
            return self._executor.submit(self._unit, work.submission, work.source.data, limits)
        except BrokenExecutor as error:
            raise CrewBroken from error

    def broke(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def rebuild(self) -> None:
        raise GradingError("The executor that was lent for grading broke", cure="Make a new one and grade again")

    def end_all(self) -> None:
        raise GradingError(
            "The executor that was lent for grading does not answer", cure="Make a new one and grade again"
        )

    def alone(self) -> Crew:
        return self

    def close(self, *, now: bool) -> None:
        """Its owner closes it."""


def _no_process(error: BaseException) -> GradingError:
    return GradingError(
        f"A grading process does not start: {type(error).__name__}: {error}",
        cure="Free some memory, or use fewer with --workers; what was graded is kept",
    )
