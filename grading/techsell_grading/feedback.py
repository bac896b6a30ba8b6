"""Feedback pages: one HTML file per learner and module, from the verdict, the gradebook and the autograded notebook.

What stands there: points, what each check found and in which words, the misconception by name, the learner's own cells
with what came of them, the trainer's marks and comments. What does not: tests and what they printed, tracebacks into
anything but the learner's cells, other learners. The page needs no other file, no program and no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from techsell import content
from techsell.errors import ContentError, GradingError, ReleaseFailed
from techsell_grading import result as results
from techsell_grading.course import Course
from techsell_grading.gradebook import Book, Mark
from techsell_grading.grader import Limits, Verdict
from techsell_grading.grader.source import Markers, open_source, public
from techsell_grading.grader.unpack import Unreadable
from techsell_grading.pages import render
from techsell_grading.pages.notebook import Sheet, read_sheet
from techsell_grading.pages.story import story
from techsell_grading.records import clear_leftovers, read_verdict, scribes, turn
from techsell_grading.result import Catalogue
from techsell_grading.sources import packed_source
from techsell_grading.storage import put, written_together
from techsell_grading.submissions import handed_in_at

__all__ = ["Page", "feedback", "page", "preview", "write_page"]

_TOGETHER = 32
_TOGETHER_BYTES = 8 << 20
"""pages that are held in memory and wait for the disk together"""

_LARGEST_NOTEBOOK = 40 << 20


@dataclass(frozen=True)
class Page:
    """One feedback page that was written."""

    module: str
    learner: str
    path: Path


def feedback(course: Course, modules: Sequence[str] = ()) -> list[Page]:
    """Write the page of every graded submission of the modules (all without names).

    Raises:
        UsageError, CourseMissing: see `Course.chosen`.
        BookError, GradingError: the book cannot be read, the pages cannot be written.
    """
    chosen = course.chosen(tuple(modules))
    if not Book.exists(course):
        return []
    names = results.catalogue()
    pages: list[Page] = []
    with Book(course) as book, scribes() as pool:
        for module in chosen:
            with turn(course):
                clear_leftovers(course, module, "feedback")
            for batch in _batches(_made(course, module, names, book.all_marks(module))):
                for part in written_together([(made.path, data) for made, data in batch], pool):
                    part.place()
                pages += [made for made, _ in batch]
    return pages


def write_page(course: Course, book: Book, module: str, learner: str) -> dict[str, Any]:
    """Write the page of one graded submission; returns the learner's result with the page's path as `page`.

    Raises:
        GradingError: the page cannot be written.
        ValueError: the submission has no verdict.
    """
    verdict = read_verdict(course, module, learner)
    if verdict is None:
        raise ValueError(f"{learner} has no graded submission for {module}")
    names = _catalogue()
    result = results.as_result(verdict, book.marks(module, learner), names)
    path = _place(course, module, learner)
    put(path, _page(course, names, result, verdict))
    return result | {"page": str(path)}


def preview(course: Course, verdict: Verdict) -> bytes:
    """The page of a verdict that is not in the book. The first one in a process loads all that the next ones need."""
    names = _catalogue()
    return _page(course, names, results.as_result(verdict, {}, names), verdict)


def _made(
    course: Course, module: str, names: Catalogue, marks: Mapping[str, Mapping[tuple[str, str], Mark]]
) -> Iterator[tuple[Page, bytes]]:
    for learner in course.handed_in(module):
        verdict = read_verdict(course, module, learner)
        if verdict is not None:
            result = results.as_result(verdict, marks.get(learner, {}), names)
            path = _place(course, module, learner)
            yield Page(module, learner, path), _page(course, names, result, verdict)


def _batches(made: Iterator[tuple[Page, bytes]]) -> Iterator[list[tuple[Page, bytes]]]:
    batch: list[tuple[Page, bytes]] = []
    size = 0
    for one, data in made:
        batch.append((one, data))
        size += len(data)
        if len(batch) >= _TOGETHER or size >= _TOGETHER_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


_read: dict[tuple[Any, ...], Catalogue] = {}
"""The catalogue that was read last, by what the file system says about its files."""

_MADE_FROM = ("syllabus.yaml", "competencies.yaml")


def _catalogue() -> Catalogue:
    """The titles of the course's content, read again only where its files changed.

    A service asks for them with every hand-in, and reading them takes fifty times as long as making a page.
    """
    try:
        root = content.root()
        found = [(root / name).stat() for name in _MADE_FROM]
    except (ContentError, OSError):
        return results.catalogue()
    key = (root, *((status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino) for status in found))
    if key not in _read:
        names = results.catalogue()
        _read.clear()
        _read[key] = names
    return _read[key]


def _place(course: Course, module: str, learner: str) -> Path:
    return course.path("feedback", learner, module) / f"{module}.html"


def _page(course: Course, names: Catalogue, result: dict[str, Any], verdict: Verdict) -> bytes:
    at, _ = handed_in_at(course, verdict.module, verdict.learner)
    handed_in = "" if at is None else f"{at:%Y-%m-%d %H:%M}"
    return page(result, verdict, _sheets(course, verdict), title=names.module(verdict.module), handed_in=handed_in)


def page(
    result: Mapping[str, Any], verdict: Verdict, sheets: Mapping[str, Sheet], *, title: str, handed_in: str = ""
) -> bytes:
    """The page as UTF-8 bytes.

    Args:
        result: see `result.as_result`; of this verdict.
        sheets: the notebooks by name, as far as they can be read.
        handed_in: date and time, UTC; empty where it is not known.
    """
    return render(
        "feedback.html.j2",
        style="feedback.css",
        title=title,
        story=story(result, verdict, sheets),
        result=result,
        handed_in=handed_in,
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
    )


def _sheets(course: Course, verdict: Verdict) -> dict[str, Sheet]:
    """The autograded notebooks of the submission; without one that cannot be read the page has no cells of it."""
    released, markers = _exercise(course, verdict.module)
    folder = course.path("autograded", verdict.learner, verdict.module)
    found: dict[str, Sheet] = {}
    for name in dict.fromkeys(check.notebook for check in verdict.checks):
        path = folder / f"{name}.ipynb"
        try:
            data = path.read_bytes() if path.stat().st_size <= _LARGEST_NOTEBOOK else b""
        except OSError:
            continue
        sheet = read_sheet(data, released, markers)
        if sheet is not None:
            found[name] = sheet
    return found


def _exercise(course: Course, module: str) -> tuple[frozenset[str] | None, Markers]:
    """The text of the exercise's ungraded cells as they are released, and its markers."""
    try:
        packed = packed_source(course, module)
        return _opened(packed.sha, packed.data)
    except (ReleaseFailed, GradingError, Unreadable, OSError, ValueError, TypeError):
        return None, Markers()


@lru_cache(maxsize=16)
def _opened(sha: str, data: bytes) -> tuple[frozenset[str] | None, Markers]:
    source = open_source(data, Limits())
    cells = (cell for cells in source.notebooks.values() for cell in cells if not cell.is_("grade"))
    return frozenset(public(cell, source.markers).strip() for cell in cells), source.markers
