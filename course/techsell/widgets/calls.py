"""The conversations of one scenario in one store: which is open, how one begins, what happens when it ends.

No widget in here: `RolePlay` asks and paints. Every turn is in the store before anybody sees the reply.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from techsell.errors import ConversationInUse, MoveNotAllowed, TechsellError, TranscriptInvalid, WorkspaceMissing
from techsell.roleplay import Conversation, MemoryJournal, declared_seed, fork, ledger_for, left_behind
from techsell.roleplay.asking import situation_of

from .binding import Binding
from .declared import Declared, DeclaredAttempts
from .selfscore import SelfScores

if TYPE_CHECKING:
    from techsell.progress import StoreJournal
    from techsell.roleplay.model import Scenario

__all__ = ["LEVELS", "Calls", "replay"]

LEVELS = ("menu", "type")
"""how a call is steered: by lines to pick, or by typing with the menu at hand"""


MOST_EARLIER = 5
"""earlier calls that a debrief looks back on"""


class Calls:
    """The open conversation of a scenario, and the way to it.

    Args:
        scenario: whom to talk to.
        binding: where it is kept.
        object: name in progress events, `<module>/<scenario>`.
        practice_seed: gives the seed of a practice run; declared ones have theirs from learner and attempt.
    """

    def __init__(
        self,
        scenario: Scenario,
        binding: Binding,
        *,
        object: str,  # noqa: A002 - the word of the xAPI standard
        practice_seed: Callable[[], int] = lambda: secrets.randbelow(2**31),
    ) -> None:
        self.scenario = scenario
        self.key = ""
        self.conversation: Conversation | None = None
        self.held_elsewhere = False
        self._binding = binding
        self._store = binding.store
        self._object = object
        self.own_scores = SelfScores(binding.store, object)
        self._declared = Declared(scenario.id, binding)
        self._practice_seed = practice_seed
        self._journal: StoreJournal | None = None

    def resume(self) -> None:
        """Open the newest unfinished conversation; where there is none, look back at the newest finished one.

        Raises:
            ConversationInUse: another window holds it; it can be read meanwhile.
            TranscriptInvalid: it cannot be continued; it is kept, and a new one can be started.
            StoreError: the store cannot be used.
        """
        self.leave()
        infos = [info for info in self._store.conversations(self.scenario.id) if self._store.lines(info.key)]
        broken: TechsellError | None = None
        for info in reversed(infos):
            if info.over:
                continue
            try:
                return self._go_on(info.key)
            except TranscriptInvalid as error:
                broken = error if info == infos[-1] else broken
        finished = [info for info in infos if info.over]
        if broken is not None:
            raise broken
        if finished:
            self._look_back(finished[-1].key)
        return None

    def _go_on(self, key: str) -> None:
        self.key = key
        try:
            self._journal = self._store.journal(key, holder=self._binding.holder)
        except ConversationInUse:
            self.conversation = replay(self.scenario, self._store.lines(key))
            self.held_elsewhere = True
            raise
        try:
            self.conversation = Conversation.resume(self.scenario, self._journal)
        except TranscriptInvalid:
            self.leave()
            raise
        self._take_up()

    def _look_back(self, key: str) -> None:
        self.conversation = replay(self.scenario, self._store.lines(key))
        self.key = key
        self._take_up()

    def _take_up(self) -> None:
        if self.conversation is not None:
            self.conversation.wants_menu = self._is_practice and self.level() == "menu"
        self._settle()

    def leave(self) -> None:
        """Let go of the conversation; it stays in the store as it is."""
        if self._journal is not None:
            self._journal.close()
        self._journal = None
        self.conversation = None
        self.key = ""
        self.held_elsewhere = False

    def start(self, mode: str, level: str = "") -> None:
        """Begin a conversation in the mode `practice` or `declared`.

        Args:
            level: `menu` or `type`; what the learner had last when left out. A declared attempt is typed.

        Raises:
            MoveNotAllowed: one is running, or the scenario is not graded and has no declared attempts.
            ConversationOver: all declared attempts are used.
            WorkspaceMissing: a declared attempt outside a workspace could not be handed in.
            StoreError: the store cannot be used.
        """
        if self.conversation is not None and not self.conversation.over:
            raise MoveNotAllowed("A call is running", place=self.key, cure="Finish it or hang up first")
        declared = mode == "declared"
        if declared and not self.scenario.graded:
            raise MoveNotAllowed(f"{self.scenario.title} is not graded", cure="Start it as practice")
        if declared and self._binding.transcripts is None:
            raise WorkspaceMissing("A declared attempt needs a course workspace", cure="Open one with 'techsell learn'")
        level = level or self.level()
        key = self._store.new_conversation(self.scenario.id, mode)
        journal = self._store.journal(key, holder=self._binding.holder)
        attempt = int(key.rsplit("/", 1)[1])
        learner = self._binding.learner
        if declared:
            seed = declared_seed(learner, self.scenario.id, attempt)
            conversation = Conversation.start(
                self.scenario, seed=seed, mode="declared", learner=learner, attempt=attempt, journal=journal
            )
        else:
            conversation = Conversation.start(
                self.scenario, seed=self._practice_seed(), mode="practice", journal=journal, ledger=self.ledger()
            )
        self._open(key, journal, conversation)
        context = {"conversation": key, "mode": mode, "attempt": attempt}
        self._store.append("initialized", self._object, context=context)
        if not declared:
            self.set_level(level)

    def _open(self, key: str, journal: StoreJournal, conversation: Conversation) -> None:
        self.leave()
        self.key, self._journal, self.conversation = key, journal, conversation

    def fork(self, turn: int) -> None:
        """A practice call that begins as the finished one here did, up to just before its turn `turn`.

        It reaches the store whole or not at all.

        Raises:
            MoveNotAllowed: there is no finished call here.
            UsageError: it has no such turn.
            StoreError: the store cannot be used.
        """
        source, level = self.conversation, self.level()
        if source is None or not source.over:
            raise MoveNotAllowed("No finished call is open here", place=self.scenario.id, cure="Finish the call first")
        copied = MemoryJournal()
        fork(source, turn, journal=copied)
        came_from = self.key
        key = self._store.new_conversation(self.scenario.id, "practice")
        journal = self._store.journal(key, holder=self._binding.holder)
        journal.append(copied.read())
        self._open(key, journal, Conversation.resume(self.scenario, journal))
        attempt = int(key.rsplit("/", 1)[1])
        context = {"conversation": key, "mode": "practice", "attempt": attempt, "forked_from": came_from, "turn": turn}
        self._store.append("initialized", self._object, context=context)
        self.set_level(level)

    def ledger(self) -> list[dict[str, str]]:
        """What customers may have heard of earlier calls, for the next practice run."""
        return ledger_for(self.scenario, [event.result for event in self._store.events(verb="completed")])

    def level(self) -> str:
        """How practice was steered last; before that, graded calls are typed and others are picked."""
        last = self._store.latest(f"{self._object}/level", verb="progressed")
        level = last.result.get("level") if last else None
        return level if level in LEVELS else "type" if self.scenario.graded else "menu"

    def set_level(self, level: str) -> None:
        """Steer the call by menu or by typing; practice remembers it. The other one stays at hand.

        Raises:
            MoveNotAllowed: no call is running here, or there is no such level.
        """
        conversation = self._running()
        if level not in LEVELS:
            raise MoveNotAllowed(f"There is no level {level!r}", place=self.key, cure=f"Use {' or '.join(LEVELS)}")
        conversation.wants_menu = level == "menu"
        if self._is_practice:
            self._store.append(
                "progressed", f"{self._object}/level", result={"level": level}, context={"conversation": self.key}
            )

    @property
    def _is_practice(self) -> bool:
        return "/practice/" in self.key

    def say(self, text: str) -> None:
        """Say something in own words. Raises what `Conversation.say` and the store raise; nothing is lost then."""
        self._running().say(text)
        self._settle()

    def choose(self, index: int) -> None:
        """Take a reading of 'Did you mean': 0, 1, 2, or -1 for none of these."""
        self._running().choose(index)
        self._settle()

    def warm_up(self) -> None:
        """Have the recogniser read something, so that the first typed line need not wait until it is loaded."""
        conversation = self.conversation or Conversation.start(self.scenario, seed=1)
        if not conversation.over and conversation.can_type:
            situation = situation_of(self.scenario.compiled, conversation.state)
            conversation.recogniser.recognise("hello", self.scenario, situation)

    def watched(self, lines: int, of: int) -> None:
        """Note that the worked example was watched so far; that is no run."""
        self._store.append("progressed", f"{self._object}/watch", result={"lines": lines, "of": of})

    def earlier(self) -> list[Conversation]:
        """The learner's last finished calls before the one here, oldest first; what cannot be read is left out."""
        infos = [info for info in self._store.conversations(self.scenario.id) if info.over]
        keys = [info.key for info in infos]
        before = keys[: keys.index(self.key)] if self.key in keys else keys
        found = []
        for key in before[-MOST_EARLIER:]:
            try:
                found.append(replay(self.scenario, self._store.lines(key)))
            except TranscriptInvalid:  # of an older scenario or recogniser
                continue
        return found

    def pick(self, option: str) -> None:
        """Say a line. Raises what `Conversation.pick` and the store raise; nothing is lost then."""
        self._running().pick(option)
        self._settle()

    def hint(self) -> None:
        """A word of advice in the log; that it was taken is on the record."""
        self._running().hint()
        self._store.append("hinted", self._object, context={"conversation": self.key})

    def undo(self) -> None:
        """Take the last line back (practice only)."""
        self._running().undo()

    def hang_up(self) -> None:
        """End the call."""
        self._running().hang_up()
        self._settle()

    def declared_attempts(self) -> DeclaredAttempts:
        """Attempts in which something was said, and what is left of the three."""
        return self._declared.attempts()

    def _running(self) -> Conversation:
        if self.conversation is None or self.held_elsewhere:
            raise MoveNotAllowed("No call is running here", place=self.scenario.id, cure="Start one first")
        return self.conversation

    def _settle(self) -> None:
        """What belongs to an end. Done once each, also when a crash came between the last line and this."""
        conversation = self.conversation
        if conversation is None or not conversation.over:
            return
        _, mode, attempt = self.key.rsplit("/", 2)
        if mode == "declared":
            self._declared.write_transcripts()
        events = self._store.events(object=self._object, verb="completed")
        if not any(event.context.get("conversation") == self.key for event in events):
            result: dict[str, Any] = {"mode": mode, "attempt": int(attempt)}
            result["ending"] = conversation.ending.kind if conversation.ending else None
            result["total"] = conversation.scorecard().total if self.scenario.graded else None
            result["ledger"] = list(left_behind(self.scenario, conversation.state))
            self._store.append("completed", self._object, result=result, context={"conversation": self.key})
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def replay(scenario: Scenario, lines: list[str]) -> Conversation:
    """A conversation to look at; what happens to it reaches no store.

    Raises:
        TranscriptInvalid: the lines are no conversation of this scenario.
    """
    return Conversation.resume(scenario, MemoryJournal(lines))
