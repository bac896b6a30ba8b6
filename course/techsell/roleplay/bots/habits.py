"""The lines of a scenario sorted by habit, once: what tells, what only asks, what plays back, what does harm.

Nothing here looks at a conversation. The bots scan these groups; `lint` uses `harms` to compare good lines with
near misses.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS
from techsell.roleplay.menu import sayable

if TYPE_CHECKING:
    from techsell.roleplay.compiled import Compiled
    from techsell.roleplay.model import Move, Option, Scenario
    from techsell.roleplay.state import State

__all__ = ["Action", "Groups", "Habits", "barren_topics", "harms", "scan"]

Action = tuple[int, "tuple[Move, ...]", str]
"""index of the option or -1 for typed words, what it does, whom it addresses"""

_STEPS: dict[int, tuple[int, ...]] = {}


@dataclass(frozen=True, slots=True)
class Groups:
    """Indexes of options by habit; an option may stand in several."""

    everything: tuple[int, ...]
    tells: tuple[int, ...]
    """opens with a pitch, runs a rival down, or claims what no data sheet carries"""
    lectures: tuple[int, ...]
    """proof and long answers: telling of another kind"""
    asks: tuple[int, ...]
    """only questions about how things are and what goes wrong"""
    questions: tuple[int, ...]
    """begins with a question, whatever follows"""
    reflects: tuple[int, ...]
    """plays something back, right or wrong"""
    commits: tuple[int, ...]
    """asks for a step, wise or not"""
    replies: tuple[int, ...]
    """harmless answers to the customer's own question or objection"""
    echoes: tuple[int, ...]
    """right playbacks"""
    attentive: tuple[int, ...]
    """harmless, and not about circumstances"""
    harmless: tuple[int, ...]
    steps: tuple[int, ...]
    """harmless lines that ask for a commitment"""


class Habits:
    """A scenario's lines for bots; made once for each scenario in each process."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.compiled: Compiled = scenario.compiled
        self.actions: tuple[Action, ...] = tuple(
            (index, option.moves, option.to or "") for index, option in enumerate(scenario.options)
        )
        self.groups = _groups(scenario)


def barren_topics(scenario: Scenario) -> frozenset[str]:
    """Topics on which nobody has anything to tell: a question on them meets a shrug."""
    known = {topic for fact in scenario.facts for topic in fact.unlock.topics}
    known |= {topic for plant in scenario.plant for topic in plant.topics}
    played = {topic for line in scenario.rubric for topic in getattr(line.evidence, "topics", ())}
    return frozenset(topic.id for topic in scenario.topics) - known - played


def harms(scenario: Scenario, option: Option, barren: frozenset[str] | None = None) -> bool:
    """Whether a line does harm wherever it is said.

    Args:
        barren: `barren_topics(scenario)`, where it is known already.
    """
    barren = barren_topics(scenario) if barren is None else barren
    kinds = {end.id: end.kind for end in scenario.endings}
    easy = {entry.id for entry in scenario.commitments if entry.ends and kinds.get(entry.ends) != "advance"}
    honest = {entry.id for entry in scenario.commitments if entry.ends and kinds.get(entry.ends) == "no_fit"}
    unsupported = {claim.id for claim in scenario.datasheet if not claim.supported}
    return any(
        (move.label == "pitch" and not option.when.facts)
        or move.wrong
        or move.attacks_rival
        or move.overclaims
        or move.bypasses is not None
        or move.manner in {"lecture", "dodge"}
        or move.claim in unsupported
        or (move.ask in easy and move.ask not in honest)
        or (move.label in QUESTIONS and bool(move.topics) and barren.issuperset(move.topics))
        for move in option.moves
    )


def _groups(scenario: Scenario) -> Groups:
    barren = barren_topics(scenario)
    harm = [harms(scenario, option, barren) for option in scenario.options]
    unsupported = {claim.id for claim in scenario.datasheet if not claim.supported}

    def of(*, only_harmless: bool = False, wanted: object = None) -> tuple[int, ...]:
        test = wanted if callable(wanted) else (lambda option: True)
        return tuple(
            index
            for index, option in enumerate(scenario.options)
            if test(option) and not (only_harmless and harm[index])
        )

    def first(option: Option) -> str:
        return option.moves[0].label

    def tells(option: Option) -> bool:
        head = option.moves[0]
        return head.label == "pitch" or any(m.attacks_rival or m.claim in unsupported for m in option.moves)

    def replies(option: Option) -> bool:
        return option.when.pending is not None or any(move.objection for move in option.moves)

    return Groups(
        everything=of(),
        tells=of(wanted=tells),
        lectures=of(wanted=lambda o: first(o) == "evidence" or any(m.manner == "lecture" for m in o.moves)),
        asks=of(wanted=lambda o: all(move.label in {"situation", "problem"} for move in o.moves)),
        questions=of(wanted=lambda o: first(o) in QUESTIONS),
        reflects=of(wanted=lambda o: any(move.label == "reflect" for move in o.moves)),
        commits=of(wanted=lambda o: any(move.ask for move in o.moves)),
        replies=of(only_harmless=True, wanted=replies),
        echoes=of(only_harmless=True, wanted=lambda o: any(m.label == "reflect" and m.facts for m in o.moves)),
        attentive=of(only_harmless=True, wanted=lambda o: first(o) != "situation" and not any(m.ask for m in o.moves)),
        harmless=of(only_harmless=True),
        steps=of(only_harmless=True, wanted=lambda o: any(move.ask for move in o.moves)),
    )


def scan(compiled: Compiled, state: State, group: tuple[int, ...], roll: int) -> int:
    """One of the options of `group` that can be said now, or -1.

    Goes through the group in an order fixed by `roll`: a start and a stride that has no factor in common with the
    number of options, so that each is seen once. Needs few looks where a list of all candidates would need all.
    """
    count = len(group)
    if not count:
        return -1
    steps = _STEPS.get(count)
    if steps is None:
        steps = _STEPS[count] = tuple(step for step in range(1, count + 1) if gcd(step, count) == 1)
    at, step = roll % count, steps[(roll >> 16) % len(steps)]
    for _ in range(count):
        index = group[at]
        if sayable(compiled, state, index):
            return index
        at = (at + step) % count
    return -1
