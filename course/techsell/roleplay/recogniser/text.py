"""What was typed, made comparable: one spelling, words, numbers with units, and the clauses of a line.

Tired people type without capitals, apostrophes and question marks. Everything after this module works on one
spelling: lower case, `don't` and `dont` both `do not`, `forty-two` as `42`. Values of numbers are exact
(`fractions.Fraction`), never floats, so that every machine reads the same.
"""

from __future__ import annotations

import json
import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

__all__ = ["MAX_CHARACTERS", "Number", "Piece", "clauses", "normalise", "numbers", "readable", "tokens"]

MAX_CHARACTERS = 6000
"""Longer texts are read this far: nobody reads more in a chat, and a reply must stay quick."""

MOST_DIGITS = 40
"""A longer run of digits is no number that anybody means, and Python refuses to read thousands of them."""


class Piece(NamedTuple):
    """One clause: its own words and where they stand in the text (`text[start:end]`)."""

    text: str
    start: int
    end: int


class Number(NamedTuple):
    """A number as it was said: exact value, unit in one spelling ("" when none), place in the text."""

    value: Fraction
    unit: str
    span: tuple[int, int]


_KNOWN = unicodedata.ucd_3_2_0
"""The one table of characters that every Python has in the same version; its own grows from release to release."""


def readable(text: str) -> str:
    """The text as every Python reads it: a character that is not in Unicode 3.2 becomes U+FFFD, which is no letter.

    Whether a newer one (an emoji, a rare script) is a letter or a digit, and what it is in plain spelling, depends on
    the version of Python. The length stays the same.
    """
    if text.isascii():
        return text
    return "".join("\ufffd" if _KNOWN.category(sign) == "Cn" else sign for sign in text)


_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})

# Spellings that hurried people use, and the one that the rest of the house reads.
_DATA = json.loads(resources.files(__package__).joinpath("text.json").read_text(encoding="utf-8"))
_INFORMAL: dict[str, str] = _DATA["informal"]
_SHORT = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"\bain't\b"), "is not"),
    (re.compile(r"\by'all\b"), "you all"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"(?<=[a-z])n't\b"), " not"),
    (re.compile(r"(?<=[a-z])'re\b"), " are"),
    (re.compile(r"(?<=[a-z])'ve\b"), " have"),
    (re.compile(r"(?<=[a-z])'ll\b"), " will"),
    (re.compile(r"(?<=[a-z])'d\b"), " would"),
    (re.compile(r"\bi'm\b"), "i am"),
    (
        re.compile(r"\b(it|that|what|who|how|where|when|why|there|here|he|she|this|everything|something|nothing)'s\b"),
        r"\1 is",
    ),
    (re.compile(r"(?<=[a-z])'s?(?![a-z])"), ""),
)  # fmt: skip

_SMALL = {
    name: value
    for value, name in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_SCALE = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}
_WORD_NUMBER = "|".join([*_SMALL, *_TENS, "fourty"])
_SCALES = "|".join(_SCALE)
_SPOKEN = re.compile(
    rf"\b(?:(?:an?|{_WORD_NUMBER}|half an?)(?:[ -](?:{_WORD_NUMBER}))?(?:(?: and|-)? (?:{_SCALES}|{_WORD_NUMBER}))*)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?<![\w.,])(?P<cur>[£$€])?\s?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<k>k\b|m\b(?=\s*(?:pounds|euros|dollars)))?",
    re.IGNORECASE,
)

# Units in one spelling.
_UNITS: dict[str, str] = {
    spelling: unit for unit, spellings in _DATA["units"].items() for spelling in spellings.split()
}
_AFTER = re.compile(r"\s?-?([%°]c?|[a-z€£$]+)", re.IGNORECASE)


