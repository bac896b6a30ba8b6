"""Lint: what stands in the file for nothing. All of these are warnings.

Codes: TS411 something that nothing uses · TS412 a keyword twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS

from .places import Found, Places

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.yaml_source import Node

__all__ = ["check_use"]

ELSEWHERE = ("grants", "refuses", "settles", "insists", "recalls", "vetoes")
"""reactions whose words do not stand with the persona"""


def check_use(scenario: Scenario, places: Places) -> Iterator[Found]:
    """Both codes."""
    yield from _topics(scenario, places)
    yield from _claims(scenario, places)
    yield from _commitments(scenario, places)
    yield from _numbers(scenario, places)
    yield from _keywords(places.root)
    for persona in scenario.personas:
        for reaction in persona.lines:
            if reaction in ELSEWHERE:
                at = places.of("personas", persona.id, "lines", reaction)
                message = f"{persona.id!r} never says the lines for {reaction!r}."
                yield at, "TS411", message, "Their words stand with the commitment, objection, rumour or veto."


def _topics(scenario: Scenario, places: Places) -> Iterator[Found]:
    opened = {topic for fact in scenario.facts for topic in fact.unlock.topics}
    told = {topic for plant in scenario.plant for topic in plant.topics}
    counted = {topic for line in scenario.rubric for topic in getattr(line.evidence, "topics", ())}
    asked = {topic for option in scenario.options for move in option.moves for topic in move.topics}
    for topic in scenario.topics:
        if topic.id not in opened | told | counted | asked:
            yield places.of("topics", topic.id), "TS411", f"nothing is about the topic {topic.id!r}.", "Leave it out."


def _claims(scenario: Scenario, places: Places) -> Iterator[Found]:
    made = {move.claim for option in scenario.options for move in option.moves}
    made |= {claim for question in scenario.questions for claim in question.claims}
    for claim in scenario.datasheet:
        if claim.id not in made:
            hint = "Write a line that makes it, or name it under a question's 'claims'."
            yield places.of("datasheet", claim.id), "TS411", f"nobody makes the claim {claim.id!r}.", hint


def _commitments(scenario: Scenario, places: Places) -> Iterator[Found]:
    asked = {move.ask for option in scenario.options for move in option.moves}
    for entry in scenario.commitments:
        if entry.id not in asked:
            hint = f"Write an option with 'ask: {entry.id}'."
            yield places.of("commitments", entry.id), "TS411", f"no line asks for {entry.id!r}.", hint
    asks = {
        topic
        for option in scenario.options
        for move in option.moves
        for topic in move.topics
        if move.label in QUESTIONS
    }
    for plant in scenario.plant:
        wanted = any(topic in asks or topic.startswith("o_") for topic in plant.topics)
        if not wanted and not plant.keywords and not plant.utterances:
            hint = "Give it keywords and utterances for typed questions, or an option that asks."
            yield places.of("plant", plant.id), "TS411", f"no question leads to {plant.id!r}.", hint


def _numbers(scenario: Scenario, places: Places) -> Iterator[Found]:
    text = "".join(str(node.value) for node in _texts(places.root))
    used = set(re.findall(r"\{(\w+\.\w+)\}", text))
    for fact in scenario.facts:
        for name in fact.numbers:
            if f"{fact.id}.{name}" not in used:
                at = places.of("facts", fact.id, "numbers", name)
                hint = f"Write {{{fact.id}.{name}}} where it is spoken of, or leave it out."
                yield at, "TS411", f"no text has the number {fact.id}.{name}.", hint


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for item in node.items or ():
        yield from _texts(item)
    for _, child in (node.keys or {}).values():
        yield from _texts(child)


def _keywords(node: Node) -> Iterator[Found]:
    words = node.get("keywords") if node.keys else None
    seen: dict[str, int] = {}
    for word in (words.items or ()) if words else ():
        key = str(word.value).casefold().strip()
        if key in seen:
            yield word.line, "TS412", f"the keyword {key!r} stands twice.", f"First on line {seen[key]}."
        seen.setdefault(key, word.line)
    for item in node.items or ():
        yield from _keywords(item)
    for _, child in (node.keys or {}).values():
        yield from _keywords(child)
