"""From points to competencies: which result is evidence of what, and how much of it there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from techsell.competencies import Framework
from techsell_grading.grader import Verdict
from techsell_grading.grader.roleplay import PREFIX
from techsell_grading.grader.verdict import task_of
from techsell_grading.reports.frames import Frames, records

__all__ = ["Evidence", "competencies", "evidence", "tasks"]


@dataclass(frozen=True)
class Evidence:
    """One result of one learner: a task, or a line of a role-play's rubric in place of the role-play's task."""

    learner: str
    module: str
    item: str
    title: str
    kind: str
    points: float
    max: float
    turns: tuple[int, ...] = ()


def tasks(frames: Frames) -> pd.DataFrame:
    """One row per learner and task: module, learner, task, points, max, waiting (whether a person is still asked)."""
    grades = frames.grades.assign(task=frames.grades["cell"].map(task_of))
    return grades.groupby(["module", "learner", "task"], as_index=False, sort=False).agg(
        points=("points", "sum"),
        max=("max", "sum"),
        waiting=("marked", lambda marked: not marked.all()),
        by_person=("manual", lambda manual: bool(manual.notna().any())),
    )


def evidence(frames: Frames, verdicts: Mapping[tuple[str, str], Verdict], framework: Framework) -> tuple[Evidence, ...]:
    """Every result that is known. What waits for a person is left out, neither for nor against.

    `verdicts` by (module, learner). A role-play counts by the lines of its rubric where they are known, scaled to
    the points of its task; where a person has marked it, by that mark.
    """
    return tuple(_results(tasks(frames), verdicts, framework))


def competencies(found: Iterable[Evidence], framework: Framework) -> pd.DataFrame:
    """One row per learner and competency with evidence: learner, competency, percent (0 to 100), n.

    percent = 100 · Σ weight·points / Σ weight·max over the evidence; n = pieces of evidence with a weight above 0.
    """
    rows = [
        (one.learner, competency, weight * one.points, weight * one.max)
        for one in found
        for competency, weight in framework.items[one.item].weights.items()
        if weight > 0 and one.max > 0
    ]
    table = pd.DataFrame(rows, columns=["learner", "competency", "got", "most"])
    table = table.astype({"got": float, "most": float})
    total = table.groupby(["learner", "competency"], as_index=False).agg(
        got=("got", "sum"), most=("most", "sum"), n=("got", "size")
    )
    total["percent"] = 100 * total["got"] / total["most"]
    return total[["learner", "competency", "percent", "n"]]


def _results(
    table: pd.DataFrame, verdicts: Mapping[tuple[str, str], Verdict], framework: Framework
) -> Iterator[Evidence]:
    for row in records(table):
        item = framework.items.get(f"{row.module}/{row.task}")
        if row.waiting or item is None:
            continue
        lines = () if row.by_person else _lines(verdicts.get((row.module, row.learner)), row.task)
        scenario = row.task.removeprefix(PREFIX)
        mapped = [line for line in lines if f"{scenario}/{line['id']}" in framework.items]
        if not mapped:
            yield Evidence(row.learner, row.module, item.id, item.title, item.kind, row.points, row.max)
        for line in mapped:
            line_item = framework.items[f"{scenario}/{line['id']}"]
            yield Evidence(
                learner=row.learner,
                module=row.module,
                item=line_item.id,
                title=line_item.title,
                kind=line_item.kind,
                points=line["points"] * row.max / 100,
                max=line["max"] * row.max / 100,
                turns=tuple(line["turns"]),
            )


def _lines(verdict: Verdict | None, task: str) -> tuple[Mapping[str, Any], ...]:
    """The rubric lines of a role-play task in its verdict."""
    checks = verdict.checks if verdict is not None else ()
    return next((check.lines for check in checks if check.cell == task), ())
