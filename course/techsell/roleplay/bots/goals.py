"""What the explorer can set out for: every ending, fact, plant answer, commitment and objection of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Literal

from .knowledge import Closure, asked_for

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition, End, Persona, Scenario

__all__ = ["ANSWERED", "Goal", "goals_of"]

Finish = Literal["wander", "wait", "hang_up", "ask", "plants", "refused", "guarded", "say", "provoke"]

ANSWERED = ("thanks", "glazes", "notes_dodge", "respects")
"""reactions to answers, so that they wait for a question"""
PLANTS_A_CALL = 4
"""answers from the plant sheet that one call brings out, about"""


@dataclass(frozen=True)
class Goal:
    """One thing to bring about, and what it rests on."""

    name: str
    facts: tuple[str, ...]
    """in an order in which they can be opened"""
    people: tuple[str, ...] = ()
    """who must be in the call"""
    grants: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    avoid: frozenset[str] = frozenset()
    """facts that must stay unheard"""
    times: tuple[tuple[str, int], ...] = ()
    """reactions, and how often they must have happened"""
    trust: tuple[int, int] = (0, 10)
    finish: Finish = "wander"
    ask: str = ""
    """commitment that is asked for last, fact that is asked for too early, reaction that is provoked"""
    who: str = ""
    """persona it is about"""
    question: str = ""
    """the customer's question that must wait unanswered"""
    say: int = -1
    """option that is said; first plant fact that is asked for"""


def goals_of(scenario: Scenario) -> tuple[Goal, ...]:
    """All goals of a scenario, endings first; the explorer takes them in turn."""
    makers = (_endings, _facts, _commitments, _objections, _questions, _personas, _plants, _options, _lines, _hints)
    goals = [goal for make in makers for goal in make(scenario)]
    while gcd(len(goals), len(scenario.variants)) > 1:  # else a goal would meet the same variant every time round
        goals.append(goals[0])
    return tuple(goals)


def _endings(scenario: Scenario) -> Iterator[Goal]:
    asks = {entry.ends: entry for entry in scenario.commitments if entry.ends}
    finish: dict[str, Finish] = {"budget": "wait", "hang_up": "hang_up", "commitment": "ask", "condition": "wait"}
    for end in scenario.endings:
        closure = Closure(scenario)
        closure.condition(end.when)
        if end.id in asks:
            closure.commitment(asks[end.id])
        # Thrown out: at trust 0, or by a condition of its own.
        ceiling = 0 if end.kind == "ejected" and not end.when.at_least else 10
        ask = asks[end.id].id if end.id in asks else ""
        yield _goal(
            f"endings.{end.id}",
            closure,
            end.when,
            finish=finish[end.trigger],
            ask=ask,
            floor=_above_siblings(scenario, end),
            ceiling=ceiling,
        )


def _above_siblings(scenario: Scenario, end: End) -> int:
    """The trust from which endings for little trust that stand before this one no longer fit."""
    floor = 0
    for other in scenario.endings:
        if other.id == end.id:
            break
        if other.trigger == end.trigger and other.when.max_trust < 10:
            floor = max(floor, other.when.max_trust + 1)
    return floor if floor <= end.when.max_trust else 0


def _facts(scenario: Scenario) -> Iterator[Goal]:
    for fact in scenario.facts:
        closure = Closure(scenario)
        closure.fact(fact.id)
        yield _goal(f"facts.{fact.id}", closure)
        if fact.unlock.min_trust:
            del closure.needed[fact.id]
            ceiling = fact.unlock.min_trust - 1
            yield _goal(f"facts.{fact.id}.guarded", closure, finish="guarded", ask=fact.id, ceiling=ceiling)


def _commitments(scenario: Scenario) -> Iterator[Goal]:
    for entry in scenario.commitments:
        closure = Closure(scenario)
        closure.commitment(entry)
        yield _goal(f"commitments.{entry.id}", closure, ask=entry.id)
        if not asked_for(entry.needs):
            continue
        closure = Closure(scenario)
        closure.person(closure.personas[entry.giver])
        closure.past_vetoes()
        ceiling = entry.needs.min_trust - 1 if entry.needs.min_trust else 10
        yield _goal(f"commitments.{entry.id}.refused", closure, finish="refused", ask=entry.id, ceiling=ceiling)


def _objections(scenario: Scenario) -> Iterator[Goal]:
    for objection in scenario.objections:
        closure = Closure(scenario)
        closure.condition(objection.when)
        closure.person(closure.personas[objection.holder])
        yield _goal(f"objections.{objection.id}.open", closure, finish="provoke", ask="insists", who=objection.holder)
        closure.settles[objection.id] = None
        yield _goal(f"objections.{objection.id}", closure)


def _questions(scenario: Scenario) -> Iterator[Goal]:
    for question in scenario.questions:
        closure = Closure(scenario)
        closure.condition(question.when)
        closure.person(closure.personas[question.asker])
        yield _goal(f"questions.{question.id}", closure, question.when)


