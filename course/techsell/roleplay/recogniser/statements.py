"""What a statement does: plays back, tells, acknowledges, asks for a step, or agrees the frame of the call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .answers import answer_to
from .chances import Chances
from .claims import attacks, claim_in
from .forms import offers, requests
from .framing import bypassed, slots_of
from .objections import dealt_with, waits_for
from .playback import hear, play_back
from .text import normalise

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, Scenario

    from .matcher import Match, Matcher
    from .situation import Situation

__all__ = ["Stated", "acknowledge", "answer", "asked_steps", "commit", "frame", "plain_move", "reflect", "tell"]

_OURS = re.compile(
    r"\b(?:ours?|brackwater|with us|we (?:make|sell|offer|build|do|can|could|would|have|are|use|put|give|supply|"
    r"deliver)|"
    r"you (?:would|will|could|can|should|need|get)|it (?:clamps|warns|measures|listens|works|comes|saves|pays|runs)|"
    r"(?:the|this|a|another) (?:sensor|sensing|system|solution|product|pump|seal|device|unit|tool|clip|model|"
    r"screen|demo|slides?|brochure))\b"
)
MAYBE_PITCH = 250
STEP = 400
"""a commitment that fits less was not asked for"""
SURE_STEP = 430
"""a commitment that fits less must fit clearly better than the next"""
UNASKED = 500
"""what has not the form of a request or an offer must fit better"""
TOO_NEAR = 40
SECOND_STEP = 480
CLEARLY = 150
_JOINED = re.compile(r",|;|\.|:|\band\b|\bplus\b")


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement read: the move and how sure its content is, per mille."""

    move: Move
    score: int
    lesser: Move | None = None
    """the reading that earns less, where the content is not sure"""


def plain_move(label: str, **fields: Any) -> Move:
    from techsell.roleplay.model import Move

    return Move(label=label, **{name: value for name, value in fields.items() if value})  # type: ignore[arg-type]


