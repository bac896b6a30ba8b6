"""Lint: can the worked example be watched?

Codes: TS425 a line of it that cannot be said at its place, an end before its last line, or an end that is not the best.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.roleplay.bots.knowledge import best_ending
from techsell.roleplay.menu import sayable
from techsell.roleplay.turns import open_call, take_turn

from .places import Found, Places

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["check_worked"]


def check_worked(scenario: Scenario, places: Places) -> Iterator[Found]:
    """Play it with its seed, line by line."""
    if scenario.worked is None:
        return
    compiled = scenario.compiled
    state = open_call(compiled, seed=scenario.worked.seed, mode="practice", learner="", attempt=0, seq=0)
    for number, line in enumerate(scenario.worked.lines):
        at = _line(places, number)
        index = compiled.option_by_id[line.option]
        if state.over:
            message = f"the worked example has ended as {state.ending!r} before {line.option!r}."
            yield at, "TS425", message, "Leave the rest out, or mend the line before."
            return
        if not sayable(compiled, state, index):
            when = "Look at its 'when', and play the lines before it with 'techsell play'."
            yield at, "TS425", f"{line.option!r} cannot be said in turn {number + 1} of the worked example.", when
            return
        option = compiled.options[index].option
        said = compiled.text(state.variant, option.text)
        state = take_turn(compiled, state, option.moves, to=option.to or "", said=said, option=index, seq=number + 1)
    best = best_ending(scenario)
    if not state.over or compiled.ending(state.ending).kind != best.kind:
        how = f"ends as {state.ending!r}" if state.over else "does not end the call"
        hint = f"Lead it to an ending of the kind '{best.kind}', such as {best.id!r}."
        yield places.section("worked"), "TS425", f"the worked example {how}.", hint


def _line(places: Places, number: int) -> int:
    worked = places.root.get("worked")
    lines = worked.get("lines") if worked is not None else None
    if lines is None or lines.items is None or number >= len(lines.items):
        return places.section("worked")
    return lines.items[number].line
