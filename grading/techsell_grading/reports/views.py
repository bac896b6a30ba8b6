"""What stands on the pages, as plain values: tables in, dictionaries for the templates out. Nothing that was typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from techsell.competencies import Framework
from techsell_grading.grader import Verdict
from techsell_grading.grader.verdict import task_of
from techsell_grading.pages import number
from techsell_grading.reports.evidence import Evidence, competencies, evidence, tasks
from techsell_grading.reports.frames import Frames, records
from techsell_grading.result import Catalogue, as_result

__all__ = ["ENOUGH", "Sources", "index", "learner"]

ENOUGH = 2
"""pieces of evidence below which no percentage is shown for a competency"""


@dataclass(frozen=True)
class Sources:
    """Everything a report is made from. `verdicts` by (module, learner); `order` of the modules on the pages."""

    frames: Frames
    verdicts: Mapping[tuple[str, str], Verdict]
    framework: Framework
    names: Catalogue
    order: Sequence[str]

    @cached_property
    def evidence(self) -> Mapping[str, list[Evidence]]:
        """Results by learner."""
        found: dict[str, list[Evidence]] = defaultdict(list)
        for one in evidence(self.frames, self.verdicts, self.framework):
            found[one.learner].append(one)
        return found

    @cached_property
    def levels(self) -> Mapping[tuple[str, str], Any]:
        """Competency rows by (learner, competency)."""
        everything = [one for mine in self.evidence.values() for one in mine]
        return {(row.learner, row.competency): row for row in records(competencies(everything, self.framework))}

    @cached_property
    def tasks(self) -> Mapping[tuple[str, str, str], Any]:
        """Task rows by (learner, module, task)."""
        return {(row.learner, row.module, row.task): row for row in records(tasks(self.frames))}

    @cached_property
    def submissions(self) -> Mapping[str, list[Any]]:
        """Submission rows by learner, in the order of the modules."""
        found: dict[str, list[Any]] = defaultdict(list)
        for row in records(self.frames.submissions):
            found[row.learner].append(row)
        return {name: sorted(rows, key=lambda row: self.order.index(row.module)) for name, rows in found.items()}


def index(sources: Sources) -> dict[str, Any]:
    """The first page: completed n of N, what waits, everybody by task and by competency."""
    frames = sources.frames
    learners = list(frames.learners["learner"])
    columns = _task_columns(sources)
    return {
        "learners": len(learners),
        "completed": _completed(sources),
        "waiting": _waiting(sources),
        "modules": [_module(sources, module) for module in sources.order],
        "columns": columns,
        "rows": [_row(name, sources, columns) for name in learners],
        "competencies": sources.framework.competencies,
        "levels": [
            {"learner": name, "cells": [_level(sources, name, one.id) for one in sources.framework.competencies]}
            for name in learners
        ],
        "handed_in": len(frames.submissions),
        "last": _date(frames.submissions["timestamp"].dropna().max()) if len(frames.submissions) else "",
        "enough": ENOUGH,
    }


def learner(sources: Sources, name: str) -> dict[str, Any]:
    """One learner's page: each module with its tasks, and the evidence behind each competency."""
    found = sources.evidence.get(name, [])
    return {
        "learner": name,
        "modules": [_story(sources, row) for row in sources.submissions.get(name, [])],
        "competencies": [
            {
                "id": competency.id,
                "title": competency.title,
                "level": _level(sources, name, competency.id),
                "evidence": [
                    {"title": one.title, "points": number(one.points), "max": number(one.max), "turns": one.turns}
                    for one in found
                    if sources.framework.items[one.item].weights.get(competency.id, 0) > 0
                ],
            }
            for competency in sources.framework.competencies
        ],
        "enough": ENOUGH,
    }


def _task_columns(sources: Sources) -> list[dict[str, Any]]:
    """The tasks of each module in the order of the exercise, as far as a verdict tells it, with their points."""
    cells = sources.frames.cells.assign(task=sources.frames.cells["cell"].map(task_of))
    columns = []
    for module in sources.order:
        most = cells[cells["module"] == module].groupby("task")["max"].sum()
        example = next((found for (name, _), found in sources.verdicts.items() if name == module), None)
        seen = [check.task for check in example.checks] if example is not None else []
        columns += [
            {"module": module, "task": task, "title": sources.names.title(module, task), "max": float(most[task])}
            for task in dict.fromkeys([*seen, *most.index])
            if task in most.index
        ]
    return columns


