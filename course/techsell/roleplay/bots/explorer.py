"""The explorer: sets out for one thing after the other and then tries everything once, so that every line is heard.

Not a person and not ranked: it types moves that no menu offers, knows all conditions and provokes on purpose. What it
cannot reach, nobody can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell.roleplay.menu import sayable

from .goals import ANSWERED
from .habits import Action, Habits, scan
from .policies import Dice
from .provoke import Moves

if TYPE_CHECKING:
    from techsell.roleplay.model import Fact, Move
    from techsell.roleplay.state import State

    from .goals import Goal

__all__ = ["Explorer"]


class Explorer:
    """One conversation, with one goal."""

    def __init__(self, habits: Habits, moves: Moves, goals: tuple[Goal, ...], dice: Dice, number: int) -> None:
        self.habits = habits
        self.compiled = habits.compiled
        self.moves = moves
        self.goal = goals[number % len(goals)]
        self.dice = dice
        self.blunt = number // len(goals) % 3 == 1
        """asks without earning the trust first"""
        self.patient = self.compiled.scenario.budget.turns - 2
        self.tried: set[str] = set()

    def choose(self, state: State) -> Action | None:
        action = self._towards(state)
        if action is not None:
            return action
        return self._finish(state)

    def _typed(self, *moves: Move, to: str = "") -> Action:
        return -1, moves, to

    def _towards(self, state: State) -> Action | None:
        """The next step to the goal, or None when nothing is missing that can be worked for."""
        for step in (self._answer, self._facts, self._people, self._settles, self._grants, self._times, self._temper):
            action = step(state)
            if action is not None:
                return action
        return None

    def _answer(self, state: State) -> Action | None:
        """A question in the way is answered, unless the answer is what this call is about."""
        if not state.pending or state.pending == self.goal.question:
            return None
        if self.goal.ask in ANSWERED and self.goal.who == self.moves.askers[state.pending]:
            return None
        if self.dice.roll() % 8 == 0:
            return None
        return self._typed(self.moves.answer("short" if self.dice.roll() % 2 else "honest_unknown"))

    def _facts(self, state: State) -> Action | None:
        for name in self.goal.facts:
            entry = self.compiled.facts[name]
            ready = state.flags & entry.after == entry.after and entry.fact.holder in state.present
            if ready and not state.flags & entry.bit:
                return self._fact(state, name)
        return None

    def _people(self, state: State) -> Action | None:
        shy = any(
            name not in state.present and self.moves.joins[name].min_trust > state.trust for name in self.goal.people
        )
        return self._warm_up(state) if shy else None

    def _settles(self, state: State) -> Action | None:
        bits = self.compiled.bits
        name = next((name for name in self.goal.settles if state.flags & bits["open", name]), "")
        return self._typed(self.moves.next_step(state, name)) if name else None

    def _grants(self, state: State) -> Action | None:
        for name in self.goal.grants:
            commitment, needs = self.compiled.commitments[name]
            if state.flags & self.compiled.bits["granted", name] or commitment.giver not in state.present:
                continue
            stopped = self._vetoed(state)
            if stopped is not None:
                return stopped
            if needs.holds_in(state) or (self.blunt and self._first(f"early {name}")):
                return self._typed(self.moves.ask(name))
            if needs.min_trust > state.trust:
                return self._warm_up(state)
            for index, count in needs.at_least:
                if state.counts[index] < count:
                    return self.moves.provoke(self.moves.reactions[index], state, self.dice.roll())
        return None

    def _vetoed(self, state: State) -> Action | None:
        """What takes the ground from under a veto that stands."""
        for persona, veto, rule in self.compiled.vetoes:
            if persona.id in state.present and rule.holds_in(state):
                for name in veto.when.not_facts:
                    entry = self.compiled.facts[name]
                    ready = state.flags & entry.after == entry.after and entry.fact.holder in state.present
                    if ready and name not in self.goal.avoid:
                        return self._fact(state, name)
        return None

    def _times(self, state: State) -> Action | None:
        for reaction, times in self.goal.times:
            if state.counts[self.moves.reactions.index(reaction)] < times:
                cost = self.moves.costs.get(reaction, 0) * (times - state.counts[self.moves.reactions.index(reaction)])
                action = self._warm_up(state) if state.trust <= min(9, cost) else None
                if action is not None:
                    return action
                return self.moves.provoke(reaction, state, self.dice.roll())
        return None

    def _fact(self, state: State, name: str) -> Action | None:
        fact = self.compiled.facts[name].fact
        if fact.unlock.min_trust > state.trust and not (self.blunt and self._first(f"blunt {name}")):
            action = self._warm_up(state)
            if action is not None:
                return action
        return self._question(state, name)

    def _question(self, state: State, name: str) -> Action:
        fact = self.compiled.facts[name].fact
        question = self.moves.opens(name)
        if question.label == "implication" and not state.warm:
            return self._typed(self.moves.empathy, question, to=fact.holder)
        return self._typed(question, to=fact.holder)

    def _temper(self, state: State) -> Action | None:
        low, high = self.goal.trust
        if state.trust < low:
            return self._warm_up(state)
        if state.trust > high:
            return self.moves.provoke("corrects", state, self.dice.roll())
        return None

    def _warm_up(self, state: State) -> Action | None:
        """A step of trust: an answer, a playback, a question about something that happened."""
        if state.pending:
            return self._typed(self.moves.answer("short" if self.dice.roll() % 2 else "honest_unknown"))
        noise = self.compiled.decoys[state.variant]
        for name in state.facts:
            bit = self.compiled.facts[name].bit
            if not bit & (state.played | noise):
                return self._typed(self.moves.playback(name))
        for entry in self.compiled.facts.values():
            unlock, holder = entry.fact.unlock, entry.fact.holder
            open_now = unlock.min_trust <= state.trust and state.flags & entry.after == entry.after
            new = not entry.bit & state.flags and not self._kept(entry.fact)
            if open_now and new and holder in state.present and self._first(f"ask {entry.fact.id}"):
                return self._question(state, entry.fact.id)
        return None

    def _kept(self, fact: Fact) -> bool:
        """Whether a fact must not come out in this call: no pitch is early once a need was stated."""
        early = self.goal.ask == "told_early" or any(reaction == "told_early" for reaction, _ in self.goal.times)
        return fact.id in self.goal.avoid or (early and fact.kind == "payoff")

    def _first(self, key: str) -> bool:
        """Whether this is tried for the first time."""
        fresh = key not in self.tried
        self.tried.add(key)
        return fresh

    def _finish(self, state: State) -> Action | None:
        """Everything is prepared: do what the goal is about, and then whatever comes to mind."""
        goal, roll = self.goal, self.dice.roll()
        found: Action | None = None
        if goal.finish == "hang_up":
            return None
        if goal.finish == "wait":
            return self._typed(self.moves.patience[roll % len(self.moves.patience)])
        if goal.finish == "say":
            found = self._say(state)
        elif goal.finish == "plants":
            found = self._about_plant(state)
        elif goal.finish == "guarded":
            fact = self.compiled.facts[goal.ask]
            if not state.flags & fact.bit and (self._first("guarded") or self._first("guarded again")):
                found = self._question(state, goal.ask)
        elif goal.finish == "provoke":
            found = self._provoke(state, roll)
        elif goal.ask and self._first("ask") and not (goal.finish == "refused" and self._granted(state)):
            found = self._typed(self.moves.ask(goal.ask))
        return found or self._wander(state, roll)

    def _granted(self, state: State) -> bool:
        return self.compiled.commitments[self.goal.ask][1].holds_in(state)

    def _say(self, state: State) -> Action | None:
        """The line of the menu that this call is about; until it can be said, a word that costs nothing."""
        index = self.goal.say
        if sayable(self.compiled, state, index):
            return self.habits.actions[index]
        if (
            not state.used & self.compiled.options[index].bit
            and self.compiled.options[index].rule.max_turn > state.turn
        ):
            return self._typed(self.moves.empathy)
        return None

    def _provoke(self, state: State, roll: int) -> Action | None:
        if state.trust <= 2:
            action = self._warm_up(state)
            if action is not None:
                return action
        if self.goal.who and self.goal.who not in state.present:
            return None
        found = self.moves.provoke(self.goal.ask, state, roll, self.goal.who)
        if found is None and self.goal.ask in ANSWERED and not state.pending and state.turn < self.patient:
            return self._typed(self.moves.empathy)
        return found

    def _about_plant(self, state: State) -> Action | None:
        """What one person can tell about the plant."""
        who = self.goal.who
        own = [entry for entry in self.compiled.plants if entry.plant.holder == who]
        own = own[self.goal.say :] + own[: self.goal.say]
        plant = next((entry.plant for entry in own if not state.told & entry.bit), None)
        if plant is None or who not in state.present:
            return None
        return self._typed(self.moves.about_plant(plant), to=who)

    def _wander(self, state: State, roll: int) -> Action | None:
        """Anything: a line of the menu, or something that provokes."""
        if roll % 97 == 0:
            return None
        if roll % 3 == 0:
            index = scan(self.compiled, state, self.habits.groups.everything, roll >> 8)
            if index >= 0:
                return self.habits.actions[index]
        if state.trust < 4 and roll % 3 == 1:
            action = self._warm_up(state)
            if action is not None:
                return action
        for _ in range(4):
            roll = self.dice.roll()
            reaction = self.moves.reactions[roll % len(self.moves.reactions)]
            found = self.moves.provoke(reaction, state, roll >> 8)
            if found is not None:
                return found
        return self._typed(self.moves.empathy)
