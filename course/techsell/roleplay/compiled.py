"""A scenario indexed for playing: every id gets a bit, every condition becomes a few masks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .labels import QUESTIONS, REACTIONS
from .lines import placed

if TYPE_CHECKING:
    from .model import (
        Commitment,
        Condition,
        End,
        Fact,
        Objection,
        Option,
        Persona,
        PlantFact,
        Question,
        Rumour,
        Scenario,
        Variant,
        Veto,
    )
    from .state import State

__all__ = ["Compiled", "Rule", "compile_scenario"]

FAMILIES = {
    "situation": 0,
    "problem": 1,
    "implication": 1,
    "payoff": 1,
    "reflect": 2,
    "acknowledge": 2,
    "clarify": 2,
    "pitch": 3,
    "evidence": 3,
    "commit": 4,
    "rapport": 4,
    "other": 4,
}

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A `Condition` as masks over `State.flags`."""

    need: int
    forbid: int
    some: int
    min_trust: int
    max_trust: int
    min_turn: int
    max_turn: int
    at_least: tuple[tuple[int, int], ...]
    min_support: int = 0
    backers: tuple[tuple[int, Rule, int], ...] = ()
    """who can support: bit of presence, when, influence; only where support is asked for"""

    def holds(self, flags: int, trust: int, turn: int, counts: tuple[int, ...] | list[int]) -> bool:
        return (
            flags & self.need == self.need
            and not flags & self.forbid
            and (not self.some or flags & self.some != 0)
            and self.min_trust <= trust <= self.max_trust
            and self.min_turn <= turn <= self.max_turn
            and (not self.at_least or all(counts[index] >= wanted for index, wanted in self.at_least))
            and (not self.min_support or self._support(flags, trust, turn, counts) >= self.min_support)
        )

    def _support(self, flags: int, trust: int, turn: int, counts: tuple[int, ...] | list[int]) -> int:
        return sum(
            influence
            for present, rule, influence in self.backers
            if flags & present and rule.holds(flags, trust, turn, counts)
        )

    @property
    def flags_only(self) -> bool:
        """`need` and `forbid` say it all."""
        trust, turn = (self.min_trust <= 0 and self.max_trust >= 10), (self.min_turn <= 0 and self.max_turn >= 999)
        return trust and turn and not self.some and not self.at_least and not self.min_support

    def holds_in(self, state: State) -> bool:
        return self.holds(state.flags, state.trust, state.turn, state.counts)


@dataclass(frozen=True, slots=True)
class FactIndex:
    fact: Fact
    bit: int
    present: int
    topics: int
    after: int


@dataclass(frozen=True, slots=True)
class PlantIndex:
    plant: PlantFact
    bit: int
    present: int
    topics: int


@dataclass(frozen=True, slots=True)
class OptionIndex:
    option: Option
    bit: int
    rule: Rule
    need: int
    """flags that must be set: those of the condition and the presence of who is addressed"""
    forbid: int
    """flags that must not be set: those of the condition and commitments already given"""
    plain: bool
    """`need` and `forbid` are the whole condition"""
    family: int
    topics: int
    questions: tuple[tuple[str, int, bool], ...]
    """label, topics, past of each question move"""
    objections: int
    """open-bits of objections dealt with"""
    pending: int
    """bit of the customer's question that it waits for"""


@dataclass
class Compiled:
    """Indexes of one scenario; nothing in it changes, apart from the memory of filled-in texts."""

    scenario: Scenario
    bits: dict[tuple[str, str], int]
    topics: dict[str, int]
    personas: dict[str, Persona]
    facts: dict[str, FactIndex]
    facts_by_label: dict[str, tuple[FactIndex, ...]]
    plants: tuple[PlantIndex, ...]
    options: tuple[OptionIndex, ...]
    option_by_id: dict[str, int]
    joins: tuple[tuple[Persona, Rule], ...]
    leaves: tuple[tuple[Persona, Rule], ...]
    vetoes: tuple[tuple[Persona, Veto, Rule], ...]
    rumours: tuple[Rumour, ...]
    questions: tuple[tuple[Question, Rule], ...]
    objections: tuple[tuple[Objection, Rule], ...]
    commitments: dict[str, tuple[Commitment, Rule]]
    endings: tuple[tuple[End, Rule], ...]
    hints: tuple[tuple[str, Rule], ...]
    unsupported: frozenset[str]
    decoys: tuple[int, ...]
    """per variant: bits of facts that are only noise"""
    by_kind: dict[str, int]
    """bits of facts by kind"""
    numbers: tuple[dict[str, str], ...]
    lines: dict[tuple[str, str], str]
    """the id of a text by its place and its words"""
    _texts: list[dict[str, str]] = field(default_factory=list)

    def bit(self, space: str, name: str) -> int:
        return self.bits[space, name]

    def mask(self, space: str, names: Iterable[str]) -> int:
        total = 0
        for name in names:
            total |= self.bits[space, name]
        return total

    def topic_mask(self, names: Iterable[str]) -> int:
        total = 0
        for name in names:
            total |= self.topics.get(name, 0)
        return total

    def text(self, variant: int, raw: str) -> str:
        """`raw` with the variant's numbers filled in."""
        known = self._texts[variant]
        filled = known.get(raw)
        if filled is None:
            numbers = self.numbers[variant]
            filled = known[raw] = _PLACEHOLDER.sub(lambda found: numbers.get(found[1], found[0]), raw)
        return filled

    def fact_says(self, variant: int, fact: Fact) -> tuple[str, str]:
        """What a fact says in a variant, numbers not yet filled in, and where that stands."""
        other = self.scenario.variants[variant]
        says = other.says.get(fact.id)
        return (fact.says, f"facts.{fact.id}.says") if says is None else (says, f"variants.{other.id}.says.{fact.id}")

    def option_text(self, variant: int, index: int) -> str:
        return self.text(variant, self.options[index].option.text)

    def ending(self, name: str) -> End:
        return next(end for end, _ in self.endings if end.id == name)


