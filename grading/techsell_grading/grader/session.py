"""One notebook of one submission, run: the learner's cells in the candidate, the author's in the judge.

The grader's own process keeps every deadline. A cell that does not stop when it is asked to, or that ends its process,
is left out, and the rest runs again in fresh processes, so that one mistake does not cost the other tasks.
"""

from __future__ import annotations

import select
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .answers import as_run, names_in, size
from .judge.reading import mentioned
from .parcels import parcels
from .runs import CellRun
from .sandbox import Child, SandboxFailed, Warm
from .verdict import Limits
from .wire import Closed, NotPlain, TimedOut, WireError

__all__ = ["Asked", "Engine", "Step", "Unsupported", "run_in_kernel", "run_judged"]

Engine = Literal["judge", "in_kernel"]
Where = Literal["learner", "both", "judge", "nowhere"]

_RESTARTS = 8
"""a cell that ends the process is left out and the rest run again"""
_OF_ANOTHER_KIND = (
    "The check could not be carried out on your answer: it is of another kind than the one that was asked for. "
    "Compare its type with the task, and hand in again."
)
_BEFORE = -1
"""where a session ended that had not begun with a cell"""
_UNEXPLAINED = ("", "server")
"""`limit` of a cell that died and may not have done it itself"""
_MOST_OUTPUT = 32 << 20
"""letters that all cells of the learner's may show together; each has its own limit besides"""
_GRACE = 1.0
"""seconds that an interrupted cell has to stop by itself"""


@dataclass(frozen=True)
class Step:
    """A code cell and where it runs: the learner's process, the judge, both (locked set-up), or nowhere (replayed)."""

    code: str
    where: Where
    name: str = ""


@dataclass(frozen=True)
class Asked:
    """The names that the author's own answers bind, and those that they may change in place."""

    names: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


class Unsupported(Exception):
    """A test needs what cannot cross between the two processes. `cell` is its name."""

    def __init__(self, cell: str, why: str) -> None:
        super().__init__(why)
        self.cell = cell


class _Fatal(Exception):
    """The cell under way ended its process or did not stop: the session is over."""

    def __init__(self, run: CellRun) -> None:
        super().__init__(run.how)
        self.run = run


def run_judged(
    steps: Sequence[Step],
    files: Mapping[str, bytes],
    hidden: Mapping[str, bytes],
    limits: Limits,
    warm: Warm,
    asked: Asked = Asked(),
    *,
    strict: bool = False,
    proven: frozenset[str] = frozenset(),
) -> tuple[CellRun, ...]:
    """Run a notebook with a separate judge.

    Args:
        files: laid beside the learner's cells.
        hidden: laid beside the judge's cells: what is the author's own.

        asked: what the learner is asked to make, from the author's own answers.
        strict: also an answer that cannot cross counts as unsupported; for trying the author's own answers. With a
            learner's, it costs that test: no answer may choose the engine, or a cheat would choose the weaker one.
        proven: tests that were judged with the author's answers. Where one of these cannot be with the learner's, that
            is for the answer's sake, and costs that test.

    Raises:
        Unsupported: a test cannot be judged from outside, whatever is handed in; says nothing about the submission.
        SandboxMissing, SandboxFailed: the machine's trouble.
    """

    def attempt(results: dict[int, CellRun], skipped: set[int], deadline: float) -> int | None:
        with warm.pair(limits) as (candidate, judge):
            talk = _Talk(candidate, judge, limits, deadline, strict=strict, proven=proven)
            talk.lay_out(files, hidden, asked)
            fatal = _through(steps, talk, results, skipped)
        return _explained(fatal, results, candidate)

    return _attempts(len(steps), limits, attempt)


def run_in_kernel(steps: Sequence[Step], files: Mapping[str, bytes], limits: Limits, warm: Warm) -> tuple[CellRun, ...]:
    """Run a notebook, tests included, in the learner's own process, for tests that need the live kernel.

    Raises:
        SandboxMissing, SandboxFailed: the machine's trouble.
    """
    alone = [Step(step.code, "nowhere" if step.where == "nowhere" else "learner", step.name) for step in steps]

    def attempt(results: dict[int, CellRun], skipped: set[int], deadline: float) -> int | None:
        with warm.single(limits) as candidate:
            talk = _Talk(candidate, None, limits, deadline)
            talk.lay_out(files, {}, Asked())
            fatal = _through(alone, talk, results, skipped)
        return _explained(fatal, results, candidate)

    return _attempts(len(steps), limits, attempt)


