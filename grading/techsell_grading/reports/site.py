"""The report as a folder of pages: works from a file share, prints, needs no server and no JavaScript."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from techsell import competencies
from techsell.errors import ContentError
from techsell_grading import result
from techsell_grading.course import Course
from techsell_grading.pages import render
from techsell_grading.records import read_verdict
from techsell_grading.reports import frames, views
from techsell_grading.storage import put, refused

__all__ = ["Report", "write_report"]


@dataclass(frozen=True)
class Report:
    """What was written: `index` is the page to open."""

    index: Path
    learners: int
    submissions: int


def write_report(course: Course, out: Path | None = None) -> Report:
    """Write the report of a course into `out` (the course's own `reports/`).

    Pages of learners who are no longer in the gradebook are removed. Returns where the first page is.

    Raises:
        BookError: the gradebook cannot be read.
        GradingError: the folder cannot be written.
    """
    folder = (out or course.home / "reports").expanduser().resolve()
    sources = _sources(course)
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    names = {name: f"learners/{_file_name(name)}" for name in sources.frames.learners["learner"]}
    overview = views.index(sources)
    put(folder / "index.html", render("report.html.j2", view=overview, links=names, made=made))
    for name, path in names.items():
        put(folder / path, render("learner.html.j2", view=views.learner(sources, name), made=made))
    for page in (folder / "learners").glob("*.html"):
        if f"learners/{page.name}" not in names.values():
            try:
                page.unlink()
            except OSError as error:
                raise refused(error, page) from error
    return Report(folder / "index.html", len(names), overview["handed_in"])


def _sources(course: Course) -> views.Sources:
    tables = frames.read(course)
    pairs = zip(tables.submissions["module"], tables.submissions["learner"], strict=True)
    found = {(module, learner): read_verdict(course, module, learner) for module, learner in pairs}
    named = result.catalogue()
    present = set(tables.cells["module"])
    return views.Sources(
        frames=tables,
        verdicts={key: verdict for key, verdict in found.items() if verdict is not None},
        framework=_framework(),
        names=named,
        order=[*(module for module in named.modules if module in present), *sorted(present - set(named.modules))],
    )


def _framework() -> competencies.Framework:
    try:
        return competencies.load()
    except ContentError:
        return competencies.Framework((), {})


def _file_name(learner: str) -> str:
    """A file name that no learner id can break: the id itself, or its hash where it holds unusual signs."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", learner):
        return f"{learner}.html"
    return f"id-{hashlib.sha256(learner.encode()).hexdigest()[:16]}.html"
