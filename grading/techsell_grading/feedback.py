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
from techsell_grading.pages import number, render
from techsell_grading.records import read_verdict
from techsell_grading.storage import put
from techsell_grading.submissions import handed_in_at

__all__ = ["Page", "feedback", "write_page"]

_ICONS = {"reached": "✓", "partly": "◐", "missed": "✕", "waiting": "…"}


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
        title=module.replace("_", " ").capitalize(),
        result=result,
        waiting=waiting,
        tasks=[task | {"rows": _rows(task)} for task in result["tasks"]],
        handed_in=_handed_in(course, module, learner),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
    )
    put(path, page)
    return result | {"page": str(path)}


def _rows(task: dict[str, Any]) -> list[dict[str, str]]:
    """The checks as they are shown: neighbours with the same message stand together once."""
    rows: list[dict[str, str]] = []
    for group in _groups(task["checks"]):
        state = _state(group[0])
        points = [check["points"] for check in group]
        earned = "–" if None in points else number(sum(points))
        rows.append(
            {
                "state": state,
                "icon": _ICONS[state],
                "label": _label(group),
                "points": f"{earned} of {number(sum(check['max'] for check in group))}",
                "message": group[0]["message"].removeprefix(f"{group[0]['title']}: "),
            }
        )
    return rows


def _groups(checks: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: list[list[dict[str, Any]]] = []
    for check in checks:
        alike = groups and check["message"] and not check["misconception"]
        if alike and (groups[-1][0]["message"], _state(groups[-1][0])) == (check["message"], _state(check)):
            groups[-1].append(check)
        else:
            groups.append([check])
    return groups


def _label(group: Sequence[dict[str, Any]]) -> str:
    check = group[0]
    if len(group) > 1:
        return f"{len(group)} checks"
    if check["misconception"]:
        return f"Wrong idea: {check['misconception']}"
    return f"Avoided: {check['title']}" if check["hidden"] and check["passed"] else str(check["title"])


def _state(check: dict[str, Any]) -> str:
    if check["passed"] is None:
        return "waiting"
    if check["passed"]:
        return "reached"
    return "partly" if check["points"] else "missed"


def _handed_in(course: Course, module: str, learner: str) -> str:
    at, _ = handed_in_at(course, module, learner)
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