def _attempts(count: int, limits: Limits, attempt: Any) -> tuple[CellRun, ...]:
    """Attempts until one comes through, no time is left, or too many cells were left out. What is there stands.

    A process can also be ended from outside, by a machine without memory or by a person. So the cell that it ended in
    is run once more before that counts, and a sandbox that ends before the first cell has a second try.
    """
    results: dict[int, CellRun] = {}
    skipped: set[int] = set()
    died: dict[int, CellRun] = {}
    deadline = time.monotonic() + limits.total_seconds
    while len(skipped) <= _RESTARTS:
        try:
            fatal = attempt(results, skipped, deadline)
        except SandboxFailed:
            if _BEFORE in died:
                raise
            died[_BEFORE] = CellRun("died")
            continue
        if fatal is None or time.monotonic() >= deadline:
            break
        unexplained = results[fatal].how == "died" and results[fatal].limit in _UNEXPLAINED
        if unexplained and fatal not in died and len(died) <= _RESTARTS:
            died[fatal] = results.pop(fatal)
        else:
            skipped.add(fatal)
    rest = CellRun("not run" if time.monotonic() >= deadline else "given up")
    return tuple(results.get(number, died.get(number, rest)) for number in range(count))


def _explained(fatal: int | None, results: dict[int, CellRun], candidate: Child) -> int | None:
    """The same number; what it died of stands in its result now that the process is gone."""
    if fatal is not None and results[fatal].how == "died" and candidate.exit is not None:
        results[fatal] = replace(results[fatal], limit=candidate.exit.limit)
    return fatal


def _through(steps: Sequence[Step], talk: _Talk, results: dict[int, CellRun], skipped: set[int]) -> int | None:
    """Every step in its turn; the number of the one that ended the session, or None."""
    for number, step in enumerate(steps):
        if not step.code.strip() or step.where == "nowhere":
            results.setdefault(number, CellRun("done"))
            continue
        if talk.left() <= 0:
            return None
        try:
            if number in skipped:
                talk.leave_out(step)
            else:
                results.setdefault(number, talk.run(step))
        except _Fatal as fatal:
            results.setdefault(number, fatal.run)
            return number
    return None


