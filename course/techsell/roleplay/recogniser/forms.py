"""The form of a clause, whatever it is about: does it ask, sell by asking, ask for leave, or share a feeling?

The labeller weighs words; on text unlike its own it now and then takes a plain question for a pitch or for nothing.
How English forms questions does not hang on the subject: a question word or an auxiliary in front of its subject.
"""

from __future__ import annotations

import re

from .text import normalise, tokens

__all__ = ["accepts", "asks_by_form", "asks_for_word", "asks_more", "offers", "requests", "shares_view", "wishes"]

FEW = 9
"""words; a longer clause names something"""
_LEAD = (
    r"^\W*(?:(?:and|but|so|okay|well|hi|hello|hey|oh|right|now|then|sorry|thanks|fine|good|yes|no|please|or|"
    r"just|maybe|perhaps|one more|(?:one|a|another|quick) (?:quick )?question|by the way|another thing|good morning|"
    r"(?:mr|mrs|ms) [a-z]+|[a-z]+(?=,))\W+)*"
)
_QUESTION = re.compile(
    _LEAD + r"(?:(?:(?:until|till|by|since|from|on|in|at|for|to|with|of|under|over|about|up to|after|before|"
    r"out of) )?"
    r"(?:what|which|who|whom|whose|when|where|why|how)\b(?! about (?:we|i)\b)"
    r"|(?:is|are|was|were|does|did|do|has|have|had|can|could|will|would|should|must|may|might|am) "
    r"(?:not )?(?:the|a|an|it|this|that|these|those|they|he|she|we|you|i|there|your|our|my|his|her|their|its|any\w*|"
    r"some\w*|every\w*|all|both|each|one|no|nobody|somebody|[a-z0-9&]+)\b)"
)
_WORD = re.compile(_LEAD + r"(?:[a-z]+ )?(?:what|which|who|whom|whose|where|why|how)\b")
_AFTER_COMMA = re.compile(
    r", (?:and |but |so |then )?(?:what|which|who|whose|where|why|how) (?:exactly )?(?:do|does|did|is|are|was|were|"
    r"has|have|"
    r"had|will|would|many|much|often|long|old|big)\b"
)
_ACCEPTS = re.compile(
    r"^\W*(?:(?:yeah|yes|okay|well|oh|no|and|but|so|thanks|hm|mm)\W+)*(?:true\b|fair\b|agreed|granted|understood|"
    r"i (?:get|see|understand|hear|know|can see|can understand|do get|would be) (?:it|that|you|why|how|the|careful|"
    r"angry|"
    r"the same)\b|that (?:is|was|sounds) (?:true|fair|right|hard|a lot|bad|rough|annoying|understandable|reasonable)|"
    r"(?:makes|that makes) sense|(?:good|fair|legit|valid|reasonable) (?:point|enough|question|doubt)|legit\b|(?:he|"
    r"she) has a point|you are right|you have (?:a|got a|every) (?:point|"
    r"right)|of course|sorry|i am sorry|no wonder|rightly so|who would not)"
)
_LEAVE = re.compile(
    _LEAD + r"(?:(?:can|could|may|might|shall|should|would|will) (?:we|i|you|he|she|they|somebody|someone|[a-z]+ "
    r"(?:join|come|be in|sit in))\b|(?:do|have) (?:you|we) (?:have |got )?"
    r"(?:\d+ minutes?|a (?:minute|moment|second)|time)\b|let (?:us|me)\b|would it be (?:possible|okay|all right)|"
    r"how about|what about|"
    r"what if we|"
    r"(?:when|where|how soon) (?:can|could|shall|should|would|may) (?:we|i|you)\b|"
    r"(?:which|what) (?:day|date|week|time|month|night|evening|morning|afternoon|shift)\b|who (?:could|can|would|"
    r"else (?:could|can|should)) )"
)
_SELLS = re.compile(
    r"\b(?:would|do|did|are|is|should|could|can|have) (?:not|n t) (?:you|it|they|we|this|that)\b|"
    r"\b(?:did|do) you know (?:that|our|we|what our|how)\b|"
    r"\bwould you (?:not )?(?:like|love|want) (?:a|an|our|to (?:have|save|get|see our|own|buy))\b|"
    r"\bwhat if (?:i told|you could|our|we had)\b|\bhow (?:great|nice|good) would\b|\bimagine\b|"
    r"\bwho would not\b|\bwhy (?:do not|not)\b"
)
_STATES = re.compile(
    r"^(?:\W*(?:what|how) (?:i|we|you) (?:hear|heard|want|said|mean|need|offer|sell|do|can|would|take|see|"
    r"understand)\b"
    r".*\b(?:is|was)\b|\W*(?:when|where|who)ever\b|\W*(?:when|if|since|after|before|while|because) (?:i|we|you|they|"
    r"it)"
    r"\b.*,)"
)
_MORE = re.compile(
    _LEAD + r"(?:(?:how|what|why) (?:exactly )?(?:do|did|would) you mean\b|in (?:what|which) (?:way|sense|respect)\b|"
    r"how so\b|"
    r"(?:can|could|would) you (?:say|tell me|explain|give me) (?:a (?:bit|little) )?more\b|(?:please )?(?:tell me|"
    r"say) (?:a "
    r"(?:bit|little) )?more\b|why (?:is|was) (?:that|it)\b|why (?:do|did|would) you (?:say|think|feel|"
    r"believe) (?:so|that|it)|"
    r"what makes you (?:say|think|feel|believe)|what (?:is|was) behind (?:that|it|this)|(?:such as|for example|"
    r"like what|"
    r"why not|why)\W*$)"
)
_WISH = re.compile(
    r"\b(?:what (?:must|should|would|ought) (?:(?:it|they|this|that|one|there|the|a|an|your|be|have|need|change|"
    r"help) ?)+|"
    r"what would you (?:want|need|like|wish|do|expect|change|accept|believe)|what (?:would|needs to|has to) (?:be|"
    r"have to|"
    r"change|happen|need)|how (?:must|should|would) (?:it|the|a|an|that|this|such)\b|if you (?:had|could|knew|were)|"
    r"what would .* (?:be worth|look like)|would .* (?:instead|rather)|dream|ideal)\b"
)
_OFFERS = re.compile(
    r"\b(?:(?:i|we) (?:will|can|could|would|shall|suggest|propose|write|send|bring|come|want|need|offer|put|agree|"
    r"give|"
    r"take)|please|let us|deal|okay if|all right if|if you|you (?:get|give|bring|ask|introduce|sign|send)|date|"
    r"tuesday|"
    r"monday|wednesday|thursday|friday|next week|tomorrow)\b"
)
_SHARES = re.compile(
    r"\b(?:(?:i|we) (?:would|will|should) (?:also )?(?:say|feel|think|do|want|ask|react|see it|be careful|"
    r"be cautious) "
    r"(?:exactly |just )?(?:the same|so too|that too|likewise)|(?:i|we) (?:would|will) too\b|"
    r"i would (?:want to know|ask|get .*|have .*) (?:too|as well)\b|so would (?:i|we)|"
    r"(?:in|if i were in) your (?:place|shoes|position|seat)|me too|same here|anybody would|anyone would|"
    r"who would not|"
    r"i (?:would not|will not) (?:either|blame you)|i (?:do not|can not) blame you|no wonder you|"
    r"you have every right|"
    r"that is only (?:fair|natural|human|right))\b"
)


