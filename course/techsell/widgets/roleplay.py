"""The role-play in a notebook: one leading trait, painted by the front end; every decision is the engine's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets.traitlets as t

from techsell.errors import ConversationInUse, TechsellError

from .binding import Binding
from .calls import Calls
from .theme import ROLE_PLAY, compose

if TYPE_CHECKING:
    from techsell.roleplay import Conversation
    from techsell.roleplay.model import Scenario

__all__ = ["RolePlay"]


class RolePlay(anywidget.AnyWidget):
    """A call with simulated customers.

    `view` is the dict of `Conversation.view()` with one more key, `screen`: which part is shown (`phase`: start, call,
    over or blocked), the conversation's `key`, sentences for the learner (`note`, `notice`), whether the scenario is
    `graded`, at the start the `declared` attempts, after the end the `facts` found and missed. The methods do what
    the buttons do, and like them they show an error as a sentence in the widget instead of raising it.

    An unfinished conversation in the store is resumed as it was left; a finished one shows its debrief.

    Example:
        >>> call = lesson("discovery_conversation").roleplay("cobalt_ridge")  # doctest: +SKIP
        >>> call.start("practice")  # doctest: +SKIP
        >>> call.pick(call.view["menu"][0]["option"])  # doctest: +SKIP
    """

    _esm = compose(*ROLE_PLAY)
    _css = compose("theme.css", "roleplay.css")

    view = t.Dict(help="all that the front end shows; plain JSON").tag(sync=True)

    def __init__(self, scenario: Scenario, binding: Binding, *, module: str, calls: Calls | None = None) -> None:
        self._scenario = scenario
        self._note = binding.note
        self._calls = calls or Calls(scenario, binding, object=f"{module}/{scenario.id}")
        self._page = 0
        super().__init__()
        self.on_msg(self._receive)
        self.resume()

    def start(self, mode: str = "practice") -> None:
        """Begin a call, `practice` or `declared`."""
        self._do(lambda: self._calls.start(mode))

    def pick(self, option: str) -> None:
        """Say the line with this id."""
        self._do(lambda: self._calls.pick(option))

    def more(self) -> None:
        """Show the next page of lines; after the last comes the first."""
        self._do(lambda: None, page=self._page + 1)

    def hint(self) -> None:
        """Ask for a hint; it comes as a line of the transcript."""
        self._do(self._calls.hint, page=self._page)

    def undo(self) -> None:
        """Take the last line back; in a declared attempt that is refused."""
        self._do(self._calls.undo)

    def end(self) -> None:
        """Hang up."""
        self._do(self._calls.hang_up)

    def resume(self) -> None:
        """Open what the store has: the unfinished conversation, or the debrief of the last one."""
        self._do(self._calls.resume)

    def again(self) -> None:
        """Back to the briefing, from a finished call."""
        self._do(self._leave_if_over)

    def _leave_if_over(self) -> None:
        conversation = self._calls.conversation
        if conversation is not None and conversation.over:
            self._calls.leave()

    def _do(self, act: Callable[[], None], *, page: int = 0) -> None:
        """Act, then paint; an error becomes the notice."""
        notice = ""
        try:
            act()
        except TechsellError as error:
            notice, page = str(error), self._page
            if isinstance(error, ConversationInUse):
                self._calls.held_elsewhere = True
        self._paint(page, notice)

    def _paint(self, page: int, notice: str) -> None:
        conversation = self._calls.conversation
        shown: dict[str, Any] = conversation.view(page) if conversation else _before(self._scenario)
        self._page = shown["page"]
        phase = self._phase()
        screen = {
            "phase": phase,
            "key": self._calls.key,
            "note": self._note,
            "notice": notice,
            "graded": self._scenario.graded,
            "declared": asdict(self._calls.declared_attempts()) if phase == "start" else None,
            "facts": _facts(conversation) if conversation and conversation.over else None,
            "reply": self.view.get("screen", {}).get("reply", 0) + 1,
        }
        self.view = {**shown, "screen": screen}

    def _phase(self) -> str:
        conversation = self._calls.conversation
        if self._calls.held_elsewhere:
            return "blocked"
        if conversation is None:
            return "start"
        return "over" if conversation.over else "call"

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """A message of the front end: `{"do": "pick", "option": …}`, `{"do": "start", "mode": …}` or a bare verb."""
        match content:
            case {"do": "pick", "option": str(option)}:
                self.pick(option)
            case {"do": "start", "mode": str(mode)}:
                self.start(mode)
            case {"do": "more" | "hint" | "undo" | "end" | "resume" | "again" as verb}:
                getattr(self, verb)()


def _facts(conversation: Conversation) -> dict[str, list[dict[str, Any]]]:
    """What was found out and what stayed hidden, in words; the hidden with a question that would have opened it."""
    scenario, card = conversation.scenario, conversation.scorecard()
    known = {fact.id: fact for fact in scenario.facts}
    turns = {fact: turn.number for turn in conversation.state.history for fact in turn.facts}

    def words(text: str) -> str:
        return scenario.compiled.text(conversation.state.variant, text)

    def question(fact: str) -> str:
        return words(next(iter(known[fact].utterances), ""))

    return {
        "found": [{"text": words(known[fact].note), "turn": turns[fact]} for fact in card.facts_found],
        "missed": [{"text": words(known[fact].note), "question": question(fact)} for fact in card.facts_missed],
    }


def _before(scenario: Scenario) -> dict[str, Any]:
    """What can be shown before anybody has said a word."""
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "graded": scenario.graded,
        "mode": "",
        "attempt": 0,
        "brief": scenario.brief.model_dump(),
        "turn": 0,
        "budget": scenario.budget.turns,
        "with": [{"id": p.id, "name": p.name, "role": p.role} for p in scenario.personas if p.joins is None],
        "trust": scenario.trust.start,
        "mood": None,
        "lines": [],
        "menu": [],
        "pages": 0,
        "page": 0,
        "notes": [],
        "over": False,
        "ending": None,
        "can_undo": False,
        "scorecard": None,
    }
