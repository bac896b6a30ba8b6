"""What a learner is told about one submission: the same content for the terminal, the notebook's button and the page.

Two truths meet here: the verdict (why) and the gradebook (how many points count now, with a person's marks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from techsell.errors import ContentError
from techsell_grading.gradebook import Mark
from techsell_grading.grader import Check, Verdict
from techsell_grading.grader.verdict import NOT_ANSWERED

__all__ = ["Catalogue", "as_result", "catalogue"]

_KINDS = {"test": "code", "work_sample": "work_sample", "role_play": "role_play"}
_TITLES = {"test": "Form of the answer", "work_sample": "Your own words", "role_play": "Transcript"}


@dataclass(frozen=True)
class Catalogue:
    """Titles of modules (in the syllabus's order), titles and kinds of tasks; a foreign course still gets names."""

    tasks: Mapping[str, tuple[str, str]]
    modules: Mapping[str, str] = field(default_factory=dict)

    def module(self, module: str) -> str:
        return self.modules.get(module) or module.replace("_", " ").capitalize()

    def title(self, module: str, task: str) -> str:
        named = self.tasks.get(f"{module}/{task}")
        return named[0] if named else task.replace("_", " ").capitalize()

    def kind(self, module: str, check: Check) -> str:
        named = self.tasks.get(f"{module}/{check.task}")
        return named[1] if named else _KINDS[check.kind]


def catalogue() -> Catalogue:
    """The titles of this installation's course; empty where there is no course content."""
    from techsell import competencies, content, syllabus

    try:
        root = content.root()
        framework, modules = competencies.load(root), syllabus.load(root).modules
    except ContentError:
        return Catalogue({})
    return Catalogue(
        tasks={item.id: (item.title, item.kind) for item in framework.items.values()},
        modules={module.id: module.title for module in modules},
    )


def as_result(verdict: Verdict, marks: Mapping[tuple[str, str], Mark], names: Catalogue) -> dict[str, Any]:
    """Plain JSON: module, learner, graded, score, max, waiting (task ids), notes, tasks with their checks.

    `points` of a task are None while nothing of it is known; `passed` of a check is None while it waits.
    """
    by_task: dict[str, list[Check]] = {}
    for check in verdict.checks:
        by_task.setdefault(check.task, []).append(check)
    tasks = [_task(verdict.module, task, checks, marks, names) for task, checks in by_task.items()]
    known = [task["points"] for task in tasks if task["points"] is not None]
    said = [check.message for check in verdict.checks if check.kind == "role_play" and check.lines and check.message]
    return {
        "module": verdict.module,
        "learner": verdict.learner,
        "graded": True,
        "score": _round(sum(known)),
        "max": _round(verdict.max),
        "waiting": [task["id"] for task in tasks if task["waiting"]],
        "notes": [*verdict.reasons, *said],
        "tasks": tasks,
    }


def _task(
    module: str, task: str, checks: Sequence[Check], marks: Mapping[tuple[str, str], Mark], names: Catalogue
) -> dict[str, Any]:
    found = {check.cell: marks.get((check.notebook, check.cell)) for check in checks}
    points = [_points(check, found[check.cell]) for check in checks]
    known = [value for value in points if value is not None]
    comments = [mark.comment for mark in found.values() if mark is not None and mark.comment]
    sound = all(check.passed for check in checks if not check.misconception)
    return {
        "id": task,
        "title": names.title(module, task),
        "kind": names.kind(module, checks[0]),
        "points": _round(sum(known)) if known else None,
        "max": _round(sum(check.max for check in checks)),
        "waiting": len(known) < len(points),
        "comment": "\n\n".join(comments),
        "checks": [row for check in checks for row in _rows(check, found[check.cell], sound=sound)],
    }


def _points(check: Check, mark: Mark | None) -> float | None:
    return check.points if mark is None else mark.points


def _rows(check: Check, mark: Mark | None, *, sound: bool) -> list[dict[str, Any]]:
    """One row for a check; for a role-play one for each line of its rubric.

    A wrong idea is named only where the answer has the right form (`sound`): a typing error is not a misconception.
    """
    by_person = mark is not None and mark.manual is not None
    if check.lines and not by_person:
        return [_rubric_row(line, check.max) for line in check.lines]
    points = _points(check, mark)
    passed = None if points is None else points >= check.max
    wrong_idea = passed is False and sound and not by_person and check.message != NOT_ANSWERED
    return [
        {
            "id": check.cell,
            "title": check.misconception or _TITLES[check.kind],
            "hidden": bool(check.misconception),
            "passed": passed,
            "points": None if points is None else _round(points),
            "max": _round(check.max),
            "message": "Marked by a person." if by_person else check.message,
            "misconception": check.misconception if wrong_idea else "",
        }
    ]


def _rubric_row(line: Mapping[str, Any], most: float) -> dict[str, Any]:
    words = [f"{line['title']}: {line['why']}", line["advice"]]
    return {
        "id": line["id"],
        "title": line["title"],
        "hidden": False,
        "passed": line["percent"] >= 100,
        "points": _round(line["points"] * most / 100),
        "max": _round(line["max"] * most / 100),
        "message": " ".join(word.strip() for word in words if word.strip()),
        "misconception": "",
    }


def _round(points: float) -> float:
    return round(points, 2)
