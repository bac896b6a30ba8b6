"""From what a test cell did to points and one message.

The rule is nbgrader's: an error is 0, a final number is partial credit, anything else is full marks. Three
deviations, all in the learner's favour or clamping nonsense: text on stderr costs nothing (unless `strict_nbgrader`);
a number below 0 or above the maximum is clamped and noted; NumPy's way of writing a number (`np.float64(3.5)`) is one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .merge import Slot
from .outputs import plain
from .runs import CellRun
from .source import scrub
from .verdict import NOT_ANSWERED, Check, Limits

__all__ = ["Setting", "final_number", "score_manual", "score_test", "stopped"]

_NUMBER = re.compile(r"(?:np\.|numpy\.)?(?:float|int|uint)\d*\((.+)\)")
_CELL_FILE = re.compile(r" \(\d+\.py, line (\d+)\)")
"""how IPython names a cell in a syntax error: `(878021591.py, line 1)`"""

_OUR_WORDS = ("CheckFailed", "AssertionError", "ValueNotPlain", "AnswerFault")
_LONGEST = 2000


@dataclass(frozen=True)
class Setting:
    """What the score of one test cell depends on besides the cell."""

    notebook: str
    hidden: frozenset[str]
    limits: Limits
    answered: bool
    """False: the answers this test looks at are as they were released"""
    answer_stopped: str = ""
    """the error in the answer cell itself, in words"""


def score_test(slot: Slot, run: CellRun, setting: Setting) -> tuple[Check, str]:
    """The check of one test cell, and a note for the trainer (mostly empty)."""
    cell = slot.cell
    points, note = cell.points, ""
    message = _failure(run, setting)
    if message:
        points = 0.0
    else:
        number = final_number(run.outputs)
        if number is not None:
            points = min(max(number, 0.0), cell.points) if math.isfinite(number) else 0.0
            if points != number:
                note = f"The test '{cell.name}' ended in {number:g}; {points:g} of {cell.points:g} points were given"
        if points < cell.points:
            message = _partial(points, cell.points, run)
    passed = points >= cell.points
    check = Check(setting.notebook, cell.name, "test", round(points, 6), cell.points, passed, _clean(message, setting))
    return check, note


def score_manual(slot: Slot, notebook: str) -> Check:
    """A cell that a person marks: nothing for an empty one, waiting otherwise."""
    cell = slot.cell
    if slot.missing or (slot.untouched and slot.role == "manual"):
        return Check(notebook, cell.name, "work_sample", 0.0, cell.points, False, "No response.")
    return Check(notebook, cell.name, "work_sample", None, cell.points, None, "A person marks this; it is waiting.")


def stopped(slot: Slot, run: CellRun, setting: Setting) -> str:
    """One sentence about a learner's own cell that did not finish; empty when it did, or was never filled in."""
    label = f"Your cell '{slot.cell.name}'" if slot.cell.name else "A cell of your own"
    if slot.untouched:
        return ""
    if run.how == "timeout":
        return f"{label} was stopped after {setting.limits.cell_seconds:g} s without finishing"
    if run.how == "died":
        return f"{label} {_ended(run, setting)}; it was left out when the rest was run again"
    if run.error is not None:
        return _clean(f"{label} stopped: {_exception(run.error)}", setting)
    return ""


def final_number(outputs: tuple[Mapping[str, Any], ...]) -> float | None:
    """The number a cell ended with, or None when its last expression was none or no number."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            text = str(output["data"].get("text/plain", "")).strip()
            inside = _NUMBER.fullmatch(text)
            try:
                return float(inside.group(1) if inside else text)
            except ValueError:
                return None
    return None


def _failure(run: CellRun, setting: Setting) -> str:
    """Why the cell earns nothing; empty when it ran to its end."""
    if run.how == "done" and run.error is None:
        strict = setting.limits.strict_nbgrader and any(output.get("name") == "stderr" for output in run.outputs)
        return "Something was written to stderr, which costs all points under nbgrader's own rule." if strict else ""
    if not setting.answered:
        return NOT_ANSWERED
    if run.how == "timeout":
        return f"The check was stopped after {setting.limits.cell_seconds:g} s: your code did not finish."
    if run.how == "died":
        return f"Your code {_ended(run, setting)}, so there was nothing left to check."
    if run.how == "given up":
        return "Not checked: your code ended the Python process again and again."
    if run.how == "not run":
        return f"Not checked: the notebook took longer than the {setting.limits.total_seconds:g} s it may take."
    name, text = run.error or ("Error", "")
    if name in _OUR_WORDS:
        return text.strip() or "The result is not the one that was asked for."
    if setting.answer_stopped and name in ("NameError", "NotImplementedError"):
        return setting.answer_stopped + "."
    return _exception((name, text))


def _ended(run: CellRun, setting: Setting) -> str:
    used = {
        "memory": f"used more than the {setting.limits.memory >> 20} MB of memory it may use",
        "processes": f"started more than the {setting.limits.processes} processes it may start",
        "files": "wrote more files than it may",
    }
    return used.get(run.limit, "ended the whole Python process")


def _exception(error: tuple[str, str]) -> str:
    name, text = error[0], _CELL_FILE.sub(r" (line \1 of the cell)", error[1]).strip()
    return f"{name}: {text}" if text else name


def _partial(points: float, most: float, run: CellRun) -> str:
    """What the test printed on its way to a part of the points, or a plain sentence."""
    printed = "".join(str(output["text"]) for output in run.outputs if output.get("name") == "stdout").strip()
    return printed or f"Right in part: {points:g} of {most:g} points."


def _clean(message: str, setting: Setting) -> str:
    text = scrub(plain(message), setting.hidden)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " […]"
