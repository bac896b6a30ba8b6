"""Which engine runs a notebook: a judge beside the learner's process, or the learner's process alone.

The notebook's own metadata may ask for the second. For a course that knows nothing of this grader the author's own
answers are tried first: where a test cannot judge those from outside, the whole class is graded the other way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from .judge.reading import asked as asked_in
from .runs import CellRun
from .sandbox import Mode, warm
from .session import Asked, Engine, Step, Unsupported, run_in_kernel, run_judged
from .verdict import IN_KERNEL, Limits

__all__ = ["Exercise", "Ran", "execute"]

_KEPT = 64


@dataclass(frozen=True)
class Exercise:
    """One notebook of an exercise, as its author made it.

    `key` names this version of it. `steps` are its code cells with the author's answers; `solutions` the source of
    those answers. `files` lie beside it.
    """

    key: tuple[str, str]
    steps: tuple[Step, ...]
    solutions: tuple[str, ...]
    files: Mapping[str, bytes]
    foreign: bool
    in_kernel: bool


@dataclass(frozen=True)
class Ran:
    """What each cell did, by which engine, and what the trainer should know of that."""

    runs: tuple[CellRun, ...]
    engine: Engine
    notes: tuple[str, ...] = ()


def execute(steps: Sequence[Step], files: Mapping[str, bytes], exercise: Exercise, limits: Limits) -> Ran:
    """Run the code cells of a submission's notebook.

    Args:
        files: laid beside the learner's cells.

    Raises:
        Unsupported: a test of our own cannot be judged from outside; `grade --check` would have found it.
        SandboxMissing, SandboxFailed: the machine's trouble; says nothing about the hand-in.
    """
    why = "as the notebook asks" if exercise.in_kernel else ""
    if exercise.foreign and not why:
        why = _trial(exercise, limits).why
    if not why:
        try:
            return _judged(steps, files, exercise, limits)
        except Unsupported as needs:
            if not exercise.foreign:
                raise
            why = f"since the test '{needs.cell}' needs it ({_plain(needs)})"
    said = f"{IN_KERNEL}, {why}; tricks in a hand-in can change their outcome"
    place = warm(cast(Mode, limits.sandbox), limits)
    return Ran(run_in_kernel(steps, files, limits, place), "in_kernel", (said,))


def _judged(steps: Sequence[Step], files: Mapping[str, bytes], exercise: Exercise, limits: Limits) -> Ran:
    """By the judge. A test that was judged with the author's answers can be judged: where it cannot be with these, they
    are the reason. (Otherwise whoever returns something odd would choose the engine, and a cheat the weaker one.)"""
    place, asked = warm(cast(Mode, limits.sandbox), limits), _asked(exercise.solutions)
    try:
        return Ran(run_judged(steps, files, exercise.files, limits, place, asked), "judge")
    except Unsupported as needs:
        proven = _trial(exercise, limits).proven
        if needs.cell not in proven:
            raise
        said = f"The test '{needs.cell}' could not be carried out on this answer and earned nothing: {_plain(needs)}"
    return Ran(run_judged(steps, files, exercise.files, limits, place, asked, proven=proven), "judge", (said,))


@dataclass(frozen=True)
class _Trial:
    """What became of the author's own answers: why the judge cannot carry their tests, or the tests that it did."""

    why: str = ""
    proven: frozenset[str] = frozenset()


_tried: dict[tuple[str, str], _Trial] = {}


def _trial(exercise: Exercise, limits: Limits) -> _Trial:
    """The author's own answers, tried with the judge; once for each version."""
    if exercise.key not in _tried:
        while len(_tried) >= _KEPT:
            del _tried[next(iter(_tried))]
        place = warm(cast(Mode, limits.sandbox), limits)
        own = exercise.files
        try:
            runs = run_judged(exercise.steps, own, own, limits, place, _asked(exercise.solutions), strict=True)
            passed = [step.name for step, run in zip(exercise.steps, runs, strict=True) if _is_judged(step, run)]
            _tried[exercise.key] = _Trial(proven=frozenset(passed))
        except Unsupported as needs:
            _tried[exercise.key] = _Trial(f"since the test '{needs.cell}' needs it ({_plain(needs)})")
    return _tried[exercise.key]


def _is_judged(step: Step, run: CellRun) -> bool:
    return step.where == "judge" and run.how == "done" and run.error is None


@lru_cache(maxsize=_KEPT)
def _asked(solutions: tuple[str, ...]) -> Asked:
    found = [asked_in(code) for code in solutions]
    return Asked(
        frozenset().union(*(names for names, _ in found)), frozenset().union(*(changed for _, changed in found))
    )


def _plain(needs: Unsupported) -> str:
    return str(needs).split(". Test with", 1)[0]
