"""Lint: can what is typed be understood?

Codes: TS403 a fact that none of its example utterances opens · TS413 too few example utterances (warning) ·
TS414 ordinary questions that meet no answer (warning) · TS415 the same utterance twice · TS424 few examples of a fact
open it (warning).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.roleplay.recogniser.ordinary import ordinary_topics

from .places import Found, Places

if TYPE_CHECKING:
    from techsell.roleplay.model import Fact, Scenario

__all__ = ["check_examples", "check_twice", "few_examples"]

ENOUGH = 8
"""example utterances of a fact or commitment in a graded scenario"""
PARTS = 4
"""hands into which examples are dealt"""
FEW = 3
"""one in so many must open its fact unlearned"""
ORDINARY = 55
"""ordinary topics that a graded scenario answers"""


def check_twice(scenario: Scenario, places: Places) -> Iterator[Found]:
    """TS415: one utterance cannot open two things."""
    seen: dict[str, tuple[str, int]] = {}
    spaces = ("facts", "plant", "datasheet", "questions", "objections", "commitments")
    for space in spaces:
        field = {"datasheet": "datasheet"}.get(space, space)
        for thing in getattr(scenario, field):
            for number, utterance in enumerate(thing.utterances):
                key = " ".join(utterance.casefold().replace("?", " ").replace(",", " ").split())
                line = places.of(space, thing.id, "utterances", number)
                if key in seen:
                    other, first = seen[key]
                    message = f"{utterance[:40]!r} is an example for {other!r} and for {thing.id!r}."
                    yield line, "TS415", message, f"First on line {first}. One line cannot ask for both."
                seen.setdefault(key, (thing.id, line))


def few_examples(scenario: Scenario, places: Places) -> Iterator[Found]:
    """TS413 and TS414, for graded scenarios."""
    if not scenario.graded:
        return
    for space in ("facts", "commitments"):
        few = [thing for thing in getattr(scenario, space) if len(thing.utterances) < ENOUGH]
        for thing in few:
            message = f"{thing.id!r} has {len(thing.utterances)} example utterances."
            at = places.of(space, thing.id, "utterances")
            yield at, "TS413", message, f"Write {ENOUGH} to 15, as tired engineers type."
    answered = {topic for plant in scenario.plant for topic in plant.topics}
    missing = [name for name in ordinary_topics() if name not in answered]
    if len(ordinary_topics()) - len(missing) < ORDINARY:
        count = len(ordinary_topics()) - len(missing)
        hint = f"Missing among others: {', '.join(missing[:6])}."
        yield places.section("plant"), "TS414", f"{count} of {ORDINARY} ordinary questions are answered.", hint


def check_examples(scenario: Scenario, places: Places) -> Iterator[tuple[str, Found]]:
    """TS403 (error) and TS424 (warning), each with its grade: what the recogniser makes of the examples.

    Every example is tried by a recogniser that does not know it, since its own would always fit: the examples are
    dealt into `PARTS` hands, and each hand is tried with the others.
    """
    opened = dict.fromkeys((fact.id for fact in scenario.facts), 0)
    for part in range(PARTS):
        known = _without(scenario, part)
        for fact in scenario.facts:
            opened[fact.id] += sum(_opens(known, fact, utterance) for utterance in fact.utterances[part::PARTS])
    for fact in scenario.facts:
        count, all_ = opened[fact.id], len(fact.utterances)
        at = places.of("facts", fact.id, "utterances")
        labels = " or ".join(fact.unlock.labels)
        hint = f"It wants {labels} on {', '.join(fact.unlock.topics)}; 'techsell recognise' shows what is understood."
        if all_ and not count:
            yield (
                "error",
                (at, "TS403", f"none of its examples opens {fact.id!r} without being learned by heart.", hint),
            )
        elif FEW * count < all_:
            message = f"{count} of {all_} examples open {fact.id!r} without being learned by heart."
            yield "warning", (at, "TS424", message, hint)


def _without(scenario: Scenario, part: int) -> Scenario:
    """The scenario as the recogniser would know it without one hand of the examples."""
    facts = tuple(
        fact.model_copy(
            update={"utterances": tuple(u for number, u in enumerate(fact.utterances) if number % PARTS != part)}
        )
        for fact in scenario.facts
    )
    return scenario.model_copy(update={"facts": facts})


def _opens(scenario: Scenario, fact: Fact, utterance: str) -> bool:
    """Whether the recogniser finds a move in it that opens the fact, or offers one, once the fact's turn has come."""
    from techsell.roleplay.recogniser import Situation, recognise

    present = tuple(persona.id for persona in scenario.personas if persona.joins is None or persona.id == fact.holder)
    situation = Situation(present=present, speaker=fact.holder, heard=fact.unlock.after, trust=10)
    found = recognise(utterance, scenario, situation)
    ways = [found.moves] if found.decision == "accept" else [choice.moves for choice in found.choices]
    return any(
        move.label in fact.unlock.labels
        and (move.fact_wanted == fact.id or not set(fact.unlock.topics).isdisjoint(move.topics))
        for moves in ways
        for move in moves
    )
