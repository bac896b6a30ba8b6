"""Detectors over what was left out: figures not played back, threads dropped, people and steps not asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .signs import Sign, about, coverage_line, line_of, listed, opens, quote, tidy

if TYPE_CHECKING:
    from techsell.roleplay.state import Turn

    from .call import Call, Try

__all__ = ["gaps", "openings"]

PLACES = 3
"""turns looked at for each thing that was left out"""


def openings(call: Call) -> dict[str, list[Try]]:
    """For every fact that was missed, the lines that would have brought it out, in the order of the call."""
    found: dict[str, list[Try]] = {name: [] for name in call.missed}
    for number in sorted(call.before):
        for tried in call.lines(number):
            for fact in tried.record.facts:
                if fact in found:
                    found[fact].append(tried)
    return found


def gaps(call: Call, opened: dict[str, list[Try]]) -> Iterator[Sign]:
    """Everything that was left out.

    Args:
        opened: from `openings`.
    """
    yield from _no_contract(call)
    yield from _unplayed(call)
    yield from _nobody_decides(call, opened)
    for name, tries in opened.items():
        if tries:
            yield from _left_shut(call, name, tries)


def _said(call: Call, turn: Turn) -> str:
    return quote(call.words(turn), end=True)


def _no_contract(call: Call) -> Iterator[Sign]:
    criterion = line_of(call, "presence", lambda one: one.evidence.kind == "presence" and bool(one.evidence.slots))
    if criterion is None or criterion.evidence.kind != "presence" or not call.lost(criterion):
        return
    last = criterion.evidence.by_turn or 3
    agreed = {slot for turn in call.turns if turn.number <= last for slot in turn.slots}
    missing = [slot for slot in criterion.evidence.slots if slot not in agreed]
    words = {
        "purpose": "what the call is for",
        "time": "how long it takes",
        "agenda": "in which order",
        "expectations": "that a no is allowed",
        "next_step": "how it may end",
    }
    left = listed([words[slot] for slot in missing])
    for turn in call.turns[:last]:
        if turn.slots:
            continue
        who = call.name(turn.to)
        why = (
            f"By turn {last} nobody had said {left}. Until that is clear {who} waits for the sales talk and keeps "
            "answers short."
        )
        yield Sign(
            kind="no_contract",
            turn=turn.number,
            line=criterion.id,
            observed=tidy(f"In turn {turn.number} you said {_said(call, turn)}."),
            why=why,
            estimate=call.lost(criterion),
            wanted=(lambda tried: len(tried.record.slots) > 1, lambda tried: bool(tried.record.slots)),
        )


def _unplayed(call: Call) -> Iterator[Sign]:
    """A fact with figures in it, told, and the next line is about something else."""
    criterion = line_of(call, "playback")
    if criterion is None or not call.lost(criterion):
        return
    played = {name for _, reacted in call.reactions("confirms") for name in reacted.about.split(",")}
    for turn in call.turns:
        after = call.turn(turn.number + 1)
        told = [name for name in turn.facts if name not in call.noise and call.compiled.facts[name].fact.numbers]
        open_ones = [name for name in told if name not in played]
        if after is None or not open_ones or any(one.reaction == "confirms" for one in after.reactions):
            continue
        fact = call.compiled.facts[open_ones[0]].fact
        who = call.name(fact.holder)
        says = call.text(call.compiled.fact_says(call.state.variant, fact)[0])
        yield Sign(
            kind="nothing_played_back",
            turn=after.number,
            line=criterion.id,
            observed=tidy(
                f"{who} told you in turn {turn.number}: {quote(says)}. You went on with {_said(call, after)}."
            ),
            why=(
                f"There were figures in that, and turn {after.number} left them lying. Said back in one breath they "
                f"show {who} that the next question comes from listening and not from a list."
            ),
            estimate=call.unit(criterion),
            wanted=(about("confirms", *open_ones),),
        )


def _nobody_decides(call: Call, opened: dict[str, list[Try]]) -> Iterator[Sign]:
    deciding = [one.id for one in call.scenario.facts if one.kind == "decision" and one.id not in call.noise]
    if not deciding or set(deciding).intersection(call.card.facts_found):
        return
    criterion = coverage_line(call, *deciding)
    for number in _places(call, [one for name in deciding for one in opened.get(name, [])]):
        turn = call.turn(number)
        if turn is None:
            continue
        yield Sign(
            kind="nobody_asked_who_decides",
            turn=number,
            line=criterion.id if criterion is not None else "",
            observed=tidy(f"Nobody was asked who decides or signs. In turn {number} you said {_said(call, turn)}."),
            why=(
                f"The call ended without knowing whose yes it takes. There was room for it in turn {number}; asked "
                "about the last time something was bought, it is an ordinary question."
            ),
            estimate=call.unit(criterion) if criterion is not None else 0,
            wanted=(opens(*deciding),),
        )


def _left_shut(call: Call, name: str, tries: list[Try]) -> Iterator[Sign]:
    """A fact that paid and stayed shut though a line would have opened it: held back once, or left on the way."""
    criterion = coverage_line(call, name)
    if criterion is None or not call.lost(criterion):
        return
    fact = call.compiled.facts[name].fact
    held = next((turn for turn, one in call.reactions("guards") if one.about == name), None)
    for number in _places(call, tries):
        turn = call.turn(number)
        if turn is None:
            continue
        if held is not None and number > held.number:
            yield _held_back(call, criterion.id, turn, held, name)
            continue
        before = call.turn(number - 1)
        cue = [] if before is None else [one for one in fact.unlock.after if _dropped(call, one, before, turn)]
        if cue and before is not None:
            who = call.name(call.compiled.facts[cue[0]].fact.holder)
            says = call.text(call.compiled.fact_says(call.state.variant, call.compiled.facts[cue[0]].fact)[0])
            yield Sign(
                kind="thread_dropped",
                turn=number,
                line=criterion.id,
                observed=tidy(
                    f"{who} told you in turn {number - 1}: {quote(says)}. You went on with {_said(call, turn)}."
                ),
                why=(
                    f"That answer had a loose end, and turn {number} let go of it. What lies behind a first answer is "
                    "worth more than the next item on a list."
                ),
                estimate=call.unit(criterion),
                wanted=(opens(name),),
            )


def _dropped(call: Call, name: str, before: Turn, turn: Turn) -> bool:
    """Told in one turn, and the next neither says it back nor goes on from it."""
    followed = any(name in call.compiled.facts[one].fact.unlock.after for one in turn.facts)
    played = any(one.reaction == "confirms" and name in one.about.split(",") for one in turn.reactions)
    return name in before.facts and not followed and not played


def _held_back(call: Call, line: str, turn: Turn, held: Turn, name: str) -> Sign:
    fact = call.compiled.facts[name].fact
    who = call.name(fact.holder)
    answer = next((one.text for one in held.lines if one.speaker == fact.holder), "")
    trust = call.trust_before(turn.number)
    criterion = next(one for one in call.scenario.rubric if one.id == line)
    return Sign(
        kind="never_asked_again",
        turn=turn.number,
        line=line,
        observed=tidy(
            f"In turn {held.number} {who} held back: {quote(answer, 90)}. "
            f"In turn {turn.number} you said {_said(call, turn)}."
        ),
        why=(
            f"It was the right question too soon: trust stood at {call.trust_before(held.number)} and it takes "
            f"{fact.unlock.min_trust}. By turn {turn.number} it stood at {trust}, and nobody asked again."
        ),
        estimate=call.unit(criterion),
        wanted=(opens(name),),
    )


def _places(call: Call, tries: list[Try]) -> list[int]:
    """The turns in which another line would have cost least: first those whose own line brought nothing."""

    def brought(number: int) -> int:
        turn = call.turn(number)
        if turn is None:
            return 99
        good = sum(one.reaction in {"confirms", "settles", "grants"} for one in turn.reactions)
        return len(turn.facts) + good + len(turn.slots)

    numbers = list(dict.fromkeys(one.turn for one in tries))
    return sorted(numbers, key=lambda number: (brought(number), number))[:PLACES]
