"""Detectors over the end of a call: the step that was near and not asked for, the easy yes that costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .signs import Sign, Wanted, about, line_of, opens, quote, tidy, useful

if TYPE_CHECKING:
    from techsell.roleplay.model import End

    from .call import Call

__all__ = ["ends"]

LEAVING = 50
"""hundredths of a point that each turn not taken is thought to be worth, where nothing else can be measured"""


def ends(call: Call) -> Iterator[Sign]:
    """What the end of a call shows; nothing while it goes on, or where it ended as well as it can."""
    if not call.state.over:
        return
    end = call.compiled.ending(call.state.ending)
    if end.kind == call.best_kind:
        return
    yield from _easy_yes(call, end)
    yield from _near(call, end)
    yield from _left_early(call, end)


def _steps(call: Call) -> list[str]:
    """Commitments that the best ending rests on, with those that bring the people it takes into the call."""
    best = [one for one in call.scenario.endings if one.kind == call.best_kind]
    known = {entry.id: entry for entry in call.scenario.commitments}
    names = [name for one in best for name in one.when.granted]
    names += [entry.id for entry in call.scenario.commitments if entry.ends in {one.id for one in best}]
    found: dict[str, None] = {}
    while names:
        name = names.pop(0)
        if name in found:
            continue
        found[name] = None
        needs = known[name].needs
        people = [call.compiled.personas[one] for one in (known[name].giver, *needs.present)]
        names += [*needs.granted, *(one for person in people if person.joins for one in person.joins.granted)]
    return list(found)


def _lacking(call: Call) -> tuple[Wanted, ...]:
    facts = [
        name
        for entry in call.scenario.commitments
        if entry.id in _steps(call)
        for name in (*entry.needs.facts, *entry.needs.any_fact)
        if name not in call.state.facts
    ]
    return (about("grants", *_steps(call)), opens(*facts))


def _easy_yes(call: Call, end: End) -> Iterator[Sign]:
    given = [entry.id for entry in call.scenario.commitments if entry.ends == end.id]
    for turn, reacted in call.reactions("grants"):
        if reacted.about in given:
            criterion = line_of(call, "outcome")
            who, said = call.name(reacted.speaker), quote(call.words(turn), end=True)
            yield Sign(
                kind="easy_yes",
                turn=turn.number,
                line=criterion.id if criterion is not None else "",
                observed=f"In turn {turn.number} you said {said} and {who} agreed at once.",
                why=(
                    f"The yes of turn {turn.number} cost {who} nothing, so it moves nothing and it ended the call. A "
                    "step counts when it takes an hour of somebody's time and has a date."
                ),
                estimate=call.unit(criterion) if criterion is not None else 0,
                wanted=(*_lacking(call), *useful(call)),
                decisive=True,
            )


def _near(call: Call, end: End) -> Iterator[Sign]:
    """Somebody would have said yes to the step that matters, or brought in who it takes, and was not asked."""
    criterion = line_of(call, "outcome")
    if criterion is None:
        return
    given = {reacted.about for _, reacted in call.reactions("grants")}
    last = {name for one in call.scenario.endings if one.kind == call.best_kind for name in one.when.granted}
    steps = [name for name in _steps(call) if name not in given]
    for final in (True, False):
        wanted = about("grants", *(name for name in steps if (name in last or not last) is final))
        ready = [number for number in sorted(call.before) if any(wanted(tried) for tried in call.lines(number))]
        for number in ready[:1] + ready[-2:]:
            turn = call.turn(number)
            said = f"you said {quote(call.words(turn), end=True)}" if turn is not None else "you hung up"
            yield Sign(
                kind="advance_not_asked",
                turn=number,
                line=criterion.id,
                observed=tidy(f"In turn {number} {said}."),
                why=_missed_step(call, number, end) if final else _missed_person(number, end),
                estimate=call.unit(criterion),
                wanted=(wanted,),
            )
        if ready:
            return


def _missed_person(number: int, end: End) -> str:
    return (
        f"The step that matters takes somebody who never came into the call. In turn {number} you would have been "
        f"taken to them for the asking; the call ended as {end.kind.replace('_', ' ')}."
    )


def _missed_step(call: Call, number: int, end: End) -> str:
    ended = end.kind.replace("_", " ")
    if call.best_kind == "no_fit":
        return (
            f"By turn {number} the honest no could have been said, and it would have been believed; the call ended as "
            f"{ended}. A no with a reason is worth more to both sides than another half hour."
        )
    return (
        f"In turn {number} a yes to the step that matters was there for the asking, and nobody asked; the call ended "
        f"as {ended}. Ask for a day as soon as it has a reason."
    )


def _left_early(call: Call, end: End) -> Iterator[Sign]:
    """Hung up with time left: a line could have been said instead."""
    budget = call.scenario.budget.turns
    number = call.state.turn + 1
    if end.trigger != "hang_up" or number not in call.before or number > budget or not call.turns:
        return
    last = call.turns[-1]
    who = call.name(last.to)
    answer = next((line.text for line in reversed(last.lines) if line.speaker != "you"), "")
    yield Sign(
        kind="left_early",
        turn=number,
        line="",
        observed=tidy(f"You hung up after turn {last.number}. The last you heard was {quote(answer, end=True)}."),
        why=(
            f"There were {budget - last.number} turns left, and {who} was still talking. Leaving without asking for "
            "anything is an answer too, and it is the one that will be remembered."
        ),
        estimate=LEAVING * (budget - last.number),
        wanted=useful(call),
    )
