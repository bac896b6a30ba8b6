"""nbgrader's own notebooks, laid out as course directories from where the wheel has them, and graded by `techsell`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.rows import RELEASED, CourseOf, Row

__all__ = ["GradedCourse", "Marks", "empty_book", "grade", "hand_in", "lay_out", "released", "set_due", "wheel"]

_RELEASE = """\
import sys
from techsell.cli import main
for course in sys.argv[1:]:
    try:
        main(["release", "--course", course])
    except SystemExit as end:
        if end.code:
            raise
"""
"""`techsell release` for several courses in one process: nbgrader is imported once"""


def wheel() -> Path:
    """The folder of the installed nbgrader."""
    spec = importlib.util.find_spec("nbgrader")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of one submission, all its notebooks together."""

    points: float
    of: float
    manual: bool
    comments: Mapping[str, str | None]
    penalties: tuple[float | None, ...]
    cells: Mapping[str, float]


class GradedCourse:
    """One course directory that has been released and graded; `said` is what the command printed."""

    def __init__(self, home: Path, said: str, code: int) -> None:
        self.home, self.said, self.code = home, said, code

    def marks(self, module: str, learner: str) -> Marks:
        """As nbgrader's own `Gradebook` reads it.

        Raises:
            AssertionError: there is no such submission in the book.
        """
        from nbgrader.api import Gradebook, MissingEntry

        with closing(Gradebook(f"sqlite:///{self.home / 'gradebook.db'}")) as book:
            try:
                found = book.find_submission(module, learner)
            except MissingEntry:
                raise AssertionError(f"{learner} has no score. The command said:\n{self.said}") from None
            grades = [grade for notebook in found.notebooks for grade in notebook.grades]
            return Marks(
                points=found.score,
                of=found.max_score,
                manual=any(notebook.needs_manual_grade for notebook in found.notebooks),
                comments={note.name: note.comment for notebook in found.notebooks for note in notebook.comments},
                penalties=tuple(notebook.late_submission_penalty for notebook in found.notebooks),
                cells={grade.name: grade.auto_score or 0.0 for grade in grades},
            )

    def notes(self, module: str, learner: str) -> list[str]:
        """What the verdict tells the trainer."""
        verdict = self.home / "autograded" / learner / module / "verdict.json"
        content: dict[str, Any] = json.loads(verdict.read_text(encoding="utf-8"))
        return list(content["notes"])


def empty_book(place: Path) -> Path:
    """A gradebook with nothing in it, made by nbgrader; to be copied, since making one takes a second."""
    from nbgrader.api import Gradebook

    before = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])  # it runs `alembic`
    try:
        Gradebook(f"sqlite:///{place}").close()
    finally:
        os.environ["PATH"] = before
    return place


def lay_out(home: Path, course: CourseOf, book: Path) -> None:
    """Write the course directory, without hand-ins; `book` is an empty one."""
    home.mkdir()
    (home / "nbgrader_config.py").write_text(course.config, encoding="utf-8")
    shutil.copyfile(book, home / "gradebook.db")
    for name, source in course.beside.items():
        _put(home / name, source)
    for module, files in course.sources.items():
        for name, source in files.items():
            _put(home / "source" / module / name, source)
    set_due(home, course)


def set_due(home: Path, course: CourseOf) -> None:
    from nbgrader.api import Gradebook

    with closing(Gradebook(f"sqlite:///{home / 'gradebook.db'}")) as book:
        for module, date in course.due.items():
            book.update_or_create_assignment(module, duedate=date)


def _put(target: Path, source: str | bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, bytes):
        target.write_bytes(source)
    else:
        shutil.copyfile(wheel() / source, target)


def hand_in(home: Path, row: Row) -> None:
    place = home / "submitted" / row.learner / row.module
    for name, source in row.files.items():
        if source == RELEASED:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home / "release" / row.module / name, place / name)
        else:
            _put(place / name, source)
    if row.at:
        (place / "timestamp.txt").write_text(row.at, encoding="utf-8")


def released(homes: Iterable[Path]) -> None:
    """Release all assignments of these courses."""
    words = [sys.executable, "-c", _RELEASE, *map(str, homes)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def grade(home: Path, course: CourseOf) -> GradedCourse:
    """Grade everything that was handed in, by the installed command."""
    said, code = "", 0
    own = [module for module in course.sources if module not in course.seconds]
    for modules, seconds in ((own, ""), *(([module], given) for module, given in course.seconds.items())):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("techsell")), "grade", "--course", str(home), *course.words, *modules],
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
            env={**os.environ, "COLUMNS": "200", **({"CELL_SECONDS": seconds} if seconds else {})},
        )
        said, code = said + done.stdout + done.stderr, code or done.returncode
    return GradedCourse(home, said, code)