class _Talk:
    """The grader's end of both control channels."""

    def __init__(
        self,
        candidate: Child,
        judge: Child | None,
        limits: Limits,
        deadline: float,
        *,
        strict: bool = False,
        proven: frozenset[str] = frozenset(),
    ) -> None:
        self._candidate, self._judge, self._strict, self._proven = candidate, judge, strict, proven
        self._limits = limits
        self._deadline = deadline
        self._room = _MOST_OUTPUT

    def left(self) -> float:
        """Seconds of the whole notebook's time that are left."""
        return self._deadline - time.monotonic()

    def lay_out(self, files: Mapping[str, bytes], hidden: Mapping[str, bytes], asked: Asked) -> None:
        """Put the files into both working folders, and tell the judge what is asked for, before any code has run.

        Raises:
            SandboxFailed: one of the processes is not there.
        """
        end = time.monotonic() + self._limits.start_seconds
        names: dict[str, Any] = {"op": "asked", "names": sorted(asked.names), "changed": sorted(asked.changed)}
        first: list[tuple[Child, dict[str, Any]]] = [(self._candidate, parcel) for parcel in parcels(files)]
        first += [(self._judge, parcel) for parcel in (*parcels(hidden), names)] if self._judge else []
        for child, message in first:
            try:
                self._ask(child, message, end)
            except _Fatal:
                raise SandboxFailed(
                    "A process for grading ended before it had begun",
                    cure="Grade again; if it stays so, see 'python -m techsell_grading.grader.sandbox'",
                ) from None

    def run(self, step: Step) -> CellRun:
        """Run one cell where it belongs.

        Raises:
            Unsupported: see there.
            _Fatal: the session is over.
        """
        if self._judge is None or step.where == "learner":
            return self._learners(step)
        if step.where == "both":
            theirs = self._learners(step, tell=False)
            ours = self._judges(self._judge, step, "locked")
            return theirs if theirs.error is None else ours
        return self._judges(self._judge, step, "test")

    def leave_out(self, step: Step) -> None:
        """A cell that ended an earlier session. What the author has in it is there all the same: the other tests may
        need it, and the learner must not put something of the same name in its place.

        Raises:
            _Fatal: the session is over.
        """
        if self._judge is not None and step.where == "both":
            self._judges(self._judge, step, "locked")
        elif self._judge is not None and step.where == "judge":
            self._ask(self._judge, {"op": "skip", "code": step.code}, time.monotonic() + self._limits.cell_seconds)

    def _learners(self, step: Step, *, tell: bool = True) -> CellRun:
        run, answer = self._one(self._candidate, {"op": "run", "code": step.code, "limit": self._limits.output})
        if tell and self._judge is not None:
            news = {
                "op": "learner",
                "bound": names_in(answer, "bound"),
                "deleted": names_in(answer, "deleted"),
                "mentioned": sorted(mentioned(step.code)),
            }
            self._ask(self._judge, news, time.monotonic() + self._limits.cell_seconds)
        return run

    def _judges(self, judge: Child, step: Step, role: str) -> CellRun:
        run, answer = self._one(judge, {"op": "run", "code": step.code, "role": role, "limit": self._limits.output})
        cut = answer.get("cut") is True
        if _gone(self._candidate, _GRACE if cut else 0.0):
            raise _Fatal(CellRun("died" if run.how == "done" else run.how, seconds=run.seconds))
        if cut:
            raise _Fatal(run)  # it lives and does not answer: the other tests get another one
        why, by = answer.get("unsupported"), answer.get("unsupported_by")
        if self._strict and not why:  # it was judged, and perhaps by less than there is
            why = answer.get("simplified")
        if type(why) is not str or not why or not (by == "test" or self._strict):
            return run
        if step.name in self._proven:
            return replace(run, outputs=(), error=("AnswerFault", _OF_ANOTHER_KIND))
        raise Unsupported(step.name, why)

    def _one(self, child: Child, message: dict[str, Any]) -> tuple[CellRun, dict[str, Any]]:
        """Run one cell in one process, within its time."""
        began = time.monotonic()
        end = min(began + self._limits.cell_seconds, self._deadline)
        try:
            child.channel.send(message, deadline=end)
            answer = child.channel.receive(end)
        except TimedOut:
            late = self._stop(child, CellRun("timeout", seconds=time.monotonic() - began))
            return CellRun("timeout", seconds=time.monotonic() - began), late
        except (Closed, WireError, NotPlain):
            raise _Fatal(CellRun("died", seconds=time.monotonic() - began)) from None
        run = as_run(answer, self._limits.output, time.monotonic() - began)
        if child is self._candidate and self._judge is not None:
            self._room -= size(run.outputs)
        return (run if self._room >= 0 or child is self._judge else replace(run, outputs=(), truncated=True)), answer

    def _stop(self, child: Child, run: CellRun) -> dict[str, Any]:
        """Interrupt a cell, in the learner's process first: a test mostly waits for that. The late answer.

        Raises:
            _Fatal: it does not stop.
        """
        for other in dict.fromkeys((self._candidate, child)):
            other.interrupt()
            try:
                return child.channel.receive(time.monotonic() + _GRACE)
            except TimedOut:
                continue
            except (Closed, WireError):
                break
        raise _Fatal(run)

    def _ask(self, child: Child, message: dict[str, Any], end: float) -> dict[str, Any]:
        try:
            child.channel.send(message, deadline=end)
            return child.channel.receive(end)
        except (Closed, TimedOut, WireError, NotPlain):
            raise _Fatal(CellRun("died")) from None


def _gone(child: Child, patience: float) -> bool:
    """Whether a process that should be waiting hangs up within so many seconds; it never speaks unasked."""
    poll = select.poll()
    poll.register(child.channel, select.POLLIN)
    return bool(poll.poll(patience * 1000))
