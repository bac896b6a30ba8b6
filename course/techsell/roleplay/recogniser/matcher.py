"""Which of a scenario's entries a typed line means: weighted overlap of words, whole numbers only.

A line is a set of features (`wording.features`); a feature weighs the more, the fewer entries have it (inverse
document frequency as sixteenths of a binary logarithm). A line is compared with every example by the Tversky index,
which forgives what the example has beyond the line more than the other way round; the best example of an entry
counts, raised by keywords and by words of its answer. Misspelt words are read as the nearest word known.

Source of the method: Tversky 1977 (similarity of sets); Sparck Jones 1972 (inverse document frequency).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from .lexicon import COMMON
from .spelling import Speller
from .topics import Entry, entries
from .wording import QUIET_STEMS, features, log16, stem, stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["Match", "Matcher", "matcher_of"]

T = TypeVar("T")

_RIGHT = frozenset(stem(word) for word in COMMON)
"""words that are no slips of others, whether the scenario uses them or not"""

MOST_KEYWORDS = 420
MOST_WORDS = 480
STRANGE = 500
"""taken off an entry that knows none of the line's telling words, per mille"""
TOLD = 260
WORDS, HINTS = 3, 1
"""how much a word of the answer and a word of a topic count"""
UNKNOWN = 70
"""weight of a word that nobody in the scenario uses"""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and how well it fits, per mille."""

    entry: Entry
    score: int


class Matcher:
    """All entries of one scenario, indexed. Nothing changes after it is made, apart from memories."""

    def __init__(self, scenario: Scenario | None) -> None:
        self.entries = entries(scenario)
        self._by_id = {(entry.kind, entry.id): at for at, entry in enumerate(self.entries)}
        sets: list[tuple[int, frozenset[str]]] = []
        words: list[frozenset[str]] = []
        hints: list[frozenset[str]] = []
        self._keywords: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._users: dict[str, list[int]] = {}
        for at, entry in enumerate(self.entries):
            own = [features(stems(example)) for example in dict.fromkeys(entry.examples)]
            sets += [(at, found) for found in own]
            for keyword in entry.keywords:
                phrase = stems(keyword)
                if not QUIET_STEMS.issuperset(phrase) or len(phrase) > 1:
                    self._keywords.setdefault(phrase[0], []).append((at, phrase))
            words.append(features(stems(" . ".join((entry.words, *entry.keywords)))))
            hints.append(features(stems(entry.hints)) - words[at])
            for name in words[at].union(hints[at], *own):
                self._users.setdefault(name, []).append(at)
        self._weights = {name: self._weight(name, len(users)) for name, users in self._users.items()}
        self._owners = [at for at, _ in sets]
        self._totals = [sum(self._weights[name] for name in found) for _, found in sets]
        self._postings: dict[str, list[int]] = {}
        for number, (_, found) in enumerate(sets):
            for name in found:
                self._postings.setdefault(name, []).append(number)
        self._word_postings: dict[str, list[tuple[int, int]]] = {}
        for sort, share in ((words, WORDS), (hints, HINTS)):
            for at, found in enumerate(sort):
                for name in found - QUIET_STEMS:
                    self._word_postings.setdefault(name, []).append((at, share))
        self.speller = Speller((name for name in self._weights if name.isalpha()), _RIGHT)
        self._memory: dict[Hashable, Any] = {}

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns, made once for each key: for what others derive from the same scenario."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]  # type: ignore[no-any-return]

    def _weight(self, name: str, owners: int) -> int:
        rarity = 8 + log16(max(1, len(self.entries))) - log16(owners)
        if name in QUIET_STEMS:
            return max(2, rarity // 4)
        if name[0] == "~" or name[-1] == "-":
            return max(4, rarity * 2 // 3)
        return max(6, rarity)

    def read(self, text: str) -> tuple[str, ...]:
        """The stems of a line, misspelt ones put right."""
        return tuple(word if word in self._weights else self.speller.nearest(word) for word in stems(text))

    def strange(self, text: str) -> int:
        """How much of a line is words unknown here, per mille of its words."""
        found = [word for word in stems(text) if word != "#"]
        odd = sum(word not in self._weights and self.speller.nearest(word) == word for word in found)
        return odd * 1000 // len(found) if found else 0

    def weight(self, name: str) -> int:
        """What a feature weighs; words unknown here weigh something too."""
        return self._weights.get(name, UNKNOWN)

    def scores(self, text: str) -> dict[tuple[str, str], int]:
        """Every entry that shares anything with the text: (kind, id) to score per mille."""
        return _measured(self, text)[0]

    def rank(self, text: str, kinds: frozenset[str] = frozenset({"fact", "plant", "ordinary"})) -> tuple[Match, ...]:
        """Entries of some kinds, best first; at equal score facts before plant facts before ordinary topics."""
        return _ranked(self, text, kinds)

    def ordered(self, text: str, kinds: frozenset[str]) -> tuple[Match, ...]:
        """The work behind `rank`."""
        found = [
            Match(self.entries[self._by_id[key]], score) for key, score in self.scores(text).items() if key[0] in kinds
        ]
        found.sort(key=lambda match: (-match.score, self._by_id[match.entry.kind, match.entry.id]))
        return tuple(found)

    def compare(self, text: str, example: str) -> int:
        """How well a line fits one other line, per mille."""
        ours, theirs = features(self.read(text)), features(stems(example))
        shared = sum(self.weight(name) for name in ours & theirs)
        return _tversky(shared, sum(map(self.weight, ours)), sum(map(self.weight, theirs)))

    def entry(self, kind: str, name: str) -> Entry:
        """One entry."""
        return self.entries[self._by_id[kind, name]]

    def examples(self, text: str) -> dict[tuple[str, str], int]:
        """The best example of every entry alone, without keywords and words of the answer."""
        return _measured(self, text)[1]

    def measure(self, text: str) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """The work behind `scores` and `examples`."""
        words = self.read(text)
        line = features(words)
        weights = self._weights
        whole = 0
        shared: dict[int, int] = {}
        told: dict[int, int] = {}
        for name in line:
            weight = weights.get(name)
            if weight is None:
                # Pairs that nobody has used say nothing; a strange word does.
                whole += UNKNOWN if " " not in name and name[-1] != "-" else 0
                continue
            whole += weight
            for number in self._postings.get(name, ()):
                shared[number] = shared.get(number, 0) + weight
            for at, share in self._word_postings.get(name, ()):
                told[at] = told.get(at, 0) + share * weight
        best: dict[int, int] = {}
        for number, common in shared.items():
            score = _tversky(common, whole, self._totals[number])
            at = self._owners[number]
            if score > best.get(at, 0):
                best[at] = score
        keyed = self._keyed(words)
        content, known = self._content(words)
        result: dict[tuple[str, str], int] = {}
        for at in best.keys() | told.keys() | keyed.keys():
            score = best.get(at, 0)
            raised = min(MOST_KEYWORDS, keyed.get(at, 0)) + min(MOST_WORDS, told.get(at, 0) * TOLD // max(1, whole))
            entry = self.entries[at]
            score += (1000 - score) * raised // 1000
            if content:
                score = score * (1000 - STRANGE + STRANGE * known.get(at, 0) // content) // 1000
            result[entry.kind, entry.id] = score
        alone = {(self.entries[at].kind, self.entries[at].id): score for at, score in best.items()}
        return result, alone

    def _content(self, words: tuple[str, ...]) -> tuple[int, dict[int, int]]:
        """The weight of a line's telling words, and how much of it each entry knows, the family or beginning too."""
        whole = 0
        known: dict[int, int] = {}
        for word in set(words) - QUIET_STEMS - {"#"}:
            weight = self.weight(word)
            whole += weight
            for at in {at for name in features((word,)) for at in self._users.get(name, ())}:
                known[at] = known.get(at, 0) + weight
        return whole, known

    def _keyed(self, words: tuple[str, ...]) -> dict[int, int]:
        found: dict[int, int] = {}
        for start, word in enumerate(words):
            for at, phrase in self._keywords.get(word, ()):
                if words[start : start + len(phrase)] == phrase:
                    rarest = max(self._weights.get(part, UNKNOWN) for part in phrase)
                    found[at] = found.get(at, 0) + rarest + 30 * (len(phrase) - 1)
        return found


def _tversky(shared: int, ours: int, theirs: int) -> int:
    if shared <= 0:
        return 0
    return 10_000 * shared // (10 * shared + 10 * (ours - shared) + 3 * (theirs - shared))


_Scores = dict[tuple[str, str], int]


@lru_cache(maxsize=1024)
def _ranked(matcher: Matcher, text: str, kinds: frozenset[str]) -> tuple[Match, ...]:
    return matcher.ordered(text, kinds)


@lru_cache(maxsize=1024)
def _measured(matcher: Matcher, text: str) -> tuple[_Scores, _Scores]:
    return matcher.measure(text)


_MADE: dict[str, Matcher] = {}
MOST_MADE = 32


def matcher_of(scenario: Scenario | None) -> Matcher:
    """The matcher of a scenario, made once for each content."""
    name = scenario.fingerprint if scenario is not None else ""
    made = _MADE.get(name)
    if made is None:
        if len(_MADE) >= MOST_MADE:
            _MADE.pop(next(iter(_MADE)))
        made = _MADE[name] = Matcher(scenario)
    return made
