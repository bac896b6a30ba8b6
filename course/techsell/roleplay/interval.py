"""What a call would be worth had typed lines been read in the less favourable way.

Each uncertain turn carries a second reading. The call is played again move by move with all of them, and with each one
alone; the lowest and the highest of these scores are the interval. What was recognised in other turns stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .turns import hang_up, open_call, take_turn

if TYPE_CHECKING:
    from .model import Scenario
    from .state import State

__all__ = ["Interval", "interval", "read_again"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Lowest and highest score in hundredths, the turns it hangs on, and whether a pass hangs on them."""

    low: int
    high: int
    depends_on: tuple[int, ...]
    decides: bool


def interval(scenario: Scenario, state: State, worth: Callable[[State], tuple[int, bool]]) -> Interval:
    """The interval of a conversation's score.

    Args:
        worth: hundredths of points and whether they pass, of a state.
    """
    total, passed = worth(state)
    doubtful = [turn.number for turn in state.history if turn.uncertain is not None]
    if not doubtful:
        return Interval(total, total, (), False)
    alone = {number: worth(read_again(scenario, state, {number})) for number in doubtful}
    found = [(total, passed), worth(read_again(scenario, state, doubtful)), *alone.values()]
    return Interval(
        low=min(points for points, _ in found),
        high=max(points for points, _ in found),
        depends_on=tuple(number for number in doubtful if alone[number] != (total, passed)),
        decides=len({passes for _, passes in found}) > 1,
    )


def read_again(scenario: Scenario, state: State, doubtful: Iterable[int]) -> State:
    """The conversation with the second reading in the turns of these numbers; it may end earlier, or not at all."""
    compiled, low = scenario.compiled, set(doubtful)
    now = open_call(
        compiled,
        seed=state.seed,
        mode=state.mode,
        learner=state.learner,
        attempt=state.attempt,
        seq=0,
        engine=state.engine,
        nlu=state.nlu,
        ledger=state.ledger,
    )
    for turn in state.history[1:]:
        if now.over:
            break
        if not turn.moves:
            now = hang_up(compiled, now, now.seq)
            continue
        moves = turn.uncertain if turn.number in low and turn.uncertain is not None else turn.moves
        now = take_turn(
            compiled,
            now,
            moves,
            to=turn.addressed if turn.addressed in now.present else "",
            said=next((line.text for line in turn.lines if line.speaker == "you"), ""),
            option=compiled.option_by_id.get(turn.option, -1),
            seq=now.seq + 1,
            source=turn.source,
        )
    return now
