"""What a line says about the call itself: who is addressed, what is agreed, whose head it goes over, then or now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .text import normalise, tokens

if TYPE_CHECKING:
    from techsell.roleplay.model import ContractSlot, Scenario

    from .situation import Situation

__all__ = ["addressed", "asks_past", "bypassed", "slots_of", "tells_of_now"]

_ABOUT_THE_CALL = re.compile(
    r"\b(?:call|today|our time|your time|minutes?|mins?|(?:one|1|a) question each|your turn|half (?:an|past|10|11|"
    r"12|1|2|3|4|5)|agenda|conversation|talk|"
    r"meeting|at the end|worth (?:going|"
    r"carrying|continuing)|(?:both|each) of us|we (?:both|each)|everyone|either of us|half an hour|0\.5 hour|"
    r"an hour|until|first|no is|say no|a no|so that we|"
    r"i would like to|i want to|hear about|"
    r"work for you|next step|purpose|plan)\b"
)
_SLOTS: tuple[tuple[ContractSlot, re.Pattern[str]], ...] = (
    (
        "purpose",
        re.compile(
            r"\b(?:i (?:would|should) (?:like|love) to (?:hear|understand|learn|find out|know|ask|see|talk|get|"
            r"discuss)|i want(?:ed)? to (?:hear|understand|learn|"
            r"find out|know|ask|talk|see)|(?:reason|purpose|point|aim|idea|goal) (?:of|for|why|is|i|behind)|"
            r"i would like (?:the|your) (?:story|side|view)|why i (?:am )?(?:call|ring|wrote)|(?:call|"
            r"ring)(?:ing)? (?:you )?(?:back )?(?:about|because)|i (?:am )?"
            r"call(?:ing|ed)? (?:because|about|to)|what (?:i am after|this is about|i would like)|"
            r"this (?:call )?is (?:about|to)|it is about|"
            r"here to (?:learn|listen|understand|hear)|talk about your|hear about your|what i sell can wait|"
            r"i am (?:here|calling) (?:to|about|because))\b"
        ),
    ),
    (
        "time",
        re.compile(
            r"\b(?:(?:\d+|a few|couple of) (?:minutes?|mins?)|half an hour|0\.5 (?:an )?hour|(?:an|1) hour|"
            r"half past|(?:until|till|by) (?:half|quarter|\d|noon|then)"
            r"|keep an eye on the clock|watch the clock|keep (?:it|this|us) (?:short|to)|on time|hard stop|"
            r"(?:until|till) your (?:meeting|shift|next|lunch)|how long (?:we|do we|you)|your handover|enough time)\b"
        ),
    ),
    (
        "agenda",
        re.compile(
            r"\b(?:agenda|first (?:i|we|your|you|what|about|then|some|a few|the)|start(?:ing)? with|"
            r"begin(?:ning)? with|to start|(?:ask|question) me|your turn|question each|then (?:i|we|you|your|my|"
            r"about|at)|"
            r"after(?:wards)? (?:i|we|that)|in (?:this|that) order|can wait|(?:your|my) questions (?:first|then)|"
            r"first,? then|second(?:ly)?|the plan (?:is|would be)|"
            r"(?:seals?|pumps?|questions|side|situation|you) first)\b"
        ),
    ),
    (
        "expectations",
        re.compile(
            r"\b(?:(?:say|says|tell|tells me) (?:[a-z]+ ){0,4}(?:yes|no|go on|stop|deal)\b|"
            r"(?:yes or no|deal or no deal|go on or (?:stop|not)|going on or not)\b|(?:a |"
            r"your )?no (?:from you )?is (?:also |just )?(?:as |a )?(?:fine|okay|good|allowed|welcome|"
            r"perfectly|also|an? )|(?:can|may|free to|please|just) (?:always )?(?:say|tell me) "
            r"(?:it is |a )?no\b|no hard feelings|no pressure|not a fit|no fit|does not fit|say(?:s)? no|"
            r"(?:either|both|each) of us|we (?:each|both)|stop me|"
            r"worth (?:going on|carrying on|continuing|it|your time|more)|not (?:here )?(?:to|going to) (?:sell|"
            r"pitch)|no sales pitch|nothing to sell|"
            r"tell me (?:if|when|straight|honestly)|you decide (?:if|whether)|be honest)\b"
        ),
    ),
    (
        "next_step",
        re.compile(
            r"\b(?:next step|at the end|when we (?:finish|end|stop|are done|are finished)|deal or no deal|"
            r"go on or stop|"
            r"yes or no to|(?:decide|see|say|know|agree) (?:together )?(?:if|whether|what|how) (?:it|"
            r"we|there|to|a|the|and)|how (?:we|to) (?:go on|continue|proceed)|"
            r"what (?:comes|happens) next|go(?:ing)? on (?:or not|from here|afterwards)|whether (?:it|we|there|"
            r"this))\b"
        ),
    ),
)

_PAST = re.compile(
    r"\b(?:(?:the|your|our|that|their) (?:very )?(?:last|latest|previous|first) (?!(?:[a-z]+ )?(?:price|offer|word|"
    r"step|"
    r"question|point|line|page|week)\b)(?:[a-z]+ ){0,3}[a-z]+|(?:went|came|was|were|had|got|happened|began|started|"
    r"ended|"
    r"broke|failed) (?:on|about|before|out|up|down|off|through|wrong)|"
    r"last (?:had|went|bought|released|asked|signed|changed|decided|came|put|bolted|wanted|failed|stopped|"
    r"broke|happened)|"
    r"what (?:became|has become) of|up to now|(?:has|have) (?:anything|something|anybody|somebody|"
    r"there) (?:ever )?[a-z]+|what has (?:happened|changed|"
    r"gone)|been (?:changed|done|tried) before|last (?:time|week|month|year|night|summer|winter|spring|autumn|"
    r"shift|stop|one|failure|seal|purchase|"
    r"trial|pilot|order|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|[a-z]+ (?:failed|stopped|broke|went|leaked|you|was))|most recent|yesterday|"
    r"ago|recently|latest|back then|at the time|"
    r"that (?:night|day|time|week|morning)|what happened|what went (?:wrong|on)|how did (?:it|that|you|they|this)|"
    r"when did|what did|who did|where did|why did|"
    r"what (?:is|has) (?:been )?(?:new|different|changed)|(?:is|are) (?:new|different) (?:now|nowadays|since)|since|"
    r"did (?!you know\b|you say\b|you mean\b)[a-z]+|"
    r"ever (?:had|been|have|seen|tried|lost|fail\w*|happen\w*|bought|done)|"
    r"have (?:you|they|people|there|any) (?:ever|already|had|seen|tried|been|lost|bought|noticed|changed)|"
    r"has (?:it|that|anybody|anyone|this|there|he|she) (?:ever|been|happened|"
    r"led|cost)|(?:was|were) (?:you|there|it|they|that|the|your|he|she|this|anybody|anyone|somebody|people)|"
    r"(?:who|what|how|when|where|why|which|that|it|seal|pump|somebody|anybody|line|it) (?:was|were|had|went|came|"
    r"broke|failed|stopped|said|told|saw|noticed|signed|bought|"
    r"decided|started|took|made|did|happened|led|caused|cost you)|(?:since|in) 20[0-2]\d|in (?:the (?:last|past)|"
    r"january|february|march|april|may|june|july|august|"
    r"september|october|november|december))\b"
)
_NOT_PAST = re.compile(
    r"\b(?:would|could|should|might) (?:you |it |that |they |we )?(?:have|be|do|mean|change|want|happen)\b|"
    r"\bwhat if\b|\bsuppose|\bimagine\b|\bif you had\b"
)

_DIRECT = re.compile(
    r"\b(?:directly|straight|instead|rather (?:talk|speak|than)|without you|over your head|myself|saves? you|"
    r"past you|go (?:above|over|around|round)|"
    r"skip you|no offen[cs]e but|someone (?:more )?(?:senior|important)|somebody (?:more )?(?:senior|important)|"
    r"who (?:actually|really) (?:decides|signs|has)|"
    r"(?:her|his|their|your boss|boss|manager|director|[a-z]+) (?:direct |mobile |phone )?(?:number|email|mail|"
    r"extension)|number of|drop .* a line|suggest .* to (?:him|her|them)|"
    r"copy .* in|cc)\b"
)
_REACH = re.compile(
    r"\b(?:talk|speak|go|write|call|ring|mail|email|contact|reach|message|meet|copy|cc|forward|drop|number|"
    r"put me through|connect me|get me|transfer me)\b"
)
_UPWARDS = re.compile(
    r"\b(?:(?:your|the|his|her) (?:boss|manager|superior|director|head|chief|general manager|(?:managing|plant|"
    r"site|works) (?:director|manager)s?|gm|ceo|cfo|"
    r"management|owner|bosses)|decision maker|your (?:[a-z]+ )?(?:office|department|controller|finance|board|"
    r"purchasing|procurement|quality|qa|buyers?)|"
    r"somebody (?:else )?(?:who|higher|above|(?:more )?senior)|someone (?:else )?(?:who|higher|above|"
    r"(?:more )?senior)|"
    r"whoever (?:decides|signs)|upstairs|higher up)\b"
)
_INVITES = re.compile(
    r"\b(?:join us|with you|together|you (?:introduce|bring|invite|ask|lead)|would you (?:bring|ask|introduce|"
    r"invite)|could you (?:bring|ask|introduce|invite|fetch|get)|"
    r"can you (?:bring|ask|introduce|invite|fetch|get)|bring (?:her|him|them|us)|invite|introduce|"
    r"in your presence|if you (?:agree|like|think)|with your)\b"
)
_GREETING = {
    "hi",
    "hello",
    "hey",
    "okay",
    "thanks",
    "so",
    "and",
    "well",
    "good",
    "morning",
    "question",
    "for",
    "to",
    "ms",
    "mr",
    "mrs",
    "dear",
    "sorry",
    "but",
}
_SAID_OF = {
    "is",
    "says",
    "said",
    "has",
    "wants",
    "decides",
    "signs",
    "would",
    "will",
    "does",
    "and",
    "knows",
    "was",
    "s",
    "can",
    "needs",
    "or",
    "must",
    "gets",
    "okafor",
    "sees",
}


_OUTRIGHT = re.compile(
    r"\b(?:(?:her|his|their) (?:own )?(?:direct |mobile )?(?:number|email|extension)|over your head|"
    r"behind your back|go(?:ing)? past you|"
    r"(?:give|let|tell|have) .*\bname (?:there|of somebody|of the person)|not (?:with|to) you\b)"
)


def slots_of(text: str) -> tuple[ContractSlot, ...]:
    """The points of the call's contract that a line agrees: purpose, time, agenda, expectations, next step."""
    plain = normalise(text)
    if not _ABOUT_THE_CALL.search(plain):
        return ()
    return tuple(slot for slot, pattern in _SLOTS if pattern.search(plain))


