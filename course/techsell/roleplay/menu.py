"""What the learner can say now, and in which order it is shown.

A page of six mixes the families of moves, so that no page gives away which line is good; the good and the bad
answers to a customer's question come together. Everything that can be said is on some page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .chance import draw, shuffle_key
from .moves import find_fact

if TYPE_CHECKING:
    from .compiled import Compiled
    from .state import State

__all__ = ["PAGE", "candidates", "pages", "sayable"]

PAGE = 6
QUOTAS = (1, 2, 1, 1, 1)
"""lines a page from each family: situation; problem, implication, payoff; listening; telling; the rest"""
URGENT = 3
"""lines on the first page that answer what the customer has just put"""


def sayable(compiled: Compiled, state: State, index: int) -> bool:
    """Whether option number `index` can be said now."""
    if state.ending:
        return False
    option = compiled.options[index]
    return (
        not state.used & option.bit
        and index != state.resting
        and state.flags & option.need == option.need
        and not state.flags & option.forbid
        and (option.plain or option.rule.holds_in(state))
    )


def candidates(compiled: Compiled, state: State) -> list[int]:
    """The options that can be said now, in file order."""
    if state.ending:
        return []
    flags, trust, turn, counts = state.flags, state.trust, state.turn, state.counts
    used, resting = state.used, state.resting
    return [
        index
        for index, option in enumerate(compiled.options)
        if flags & option.need == option.need
        and not flags & option.forbid
        and not used & option.bit
        and index != resting
        and (option.plain or option.rule.holds(flags, trust, turn, counts))
    ]


def pages(compiled: Compiled, state: State) -> tuple[tuple[int, ...], ...]:
    """All candidates, as pages of up to six; the same for the same state.

    First comes what answers the customer's question or objection, then what is on the thread of the last turn.
    """
    options, flags, thread = compiled.options, state.flags, state.thread
    base = draw(state.seed, state.turn, "menu")

    def order(index: int) -> int:
        option = options[index]
        later = 0 if (option.pending | option.objections) & flags else 2 if not option.topics & thread else 1
        return (later << 16 | keys[index] >> 16) << 16 | index

    found = candidates(compiled, state)
    keys = {index: shuffle_key(base, index) for index in found}
    rest = sorted(found, key=order)
    chosen = _first(compiled, state, rest)
    result: list[tuple[int, ...]] = []
    while rest:
        page, rest = _page(compiled, chosen, rest)
        # Shuffled by other bits than those that chose, so that the place says nothing.
        result.append(tuple(sorted(page, key=lambda index: (keys[index] & 0xFFFF, index))))
        chosen = []
    return tuple(result)


def _first(compiled: Compiled, state: State, rest: Sequence[int]) -> list[int]:
    """What the first page must hold: answers to what the customer has just put, and a question that opens something."""
    options, flags = compiled.options, state.flags
    page = [index for index in rest[: 4 * PAGE] if (options[index].pending | options[index].objections) & flags]
    page = page[:URGENT]
    for spin in (True, False):  # a question about problems and consequences before one about circumstances
        for index in rest:
            right = (options[index].family == 1) is spin and index not in page
            if right and _opens(compiled, state, index):
                return [*page, index]
    return page


def _page(compiled: Compiled, chosen: list[int], rest: Sequence[int]) -> tuple[list[int], list[int]]:
    """The next page, begun with `chosen`, and what is left for the pages after it."""
    page = list(chosen)
    room = list(QUOTAS)
    for index in page:
        room[compiled.options[index].family] -= 1
    left: list[int] = []
    for index in rest:
        family = compiled.options[index].family
        if index in chosen:
            continue
        if len(page) < PAGE and room[family] > 0:
            room[family] -= 1
            page.append(index)
        else:
            left.append(index)
    missing = PAGE - len(page)
    return page + left[:missing], left[missing:]


def _opens(compiled: Compiled, state: State, index: int) -> bool:
    """Whether a question among the option's moves would bring out a fact, trust and order allowing."""
    option = compiled.options[index]
    holder = option.option.to or ""
    for label, topics, past in option.questions:
        if label == "implication" and not state.warm and option.option.moves[0].label not in {"reflect", "acknowledge"}:
            continue
        found = find_fact(compiled, label, topics, past, state.flags, state.trust, holder)
        if found and found[0] == "opens":
            return True
    return False
