"""What an expert knows beforehand: the worth of each fact, what the best ending needs, which lines can earn what.

Worths are whole numbers: hundredths of a rubric point, plus a premium for what the best ending cannot do without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .habits import barren_topics, harms

if TYPE_CHECKING:
    from techsell.roleplay.model import Commitment, Condition, End, Objection, Persona, Scenario

__all__ = ["Closure", "Knowledge", "Wanted", "asked_for", "best_ending", "know"]

Wanted = tuple[frozenset[str], frozenset[str], bool, bool, int, int]
"""a rubric line that counts moves: labels, topics, past, linked, how many, worth of each"""

NEEDED = 900
"""premium of a fact, commitment or objection that the best ending needs"""
PASSED_ON = 2
"""a fact is worth its share of what it leads to, divided by this"""


@dataclass(frozen=True)
class Knowledge:
    """The answers at the back of the book."""

    target: str
    """id of the best ending"""
    worth: dict[str, int]
    """facts"""
    needed: frozenset[str]
    """facts without which the best ending stays shut"""
    needed_bits: int
    """the same with objections to settle and commitments, as bits of `State.flags`"""
    grants: int
    """bits of the commitments it needs"""
    fatal: frozenset[str]
    """commitments that end the call otherwise"""
    trust: int
    """highest trust that anything of worth asks for"""
    playbacks: int
    playback: int
    """so many playbacks count, each worth so much"""
    slots: dict[str, int]
    slots_by: int
    presences: tuple[Wanted, ...]
    """rubric lines that count moves"""
    settle: dict[str, int]
    """worth of an objection settled"""
    objections: dict[str, Objection]
    harmful: frozenset[int]
    """options that do harm wherever they are said"""
    worked: tuple[int, ...]
    """options of the worked example, in order"""


def best_ending(scenario: Scenario) -> End:
    """The ending worth most in the rubric; without a rubric the first advance, else the first of all."""
    worth = {"advance": 5, "no_fit": 4, "continuation": 3, "polite_no": 1, "ejected": 0}
    for line in scenario.rubric:
        if line.evidence.kind == "outcome":
            worth = {kind: 10 * line.evidence.percent.get(kind, 0) + rank for kind, rank in worth.items()}  # type: ignore[call-overload]
    return max(scenario.endings, key=lambda end: worth[end.kind])


def asked_for(condition: Condition) -> set[str]:
    """The parts of a condition that ask for anything; none for one that always holds, however it was written."""
    return set(condition.model_dump(exclude_defaults=True))


class Closure:
    """Everything that something rests on, however far back; each list in an order in which it can be done."""

    def __init__(self, scenario: Scenario, *, strictly: bool = False) -> None:
        self.strictly = strictly
        """leave out what could be replaced by something else"""
        self.vetoes = not strictly
        """get past vetoes before anything is asked for"""
        self.known_facts = {fact.id: fact for fact in scenario.facts}
        self.commitments = {entry.id: entry for entry in scenario.commitments}
        self.personas = {persona.id: persona for persona in scenario.personas}
        self.objections = {entry.id: entry for entry in scenario.objections}
        self.needed: dict[str, None] = {}
        self.grants: dict[str, None] = {}
        self.settles: dict[str, None] = {}
        self.trust = 0
        self.fetched: dict[str, None] = {}
        self._begun: set[str] = set()

    def condition(self, condition: Condition | None) -> None:
        """What a condition asks for; what it forbids is not looked at."""
        if condition is None:
            return
        self.trust = max(self.trust, condition.min_trust)
        for name in condition.facts:
            self.fact(name)
        if condition.any_fact and not self.strictly and not set(condition.any_fact).intersection(self.needed):
            self.fact(condition.any_fact[0])
        for name in (*condition.settled, *condition.open):
            if name not in self.settles:
                self.condition(self.objections[name].when)
                self.person(self.personas[self.objections[name].holder])
        for name in condition.settled:
            self.settles[name] = None
        for name in condition.granted:
            self.commitment(self.commitments[name])
        for name in condition.present:
            self.person(self.personas[name])
        self._support(condition.min_support)

    def _support(self, wanted: int) -> None:
        """The people whose word weighs most, until it is enough."""
        for persona in sorted(self.personas.values(), key=lambda entry: -entry.influence):
            if wanted <= 0 or self.strictly:
                return
            if persona.supports is not None and f"support {persona.id}" not in self._begun:
                self._begun.add(f"support {persona.id}")
                self.person(persona)
                self.condition(persona.supports)
                wanted -= persona.influence

    def past_vetoes(self) -> None:
        """What takes the ground from under every veto, where it can be told from the veto's own condition."""
        for persona in self.personas.values() if self.vetoes else ():
            listens = persona.joins is None or persona.id in self.fetched
            if listens and persona.veto is not None and f"veto {persona.id}" not in self._begun:
                self._begun.add(f"veto {persona.id}")
                for name in persona.veto.when.not_facts:
                    self.fact(name)
                for name in persona.veto.when.absent:
                    self.person(self.personas[name])
                if persona.veto.when.max_trust < 10:
                    self.trust = max(self.trust, persona.veto.when.max_trust + 1)

    def fact(self, name: str) -> None:
        """A fact, with the facts before it and the person who holds it."""
        if name in self._begun:
            return
        self._begun.add(name)
        fact = self.known_facts[name]
        self.trust = max(self.trust, fact.unlock.min_trust)
        for before in fact.unlock.after:
            self.fact(before)
        self.person(self.personas[fact.holder])
        self.needed[name] = None

    def commitment(self, entry: Commitment) -> None:
        """A commitment given, by somebody who is there."""
        if f"grant {entry.id}" in self._begun:
            return
        self._begun.add(f"grant {entry.id}")
        self.condition(entry.needs)
        self.person(self.personas[entry.giver])
        self.past_vetoes()
        self.grants[entry.id] = None

    def person(self, persona: Persona) -> None:
        """Somebody in the call."""
        if persona.joins is not None and f"join {persona.id}" not in self._begun:
            self._begun.add(f"join {persona.id}")
            self.condition(persona.joins)
            self.fetched[persona.id] = None


