"""After a call in the terminal: first the learner's own marks, then, below the score, the debrief."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .debrief import calibration, debrief
from .debrief.calibration import STEPS
from .debrief.words import Paragraph, calibrated, paragraphs

if TYPE_CHECKING:
    from .conversation import Conversation

__all__ = ["AfterCall"]

ASK = f"Before the score: how much of each line was there? 0 nothing to {STEPS} all of it; Enter skips it, q the rest."


class AfterCall:
    """The end of one conversation.

    Args:
        read: the next line typed, None at the end of the input.
        show: writes a paragraph.
        prompt: writes words without a line feed.
    """

    def __init__(
        self,
        conversation: Conversation,
        read: Callable[[], str | None],
        show: Callable[[Paragraph], object],
        prompt: Callable[[str], object],
    ) -> None:
        self._conversation = conversation
        self._read = read
        self._show = show
        self._prompt = prompt
        self._own: dict[str, int] = {}

    def ask(self) -> None:
        """One line for each line of the rubric; whatever is no mark is asked again."""
        lines = self._conversation.scorecard().lines
        if not lines:
            return
        self._show(Paragraph(ASK))
        for line in lines:
            while True:
                self._show(Paragraph(line.title, f"  {line.id:<4}", " " * 6))
                self._prompt("      0-4 > ")
                typed = self._read()
                self._prompt("\n")
                if typed is None or typed.strip().lower() == "q":
                    return
                if typed.strip() in {str(mark) for mark in range(STEPS + 1)}:
                    self._own[line.id] = int(typed)
                elif typed.strip():
                    continue
                break

    def tell(self) -> None:
        """The calibration, where marks were given, and the debrief."""
        talk = self._conversation
        card = talk.scorecard()
        for paragraph in calibrated(calibration(self._own, card)):
            self._show(paragraph)
        if card.lines:
            for paragraph in paragraphs(debrief(talk.scenario, talk.state).as_dict()):
                self._show(paragraph)
