"""`techsell grade --check`: every assignment asked for, loaded, graded and proved."""

from __future__ import annotations

import time
from collections.abc import Sequence

from techsell.errors import ReleaseFailed
from techsell_grading.course import Course
from techsell_grading.grader import Limits
from techsell_grading.proof.benches import benches
from techsell_grading.proof.load import load
from techsell_grading.proof.outcome import Finding, Outcome, Proved
from techsell_grading.proof.prove import prove
from techsell_grading.proof.show import bar
from techsell_grading.proof.trials import run_trials

__all__ = ["check"]


def check(course: Course, modules: Sequence[str], limits: Limits, workers: int = 1) -> tuple[Proved, ...]:
    """Prove the assignments of these modules, all without names.

    Raises:
        CourseMissing, UsageError: no such course or module.
        SyllabusInvalid: a manifest does not say what it must.
        GradingError: the machine's trouble.
    """
    proved = []
    with benches(workers) as (executor, other):
        for module in course.chosen(tuple(modules)):
            began = time.monotonic()
            with bar(module) as progress:
                try:
                    assignment = load(course, module, limits)
                except ReleaseFailed as error:
                    outcomes: tuple[Outcome, ...] = (_unread(error),)
                else:
                    outcomes = prove(assignment, run_trials(assignment, executor, other, progress))
            proved.append(Proved(module, outcomes, time.monotonic() - began))
    return tuple(proved)


def _unread(error: ReleaseFailed) -> Outcome:
    finding = Finding(error.problem.rstrip("."), error.place or "", error.cure)
    return Outcome("source", "The exercise can be read", (finding,), "nothing else could be asked")