def asks_by_form(text: str) -> bool:
    """Whether a clause has the form of a question that wants an answer: no request, no pitch in such clothes."""
    plain = normalise(text)
    if _SELLS.search(plain):
        return False
    if _AFTER_COMMA.search(plain) and not _LEAVE.search(plain):
        return True
    return bool(_QUESTION.search(plain)) and not _LEAVE.search(plain) and not _STATES.search(plain)


def asks_for_word(text: str) -> bool:
    """Whether a clause asks by a question word, 'who is', 'how much': a step is hardly ever asked for like that."""
    return asks_by_form(text) and bool(_WORD.search(normalise(text)))


def accepts(text: str) -> bool:
    """Whether a clause begins by granting the other side's point or by feeling with it: 'true', 'i can see why'."""
    return bool(_ACCEPTS.search(normalise(text)))


def requests(text: str) -> bool:
    """Whether a clause asks for leave or for a favour: 'could i', 'would you', 'shall we'."""
    return bool(_LEAVE.search(normalise(text)))


def asks_more(text: str) -> bool:
    """Whether a clause asks for more about what was just said, naming nothing: 'how do you mean', 'why is that'."""
    return bool(_MORE.search(normalise(text))) and len(tokens(text)) <= FEW


def shares_view(text: str) -> bool:
    """Whether a clause takes the other's side without adding anything: 'i would say the same in your place'."""
    return bool(_SHARES.search(normalise(text)))


def wishes(text: str) -> bool:
    """Whether a clause asks what should be, rather than what is."""
    return bool(_WISH.search(normalise(text)))


def offers(text: str) -> bool:
    """Whether a clause offers or proposes something: 'i will send', 'we could', 'please', 'then let us'."""
    return bool(_OFFERS.search(normalise(text)))
