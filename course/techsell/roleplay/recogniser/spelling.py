"""Misspelt words read as the nearest known one: one slip, or two in a long word."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Speller"]

SHORTEST = 5
"""shorter words are left alone: too many are one slip apart"""


class Speller:
    """Known words by length and first letters; answers are remembered."""

    def __init__(self, words: Iterable[str], right: frozenset[str] = frozenset()) -> None:
        self._words = frozenset(words)
        self._right = right
        """further words that are spelt right, though nothing is known of them"""
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1:
                self._by_length.setdefault(len(word), []).append(word)
        self._known: dict[str, str] = {}

    def nearest(self, word: str) -> str:
        """The known word at one slip (two from eight letters on), the first of equals; else the word itself."""
        if word in self._words or word in self._right or len(word) < SHORTEST or not word.isalpha():
            return word
        answer = self._known.get(word)
        if answer is None:
            if len(self._known) > 4096:
                self._known.clear()
            answer = self._known[word] = self._search(word)
        return answer

    def _search(self, word: str) -> str:
        most = 2 if len(word) >= 8 else 1
        best = (most + 1, word)
        for length in range(len(word) - most, len(word) + most + 1):
            for other in self._by_length.get(length, ()):
                if other[0] != word[0] and other[1] != word[1]:
                    continue
                slips = distance(word, other, most)
                if slips < best[0]:
                    best = (slips, other)
        return best[1]


def distance(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap with a neighbour; `most + 1` for anything more than `most`."""
    if len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before_last, last = last, current
    return last[-1]
