"""Feedback pages: one HTML file per learner and module, made from the verdict and the gradebook.

What stands there: points, what each check found and in which words, the misconception by name, the trainer's marks
and comments. What does not: tests, tracebacks, other learners. Messages were scrubbed when they were made
(`grader.score`), and no cell of the notebook is on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from techsell_grading import result as results
from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.grader.verdict import NOT_ANSWERED
from techsell_grading.pages import number, render
from techsell_grading.records import read_verdict
from techsell_grading.storage import put
from techsell_grading.submissions import handed_in_at

__all__ = ["Page", "feedback", "write_page"]

_ICONS = {"reached": "✓", "partly": "◐", "missed": "✕", "open": "○", "waiting": "…"}


@dataclass(frozen=True)
class Page:
    """One feedback page that was written."""

    module: str
    learner: str
    path: Path


def feedback(course: Course, modules: Sequence[str] = ()) -> list[Page]:
    """Write the page of every graded submission of the modules (all without names).

    Raises:
        UsageError, CourseMissing: see `Course.chosen`.
        BookError, GradingError: the book cannot be read, the pages cannot be written.
    """
    chosen = course.chosen(tuple(modules))
    if not Book.exists(course):
        return []
    pages = []
    with Book(course) as book:
        for module in chosen:
            for learner in course.handed_in(module):
                if read_verdict(course, module, learner) is not None:
                    path = Path(write_page(course, book, module, learner)["page"])
                    pages.append(Page(module, learner, path))
    return pages


def write_page(course: Course, book: Book, module: str, learner: str) -> dict[str, Any]:
    """Write the page of one graded submission; returns the learner's result with the page's path as `page`.

    Raises:
        GradingError: the page cannot be written.
        ValueError: the submission has no verdict.
    """
    verdict = read_verdict(course, module, learner)
    if verdict is None:
        raise ValueError(f"{learner} has no graded submission for {module}")
    names = results.catalogue()
    result = results.as_result(verdict, book.marks(module, learner), names)
    path = course.path("feedback", learner, module) / f"{module}.html"
    waiting = sum(task["max"] for task in result["tasks"] if task["waiting"])
    page = render(
        "feedback.html.j2",
        title=names.module(module),
        result=result,
        waiting=waiting,
        tasks=[task | {"rows": _rows(task)} for task in result["tasks"]],
        handed_in=_handed_in(course, module, learner),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
    )
    put(path, page)
    return result | {"page": str(path)}


def _rows(task: dict[str, Any]) -> list[dict[str, str]]:
    """The checks as they are shown: what was missed first, each with its reason; what was reached in one line.

    The lines of a role-play's rubric all stand by themselves: each has its turns.
    """
    rubric = task["kind"] == "role_play"
    reached = [check for check in task["checks"] if check["passed"] and not rubric]
    rows = [_row(group) for group in _groups(check for check in task["checks"] if rubric or not check["passed"])]
    return [*rows, _reached(reached)] if reached else rows


def _groups(checks: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Neighbours with the same message stand together once, unless each names a wrong idea of its own."""
    groups: list[list[dict[str, Any]]] = []
    for check in checks:
        alike = groups and check["message"] and not check["misconception"]
        if alike and (groups[-1][0]["message"], _state(groups[-1][0])) == (check["message"], _state(check)):
            groups[-1].append(check)
        else:
            groups.append([check])
    return groups


def _row(group: Sequence[dict[str, Any]]) -> dict[str, str]:
    check, state = group[0], _state(group[0])
    label = f"Wrong idea: {check['misconception']}" if check["misconception"] else str(check["title"])
    return {
        "state": state,
        "icon": _ICONS[state],
        "label": f"{len(group)} checks" if len(group) > 1 else label,
        "points": _points(group),
        "message": check["message"].removeprefix(f"{check['title']}: "),
    }


def _reached(group: Sequence[dict[str, Any]]) -> dict[str, str]:
    avoided = [check["title"] for check in group if check["hidden"]]
    named = [check["title"] for check in group if not check["hidden"]]
    said = [check["message"] for check in group if check["message"]]
    return {
        "state": "reached",
        "icon": _ICONS["reached"],
        "label": ", ".join(named) or f"{len(avoided)} wrong ideas avoided",
        "points": _points(group),
        "message": "\n".join([*said, *([f"Avoided: {', '.join(avoided)}."] if avoided else [])]),
    }


def _points(group: Sequence[dict[str, Any]]) -> str:
    points = [check["points"] for check in group]
    earned = "–" if None in points else number(sum(points))
    return f"{earned} of {number(sum(check['max'] for check in group))}"


def _state(check: dict[str, Any]) -> str:
    if check["passed"] is None:
        return "waiting"
    if check["passed"]:
        return "reached"
    if check["message"] == NOT_ANSWERED:
        return "open"
    return "partly" if check["points"] else "missed"


def _handed_in(course: Course, module: str, learner: str) -> str:
    at, _ = handed_in_at(course, module, learner)
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
