"""The role-play in a notebook: one leading trait, painted by the front end; every decision is the engine's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets.traitlets as t

from techsell.errors import ConversationInUse, MoveNotAllowed, TechsellError

from .aftercall import after_call, figures_of
from .binding import Binding
from .calls import Calls
from .screens import before, in_call, phase_of, plain_text
from .theme import ROLE_PLAY, compose
from .watching import Watching

if TYPE_CHECKING:
    from techsell.roleplay import Conversation
    from techsell.roleplay.model import Scenario

__all__ = ["RolePlay"]


class RolePlay(anywidget.AnyWidget):
    """A call with simulated customers.

    `view` is the dict of `Conversation.view()` with one more key, `screen`: which part is shown (`phase`: start, watch,
    call, score, over or blocked), the conversation's `key`, sentences for the learner (`note`, `notice`), whether the
    scenario is `graded`, at the start the `declared` attempts, the `level` of last time and who may have `heard` of
    earlier calls. While the learner marks the own call (phase score) the scorecard is held back. After that `debrief`
    has what came of the call, and `figures` is drawn when asked for. The methods do what the buttons do, and like them
    they show an error as a sentence in the widget instead of raising it.

    An unfinished conversation in the store is resumed as it was left; a finished one shows its debrief.

    Example:
        >>> call = lesson("discovery_conversation").roleplay("cobalt_ridge")  # doctest: +SKIP
        >>> call.start("practice")  # doctest: +SKIP
        >>> call.say("when did a seal last stop you")  # doctest: +SKIP
        >>> call.pick(call.view["menu"][0]["option"])  # doctest: +SKIP
    """

    _esm = compose(*ROLE_PLAY)
    _css = compose("theme.css", "roleplay.css", "debrief.css")

    debrief = t.Dict(help="what came of a finished call; plain JSON, empty before").tag(sync=True)
    figures = t.Dict(help="the finished call in figures, once asked for").tag(sync=True)
    view = t.Dict(help="all else that the front end shows; plain JSON").tag(sync=True)

    def __init__(self, scenario: Scenario, binding: Binding, *, module: str, calls: Calls | None = None) -> None:
        self._scenario = scenario
        self._note = binding.note
        self._calls = calls or Calls(scenario, binding, object=f"{module}/{scenario.id}")
        self._watching: Watching | None = None
        self._page = 0
        super().__init__()
        self.on_msg(self._receive)
        self.resume()

    def ready(self) -> None:
        """The page has painted: while somebody reads the briefing, what takes a while the first time is loaded."""
        self._calls.warm_up()

    def start(self, mode: str = "practice", level: str = "") -> None:
        """Begin a call, `practice` or `declared`; by `menu` or `type`, the level of last time when left out."""
        self._do(lambda: self._start(mode, level))

    def say(self, text: str) -> None:
        """Say something in own words; where it is not clear, `view["asking"]` has what is asked back."""
        self._do(lambda: self._calls.say(text))

    def choose(self, index: int) -> None:
        """Take a reading of 'Did you mean': 0, 1, 2, or -1 for none of these."""
        self._do(lambda: self._calls.choose(index), page=self._page)

    def pick(self, option: str) -> None:
        """Say the line with this id."""
        self._do(lambda: self._calls.pick(option))

    def level(self, level: str) -> None:
        """Go on by `menu` or by `type`; the other one stays at hand."""
        self._do(lambda: self._calls.set_level(level), page=self._page)

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

    def watch(self) -> None:
        """Begin the worked example: an expert's call, which `next` plays line by line. It is no run."""
        self._do(self._watch)

    def next(self) -> None:
        """The expert's next line."""
        self._do(self._next)

    def self_score(self, marks: Mapping[str, int]) -> None:
        """Mark the finished call line by line, 0 to 4 each (`{"R1": 3, …}`), and go on to the debrief."""
        self._do(lambda: self._calls.own_scores.mark(self._calls.key, marks, self._finished().scorecard()))

    def skip(self) -> None:
        """Go to the debrief without own marks."""
        self._do(self._skip)

    def fork(self, turn: int) -> None:
        """Try from here: a practice call that begins as this one, up to just before its turn `turn`."""
        self._do(lambda: self._calls.fork(turn))

    def draw(self) -> None:
        """Draw the figures of a finished call into `figures`; they take about a second the first time."""
        if self.debrief and self.figures.get("key") != self._calls.key:
            self.figures = {"key": self._calls.key, "items": figures_of(self._calls, self._finished())}

    def resume(self) -> None:
        """Open what the store has: the unfinished conversation, or the debrief of the last one."""
        self._do(self._calls.resume)

    def again(self) -> None:
        """Back to the briefing, from a finished call or from the worked example."""
        self._do(self._leave_if_over)

    def _start(self, mode: str, level: str) -> None:
        self._calls.start(mode, level)
        self._watching = None

    def _watch(self) -> None:
        if self._calls.conversation is not None and not self._calls.conversation.over:
            raise MoveNotAllowed("A call is running", place=self._calls.key, cure="Finish it or hang up first")
        self._watching = Watching(self._scenario)
        self._calls.leave()
        self._calls.watched(0, self._watching.of)

    def _next(self) -> None:
        if self._watching is None:
            raise MoveNotAllowed("No example is being watched", cure="Begin one from the start of the call")
        self._watching.next()
        if self._watching.over:
            self._calls.watched(self._watching.said, self._watching.of)

    def _skip(self) -> None:
        self._finished()
        self._calls.own_scores.skip(self._calls.key)

    def _finished(self) -> Conversation:
        conversation = self._calls.conversation
        if conversation is None or not conversation.over or not self._scenario.graded:
            raise MoveNotAllowed("No finished call is open here", place=self._scenario.id, cure="Finish a call first")
        return conversation

    def _leave_if_over(self) -> None:
        self._watching = None
        conversation = self._calls.conversation
        if conversation is not None and conversation.over:
            self._calls.leave()

    def _do(self, act: Callable[[], None], *, page: int = 0) -> None:
        """Act, then paint; an error becomes the notice."""
        notice = ""
        try:
            act()
        except TechsellError as error:
            notice, page = plain_text(str(error)), self._page
            if isinstance(error, ConversationInUse):
                self._calls.held_elsewhere = True
        self._paint(page, notice)

    def _paint(self, page: int, notice: str) -> None:
        calls, watching = self._calls, self._watching
        phase = "watch" if watching else phase_of(calls)
        if watching:
            shown = watching.view()
        elif calls.conversation is not None:
            shown = in_call(calls.conversation, page, phase)
        else:
            shown = before(self._scenario, calls)
        self._page = shown["page"]
        shown["screen"] |= {
            "phase": phase,
            "key": "watch" if watching else calls.key,
            "note": self._note,
            "notice": notice,
            "graded": self._scenario.graded,
            "reply": self.view.get("screen", {}).get("reply", 0) + 1,
        }
        with self.hold_sync():
            if phase == "over" and calls.conversation is not None:
                if self.debrief.get("key") != calls.key:
                    self.debrief = after_call(calls, calls.conversation)
            elif self.debrief:
                self.debrief, self.figures = {}, {}
            self.view = shown

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """A message of the front end: `{"do": "say", "text": …}`, `{"do": "pick", "option": …}` or a bare verb."""
        match content:
            case {"do": "say", "text": str(text)}:
                self.say(text)
            case {"do": "choose", "choice": int(choice)} if not isinstance(choice, bool):
                self.choose(choice)
            case {"do": "pick", "option": str(option)}:
                self.pick(option)
            case {"do": "start", "mode": str(mode), "level": str(level)}:
                self.start(mode, level)
            case {"do": "start", "mode": str(mode)}:
                self.start(mode)
            case {"do": "level", "level": str(level)}:
                self.level(level)
            case {"do": "self_score", "marks": dict(marks)}:
                self.self_score(marks)
            case {"do": "fork", "turn": int(turn)} if not isinstance(turn, bool):
                self.fork(turn)
            case {
                "do": "more" | "hint" | "undo" | "end" | "resume" | "again" | "watch" | "next" | "skip" | "draw" as verb
            }:
                getattr(self, verb)()
