"""What a clause does. The scenario may overrule the labeller where that gave the other reading a chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import statements
from .claims import attacks
from .framing import slots_of
from .playback import play_back
from .text import normalise, tokens

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .chances import Chances
    from .matcher import Matcher
    from .situation import Situation

__all__ = ["family_of"]

_REQUEST = re.compile(
    r"\b(?:(?:would|could|can|will) you|(?:shall|may|can|could|should) (?:we|i)|let us|how about|what about|"
    r"i (?:suggest|propose|would suggest|will)|"
    r"would it (?:be possible|help|work)|would .* work for you|i would like to (?:come|visit|see|meet|send|invite|"
    r"ask you))\b"
)
CLEAR_STEP = 560
"""a commitment that fits so well is asked for, though the labeller thought of something else"""
MAY_ASK = 200
CLEAR_TARGET = 560
CLEAR_PLAYBACK = 420
CLEAR_TWIST = 600
CLEAR_CLAIM = 450
CLAIMED = 330
FEW = 4


def family_of(text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher) -> str:
    """The family of a clause: ask, reflect, acknowledge, tell, commit, rapport, other; or frame, answer, filler."""
    best = chances.best_family
    if statements.is_backchannel(text):
        return "filler"
    if attacks(text) and best not in {"reflect", "ask"}:
        return "tell" if best == "tell" else "frame"
    if _asks_for_step(text, best, chances, situation, matcher):
        return "commit"
    if _frames(text, best, chances, situation, matcher):
        return "frame"
    if _plays_back(text, best, chances, scenario, situation, matcher):
        return "reflect"
    asks = chances.family("ask")
    if best in {"other", "tell", "rapport", "acknowledge"} and asks >= MAY_ASK and not situation.pending:
        meant = matcher.rank(text)[:1]
        if meant and meant[0].score >= CLEAR_TARGET:
            return "ask"
    if situation.pending and _answers(text, best, chances):
        return "answer"
    return "other" if best == "tell" and _hardly_tells(text, matcher) else best


def _hardly_tells(text: str, matcher: Matcher) -> bool:
    """A few words that claim nothing: no product was talked about."""
    words = tokens(text)
    few = len(words) <= FEW and not any(word[0].isdigit() for word in words)
    return few and not _claims(text, matcher)


def _claims(text: str, matcher: Matcher) -> bool:
    claims = matcher.rank(text, frozenset({"claim"}))[:1]
    return bool(claims) and claims[0].score >= CLAIMED


def _asks_for_step(text: str, best: str, chances: Chances, situation: Situation, matcher: Matcher) -> bool:
    if best == "commit":
        return False
    requested = bool(_REQUEST.search(normalise(text)))
    if chances["commit"] < 60 and not requested:
        return False
    steps = statements.asked_steps(text, situation, matcher)
    least = CLEAR_STEP + (0 if chances["commit"] >= 200 else 60 if requested else 120)
    if not steps or steps[0].score < least:
        return False
    meant = matcher.rank(text)[:1]
    return not meant or meant[0].score <= steps[0].score + 60


def _frames(text: str, best: str, chances: Chances, situation: Situation, matcher: Matcher) -> bool:
    """Whether a clause agrees the call itself."""
    slots = slots_of(text)
    if not slots or best not in {"other", "rapport", "commit", "ask", "tell"}:
        return False
    framed = chances["other"] + chances["rapport"] + chances["commit"]
    opening = best == "tell" and len(situation.heard) < 2 and not _claims(text, matcher)
    if best not in {"other", "rapport"} and framed < 220 and len(slots) < 2 and not opening:
        return False
    steps = statements.asked_steps(text, situation, matcher)
    if best == "commit" and (len(slots) < 2 or (steps and steps[0].score >= statements.STEP)):
        return False
    return not (chances["commit"] >= 60 and steps and steps[0].score >= CLEAR_PLAYBACK)


def _plays_back(
    text: str, best: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher
) -> bool:
    """Whether a statement that the labeller took for something else repeats what was heard."""
    if best not in {"tell", "other", "acknowledge", "commit", "rapport"}:
        return False
    if chances["reflect"] < 80 or chances.family("ask") >= 500 or not situation.heard:
        return False
    played = play_back(text, scenario, situation, matcher)
    repeats = played.facts and not played.premature and played.score >= CLEAR_PLAYBACK
    twists = played.wrong and played.score >= CLEAR_TWIST
    if not (repeats or twists):
        return False
    claims = matcher.rank(text, frozenset({"claim"}))[:1]
    return not claims or claims[0].score < CLEAR_CLAIM


def _answers(text: str, best: str, chances: Chances) -> bool:
    """Whether a clause may be part of an answer: a statement of more than a word."""
    if text.rstrip().endswith("?") or len(tokens(text)) < 2:
        return False
    return best in {"tell", "other"} or (best in {"ask", "commit", "acknowledge"} and chances.family(best) < 650)