def _spoken_value(words: list[str]) -> Fraction | None:
    """The value of number words, or None where they are none ("a", "one" alone)."""
    total = Fraction(0)
    current = Fraction(0)
    said = False
    for word in words:
        if word in _SMALL or word in _TENS or word == "fourty":
            current += _SMALL.get(word, _TENS.get(word, 40))
            said = True
        elif word in _SCALE:
            scale = _SCALE[word]
            current = (current or Fraction(1)) * scale
            said = True
            if scale >= 1000:
                total, current = total + current, Fraction(0)
        elif word == "half":
            current = Fraction(1, 2)
        elif word not in {"a", "an", "and"}:
            return None
    return total + current if said else None


def _number_spans(text: str) -> list[tuple[int, int, Fraction, str]]:
    """Where numbers stand: start, end, value, currency sign."""
    found: list[tuple[int, int, Fraction, str]] = []
    for match in _DIGITS.finditer(text):
        digits = match["n"]
        digits = (
            digits.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits) else digits.replace(",", ".")
        )
        if len(digits) > MOST_DIGITS:
            continue
        value = Fraction(digits)
        if match["k"]:
            value *= 1000 if match["k"].lower() == "k" else 1_000_000
        end = match.end()
        scale = re.match(rf"\s(?P<s>{_SCALES})\b", text[end:], re.IGNORECASE)
        if scale:
            value *= _SCALE[scale["s"].lower()]
            end += scale.end()
        found.append((match.start(), end, value, match["cur"] or ""))
    for match in _SPOKEN.finditer(text):
        words = re.split(r"[ -]+", match[0].lower())
        halves = words in (["half", "a"], ["half", "an"]) and bool(_unit_after(text, match.end()))
        spoken = Fraction(1, 2) if halves else _spoken_value(words)
        if spoken is None or any(start < match.end() and match.start() < end for start, end, _, _ in found):
            continue
        if words == ["one"] and not _unit_after(text, match.end()):
            continue
        start = match.start() + (len(words[0]) + 1 if words[0] in {"a", "an"} and words[1] not in _SCALE else 0)
        found.append((start, match.end(), spoken, ""))
    return sorted(found)


def _unit_after(text: str, end: int) -> str:
    match = _AFTER.match(text, end)
    return _UNITS.get(match[1].lower(), "") if match else ""


def numbers(text: str) -> tuple[Number, ...]:
    """Every number in a text, in order, in digits or in words, with its unit.

    Units come in one spelling (`hrs` and `h` as `hour`, `£` as `pound`); `one` counts only before a unit.
    """
    return tuple(
        Number(value, _UNITS.get(currency, "") or _unit_after(text, end), (start, end))
        for start, end, value, currency in _number_spans(text[:MAX_CHARACTERS])
    )


def _plain(value: Fraction) -> str:
    """A number in digits; fractions with up to three places."""
    if value.denominator == 1:
        return str(value.numerator)
    thousandths = value.numerator * 1000 // value.denominator
    return f"{thousandths // 1000}.{thousandths % 1000:03d}".rstrip("0")


def _with_digits(text: str) -> str:
    parts: list[str] = []
    at = 0
    for start, end, value, currency in _number_spans(text):
        unit = f" {_UNITS[currency]}" if currency else ""
        parts += [text[at:start], _plain(value), unit]
        at = end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """One spelling: NFKC, lower case, straight quotes, long forms, digits, single spaces. Idempotent."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS].translate(_QUOTES)).translate(_QUOTES).lower()
    for pattern, instead in _SHORT:
        plain = pattern.sub(instead, plain)
    plain = re.sub(r"(?<![\w'])[a-z][a-z'-]*", lambda match: _INFORMAL.get(match[0], match[0]), plain)
    plain = _with_digits(plain).replace("%", " percent ").replace("°c", " degrees ")
    return " ".join(plain.split())


_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in one spelling, without punctuation."""
    return tuple(_TOKEN.findall(normalise(text)))


