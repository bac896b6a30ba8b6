"""The checks of a task as rows of a page: what was missed first, each with its reason; what was reached in one row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from techsell_grading.grader.verdict import NOT_ANSWERED
from techsell_grading.pages import number
from techsell_grading.pages.text import visible
from techsell_grading.pages.words import Said, taken_apart

__all__ = ["ICONS", "Row", "rows", "state_of_task"]

ICONS = {"reached": "✓", "partly": "◐", "missed": "✕", "open": "○", "waiting": "…"}

_NO_ANSWER = (NOT_ANSWERED, "No response.")
_SAYS_TURNS = re.compile(r"\bturns? \d")


@dataclass(frozen=True)
class Row:
    """`turns` of a role-play in words; `advice` is the next step of a rubric line."""

    state: str
    label: str
    points: str
    said: Said
    turns: str = ""
    advice: str = ""
    wrong_idea: bool = False

    @property
    def icon(self) -> str:
        return ICONS[self.state]


def rows(task: Mapping[str, Any], lines: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """The rows of one task of a result.

    Args:
        lines: the role-play's rubric lines by their id; each stands by itself, in the rubric's order.
    """
    checks = task["checks"]
    if lines:
        return [_line(check, lines[check["id"]]) if check["id"] in lines else _row([check]) for check in checks]
    reached = [check for check in checks if check["passed"]]
    found = [_row(group) for group in _groups(check for check in checks if not check["passed"])]
    return [*found, _reached(reached)] if reached else found


def state_of_task(task: Mapping[str, Any]) -> str:
    """One word for a task, as for a check."""
    states = {_state(check) for check in task["checks"]}
    if len(states) == 1:
        return states.pop()
    if task["waiting"]:
        return "waiting"
    return "partly" if task["points"] else "missed"


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


def _row(group: Sequence[dict[str, Any]]) -> Row:
    check = group[0]
    label = check["misconception"] or str(check["title"])
    return Row(
        state=_state(check),
        label=f"{len(group)} checks" if len(group) > 1 else label,
        points=_points(group),
        said=taken_apart(visible(check["message"].removeprefix(f"{check['title']}: "))),
        wrong_idea=bool(check["misconception"]) and len(group) == 1,
    )


def _line(check: Mapping[str, Any], line: Mapping[str, Any]) -> Row:
    turns = [str(turn) for turn in line["turns"]]
    told = f"Turn{'' if len(turns) == 1 else 's'} {', '.join(turns)}" if turns else ""
    return Row(
        state=_state(check),
        label=str(check["title"]),
        points=_points([check]),
        said=Said((), visible(str(line["why"]).strip())),
        turns="" if _SAYS_TURNS.search(str(line["why"])) else told,
        advice=visible(str(line["advice"]).strip()),
    )


def _reached(group: Sequence[dict[str, Any]]) -> Row:
    avoided = [check["title"] for check in group if check["hidden"]]
    named = [check["title"] for check in group if not check["hidden"]]
    said = [visible(check["message"]) for check in group if check["message"]]
    count = f"{len(avoided)} wrong idea{'' if len(avoided) == 1 else 's'} avoided"
    return Row(
        state="reached",
        label=", ".join(named) or count,
        points=_points(group),
        said=Said((), "\n".join([*said, *([f"Wrong ideas avoided: {', '.join(avoided)}."] if avoided else [])])),
    )


def _points(group: Sequence[Mapping[str, Any]]) -> str:
    points = [check["points"] for check in group]
    earned = "–" if None in points else number(sum(points))
    return f"{earned} of {number(sum(check['max'] for check in group))}"


def _state(check: Mapping[str, Any]) -> str:
    if check["passed"] is None:
        return "waiting"
    if check["passed"]:
        return "reached"
    if check["message"] in _NO_ANSWER:
        return "open"
    return "partly" if check["points"] else "missed"