def spell(number: int) -> str:
    """`9600` -> '9600', `38000` -> '38,000'."""
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


def compile_scenario(scenario: Scenario) -> Compiled:
    bits: dict[tuple[str, str], int] = {}
    spaces = (
        ("fact", scenario.facts),
        ("present", scenario.personas),
        ("open", scenario.objections),
        ("settled", scenario.objections),
        ("pending", scenario.questions),
        ("answered", scenario.questions),
        ("granted", scenario.commitments),
    )
    for space, things in spaces:
        for thing in things:
            bits[space, thing.id] = 1 << len(bits)
    ordinary = [name for plant in scenario.plant for name in plant.topics]
    ordinary += [name for option in scenario.options for move in option.moves for name in move.topics]
    names = dict.fromkeys([*(topic.id for topic in scenario.topics), *ordinary])
    topics = {name: 1 << index for index, name in enumerate(names)}

    def mask(space: str, names: Iterable[str]) -> int:
        total = 0
        for name in names:
            total |= bits[space, name]
        return total

    def on(names: Iterable[str]) -> int:
        return sum({topics[name] for name in names if name in topics})

    backers: list[tuple[int, Rule, int]] = []

    def rule(condition: Condition) -> Rule:
        return Rule(
            need=mask("fact", condition.facts)
            | mask("present", condition.present)
            | mask("open", condition.open)
            | mask("settled", condition.settled)
            | mask("answered", condition.answered)
            | mask("granted", condition.granted)
            | (bits["pending", condition.pending] if condition.pending else 0),
            forbid=mask("fact", condition.not_facts) | mask("present", condition.absent),
            some=mask("fact", condition.any_fact),
            min_trust=condition.min_trust,
            max_trust=condition.max_trust,
            min_turn=condition.min_turn,
            max_turn=condition.max_turn,
            at_least=tuple((REACTIONS.index(name), count) for name, count in condition.at_least.items()),
            min_support=condition.min_support,
            backers=tuple(backers) if condition.min_support else (),
        )

    for persona in scenario.personas:
        if persona.supports is not None:
            own = persona.supports.model_copy(update={"min_support": 0})
            backers.append((bits["present", persona.id], rule(own), persona.influence))
    facts = {
        fact.id: FactIndex(
            fact,
            bits["fact", fact.id],
            bits["present", fact.holder],
            on(fact.unlock.topics),
            mask("fact", fact.unlock.after),
        )
        for fact in scenario.facts
    }
    by_kind: dict[str, int] = {}
    for fact in scenario.facts:
        by_kind[fact.kind] = by_kind.get(fact.kind, 0) | bits["fact", fact.id]

    def option_index(index: int, option: Option) -> OptionIndex:
        own = rule(option.when)
        return OptionIndex(
            option=option,
            bit=1 << index,
            rule=own,
            need=own.need | (bits["present", option.to] if option.to else 0),
            forbid=own.forbid | mask("granted", (move.ask for move in option.moves if move.ask)),
            plain=own.flags_only,
            family=FAMILIES[option.moves[0].label],
            topics=on(name for move in option.moves for name in move.topics),
            questions=tuple((m.label, on(m.topics), m.past) for m in option.moves if m.label in QUESTIONS),
            objections=mask("open", (move.objection for move in option.moves if move.objection)),
            pending=bits["pending", option.when.pending] if option.when.pending else 0,
        )

    return Compiled(
        scenario=scenario,
        bits=bits,
        topics=topics,
        personas={persona.id: persona for persona in scenario.personas},
        facts=facts,
        facts_by_label={
            label: tuple(entry for entry in facts.values() if label in entry.fact.unlock.labels) for label in FAMILIES
        },
        plants=tuple(
            PlantIndex(plant, 1 << index, bits["present", plant.holder], on(plant.topics))
            for index, plant in enumerate(scenario.plant)
        ),
        options=tuple(option_index(index, option) for index, option in enumerate(scenario.options)),
        option_by_id={option.id: index for index, option in enumerate(scenario.options)},
        joins=tuple((persona, rule(persona.joins)) for persona in scenario.personas if persona.joins is not None),
        leaves=tuple((persona, rule(persona.leaves)) for persona in scenario.personas if persona.leaves is not None),
        vetoes=tuple((one, one.veto, rule(one.veto.when)) for one in scenario.personas if one.veto is not None),
        rumours=scenario.rumours,
        questions=tuple((question, rule(question.when)) for question in scenario.questions),
        objections=tuple((objection, rule(objection.when)) for objection in scenario.objections),
        commitments={commitment.id: (commitment, rule(commitment.needs)) for commitment in scenario.commitments},
        endings=tuple((end, rule(end.when)) for end in scenario.endings),
        hints=tuple((hint.says, rule(hint.when)) for hint in scenario.hints),
        unsupported=frozenset(claim.id for claim in scenario.datasheet if not claim.supported),
        decoys=tuple(
            mask("fact", variant.decoys) | mask("fact", (fact.id for fact in scenario.facts if fact.decoy))
            for variant in scenario.variants
        ),
        by_kind=by_kind,
        numbers=tuple(_numbers(scenario, variant) for variant in scenario.variants),
        lines=placed(scenario),
        _texts=[{} for _ in scenario.variants],
    )


def _numbers(scenario: Scenario, variant: Variant) -> dict[str, str]:
    plain = {f"{fact.id}.{name}": number for fact in scenario.facts for name, number in fact.numbers.items()}
    return {name: spell(number) for name, number in (plain | variant.numbers).items()}
