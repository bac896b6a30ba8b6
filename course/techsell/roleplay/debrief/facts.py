"""What was found out and what was not, each missed fact with a line that would have opened it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from techsell.roleplay.asking import own_recogniser, said
from techsell.roleplay.view import notes

from .call import Call, Try

if TYPE_CHECKING:
    from techsell.roleplay.state import State

__all__ = ["found", "missed", "typed"]

TYPED = 3
"""typed examples that one debrief tries; reading one takes a few milliseconds"""


def found(call: Call) -> list[dict[str, Any]]:
    """What was told that is true of this customer, in the order heard: `text`, `turn`."""
    known = notes(call.scenario, call.state)
    return [{"text": note["text"], "turn": note["turn"]} for note in known if note["id"] not in call.noise]


def missed(call: Call, opened: dict[str, list[Try]], expert: Callable[[], State]) -> list[dict[str, Any]]:
    """What stayed untold: `text`, and the `question` that would have opened it in `turn`.

    The question is a line of the menu that the engine has tried in that turn, else a typed example likewise. Where
    nothing at hand would have opened it, because something else had to come first, it is the line with which the expert
    opened it; `turn` is 0 then.

    Args:
        opened: from `gaps.openings`.
        expert: a function that gives the expert's call, asked only when needed.
    """
    told = []
    left = TYPED
    for name in call.missed:
        tried = _least(call, opened[name])
        if tried is None and left and _ready(call, name):
            left -= 1
            tried = _example(call, name)
        question = tried.text if tried is not None else _experts(call, name, expert())
        fact = call.compiled.facts[name].fact
        note = call.scenario.variants[call.state.variant].notes.get(name, fact.note)
        told.append({"text": call.text(note), "question": question, "turn": tried.turn if tried is not None else 0})
    return told


def _least(call: Call, tries: list[Try]) -> Try | None:
    """The line that costs least: taken well where one is, in the earliest turn."""
    return next((one for one in tries if call.sound(one)), tries[0] if tries else None)


def typed(call: Call, number: int, text: str) -> Try | None:
    """A typed line in place of what was said in a turn; None where it would not have been understood at once."""
    before = call.before[number]
    after = said(call.compiled, before, text, before.seq + 1, own_recogniser())
    return Try(number, -1, text, after) if after.turn > before.turn else None


def _ready(call: Call, name: str) -> int:
    """The first turn in which the fact could have been asked for with success, as far as masks tell; 0 for none."""
    entry = call.compiled.facts[name]
    for number in sorted(call.before) if call.state.engine > 1 else ():
        before = call.before[number]
        if (
            before.flags & entry.after == entry.after
            and before.flags & entry.present
            and before.trust >= entry.fact.unlock.min_trust
        ):
            return number
    return 0


def _example(call: Call, name: str) -> Try | None:
    number = _ready(call, name)
    for text in call.compiled.facts[name].fact.utterances[:1]:
        tried = typed(call, number, call.text(text))
        if tried is not None and name in tried.record.facts:
            return tried
    return None


def _experts(call: Call, name: str, expert: State) -> str:
    """A line that opened it on the expert's way, the plainest one; else the first example, or one on its topic."""
    there = Call(call.scenario, expert)
    turn = next((turn.number for turn in there.turns if name in turn.facts), 0)
    lines = [one for one in (there.lines(turn) if turn else ()) if name in one.record.facts]
    if lines:
        return min(lines, key=lambda one: (len(one.record.moves), one.index)).text
    fact = call.compiled.facts[name].fact
    words = [call.text(text) for text in fact.utterances[:1]]
    words += [
        call.text(option.text)
        for option in call.scenario.options
        for move in option.moves
        if move.label in fact.unlock.labels and not set(move.topics).isdisjoint(fact.unlock.topics)
    ]
    return next(iter(words), "")
