"""A typed line becomes clauses with probabilities over the twelve moves. Needs no scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from techsell.roleplay.labels import LABELS

from . import linear
from .features import features
from .text import clauses, readable, tokens

__all__ = ["ACCEPT", "Clause", "confidence", "decision", "label", "label_with", "labels_of", "whole"]

MOST_LABELS = 3
ASIDE = 400
"""A second move in a line counts from this probability (per mille)."""
ACCEPT = 750
"""From this probability a line is taken as read; chosen on the own set, see recogniser/MODEL_CARD.md."""
CONFIRM = 250
"""Below this no reading is worth offering."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the line (`text[start:end]`) and what it is: the twelve moves per mille, sum 1000."""

    text: str
    start: int
    end: int
    probabilities: tuple[int, ...]

    @property
    def best(self) -> str:
        """The most probable move; the first in the order of `LABELS` of equals."""
        return LABELS[self.probabilities.index(max(self.probabilities))]


@lru_cache(maxsize=2048)
def label(text: str, ctx: str = "") -> tuple[Clause, ...]:
    """Label every clause of a line with the shipped model.

    Args:
        text: what was typed, in any state.
        ctx: what the other side had just said, or "".

    Returns:
        The clauses in order; none for an empty text.
    """
    return label_with(linear.shipped(), text, ctx)


def label_with(model: linear.Model, text: str, ctx: str = "") -> tuple[Clause, ...]:
    """Label every clause of a line with a given model; training and evaluation use it."""
    pieces = clauses(readable(text))
    return tuple(
        Clause(text[piece.start : piece.end], piece.start, piece.end, model.probabilities(found))
        for piece, found in zip(pieces, features(pieces, readable(ctx)), strict=True)
    )


def _weight(clause: Clause) -> int:
    """How much a clause says about its line: its words, at least one and at most twelve."""
    return max(1, min(12, len(tokens(clause.text))))


def whole(found: tuple[Clause, ...]) -> tuple[int, ...]:
    """The twelve moves of a whole line per mille: its clauses, weighted by their length."""
    if not found:
        return linear.per_mille(tuple(int(name == "other") for name in LABELS))
    weights = [_weight(clause) for clause in found]
    sums = zip(
        *([weight * share for share in clause.probabilities] for weight, clause in zip(weights, found, strict=True)),
        strict=True,
    )
    return linear.per_mille(tuple(map(sum, sums)))


def _kept(found: tuple[Clause, ...]) -> list[Clause]:
    """The clauses that name the moves of a line: the one that says most, and every other that is sure enough."""
    if not found:
        return []
    says = [(clause.best != "other", max(clause.probabilities) * min(_weight(clause), 8)) for clause in found]
    main = says.index(max(says))
    kept = [
        clause
        for at, clause in enumerate(found)
        if at == main or (clause.best != "other" and max(clause.probabilities) >= ASIDE)
    ]
    if len({clause.best for clause in kept}) > MOST_LABELS:
        mass: dict[str, int] = {}
        for clause in kept:
            mass[clause.best] = mass.get(clause.best, 0) + max(clause.probabilities) * _weight(clause)
        most = sorted(mass, key=lambda name: (-mass[name], LABELS.index(name)))[:MOST_LABELS]
        kept = [clause for clause in kept if clause.best in most]
    return kept


def labels_of(found: tuple[Clause, ...]) -> tuple[str, ...]:
    """The distinct moves of a line in order, at most three; `other` only where there is nothing else."""
    return tuple(dict.fromkeys(clause.best for clause in _kept(found))) or ("other",)


def confidence(found: tuple[Clause, ...]) -> int:
    """How sure the labels of a line are, per mille: the least sure of them."""
    best: dict[str, int] = {}
    for clause in _kept(found):
        best[clause.best] = max(best.get(clause.best, 0), max(clause.probabilities))
    return min(best.values(), default=0)


def decision(found: tuple[Clause, ...]) -> str:
    """What a line is worth by its labels alone: `accept`, `confirm` or `rephrase`."""
    sure = confidence(found)
    return "accept" if sure >= ACCEPT else "confirm" if sure >= CONFIRM else "rephrase"
