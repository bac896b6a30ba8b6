"""A bot plays a call: engine and policy and nothing else, no journal, no hashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from techsell.roleplay.lines import line_id
from techsell.roleplay.menu import candidates
from techsell.roleplay.turns import hang_up, open_call, take_turn

from .expert import Expert
from .explorer import Explorer
from .goals import goals_of
from .habits import Habits
from .knowledge import know
from .policies import Dice, Dumper, Gamer, Interrogator, Listener, Policy, Random
from .provoke import Moves

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.state import State

__all__ = ["BOTS", "RANKED", "Stage", "play"]

BOTS = ("expert", "listener", "interrogator", "dumper", "rubric_gamer", "random", "explorer")
RANKED = ("expert", "listener", "interrogator", "dumper")
"""in the order in which their scores must come"""


class Stage:
    """A scenario made ready for bots."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.compiled = scenario.compiled
        self.habits = Habits(scenario)
        self.knowledge = know(scenario)
        self.goals = goals_of(scenario)
        self.moves = Moves(scenario)
        name = scenario.id
        self.option_lines = {o.id: line_id(name, f"options.{o.id}.text", o.text) for o in scenario.options}
        self.summaries = {e.id: line_id(name, f"endings.{e.id}.summary", e.summary) for e in scenario.endings}
        self.hints = tuple((line_id(name, "hints.says", says), rule) for says, rule in self.compiled.hints)

    def policy(self, bot: str, number: int) -> Policy:
        """A fresh policy for conversation `number`."""
        dice = Dice(self.scenario.id, bot, number)
        if bot == "expert":
            return Expert(self.habits, self.knowledge, dice)
        if bot == "explorer":
            return Explorer(self.habits, self.moves, self.goals, dice, number)
        kinds: dict[str, Callable[[Habits, Dice], Policy]] = {
            "listener": Listener,
            "interrogator": Interrogator,
            "dumper": Dumper,
            "rubric_gamer": Gamer,
            "random": Random,
        }
        return kinds[bot](self.habits, dice)

    def ledger(self, number: int) -> tuple[tuple[str, str], ...]:
        """What this call's learner is known for: one rumour after the other, every second time round none."""
        rumours, again = self.scenario.rumours, number // len(self.goals)
        if not rumours or not again % 2:
            return ()
        return ((rumours[number % len(rumours)].about, "Meridian Water Board"),)


def play(stage: Stage, bot: str, number: int, hints: set[str] | None = None) -> tuple[State, bool]:
    """Conversation `number` of a bot, from greeting to end; the customer's seed is the number too.

    Depends on the scenario, the bot and the number only, so every bot meets the same customers.

    Args:
        hints: where the line ids of hints go, when the learner asks for one before each line.

    Returns:
        How the call stands at its end, and whether the bot hung up because the menu was empty.
    """
    compiled = stage.compiled
    policy = stage.policy(bot, number)
    ledger = stage.ledger(number) if bot == "explorer" else ()
    state = open_call(compiled, seed=number, mode="practice", learner="", attempt=0, seq=0, ledger=ledger)
    while not state.ending:
        if hints is not None:
            hints.update(next(((line,) for line, rule in stage.hints if rule.holds_in(state)), ()))
        action = policy.choose(state)
        if action is None:
            dead = not candidates(compiled, state)
            return hang_up(compiled, state, state.seq + 1), dead
        index, moves, to = action
        state = take_turn(compiled, state, moves, to=to, said="", option=index, seq=state.seq + 1)
    return state, False
