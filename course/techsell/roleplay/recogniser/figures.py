"""Figures in what customers say and in what learners type: value, unit, rate, and the words beside them.

Values are thousandths as whole numbers, so that 2.5 hours is 2500 and nothing is rounded between machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .text import normalise, numbers
from .wording import QUIET_STEMS, stem, stems

__all__ = ["Figure", "close", "explained", "figures", "is_about", "parts", "same"]

_RATE = re.compile(
    r"^\W*(?:[a-z]+\W+){0,2}?(?:an?|per|each|every|for each|a late|/)\W*"
    r"(hour|minute|shift|day|week|month|quarter|year|stop|pump|seal|train|line|site|batch|failure|t|h)\b"
)
_SLASH = {"t": "tonne", "h": "hour"}
_PARTS = re.compile(
    r"[.;:!?]\s+|[.;:!?]$|,\s+|\s(?:and|but|so|of which|plus|while|whereas|or|that makes|makes|make)\s", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\b(?:about|roughly|around|nearly|almost|approximately|approx|some|circa|more or less|or so|ish|say|close to)\b"
)
_TIME_OF_DAY = re.compile(r"\b(\d{1,2})[:.](\d{2})\b(?!\s*(?:percent|%|k\b|hours?|bar|mm))")
_IN_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_TENTH = 10
_SMALL_SLIP = 33
"""a computed value may be out by a thirty-third: people round"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what stands around it."""

    value: int
    """thousandths"""
    unit: str
    rate: str
    """`hour` in '240 tonnes an hour', else empty"""
    words: frozenset[str]
    """stems in the same part of the sentence, without the unit and the quiet words"""


def parts(text: str) -> list[tuple[int, int]]:
    """Where the parts of a sentence stand: between commas, stops and words that join."""
    cuts = [0]
    for match in _PARTS.finditer(text):
        cuts += [match.start(), match.end()]
    cuts.append(len(text))
    return [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if end > start]


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of a text, apart from times of day, which count as words."""
    text = _TIME_OF_DAY.sub(" o'clock ", text)
    spans = parts(text)
    found = []
    for value, unit, (start, end) in numbers(text):
        first, last = next(((one, two) for one, two in spans if one <= start < two), (0, len(text)))
        after = normalise(text[end : end + 40])
        tenths = re.match(r"tenths?(?: of (?:an?|1) (per ?cent)?)?", after)
        if tenths:
            value, unit = value / 10, "percent" if tenths[1] else unit
        rate = _RATE.match(after) if unit or after else None
        named = _SLASH.get(rate[1], rate[1]) if rate else ""
        words = frozenset(
            word for word in stems(text[first:last]) if word != "#" and word != stem(unit) and word not in QUIET_STEMS
        )
        found.append(Figure(value.numerator * 1000 // value.denominator, unit, named if named != unit else "", words))
    return tuple(found)


def is_about(text: str) -> bool:
    """Whether a line says that its figures are rounded."""
    return bool(_ABOUT.search(normalise(text)))


def close(one: int, other: int, rounded: bool) -> bool:
    """Whether two values are the same, or within a tenth where the line says `about`."""
    return one == other or (rounded and abs(one - other) * _TENTH <= abs(other))


def same(figure: Figure, other: Figure, rounded: bool) -> bool:
    """The same quantity: value and unit, `15` for 15 thousand, 240 minutes for 4 hours."""
    if figure.unit and other.unit and figure.unit != other.unit:
        here, there = _IN_SECONDS.get(figure.unit), _IN_SECONDS.get(other.unit)
        return bool(here and there) and close(figure.value * (here or 1), other.value * (there or 1), rounded)
    if close(figure.value, other.value, rounded):
        return True
    return other.value % 1_000_000 == 0 and close(figure.value * 1000, other.value, rounded)


def _near(value: int, wanted: int, rounded: bool) -> bool:
    if value >= 1000 and value * 100 == wanted:
        return True  # pence and pounds
    return close(value, wanted, rounded) or abs(value - wanted) * _SMALL_SLIP <= abs(wanted)


def explained(figure: Figure, known: Sequence[Figure], beside: Iterable[Figure], rounded: bool) -> bool:
    """Whether a figure follows from figures that were said.

    It is one of them; or a sum, difference, product or share of two that stand beside it in the same line; or a rate
    times its count (tonnes a stop times stops); or a rate over a month or a year.

    Args:
        known: figures that were said.
        beside: the other figures of the line.
        rounded: the line says `about`.
    """
    if any(same(figure, other, rounded) for other in known):
        return True
    others = list(beside)
    said = [other for other in others if any(same(other, one, rounded) for one in known)]
    for at, one in enumerate(said):
        for place, other in enumerate(said[at + 1 :], at + 1):
            if _computed(figure.value, one.value, other.value, rounded):
                return True
            product = one.value * other.value
            if any(_near(figure.value, product * third.value // 10**6, rounded) for third in said[place + 1 :]):
                return True
    times = [other.value // 1000 for other in others if 2000 <= other.value <= 12_000]
    if any(_near(figure.value, one.value * count, rounded) for one in (*said, *known) for count in times):
        return True
    for one in known:
        if one.rate and any(
            _near(figure.value, one.value * other.value // 1000, rounded) for other in known if other.unit == one.rate
        ):
            return True
        per_year = {"month": (12,), "week": (52,), "day": (7, 365, 30), "hour": (24,), "quarter": (4,)}
        if any(_near(figure.value, one.value * count, rounded) for count in per_year.get(one.rate, ())):
            return True
    return any(
        one.unit and one.unit == other.unit and _near(figure.value, one.value - other.value, rounded)
        for one in known
        for other in known
        if one.value > other.value and one.words & figure.words and figure.unit == one.unit
    )


def _computed(value: int, one: int, other: int, rounded: bool) -> bool:
    results = [one + other, abs(one - other), one * other // 1000]
    small, large = sorted((one, other))
    if large:
        results.append(small * 100_000 // large)
    if small:
        results.append(large * 1000 // small)
    return any(_near(value, result, rounded) or _near(value * 1000, result, rounded) for result in results if result)
