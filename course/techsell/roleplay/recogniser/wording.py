"""Words made comparable for the matcher: light stems, words that mean the same, and what a line is made of.

Whole numbers only. `features(text)` gives the stems, the families of stems, long stems' beginnings and the pairs of
neighbouring stems; figures are all the same feature, since what was asked does not hang on them.
"""

from __future__ import annotations

from functools import lru_cache

from .text import tokens

__all__ = ["QUIET", "features", "log16", "stem", "stems"]

QUIET = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "so",
        "then",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "as",
        "into",
        "is",
        "are",
        "am",
        "be",
        "been",
        "being",
        "was",
        "were",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "i",
        "me",
        "my",
        "you",
        "your",
        "yours",
        "we",
        "us",
        "our",
        "ours",
        "he",
        "him",
        "his",
        "she",
        "her",
        "it",
        "its",
        "they",
        "them",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "if",
        "not",
        "no",
        "just",
        "some",
        "any",
        "please",
        "also",
        "too",
        "very",
        "really",
        "well",
        "okay",
        "yes",
        "like",
        "about",
        "one",
        "ones",
        "thing",
        "things",
        "now",
        "than",
        "up",
        "out",
        "off",
        "over",
        "what",
        "which",
        "who",
        "how",
        "when",
        "where",
        "why",
        "let",
        "tell",
        "know",
        "get",
        "go",
        "say",
        "give",
        "take",
        "make",
        "want",
        "see",
        "sort",
        "kind",
        "bit",
        "lot",
        "actually",
        "maybe",
        "perhaps",
        "still",
        "again",
        "more",
        "much",
        "many",
        "most",
        "other",
    ]
)
"""words that say little by themselves; they count for a quarter"""

_IRREGULAR = {
    form: row.split()[0]
    for row in (
        "go went gone goes", "see seen saw", "tell told", "break broke broken", "buy bought", "pay paid",
        "run ran running", "know knew known", "lose lost losing", "say said", "think thought", "make made",
        "take took taken", "get got", "keep kept", "hear heard", "build built", "feel felt", "begin began begun",
        "find found", "bring brought", "choose chose chosen", "spend spent", "sell sold", "write written wrote",
        "person people", "man men", "bad worse worst", "good better best", "hot", "heat",
        "fall fell fallen", "give gave given", "leave left", "come came", "become became", "understand understood",
        "dig dug digging", "meet met", "send sent", "shut", "stand stood standing", "hold held", "do did done does",
        "have had has", "be was were is are", "business", "training trained", "visit visitor visitors guest guests",
        "process", "always", "less", "loss", "gas", "series",
    )
    for form in row.split()
}  # fmt: skip

_SAME = {
    word: row.split()[0]
    for row in (
        "boss manager superior chief head_of", "often frequent frequently frequency",
        "fail failure break breakdown fault defect fails", "stop halt outage standstill downtime down",
        "repair fix mend", "big large size huge", "buy purchase procure purchasing procurement",
        "cost expensive price charge", "begin start startup",
        "notice spot observe recognise sign symptom warn warning",
        "problem trouble issue difficulty headache pain annoy bother struggle",
        "decide decision decider choose approve approval yes", "team crew staff personnel",
        "person guy folk man worker employee operator", "company firm organisation organization",
        "site plant factory mill facility works", "today currently present moment nowadays", "happen occur",
        "noise noisy loud", "maintenance maintain servicing", "sign signature authorise authorize signoff",
        "supplier vendor manufacturer", "customer client", "leak drip weep spray leakage",
        "lead_time delivery deliver", "worry concern afraid fear", "wish dream ideal want", "money budget cash fund",
        "train railway rail wagon", "log record history trend",
        "sensor instrument gauge transmitter monitoring monitor", "night dark", "hurt injure injury accident",
        "safety safe hse", "spare stock shelf store storeroom warehouse", "figure number",
        "consequence effect impact lead result mean", "output production throughput produce",
        "believe trust convince", "proof prove evidence show", "trial pilot test try", "late delay delayed overdue",
        "penalty fine", "overtime weekend saturday", "before prior earlier previous",
        "network wifi wireless wlan internet", "electricity power supply voltage", "road access drive",
        "weather rain snow forecast", "colleague coworker", "report reporting", "visit tour", "quick fast soon",
        "age old", "contractor external outsource",
    )
    for word in row.split()
}  # fmt: skip


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word without its ending: `pumps`, `pumping` and `pumped` are `pump`."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word.isdigit():
        return word
    root = word
    if root.endswith("ies") and len(root) > 4:
        root = root[:-3] + "y"
    elif root.endswith(("sses", "shes", "ches", "xes")):
        root = root[:-2]
    elif root.endswith("s") and not root.endswith(("ss", "us", "is")):
        root = root[:-1]
    for ending in ("ing", "ed", "ly"):
        if (
            root.endswith(ending)
            and len(root) - len(ending) >= 3
            and any(letter in "aeiouy" for letter in root[: -len(ending)])
        ):
            root = root[: -len(ending)]
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                root = root[:-1]
            break
    if root.endswith("e") and len(root) > 4:
        root = root[:-1]
    return root


_FAMILY = {stem(word): "~" + stem(head) for word, head in _SAME.items()}


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a line in order; every figure is `#`."""
    return tuple("#" if word[0].isdigit() else stem(word) for word in tokens(text))


def features(words: tuple[str, ...]) -> frozenset[str]:
    """What a line of stems is made of: stems, families, beginnings of long stems, pairs of neighbours."""
    found: set[str] = set()
    before = ""
    for word in words:
        found.add(word)
        family = _FAMILY.get(word)
        if family:
            found.add(family)
        if len(word) > 6:
            found.add(word[:5] + "-")
        if word in QUIET_STEMS and word not in _ASKING:
            continue
        if before:
            found.add(f"{before} {word}")
        before = word
    return frozenset(found)


QUIET_STEMS = frozenset(stem(word) for word in QUIET) | QUIET
_ASKING = frozenset({"what", "which", "who", "how", "when", "where", "why", "many", "much", "not", "no"})


@lru_cache(maxsize=1024)
def log16(number: int) -> int:
    """Sixteen times the binary logarithm of a whole number of 1 or more, rounded down; exact on every machine."""
    return int((number**16).bit_length() - 1)
