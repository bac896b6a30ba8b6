"""The worked example: an expert's call, line by line, with the reason for each beside it. Nothing of it is a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techsell.errors import MoveNotAllowed
from techsell.roleplay import Conversation

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["Watching"]


class Watching:
    """A scenario's worked example while somebody watches it.

    Raises:
        MoveNotAllowed: the scenario has none.
    """

    def __init__(self, scenario: Scenario) -> None:
        if scenario.worked is None:
            raise MoveNotAllowed(f"{scenario.title} has no worked example", cure="Pick lines from the menu, or type")
        self._lines = scenario.worked.lines
        self._conversation = Conversation.start(scenario, seed=scenario.worked.seed)

    @property
    def said(self) -> int:
        """Lines of the expert so far."""
        return self._conversation.state.turn

    @property
    def of(self) -> int:
        """Lines of the expert in all."""
        return len(self._lines)

    @property
    def over(self) -> bool:
        return self._conversation.over or self.said >= self.of

    def next(self) -> None:
        """The expert's next line and what comes of it.

        Raises:
            MoveNotAllowed: the example is at its end.
        """
        if self.over:
            raise MoveNotAllowed("The example is at its end", cure="Now it is your call")
        self._conversation.pick(self._lines[self.said].option)

    def view(self) -> dict[str, Any]:
        """As `Conversation.view`, with the `comment` beside each of the expert's lines and nothing to pick."""
        shown = self._conversation.view()
        why = dict(enumerate((line.why for line in self._lines), start=1))
        for line in shown["lines"]:
            if line["who"] == "you":
                line.update(speaker="Expert", comment=why[line["turn"]])
        return {
            **shown,
            "menu": [],
            "pages": 0,
            "can_undo": False,
            "scorecard": None,
            "screen": {"watch": {"at": self.said, "of": self.of, "over": self.over}},
        }