def reflect(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Stated:
    """A playback, right, twisted or too early; without any fact in it, sympathy."""
    played = play_back(text, scenario, situation, matcher)
    move = plain_move("reflect", facts=played.facts, wrong=played.wrong, topics=played.topics)
    if not played.facts and not played.wrong:
        objection = dealt_with("acknowledge", scenario, situation)
        if objection:
            return Stated(plain_move("acknowledge", objection=objection), 600)
        return Stated(move, 600)
    lesser = plain_move("reflect") if played.facts and not played.wrong and played.score < 330 else None
    return Stated(move, max(500, played.score), lesser)


def acknowledge(text: str, scenario: Scenario, situation: Situation) -> Stated:
    """Acceptance or sympathy; where an objection is open, that is what is accepted."""
    rival = attacks(text)
    return Stated(
        plain_move("acknowledge", objection=dealt_with("acknowledge", scenario, situation), attacks_rival=rival),
        700,
    )


def tell(text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher) -> Stated:
    """A pitch or a piece of evidence: the claim made, whether it goes too far, what heard it builds on."""
    made = claim_in(text, scenario, situation, matcher)
    label = "evidence" if chances["evidence"] > chances["pitch"] else "pitch"
    objection = dealt_with("evidence", scenario, situation)
    if situation.steps and label == "pitch":
        objection = waits_for("evidence", scenario, situation)
    if objection and label == "pitch" and (chances["evidence"] >= 150 or made.score >= 500):
        label = "evidence"
    elif label == "evidence" and made.claim and not objection and not _meets_belief(made.claim, scenario, situation):
        label = "pitch"  # nobody asked for it: a figure of the product is a pitch too
    topics: tuple[str, ...] = ()
    if label == "evidence":
        topics = _proof_topics(made.claim, scenario) or _belief_topics(text, scenario, situation, matcher)
    rival = attacks(text)
    on_us = made.claim or made.overclaims or objection or topics or _OURS.search(normalise(text))
    if label == "evidence" and not on_us and chances["pitch"] < MAYBE_PITCH:
        # Experience, opinions, small explanations: the product was not talked about, so nothing was told too early.
        return Stated(plain_move("other", attacks_rival=rival), 500)
    move = plain_move(
        label,
        claim=made.claim,
        overclaims=made.overclaims,
        facts=hear(text, scenario, situation, matcher),
        objection=objection if label == "evidence" else "",
        topics=topics,
        attacks_rival=rival,
    )
    lesser = None
    if label == "evidence" and not objection and chances["pitch"] > chances["evidence"] - 200:
        lesser = plain_move("pitch", claim=made.claim, overclaims=made.overclaims, attacks_rival=rival)
    return Stated(move, max(500, made.score), lesser)


def _meets_belief(claim: str, scenario: Scenario, situation: Situation) -> bool:
    """Whether the author lets this claim be proof about something that the customer believes and has said."""
    topics = set(_proof_topics(claim, scenario))
    return any(
        fact.kind == "belief" and fact.id in situation.heard and topics & set(fact.unlock.topics)
        for fact in scenario.facts
    )


def _proof_topics(claim: str, scenario: Scenario) -> tuple[str, ...]:
    """What the author lets this claim be evidence about."""
    names = [
        name
        for option in scenario.options
        for move in option.moves
        if claim and move.claim == claim and move.label == "evidence"
        for name in move.topics
    ]
    return tuple(dict.fromkeys(names))[:3]


def _belief_topics(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> tuple[str, ...]:
    beliefs = {fact.id: fact for fact in scenario.facts if fact.kind == "belief" and fact.id in situation.heard}
    for match in matcher.rank(text, frozenset({"fact"}))[:3]:
        if match.entry.id in beliefs and match.score >= 350:
            return match.entry.topics
    return ()


def _giver_first(match: Match, situation: Situation) -> int:
    away = bool(situation.present) and match.entry.holder not in situation.present
    return -(match.score - 120 * away - 80 * (match.entry.id in situation.granted))


def asked_steps(text: str, situation: Situation, matcher: Matcher) -> list[Match]:
    """Commitments that a line asks for, best first; a second one only where its own part of the line asks for it."""
    ranked = sorted(matcher.rank(text, frozenset({"ask"})), key=lambda match: _giver_first(match, situation))
    if not ranked or ranked[0].score < STEP:
        return ranked[:1]
    first = ranked[0]
    at = {first.entry.id: (0, -1)}
    found = [first]
    for place, part in enumerate(_JOINED.split(text)):
        scores = {match.entry.id: match for match in matcher.rank(part, frozenset({"ask"}))}
        best = min(scores.values(), key=lambda match: _giver_first(match, situation), default=None)
        own = scores[first.entry.id].score if first.entry.id in scores else 0
        at[first.entry.id] = max(at[first.entry.id], (own, -place))
        if best is None or best.entry.id in at or len(found) > 1:
            continue
        if situation.present and best.entry.holder not in situation.present:
            continue  # nobody means a second thing of somebody who is not there
        if best.score >= max(SECOND_STEP, own + CLEARLY):
            at[best.entry.id] = (best.score, -place)
            found.append(best)
    return sorted(found, key=lambda match: -at[match.entry.id][1])


def _rivalled(best: Match, text: str, situation: Situation, matcher: Matcher) -> bool:
    ranked = sorted(matcher.rank(text, frozenset({"ask"})), key=lambda match: _giver_first(match, situation))
    others = [match for match in ranked if match.entry.id != best.entry.id]
    return bool(others) and _giver_first(others[0], situation) - _giver_first(best, situation) < TOO_NEAR


def commit(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> list[Stated]:
    """A step asked for: which commitment, or two; or past whom it goes."""
    past_whom = bypassed(text, scenario, situation)
    slots = slots_of(text)
    if past_whom:
        return [Stated(plain_move("commit", bypasses=past_whom, slots=slots), 700)]
    found = asked_steps(text, situation, matcher)
    if found and found[0].score < UNASKED and not (requests(text) or offers(text)):
        return [Stated(plain_move("commit"), min(found[0].score, STEP))]
    if found and found[0].score < SURE_STEP and _rivalled(found[0], text, situation, matcher):
        return [Stated(plain_move("commit"), found[0].score)]
    if not found or found[0].score < STEP:
        if slots:
            return [Stated(plain_move("other", slots=slots), 600)]
        return [Stated(plain_move("commit"), found[0].score if found else 0)]
    return [Stated(plain_move("commit", ask=match.entry.id, slots=slots), match.score) for match in found]


def frame(text: str, scenario: Scenario, situation: Situation, *, label: str = "other") -> Stated:
    """The call's own contract, small talk, or nothing in particular."""
    slots = slots_of(text)
    rival = attacks(text)
    return Stated(plain_move(label, slots=slots, attacks_rival=rival), 700 if slots else 500)


def answer(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Stated:
    """The answer to the customer's own question."""
    given = answer_to(text, scenario, situation, matcher)
    move = plain_move(
        "evidence",
        manner=given.manner,
        claim=given.claim,
        overclaims=given.overclaims,
        attacks_rival=attacks(text),
    )
    lesser = None
    if given.manner == "short" and given.confidence < 600:
        lesser = plain_move("evidence", manner="dodge")
    return Stated(move, given.confidence, lesser)


_BACKCHANNEL = re.compile(
    r"^(?:okay|yes|no|mm|mmhm|hmm|hm|right|i see|sure|got it|thanks|thank you|great|good|perfect|"
    r"all right|fine|interesting|wow|really|oh|ah|and|"
    r"so|well|you|for|that|the|answer|very|much|a lot|of course|clear)(?:[ ,.!]+(?:okay|yes|no|mm|mmhm|hmm|hm|"
    r"right|i see|sure|got it|thanks|thank you|"
    r"great|good|perfect|all right|fine|interesting|wow|really|oh|ah|so|well|you|for|that|the|answer|very|much|"
    r"a lot|of course|clear))*[ .!,]*$"
)


def is_backchannel(text: str) -> bool:
    """'ok', 'mm-hm', 'thanks for that': words that only keep a talk going."""
    return bool(_BACKCHANNEL.match(normalise(text)))
