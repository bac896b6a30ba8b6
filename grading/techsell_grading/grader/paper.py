"""One notebook of a submission: run it, and give each grade cell its points and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import roleplay
from .document import autograded
from .execute import Exercise, Ran, execute
from .merge import Merged, Slot, merge
from .runs import CellRun
from .score import Setting, score_manual, score_test, stopped
from .session import Step, Where
from .source import Source
from .verdict import Check, Limits
from .withheld import withheld

__all__ = ["Graded", "Paper", "grade_paper"]


@dataclass(frozen=True)
class Paper:
    """A merged notebook with what its points depend on. `unusable` says why there is nothing to run."""

    name: str
    merged: Merged
    exercise: Source
    learner: str
    unusable: str = ""


@dataclass(frozen=True)
class Graded:
    checks: tuple[Check, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    unanswered: tuple[str, ...]
    document: str


def grade_paper(paper: Paper, hand_in: Mapping[str, bytes], beside: Mapping[str, bytes], limits: Limits) -> Graded:
    """Run the notebook with the files `beside` it; transcripts are read from `hand_in`.

    Raises:
        SandboxMissing, SandboxFailed: the machine's trouble.
    """
    slots = paper.merged.slots
    code = [number for number, slot in enumerate(slots) if slot.cell.kind == "code"]
    ran = Ran((), "judge") if paper.unusable else _run([slots[number] for number in code], paper, beside, limits)
    runs = dict(zip(code, ran.runs, strict=False))
    setting = Setting(paper.name, paper.exercise.hidden, limits, answered=True)
    stops = {number: said for number, run in runs.items() if (said := _stop(slots[number], run, setting))}
    checks: list[Check] = []
    notes = [*ran.notes, *_printed_more(paper, runs)]
    for number, before in _sections(slots).items():
        slot = slots[number]
        now = replace(
            setting,
            answered=not before or any(not slots[place].untouched for place in before),
            answer_stopped=next((stops[place] for place in before if place in stops), ""),
        )
        check, note = _check(slot, runs.get(number, CellRun("not run")), now, paper, hand_in)
        checks.append(check)
        notes += [note] if note else []
    if ran.engine == "in_kernel":
        checks, stops = withheld(slots, runs, paper.exercise.markers, checks, stops)
    return Graded(
        checks=tuple(checks),
        reasons=tuple(f"{said}." for said in stops.values()),
        notes=tuple(notes),
        unanswered=tuple(slot.cell.name for slot in slots if slot.role in ("solution", "manual") and slot.untouched),
        document=autograded(slots, runs, paper.exercise.metadata.get(paper.name, {})),
    )


def _printed_more(paper: Paper, runs: Mapping[int, CellRun]) -> list[str]:
    return (
        [f"A cell of '{paper.name}' printed more than is kept"] if any(run.truncated for run in runs.values()) else []
    )


def _run(slots: Sequence[Slot], paper: Paper, beside: Mapping[str, bytes], limits: Limits) -> Ran:
    exercise = paper.exercise
    steps = [Step(slot.cell.source, _where(slot, exercise), slot.cell.name) for slot in slots]
    return execute(steps, beside, _as_made(paper.name, exercise), limits)


def _as_made(name: str, exercise: Source) -> Exercise:
    """The notebook with its author's answers."""
    answers = exercise.answers.get(name, ())
    slots = [slot for slot in merge(answers, answers, exercise.markers).slots if slot.cell.kind == "code"]
    return Exercise(
        key=(exercise.digest, name),
        steps=tuple(Step(slot.cell.source, _where(slot, exercise), slot.cell.name) for slot in slots),
        solutions=tuple(slot.cell.source for slot in slots if slot.role == "solution"),
        files=exercise.files,
        foreign=exercise.foreign,
        in_kernel=name in exercise.in_kernel,
    )


def _where(slot: Slot, exercise: Source) -> Where:
    """In whose process a cell runs. A role-play is played again elsewhere, so that its cell need not run."""
    if roleplay.scenario_of(slot.cell, exercise):
        return "nowhere"
    if slot.role == "test":
        return "judge"
    return "both" if slot.role == "locked" else "learner"


def _sections(slots: Sequence[Slot]) -> dict[int, tuple[int, ...]]:
    """For each graded cell the answer cells that it looks at: those between the previous task's checks and it."""
    found: dict[int, tuple[int, ...]] = {}
    before: list[int] = []
    checked = False
    for number, slot in enumerate(slots):
        if slot.graded:
            found[number] = tuple(before)
            checked = True
        elif slot.role == "solution":
            before = [number] if checked else [*before, number]
            checked = False
    return found


def _stop(slot: Slot, run: CellRun, setting: Setting) -> str:
    return stopped(slot, run, setting) if slot.role in ("solution", "extra", "plain") else ""


def _check(slot: Slot, run: CellRun, setting: Setting, paper: Paper, hand_in: Mapping[str, bytes]) -> tuple[Check, str]:
    cell = slot.cell
    if roleplay.scenario_of(cell, paper.exercise):
        return roleplay.assess(cell, paper.name, hand_in, paper.exercise, paper.learner, setting.limits)
    if slot.role in ("manual", "task"):
        if paper.unusable:
            return Check(paper.name, cell.name, "work_sample", 0.0, cell.points, False, paper.unusable), ""
        return score_manual(slot, paper.name), ""
    if paper.unusable:
        return Check(paper.name, cell.name, "test", 0.0, cell.points, False, paper.unusable), ""
    return score_test(slot, run, setting)
