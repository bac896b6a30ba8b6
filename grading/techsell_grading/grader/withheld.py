"""What is said of tests that ran in the learner's own process: from the first hidden one on, the author's words only.

There learner code can read a hidden test while it runs and say it in any form: turned round, in another alphabet. Such
a message is not recognised by looking for lines of the test. So none is passed on that the author has not written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .merge import Slot
from .runs import CellRun
from .source import Markers
from .verdict import NOT_ANSWERED, Check

__all__ = ["withheld"]

_SAID = "This check did not pass. What it said is not shown, because it ran together with tests that stay hidden."
_STOPPED = " stopped. What it said is not shown, because it ran behind tests that stay hidden"
_PARTLY = re.compile(r"Right in part: [\d.e+-]+ of [\d.e+-]+ points\.")
_WORDS = frozenset({"words", "wanted", "hint"})
"""the arguments of `techsell.check` that are written for the learner's eyes"""


def withheld(
    slots: Sequence[Slot],
    runs: Mapping[int, CellRun],
    markers: Markers,
    checks: Sequence[Check],
    stops: Mapping[int, str],
) -> tuple[list[Check], dict[int, str]]:
    """The checks, and the sentences about cells that stopped (by number of the slot), as they may leave the grader."""
    first = next((n for n, slot in enumerate(slots) if slot.role == "test" and _hides(slot, markers)), len(slots))
    late = {slot.cell.name: n for n, slot in enumerate(slots) if n >= first and slot.role == "test"}
    found = [
        _checked(check, slots[late[check.cell]], runs.get(late[check.cell]))
        if check.kind == "test" and check.message and check.cell in late
        else check
        for check in checks
    ]
    return found, {n: said if n < first else _stop(said) for n, said in stops.items()}


def _hides(slot: Slot, markers: Markers) -> bool:
    return markers.begin_hidden in slot.cell.source


def _checked(check: Check, slot: Slot, run: CellRun | None) -> Check:
    ours = run is None or run.how != "done" or check.message == NOT_ANSWERED or _PARTLY.fullmatch(check.message)
    return check if ours else replace(check, message=_authors(check.message, slot.cell.source) or _SAID)


def _authors(message: str, test: str) -> str:
    """What of the message the author wrote for the learner, word for word; empty for nothing."""
    try:
        nodes = list(ast.walk(ast.parse(test)))
    except (SyntaxError, ValueError, RecursionError):
        return ""
    whole = [node.msg for node in nodes if isinstance(node, ast.Assert)]
    whole += [word for node in nodes if isinstance(node, ast.Raise) for word in getattr(node.exc, "args", ())]
    parts = [k.value for node in nodes if isinstance(node, ast.Call) for k in node.keywords if k.arg in _WORDS]
    if message in {node.value for node in whole if isinstance(node, ast.Constant)}:
        return message
    words = [node.value for node in parts if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    said = [word.rstrip(".") for word in dict.fromkeys(words) if word.strip(". ") and word.rstrip(".") in message]
    return "".join(f"{word[0].upper()}{word[1:]}. " for word in said).strip()


def _stop(said: str) -> str:
    label, stopped, _ = said.partition(" stopped: ")
    return label + _STOPPED if stopped else said