def _row(name: str, sources: Sources, columns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    handed_in = sources.submissions.get(name, [])
    return {
        "learner": name,
        "cells": [_cell(sources.tasks.get((name, column["module"], column["task"]))) for column in columns],
        "total": number(sum(row.score for row in handed_in)) if handed_in else "–",
        "of": number(sum(row.max for row in handed_in)) if handed_in else "",
        "penalty": sum(row.penalty for row in handed_in),
    }


def _cell(row: Any) -> dict[str, Any]:
    if row is None:
        return {"text": "–", "share": 0.0}
    if row.waiting:
        return {"text": "waits", "share": 0.0}
    return {"text": number(row.points), "share": _share(row.points, row.max)}


def _level(sources: Sources, name: str, competency: str) -> dict[str, Any]:
    """A competency of one learner: a percentage where there is enough evidence, words where there is not."""
    row = sources.levels.get((name, competency))
    if row is None:
        return {"text": "–", "share": 0.0, "n": 0}
    if row.n < ENOUGH:
        return {"text": "too little", "share": 0.0, "n": int(row.n)}
    return {"text": f"{row.percent:.0f} %", "share": float(row.percent), "n": int(row.n)}


def _waiting(sources: Sources) -> list[dict[str, Any]]:
    since = {(row.learner, row.module): row.timestamp for rows in sources.submissions.values() for row in rows}
    waiting = [
        {
            "learner": name,
            "module": sources.names.module(module),
            "task": sources.names.title(module, task),
            "max": number(row.max),
            "since": _date(since.get((name, module))),
        }
        for (name, module, task), row in sources.tasks.items()
        if row.waiting
    ]
    return sorted(waiting, key=lambda line: (line["since"], line["learner"]))


def _completed(sources: Sources) -> int:
    """How many learners handed in every module of the report, with nothing left to mark."""
    wanted = set(sources.order)
    return sum(
        {row.module for row in rows if row.waiting == 0} == wanted for rows in sources.submissions.values() if wanted
    )


def _module(sources: Sources, module: str) -> dict[str, Any]:
    handed_in = sources.frames.submissions[sources.frames.submissions["module"] == module]
    scores = handed_in["score"]
    return {
        "id": module,
        "title": sources.names.module(module),
        "handed_in": len(handed_in),
        "waiting": int((handed_in["waiting"] > 0).sum()),
        "middle": number(float(scores.median())) if len(scores) else "–",
        "span": f"{number(float(scores.min()))} to {number(float(scores.max()))}" if len(scores) else "–",
        "max": number(float(sources.frames.cells.loc[sources.frames.cells["module"] == module, "max"].sum())),
    }


def _story(sources: Sources, row: Any) -> dict[str, Any]:
    verdict = sources.verdicts.get((row.module, row.learner))
    told = as_result(verdict, {}, sources.names)["tasks"] if verdict is not None else []
    rows = {task["id"]: sources.tasks.get((row.learner, row.module, task["id"])) for task in told}
    return {
        "id": row.module,
        "title": sources.names.module(row.module),
        "score": number(row.score),
        "max": number(row.max),
        "penalty": float(row.penalty),
        "at": _date(row.timestamp),
        "tasks": [_told(task, rows[task["id"]]) for task in told if rows[task["id"]] is not None],
    }


def _told(task: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """One task of a story. Names of checks and of wrong ideas only: messages can repeat what was typed."""
    checks = task["checks"]
    rubric = task["kind"] == "role_play" and len(checks) > 1
    return {
        "title": task["title"],
        "kind": task["kind"].replace("_", " "),
        "points": "waits" if row.waiting else number(row.points),
        "max": number(row.max),
        "by_person": bool(row.by_person),
        "ideas": [check["misconception"] for check in checks if check["misconception"]],
        "lines": [
            {"title": check["title"], "points": number(check["points"]), "max": number(check["max"])}
            for check in checks
            if rubric and not row.by_person
        ],
    }


def _date(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{pd.Timestamp(value):%Y-%m-%d}"


def _share(points: float, most: float) -> float:
    return 100 * min(max(points / most, 0.0), 1.0) if most else 0.0
