"""The twelve labels of a clause, read as families: does it ask, play back, tell, ask for a step?"""

from __future__ import annotations

from dataclasses import dataclass

from techsell.roleplay.labels import LABELS, QUESTIONS

__all__ = ["ASKS", "FAMILIES", "Chances"]

ASKS = QUESTIONS
FAMILIES: dict[str, tuple[str, ...]] = {
    "ask": ASKS,
    "reflect": ("reflect",),
    "acknowledge": ("acknowledge",),
    "tell": ("evidence", "pitch"),
    "commit": ("commit",),
    "rapport": ("rapport",),
    "other": ("other",),
}


@dataclass(frozen=True, slots=True)
class Chances:
    """Probabilities of the labels, per mille, in the order of `LABELS`."""

    of: tuple[int, ...]

    def __getitem__(self, label: str) -> int:
        return self.of[LABELS.index(label)]

    def family(self, name: str) -> int:
        """The share of all labels of a family."""
        return sum(self[label] for label in FAMILIES[name])

    @property
    def best_family(self) -> str:
        """The most likely family; the first in the order of `FAMILIES` of equals."""
        return max(FAMILIES, key=lambda name: (self.family(name), -list(FAMILIES).index(name)))

    def best_of(self, labels: tuple[str, ...]) -> tuple[str, int]:
        """The most likely of some labels, and its share."""
        best = max(labels, key=lambda label: (self[label], -LABELS.index(label)))
        return best, self[best]

    @staticmethod
    def joined(parts: list[tuple[Chances, int]]) -> Chances:
        """The chances of clauses together, weighted."""
        whole = sum(weight for _, weight in parts) or 1
        sums = [sum(part.of[at] * weight for part, weight in parts) // whole for at in range(len(LABELS))]
        sums[sums.index(max(sums))] += 1000 - sum(sums)
        return Chances(tuple(sums))
