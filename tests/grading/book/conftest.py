"""A class whose hand-ins cost nothing to grade, and everything that a run leaves behind, ready to be compared."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from techsell_grading import grade as grading
from techsell_grading.course import Course

HERE = Path(__file__).parent
MODULE = "valves"


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The stand-in as the work unit of this process and of those it starts."""
    monkeypatch.syspath_prepend(str(HERE))
    module = importlib.import_module("standin_grader")
    monkeypatch.setattr(grading, "grade_one", module.grade_one)
    return module


def hand_in(course: Course, learner: str, words: str = "", at: str = "2026-03-02 09:00:00.000000 UTC") -> Path:
    """Lay out a submission as nbgrader collects it; `words` stand in a cell of it."""
    folder = course.path("submitted", learner, MODULE)
    folder.mkdir(parents=True, exist_ok=True)
    cell = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": f"I am {learner}. {words}"}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{MODULE}.ipynb").write_text(json.dumps(content), encoding="utf-8")
    (folder / "timestamp.txt").write_text(at, encoding="utf-8")
    return folder


@pytest.fixture(name="hand_in", scope="session")
def _hand_in() -> Callable[..., Path]:
    return hand_in


@pytest.fixture
def classroom(released: Course, standin: ModuleType) -> Callable[..., Course]:
    """`classroom(20)`: a course in which so many have handed in; `words(number)` stand in each hand-in."""

    def made(size: int, words: Callable[[int], str] = lambda _: "") -> Course:
        for number in range(size):
            hand_in(released, f"L-{number:04}", words(number))
        return released

    return made


def whole_book(course: Course) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table that grading touches, read with nbgrader's models, without the random ids; sorted."""
    from nbgrader import api as n

    learner, sheet = n.SubmittedAssignment, n.SubmittedNotebook
    whose = (learner.student_id, n.BaseCell.name, n.BaseCell.type)
    mark, said = n.Grade, n.Comment
    queries = {
        "students": select(n.Student.id, n.Student.first_name, n.Student.last_name, n.Student.email),
        "submissions": select(n.Assignment.name, learner.student_id, learner.timestamp, learner.extension).join(
            n.Assignment, n.Assignment.id == learner.assignment_id
        ),
        "sheets": select(learner.student_id, n.Notebook.name, sheet.flagged, sheet.late_submission_penalty)
        .select_from(sheet)
        .outerjoin(learner, learner.id == sheet.assignment_id)
        .outerjoin(n.Notebook, n.Notebook.id == sheet.notebook_id),
        "cells": select(n.Notebook.name, n.BaseCell.name, n.BaseCell.type).join(
            n.Notebook, n.Notebook.id == n.BaseCell.notebook_id
        ),
    }
    columns = {
        "grade": (mark, (mark.auto_score, mark.manual_score, mark.extra_credit, mark.needs_manual_grade)),
        "comment": (said, (said.auto_comment, said.manual_comment)),
    }
    for name, (table, words) in columns.items():
        queries[name] = (
            select(*whose, *words)
            .select_from(table)
            .outerjoin(sheet, sheet.id == table.notebook_id)
            .outerjoin(learner, learner.id == sheet.assignment_id)
            .outerjoin(n.BaseCell, n.BaseCell.id == table.cell_id)
        )
    engine = create_engine(course.db_url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted(tuple(str(value) for value in row) for row in connection.execute(query))
                for name, query in queries.items()
            }
    finally:
        engine.dispose()


@pytest.fixture(name="whole_book", scope="session")
def _whole_book() -> Callable[[Course], dict[str, list[tuple[str, ...]]]]:
    return whole_book


def all_files(course: Course) -> dict[str, bytes]:
    """Every file of the course by its path, half-written ones included. The book's own bytes (random ids) count by
    name, a verdict without the seconds it took; what is remembered of unchanged work (`autograded/.techsell`) depends
    on the clock and does not count.
    """
    found = {}
    for path in sorted(course.home.rglob("*")):
        name = path.relative_to(course.home).as_posix()
        if path.is_file() and (not name.startswith("autograded/.techsell/") or name.endswith(".part")):
            data = b"" if name == "gradebook.db" else path.read_bytes()
            found[name] = re.sub(rb'"seconds": [\d.]+', b"", data) if path.name == "verdict.json" else data
    return found


@pytest.fixture(name="all_files", scope="session")
def _all_files() -> Callable[[Course], dict[str, bytes]]:
    return all_files


@pytest.fixture(scope="session")
def fresh(_template: Path, copies: Callable[[Course], Course]) -> Callable[[], Course]:
    """A course whose tiny module has been released and that nobody has handed in to."""
    return lambda: copies(Course.open(_template / "course"))


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Course], Course]:
    """A copy of a course with its exercises, somewhere else."""

    def copied(course: Course) -> Course:
        place = tmp_path_factory.mktemp("copy")
        shutil.copytree(course.home.parent, place, dirs_exist_ok=True)
        return Course.open(place / course.home.name)

    return copied


def command(course: Course, *words: str, unit: str = "standin") -> list[str]:
    """A grader in a process of its own; `unit` is `real` or `standin`."""
    return [sys.executable, str(HERE / "announced_grader.py"), unit, "--course", str(course.home), *words]


@pytest.fixture(scope="session")
def finished() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`finished(course)`: what a grader with the stand-in, in a process of its own, said and how it ended."""

    def run(course: Course, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(course, *words), capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def started() -> Callable[..., Any]:
    """`with started(course) as grader:` the same, past its beginnings and at work.

    `grader` is a `subprocess.Popen`; it is killed at the end of the block, if it still runs. `unit="real"`: with
    `grade_one` as the work unit; `env`: its environment.
    """

    @contextmanager
    def run(
        course: Course, *words: str, unit: str = "standin", env: dict[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command(course, *words, unit=unit), env=env, **pipes) as grader:
            assert grader.stderr is not None
            heard = [line := grader.stderr.readline()]
            while line and "the work begins" not in line:
                heard.append(line := grader.stderr.readline())
            assert "the work begins" in line, "".join(heard)
            try:
                yield grader
            finally:
                grader.kill()

    return run
