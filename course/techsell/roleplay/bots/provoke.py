"""Typed moves: what brings out a given fact, step or reaction, for the bots that leave the menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS, REACTIONS

from .habits import Action, barren_topics

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, PlantFact, Scenario
    from techsell.roleplay.state import State

__all__ = ["Moves"]


class Moves:
    """Ready-made moves of one scenario. Made with pydantic, so only once."""

    reactions = REACTIONS

    def __init__(self, scenario: Scenario) -> None:
        from techsell.roleplay.model import Move

        self.compiled = scenario.compiled
        self._make = cache(lambda **words: Move(**words))
        self.empathy: Move = self._make(label="acknowledge")
        self.patience: tuple[Move, ...] = (self._make(label="rapport"), self.empathy)
        self._who = ""
        rules = scenario.trust
        self.costs = {
            "told_early": -rules.early_pitch,
            "doubts": -rules.unsupported_claim,
            "winces": -rules.attacks_rival,
            "bristles": -rules.bypass,
            "tires": -rules.situation_excess,
            "cools": -rules.cold_implication,
            "corrects": -rules.wrong_playback,
            "offended": -rules.rude,
        }
        """steps of trust that a reaction costs"""
        self.barren = tuple(sorted(barren_topics(scenario)))[:1]
        self.unsupported = tuple(claim.id for claim in scenario.datasheet if not claim.supported)
        self.supported = tuple(claim.id for claim in scenario.datasheet if claim.supported)
        self.joins = {persona.id: rule for persona, rule in self.compiled.joins}
        self.askers = {question.id: question.asker for question in scenario.questions}
        self.needs = {entry.id: entry.needs for entry in scenario.objections}
        self._provoke: dict[str, Callable[[State, int], Move | None]] = {
            "repeats": self._again,
            "shrugs": lambda state, roll: self._make(label="problem", topics=self.barren),
            "tires": lambda state, roll: self._make(label="situation", topics=self.barren),
            "chats": lambda state, roll: self._make(label="rapport"),
            "confirms": self._right,
            "corrects": self._wrong,
            "premature_playback": self._unheard,
            "told_early": lambda state, roll: self._make(label="pitch"),
            "hears_pitch": lambda state, roll: self._make(label="pitch"),
            "hears_proof": lambda state, roll: self._make(label="evidence", claim=next(iter(self.supported), None)),
            "doubts": self._brag,
            "winces": lambda state, roll: self._make(label="other", attacks_rival=True),
            "thanks": lambda state, roll: self.answer("short") if state.pending else None,
            "glazes": lambda state, roll: self.answer("lecture") if state.pending else None,
            "notes_dodge": lambda state, roll: self.answer("dodge") if state.pending else None,
            "respects": lambda state, roll: self.answer("honest_unknown") if state.pending else None,
            "cools": self._cold,
            "bristles": self._over_the_head,
            "insists": self._skip,
            "settles": self._step,
            "refuses": self._any_ask,
            "grants": self._any_ask,
            "acknowledged": lambda state, roll: self.empathy,
            "agrees_frame": lambda state, roll: self._make(label="other", slots=("purpose", "time", "agenda")),
            "mumbles": lambda state, roll: self._make(label="other"),
            "guards": self._guarded,
            "vetoes": self._any_ask,
            "puzzled": lambda state, roll: self._make(label="other", trouble="unclear"),
            "offended": lambda state, roll: self._make(label="other", trouble="rude"),
            "overlong": lambda state, roll: self._make(label="other", trouble="overlong"),
            "foreign": lambda state, roll: self._make(label="other", trouble="foreign"),
        }

    def provoke(self, reaction: str, state: State, roll: int, who: str = "") -> Action | None:
        """A typed line that is likely to meet `reaction`, or one that prepares it; None where nothing does.

        Args:
            who: who is to react; anybody present when left out.
        """
        make = self._provoke.get(reaction)
        to = who if who in state.present else state.present[roll % len(state.present)]
        self._who = to
        move = make(state, roll) if make is not None else None
        if move is None:
            return None
        if reaction == "bristles" and move.bypasses:
            return -1, (self._make(label="commit", bypasses=to),), to
        if reaction == "tires" and state.situations < self.compiled.scenario.trust.situation_allowance:
            return -1, (move, move, move), to
        if move.fact_wanted:
            to = self.compiled.facts[move.fact_wanted].fact.holder
        return -1, (move,), to

    def opens(self, fact: str) -> Move:
        """The question, or what else it takes, that opens a fact."""
        unlock = self.compiled.facts[fact].fact.unlock
        kind = next((label for label in unlock.labels if label in QUESTIONS), unlock.labels[0])
        if kind == "implication":
            kind = next((label for label in unlock.labels if label in QUESTIONS and label != kind), kind)
        wanted = fact if kind in QUESTIONS else None
        past = kind in QUESTIONS  # about something that happened: it always fits, and earns a step of trust
        return self._make(label=kind, topics=unlock.topics, past=past, fact_wanted=wanted)

    def about_plant(self, plant: PlantFact) -> Move:
        return self._make(label="clarify", topics=plant.topics, plant=plant.id)

    def playback(self, fact: str) -> Move:
        return self._make(label="reflect", facts=(fact,))

    def answer(self, manner: str) -> Move:
        return self._make(label="evidence", manner=manner)

    def ask(self, commitment: str) -> Move:
        return self._make(label="commit", ask=commitment)

    def next_step(self, state: State, objection: str) -> Move:
        """What the objection waits for now."""
        needs = self.needs[objection]
        done = next((steps for name, steps in state.progress if name == objection), 0)
        return self._make(label=needs[min(done, len(needs) - 1)], objection=objection)

    # What provokes

    def _again(self, state: State, roll: int) -> Move | None:
        """What this person has told already; where there is nothing yet, something to be told twice."""
        own = [name for name in state.facts if self.compiled.facts[name].fact.holder == self._who]
        if not own:
            plants = [entry.plant for entry in self.compiled.plants if entry.plant.holder == self._who]
            return self.about_plant(plants[0]) if plants else None
        fact = self.compiled.facts[own[roll % len(own)]].fact
        return self._make(
            label=next((x for x in fact.unlock.labels if x in QUESTIONS), "clarify"), topics=fact.unlock.topics
        )

    def _right(self, state: State, roll: int) -> Move | None:
        """What this person said and nobody has played back; else anything heard."""
        noise = self.compiled.decoys[state.variant]
        fresh = [name for name in state.facts if not self.compiled.facts[name].bit & (state.played | noise)]
        own = [name for name in fresh if self.compiled.facts[name].fact.holder == self._who]
        found = own or fresh or state.facts
        return self.playback(found[roll % len(found)]) if found else None

    def _wrong(self, state: State, roll: int) -> Move:
        facts = (state.facts[roll % len(state.facts)],) if state.facts else ()
        return self._make(label="reflect", facts=facts, wrong=True)

    def _unheard(self, state: State, roll: int) -> Move | None:
        left = [name for name in self.compiled.facts if name not in state.facts]
        return self.playback(left[roll % len(left)]) if left else None

    def _brag(self, state: State, roll: int) -> Move:
        if not self.unsupported:
            return self._make(label="pitch", overclaims=True)
        return self._make(label="pitch", claim=self.unsupported[roll % len(self.unsupported)])

    def _cold(self, state: State, roll: int) -> Move | None:
        """Consequences pressed without empathy; where there was some, another trouble has to come up first."""
        if not state.warm:
            return self._make(label="implication")
        noise = self.compiled.decoys[state.variant]
        troubles = [
            entry.fact
            for entry in self.compiled.facts.values()
            if entry.fact.kind == "problem"
            and not entry.bit & (state.flags | noise)
            and entry.after & state.flags == entry.after
            and entry.fact.unlock.min_trust <= state.trust
            and entry.fact.holder in state.present
        ]
        return self.opens(troubles[roll % len(troubles)].id) if troubles else None

    def _over_the_head(self, state: State, roll: int) -> Move:
        return self._make(label="commit", bypasses=state.present[roll % len(state.present)])

    def _any_ask(self, state: State, roll: int) -> Move | None:
        left = [
            name
            for name, (entry, _) in self.compiled.commitments.items()
            if not state.flags & self.compiled.bits["granted", name] and entry.giver in state.present
        ]
        return self.ask(left[roll % len(left)]) if left else None

    def _guarded(self, state: State, roll: int) -> Move | None:
        left = [
            entry.fact
            for entry in self.compiled.facts.values()
            if not entry.bit & state.flags
            and entry.after & state.flags == entry.after
            and entry.fact.unlock.min_trust > state.trust
            and entry.fact.holder in state.present
        ]
        return self.opens(left[roll % len(left)].id) if left else None

    def _open(self, state: State) -> list[str]:
        return [name for name in self.needs if state.flags & self.compiled.bits["open", name]]

    def _step(self, state: State, roll: int) -> Move | None:
        names = self._open(state)
        return self.next_step(state, names[roll % len(names)]) if names else None

    def _skip(self, state: State, roll: int) -> Move | None:
        """An answer out of order: the last step first, or the first once more."""
        names = self._open(state)
        if not names:
            return None
        name = names[roll % len(names)]
        right = self.next_step(state, name).label
        wrong = [label for label in ("evidence", "acknowledge", "clarify") if label != right]
        return self._make(label=wrong[roll % 2], objection=name)
