"""The expert: knows the scenario and takes, each turn, the line worth most.

Not a search: every line that can be said is valued once (`valuing.py`). Half of the experts go along the scenario's
worked example, where there is one that fits the variant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell.roleplay.menu import candidates, sayable

from .valuing import CLOSES, RUIN, Now, Walk, counts_for

if TYPE_CHECKING:
    from techsell.roleplay.state import State

    from .habits import Action, Habits
    from .knowledge import Knowledge
    from .policies import Dice

__all__ = ["Expert"]

POOR = 60
"""with nothing worth more than this left to say, it is time to close"""

SOON = 700
"""premium of a good line that will soon be gone from the menu"""


class Expert:
    """One conversation."""

    def __init__(self, habits: Habits, knowledge: Knowledge, dice: Dice) -> None:
        self.habits = habits
        self.compiled = habits.compiled
        self.known = knowledge
        self.dice = dice
        self.done = [0] * len(knowledge.presences)
        self.playbacks = 0
        self.script = list(knowledge.worked) if dice.roll() % 2 else []

    def choose(self, state: State) -> Action | None:
        now = Now(self.compiled, self.known, state, self.done, self.playbacks, self.dice.roll())
        index = self._scripted(state, now)
        if index < 0:
            index = self._best(state, now)
        if index < 0:
            return None
        self._remember(index)
        return self.habits.actions[index]

    def _scripted(self, state: State, now: Now) -> int:
        """The next line of the worked example that can be said here without harm."""
        for place, index in enumerate(self.script):
            if sayable(self.compiled, state, index) and self._value(now, index) > -POOR:
                del self.script[: place + 1]
                return index
        return -1

    def _best(self, state: State, now: Now) -> int:
        best, most, closing, closes = -1, RUIN, -1, 0
        for index in candidates(self.compiled, state):
            if index in self.known.harmful:
                continue
            value = self._value(now, index)
            if value >= CLOSES:  # ends the call as wanted
                if value > closes:
                    closing, closes = index, value
            elif value > most:
                best, most = index, value
        if closing >= 0 and (now.left <= 1 or most < POOR):
            return closing
        return best

    def _value(self, now: Now, index: int) -> int:
        _, moves, to = self.habits.actions[index]
        value = Walk(now, moves, to).value()
        if value > POOR and self.compiled.options[index].rule.max_turn <= now.state.turn + 1:
            value += SOON
        return value + (now.roll >> index % 27) % 32

    def _remember(self, index: int) -> None:
        for move in self.habits.actions[index][1]:
            for number, presence in enumerate(self.known.presences):
                self.done[number] += counts_for(presence, move)
            self.playbacks += move.label == "reflect" and bool(move.facts)
