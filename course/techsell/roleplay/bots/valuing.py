"""What a line is worth to the expert at this moment: its moves walked one by one, as the engine would take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS
from techsell.roleplay.moves import find_fact

if TYPE_CHECKING:
    from techsell.roleplay.compiled import Compiled
    from techsell.roleplay.model import Move
    from techsell.roleplay.state import State

    from .knowledge import Knowledge, Wanted

__all__ = ["CLOSES", "RUIN", "Now", "Walk", "counts_for"]

RUIN = -9000
"""worth of a line that must not be said"""
CLOSES = 20_000
"""worth of a line that ends the call as wanted, at least"""
TRUST = 45
"""a step of trust while something can be opened with it; 5 beyond that"""


def counts_for(presence: Wanted, move: Move) -> bool:
    """Whether a move counts for a rubric line that counts moves."""
    labels, topics, past, linked, _, _ = presence
    return (
        (not labels or move.label in labels)
        and (not topics or not topics.isdisjoint(move.topics))
        and (move.past or not past)
        and (bool(move.facts) or not linked)
    )


class Now:
    """The moment: what is so for all lines that could be said."""

    __slots__ = ("compiled", "done", "hurry", "known", "left", "noise", "playbacks", "roll", "state")

    def __init__(
        self, compiled: Compiled, known: Knowledge, state: State, done: Sequence[int], playbacks: int, roll: int
    ) -> None:
        self.compiled = compiled
        self.known = known
        self.state = state
        self.done = done
        self.playbacks = playbacks
        self.roll = roll
        self.left = compiled.scenario.budget.turns - state.turn
        self.noise = compiled.decoys[state.variant]
        ahead = (known.needed_bits & ~state.flags).bit_count()
        self.hurry = self.left <= ahead + 1
        """so few turns are left that only what the best ending needs is worth a turn"""


class Walk:
    """One line valued: flags, trust and warmth as they would be after each move."""

    __slots__ = ("flags", "granted", "moves", "now", "points", "steps", "to", "trust", "warm")

    def __init__(self, now: Now, moves: Sequence[Move], to: str) -> None:
        self.now = now
        self.moves = moves
        self.to = to
        self.flags = now.state.flags
        self.trust = now.state.trust
        self.warm = now.state.warm
        self.points = 0
        self.granted = 0
        self.steps: dict[str, int] = {}

    def value(self) -> int:
        """Hundredths of a point, more or less; `RUIN` or below for what must not be said."""
        if self.now.state.pending and not any(move.manner for move in self.moves):
            self.points -= 80
        for move in self.moves:
            self._surface(move)
            self._take(move)
            if self.points <= RUIN:
                return self.points
        return self.points

    def _surface(self, move: Move) -> None:
        """What the rubric counts without looking at the answer."""
        now = self.now
        for number, presence in enumerate(now.known.presences):
            if now.done[number] < presence[4] and counts_for(presence, move):
                self.points += presence[5]
        if move.slots and now.state.turn < now.known.slots_by:
            self.points += sum(now.known.slots.get(slot, 0) for slot in move.slots if slot not in now.state.slots)

    def _take(self, move: Move) -> None:
        if _ruinous(move) or move.claim in self.now.compiled.unsupported:
            self.points += 2 * RUIN
        elif move.manner:
            self.points += 260 if self.now.state.pending else -200
        elif move.objection and self._objection(move):
            return
        elif move.label == "reflect":
            self._reflect(move)
        elif move.label == "commit" and move.ask:
            self._ask(move.ask)
        elif move.label in {"pitch", "evidence"}:
            self._tell(move)
        else:
            if move.label == "acknowledge":
                self.warm = True
            self._ask_about(move)

    def _objection(self, move: Move) -> bool:
        now, name = self.now, str(move.objection)
        objection = now.known.objections[name]
        if not now.state.flags & now.compiled.bits["open", name]:
            return False
        step = self.steps.get(name, next((done for each, done in now.state.progress if each == name), 0))
        if step >= len(objection.needs) or objection.needs[step] != move.label:
            self.points -= 300
            return True
        self.steps[name] = step + 1
        self.warm = self.warm or move.label == "acknowledge"
        self.points += now.known.settle[name] // len(objection.needs) + 150
        if step + 1 == len(objection.needs):
            self.flags |= now.compiled.bits["settled", name]
        elif move.topics:
            self._ask_about(move)
        return True

    def _reflect(self, move: Move) -> None:
        now = self.now
        bits = 0
        for name in move.facts:
            bits |= now.compiled.facts[name].bit
        if bits & now.noise or bits & ~self.flags:
            self.points += 2 * RUIN
            return
        self.warm = True
        if not bits:
            return
        if not bits & ~now.state.played:
            self.points -= 40
            return
        self.points += now.known.playback if now.playbacks < now.known.playbacks else 15
        self._gain(now.compiled.scenario.trust.accurate_playback)
        if move.topics:
            self._ask_about(move)

    def _tell(self, move: Move) -> None:
        now = self.now
        need = self.flags & now.compiled.by_kind.get("payoff", 0) & ~now.noise
        if not need and not (move.label == "evidence" and self._belief(move)):
            self.points += 2 * RUIN
        elif move.topics:
            self._ask_about(move)

    def _belief(self, move: Move) -> bool:
        compiled = self.now.compiled
        heard = compiled.by_kind.get("belief", 0) & self.flags
        topics = compiled.topic_mask(move.topics)
        return any(entry.bit & heard and entry.topics & topics for entry in compiled.facts.values())

    def _ask(self, name: str) -> None:
        now = self.now
        commitment, needs = now.compiled.commitments[name]
        if name in now.known.fatal or commitment.giver not in now.state.present:
            self.points += 2 * RUIN
            return
        moment = (self.flags, self.trust, now.state.turn + 1, now.state.counts)
        vetoed = any(one.id in now.state.present and rule.holds(*moment) for one, _, rule in now.compiled.vetoes)
        if vetoed or not needs.holds(*moment):
            self.points -= 600
            return
        bit = now.compiled.bits["granted", name]
        self.granted |= bit
        if not bit & now.known.grants:
            self.points += 40
        elif now.known.grants & ~(now.state.flags | self.granted) or now.known.needed_bits & ~(
            self.flags | self.granted
        ):
            self.points += 1500 if now.hurry else 100
        else:
            self.points += CLOSES + 1500

    def _ask_about(self, move: Move) -> None:
        """A question, or what brings out a fact like one."""
        now = self.now
        question = move.label in QUESTIONS
        if move.label == "implication" and not self.warm:
            self.points -= 500
            return
        if move.label == "situation" and now.state.situations >= now.compiled.scenario.trust.situation_allowance:
            self.points -= 250
        topics = now.compiled.topic_mask(move.topics)
        if not topics:
            self.points -= 30 if question else 0
            return
        found = find_fact(now.compiled, move.label, topics, move.past, self.flags, self.trust, self.to)
        if found is None:
            self.points -= 30 if question else 0
        elif found[0] == "opens":
            self._opens(found[1].fact.id, found[1].bit)
        elif question:
            self.points -= 150 if found[0] == "guarded" else 60
        if question and move.past and f"{move.label}:{','.join(move.topics)}" not in now.state.credited:
            self._gain(now.compiled.scenario.trust.past_question)

    def _opens(self, name: str, bit: int) -> None:
        now = self.now
        self.flags |= bit
        real = not bit & now.noise
        if real and (not now.hurry or bit & now.known.needed_bits):
            self.points += now.known.worth[name]
        if real and bit & now.compiled.by_kind.get("problem", 0):
            self.warm = False

    def _gain(self, steps: int) -> None:
        for _ in range(steps):
            self.trust = min(10, self.trust + 1)
            self.points += TRUST if self.trust <= self.now.known.trust + 1 else 5


def _ruinous(move: Move) -> bool:
    return (
        move.wrong
        or move.attacks_rival
        or move.overclaims
        or move.bypasses is not None
        or move.manner in {"lecture", "dodge"}
    )
