"""The conversations of one scenario in one store: which is open, how one begins, what happens when it ends.

No widget in here: `RolePlay` asks and paints. Every turn is in the store before anybody sees the reply.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techsell.errors import (
    ConversationInUse,
    MoveNotAllowed,
    StoreError,
    TechsellError,
    TranscriptInvalid,
    WorkspaceMissing,
)
from techsell.files import write_atomic
from techsell.progress import DECLARED_ATTEMPTS
from techsell.roleplay import Conversation, MemoryJournal, declared_seed
from techsell.roleplay.ledger import ledger_for, left_behind

from .binding import Binding

if TYPE_CHECKING:
    from techsell.progress import ConversationInfo, StoreJournal
    from techsell.roleplay.model import Scenario

__all__ = ["Calls", "DeclaredAttempts", "replay"]


@dataclass(frozen=True)
class DeclaredAttempts:
    """How many declared attempts were begun and how many are left; `why_not` says why none can be made here."""

    used: int
    left: int
    limit: int = DECLARED_ATTEMPTS
    why_not: str = ""


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
        self._settle()

    def _look_back(self, key: str) -> None:
        self.conversation = replay(self.scenario, self._store.lines(key))
        self.key = key
        self._settle()

    def leave(self) -> None:
        """Let go of the conversation; it stays in the store as it is."""
        if self._journal is not None:
            self._journal.close()
        self._journal = None
        self.conversation = None
        self.key = ""
        self.held_elsewhere = False

    def start(self, mode: str) -> None:
        """Begin a conversation in the mode `practice` or `declared`.

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
            heard = ledger_for(self.scenario, [event.result for event in self._store.events(verb="completed")])
            conversation = Conversation.start(
                self.scenario, seed=self._practice_seed(), mode="practice", journal=journal, ledger=heard
            )
        self.leave()
        self.key, self._journal, self.conversation = key, journal, conversation
        context = {"conversation": key, "mode": mode, "attempt": attempt}
        self._store.append("initialized", self._object, context=context)

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
        if self._binding.transcripts is None:
            return DeclaredAttempts(0, 0, why_not="Declared attempts need a course workspace: 'techsell learn'.")
        try:
            used = len(self._declared())
        except StoreError as error:
            return DeclaredAttempts(0, 0, why_not=str(error))
        return DeclaredAttempts(used, max(0, DECLARED_ATTEMPTS - used))

    def _declared(self) -> list[ConversationInfo]:
        infos = self._store.conversations(self.scenario.id)
        begun = [info for info in infos if info.mode == "declared" and self._store.lines(info.key)]
        return sorted(begun, key=lambda info: info.attempt)

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
        if mode == "declared" and self._binding.transcripts is not None:
            self._write_transcripts(self._binding.transcripts)
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

    def _write_transcripts(self, folder: Path) -> None:
        """All finished declared attempts, one after the other, for the hand-in."""
        lines = [line for info in self._declared() if info.over for line in self._store.lines(info.key)]
        data = "".join(f"{line}\n" for line in lines).encode()
        path = folder / f"{self.scenario.id}.transcript.jsonl"
        before = path.read_bytes() if path.is_file() else b""
        if before == data:
            return
        if not data.startswith(before):
            _set_aside(path)
        write_atomic(path, data)


def replay(scenario: Scenario, lines: list[str]) -> Conversation:
    """A conversation to look at; what happens to it reaches no store.

    Raises:
        TranscriptInvalid: the lines are no conversation of this scenario.
    """
    return Conversation.resume(scenario, MemoryJournal(lines))


def _set_aside(path: Path) -> None:
    """A transcript of the same name that is not ours (from the terminal, say) keeps its content under a free name."""
    stem = path.name.removesuffix(".transcript.jsonl")
    number = 2
    while (free := path.with_name(f"{stem}-{number}.transcript.jsonl")).exists():
        number += 1
    path.replace(free)
