"""What a scenario can be asked about: every fact, plant fact, claim and commitment as an entry with its examples.

An entry's examples come from its `utterances` and from the options that lead to it; its words come from its
keywords, its label and what is said in answer. The ordinary topics are entries of every scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS

from .ordinary import ordinary_topics

if TYPE_CHECKING:
    from techsell.roleplay.model import Fact, Move, Option, Scenario, Topic

__all__ = ["Entry", "entries", "plain", "said_in", "segments"]

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_SENTENCE = re.compile(r"(?<=[.?!;:])\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a typed line can mean."""

    kind: str
    """fact, plant, ordinary, claim, ask, objection, or line: a line of the menu, with its label as its topic"""
    id: str
    holder: str
    topics: tuple[str, ...]
    examples: tuple[str, ...]
    keywords: tuple[str, ...]
    words: str
    """what is said in answer: its words point here, weaker than examples"""
    hints: str = ""
    """words of the topics, shared with other entries: weaker still"""


def plain(text: str) -> str:
    """A line of the file as it looks with any number in its places."""
    return _PLACEHOLDER.sub("5", text)


def said_in(scenario: Scenario, variant: int, fact: Fact) -> str:
    """What a fact says in a variant, numbers filled in."""
    return scenario.compiled.text(variant, scenario.variants[variant].says.get(fact.id, fact.says))


def segments(option: Option) -> Iterator[tuple[Move, str]]:
    """Each move of an option with its part of the text: the last move has the last sentence, the first the rest."""
    moves = option.moves
    if len(moves) == 1:
        yield moves[0], option.text
        return
    parts = _SENTENCE.split(option.text)
    if len(parts) < len(moves):
        for move in moves:
            yield move, option.text
        return
    tail = len(moves) - 1
    yield moves[0], " ".join(parts[: len(parts) - tail])
    for move, part in zip(moves[1:], parts[len(parts) - tail :], strict=True):
        yield move, part


def entries(scenario: Scenario | None) -> tuple[Entry, ...]:
    """All entries: facts first, then plant facts, ordinary topics, and what is claimed, asked for or dealt with."""
    if scenario is None:
        return tuple(_ordinary({}))
    own = {topic.id: topic for topic in scenario.topics}
    lines = [(option, move, plain(text)) for option in scenario.options for move, text in segments(option)]
    return (
        *_facts(scenario, own, lines),
        *_plants(scenario, own, lines),
        *_ordinary(own),
        *_claims(scenario, lines),
        *_asks(scenario, lines),
        *_objections(scenario, lines),
        *_lines(scenario),
    )


_Lines = list[tuple["Option", "Move", str]]


def _topic_words(own: dict[str, Topic], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        topic = own.get(name)
        if topic is not None:
            yield topic.label
            yield " . ".join(topic.keywords)


def _facts(scenario: Scenario, own: dict[str, Topic], lines: _Lines) -> Iterator[Entry]:
    for fact in scenario.facts:
        topics, labels = set(fact.unlock.topics), set(fact.unlock.labels)
        typed = [
            text
            for option, move, text in lines
            if move.label in labels and topics & set(move.topics) and (not option.to or option.to == fact.holder)
        ]
        keywords = [word for name in fact.unlock.topics if name in own for word in own[name].keywords]
        yield Entry(
            "fact",
            fact.id,
            fact.holder,
            tuple(fact.unlock.topics),
            (*map(plain, fact.utterances), *typed),
            tuple(keywords),
            plain(f"{fact.note} . {fact.says}"),
            " . ".join(_topic_words(own, fact.unlock.topics)),
        )


def _plants(scenario: Scenario, own: dict[str, Topic], lines: _Lines) -> Iterator[Entry]:
    for plant in scenario.plant:
        topics = set(plant.topics)
        typed = [
            text
            for option, move, text in lines
            if move.label in QUESTIONS and topics & set(move.topics) and (not option.to or option.to == plant.holder)
        ]
        yield Entry(
            "plant",
            plant.id,
            plant.holder,
            tuple(plant.topics),
            (*map(plain, plant.utterances), *(() if plant.utterances else typed)),
            tuple(plant.keywords),
            plain(plant.says),
            " . ".join(_topic_words(own, plant.topics)),
        )


def _ordinary(own: dict[str, Topic]) -> Iterator[Entry]:
    for topic in ordinary_topics().values():
        if topic.id not in own:
            yield Entry("ordinary", topic.id, "", (topic.id,), topic.utterances, topic.keywords, topic.label)


def _claims(scenario: Scenario, lines: _Lines) -> Iterator[Entry]:
    for claim in scenario.datasheet:
        typed = [text for _, move, text in lines if move.claim == claim.id]
        yield Entry(
            "claim", claim.id, "", (), (claim.text, *map(plain, claim.utterances), *typed), tuple(claim.keywords), ""
        )


def _asks(scenario: Scenario, lines: _Lines) -> Iterator[Entry]:
    for commitment in scenario.commitments:
        typed = [text for _, move, text in lines if move.ask == commitment.id and not move.bypasses]
        yield Entry(
            "ask",
            commitment.id,
            commitment.giver,
            (),
            (*map(plain, commitment.utterances), *typed),
            tuple(commitment.keywords),
            plain(commitment.granted),
        )


def _objections(scenario: Scenario, lines: _Lines) -> Iterator[Entry]:
    for objection in scenario.objections:
        typed = [text for _, move, text in lines if move.objection == objection.id]
        yield Entry(
            "objection",
            objection.id,
            objection.holder,
            (),
            (*map(plain, objection.utterances), *typed),
            tuple(objection.keywords),
            plain(objection.says),
        )


_SPOKEN = frozenset({"reflect", "acknowledge", "rapport", "other", "pitch", "evidence", "commit"})


def _lines(scenario: Scenario) -> Iterator[Entry]:
    """The statements of the menu: what such words do is known, whatever they look like."""
    for option in scenario.options:
        for number, (move, text) in enumerate(segments(option)):
            label = "answer" if move.manner else move.label
            if label in _SPOKEN or move.manner:
                whole = map(plain, option.paraphrases) if len(option.moves) == 1 else ()
                yield Entry("line", f"{option.id}/{number}", "", (label,), (plain(text), *whole), (), "")
