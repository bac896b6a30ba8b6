"""A course of one tiny module, so that most of these tests know every cell and every point by heart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.course import Course
from techsell_grading.grader import Limits, Verdict, grade_one, pack

MODULE = "valves"

_DOUBLE = """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION"""
_DOUBLE_VISIBLE = "assert double(2) == 4, 'double(2) came back wrong'"
_DOUBLE_HIDDEN = """\
# hidden check
### BEGIN HIDDEN TESTS
secret_cases = [-3, -1]
for case in secret_cases:
    if double(case) != 2 * case:
        raise AssertionError("Negative flow is flow too: a return line runs backwards.")
### END HIDDEN TESTS"""
_PICK = """\
answer = {
    ### BEGIN SOLUTION
    "valve": "ball",
    ### END SOLUTION
}"""
_PICK_CHECK = """\
got = answer.get("valve")
float(5.0 if got == "ball" else 2.0 if got == "gate" else 0.0)"""
_ANCHORS = """\
How this is marked: **0** absent · **1** assertion · **2** evidence cited · **3** evidence and its limits"""


def cell(kind: str, source: str, name: str = "", points: float | None = None, **flags: bool) -> dict[str, Any]:
    """One notebook cell, with nbgrader's metadata (schema 3) when it has a name."""
    metadata: dict[str, Any] = {}
    if name:
        grade = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
        metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **grade}
        if points is not None:
            metadata["nbgrader"]["points"] = points
    content: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    content["id"] = name.replace("_", "-") or f"c{abs(hash(source)) % 10**8}"
    return content | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def valves() -> dict[str, Any]:
    """The author's notebook: 2 + 3 points for `double`, 5 for `pick`, 5 for the marked `plan`."""
    return notebook(
        [
            cell("markdown", "# Valves"),
            cell("code", "import math"),
            cell("code", _DOUBLE, "double_answer", solution=True),
            cell("code", _DOUBLE_VISIBLE, "double", 2.0, grade=True, locked=True),
            cell("code", _DOUBLE_HIDDEN, "double__forgets_negative_flow", 3.0, grade=True, locked=True),
            cell("code", _PICK, "pick_answer", solution=True),
            cell("code", _PICK_CHECK, "pick", 5.0, grade=True, locked=True),
            cell("markdown", _ANCHORS, "plan_anchors", locked=True),
            cell("markdown", "A model answer", "plan", 5.0, grade=True, solution=True),
        ]
    )


GOOD = {
    "double_answer": "def double(x):\n    return x + x",
    "pick_answer": 'answer = {"valve": "ball"}',
    "plan": "I would ask the fitter first.",
}


class Exercise:
    """The tiny module as bytes, and submissions of it."""

    def __init__(self, author: dict[str, Any] | None = None) -> None:
        self.author = author or valves()
        self.source = pack({f"{MODULE}.ipynb": json.dumps(self.author).encode()})

    def released(self) -> dict[str, Any]:
        """The learner's version, made by the grader's own clearing (a test holds it equal to nbgrader's)."""
        from techsell_grading.grader.cells import Cell
        from techsell_grading.grader.source import Markers, cleared, public

        markers = Markers()
        result = json.loads(json.dumps(self.author))
        for raw in result["cells"]:
            grade = raw["metadata"].get("nbgrader", {})
            plain = cleared((Cell(raw["cell_type"], raw["source"], raw["id"], grade),), markers)[0]
            raw["source"] = public(plain, markers)
        return result

    def answered(self, answers: Mapping[str, str] = GOOD) -> dict[str, Any]:
        """The released notebook with the answers typed in."""
        result = self.released()
        for raw in result["cells"]:
            name = raw["metadata"].get("nbgrader", {}).get("grade_id", "")
            raw["source"] = answers.get(name, raw["source"])
        return result

    def submission(self, content: dict[str, Any] | bytes | None, **files: bytes) -> bytes:
        """A hand-in as the collector packs it; None leaves the notebook out."""
        inside = {"hand_in.json": json.dumps({"schema": 1, "module": MODULE, "learner": "L-AAAAAA"}).encode(), **files}
        if content is not None:
            inside[f"{MODULE}.ipynb"] = content if isinstance(content, bytes) else json.dumps(content).encode()
        return pack(inside)

    def grade(self, content: dict[str, Any] | bytes | None, limits: Limits | None = None, **files: bytes) -> Verdict:
        return grade_one(self.submission(content, **files), self.source, limits or Limits(cell_seconds=10))


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    return Exercise()


@pytest.fixture(scope="session")
def make_exercise() -> type[Exercise]:
    return Exercise


@pytest.fixture(scope="session")
def make_cell() -> Callable[..., dict[str, Any]]:
    return cell


@pytest.fixture(scope="session")
def make_notebook() -> Callable[..., dict[str, Any]]:
    return notebook


@pytest.fixture(scope="session")
def good() -> dict[str, str]:
    return dict(GOOD)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A fresh course with the tiny module as its only exercise."""
    return new_course(tmp_path)


def new_course(folder: Path) -> Course:
    source = folder / "exercises" / MODULE
    source.mkdir(parents=True)
    (source / f"{MODULE}.ipynb").write_text(json.dumps(valves()), encoding="utf-8")
    return Course.create(folder / "course", source=folder / "exercises")
