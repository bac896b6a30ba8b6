"""Why a test cell gives no score of its own: the two things that no `except` of a test may swallow.

Both are remembered when they are made, so that a cell that catches everything is still told apart from one that passed.

BaseException
├── JudgeUnsupported   what the test needs cannot be done from another process; says nothing about the answer
└── AnswerFault        the learner's process is gone, or answers with what is no answer
"""

from __future__ import annotations

from typing import Literal

__all__ = ["AnswerFault", "By", "JudgeUnsupported", "Record", "record"]

By = Literal["test", "answer"]
"""`test`: whatever the learner hands in, this cell cannot be judged from outside. `answer`: this answer cannot; with
another one the same cell can. Who chooses an engine for a whole class must not let a single answer choose it."""

CURE = "Test with plain data, or set 'techsell': {'judge': 'in_kernel'} in the notebook's metadata"


class JudgeUnsupported(BaseException):
    """What cannot be judged from another process.

    Args:
        why: the thing and the place, for the author of the test; one sentence without a full stop.
        by: whether the test asks for too much or the answer is of a kind that cannot cross.
        learner: the same for the learner, where the answer is the reason.
    """

    def __init__(self, why: str, by: By = "test", learner: str = "") -> None:
        super().__init__(f"{why}. {CURE}.")
        self.by: By = by
        self.learner = learner or f"{why}."
        record.note(self)


class AnswerFault(BaseException):
    """The learner's side failed to answer; the text is for the learner."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        record.note(self)


class Record:
    """The first fault of each kind since `clear`. One process judges one submission, so there is one of these."""

    def __init__(self) -> None:
        self.unsupported: JudgeUnsupported | None = None
        self.fault: AnswerFault | None = None
        self.simplified = ""
        """what of the learner's is only the nearest plain data to what it is there"""

    def clear(self) -> None:
        self.unsupported = self.fault = None
        self.simplified = ""

    def note(self, error: JudgeUnsupported | AnswerFault) -> None:
        if isinstance(error, AnswerFault):
            self.fault = self.fault or error
        elif self.unsupported is None or (self.unsupported.by == "answer" and error.by == "test"):
            self.unsupported = error  # that the test asks for too much is the stronger finding


record = Record()
