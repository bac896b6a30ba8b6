"""How fast feedback pages are, and whether memory stays flat: `python tests/grading/pages/measure.py COURSE [PAGES]`.

COURSE is a graded course; its submissions are copied until there are so many. Prints JSON: milliseconds of the parts
of one page (median), pages per second with and without the disk, the largest memory after a tenth and at the end.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from techsell_grading import feedback as pages
from techsell_grading import result as results
from techsell_grading.course import Course
from techsell_grading.gradebook import Book
from techsell_grading.records import read_verdict


def copied(course: Course, place: Path, count: int) -> Course:
    """The course with `count` submissions."""
    shutil.copytree(course.home, place)
    new = Course.open(place)
    (module,) = [one for one in new.modules() if new.handed_in(one)][:1]
    learners = new.handed_in(module)
    for number in range(len(learners), count):
        model, name = learners[number % len(learners)], f"L-M{number:05}"
        for step in ("submitted", "autograded"):
            shutil.copytree(new.path(step, model, module), new.path(step, name, module))
        verdict = new.path("autograded", name, module) / "verdict.json"
        verdict.write_text(verdict.read_text(encoding="utf-8").replace(model, name), encoding="utf-8")
    return new


def peak() -> float:
    """The largest memory of this process so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def measured(course: Course) -> dict[str, Any]:
    module = next(one for one in course.modules() if course.handed_in(one))
    learners = course.handed_in(module)
    names = results.catalogue()
    took: dict[str, list[float]] = {"verdict": [], "cells": [], "page": [], "all without disk": [], "write_page": []}
    with Book(course) as book:
        for learner in (learners[0], *learners):
            began = time.perf_counter()
            verdict = read_verdict(course, module, learner)
            assert verdict is not None
            read = time.perf_counter()
            sheets = pages._sheets(course, verdict)
            held = time.perf_counter()
            result = results.as_result(verdict, {}, names)
            pages.page(result, verdict, sheets, title=module)
            done = time.perf_counter()
            for name, seconds in zip(took, (read - began, held - read, done - held, done - began), strict=False):
                took[name].append(1000 * seconds)
        for learner in learners[:50]:
            began = time.perf_counter()
            pages.write_page(course, book, module, learner)
            took["write_page"].append(1000 * (time.perf_counter() - began))
    before = peak()
    began, used = time.perf_counter(), time.process_time()
    made = pages.feedback(course)
    whole, used = time.perf_counter() - began, time.process_time() - used
    return {
        "pages": len(made),
        "milliseconds": {name: round(statistics.median(values[1:]), 2) for name, values in took.items()},
        "first page": round(took["all without disk"][0], 1),
        "pages per second": round(len(made) / whole, 1),
        "pages per second of processor": round(len(made) / used, 1),
        "megabytes": {"before": before, "after": peak()},
        "kilobytes of a page": round(statistics.median(page.path.stat().st_size for page in made) / 1024, 1),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="techsell-pages-") as folder:
        size = int(sys.argv[2]) if len(sys.argv) > 2 else 100
        print(json.dumps(measured(copied(Course.open(sys.argv[1]), Path(folder) / "course", size)), indent=1))  # noqa: T201
