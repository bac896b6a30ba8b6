"""How an expert would have taken this very call: the worked example where it fits, else the expert among the bots."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from techsell.roleplay.chance import variant_of
from techsell.roleplay.menu import sayable
from techsell.roleplay.rubric import score_state
from techsell.roleplay.turns import open_call, take_turn

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.state import State

__all__ = ["expert_state"]


def expert_state(scenario: Scenario, seed: int) -> State:
    """An expert's call with the customer of this seed, from greeting to end; the same for the same arguments.

    The worked example is played as far as its lines can be said; where that does not end well, or another variant is
    played, the expert of `techsell.roleplay.bots` goes instead, whichever of the two is worth more.
    """
    return _expert(_Key(scenario), seed)


class _Key:
    """A scenario as a key: equal when the content is."""

    __slots__ = ("_name", "scenario")

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._name = scenario.fingerprint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)


@lru_cache(maxsize=64)
def _expert(key: _Key, seed: int) -> State:
    scenario = key.scenario
    worked = _worked(scenario, seed)
    if worked is not None and worked.over and _same_variant(scenario, seed):
        return worked
    bot = _with_words(scenario, _bot(scenario, seed))
    if worked is None or not worked.over:
        return bot
    return max((worked, bot), key=lambda state: score_state(scenario, state).total)


def _same_variant(scenario: Scenario, seed: int) -> bool:
    count = len(scenario.variants)
    return scenario.worked is not None and variant_of(seed, count) == variant_of(scenario.worked.seed, count)


def _opened(scenario: Scenario, seed: int) -> State:
    return open_call(scenario.compiled, seed=seed, mode="practice", learner="", attempt=0, seq=0)


def _worked(scenario: Scenario, seed: int) -> State | None:
    if scenario.worked is None:
        return None
    compiled, now = scenario.compiled, _opened(scenario, seed)
    for line in scenario.worked.lines:
        index = compiled.option_by_id.get(line.option, -1)
        if not now.over and index >= 0 and sayable(compiled, now, index):
            now = _picked(scenario, now, index)
    return now


def _bot(scenario: Scenario, seed: int) -> State:
    from techsell.roleplay.bots.play import Stage, play

    return play(Stage(scenario), "expert", seed)[0]


def _with_words(scenario: Scenario, state: State) -> State:
    """The same call again, this time with the words that a bot leaves away."""
    compiled, now = scenario.compiled, _opened(scenario, state.seed)
    for turn in state.history[1:]:
        index = compiled.option_by_id.get(turn.option, -1)
        if turn.moves and index >= 0 and not now.over:
            now = _picked(scenario, now, index)
    if state.over and not now.over:
        from techsell.roleplay.turns import hang_up

        now = hang_up(compiled, now, now.seq)
    return now


def _picked(scenario: Scenario, now: State, index: int) -> State:
    compiled = scenario.compiled
    option = compiled.options[index].option
    words = compiled.text(now.variant, option.text)
    return take_turn(compiled, now, option.moves, to=option.to or "", said=words, option=index, seq=now.seq + 1)
