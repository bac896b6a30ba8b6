"""What a clause does. The scenario may overrule the labeller where that gave the other reading a chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import statements
from .claims import attacks
from .figures import figures, same
from .forms import accepts, asks_by_form, asks_for_word, shares_view
from .framing import slots_of
from .objections import waits_for
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
    r"i (?:want|need) to (?:come|visit|see|meet|watch|walk|look)|"
    r"would it (?:be possible|help|work)|would .* work for you|i would like to (?:come|visit|see|meet|send|invite|"
    r"ask you))\b"
)
_YOU = re.compile(
    r"\b(?:you (?:said|say|told|mentioned|mean|lose|lost|have|had|want|need|would|think|feel|are|were|do|cannot)|"
    r"sounds? like|if i (?:understand|understood|heard)|in other words|that means|so (?:it|that|they))\b"
)
CLEAR_STEP = 560
"""a commitment that fits so well is asked for, though the labeller thought of something else"""
MAY_ASK = 200
CLEAR_TARGET = 560
SURE_TARGET = 640
"""so near to a known question, a line asks it whatever the labeller thinks"""
SURE_PITCH = 720
"""from here a question that sells is a pitch in spite of its form"""
CLEAR_PLAYBACK = 420
CLEAR_TWIST = 600
CLEAR_CLAIM = 450
CLAIMED = 330
FEW = 4
BARE = 12
"""words; a line with more is a statement of its own"""
_ASKED = frozenset({"fact", "plant", "ordinary"})


def family_of(text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher) -> str:
    """The family of a clause: ask, reflect, acknowledge, tell, commit, rapport, other; or frame, answer, filler."""
    best = chances.best_family
    if statements.is_backchannel(text):
        return "filler"
    if attacks(text) and best not in {"reflect", "ask"}:
        return "tell" if best == "tell" else "frame"
    if _takes_in(text, best, scenario, situation):
        return "acknowledge"
    if best == "commit" and asks_for_word(text):
        return "ask"
    if not asks_for_word(text) and _asks_for_step(text, best, chances, situation, matcher):
        return "commit"
    if _repeats(text, best, scenario, situation, matcher):
        return "reflect"
    if _frames(text, best, chances, situation, matcher):
        return "frame"
    if _asks(text, best, chances, situation, matcher):
        return "ask"
    if _plays_back(text, best, chances, scenario, situation, matcher):
        return "reflect"
    if situation.pending and _answers(text, best, chances, scenario, situation, matcher):
        return "answer"
    return "other" if best == "tell" and _hardly_tells(text, matcher) else best


def _takes_in(text: str, best: str, scenario: Scenario, situation: Situation) -> bool:
    """Whether a statement takes the customer's side, or grants the objection that waits for it."""
    if best in {"tell", "other"} and shares_view(text):
        return True
    return (
        best in {"tell", "other", "reflect"} and accepts(text) and bool(waits_for("acknowledge", scenario, situation))
    )


def _repeats(text: str, best: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> bool:
    """Whether a clause is little but figures that were just said."""
    if best not in {"ask", "tell", "other"} or situation.pending or not _repeats_figures(text, situation):
        return False
    played = play_back(text, scenario, situation, matcher)
    return bool(played.facts) and not played.wrong and not played.premature


def _asks(text: str, best: str, chances: Chances, situation: Situation, matcher: Matcher) -> bool:
    """Whether a clause asks though the labeller took it for something else: by its form, or by what it is like."""
    if best == "ask":
        return asks_by_form(text)
    if best not in {"other", "tell", "rapport", "acknowledge"}:
        return False
    if asks_by_form(text):
        return best in {"other", "acknowledge"} or (
            best == "tell" and (asks_for_word(text) or chances["pitch"] < SURE_PITCH)
        )
    meant = matcher.rank(text)[:1]
    if not meant or situation.pending or _claims(text, matcher):
        return False
    if chances.family("ask") >= MAY_ASK and meant[0].score >= CLEAR_TARGET:
        return True
    known = max((score for (kind, _), score in matcher.examples(text).items() if kind in _ASKED), default=0)
    return best == "other" and known >= SURE_TARGET


def _says_so(text: str) -> bool:
    """Whether a line says that it plays back: 'so you', 'you said', 'sounds like'."""
    return bool(_YOU.search(normalise(text)))


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
    if best == "reflect" and not situation.heard:
        best = "other"  # nothing has been said that could be played back
    if not slots or best not in {"other", "rapport", "commit", "ask", "tell"}:
        return False
    if {"expectations", "next_step"} & set(slots) and not asks_by_form(text) and not text.rstrip().endswith("?"):
        steps = statements.asked_steps(text, situation, matcher)
        if best != "tell" and (not steps or steps[0].score < CLEAR_STEP):
            return True
    framed = chances["other"] + chances["rapport"] + chances["commit"]
    if best == "tell" and len(slots) < 2 and _claims(text, matcher):
        return False
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
    if chances.family("ask") >= 500 or not situation.heard:
        return False
    if chances["reflect"] < 80 and not _repeats_figures(text, situation):
        return False
    played = play_back(text, scenario, situation, matcher)
    repeats = played.facts and not played.premature and played.score >= CLEAR_PLAYBACK
    twists = played.wrong and played.score >= CLEAR_TWIST and (not situation.pending or _says_so(text))
    if not (repeats or twists):
        return False
    if best == "commit":
        steps = statements.asked_steps(text, situation, matcher)
        if steps and steps[0].score >= CLEAR_STEP:
            return False
    claims = matcher.rank(text, frozenset({"claim"}))[:1]
    return not claims or claims[0].score < CLEAR_CLAIM


def _repeats_figures(text: str, situation: Situation) -> bool:
    """'9 hours for one bearing.': figures that the customer has just said, and little besides."""
    typed, said = figures(text), figures(situation.said)
    told = [one for one in typed if one.value > 1000]
    asks = text.rstrip().endswith("?") or asks_by_form(text)
    return (
        bool(told)
        and not asks
        and len(tokens(text)) <= BARE
        and all(any(same(one, two, False) for two in said) for one in told)
    )


def _answers(
    text: str, best: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher
) -> bool:
    """Whether a clause may be part of an answer: a statement of more than a word, and no question of one's own."""
    if text.rstrip().endswith("?") or len(tokens(text)) < 2:
        return False
    if best in {"tell", "other"}:
        return True
    if best == "reflect" and not _says_so(text):
        # Figures of one's own are no twisted playback while an answer is due.
        played = play_back(text, scenario, situation, matcher)
        return played.wrong or not played.facts
    if best not in {"ask", "commit", "acknowledge"} or chances.family(best) >= 650:
        return False
    meant = matcher.rank(text, _ASKED)[:1]
    return best != "ask" or not meant or meant[0].score < CLEAR_TARGET
