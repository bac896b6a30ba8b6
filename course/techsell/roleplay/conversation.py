"""A conversation as a player sees it: the verbs that the terminal and the widget share.

Every verb writes its events to the journal in one go before it returns, so that a crash loses at most the line
that was just being picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from techsell.errors import ConversationOver, MoveNotAllowed, RoleplayError, TranscriptInvalid, UsageError

from .asking import Recogniser, clean, own_recogniser
from .chance import declared_seed
from .engine import ENGINE, step
from .events import SCHEMA, Chain, Clock, Event, dump, utc_now
from .journal import Journal, MemoryJournal
from .ledger import ledger_problem
from .menu import pages
from .reading import Hearing, reader
from .replay import is_input, rendered
from .rubric import Scorecard, score_state
from .state import State
from .transcript import Transcript
from .view import LogLine, asked, log_lines, paint

if TYPE_CHECKING:
    from .model import End, Scenario

__all__ = ["MAX_ATTEMPTS", "Conversation", "MenuLine", "Reply"]

MAX_ATTEMPTS = 3
"""declared attempts that count"""


class MenuLine(NamedTuple):
    """A line of the menu: the key to press, the option's id, what would be said."""

    key: int
    option: str
    text: str


class Reply(NamedTuple):
    """What came of a typed line: the new lines of the log, and what is asked back (None: a turn was taken)."""

    lines: tuple[LogLine, ...]
    asking: dict[str, Any] | None