def know(scenario: Scenario) -> Knowledge:
    """Work out what the expert knows; done once for each scenario."""
    target = best_ending(scenario)
    closure = Closure(scenario)
    closure.condition(target.when)
    if target.trigger == "commitment":
        for entry in scenario.commitments:
            if entry.ends == target.id:
                closure.commitment(entry)
    worth = {fact.id: 20 + (NEEDED if fact.id in closure.needed else 0) for fact in scenario.facts}
    settle = {entry.id: 100 + (NEEDED if entry.id in closure.settles else 0) for entry in scenario.objections}
    slots: dict[str, int] = {}
    slots_by, playbacks, playback = 0, 3, 60
    presences: list[Wanted] = []
    for line in scenario.rubric:
        evidence, points = line.evidence, line.weight * 100
        if evidence.kind == "coverage":
            _add(worth, evidence.facts, points // max(1, evidence.full))
        elif evidence.kind == "playback":
            playbacks, playback = evidence.full, points // max(1, evidence.full)
        elif evidence.kind == "clean":
            _add(settle, evidence.objections, points // max(1, len(evidence.objections)))
        elif evidence.kind == "presence" and evidence.slots:
            slots = dict.fromkeys(evidence.slots, points // max(1, evidence.full))
            slots_by = evidence.by_turn if evidence.by_turn is not None else 999
        elif evidence.kind == "presence":
            each = points // max(1, evidence.full)
            labels, topics = frozenset(evidence.labels), frozenset(evidence.topics)
            presences.append((labels, topics, evidence.past, evidence.linked, evidence.full, each))
    compiled = scenario.compiled
    grants = compiled.mask("granted", closure.grants)
    return Knowledge(
        target=target.id,
        worth=_passed_on(scenario, worth),
        needed=frozenset(closure.needed),
        needed_bits=compiled.mask("fact", closure.needed) | compiled.mask("settled", closure.settles) | grants,
        grants=grants,
        fatal=frozenset(entry.id for entry in scenario.commitments if entry.ends and entry.ends != target.id),
        trust=max([closure.trust, *(fact.unlock.min_trust for fact in scenario.facts)]),
        playbacks=playbacks,
        playback=playback,
        slots=slots,
        slots_by=slots_by,
        presences=tuple(presences),
        settle=settle,
        objections={entry.id: entry for entry in scenario.objections},
        harmful=_harmful(scenario),
        worked=_worked(scenario),
    )


def _add(worth: dict[str, int], names: Iterable[str], points: int) -> None:
    for name in names:
        worth[name] += points


def _harmful(scenario: Scenario) -> frozenset[int]:
    barren = barren_topics(scenario)
    return frozenset(i for i, option in enumerate(scenario.options) if harms(scenario, option, barren))


def _worked(scenario: Scenario) -> tuple[int, ...]:
    """The worked example as indexes of options; names that do not exist are lint's business."""
    if scenario.worked is None:
        return ()
    options = {option.id: index for index, option in enumerate(scenario.options)}
    return tuple(options[line.option] for line in scenario.worked.lines if line.option in options)


def _passed_on(scenario: Scenario, worth: dict[str, int]) -> dict[str, int]:
    """A fact that opens others is worth part of them too; from the last to the first, a chain at a time."""
    own = dict(worth)
    for _ in range(4):
        total = dict(own)
        for fact in scenario.facts:
            for before in fact.unlock.after:
                total[before] += worth[fact.id] // (PASSED_ON * len(fact.unlock.after))
        worth = total
    return worth
