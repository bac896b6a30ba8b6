"""What a sentence plays back: which facts it repeats, and whether it keeps them as they were said.

A playback is held against what the customer has said in the variant being played: the figures with their units and
rates, which figure belongs to which words, negations, and how far a statement reaches (each pump, all pumps). Facts
that nobody has told yet make it premature; figures that follow from none told make it wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .figures import Figure, figures, is_about, same
from .keeping import wrong_figure, wrong_words
from .told import Lines, Told, exact_words, single_words, told_in

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["Played", "hear", "play_back"]

NAMED = 240
"""per mille of the line's words that must be a fact's own before the line plays it back"""
ANOTHER = 330
"""a second fact without a figure of its own must add so much"""
TELLING = 85
"""weight from which one word alone may name a fact"""
LIKE_A_TWIST = 500
"""per mille of words shared with a twisted line of the author's"""
CLEARLY = 80
"""by which it must be nearer to the twisted line than to a right one"""
TWIST_WORDS = 3
"""so many of the words that make the twist"""
SURE_PREMATURE = 430


@dataclass(frozen=True, slots=True)
class Played:
    """Facts a line plays back, heard or not, and whether it twists them."""

    facts: tuple[str, ...] = ()
    wrong: bool = False
    premature: bool = False
    topics: tuple[str, ...] = ()
    """what a sum is about, from the author's own playbacks"""
    score: int = 0
    why: str = ""


def hear(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> tuple[str, ...]:
    """The heard facts that a line rests on (a pitch, a question about their worth), best first."""
    told, _ = told_in(scenario, situation.variant, matcher)
    return tuple(name for name, _ in _named(text, told, matcher, situation.heard)[:3])


def play_back(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Played:
    """Hold a sentence against what was said.

    Returns:
        No facts: nothing of what the customer told is in it, so it is sympathy or a sum.
    """
    told, lines = told_in(scenario, situation.variant, matcher)
    heard = [told[name] for name in situation.heard if name in told]
    named = _named(text, told, matcher, situation.heard)
    typed = figures(text)
    known = [figure for fact in heard for figure in fact.figures]
    known += figures(situation.said)
    twist = _like_a_twist(text, lines, situation.heard)
    if twist:
        return Played(twist, wrong=True, score=900, why="like a twist")
    ahead = _ahead(text, told, matcher, situation.heard, named, typed, known)
    if ahead:
        return Played((ahead,), premature=True, score=700, why="not said yet")
    facts = tuple(name for name, _ in named)
    chosen = [told[name] for name in facts]
    why = wrong_figure(text, typed, known, chosen, lines.traps, lines.sheet) or wrong_words(text, chosen)
    if why:
        return Played(facts[:3], wrong=True, score=named[0][1] if named else 300, why=why)
    return Played(facts[:3], topics=_sum_topics(typed, known, facts, lines), score=named[0][1] if named else 0)


def _sum_topics(
    typed: tuple[Figure, ...], known: list[Figure], facts: tuple[str, ...], lines: Lines
) -> tuple[str, ...]:
    """The topics of the author's playback with the same facts and figures; of any sum, where something is added up."""
    values = {figure.value for figure in typed if figure.value > 1000}
    if not values:
        return ()
    for line in lines.right:
        theirs = {int(word) * 1000 for word in line.words if word.isdigit()}
        if (
            line.topics
            and line.facts
            and set(line.facts) <= set(facts)
            and theirs <= values | {one * 1000 for one in values}
        ):
            return line.topics
    summed = any(not any(same(figure, one, False) for one in known) for figure in typed if figure.value > 1000)
    found = [name for line in lines.right for name in line.topics] if summed else []
    return tuple(dict.fromkeys(found))[:2]


def _named(text: str, told: dict[str, Told], matcher: Matcher, names: tuple[str, ...]) -> list[tuple[str, int]]:
    """Facts among `names` whose words or figures are in the text, best first, with a score."""
    line = single_words(matcher.read(text))
    whole = sum(matcher.weight(name) for name in line)
    typed = figures(text)
    rounded = is_about(text)
    found: list[tuple[int, int, str, frozenset[str], frozenset[int]]] = []
    for order, name in enumerate(names):
        fact = told.get(name)
        if fact is None:
            continue
        shared = line & fact.words
        weight = sum(matcher.weight(word) for word in shared)
        hits = frozenset(
            at for at, figure in enumerate(typed) if any(same(figure, other, rounded) for other in fact.figures)
        )
        if not shared and not (len(hits) > 1 or (hits and len(line) < 4)):
            continue
        own = len([word for word in shared if word[0] != "~" and word[-1] != "-"])
        score = weight * 1000 // max(1, whole) + 160 * len(hits)
        if hits or (own >= 2 and score >= NAMED) or (score >= 2 * NAMED and weight >= TELLING):
            found.append((score, -order, name, shared, hits))
    found.sort(reverse=True)
    chosen: list[tuple[str, int]] = []
    words: set[str] = set()
    used: set[int] = set()
    for score, _, name, shared, hits in found:
        fresh = sum(matcher.weight(word) for word in shared - words) * 1000 // max(1, whole)
        if score >= NAMED and (not chosen or hits - used or fresh >= ANOTHER):
            chosen.append((name, min(1000, score)))
            words |= shared
            used |= hits
    return chosen


def _like_a_twist(text: str, lines: Lines, heard: tuple[str, ...]) -> tuple[str, ...]:
    """The facts of a twisted line of the author's that this one is, nearly word for word or by its twist."""
    ours = exact_words(text)
    right = max((_shared(ours, line.words) for line in lines.right if set(line.facts) <= set(heard)), default=0)
    best = 0
    facts: tuple[str, ...] = ()
    for line in lines.twisted:
        if not set(line.facts) <= set(heard):
            continue
        alike = _shared(ours, line.words)
        common = len(ours & line.twist)
        turned = common >= TWIST_WORDS and common * 2 >= len(line.twist) and alike >= LIKE_A_TWIST // 3
        if alike > best and (turned or (alike >= LIKE_A_TWIST and alike >= right + CLEARLY)):
            best, facts = alike, line.facts
    return facts


def _shared(ours: frozenset[str], words: frozenset[str]) -> int:
    return 1000 * len(ours & words) // max(1, len(ours | words))


def _ahead(
    text: str,
    told: dict[str, Told],
    matcher: Matcher,
    heard: tuple[str, ...],
    named: list[tuple[str, int]],
    typed: tuple[Figure, ...],
    known: list[Figure],
) -> str:
    """The fact that a line gives away before the customer has: its very figures, or clearly its words."""
    rest = tuple(name for name in told if name not in heard)
    others = _named(text, told, matcher, rest)
    if not others:
        return ""
    name, score = others[0]
    least = max(SURE_PREMATURE, (named[0][1] if named else 0) + 150)
    fresh = [figure for figure in typed if not any(same(figure, one, False) for one in known)]
    figure_given = any(
        figure.unit and figure.value > 2000 and same(figure, other, False) and figure.words & other.words
        for figure in fresh
        for other in told[name].figures
    )
    return name if score >= least and (figure_given or (not typed and score >= least + 120)) else ""
