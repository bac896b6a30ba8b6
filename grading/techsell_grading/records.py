"""What grading leaves on the disk beside nbgrader's own files: the verdict of each submission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path

from techsell_grading.course import Course
from techsell_grading.grader import Verdict
from techsell_grading.storage import only_one, refused, sweep, written_together

__all__ = ["VERDICT", "clear_leftovers", "read_verdict", "scribes", "store", "turn"]

VERDICT = "verdict.json"

_SCRIBES = 8
"""files that wait for the disk together"""


def read_verdict(course: Course, module: str, learner: str) -> Verdict | None:
    """The stored verdict on a submission; None when there is none that can be used (it is then graded again)."""
    folder = course.path("autograded", learner, module)
    try:
        verdict = Verdict.from_json((folder / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    notebooks = {check.notebook for check in verdict.checks}
    return verdict if all((folder / f"{name}.ipynb").is_file() for name in notebooks) else None


def turn(course: Course) -> AbstractContextManager[None]:
    """One grader at a time writes into a course: files and book of a submission belong together.

    Raises:
        GradingError: the lock cannot be made there.
    """
    return only_one(course.root / course.steps["autograded"] / ".techsell" / "lock")


def scribes() -> ThreadPoolExecutor:
    """Threads for `store`; close them."""
    return ThreadPoolExecutor(_SCRIBES, thread_name_prefix="scribe")


def store(course: Course, verdicts: Sequence[Verdict], pool: Executor) -> None:
    """Put the autograded notebooks where formgrader looks for them, and the verdict beside them, last.

    Every file is complete or the one from before. A verdict that is there says that its notebooks are there too.
    The disk is waited for once for all files, before any of them comes into place.

    Raises:
        GradingError: the course cannot be written.
    """
    files = [file for verdict in verdicts for file in _files(course, verdict)]
    parts = written_together(files, pool)
    try:
        for folder, group in groupby(parts, key=lambda part: part.path.parent):
            (folder / VERDICT).unlink(missing_ok=True)
            for part in group:
                part.place()
    except BaseException as error:
        for part in parts:
            part.discard()
        if isinstance(error, OSError):
            raise refused(error, folder / VERDICT) from error
        raise


def clear_leftovers(course: Course, module: str, step: str = "autograded") -> None:
    """Take away half-written files of a grader that was killed. Call it in one's own `turn`."""
    pattern = course.path(step, "*", module).relative_to(course.root)
    for folder in (course.root / course.steps["autograded"] / ".techsell", *course.root.glob(str(pattern))):
        sweep(folder)


def _files(course: Course, verdict: Verdict) -> Iterator[tuple[Path, bytes]]:
    """What is stored of one submission, the verdict last."""
    folder = course.path("autograded", verdict.learner, verdict.module)
    for name, text in verdict.autograded:
        yield folder / f"{name}.ipynb", text.encode(errors="replace")  # half a character is no UTF-8
    stamp = course.path("submitted", verdict.learner, verdict.module) / "timestamp.txt"
    if stamp.is_file():
        yield folder / stamp.name, stamp.read_bytes()
    yield folder / VERDICT, verdict.to_json(notebooks=False).encode(errors="replace")
