"""What a pitch or a piece of evidence claims, held against the data sheet.

A claim goes too far when it uses a word that no data sheet carries (never, always, guaranteed), or a figure in a unit
of the sheet that is not on the sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .figures import Figure, close, figures, is_about
from .text import normalise
from .topics import said_in

if TYPE_CHECKING:
    from techsell.roleplay.model import Claim, Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["Claimed", "attacks", "claim_in"]

LEAST = 330
"""a claim that fits less is none"""
NEAR = 90
"""an unsupported claim within this of the best one is the one that was made, if the words are absolute"""

_ABSOLUTE = re.compile(
    r"\b(?:never (?:ever )?(?:again|fails?|leaks?|stops?|breaks?|misses|miss|have|need|gets?|gives?|goes?|lies?|"
    r"wrong|be|let|loses?|drifts?|runs? dry|a|had)|"
    r"(?<!nearly )(?<!almost )(?<!mostly )(?<!not )always|guarantee\w*|100 percent|0 (?:false|failures?|"
    r"leaks?|stops?|downtime|alarms?|risk|"
    r"maintenance|problems?)|no (?:(?:more|false|unplanned|further|such) ){0,2}"
    r"(?:alarms?|failures?|leaks?|stops?|downtime|breakdowns?|false|surprises)|none at all|impossible|"
    r"can not (?:fail|go wrong|leak|break)|perfect(?:ly)?|foolproof|"
    r"completely|eliminat\w+|every (?:single )?(?:time|failure|leak)|any (?:pump|temperature|"
    r"medium|slurry)|without exception|for sure|"
    r"i promise|we promise|you will not have|thing of the past|would be history|last forever|forever|"
    r"maintenance free|all your problems|solves? everything|risk free|no risk)\b"
)
_DENIES = re.compile(
    r"\b(?:not|no|cannot|nobody|hardly|without)\b[^.,;!?]{0,28}$|\b(?:can not|could not|will not|do not|would not|"
    r"never) (?:promise|guarantee|say|claim)\b[^.!?]{0,60}$"
)
_RIVAL = re.compile(
    r"\b(?:torvane|hexaflow|ostrand|pellgrim|(?:the|your|our|other) competit\w+|(?:the|those) others|"
    r"the other (?:lot|supplier|company|guys)|(?:your|the) (?:current|present|last|old) supplier|"
    r"those people|their (?:box|stuff|pumps?|sensors?|technology|service)|theirs)\b"
)
_RUN_DOWN = re.compile(
    r"\b(?:bad|junk|rubbish|cheap\w*|poor|terrible|awful|no wonder|liars?|unreliable|worse|scrap|garbage|crap\w*|"
    r"useless|toys?|outdated|overpriced|inferior|"
    r"shoddy|clueless|amateurs?|cowboys?|ripoff|rip off|do not (?:know|understand|care)|does not (?:work|know|"
    r"understand)|always (?:break|fail)\w*|all over|story like|stories about|laugh\w*|"
    r"joke|nobody (?:likes|trusts)|behind us|old technology|cut(?:s|ting)? corners|go(?:ing)? bust|mistake|"
    r"you should not have|wrong choice|"
    r"(?:knock|copy|copies|fake)\w*|disappoint\w*|blam\w+|(?:a|just a) vibration box|what they sell|shout\w*)\b"
)
_EVEN_HANDED = re.compile(
    r"\b(?:good|fine|decent|respect|solid|fair) (?:pumps?|company|people|kit|product|work|supplier)?\b"
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim that a line makes, if any, and whether it goes beyond the sheet."""

    claim: str = ""
    overclaims: bool = False
    score: int = 0


def _sheet(claim: Claim) -> tuple[Figure, ...]:
    own = [Figure(value * 1000, "", "", frozenset()) for value in claim.numbers.values()]
    return (*figures(claim.text), *own)


def claim_in(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Claimed:
    """The best-fitting claim of the data sheet, and whether the line promises more than any sheet carries."""
    ranked = matcher.rank(text, frozenset({"claim"}))
    by_id = {claim.id: claim for claim in scenario.datasheet}
    absolute = _goes_too_far(normalise(text))
    best = ranked[0] if ranked and ranked[0].score >= LEAST else None
    if best is None:
        return Claimed("", absolute, 0)
    if absolute and by_id[best.entry.id].supported:
        worse = [m for m in ranked if not by_id[m.entry.id].supported and m.score >= max(LEAST, best.score - NEAR)]
        best = worse[0] if worse else best
    claim = by_id[best.entry.id]
    if not absolute and not claim.supported:
        better = [m for m in ranked if by_id[m.entry.id].supported and m.score >= best.score - NEAR // 2]
        if better and _on_the_sheet(text, by_id[better[0].entry.id]):
            best, claim = better[0], by_id[better[0].entry.id]
    return Claimed(claim.id, absolute or (claim.supported and _beyond(text, claim, scenario, situation)), best.score)


def _goes_too_far(plain: str) -> bool:
    return any(
        not _DENIES.search(plain[max(0, found.start() - 70) : found.start()]) for found in _ABSOLUTE.finditer(plain)
    )


def _on_the_sheet(text: str, claim: Claim) -> bool:
    typed, sheet = figures(text), _sheet(claim)
    return bool(typed) and all(any(close(one.value, other.value, False) for other in sheet) for one in typed)


def _beyond(text: str, claim: Claim, scenario: Scenario, situation: Situation) -> bool:
    """A figure in a unit of this claim that stands neither on the sheet, in the brief, nor in what was heard."""
    sheet = figures(claim.text)
    units = {figure.unit for figure in sheet if figure.unit}
    heard = [
        figure
        for fact in scenario.facts
        if fact.id in situation.heard
        for figure in figures(said_in(scenario, situation.variant, fact))
    ]
    known = [*_sheet(claim), *figures(scenario.brief.product), *heard, *figures(situation.said)]
    known += [figure for other in scenario.datasheet if other.supported for figure in _sheet(other)]
    rounded = is_about(text)
    return any(
        figure.unit in units
        and figure.value > 1000
        and not any(close(figure.value, other.value, rounded) for other in known)
        for figure in figures(text)
    )


def attacks(text: str) -> bool:
    """Whether a statement runs a rival down."""
    plain = normalise(text)
    if not _RIVAL.search(plain) or (
        plain.endswith("?") and not re.search(r"\b(?:torvane|hexaflow|ostrand|pellgrim)\b", plain)
    ):
        return False
    found = _RUN_DOWN.search(plain)
    return bool(found) and not (
        _EVEN_HANDED.search(plain) and not re.search(r"\b(?:junk|rubbish|useless|liars?)\b", plain)
    )
