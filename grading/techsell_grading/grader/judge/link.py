"""Questions to the learner's process, one answer each. Every answer is doubted: its shape is checked before it is used.

A question that was interrupted leaves an answer on its way. Answers carry the number of their question, so that a late
one is thrown away instead of being taken for the next.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from techsell_grading.grader.wire import Channel, Closed, NotPlain, TimedOut, TooLarge, WireError

from .faults import AnswerFault, JudgeUnsupported

__all__ = ["Link", "malformed"]

_MOST_LATE = 1000
_DIED = "Your code ended the Python process, so there was nothing left to check. Remove what ends it and hand in again"


def malformed(what: str) -> AnswerFault:
    """The fault of an answer about `what` that is no answer."""
    return AnswerFault(
        f"The process of your code answered with something that is no value when the check used {what}. "
        "Leave the running process alone and hand in again."
    )


class Link:
    """The judge's end of the channel to the learner's process."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.lock = threading.RLock()
        """held during a call with all that belongs to it: a test may call from a thread of its own"""
        self.asked = 0
        """questions so far"""
        self._dead = ""
        self._pid = os.getpid()
        self.calls = 0
        """functions called so far; whoever keeps a learner's value sees from it that the value may have changed"""

    @property
    def cut(self) -> bool:
        """Whether the other side is asked no more."""
        return bool(self._dead)

    def ask(self, message: dict[str, Any], what: str) -> dict[str, Any]:
        """The answer to `message`.

        Args:
            what: what the test does, in words for messages ("'squares'", "'squares(...)'").

        Raises:
            AnswerFault: the other side is gone or answers nonsense; it is not asked again.
            JudgeUnsupported: the message holds what cannot cross.
        """
        if os.getpid() != self._pid:
            raise JudgeUnsupported(f"The test uses {what} in a process of its own")
        with self.lock:
            if self._dead:
                raise AnswerFault(self._dead)
            self.asked += 1
            self._send({**message, "n": self.asked}, what)
            return self._answer(what)

    def _send(self, message: dict[str, Any], what: str) -> None:
        whole = False
        try:
            self._channel.send(message)
            whole = True
        except TooLarge as error:
            whole = True
            raise JudgeUnsupported(f"The test gives {what} too much: {error.why or error}") from None
        except NotPlain as error:
            whole = True
            raise JudgeUnsupported(f"The test gives {what} a value of type '{error.type_name}'") from None
        except (Closed, TimedOut):
            self._die(f"{_DIED}.")
        finally:
            if not whole and not self._dead:
                self._dead = f"The check of {what} was interrupted."  # in the middle of a message

    def _answer(self, what: str) -> dict[str, Any]:
        for _ in range(_MOST_LATE):
            try:
                answer = self._channel.receive(None)
            except (Closed, TimedOut):
                self._die(f"{_DIED}.")
            except WireError:
                self._dead = "The process of your code sent something that cannot be read. Hand in again."
                raise malformed(what) from None
            if answer.get("n") == self.asked:
                return answer
        self._dead = "The process of your code sent more answers than there were questions. Hand in again."
        raise malformed(what)

    def _die(self, text: str) -> None:
        self._dead = text
        raise AnswerFault(text) from None
