"""Whether a playback keeps what was said: its figures, which words they belong to, its reach, its yes and no."""

from __future__ import annotations

import re

from .figures import Figure, close, explained, is_about, same
from .text import normalise
from .told import Told
from .wording import QUIET_STEMS, stems

__all__ = ["wrong_figure", "wrong_words"]

SMALL = 5000
"""thousandths; smaller figures may count what the learner sees"""

_NEGATORS = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "without",
        "neither",
        "nor",
        "hardly",
        "barely",
        "nothing",
        "empty",
        "cannot",
        "stop_short",
        "lack",
        "missing",
    ]
)
_AWAY = frozenset(
    [
        "off",
        "out",
        "free",
        "away",
        "rid",
        "less",
        "few",
        "miss",
        "empty",
        "absent",
        "gone",
        "forbid",
        "forbade",
        "refuse",
        "stop",
    ]
)
_AFFIRMS = frozenset(
    [
        "a",
        "an",
        "have",
        "with",
        "get",
        "some",
        "own",
        "always",
        "you",
        "they",
        "person",
        "each",
        "everybody",
        "shift",
        "somebody",
    ]
)
_REACH = re.compile(
    r"\b(?:each|every|per) (?:pump|line|machine|seal|site|shift|person|one of (?:them|your|the)|single)\b"
)
_TOGETHER = re.compile(
    r"\b(?:all (?:the )?(?:pumps|lines|machines|seals)|over all|somewhere|altogether|together|in total|the whole)\b"
)
_TOTAL = re.compile(
    r"\b(?:always|constantly|all day|all the time|every single|every day|every night|permanently|all of (?:them|"
    r"it)|everyone)\b"
)
_BLAME = re.compile(
    r"\b(?:careless\w*|lazy|sloppy|discipline|somebody is slow|too slow|wreck\w*|blame|stupid|incompetent|"
    r"do not care|does not care|"
    r"real problem is|simply|only has to|would be fine|all down to|at fault|their fault|his fault|her fault|"
    r"look(?:s|ing)? the other way)\b"
)


_OURS = re.compile(r"\b(?:our|ours|we|us|sensor|sensing|warning|warns?|notice|clip|data sheet|brackwater)\b")


def wrong_figure(
    text: str,
    typed: tuple[Figure, ...],
    known: list[Figure],
    chosen: list[Told],
    traps: frozenset[int],
    sheet: tuple[Figure, ...] = (),
) -> str:
    """What is wrong with the figures of a playback, or "".

    Args:
        sheet: figures of supported claims of the data sheet: they may be added to what was said, or taken from it.
    """
    rounded = is_about(text)
    for at, figure in enumerate(typed):
        if figure.value <= 1000 and figure.unit in {"", "time", "seal", "pump", "line", "stop", "person"}:
            continue  # 'one seal', 'one of them'
        beside = [other for other in typed if other is not figure]
        exact = any(same(figure, other, rounded) for other in known)
        if figure.value <= SMALL and not exact and not (figure.unit and any(one.unit == figure.unit for one in known)):
            continue  # 'all three of them', 'four lines for the sheet'
        if figure.value in traps and not exact:
            return "a figure nobody gave"
        if (
            not explained(figure, known, beside, rounded)
            and not _sum_before(figure, typed[:at], known, rounded)
            and not _with_sheet(figure, known, sheet, rounded, ours=bool(_OURS.search(normalise(text))))
        ):
            return "a figure nobody gave"
        if exact and (_swapped(figure, beside, chosen, rounded) or _other_rate(figure, chosen, rounded)):
            return "the figure belongs to something else"
    return ""


def _with_sheet(figure: Figure, known: list[Figure], sheet: tuple[Figure, ...], rounded: bool, *, ours: bool) -> bool:
    """A sum or difference of what was said and what the data sheet says; its own figure where the line names us."""
    if ours and any(same(figure, one, rounded) and one.unit == figure.unit for one in sheet):
        return True
    return any(
        close(figure.value, result, rounded)
        for one in known
        for other in sheet
        if one.unit and one.unit == other.unit == figure.unit
        for result in (one.value + other.value, abs(one.value - other.value))
        if result > 0
    )


def _sum_before(figure: Figure, before: tuple[Figure, ...], known: list[Figure], rounded: bool) -> bool:
    """A result of results: the figures before it in the line may be sums themselves."""
    return len(before) > 1 and explained(figure, [*known, *before], before, rounded)


def _swapped(figure: Figure, beside: list[Figure], chosen: list[Told], rounded: bool) -> bool:
    """Whether two figures of one fact have changed places: each stands with the words of the other."""
    for fact in chosen:
        for other in beside:
            if other.value == figure.value or (figure.unit and other.unit and figure.unit != other.unit):
                continue
            ours = [told for told in fact.figures if same(figure, told, rounded)]
            theirs = [told for told in fact.figures if same(other, told, rounded)]
            straight = _common(figure, ours) + _common(other, theirs)
            crossed = _common(figure, theirs) + _common(other, ours)
            if ours and theirs and crossed and not straight:
                return True
    return False


def _common(figure: Figure, told: list[Figure]) -> int:
    return max((len(figure.words & one.words) for one in told), default=0)


def _other_rate(figure: Figure, chosen: list[Told], rounded: bool) -> bool:
    if not figure.rate:
        return False
    for fact in chosen:
        own = [told for told in fact.figures if same(figure, told, rounded)]
        rated = [told for told in fact.figures if told.rate == figure.rate and told not in own]
        if own and rated and not any(told.rate == figure.rate for told in own):
            return True
    return False


def wrong_words(text: str, chosen: list[Told]) -> str:
    if not chosen:
        return ""
    line = normalise(text)
    said = " . ".join(fact.plain for fact in chosen)
    if _REACH.search(line) and _TOGETHER.search(said) and not _REACH.search(said):
        return "said of all, played back for each"
    if _TOTAL.search(line) and not re.search(r"\b(?:always|each|every|all|nobody|never|everybody)\b", said):
        return "always, where it was sometimes"
    blame = _BLAME.search(line)
    if (
        blame
        and blame[0] not in said
        and not _denied(stems(line[: blame.end()]), len(stems(line[: blame.end()])) - 1, 6)
    ):
        return "blame that nobody laid"
    return "turned round" if _reversed(stems(text), chosen) else ""


def _denied(words: tuple[str, ...], at: int, reach: int = 3) -> bool:
    return any(word in _NEGATORS for word in words[max(0, at - reach) : at])


def _reversed(line: tuple[str, ...], chosen: list[Told]) -> bool:
    """Whether the line affirms what was denied or denies what was affirmed.

    Only the plain cases: nothing else is denied in the line, or nothing at all in what was said.
    """
    quiet = not any(word in _NEGATORS or word in _AWAY for word in line)
    whole = tuple(word for fact in chosen for word in fact.note + fact.says)
    for fact in chosen:
        for at, word in enumerate(line):
            if word in QUIET_STEMS or word == "#" or len(word) < 4:
                continue
            places = [place for place, other in enumerate(fact.note) if other == word]
            said = at > 0 and line[at - 1] in _AFFIRMS
            if quiet and said and places and all(_denied(fact.note, place, 1) for place in places):
                return True
            if word in whole and _denied(line, at, 1) and not any(other in _NEGATORS for other in whole):
                return True
    return False
