"""Reading an assignment from its course: the exercise, its release, what is planted, and what it is held against."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from techsell.errors import ReleaseFailed
from techsell_grading.course import Course, checkout
from techsell_grading.grader import Limits
from techsell_grading.pins import exercise_files
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.planted import read_calls, read_planted
from techsell_grading.release import learners_version
from techsell_grading.sources import pack_source

if TYPE_CHECKING:
    from techsell.competencies import Framework
    from techsell.syllabus import Points

__all__ = ["load"]


def load(course: Course, module: str, limits: Limits | None = None) -> Assignment:
    """The assignment as it is now. Exercise, release and gradebook of the course stay as they are.

    Raises:
        ReleaseFailed: the exercise cannot be read at all.
        SyllabusInvalid: a manifest of the course does not say what it must.
    """
    folder = course.path("source", module=module)
    within = replace(limits or Limits(), cell_seconds=course.cell_seconds)
    bare = Assignment(
        module=module,
        folder=str(folder),
        files=exercise_files(folder),
        source=pack_source(course, module),
        released={},
        limits=within,
    )
    _look_at(bare)
    own = not bare.opened.foreign
    standards = checkout() / "course" if own else course.home
    home = checkout() / "tests" / "exercises" if own else course.home / "planted"
    planted, strangers = read_planted(home, module, bare.opened.answers)
    released, unreleased = {}, ""
    try:
        released = learners_version(course, module)
    except ReleaseFailed as error:
        unreleased = error.problem
    return replace(
        bare,
        released=released,
        unreleased=unreleased,
        own=own,
        tasks=_tasks(standards),
        plan=_plan(standards, module),
        planted=planted,
        strangers=strangers,
        planted_home=str(home),
        calls=read_calls(home),
    )


def _look_at(assignment: Assignment) -> None:
    """Whether the notebooks are of the form that nbgrader writes; the grader itself forgives a learner more.

    Raises:
        ReleaseFailed: they are not.
    """
    try:
        modern = all(isinstance(book.get("cells"), list) for book in assignment.raw.values())
    except ValueError:
        modern = False
    if not modern:
        raise ReleaseFailed(
            "A notebook is not in format 4 and UTF-8",
            place=assignment.folder,
            cure="Open it in JupyterLab and save it, or run 'nbgrader update'",
        )


def _tasks(home: Path) -> Framework | None:
    from techsell import competencies

    return competencies.load(home) if (home / competencies.FILE).is_file() else None


def _plan(home: Path, module: str) -> Points | None:
    from techsell import syllabus

    if not (home / "syllabus.yaml").is_file():
        return None
    return next((known.points for known in syllabus.load(home).modules if known.id == module), None)
