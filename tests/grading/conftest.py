"""A course of one tiny module, so that most of these tests know every cell and every point by heart."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.course import Course
from techsell_grading.grade import Run
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


@pytest.fixture
def run(capsys, monkeypatch) -> Callable[..., tuple[int, str, str]]:
    """Run `techsell …` in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("techsell.commands.console._made", {})

    def command(*words: str) -> tuple[int, str, str]:
        code = 0
        from techsell.cli import main

        try:
            main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


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


@pytest.fixture(scope="session")
def bare_environment() -> dict[str, str]:
    """The environment of somebody who has not activated the virtual environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR", "SYSTEMROOT")}
    tools = Path(sys.executable).parent
    path = [part for part in os.defpath.split(os.pathsep) if part and Path(part) != tools]
    return {**kept, "PATH": os.pathsep.join(path)}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A fresh course with the tiny module as its only exercise."""
    return new_course(tmp_path)


_CONFIG = """\
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "techsell"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = str(Path(__file__).resolve().parents[1] / "exercises")
"""


def new_course(folder: Path) -> Course:
    """A course in `folder/course` on exercises in `folder/exercises`; both can be copied somewhere else together."""
    source = folder / "exercises" / MODULE
    source.mkdir(parents=True)
    (source / f"{MODULE}.ipynb").write_text(json.dumps(valves()), encoding="utf-8")
    (folder / "course").mkdir()
    (folder / "course" / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    return Course.open(folder / "course")


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from techsell_grading.release import release

    folder = tmp_path_factory.mktemp("template")
    release(new_course(folder))
    return folder


@pytest.fixture
def released(_template: Path, tmp_path: Path) -> Course:
    """A fresh course whose tiny module has been released; made once and copied, since making a gradebook is slow."""
    shutil.copytree(_template, tmp_path, dirs_exist_ok=True)
    return Course.open(tmp_path / "course")


REAL = "discovery_conversation"


class RealExercise:
    """The discovery conversation as learners hand it in: planted answers, transcripts of calls that were played."""

    def __init__(self, repository: Path) -> None:
        self.module = REAL
        self.folder = repository / "exercises" / REAL
        self.author: dict[str, Any] = json.loads((self.folder / f"{REAL}.ipynb").read_text(encoding="utf-8"))
        ways = json.loads((repository / "tests/roleplay/ways/cobalt_ridge.json").read_text(encoding="utf-8"))
        self.ways: dict[str, list[str]] = {name: way["lines"] for name, way in ways.items()}

    def solution(self, name: str) -> str:
        """The author's answer in the cell of that id."""
        cell = next(c for c in self.author["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)
        return "".join(cell["source"])

    def notebook(self, released: Path, answers: Mapping[str, str]) -> bytes:
        """The released notebook with these answer cells filled in (grade id -> text)."""
        content = json.loads(released.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            cell["source"] = answers.get(name, cell["source"])
        return json.dumps(content).encode()

    def reference(self, *tasks: str) -> dict[str, str]:
        """The author's answers to these tasks (all without names), the marked plan included."""
        names = [c["metadata"].get("nbgrader", {}).get("grade_id", "") for c in self.author["cells"]]
        wanted = [n for n in names if n.endswith("_answer") or n == "call_plan"]
        return {n: self.solution(n) for n in wanted if not tasks or n.removesuffix("_answer") in tasks}

    def transcript(self, learner: str, way: str, attempt: int = 1, *, picked: bool = False) -> bytes:
        """A declared call played by the given way (`expert`, `dumper`, `interrogator`).

        The lines are typed, as a learner does who wants all the points; `picked` takes them from the menu, which counts
        70 %. Where a typed line is not understood, the menu helps.
        """
        from techsell.roleplay import Conversation, MemoryJournal, declared_seed, load_scenario

        journal = MemoryJournal()
        seed = declared_seed(learner, "cobalt_ridge", attempt)
        known = {"seed": seed, "mode": "declared", "learner": learner, "attempt": attempt, "journal": journal}
        talk = Conversation.start(load_scenario("cobalt_ridge"), **known)
        for option in self.ways[way]:
            if talk.over:
                break
            offered = {line.option: line.text for page in range(talk.pages) for line in talk.menu(page)}
            if option not in offered:
                continue
            if not picked:
                talk.say(offered[option])
            if picked or talk.state.asking is not None:
                talk.pick(option)
        if not talk.over:
            talk.hang_up()
        return "".join(f"{line}\n" for line in journal.read()).encode()

    def hand_in(self, learner: str, notebook: bytes, transcript: bytes = b"") -> bytes:
        """The zip that `techsell submit` makes."""
        about = {"schema": 1, "module": REAL, "learner": learner, "made_at": "2026-03-02T09:00:00+00:00", "files": {}}
        files = {f"{REAL}.ipynb": notebook, "hand_in.json": json.dumps(about).encode()}
        return pack({**files, **({"cobalt_ridge.transcript.jsonl": transcript} if transcript else {})})


@pytest.fixture(scope="session")
def real(repository: Path) -> RealExercise:
    return RealExercise(repository)


LEARNERS = ("L-REFER2", "L-STUBS2", "L-SELLS2", "L-CODES2", "L-WRONG2")
"""right in everything; nothing done; sells well, codes nothing; codes well, sells badly; several wrong ideas"""


@dataclass(frozen=True)
class Graded:
    """A course on the real exercise in which five people have handed in and everything has been graded."""

    course: Course
    real: RealExercise
    run: Run

    def copy(self, place: Path) -> Course:
        """The same course somewhere else, to be changed by a test."""
        shutil.copytree(self.course.home, place)
        return Course.open(place)


@pytest.fixture(scope="session")
def graded(real: RealExercise, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    from techsell_grading.grade import grade
    from techsell_grading.release import release
    from techsell_grading.take_in import collect

    course = Course.create(tmp_path_factory.mktemp("graded") / "course")
    release(course, [REAL])
    released = course.path("release", module=REAL) / f"{REAL}.ipynb"
    wrong = repository / "tests" / "exercises" / "wrong" / REAL
    slips = {
        "next_move_answer": (wrong / "next_move__pitches_too_early.py").read_text(encoding="utf-8"),
        "talk_metrics_answer": (wrong / "talk_metrics__overlap_counted_twice.py").read_text(encoding="utf-8"),
        "qualify_answer": "qualify = {",
    }
    work = {
        "L-REFER2": (real.reference(), "expert"),
        "L-STUBS2": ({}, ""),
        "L-SELLS2": (real.reference("next_move", "qualify", "call_plan"), "expert"),
        "L-CODES2": (real.reference("talk_metrics", "pain_chain"), "dumper"),
        "L-WRONG2": ({**real.reference(), **slips}, "interrogator"),
    }
    inbox = tmp_path_factory.mktemp("inbox")
    for learner, (answers, way) in work.items():
        transcript = real.transcript(learner, way) if way else b""
        (inbox / f"{REAL}-{learner}.zip").write_bytes(
            real.hand_in(learner, real.notebook(released, answers), transcript)
        )
    assert [taken.how for taken in collect(course, [inbox])] == ["new"] * len(work)
    return Graded(course, real, grade(course, workers=2))
