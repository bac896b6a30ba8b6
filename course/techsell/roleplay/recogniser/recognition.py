"""`recognise`: what a typed line does in a call. Deterministic, whole numbers only, no file read but the model's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .gate import decide, no_move, without_scenario
from .labeller import label, whole
from .matcher import Matcher, matcher_of
from .reading import read
from .retrieval import in_other_words
from .situation import Recognition, Situation
from .text import MAX_CHARACTERS, readable, tokens
from .told import exact_words, told_in

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["prepare", "recognise"]

ALIKE = 800
LEAST_WORDS = 6
"""shorter lines are read, not compared"""
DENIALS = frozenset({"not", "no", "never", "nobody", "none", "without", "nothing", "always", "every"})


def recognise(text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
    """What a typed line does.

    Args:
        text: as typed, in any state and language; the first 6,000 characters count.
        scenario: without one, labels only.
        situation: what has been said so far; without it everybody is there and nothing has been said.

    Returns:
        Up to three moves and whether they are sure enough to be taken. The same for the same arguments, on every
        machine.
    """
    text = readable(text[: MAX_CHARACTERS + 1])
    if scenario is None:
        return _plain(text, situation.said if situation else "")
    where = situation or _opening(scenario)
    return _recognise(text, where, _Key(scenario))


def prepare(scenario: Scenario) -> None:
    """Do once what every line of this scenario needs: the index, what is told and the menu in each variant.

    The first line of a call does it otherwise, and is slow for it.
    """
    matcher = matcher_of(scenario)
    for variant in range(len(scenario.variants)):
        told_in(scenario, variant, matcher)
        _lines(scenario, variant, matcher)
    present = tuple(persona.id for persona in scenario.personas)
    for line in _FIRST:
        _recognise(line, Situation(present=present, speaker=present[0]), _Key(scenario))


_FIRST = ("what happened the last time and how often is that", "we could send you a proposal next week")
"""lines that need the labeller, ordinary topics and commitments"""


def _lines(scenario: Scenario, variant: int, matcher: Matcher) -> dict[tuple[str, ...], _Written]:
    return matcher.remembered(("menu", variant), lambda: _menu(scenario, variant))


@lru_cache(maxsize=2048)
def _plain(text: str, said: str) -> Recognition:
    matcher = matcher_of(None)
    return no_move(text, None, matcher) or without_scenario(text, said, matcher)


@lru_cache(maxsize=2048)
def _recognise(text: str, situation: Situation, key: _Key) -> Recognition:
    scenario = key.scenario
    matcher = matcher_of(scenario)
    told = no_move(text, scenario, matcher)
    if told is not None:
        return told
    written = _written(text, situation, scenario, matcher)
    if written is not None:
        return written
    reading = read(text, scenario, situation, matcher)
    plain = decide(reading, scenario, situation, matcher)
    return in_other_words(text, reading, plain, scenario, situation, matcher) or plain


class _Key:
    """A scenario as a key: equal when the content is."""

    __slots__ = ("_name", "scenario")

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._name = scenario.fingerprint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)


def _opening(scenario: Scenario) -> Situation:
    present = tuple(persona.id for persona in scenario.personas)
    return Situation(present=present, speaker=present[0], trust=scenario.trust.start)


def _written(text: str, situation: Situation, scenario: Scenario, matcher: Matcher) -> Recognition | None:
    """A line of the menu, or one of its paraphrases, typed word for word or nearly: it does what the menu says."""
    lines = _lines(scenario, situation.variant, matcher)
    words = tokens(text)
    found = lines[words].options if words in lines else None
    if found is None:
        ours = exact_words(text)
        found = _nearest(ours, _marks(words), lines) if len(ours) >= LEAST_WORDS else ()
    for index in found:
        option = scenario.options[index]
        if option.to and option.to not in situation.present:
            continue
        if option.when.pending and option.when.pending != situation.pending:
            continue
        topics = tuple((name, 1000) for move in option.moves for name in move.topics)
        sure = (1000,) * len(option.moves)
        return Recognition(option.moves, sure, whole(label(text, situation.said)), topics, "accept", to=option.to or "")
    return None


def _nearest(ours: frozenset[str], marks: set[str], lines: dict[tuple[str, ...], _Written]) -> tuple[int, ...]:
    """The menu line that shares four fifths of its telling words with ours, and every figure and denial."""
    best: tuple[int, tuple[int, ...]] = (ALIKE - 1, ())
    for line in lines.values():
        if line.marks == marks:
            alike = 1000 * len(ours & line.words) // len(ours | line.words)
            best = max(best, (alike, line.options))
    return best[1]


def _marks(words: tuple[str, ...]) -> set[str]:
    """Figures and denials: a line that differs in one of them says something else."""
    return {word for word in words if word[0].isdigit() or word in DENIALS}


class _Written(NamedTuple):
    """A line of the menu: its telling words, its figures and denials, and the options that have it."""

    words: frozenset[str]
    marks: set[str]
    options: tuple[int, ...]


def _menu(scenario: Scenario, variant: int) -> dict[tuple[str, ...], _Written]:
    found: dict[tuple[str, ...], _Written] = {}
    for index, option in enumerate(scenario.options):
        for text in (option.text, *option.paraphrases):
            filled = scenario.compiled.text(variant, text)
            name, words = tokens(filled), exact_words(filled)
            before = found[name].options if name in found else ()
            found[name] = _Written(words, _marks(name), (*before, index))
    return found
