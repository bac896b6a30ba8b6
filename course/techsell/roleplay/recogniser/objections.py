"""Which open objection a line deals with, and which a question digs into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import asks_more
from .told import single_words
from .wording import stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Objection, Scenario

    from .chances import Chances
    from .matcher import Matcher
    from .situation import Situation

__all__ = ["dealt_with", "dug_into", "waits_for"]

RARE = 80
"""weight of a word that only few things here have"""
FITS = 420
"""an objection's own lines and words fit a question so well"""
MEANT, SURELY_MEANT = 520, 700
"""from here a fact or plant fact is meant rather than the objection; from here even if the words are the objection's"""
NOTHING_ELSE = 380
"""below this no fact or plant fact is meant either"""


def _open(scenario: Scenario, situation: Situation) -> list[tuple[Objection, str]]:
    """Open objections of people in the call, each with the step it waits for ("" where that is not known).

    The one just raised, or raised by whoever spoke last, goes first.
    """
    steps = dict(zip(situation.open_objections, situation.steps, strict=False))
    said = single_words(stems(situation.said))
    found = []
    for order, one in enumerate(scenario.objections):
        if one.id not in steps and one.id not in situation.open_objections:
            continue
        if situation.present and one.holder not in situation.present:
            continue
        words = single_words(stems(one.says))
        raised = bool(words) and len(words & said) * 2 >= len(words)
        found.append((not raised, one.holder != situation.speaker, order, one, steps.get(one.id, "")))
    return [(one, step) for _, _, _, one, step in sorted(found, key=lambda row: row[:3])]


def dealt_with(label: str, scenario: Scenario, situation: Situation) -> str:
    """The open objection that a move deals with: one that waits for such a step, else one that has it at all.

    Acceptance that no objection waits for is sympathy, and belongs to none.
    """
    found = _open(scenario, situation)
    waiting = [one.id for one, step in found if step == label]
    if waiting:
        return waiting[0]
    if label == "acknowledge" and all(step for _, step in found):
        return ""
    with_step = [one.id for one, _ in found if label in one.needs]
    if with_step:
        return with_step[0]
    said = single_words(stems(situation.said))
    for one, _ in found:
        words = single_words(stems(one.says))
        if words and len(words & said) * 2 >= len(words):
            return one.id
    return ""


def waits_for(label: str, scenario: Scenario, situation: Situation) -> str:
    """The open objection whose next step is this one; empty when there is none, or when that is not known."""
    return next((one.id for one, step in _open(scenario, situation) if step == label), "")


def dug_into(
    text: str, chances: Chances, score: int, scenario: Scenario, situation: Situation, matcher: Matcher
) -> str:
    """The open objection that a question digs into: it asks for more about it, and nothing else is meant more.

    Args:
        score: how well the question fits a fact or plant fact.
    """
    scores = matcher.scores(text)
    words, said = single_words(matcher.read(text)), single_words(stems(situation.said))
    for one, step in _open(scenario, situation):
        if "clarify" not in one.needs:
            continue
        own = single_words(stems(one.says))
        raised = len(own & said) * 2 >= len(own)
        fit = scores.get(("objection", one.id), 0)
        its_word = any(matcher.weight(word) >= RARE for word in words & own if word[0] != "~")
        likely = chances["clarify"] >= 200 or chances["payoff"] >= 500
        if (fit >= FITS and fit >= score - 150) or (step in {"", "clarify"} and asks_more(text)):
            return one.id
        if score >= MEANT and not (raised and its_word):
            continue  # something else was clearly asked for
        due = step in {"", "clarify"}
        if (
            (likely and fit >= 200 and fit >= score - 350)
            or (due and chances["clarify"] >= 450)
            or (due and score < NOTHING_ELSE)
            or (raised and its_word and score < SURELY_MEANT)
        ):
            return one.id
    return ""