def _personas(scenario: Scenario) -> Iterator[Goal]:
    for persona in scenario.personas:
        for part, when in (("veto", persona.veto.when if persona.veto else None), ("leaves", persona.leaves)):
            if when is not None:
                closure = Closure(scenario)
                closure.vetoes = part != "veto"
                closure.person(persona)
                closure.condition(when)
                finish: Finish = "provoke" if part == "veto" else "wait"
                yield _goal(f"personas.{persona.id}.{part}", closure, when, finish=finish, ask="vetoes")


def _plants(scenario: Scenario) -> Iterator[Goal]:
    for persona in scenario.personas:
        held = sum(plant.holder == persona.id for plant in scenario.plant)
        for number in range(-(-held // PLANTS_A_CALL)):
            closure = Closure(scenario)
            closure.person(persona)
            yield _goal(
                f"personas.{persona.id}.plants.{number}",
                closure,
                finish="plants",
                who=persona.id,
                say=PLANTS_A_CALL * number,
            )


def _options(scenario: Scenario) -> Iterator[Goal]:
    """Every line of the menu, once what it waits for is there."""
    for number, option in enumerate(scenario.options):
        closure = Closure(scenario)
        closure.condition(option.when)
        if option.to:
            closure.person(closure.personas[option.to])
        if option.when.pending:
            question = next(entry for entry in scenario.questions if entry.id == option.when.pending)
            closure.condition(question.when)
            closure.person(closure.personas[question.asker])
        waits = option.when.pending or ""
        yield _goal(f"options.{option.id}", closure, option.when, finish="say", say=number, question=waits)


def _lines(scenario: Scenario) -> Iterator[Goal]:
    """Every reaction of everybody, provoked until the words run out; praise and proof after a need was heard."""
    for persona in scenario.personas:
        asked = [question.when for question in scenario.questions if question.asker == persona.id]
        for reaction, lines in sorted(persona.lines.items()):
            if reaction == "guards":
                yield from _guards(scenario, persona)
                continue
            closure = Closure(scenario)
            closure.person(persona)
            _prepare(closure, scenario, persona, reaction)
            # A person asks little, so one call does not use up the words of thanks; and a gatekeeper is soon gone.
            again = 3 * len(lines) if reaction in ANSWERED and asked else 2 if persona.leaves is not None else 1
            for number in range(again):
                name = f"personas.{persona.id}.lines.{reaction}.{number}"
                yield _goal(name, closure, finish="provoke", ask=reaction, who=persona.id)


def _prepare(closure: Closure, scenario: Scenario, persona: Persona, reaction: str) -> None:
    """What a reaction rests on beside the person."""
    if reaction in {"hears_pitch", "hears_proof"}:
        for fact in scenario.facts:
            if fact.kind == "payoff":
                closure.fact(fact.id)
    elif reaction == "cools" and persona.joins is not None:  # another trouble has to come up while this person listens
        for fact in scenario.facts:
            if fact.kind == "problem" and fact.id not in closure.needed:
                closure.person(closure.personas[fact.holder])
    elif reaction in ANSWERED:
        for question in scenario.questions:
            if question.asker == persona.id:
                closure.condition(question.when)


def _guards(scenario: Scenario, persona: Persona) -> Iterator[Goal]:
    """Facts that are kept back in the person's own words, asked for under too little trust."""
    for fact in scenario.facts:
        if fact.holder == persona.id and fact.unlock.min_trust and not fact.guarded:
            closure = Closure(scenario)
            closure.fact(fact.id)
            del closure.needed[fact.id]
            name = f"personas.{persona.id}.lines.guards.{fact.id}"
            yield _goal(name, closure, finish="guarded", ask=fact.id, ceiling=fact.unlock.min_trust - 1)


def _hints(scenario: Scenario) -> Iterator[Goal]:
    """Each hint, with what keeps those before it from being said."""
    before: list[str] = []
    for number, hint in enumerate(scenario.hints):
        closure = Closure(scenario)
        closure.condition(hint.when)
        for name in before:
            if name not in hint.when.not_facts:
                closure.fact(name)
        before += hint.when.not_facts
        yield _goal(f"hints.{number}", closure, finish="wait")


def _goal(
    name: str,
    closure: Closure,
    when: Condition | None = None,
    *,
    finish: Finish = "wander",
    ask: str = "",
    who: str = "",
    say: int = -1,
    question: str = "",
    floor: int = 0,
    ceiling: int = 10,
) -> Goal:
    return Goal(
        name=name,
        facts=tuple(closure.needed),
        people=tuple(closure.fetched),
        grants=tuple(grant for grant in closure.grants if grant != ask),
        settles=tuple(closure.settles),
        avoid=frozenset(when.not_facts) if when else frozenset(),
        times=tuple(sorted(when.at_least.items())) if when else (),
        trust=(max(floor, when.min_trust if when else 0), min(ceiling, when.max_trust if when else 10)),
        finish=finish,
        ask=ask,
        who=who,
        say=say,
        question=question,
    )
