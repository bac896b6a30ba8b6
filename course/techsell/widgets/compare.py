"""The same call before and after a module, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets.traitlets as t

from techsell.errors import TechsellError
from techsell.roleplay.labels import QUESTIONS

from .binding import Binding
from .calls import replay
from .theme import COMPARE, compose

if TYPE_CHECKING:
    from techsell.roleplay import Conversation
    from techsell.roleplay.model import Scenario

__all__ = ["Compare", "summary"]


def summary(conversation: Conversation) -> dict[str, Any]:
    """What one call was made of: `questions` and `pitches` (moves), `facts` heard, `lines`, `turns`, `ending`."""
    shown = conversation.view()
    labels = [move.label for turn in conversation.state.history for move in turn.moves]
    return {
        "turns": shown["turn"],
        "questions": sum(label in QUESTIONS for label in labels),
        "pitches": labels.count("pitch"),
        "facts": [note["text"] for note in shown["notes"]],
        "lines": shown["lines"],
        "ending": shown["ending"],
    }


class Compare(anywidget.AnyWidget):
    """First and latest finished run of a scenario; with fewer than two, what to do about it.

    `view`: `title`, `note`, `advice` (empty when there is something to compare) and `runs`, none or two summaries.
    """

    _esm = compose(*COMPARE)
    _css = compose("theme.css", "roleplay.css", "compare.css")

    view = t.Dict(help="all that the front end shows; plain JSON").tag(sync=True)

    def __init__(self, scenario: Scenario, binding: Binding) -> None:
        self._scenario = scenario
        self._binding = binding
        super().__init__()
        self.on_msg(self._receive)
        self.refresh()

    def refresh(self) -> None:
        """Look into the store again."""
        try:
            runs, advice = self._runs(), ""
        except TechsellError as error:
            runs, advice = [], str(error)
        if not advice and len(runs) < 2:
            advice = _advice(len(runs), self._scenario.title)
        shown = [{"name": name, **summary(run)} for name, run in zip(("First call", "Latest call"), runs, strict=False)]
        self.view = {
            "title": f"{self._scenario.title} — first and latest",
            "note": self._binding.note,
            "advice": advice,
            "runs": shown if len(shown) == 2 else [],
            "reply": self.view.get("reply", 0) + 1,
        }

    def _runs(self) -> Sequence[Conversation]:
        store = self._binding.store
        finished = [info for info in store.conversations(self._scenario.id) if info.over]
        ends = finished if len(finished) < 2 else [finished[0], finished[-1]]
        return [replay(self._scenario, store.lines(info.key)) for info in ends]

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("do") == "refresh":
            self.refresh()


def _advice(count: int, title: str) -> str:
    if count == 0:
        return f"There is no finished call yet. Play '{title}' to its end, then press Look again."
    return (
        f"One call is finished so far. Play '{title}' once more, now with the module behind you, then press Look again."
    )
