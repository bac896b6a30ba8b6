"""Everything that is graded for the proofs, graded once: by the real grader, as a learner's hand-in would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field, replace

from techsell.errors import GradingError
from techsell_grading.grader import Verdict, grade_one
from techsell_grading.grader.roleplay import PREFIX
from techsell_grading.proof import hand_ins
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.hand_ins import LEARNER, answered, expert_call, learner_of
from techsell_grading.proof.planted import Planted
from techsell_grading.proof.rounds import apart, rounds

__all__ = ["Pair", "Progress", "Trials", "run_trials"]

Progress = Callable[[int, int], None]
"""how many are graded, of how many"""


@dataclass(frozen=True)
class Pair:
    """The same hand-in graded twice. `what` and `how` say of what, and what was different."""

    what: str
    how: str
    first: Verdict
    second: Verdict


@dataclass(frozen=True)
class Trials:
    """Verdicts on hand-ins made from the author's own work.

    `reference`: the author's answers, with a call where there is a role-play; `stub`: the release, None where there is
    none; `wrong` and `right`: with one planted answer each; `probe`: with answers that look for something to import,
    and `probed` the task of each such answer; `twice`: graded again, `reference` first.
    `by_bot`: scenarios whose call a bot played.
    """

    reference: Verdict
    stub: Verdict | None
    wrong: Mapping[Planted, Verdict] = field(default_factory=dict)
    right: Mapping[Planted, Verdict] = field(default_factory=dict)
    probe: Verdict | None = None
    probed: Mapping[str, str] = field(default_factory=dict)
    twice: tuple[Pair, ...] = ()
    by_bot: frozenset[str] = frozenset()


def run_trials(
    assignment: Assignment, executor: Executor, other: Executor | None = None, progress: Progress | None = None
) -> Trials:
    """Grade what the proofs ask about.

    Args:
        executor: grades the hand-ins.
        other: grades some of them a second time, in processes that hash text in another order.
    """
    bench = _Bench(assignment, executor, other, progress)
    calls, by_bot = _calls(assignment)
    reference = answered(assignment, {}, calls)
    stub = hand_ins.stub(assignment) if assignment.released else b""
    wrong = [one for one in assignment.planted if one.loses]
    right = [one for one in assignment.planted if not one.loses]
    probe, probed = hand_ins.probing(assignment) if assignment.own else (b"", {})

    elsewhere = {"the author's answers": reference, **({"the release": stub} if stub else {})}
    slips = rounds(wrong, apart(assignment))[:1]
    elsewhere |= {_named(some): answered(assignment, _answer(*some)) for some in slips}
    again = {what: bench.elsewhere(data) for what, data in elsewhere.items()} if other else {}

    first = bench.grade(reference)
    left = bench.grade(stub) if stub else None
    looked = bench.grade(probe) if probe else None
    jobs = [(some, bench.planted(some)) for some in (*rounds(wrong, apart(assignment)), *rounds(right, set(right)))]
    second = bench.grade(reference)  # last: every process is warm by then, and its seconds count

    main = bench.result(first)
    unfilled = bench.result(left) if left else None
    together = [(some, bench.result(job)) for some, job in jobs]
    here = {"the author's answers": main, **({"the release": unfilled} if unfilled else {})}
    here |= {_named(some): verdict for some, verdict in together}
    verdicts = _each(bench, together)
    twice = [Pair("the author's answers", "again", main, bench.result(second))]
    twice += [
        Pair(what, "where text hashes in another order", here[what], bench.result(job)) for what, job in again.items()
    ]
    return Trials(
        reference=main,
        stub=unfilled,
        wrong={one: verdicts[one] for one in wrong},
        right={one: verdicts[one] for one in right},
        probe=bench.result(looked) if looked else None,
        probed=probed,
        twice=tuple(twice),
        by_bot=by_bot,
    )


class _Bench:
    """Hands out hand-ins and counts what has come back."""

    def __init__(
        self, assignment: Assignment, executor: Executor, other: Executor | None, progress: Progress | None
    ) -> None:
        self._assignment = assignment
        self._executor, self._other = executor, other
        self._progress = progress or (lambda done, of: None)
        self._asked = self._done = 0

    def grade(self, submission: bytes) -> Future[Verdict]:
        return self._submit(self._executor, submission)

    def planted(self, some: Sequence[Planted]) -> Future[Verdict]:
        """The author's answers with these in their places."""
        return self.grade(answered(self._assignment, _answer(*some)))

    def elsewhere(self, submission: bytes) -> Future[Verdict]:
        return self._submit(self._other or self._executor, submission)

    def result(self, future: Future[Verdict]) -> Verdict:
        """Wait for a verdict.

        Raises:
            GradingError: a process that grades has ended.
        """
        try:
            return future.result()
        except BrokenExecutor as error:
            raise GradingError(
                "A process that grades for the proof has ended", cure="Free some memory, or use '--workers 1'"
            ) from error

    def _submit(self, executor: Executor, submission: bytes) -> Future[Verdict]:
        self._asked += 1
        future = executor.submit(grade_one, submission, self._assignment.source, self._assignment.limits)
        future.add_done_callback(self._count)
        return future

    def _count(self, future: Future[Verdict]) -> None:
        self._done += 1
        self._progress(self._done, self._asked)


def _calls(assignment: Assignment) -> tuple[dict[str, bytes], frozenset[str]]:
    """A reference call for each role-play: recorded, or else played by the expert bot; and which are a bot's."""
    scenarios = [placed.cell.name.removeprefix(PREFIX) for placed in assignment.calls_asked]
    calls = {name: assignment.calls[name] for name in scenarios if name in assignment.calls}
    learner = next((found for call in calls.values() if (found := learner_of(call))), LEARNER)
    played = {name: expert_call(name, learner) for name in scenarios if name not in calls}
    by_bot = {name: call for name, call in played.items() if call}
    return calls | by_bot, frozenset(by_bot)


def _answer(*planted: Planted) -> dict[tuple[str, str], str]:
    return {(one.notebook, one.answer): one.source for one in planted}


def _named(some: Sequence[Planted]) -> str:
    return "the author's answers with " + ", ".join(f"'{one.name}'" for one in some)


def _each(bench: _Bench, together: list[tuple[list[Planted], Verdict]]) -> dict[Planted, Verdict]:
    """A verdict for each planted answer: that of its round where the round lost what it must and nothing else.

    Otherwise each of them is graded alone. A verdict of a round is cut down to what one of it must lose.
    """
    found: dict[Planted, Verdict] = {}
    again: dict[Planted, Future[Verdict]] = {}
    for some, verdict in together:
        lost = {check.cell for check in verdict.checks if check.kind == "test" and not check.passed}
        if len(some) > 1 and (verdict.trouble or lost != {one.loses for one in some if one.loses}):
            again |= {one: bench.planted([one]) for one in some}
            continue
        for one in some:
            others = {other.loses for other in some} - {one.loses}
            found[one] = replace(verdict, checks=tuple(c for c in verdict.checks if c.cell not in others))
    return found | {one: bench.result(future) for one, future in again.items()}