_NOW = re.compile(
    r"\b(?:usual(?:ly)?|typical(?:ly)?|(?:in )?general(?:ly)?|normal(?:ly)?|always|as a rule|often|mostly|each|every|"
    r"would|could|should|might|will|if|suppose|imagine|opinion|(?:do|does) (?!not\b)[a-z]+|(?:is|are) (?:it|there|"
    r"the|"
    r"your|this|that|they|you|he|she|a|an|any)|(?:who|what|which|how|where|when|why) (?:is|are|do|does|has|have|can|"
    r"signs?|decides?|happens?|goes|comes|makes?|gets?|needs?|wants?|says?|pays?|checks?))\b"
)


def tells_of_now(text: str) -> bool:
    """Whether a question says that it is about how things are, will be or would be."""
    return bool(_NOW.search(normalise(text)))


def asks_past(text: str) -> bool:
    """Whether a question is about something that happened rather than about opinions, rules or forecasts."""
    plain = normalise(text)
    return bool(_PAST.search(plain)) and not _NOT_PAST.search(plain)


def addressed(text: str, scenario: Scenario, situation: Situation) -> str:
    """The persona whom a line calls by name, at its beginning or end; empty when nobody or somebody absent."""
    words = tokens(text)
    if not words:
        return ""
    first = 0
    while first < len(words) - 1 and words[first] in _GREETING:
        first += 1
    for persona in scenario.personas:
        if persona.id not in situation.present:
            continue
        for name in tokens(persona.name):
            if len(name) < 3:
                continue
            if words[first] == name:
                after = words[first + 1] if first + 1 < len(words) else ""
                full = after in tokens(persona.name)
                follows = words[first + 2] if full and first + 2 < len(words) else after
                comma = re.match(rf"\W*(?:\w+\W+){{{first}}}\w+(?:\s\w+)?\s*[,:!?-]", text) is not None
                if comma or full or follows not in _SAID_OF:
                    return persona.id
            if words[-1] == name and re.search(r",\s*(?:[mM][rs]+\.? )?\w+\W*$", text):
                return persona.id
    return ""


def bypassed(text: str, scenario: Scenario, situation: Situation) -> str:
    """The persona whose head a line goes over: somebody present, to reach somebody who is not."""
    plain = normalise(text)
    if not situation.speaker or _INVITES.search(plain):
        return ""
    if _OUTRIGHT.search(plain):
        return situation.speaker
    if not _REACH.search(plain) or not _DIRECT.search(plain):
        return ""
    absent = {
        name
        for persona in scenario.personas
        if persona.id not in situation.present
        for name in tokens(persona.name)
        if len(name) > 2
    }
    named = {word.removesuffix("s") for word in tokens(text)} | set(tokens(text))
    if _UPWARDS.search(plain) or absent & named:
        return situation.speaker
    return ""
