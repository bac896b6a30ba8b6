"""What grading leaves on the disk beside nbgrader's own files: the verdict of each submission."""

from __future__ import annotations

from techsell_grading.course import Course
from techsell_grading.grader import Verdict
from techsell_grading.storage import put

__all__ = ["VERDICT", "read_verdict", "store"]

VERDICT = "verdict.json"


def read_verdict(course: Course, module: str, learner: str) -> Verdict | None:
    """The stored verdict on a submission; None when there is none that can be used (it is then graded again)."""
    folder = course.path("autograded", learner, module)
    try:
        verdict = Verdict.from_json((folder / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    notebooks = {check.notebook for check in verdict.checks}
    return verdict if all((folder / f"{name}.ipynb").is_file() for name in notebooks) else None


def store(course: Course, verdict: Verdict) -> None:
    """Put the autograded notebooks where formgrader looks for them, and the verdict beside them, last.

    Every file is complete or the one from before. A verdict that is there says that its notebooks are there too.

    Raises:
        GradingError: the course cannot be written.
    """
    folder = course.path("autograded", verdict.learner, verdict.module)
    (folder / VERDICT).unlink(missing_ok=True)
    for name, text in verdict.autograded:
        put(folder / f"{name}.ipynb", text.encode())
    stamp = course.path("submitted", verdict.learner, verdict.module) / "timestamp.txt"
    if stamp.is_file():
        put(folder / stamp.name, stamp.read_bytes())
    put(folder / VERDICT, verdict.to_json(notebooks=False).encode())