class Conversation:
    """One call. Made by `start` or `resume`, never directly.

    `wants_menu` is the player's own choice between lines to pick (True) and typing; both work at any time, and it is
    not part of the transcript.
    """

    def __init__(
        self, scenario: Scenario, journal: Journal, clock: Clock, recogniser: Recogniser | None = None
    ) -> None:
        self.scenario = scenario
        self.journal = journal
        self.wants_menu = False
        self._clock = clock
        self.recogniser = recogniser or own_recogniser()
        self._chain = Chain(clock)
        self._events: list[Event] = []
        self._state: State | None = None
        self._log: list[LogLine] = []
        self._pages: tuple[tuple[MenuLine, ...], ...] | None = None

    @classmethod
    def start(
        cls,
        scenario: Scenario,
        *,
        seed: int,
        mode: str = "practice",
        learner: str = "",
        attempt: int = 0,
        journal: Journal | None = None,
        clock: Clock = utc_now,
        recogniser: Recogniser | None = None,
        ledger: Sequence[Mapping[str, str]] = (),
        forked_from: str = "",
        engine: int = ENGINE,
    ) -> Conversation:
        """Ring the customer up.

        Args:
            scenario: from `load_scenario`.
            seed: fixes the variant of the customer and every choice of words.
            mode: `practice`, or `declared` for an attempt that counts.
            learner: pseudonym, for declared attempts; ignored in practice.
            attempt: 1 to 3, for declared attempts; ignored in practice.
            journal: where events are kept; in memory when left out. It must be empty.
            clock: gives the time for the record; never scored.
            recogniser: reads typed text; that of the package when left out.
            ledger: practice only: what earlier calls left behind, `{"about", "company"}`, newest first, at most 3.
            forked_from: practice only: hash of the event after which another conversation was taken up (`forking.py`).
            engine: version of the rules, for a fork of an older conversation.

        Raises:
            UsageError: an unknown mode, a declared attempt without learner, number or its own seed, an odd ledger.
            TranscriptInvalid: the journal already holds something.
        """
        journal = MemoryJournal() if journal is None else journal
        if mode not in {"practice", "declared"}:
            raise UsageError(f"There is no mode {mode!r}", cure="Use 'practice' or 'declared'")
        if not 1 <= engine <= ENGINE:
            raise UsageError(f"There are no rules of version {engine}", cure=f"Use 1 to {ENGINE}")
        if mode == "declared":
            _check_declared(scenario, learner, attempt, seed)
        if journal.read():
            raise TranscriptInvalid("This journal already holds a conversation", cure="Resume it or take another")
        conversation = cls(scenario, journal, clock, recogniser)
        declared = mode == "declared"
        entries = [] if declared else [dict(entry) for entry in ledger]
        if odd := ledger_problem(entries):
            raise UsageError(f"This is no ledger: {odd}", cure="Use what techsell.roleplay.ledger.left_behind gives")
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "scenario": scenario.id,
            "scenario_sha": scenario.fingerprint,
            "engine": engine,
            "seed": seed,
            "mode": mode,
            "learner": learner if declared else "",
            "attempt": attempt if declared else 0,
        }
        if engine > 1:
            data["nlu"] = conversation.recogniser.fingerprint()
        if entries:
            data["ledger"] = entries
        if forked_from and not declared:
            data["forked_from"] = forked_from
        conversation._commit("SessionStarted", data)
        return conversation

    @classmethod
    def resume(
        cls, scenario: Scenario, journal: Journal, clock: Clock = utc_now, recogniser: Recogniser | None = None
    ) -> Conversation:
        """Go on where the journal ends; of several conversations in it, the last.

        Lines that another recogniser read stand as their notes say (`reading.py`); the one here reads what comes.

        Raises:
            TranscriptInvalid: the journal is empty, was edited, or belongs to another scenario or version; or another
                recogniser read it and left no notes.
        """
        lines = journal.read()
        sessions = Transcript.of_lines(lines).sessions if lines else ()
        if not sessions:
            raise TranscriptInvalid("There is no conversation to go on with", cure="Start a new one")
        session = sessions[-1]
        if session.broken:
            raise TranscriptInvalid(
                f"The transcript was changed: {session.findings[-1]}", cure="Start a new conversation"
            )
        _check_version(scenario, session.start)
        conversation = cls(scenario, journal, clock, recogniser)
        for event in session.events:
            ears = reader(event, conversation._state, conversation.recogniser)
            try:
                after = step(scenario, conversation._state, event, ears)
            except RoleplayError as error:
                problem = f"The conversation cannot be played again: {error.problem}"
                raise TranscriptInvalid(problem, cure="Start a new conversation; this one is kept") from error
            conversation._note(event, after)
        conversation._chain = Chain(clock, session.events[-1])
        if missing := conversation._unrendered():
            conversation._write(missing, conversation.state)
        return conversation

    # What is so

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(self._events)

    @property
    def state(self) -> State:
        if self._state is None:
            raise RoleplayError("The conversation has not begun", cure="Use Conversation.start or Conversation.resume")
        return self._state

    @property
    def log(self) -> tuple[LogLine, ...]:
        """Everything said so far, with what was taken back; lines are only ever added."""
        return tuple(self._log)

    @property
    def over(self) -> bool:
        return self.state.over

    @property
    def ending(self) -> End | None:
        return self.scenario.compiled.ending(self.state.ending) if self.over else None

    @property
    def can_type(self) -> bool:
        """Whether typed text is read here: not in calls begun before typing."""
        return self.state.engine > 1

    @property
    def is_read_anew(self) -> bool:
        """Whether the next typed line is read by another recogniser than those before; the transcript will say so."""
        return self.can_type and not self.over and self.state.nlu != self.recogniser.fingerprint()

    @property
    def level(self) -> str:
        """What the player wants to see first: `text` or `menu`."""
        return "text" if self.can_type and not self.wants_menu else "menu"

    @property
    def can_undo(self) -> bool:
        return self.state.mode == "practice" and not self.over and self.state.before is not None

    @property
    def pages(self) -> int:
        """Pages of the menu now; 0 when there is nothing to pick."""
        return len(self._menu())

    def menu(self, page: int = 0) -> tuple[MenuLine, ...]:
        """At most six lines, keys 1 to 6; pages count from 0 and go round."""
        found = self._menu()
        return found[page % len(found)] if found else ()

    def scorecard(self) -> Scorecard:
        """The score, once the call is over.

        Raises:
            RoleplayError: the call still goes on.
        """
        if not self.over:
            raise RoleplayError("There is no score before the end", cure="Finish the call, or hang up")
        return score_state(self.scenario, self.state)

    def view(self, page: int = 0) -> dict[str, Any]:
        """Everything a player needs to paint, as plain JSON types."""
        return paint(self, page)

    def transcript(self) -> str:
        """The events as JSON lines."""
        return "".join(dump(event) + "\n" for event in self._events)

    # What can be done

    def pick(self, option: str) -> None:
        """Say a line of the menu.

        Raises:
            MoveNotAllowed: the line cannot be said now.
            ConversationOver: the call has ended.
        """
        self._commit("LearnerPicked", {"option": option})

    def say(self, text: str) -> Reply:
        """Say something in own words. Where it is not clear what it does, no turn is taken and something is asked back.

        Raises:
            MoveNotAllowed: there is nothing in the text, or this call knows no typing.
            ConversationOver: the call has ended.
        """
        if not self.over and not self.can_type:
            cure = "Pick a line from the menu, or start a new conversation"
            raise MoveNotAllowed("This call was begun before typing was possible", cure=cure)
        before, raw = len(self._log), clean(text)
        if raw and self.is_read_anew:
            self._commit("RecogniserChanged", {"nlu": self.recogniser.fingerprint()})
        return self._replied("LearnerSaid", {"raw": raw}, before)

    def choose(self, index: int) -> Reply:
        """Take one of the readings offered: 0, 1, 2, or -1 for none of these.

        Raises:
            MoveNotAllowed: no such reading is offered.
            ConversationOver: the call has ended.
        """
        return self._replied("LearnerChose", {"choice": index}, len(self._log))

    def hint(self) -> str:
        """What to think about now; noted in the transcript."""
        if self.over:
            raise ConversationOver("The call has ended", cure="Start a new conversation")
        self._commit("HintTaken", {})
        return self._log[-1].text

    def undo(self) -> None:
        """Take the last line back, in practice; the transcript keeps both.

        Raises:
            MoveNotAllowed: in a declared attempt, or before the first line.
            ConversationOver: the call has ended.
        """
        before = self.state.before
        self._commit("Undone", {"to_seq": before.seq if before is not None else self.state.seq})

    def hang_up(self) -> None:
        """End the call.

        Raises:
            ConversationOver: it has ended already.
        """
        if self.over:
            raise ConversationOver("The call has ended", cure="Start a new conversation")
        self._commit("Ended", {"by": "learner"})

    # How it is done

    def _replied(self, kind: str, data: Mapping[str, Any], before: int) -> Reply:
        self._commit(kind, data)
        return Reply(tuple(self._log[before:]), asked(self.state.asking))

    def _commit(self, kind: str, data: Mapping[str, Any]) -> None:
        """Work out what follows, write it down, and only then let it be so."""
        probe = {"seq": self._chain.seq, "type": kind, "data": data}
        ears = Hearing(self.recogniser)
        after = step(self.scenario, self._state, probe, ears)
        self._write([(kind, {**data, **ears.note}), *rendered(self.scenario, probe, after)], after)

    def _write(self, wanted: list[tuple[str, Mapping[str, Any]]], after: State) -> None:
        last = self._events[-1] if self._events else None
        chain = Chain(self._clock, last)
        events = [chain.make(kind, data) for kind, data in wanted]
        self.journal.append([dump(event) for event in events])
        self._chain = chain
        for event in events:  # the first led to `after`, the others only show it
            self._note(event, after)

    def _note(self, event: Event, after: State) -> None:
        self._log += log_lines(self.scenario, len(self._log), event, self._state, after)
        self._state = after
        self._events.append(event)
        self._pages = None

    def _unrendered(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Events that a crash between two writes has cost: what the customer said is derived again."""
        inputs = [index for index, event in enumerate(self._events) if is_input(event)]
        shown = len(self._events) - 1 - inputs[-1]
        return rendered(self.scenario, self._events[inputs[-1]], self.state)[shown:]

    def _menu(self) -> tuple[tuple[MenuLine, ...], ...]:
        if self._pages is None:
            compiled, state = self.scenario.compiled, self.state
            self._pages = tuple(
                tuple(
                    MenuLine(key, compiled.options[index].option.id, compiled.option_text(state.variant, index))
                    for key, index in enumerate(page, start=1)
                )
                for page in pages(compiled, state)
            )
        return self._pages


def _check_declared(scenario: Scenario, learner: str, attempt: int, seed: int) -> None:
    if not learner:
        raise UsageError("A declared attempt needs to know whose it is", cure="Play inside your workspace")
    if not 1 <= attempt <= MAX_ATTEMPTS:
        cure = f"There are {MAX_ATTEMPTS} declared attempts, 1 to {MAX_ATTEMPTS}; practise as often as you like"
        raise UsageError(f"Attempt {attempt} does not exist", cure=cure)
    if seed != declared_seed(learner, scenario.id, attempt):
        raise UsageError("The seed is not the one of this declared attempt", cure="Use techsell.roleplay.declared_seed")


def _check_version(scenario: Scenario, start: Mapping[str, Any]) -> None:
    if start["scenario"] != scenario.id:
        problem = f"This conversation is with {start['scenario']!r}, not {scenario.id!r}"
        raise TranscriptInvalid(problem, cure="Open it with its own scenario")
    if start["schema"] > SCHEMA or start["engine"] > ENGINE:
        raise TranscriptInvalid("A later techsell wrote this conversation", cure="Update techsell, then resume it")
    if start["scenario_sha"] != scenario.fingerprint:
        cure = "Start a new conversation; the old one is kept"
        raise TranscriptInvalid("The scenario has changed since this conversation began", cure=cure)
