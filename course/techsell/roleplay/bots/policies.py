"""The bots without knowledge: dumper, interrogator, listener, rubric-gamer, random. Each is a habit, not a person.

A policy lives for one conversation. `choose` gives an action, or None to end the call. All chance comes from the
conversation's own `Dice`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from techsell.roleplay.chance import draw, shuffle_key

from .habits import Action, Habits, scan

if TYPE_CHECKING:
    from techsell.roleplay.state import State

__all__ = ["Dice", "Dumper", "Gamer", "Interrogator", "Listener", "Policy", "Random"]


class Dice:
    """Whole numbers of 32 bits, fixed by scenario, bot and number of the conversation."""

    __slots__ = ("_base", "_count")

    def __init__(self, scenario: str, bot: str, number: int) -> None:
        self._base = draw(number, 0, f"bot.{scenario}.{bot}")
        self._count = 0

    def roll(self) -> int:
        self._count += 1
        return shuffle_key(self._base, self._count)


class Policy(Protocol):
    """What every bot can do."""

    def choose(self, state: State) -> Action | None:
        """The next line, or None to hang up."""
        ...


class _Habit:
    """Shared by all: look through groups in order, take the first line that can be said."""

    def __init__(self, habits: Habits, dice: Dice) -> None:
        self.habits = habits
        self.compiled = habits.compiled
        self.groups = habits.groups
        self.dice = dice

    def _one_of(self, state: State, *groups: tuple[int, ...]) -> Action | None:
        roll = self.dice.roll()
        for group in groups:
            index = scan(self.compiled, state, group, roll)
            if index >= 0:
                return self.habits.actions[index]
        return None


class Dumper(_Habit):
    """Tells whatever can be told; when nothing is left, says anything."""

    def choose(self, state: State) -> Action | None:
        return self._one_of(state, self.groups.tells, self.groups.lectures, self.groups.everything)


class Interrogator(_Habit):
    """Asks how things are and what goes wrong, never takes anything up, hangs up when the list is done."""

    def choose(self, state: State) -> Action | None:
        return self._one_of(state, self.groups.asks)


class Listener(_Habit):
    """Answers what is put to them, plays back what was heard, asks on; knows nothing of what is hidden."""

    def choose(self, state: State) -> Action | None:
        groups = self.groups
        if state.pending or state.flags & self._open():
            action = self._one_of(state, groups.replies)
            if action is not None:
                return action
        left = self.compiled.scenario.budget.turns - state.turn
        if left <= 2:
            action = self._one_of(state, groups.steps)
            if action is not None:
                return action
        if self.dice.roll() % 3 == 0:
            return self._one_of(state, groups.echoes, groups.attentive, groups.harmless)
        return self._one_of(state, groups.attentive, groups.harmless)

    def _open(self) -> int:
        return self.compiled.mask("open", (objection.id for objection, _ in self.compiled.objections))


class Gamer(_Habit):
    """Collects surface signs: plays back whatever stands there, asks a lot, asks for a step often. Does not listen."""

    def choose(self, state: State) -> Action | None:
        groups = self.groups
        turn = state.turn % 4
        if turn in {1, 2}:
            return self._one_of(state, groups.reflects, groups.questions, groups.commits, groups.everything)
        if turn == 3:
            return self._one_of(state, groups.commits, groups.reflects, groups.questions, groups.everything)
        return self._one_of(state, groups.questions, groups.reflects, groups.commits, groups.everything)


class Random(_Habit):
    """Any line on the menu; hangs up one time in sixty."""

    def choose(self, state: State) -> Action | None:
        if self.dice.roll() % 60 == 0 and state.turn:
            return None
        return self._one_of(state, self.groups.everything)
