"""Course directories for the benchmark: one released exercise, hand-ins of a whole class."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from tests.load.answers import hand_in
from tests.load.exercise import MODULE, notebook, readings

__all__ = ["copied", "lay_out", "learner", "notebooks", "scores"]

_CONFIG = """\
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "load"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Execute.timeout = 30
"""


def learner(number: int) -> str:
    return f"L-{number:06}"


def lay_out(home: Path, submissions: int) -> None:
    """A course with the exercise released and handed in by so many."""
    from techsell_grading.course import Course
    from techsell_grading.release import release

    source = home / "source" / MODULE
    source.mkdir(parents=True)
    (source / f"{MODULE}.ipynb").write_text(json.dumps(notebook(), indent=1), encoding="utf-8")
    (source / "readings.csv").write_text(readings(), encoding="utf-8")
    (home / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    release(Course.open(home))
    released = json.loads((home / "release" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8"))
    for number in range(submissions):
        folder = home / "submitted" / learner(number) / MODULE
        folder.mkdir(parents=True)
        (folder / f"{MODULE}.ipynb").write_text(hand_in(released, number), encoding="utf-8")
        (folder / "readings.csv").write_text(readings(), encoding="utf-8")
        stamp = f"2026-02-{1 + number % 28:02} 09:00:00.000000 UTC"
        (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")


def copied(home: Path, to: Path, submissions: int) -> None:
    """The same course somewhere else with the first so many hand-ins."""
    kept = {learner(number) for number in range(submissions)}

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name not in kept} if Path(folder) == home / "submitted" else set()

    shutil.copytree(home, to, ignore=left_out)


def notebooks(home: Path, submissions: int) -> list[str]:
    """The text of the hand-ins."""
    places = (home / "submitted" / learner(number) / MODULE / f"{MODULE}.ipynb" for number in range(submissions))
    return [place.read_text(encoding="utf-8") for place in places]


def scores(home: Path, submissions: int) -> dict[str, dict[str, float]]:
    """What nbgrader's own gradebook says: points by learner and cell."""
    from nbgrader.api import Gradebook

    found: dict[str, dict[str, float]] = {}
    with closing(Gradebook(f"sqlite:///{home / 'gradebook.db'}")) as book:
        for number in range(submissions):
            sheets = book.find_submission(MODULE, learner(number)).notebooks
            found[learner(number)] = {grade.name: grade.auto_score for sheet in sheets for grade in sheet.grades}
    return found
