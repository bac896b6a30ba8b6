"""Every error a person can meet, drawn as one tree.

TechsellError                     exit code 1: the thing failed, and the message says why
├── UsageError                    exit code 2: the words on the command line are off
├── ContentError                  what the course is made of
│   ├── ContentMissing            no content root, or a listed file is not there
│   ├── SyllabusInvalid           syllabus.yaml, competencies.yaml or a question file
│   └── ScenarioInvalid           a scenario file; carries every problem found, not only the first
├── WorkspaceError                the learner's folder
│   ├── WorkspaceMissing
│   ├── WorkspaceReadOnly
│   ├── NotebookMissing           the learner deleted or moved it
│   └── PortTaken
├── RoleplayError                 a conversation with a customer
│   ├── MoveNotAllowed            this line cannot be said now
│   ├── ConversationOver
│   ├── ConversationInUse         another window holds the pen
│   └── TranscriptInvalid         not a transcript at all (an edited one is a finding, not an error)
├── StoreError                    the progress database
│   ├── StoreLocked
│   ├── StoreReadOnly
│   ├── StoreFull
│   ├── StoreTooNew               written by a later techsell
│   └── StoreDamaged              not ours, or broken
├── HandInError                   a hand-in that cannot be made or read
│   └── HandInIncomplete
├── PdfMissing                    what makes PDF files is not installed here
├── CheckFailed                   a learner's answer is not yet right (also an AssertionError)
└── GradingError                  the trainer's side
    ├── CourseMissing
    ├── ReleaseFailed
    ├── SandboxMissing            this machine cannot confine code, and it was said that it must
    ├── SandboxFailed             a sandbox did not start, or ended in the middle
    └── BookError                 nbgrader's gradebook: locked, read-only, unknown learner

Every message names the thing, the place and the cure, in one or two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "BookError",
    "CheckFailed",
    "ContentError",
    "ContentMissing",
    "ConversationInUse",
    "ConversationOver",
    "CourseMissing",
    "GradingError",
    "HandInError",
    "HandInIncomplete",
    "MoveNotAllowed",
    "NotebookMissing",
    "PdfMissing",
    "PortTaken",
    "Problem",
    "ReleaseFailed",
    "RoleplayError",
    "SandboxFailed",
    "SandboxMissing",
    "ScenarioInvalid",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreReadOnly",
    "StoreTooNew",
    "SyllabusInvalid",
    "TechsellError",
    "TranscriptInvalid",
    "UsageError",
    "WorkspaceError",
    "WorkspaceMissing",
    "WorkspaceReadOnly",
]


class TechsellError(Exception):
    """Something a person can act on.

    Args:
        problem: the thing and what is wrong with it, without a final full stop.
        place: the file, folder, address or turn where it happened.
        cure: what to do about it, as a sentence without a final full stop.
    """

    exit_code = 1

    def __init__(self, problem: str, *, place: str | Path | None = None, cure: str) -> None:
        self.problem = problem
        self.place = None if place is None else str(place)
        self.cure = cure
        where = "" if place is None else f" ({place})"
        super().__init__(f"{problem}{where}. {cure}.")

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments do not survive the default pickling between processes.
        return _rebuild, (type(self), self.problem, self.place, self.cure)


def _rebuild(kind: type[TechsellError], problem: str, place: str | None, cure: str) -> TechsellError:
    return kind(problem, place=place, cure=cure)


class UsageError(TechsellError):
    exit_code = 2


class ContentError(TechsellError):
    """What the course is made of."""


class ContentMissing(ContentError):
    """No content root, or a listed file is not there."""


class SyllabusInvalid(ContentError):
    """A manifest or question file does not say what it must."""


@dataclass(frozen=True)
class Problem:
    """One fault in an authored file, found without stopping at it.

    `code` is stable for ever (`TS101`); `line` counts from 1; `hint` is the cure or empty.
    """

    file: str
    line: int
    code: str
    message: str
    hint: str = ""
    grade: str = "error"

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}: {self.code} {self.message}{hint}"


class ScenarioInvalid(ContentError):
    """A scenario file that cannot be played; `problems` holds all of them, in line order."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem" + ("" if len(self.problems) == 1 else "s")
        listing = "\n  ".join(str(problem) for problem in self.problems)
        super().__init__(
            f"The scenario has {count}",
            place=file,
            cure=f"Mend these lines, then run 'techsell scenario lint':\n  {listing}",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.place or "", self.problems)


class WorkspaceError(TechsellError):
    """The learner's folder."""


class WorkspaceMissing(WorkspaceError):
    """No workspace here."""


class WorkspaceReadOnly(WorkspaceError):
    """The workspace cannot be written."""


class NotebookMissing(WorkspaceError):
    """A notebook that the learner deleted or moved."""


class PortTaken(WorkspaceError):
    """Another program listens on the port asked for."""


class RoleplayError(TechsellError):
    """A conversation with a customer."""


class MoveNotAllowed(RoleplayError):
    """This line cannot be said now."""


class ConversationOver(RoleplayError):
    """The customer has gone."""


class ConversationInUse(RoleplayError):
    """Another window holds the pen."""


class TranscriptInvalid(RoleplayError):
    """A file that is not a transcript."""


class StoreError(TechsellError):
    """The progress database."""


class StoreLocked(StoreError):
    """Another program is writing and did not stop in time."""


class StoreReadOnly(StoreError):
    """The database or its folder cannot be written."""


class StoreFull(StoreError):
    """No space left on the disk."""


class StoreTooNew(StoreError):
    """Written by a later techsell."""


class StoreDamaged(StoreError):
    """Not a progress database, or broken."""


class HandInError(TechsellError):
    """A hand-in that cannot be made or read."""


class HandInIncomplete(HandInError):
    """Something that must be in the hand-in is missing."""


class PdfMissing(TechsellError):
    """What makes PDF files is not installed here."""


class CheckFailed(TechsellError, AssertionError):
    """A learner's answer is not yet right."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows this instead of a traceback, which would point into our checks and not into the answer.
        return [str(self)]


class GradingError(TechsellError):
    """The trainer's side."""


class CourseMissing(GradingError):
    """No course directory here."""


class ReleaseFailed(GradingError):
    """nbgrader could not make the learner's version."""


class SandboxMissing(GradingError):
    """This machine cannot confine code, and it was said that it must."""


class SandboxFailed(GradingError):
    """A sandbox did not start, or ended in the middle: the machine's trouble, never the learner's."""


class BookError(GradingError):
    """nbgrader's gradebook."""
