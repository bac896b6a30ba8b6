"""A feedback page's content: every task with its verdicts, and the learner's cells beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from techsell_grading.grader import Verdict
from techsell_grading.grader.verdict import IN_KERNEL
from techsell_grading.pages.answers import Answer, Answers, answers
from techsell_grading.pages.notebook import Sheet
from techsell_grading.pages.text import visible
from techsell_grading.pages.verdicts import ICONS, Row, rows, state_of_task

__all__ = ["Story", "Task", "story"]

_NOTHING = Markup()
_SHOWN_AT_THE_CELL = ("Your cell '", "A cell of your own ")


@dataclass(frozen=True)
class Task:
    """One task of the page. `beside` names the task under which the cells stand that this one looks at too."""

    place: str
    title: str
    state: str
    points: float | None
    max: float
    waiting: bool
    rows: tuple[Row, ...]
    comment: str
    cells: tuple[Answer, ...] = ()
    anchors: Markup = _NOTHING
    beside: Task | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.state]


@dataclass(frozen=True)
class Story:
    """`others` are cells that earn no points; `left_out` counts cells that the page has no room for."""

    notes: tuple[str, ...]
    tasks: tuple[Task, ...]
    others: tuple[Answer, ...]
    waiting: float
    left_out: int


def story(result: Mapping[str, Any], verdict: Verdict, sheets: Mapping[str, Sheet]) -> Story:
    """Bring a result and the notebooks it is about together."""
    in_kernel = any(note.startswith(IN_KERNEL) for note in verdict.notes)
    parts = answers(sheets, frozenset(verdict.unanswered), in_kernel=in_kernel)
    left_out = sum(sheet.left_out for sheet in sheets.values())
    lines = {check.task: {line["id"]: line for line in check.lines} for check in verdict.checks if check.lines}
    tasks: list[Task] = []
    taken: dict[int, Task] = {}
    for task in result["tasks"]:
        wanted = {(check.notebook, check.cell) for check in verdict.checks if check.task == task["id"]}
        found = [number for number, part in enumerate(parts) if wanted.intersection(part.graded)]
        fresh = [parts[number] for number in found if number not in taken]
        beside = next((taken[number] for number in found if number in taken and parts[number].cells), None)
        made = _task(task, len(tasks) + 1, lines.get(task["id"], {}), fresh, beside)
        tasks.append(made)
        taken |= {number: made for number in found if number not in taken}
    others = [cell for number, part in enumerate(parts) if number not in taken for cell in part.cells]
    shown = bool(sheets) and not left_out
    return Story(
        notes=tuple(visible(note) for note in result["notes"] if not (shown and note.startswith(_SHOWN_AT_THE_CELL))),
        tasks=tuple(tasks),
        others=tuple(cell for cell in others if not cell.empty and cell.whose != "exercise"),
        waiting=sum(task["max"] for task in result["tasks"] if task["waiting"]),
        left_out=left_out,
    )


def _task(
    task: Mapping[str, Any],
    number: int,
    lines: Mapping[str, Mapping[str, Any]],
    parts: Sequence[Answers],
    beside: Task | None,
) -> Task:
    return Task(
        place=f"task-{number}",
        title=task["title"],
        state=state_of_task(task),
        points=task["points"],
        max=task["max"],
        waiting=task["waiting"],
        rows=tuple(rows(task, lines)),
        comment=visible(task["comment"]),
        cells=tuple(cell for part in parts for cell in part.cells),
        anchors=next((part.anchors for part in parts if part.anchors), _NOTHING),
        beside=beside,
    )