# A clause ends at a stop, and before the opener of a question or of a new thought.
_STOP = re.compile(r"(?:[.!?;\n]+[\"')\]]*(?=\s|$))|(?:\s-+\s)|(?:\.{2,})|(?<=\w)—(?=\w)")
_ASKS = (
    r"(?:what|whats|what's|how|hows|how's|why|when|where|who|whos|who's|which)\b"
    r"|(?:do|does|did|have|has|are|were|is|was|can|could|would|will|should|shall)(?:n't|nt)?\s+"
    r"(?:you|your|u|we|i|it|that|there|they|he|she|the|this|these|those|anyone|anybody|someone|somebody)\b"
    r"|(?:tell me|could you|can you|would you|shall we|any idea)\b"
)
_OPENS = (
    r"(?:so\s+(?:you|your|if|it|that's|thats|basically|what you)\b|sounds like|it sounds|if i understand|let me"
    r"|you mean\b"
    r"|i\s+(?:will|'ll|can|could|would|think|know|understand|see)\b|i'll\b|we've\b|our\s"
    r"|we\s+(?:can|have|could|make|will|do)\b)"
)
_COMMA = re.compile(rf",\s*(?=(?:(?:and|but|so|then|also|now)\s+)?(?:{_ASKS}|{_OPENS}))", re.IGNORECASE)
_BARE = re.compile(rf"\s+(?=(?:and|but|so|also|then)\s+(?:{_ASKS}))", re.IGNORECASE)
_RUN_ON = re.compile(
    r"(?<![\w'])(?:ok|okay|i see|thanks|thank you|got it|understood|makes sense|fair enough|right|sure|good point|"
    r"sorry to hear that|i understand|interesting|alright|all right|no problem|of course)\s+"
    rf"(?=(?:(?:and|but|so)\s+)?(?:{_ASKS}|{_OPENS}))",
    re.IGNORECASE,
)
# A question word after one of these belongs to the clause before it: "depends on how", "tell me what".
_HOLDS = re.compile(
    r"\b(?:know|me|us|see|on|of|about|understand|ask|asking|tell|said|say|show|check|find|out|remember|wonder|wondering|"
    r"that|and|or|than|idea|matter|exactly|for|from|to|at|in|with|by|is|are|was|explain|describe|imagine|people|ones?|guess)$",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|mr|mrs|ms|dr|approx|no|vs|etc|a\.m|p\.m|ca)$", re.IGNORECASE)


def _cuts(text: str) -> list[int]:
    cuts = [
        match.end()
        for match in _STOP.finditer(text)
        if not (match[0] == "." and _ABBREVIATION.search(text, 0, match.start()))
    ]
    cuts += [match.end() for match in _COMMA.finditer(text) if not _HOLDS.search(text[: match.start()])]
    cuts += [match.end() for match in _BARE.finditer(text) if not _HOLDS.search(text[: match.start()])]
    cuts += [match.end() for match in _RUN_ON.finditer(text)]
    return sorted(set(cuts))


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Piece, ...]:
    """The clauses of a line, in order; each holds at least one word, number or sign and keeps its punctuation."""
    text = text[:MAX_CHARACTERS]
    pieces: list[Piece] = []
    start = 0
    for cut in [*_cuts(text), len(text)]:
        piece = text[start:cut]
        words = piece.strip()
        if not words or cut <= start:
            continue
        if not any(sign.isalnum() for sign in words):
            if pieces:  # stray punctuation belongs to the clause before it
                before = pieces[-1]
                pieces[-1] = Piece(
                    text[before.start : cut].rstrip(),
                    before.start,
                    before.start + len(text[before.start : cut].rstrip()),
                )
                start = cut
            continue
        begin = start + len(piece) - len(piece.lstrip())
        pieces.append(Piece(words, begin, begin + len(words)))
        start = cut
    if not pieces and text.strip():
        words = text.strip()
        begin = text.index(words[0])
        return (Piece(words, begin, begin + len(words)),)
    return tuple(pieces)
