"""Where the time of a submission goes: the same hand-ins in this process, one after the other, each step on the clock.

`python -m tests.load.where COURSE NUMBER` prints one line of JSON: milliseconds a submission by step, means. Grades
nothing into the course but writes the book and the files of `COURSE`, which is a copy. The steps are functions of the
grader that are wrapped here, so a renamed one ends the benchmark with an error and is not left out in silence.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from tests.load.exercise import MODULE

from techsell_grading import desk as desks
from techsell_grading.course import Course
from techsell_grading.feedback import feedback
from techsell_grading.gradebook import Book
from techsell_grading.grader import Limits, grade_one, paper, unit
from techsell_grading.grader import session as sessions
from techsell_grading.grader.sandbox.measure import processor_seconds
from techsell_grading.records import scribes

__all__ = ["STEPS", "WRAPPED", "main"]

warms: Any = importlib.import_module("techsell_grading.grader.sandbox.warm")  # its package has a function of that name

_spent: defaultdict[str, float] = defaultdict(float)

STEPS = {
    "read": "reading the hand-in",
    "fork": "forking and confining both processes",
    "layout": "files into both working folders",
    "candidate": "learner's cells",
    "judge": "locked cells and tests, the learner's functions included",
    "wire": "messages of both, and the grader's own part in them",
    "end": "ending and cleaning both sandboxes",
    "merge": "unpacking and merging",
    "document": "the autograded notebook",
    "other": "the rest of grading",
    "files": "writing the files (with the disk)",
    "book": "the gradebook",
    "desk": "the rest of writing down",
    "feedback": "feedback pages",
}


WRAPPED: tuple[tuple[Any, str, str], ...] = (
    (warms.Warm, "_fork", "fork"),
    (warms, "_end", "end"),
    (sessions._Talk, "lay_out", "layout"),
    (sessions._Talk, "run", "cells"),
    (unit, "unpack", "merge"),
    (unit, "_learner_cells", "merge"),
    (unit, "merge", "merge"),
    (paper, "autograded", "document"),
    (desks, "store", "files"),
    (Book, "write", "book"),
)
"""whose functions are on the clock, and under which step"""


def main(home: Path, number: int) -> dict[str, float]:
    """Milliseconds a submission by the keys of `STEPS`; `processor_…` of each process with its
    children, `total` of everything but the pages."""
    for place, what, name in WRAPPED:
        _wrap(place, what, name)
    _wrap(sessions._Talk, "_one", "exchange", inside=_note_cell)
    course, limits = Course.open(home), Limits(sandbox="require")
    pair = warms.warm("require", limits)
    pair.start()
    with Book(course, run=True) as book, scribes() as pool:
        desk = desks.Desk(course, limits, pool, force=True)
        jobs = [job for job in desk.look(book, MODULE) if isinstance(job, desks.Job)][:number]
        _one(desk, book, jobs[0], limits)  # the first makes the exercise's own tables
        _spent.clear()
        began, used = time.perf_counter(), processor_seconds(pair)
        for job in jobs:
            _one(desk, book, job, limits)
        total, processor = time.perf_counter() - began, processor_seconds(pair)
    _clocked("feedback", feedback)(course)
    _spent["wire"] = _spent.pop("cells") - _spent["candidate"] - _spent["judge"]
    _spent["other"] = _spent.pop("grade") - sum(
        _spent[name] for name in ("fork", "layout", "candidate", "judge", "wire", "end", "merge", "document")
    )
    _spent["desk"] = _spent.pop("write") - _spent["files"] - _spent["book"]
    found = {name: _spent[name] / len(jobs) * 1000 for name in STEPS}
    parts = zip(("grader", "candidate", "judge"), used, processor, strict=True)
    found |= {f"processor_{name}": (after - before) / len(jobs) * 1000 for name, before, after in parts}
    return found | {"total": total / len(jobs) * 1000}


def _one(desk: desks.Desk, book: Book, job: desks.Job, limits: Limits) -> None:
    work = _clocked("read", desk.load)(job)
    verdict = _clocked("grade", grade_one)(work.submission, work.source.data, limits)
    _clocked("write", desk.write)(book, [(job, verdict)])


def _clocked(name: str, function: Callable[..., Any], inside: Callable[..., None] | None = None) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            result = function(*args, **kwargs)
        finally:
            _spent[name] += time.perf_counter() - began
        if inside is not None:
            inside(*args, result)
        return result

    return timed


def _wrap(place: Any, what: str, name: str, inside: Callable[..., None] | None = None) -> None:
    setattr(place, what, _clocked(name, getattr(place, what), inside))


def _note_cell(talk: sessions._Talk, child: object, message: object, result: tuple[Any, dict[str, Any]]) -> None:
    """What a side says that its cell took; the rest of the exchange is the wire's."""
    del message
    _spent["judge" if child is talk._judge else "candidate"] += result[1].get("seconds", 0.0)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))) + "\n")
