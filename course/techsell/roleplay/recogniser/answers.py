"""How a typed line answers the customer's own question: short, a lecture, a dodge, or an honest 'I don't know'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .claims import claim_in
from .text import normalise, tokens
from .topics import plain as without_numbers

if TYPE_CHECKING:
    from techsell.roleplay.model import Question, Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["Answer", "Manner", "answer_to"]

Manner = Literal["short", "lecture", "dodge", "honest_unknown"]
TO_THE_POINT = 340
"""an answer that fits the question's claims and examples less has another subject"""

_UNKNOWN = re.compile(
    r"\b(?:(?:do|does|did) not (?:really |actually |honestly )?know|no idea|not (?:quite |really |"
    r"100 percent )?(?:sure|certain)|i (?:will|would|shall|can|could|have to|need to|must|should) (?:have to |"
    r"need to )?(?:check|"
    r"ask|find out|look it up|look into|come back|get back|confirm|clarify|verify)|let me (?:check|ask|find out|"
    r"come back|get back|look)|can not (?:say|tell|answer|promise)|could not (?:say|tell)|"
    r"off the top of|not known|nobody has (?:measured|tested|tried)|(?:i|we) have not (?:measured|tested|tried|seen)|"
    r"unknown|beats me|i would be guessing|i can only guess)\b"
)
_EVADES = re.compile(
    r"\b(?:(?:would|should|need) not worry|do not worry|no need to worry|not (?:a|an) (?:problem|issue)|"
    r"never (?:been )?(?:a|an) (?:problem|issue)|let us (?:just )?(?:talk|carry|go|come|focus|look|first)|"
    r"(?:get|come) (?:back )?to that (?:later|in a)|later|what matters is|the (?:important|nice|good|"
    r"main) thing is|value|that depends|it depends|last thing i would|trust me|believe me|"
    r"good question|interesting question|do not think about|hardly ever|a great many|everybody (?:likes|loves|"
    r"is happy)|all our customers|many customers|no complaints)\b"
)
_DIRECT = re.compile(
    r"^(?:well |so |okay |sure |honestly |short answer )*(?:yes|no|both|neither|between|from|up to|about|\d|"
    r"it (?:is|does|has|will|can)|that is|they|we (?:do|have|did|are)|i (?:did|do|have|am))\b"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the customer's question was answered."""

    manner: Manner
    claim: str = ""
    overclaims: bool = False
    confidence: int = 1000


def answer_to(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Answer:
    """The manner of the statements of a line that answer `situation.pending`.

    A line of more than 25 + 15 words for each step of the asker's technicality is a lecture. Source: contract of the
    engine, `roleplay/turns.py`.
    """
    question = next(one for one in scenario.questions if one.id == situation.pending)
    asker = next(one for one in scenario.personas if one.id == question.asker)
    plain = normalise(text)
    count = len(tokens(text))
    made = claim_in(text, scenario, situation, matcher)
    sheet = {claim.id: claim for claim in scenario.datasheet}
    claim = made.claim if made.claim and (made.score >= 420 or made.claim in question.claims) else ""
    false = bool(claim) and not sheet[claim].supported
    if count > 25 + 15 * asker.technicality:
        return Answer("lecture", claim if false else "", made.overclaims)
    if _UNKNOWN.search(plain) and not false:
        return Answer("honest_unknown", claim)
    examples = _examples(question, scenario)
    fits = {manner: _fit(text, lines, matcher) for manner, lines in examples.items()}
    on_point = max(fits["short"], _keyed(text, question, matcher), made.score if made.claim in question.claims else 0)
    if false or made.overclaims:
        return Answer("short", claim, made.overclaims)
    if fits["lecture"] > max(on_point, 700):
        return Answer("lecture", claim)
    if _EVADES.search(plain) and fits["dodge"] >= on_point - 100 and not _DIRECT.search(plain):
        return Answer("dodge", claim)
    if on_point >= TO_THE_POINT and on_point >= fits["dodge"] - 60:
        return Answer("short", claim, confidence=min(1000, 500 + on_point // 2))
    if _DIRECT.search(plain) and not _EVADES.search(plain):
        return Answer("short", claim, confidence=520)
    return Answer("dodge", claim, confidence=600)


def _examples(question: Question, scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Lines for each manner: the question's own and the options that wait for it."""
    found: dict[str, list[str]] = {"short": [*question.utterances], "lecture": [], "dodge": [], "honest_unknown": []}
    claims = {claim.id: claim.text for claim in scenario.datasheet}
    found["short"] += [claims[name] for name in question.claims if name in claims]
    for option in scenario.options:
        if option.when.pending == question.id:
            for move in option.moves[:1]:
                if move.manner:
                    found[move.manner] += [option.text, *option.paraphrases]
    return {manner: tuple(map(without_numbers, lines)) for manner, lines in found.items()}


def _fit(text: str, lines: tuple[str, ...], matcher: Matcher) -> int:
    return max((matcher.compare(text, line) for line in lines), default=0)


def _keyed(text: str, question: Question, matcher: Matcher) -> int:
    from .wording import stems

    words = " " + " ".join(matcher.read(text)) + " "
    hits = sum(f" {' '.join(stems(keyword))} " in words for keyword in question.keywords)
    return min(900, 250 * hits + (150 if hits else 0))
