"""A turn under construction: the one place where things change, before it is frozen into a `State`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .chance import draw, pick
from .labels import REACTIONS
from .state import Reacted, Said, State, Turn
from .trouble import WASTES, wears

if TYPE_CHECKING:
    from .compiled import Compiled, FactIndex
    from .labels import Reaction
    from .model import ContractSlot, Move
    from .state import Source

__all__ = ["Draft"]

_INDEX = {name: index for index, name in enumerate(REACTIONS)}


class Draft:
    """Begins as a copy of a state; `freeze` gives the next one. Lives for one turn and is never shared."""

    def __init__(
        self,
        compiled: Compiled,
        before: State,
        *,
        to: str = "",
        moves: Sequence[Move] = (),
        said: str = "",
        source: Source = "picked",
    ) -> None:
        self.compiled = compiled
        self.modern = before.engine >= 2
        self.said = said
        self.source: Source = source
        self.rules = compiled.scenario.trust
        self.before = before
        self.turn = before.turn + 1
        self.to = to
        self.moves = tuple(moves)
        self.speaker = to or before.speaker
        self.trust = before.trust
        self.flags = before.flags
        self.present = before.present
        self.facts = before.facts
        self.pending = before.pending
        self.pending_since = before.pending_since
        self.situations = before.situations
        self.warm = before.warm
        self.asked = before.asked
        self.told = before.told
        self.played = before.played
        self.thread = 0
        self.slots = before.slots
        self.new_slots: list[ContractSlot] = []
        self.progress = dict(before.progress)
        self.counts = list(before.counts)
        self.credited = before.credited
        self.worn = before.worn
        self.wasted = before.wasted
        self.time_lost = False
        self.gone = before.gone
        self.recalled = before.recalled
        self.reactions: list[Reacted] = []
        self.lines: list[Said] = []
        self.new_facts: list[str] = []
        self.ends: set[str] = set()
        self.stalled = False
        self.move = -1
        self.ending = ""

    # What is so

    def here(self, persona: str) -> bool:
        return persona in self.present

    def need_stated(self) -> bool:
        """A payoff fact has been heard that is not just noise."""
        real = self.compiled.by_kind.get("payoff", 0) & ~self.compiled.decoys[self.before.variant]
        return self.flags & real != 0

    # What happens

    def react(
        self,
        reaction: Reaction,
        trust: int = 0,
        *,
        speaker: str = "",
        line: str | None = None,
        place: str = "",
        about: str = "",
        reply: bool = False,
        silent: bool = False,
        lead: bool = False,
    ) -> None:
        """Note a reaction, move the trust, say a line: `line`, or one of the persona's own for this reaction.

        Args:
            place: where `line` stands in the scenario, see `lines.py`.
            silent: say nothing.
            lead: now and then a word of the persona's own goes before the line.
        """
        who = speaker or self.speaker
        if self.modern and reaction in WASTES:
            trust += wears(self, who)
        reached = min(10, max(0, self.trust + trust))
        self.reactions.append(Reacted(reaction, self.move, reached - self.trust, who, about, reply))
        self.trust = reached
        self.counts[_INDEX[reaction]] += 1
        if silent:
            return
        before = self._leads(who, reaction) if lead else None
        if line is None:
            line, place = self._own_line(who, reaction)
        self.say(who, line, place, before)

    def say(self, speaker: str, line: str, place: str, before: tuple[str, str] | None = None) -> None:
        """Words of the scenario, after those of `before` where there are any; nobody says the same twice in a turn."""
        variant, ids = self.before.variant, self.compiled.lines
        text, own = self.compiled.text(variant, line), ids.get((place, line), "")
        if before is not None:
            text = f"{self.compiled.text(variant, before[0])} {text}"
            own = f"{ids.get((before[1], before[0]), '')} {own}"
        if not any(said.speaker == speaker and said.text == text for said in self.lines):
            self.lines.append(Said(speaker, text, own))

    def _own_line(self, persona: str, reaction: Reaction) -> tuple[str, str]:
        """One of the persona's own lines for a reaction, and its place."""
        stock, wanted = self.compiled.personas[persona].lines, reaction
        lines = stock.get(reaction)
        if not lines:
            reaction, lines = "mumbles", stock["mumbles"]
        fresh = [line for line in lines if line not in self.worn] or list(lines)
        line = pick(self.before.seed, self.turn, f"{persona}.{wanted}", fresh)
        self.worn = self.worn | {line}
        return line, f"personas.{persona}.lines.{reaction}"

    def disclose(self, entry: FactIndex, trust: int = 0) -> None:
        """The fact is told, once."""
        fact = entry.fact
        self.flags |= entry.bit
        self.facts = (*self.facts, fact.id)
        self.new_facts.append(fact.id)
        self.thread |= entry.topics
        if not self.to:
            self.speaker = fact.holder
        if fact.kind == "problem" and not entry.bit & self.compiled.decoys[self.before.variant]:
            self.warm = False
        line, place = self.compiled.fact_says(self.before.variant, fact)
        self.react("discloses", trust, speaker=fact.holder, line=line, place=place, about=fact.id, lead=True)

    def _leads(self, persona: str, reaction: Reaction) -> tuple[str, str] | None:
        """Now and then a word of the persona's own before what is told, and its place."""
        stock = self.compiled.personas[persona].lines.get(reaction)
        busy = any(said.speaker == persona for said in self.lines)
        if not stock or busy or draw(self.before.seed, self.turn, f"{persona}.lead") % 3:
            return None
        return self._own_line(persona, reaction)

    def agree(self, slots: Sequence[ContractSlot]) -> bool:
        """Agree points of the call's contract; False when all were agreed before."""
        new = [slot for slot in slots if slot not in self.slots]
        self.slots += tuple(new)
        self.new_slots += new
        return bool(new)

    def lift(self, space: str, name: str) -> None:
        self.flags |= self.compiled.bits[space, name]

    def drop(self, space: str, name: str) -> None:
        self.flags &= ~self.compiled.bits[space, name]

    def fill_last(self, gap: str, word: str) -> None:
        """Put a word into the line just said."""
        last = self.lines[-1]
        self.lines[-1] = Said(last.speaker, last.text.replace(gap, word), last.line)

    def asker(self) -> str:
        """Who asked the question that waits."""
        return next(question.asker for question, _ in self.compiled.questions if question.id == self.pending)

    def answered(self) -> str:
        """The customer's question is off the table; returns its id."""
        question, self.pending = self.pending, ""
        self.drop("pending", question)
        self.lift("answered", question)
        return question

    # What it becomes

    def freeze(
        self,
        *,
        option: str,
        used: int,
        resting: int,
        seq: int,
        low: tuple[Move, ...] | None = None,
        raw: str = "",
        option_line: str = "",
    ) -> State:
        before = self.before
        spoken = (Said("you", self.said, option_line), *self.lines) if self.said else tuple(self.lines)
        record = Turn(
            number=self.turn,
            to=self.speaker,
            option=option,
            moves=self.moves,
            reactions=tuple(self.reactions),
            facts=tuple(self.new_facts),
            slots=tuple(self.new_slots),
            lines=spoken,
            trust=self.trust,
            source=self.source,
            raw=raw,
            uncertain=low,
            addressed=self.to,
        )
        return State(
            seed=before.seed,
            variant=before.variant,
            mode=before.mode,
            learner=before.learner,
            attempt=before.attempt,
            seq=seq,
            turn=self.turn,
            trust=self.trust,
            speaker=self.speaker,
            present=self.present,
            facts=self.facts,
            pending=self.pending,
            pending_since=self.pending_since,
            ending=self.ending,
            hints=before.hints,
            situations=self.situations,
            warm=self.warm,
            flags=self.flags,
            used=used,
            resting=resting,
            asked=self.asked,
            told=self.told,
            played=self.played,
            thread=self.thread,
            slots=self.slots,
            progress=tuple(sorted(self.progress.items())),
            counts=tuple(self.counts),
            credited=self.credited,
            worn=self.worn,
            history=(*before.history, record),
            before=before if self.turn else None,
            engine=before.engine,
            nlu=before.nlu,
            wasted=self.wasted,
            gone=self.gone,
            ledger=before.ledger,
            recalled=self.recalled,
        )
