"""What the facts of a scenario sound like in one variant, and how the author plays them back, right and twisted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .figures import Figure, figures
from .text import normalise, tokens
from .topics import said_in, segments
from .wording import QUIET_STEMS, features, stem, stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .matcher import Matcher

__all__ = ["Line", "Lines", "Told", "exact_words", "single_words", "told_in"]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it is said in one variant."""

    id: str
    words: frozenset[str]
    """features of single words, the quiet ones left out"""
    plain: str
    note: tuple[str, ...]
    says: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One playback that the author wrote."""

    words: frozenset[str]
    """stems and figures, the quiet words left out"""
    facts: tuple[str, ...]
    topics: tuple[str, ...]
    twist: frozenset[str] = frozenset()
    """twisted lines: words that neither the facts nor the right playbacks of them have"""


@dataclass(frozen=True)
class Lines:
    """All playbacks that the author wrote."""

    right: tuple[Line, ...]
    twisted: tuple[Line, ...]
    traps: frozenset[int]
    """figures, in thousandths, that only twisted lines have"""
    sheet: tuple[Figure, ...] = ()
    """figures of the supported claims of the data sheet"""


def told_in(scenario: Scenario, variant: int, matcher: Matcher) -> tuple[dict[str, Told], Lines]:
    """What can be played back in one variant, made once."""
    return matcher.remembered(("told", variant), lambda: _make(scenario, variant))


def exact_words(text: str) -> frozenset[str]:
    """The words of a line with their figures, quiet words left out."""
    return frozenset(word if word[0].isdigit() else stem(word) for word in tokens(text)) - QUIET_STEMS


def single_words(words: tuple[str, ...]) -> frozenset[str]:
    """Features of single words, quiet words and figures left out."""
    return frozenset(name for name in features(words) if " " not in name) - QUIET_STEMS - {"#"}


def _make(scenario: Scenario, variant: int) -> tuple[dict[str, Told], Lines]:
    compiled = scenario.compiled
    notes = scenario.variants[variant].notes
    told: dict[str, Told] = {}
    for fact in scenario.facts:
        says = said_in(scenario, variant, fact)
        note = compiled.text(variant, notes.get(fact.id, fact.note))
        both = f"{note} . {says}"
        told[fact.id] = Told(
            fact.id,
            single_words(stems(both)),
            normalise(both),
            stems(note),
            stems(says),
            (*figures(says), *figures(note)),
        )
    return told, _lines(scenario, variant, told)


def _lines(scenario: Scenario, variant: int, told: dict[str, Told]) -> Lines:
    right: list[Line] = []
    twisted: list[Line] = []
    right_values = {figure.value for fact in told.values() for figure in fact.figures}
    twisted_values: set[int] = set()
    for option in scenario.options:
        for move, text in segments(option):
            if move.label != "reflect":
                continue
            filled = scenario.compiled.text(variant, text)
            line = Line(exact_words(filled), tuple(move.facts), tuple(move.topics))
            (twisted if move.wrong else right).append(line)
            (twisted_values if move.wrong else right_values).update(one.value for one in figures(filled))
    return Lines(
        tuple(right),
        tuple(Line(line.words, line.facts, line.topics, _twist(line, right, told)) for line in twisted),
        frozenset(twisted_values - right_values),
        tuple(figure for claim in scenario.datasheet if claim.supported for figure in figures(claim.text)),
    )


def _twist(line: Line, right: list[Line], told: dict[str, Told]) -> frozenset[str]:
    known = frozenset().union(*(told[name].words for name in line.facts if name in told))
    known |= frozenset().union(*(one.words for one in right if set(one.facts) & set(line.facts)))
    return frozenset(word for word in line.words - known if not word[0].isdigit())
