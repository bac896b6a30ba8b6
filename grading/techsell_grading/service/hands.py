"""Warm grading processes, each by itself: when one dies, the others go on and its hand-in is graded again."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from multiprocessing import get_context
from queue import SimpleQueue

from techsell.errors import GradingError, TechsellError
from techsell_grading.grader import Limits, Verdict, grade_one, worker
from techsell_grading.grader.unit import refusal
from techsell_grading.grader.worker import Unit
from techsell_grading.sources import Packed
from techsell_grading.supervise import Work

__all__ = ["Gone", "Hands"]

_STARTING = 120.0
"""seconds for a process to start and import the grader on a busy machine"""
_SPARE = 60.0
_TRIES = 2
_BROUGHT_DOWN = "The hand-in brought the grading process down, twice; a person should look at it."
_NO_END = "Grading the hand-in did not come to an end, twice; a person should look at it."


class Gone(Exception):
    """The hands were closed while they were at work; the work is as if it had not begun."""


class Hands:
    """Processes that each grade one hand-in at a time, in sandboxes of their own. For many threads.

    Args:
        size: how many.
        limits: for every hand-in.
        unit: `grade_one`, or what stands in for it in a test.
        patience: seconds after which a process is taken not to end; longer than any hand-in takes without it.
    """

    def __init__(self, size: int, limits: Limits, *, unit: Unit = grade_one, patience: float | None = None) -> None:
        self.size = size
        self._closed = threading.Event()
        self._busy, self._counting = 0, threading.Lock()
        longest = _SPARE + 3 * (limits.start_seconds + limits.total_seconds)
        self._hands = [_Hand(unit, limits, patience or longest) for _ in range(size)]
        self._limits = limits
        self._free: SimpleQueue[_Hand | None] = SimpleQueue()
        for hand in self._hands:
            self._free.put(hand)

    def start(self, first: Iterable[Work] = ()) -> list[Verdict]:
        """Start every process and its sandboxes, and grade `first` once in each, so that nobody has to wait later.

        Returns the verdicts on `first`.

        Raises:
            SandboxMissing, SandboxFailed: this machine cannot confine code, and the limits say that it must.
            GradingError: a process does not start, or cannot grade.
        """
        work = list(first)
        for hand in self._hands:
            hand.begin()
        for hand in self._hands:
            hand.begun()
        verdicts: list[Verdict] = []
        for one in work:
            asked = [(hand, hand.ask(one)) for hand in self._hands]
            graded = [hand.answer(future) for hand, future in asked]
            for verdict in graded:
                if verdict.trouble:
                    raise GradingError(verdict.trouble, cure="Mend that and start the service again")
            verdicts.append(graded[0])
        return verdicts

    def grade(self, work: Work) -> Verdict:
        """Grade one hand-in as soon as a process is free. One that brings its process down twice gets 0 for that.

        Raises:
            Gone: closed meanwhile.
            GradingError: no process can be started any more.
        """
        hand = self._free.get()
        if hand is None or self._closed.is_set():
            self._free.put(None)
            raise Gone
        with self._counting:
            self._busy += 1
        try:
            return self._grade(hand, work)
        finally:
            with self._counting:
                self._busy -= 1
            self._free.put(None if self._closed.is_set() else hand)

    def close(self) -> None:
        """Break off what is under way and end all processes."""
        self._closed.set()
        self._free.put(None)
        for hand in self._hands:
            hand.end()

    @property
    def busy(self) -> int:
        """How many are grading now."""
        return self._busy

    def pids(self) -> list[int]:
        """The processes that run now."""
        return [pid for hand in self._hands for pid in hand.pids()]

    def _grade(self, hand: _Hand, work: Work) -> Verdict:
        said = _BROUGHT_DOWN
        for _ in range(_TRIES):
            if self._closed.is_set():
                raise Gone
            try:
                return hand.answer(hand.ask(work))
            except TooLong:
                said = _NO_END
            except BrokenExecutor:
                said = _BROUGHT_DOWN
            if self._closed.is_set():
                raise Gone
            hand.renew()
        return refusal(work.submission, work.source.data, said, self._limits)


class _Hand:
    """One process. Used by one thread at a time, but for `end` and `pids`."""

    def __init__(self, unit: Unit, limits: Limits, patience: float) -> None:
        self._unit, self._limits, self._patience = unit, limits, patience
        self._has: set[str] = set()
        self._pool: ProcessPoolExecutor | None = None
        self._first: Future[None] | None = None

    def begin(self) -> None:
        """Start the process; it gets ready while we go on."""
        self._has.clear()
        # Spawned, not forked: this process has threads, and what it knows is not for a process near a learner's code.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=worker.begin, initargs=({},))
        try:
            self._first = self._pool.submit(_get_ready, self._limits)
        except OSError as error:
            raise _no_process(error) from error

    def begun(self) -> None:
        """Wait until the process is ready.

        Raises:
            SandboxMissing, SandboxFailed, GradingError: it never will be.
        """
        if self._first is None:
            raise RuntimeError("the hand was not begun")
        try:
            self._first.result(timeout=_STARTING)
        except TechsellError:
            self.end()
            raise
        except (BrokenExecutor, OSError, TooLong) as error:
            self.end()
            raise _no_process(error) from error

    def renew(self) -> None:
        """A new process in place of one that died or does not end.

        Raises:
            As `begun`.
        """
        self.end()
        self.begin()
        self.begun()

    def ask(self, work: Work) -> Future[Verdict | None]:
        """Hand the work over. A process that died while it had nothing to do is replaced first.

        Raises:
            SandboxMissing, SandboxFailed, GradingError: it cannot be.
        """
        if self._pool is None or not all(process.is_alive() for process in self._pool._processes.values()):
            self.renew()
        try:
            return self._submit(work.submission, work.source)
        except BrokenExecutor:
            self.renew()
            return self._submit(work.submission, work.source)

    def answer(self, future: Future[Verdict | None]) -> Verdict:
        """Wait for the verdict.

        Raises:
            BrokenExecutor: the process died.
            TimeoutError: it does not end.
        """
        verdict = future.result(timeout=self._patience)
        if verdict is None:
            raise RuntimeError("the process forgot an exercise that it was given")
        return verdict

    def end(self) -> None:
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):
                process.kill()
            self._pool.shutdown(wait=True, cancel_futures=True)

    def pids(self) -> list[int]:
        return list((self._pool._processes or {}) if self._pool is not None else {})

    def _submit(self, submission: bytes, source: Packed) -> Future[Verdict | None]:
        if self._pool is None:
            raise RuntimeError("the hand was not begun")
        if source.sha not in self._has:
            self._pool.submit(worker.keep, source.sha, source.data)
            self._has.add(source.sha)
        return self._pool.submit(worker.grade, self._unit, submission, source.sha, self._limits)


def _get_ready(limits: Limits) -> None:
    """In the process: have the sandboxes run."""
    from typing import cast

    from techsell_grading.grader.sandbox import Mode, warm

    warm(cast(Mode, limits.sandbox), limits).start()


def _no_process(error: BaseException) -> GradingError:
    return GradingError(
        f"A grading process does not start: {type(error).__name__}: {error}",
        cure="Free some memory, or use fewer with --workers; what was handed in is kept",
    )
