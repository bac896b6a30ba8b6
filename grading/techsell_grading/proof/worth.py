"""Proofs about what the cells of an assignment are worth: points and competencies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from techsell_grading.grader.verdict import task_of
from techsell_grading.proof.assignment import Assignment, Placed
from techsell_grading.proof.outcome import Finding, Seen, not_asked, seen

__all__ = ["competencies", "points"]

_DECISIONS = 30
"""points at least for judgement given as plain values (curriculum, section 0)"""
_CODE_TASKS = 2
_SAID_POINTS = re.compile(r"^#+ .*\((\d+) points?\b", re.MULTILINE)


def points(assignment: Assignment) -> Seen:
    """Every graded cell has points, and they add up to what the syllabus and the text say."""
    found = [
        Finding("A graded cell is worth nothing", assignment.place(placed.notebook, placed.cell.name), "Give it points")
        for placed in assignment.graded
        if placed.cell.points <= 0 and isinstance(placed.cell.grade.get("points"), int | float)
    ]
    if not assignment.graded:
        cure = "Mark tests and answers as graded, with points"
        found.append(Finding("No cell of it is graded", assignment.folder, cure))
    total = sum(placed.cell.points for placed in assignment.graded)
    if assignment.own and assignment.plan is None:
        cure = "Add the module with its points, or rename the folder"
        found.append(Finding(f"The syllabus has no module '{assignment.module}'", assignment.folder, cure))
    elif assignment.plan is not None:
        found += _against_plan(assignment)
    found += _against_text(assignment)
    hidden = sum(placed.cell.points for placed in assignment.tests if _is_hidden(assignment, placed))
    shown = sum(placed.cell.points for placed in assignment.tests) - hidden
    calls = sum(placed.cell.points for placed in assignment.calls_asked)
    rest = total - shown - hidden - calls
    parts = {"visible": shown, "hidden": hidden, "role-play": calls, "marked": rest}
    listed = " + ".join(f"{value:g} {name}" for name, value in parts.items() if value)
    return seen(found, f"{total:g} = {listed}" if listed else "no points")


def _is_hidden(assignment: Assignment, placed: Placed) -> bool:
    return assignment.opened.markers.begin_hidden in placed.cell.source


def _kind(assignment: Assignment, placed: Placed) -> str:
    if assignment.is_call(placed.cell):
        return "role_play"
    return "work_sample" if placed.cell.is_("solution") or placed.cell.is_("task") else "exercises"


def _against_plan(assignment: Assignment) -> Iterator[Finding]:
    plan = assignment.plan
    assert plan is not None  # noqa: S101 - by the caller
    sums: dict[str, float] = defaultdict(float)
    for placed in assignment.graded:
        sums[_kind(assignment, placed)] += placed.cell.points
    words = {"exercises": "Exercises", "role_play": "The role-play", "work_sample": "Work samples"}
    for kind, word in words.items():
        wanted = getattr(plan, kind)
        if sums[kind] != wanted:
            problem = f"{word} give {sums[kind]:g} points, the syllabus says {wanted}"
            yield Finding(problem, assignment.folder, "Change the points of cells or the syllabus")
    if assignment.tasks is None or not assignment.own:
        return
    kinds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for placed in assignment.tests:
        item = assignment.tasks.items.get(f"{assignment.module}/{task_of(placed.cell.name)}")
        kinds[item.kind if item else ""][task_of(placed.cell.name)] += placed.cell.points
    decisions = sum(kinds["decision"].values())
    if decisions < _DECISIONS and not kinds[""]:
        problem = f"Decisions give {decisions:g} points; at least {_DECISIONS} are for selling judgement"
        yield Finding(problem, assignment.folder, "Move points from code to decisions")
    if len(kinds["code"]) > _CODE_TASKS:
        problem = f"{len(kinds['code'])} tasks need code: {', '.join(kinds['code'])}; {_CODE_TASKS} may"
        yield Finding(problem, assignment.folder, "Make the others decisions or stretch cells without points")


def _against_text(assignment: Assignment) -> Iterator[Finding]:
    """The points that the heading of `<task>_task` promises are those of the task's cells."""
    sums: dict[str, float] = defaultdict(float)
    for placed in assignment.graded:
        sums[task_of(placed.cell.name)] += placed.cell.points
    for notebook, cell in assignment.cells:
        task = cell.name.removesuffix("_task")
        promised = _SAID_POINTS.search(cell.source) if cell.kind == "markdown" and task != cell.name else None
        if promised and task in sums and sums[task] != float(promised.group(1)):
            problem = f"The text promises {promised.group(1)} points for '{task}', its cells give {sums[task]:g}"
            yield Finding(problem, assignment.place(notebook, cell.name), "Change the text or the cells")


def competencies(assignment: Assignment) -> Seen:
    """Every task is evidence of something, and everything mapped is a task here."""
    if assignment.tasks is None:
        return not_asked("the course has no competencies.yaml")
    found: list[Finding] = []
    here: dict[str, Placed] = {}
    for placed in assignment.graded:
        here.setdefault(f"{assignment.module}/{task_of(placed.cell.name)}", placed)
    for item, placed in here.items():
        place = assignment.place(placed.notebook, placed.cell.name)
        mapped = assignment.tasks.items.get(item)
        if mapped is None:
            cure = "Add it to 'items' in competencies.yaml, with its kind and weights"
            found.append(Finding(f"The task '{item}' is mapped to no competency", place, cure))
        elif (mapped.kind if mapped.kind in ("role_play", "work_sample") else "exercises") != _kind(assignment, placed):
            problem = f"competencies.yaml calls '{item}' a {mapped.kind.replace('_', '-')}, its cells say otherwise"
            found.append(Finding(problem, place, "Change the kind there, or the cell"))
    for known in assignment.tasks.of(assignment.module):
        if known.id not in here:
            problem = f"'{known.id}' is mapped, but is no task of this exercise"
            found.append(Finding(problem, "competencies.yaml", "Take it out, or add the task"))
    return seen(found, f"{len(here)} tasks mapped")
