"""Proofs about how tests run: the same verdict every time, in time, and nothing there that does the work."""

from __future__ import annotations

from collections.abc import Iterator

from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.hand_ins import NOTHING
from techsell_grading.proof.outcome import Finding, Seen, not_asked, seen
from techsell_grading.proof.trials import Pair, Trials

__all__ = ["nothing_to_import", "same_again", "seconds"]


def same_again(assignment: Assignment, trials: Trials) -> Seen:
    """What was graded twice has the same points and messages, with other random numbers and another order of sets."""
    if trials.reference.trouble:
        return not_asked("the author's answers could not be graded")
    found = [finding for pair in trials.twice for finding in _differing(assignment, pair)]
    other = ", also with sets in another order" if len({pair.how for pair in trials.twice}) > 1 else ""
    return seen(found, f"{len({pair.what for pair in trials.twice})} hand-ins{other}")


def _differing(assignment: Assignment, pair: Pair) -> Iterator[Finding]:
    cure = "Seed every generator in the test, and sort what comes from a set"
    if pair.second.trouble and pair.second.trouble != pair.first.trouble:
        problem = f"{pair.what[0].upper()}{pair.what[1:]} could not be graded {pair.how}: {pair.second.trouble}"
        yield Finding(problem.rstrip("."), assignment.folder, "Mend that and prove it again")
        return
    for first, second in zip(pair.first.checks, pair.second.checks, strict=False):
        if first == second:
            continue
        what = "another message"
        if first.points != second.points:
            what = (
                " and ".join("none" if one.points is None else f"{one.points:g}" for one in (first, second)) + " points"
            )
        problem = f"Graded twice, {pair.what} got {what} ({pair.how})"
        yield Finding(problem, assignment.place(first.notebook, first.cell), cure)


def seconds(assignment: Assignment, trials: Trials) -> Seen:
    """The author's answers run within the budget; the quicker of two runs counts, since machines are busy."""
    if trials.reference.trouble:
        return not_asked("the author's answers could not be graded")
    again = [pair.second for pair in trials.twice if pair.first is trials.reference and not pair.second.trouble]
    took = min(verdict.seconds for verdict in (trials.reference, *again))
    budget = assignment.budget
    said = f"{took:.2f} s of {budget:g} s"
    if took <= budget:
        return seen((), said)
    cure = "Make data and loops of the tests smaller, or set 'techsell: {seconds: N}' in the notebook's metadata"
    return seen(
        [Finding(f"The author's answers take {took:.1f} s; the budget is {budget:g} s", assignment.folder, cure)], said
    )


def nothing_to_import(assignment: Assignment, trials: Trials) -> Seen:
    """Where a task is graded, neither `techsell.lessons` nor anything named as the task can be imported."""
    if not assignment.own:
        return not_asked("only our own exercises have lessons with the answers")
    if trials.probe is None or trials.reference.trouble:
        return not_asked("no answer could look for anything")
    found = []
    for answer, task in trials.probed.items():
        said = [reason for reason in trials.probe.reasons if f"'{answer}'" in reason]
        if not said or NOTHING not in said[0]:
            what = said[0].partition("stopped: ")[2].rstrip(".") if said else "an import did not stop it"
            problem = f"The answer to '{task}' can be looked up where it is graded: {what}"
            cure = "Take it out of what the sandbox shows, or rename the task"
            found.append(Finding(problem, assignment.place(_notebook(assignment, answer), answer), cure))
    return seen(found, f"{len(trials.probed)} answers looked for it in the sandbox")


def _notebook(assignment: Assignment, name: str) -> str:
    return next((notebook for notebook, cell in assignment.cells if cell.name == name), assignment.module)
