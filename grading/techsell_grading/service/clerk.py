"""What is done with one hand-in: look whose it is, keep it, grade it, write it down, make its page.

Each step leaves the course complete. A hand-in that was kept and not graded, because the service ended or the book
could not be written, is graded when it is sent again, by `unfinished` at the next start, or by `techsell grade`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from techsell.errors import GradingError, HandInError, UsageError
from techsell_grading.course import Course, is_id
from techsell_grading.desk import Desk, Job
from techsell_grading.feedback import preview, write_page
from techsell_grading.gradebook import Book
from techsell_grading.grader import Limits, Verdict, pack
from techsell_grading.records import read_verdict, scribes
from techsell_grading.release import in_step, release_apart
from techsell_grading.service.first import first_hand_in
from techsell_grading.service.hands import Hands
from techsell_grading.sources import packed_source
from techsell_grading.submissions import read_submission
from techsell_grading.supervise import Work
from techsell_grading.take_in import about, newest, take_in

__all__ = ["Clerk", "NotTheirs"]

_LATER = "You have handed in again since: this is the result of the later one."


class NotTheirs(HandInError):
    """The hand-in says that it is somebody else's."""


class Clerk:
    """One course and those who grade for it. Use it as a context manager; for many threads.

    Only one hand-in of a learner at a time may be served: `Counter` sees to that.

    Args:
        hands: started by the caller.
        limits: as those of the hands; the time of a cell is the course's own.
    """

    def __init__(self, course: Course, hands: Hands, limits: Limits) -> None:
        self.course, self._hands = course, hands
        self._limits = replace(limits, cell_seconds=course.cell_seconds)
        self._modules = course.modules()
        self._released: dict[str, str] = {}
        self._releasing = threading.Lock()
        self._scribes = scribes()
        self._desk = Desk(course, self._limits, self._scribes)
        self._book = Book(course, run=True)

    def __enter__(self) -> Clerk:
        self._book.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._book.__exit__(None, None, None)
        self._scribes.shutdown()

    def prepare(self) -> list[Work]:
        """Release what the book does not have as it is now. Returns a first piece of work for each module.

        Raises:
            ReleaseFailed: an exercise is broken.
        """
        self._modules = self.course.chosen(())
        for module in self._modules:
            self._in_the_book(module)
        return [
            Work(pack(first_hand_in(self.course, module)), packed_source(self.course, module))
            for module in self._modules
        ]

    def get_ready(self, verdicts: Iterable[Verdict]) -> None:
        """Make the pages of these once and throw them away, so that the first learner does not wait for it."""
        for verdict in verdicts:
            preview(self.course, verdict)

    def known(self, module: str) -> bool:
        """Whether the course has the module."""
        return module in self._modules

    def owner(self, module: str, data: bytes, learner: str) -> str:
        """Whose hand-in it is: the `learner` that the token says, or what the hand-in itself says when that is empty.

        One that cannot be read belongs to whoever sends it.

        Raises:
            NotTheirs: it is somebody else's.
            HandInError: it is of another module, or it does not say whose it is and nobody else does.
            UsageError: the course has no such module.
        """
        if not self.known(module):
            raise UsageError(f"There is no module {module[:60]!r}", cure=f"Name one of: {', '.join(self._modules)}")
        said = about(data, self._limits)
        if said.get("module", module) != module:
            raise HandInError(
                f"The hand-in is of {said['module'][:60]!r} and was sent as {module!r}",
                cure=f"Hand in again with 'techsell submit {module}'",
            )
        whose = said.get("learner", "")
        if learner and whose and whose != learner:
            raise NotTheirs(
                f"The hand-in is of {whose[:60]!r} and the token of {learner!r}",
                cure="Use your own token; somebody who has changed the machine needs a new one from the trainer",
            )
        if not is_id(learner or whose):
            raise HandInError("The hand-in does not say whose it is", cure=f"Run 'techsell submit {module}' again")
        return learner or whose

    def serve(self, learner: str, module: str, data: bytes) -> dict[str, Any]:
        """Keep a hand-in and grade it; returns the learner's result (see `result.as_result`), `page` included.

        The same bytes sent again are the same hand-in: it is not graded again, and of an earlier one than the newest
        the result is that of the newest, with a note.

        Raises:
            Gone: the service ends; the hand-in is kept.
            ReleaseFailed, BookError, GradingError: it is kept and could not be graded or written down.
            HandInError: the learner's id cannot be one.
        """
        how = take_in(self.course, data, learner, module, datetime.now(UTC), self._limits)
        if how == "new":
            return self.grade(module, learner)
        result = self._as_it_stands(module, learner) or self.grade(module, learner)
        if newest(self.course, learner, module) != hashlib.sha256(data).hexdigest()[:12]:
            result["notes"] = [_LATER, *result["notes"]]
        return result

    def grade(self, module: str, learner: str) -> dict[str, Any]:
        """Grade what a learner has handed in.

        Raises:
            As `serve`.
        """
        job = self._desk.job(module, learner)
        trouble = ""
        while not trouble:
            verdict = self._hands.grade(self._desk.load(job))
            if trouble := verdict.trouble:
                break
            self._in_the_book(module)
            lines, again = self._desk.write(self._book, [(job, verdict)])
            if lines and lines[0].status == "graded":
                return write_page(self.course, self._book, module, learner)
            trouble = "" if again else (lines[0].unusual[0] if lines else "The hand-in could not be written down")
        place = self.course.path("submitted", learner, module)
        raise GradingError(trouble, place=place, cure="Mend that, then run 'techsell grade'; nothing is lost")

    def page(self, module: str, learner: str) -> bytes | None:
        """The learner's feedback page; None when there is none."""
        try:
            return (self.course.path("feedback", learner, module) / f"{module}.html").read_bytes()
        except OSError:
            return None

    def unfinished(self) -> list[tuple[str, str]]:
        """What was handed in and not graded, as (module, learner); what was graded and not in the book is put there.

        Raises:
            BookError, GradingError: the course cannot be read or written.
        """
        found = [item for module in self._modules for item in self._desk.look(self._book, module)]
        return [(item.module, item.learner) for item in found if isinstance(item, Job)]

    def _as_it_stands(self, module: str, learner: str) -> dict[str, Any] | None:
        """The result where the newest hand-in has been graded and written down."""
        verdict = read_verdict(self.course, module, learner)
        if verdict is None:
            return None
        submission = read_submission(self.course, module, learner, self._limits)
        if verdict.submission != submission.digest or not self._book.agrees(verdict, timestamp=submission.at):
            return None
        return write_page(self.course, self._book, module, learner)

    def _in_the_book(self, module: str) -> None:
        """Release the module where the book does not have its exercise as it is now."""
        sha = packed_source(self.course, module).sha
        if self._released.get(module) == sha:
            return
        with self._releasing:
            if self._released.get(module) != sha:
                if not (in_step(self.course, module) and self._book.holds(module)):
                    release_apart(self.course, module)
                self._released[module] = sha
