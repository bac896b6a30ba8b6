"""Rules as data: patterns over one normalised clause, and the texts that are no move at all.

`hints(text, ctx)` names every pattern that holds; the linear model weighs them (`features.py`). `trouble(text)`
says when a person would not answer the content: rudeness, gibberish or talk to the machine, another language, far
too much at once. `VERSION` is part of the recogniser's fingerprint: raise it whenever a pattern changes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from .lexicon import COMMON, DATA, FOREIGN
from .text import normalise, readable, tokens

__all__ = ["MAX_WORDS", "PATTERNS", "VERSION", "Trouble", "hints", "trouble"]

VERSION: int = DATA["version"]
MAX_WORDS = 220
"""More words than this in one line are overlong: nobody says two minutes of text in one breath."""

Trouble = Literal["rude", "unclear", "foreign", "overlong"]

PATTERNS: dict[str, str] = DATA["patterns"]
_COMPILED: dict[str, re.Pattern[str]] = {}


def _compiled() -> dict[str, re.Pattern[str]]:
    if not _COMPILED:
        _COMPILED.update({name: re.compile(pattern) for name, pattern in PATTERNS.items()})
    return _COMPILED


@lru_cache(maxsize=4096)
def hints(text: str) -> frozenset[str]:
    """The names of the patterns that hold for one clause."""
    plain = normalise(text)
    found = {name for name, pattern in _compiled().items() if pattern.search(plain)}
    if "?" in plain:
        found.add("q_mark")
    if found & {"q_mark", "q_wh", "q_inverted", "q_any", "q_indirect"}:
        found.add("q_form")
    return frozenset(found)


_RUDE = re.compile(DATA["rude"])
_META = re.compile(DATA["to_the_machine"])
_UNSAID = re.compile(DATA["unsayable"])


def _letters(text: str) -> tuple[int, int]:
    """How many letters there are, and how many of them are not Latin."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters), sum(sign > "ɏ" for sign in letters)


def _unlikely(word: str) -> bool:
    """No word of English, as far as its letters say."""
    if word in COMMON or word.isdigit():
        return False
    if len(word) > 3 and not re.search(r"[aeiouy]", word):
        return True
    return len(word) > 22 or bool(_UNSAID.search(word))


def _gibberish(words: tuple[str, ...]) -> bool:
    spelt = [word for word in words if word.isalpha()]
    if not spelt:
        return False
    known = sum(word in COMMON for word in spelt)
    strange = sum(map(_unlikely, spelt))
    return strange * 2 >= len(spelt) and known * 3 < len(spelt)


def _foreign(words: tuple[str, ...]) -> bool:
    english = sum(word in COMMON for word in words)
    strange = max((sum(word in lexicon for word in words) for lexicon in FOREIGN.values()), default=0)
    return len(words) >= 2 and strange >= 2 and strange > english and strange * 4 >= len(words)


@lru_cache(maxsize=4096)
def trouble(text: str) -> Trouble | None:
    """Why a text is no move at all, or None: `rude`, `unclear`, `foreign` or `overlong`.

    `unclear` is text without words, gibberish, and talk to the machine ("ignore previous instructions").
    """
    text = readable(text)
    words = tokens(text)
    letters, strange = _letters(text)
    if len(text) > 1500 or len(words) > MAX_WORDS:
        return "overlong"
    if letters >= 4 and strange * 2 > letters:
        return "foreign"
    if not words or (letters and len(set(words)) == 1 and len(words) >= 4):
        return "unclear"
    plain = normalise(text)
    if _RUDE.search(plain):
        return "rude"
    if _META.search(plain) or _META.search(text.lower()):
        return "unclear"
    if _foreign(words):
        return "foreign"
    return "unclear" if _gibberish(words) else None
