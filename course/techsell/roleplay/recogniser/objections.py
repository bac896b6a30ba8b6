"""Which open objection a line deals with, and which a question digs into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .told import single_words
from .wording import stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .chances import Chances
    from .matcher import Matcher
    from .situation import Situation

__all__ = ["dealt_with", "dug_into"]

RARE = 80
"""weight of a word that only few things here have"""
FITS = 420
"""an objection's own lines and words fit a question so well"""
NOTHING_ELSE = 380
"""below this no fact or plant fact is meant either"""


def dealt_with(label: str, scenario: Scenario, situation: Situation) -> str:
    """The open objection that a move deals with: one that has such a step, else the one just raised."""
    present = situation.present
    found = [
        one
        for one in scenario.objections
        if one.id in situation.open_objections and (not present or one.holder in present)
    ]
    with_step = [one.id for one in found if label in one.needs]
    if with_step:
        return with_step[0]
    said = single_words(stems(situation.said))
    for one in found:
        words = single_words(stems(one.says))
        if words and len(words & said) * 2 >= len(words):
            return one.id
    return ""


def dug_into(
    text: str, chances: Chances, score: int, scenario: Scenario, situation: Situation, matcher: Matcher
) -> str:
    """The open objection that a question digs into: it asks for more about it, and nothing else is meant more."""
    scores = matcher.scores(text)
    words, said = single_words(matcher.read(text)), single_words(stems(situation.said))
    for one in scenario.objections:
        if one.id not in situation.open_objections or "clarify" not in one.needs:
            continue
        own = single_words(stems(one.says))
        raised = len(own & said) * 2 >= len(own)
        fit = scores.get(("objection", one.id), 0)
        its_word = any(matcher.weight(word) >= RARE for word in words & own if word[0] != "~")
        likely = chances["clarify"] >= 200 or chances["payoff"] >= 500
        if (
            (fit >= FITS and fit >= score - 150)
            or (likely and fit >= 200)
            or chances["clarify"] >= 450
            or score < NOTHING_ELSE
            or (raised and its_word)
        ):
            return one.id
    return ""
