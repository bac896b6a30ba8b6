"""Fits the linear model. scikit-learn lives here and nowhere else; what comes out is integers.

A line with several labels is cut into clauses, and the labels are laid over the clauses in their order: the most
probable way under the model so far. A bare "ok" before a question stays `other` whatever the label of the line.
General lines know the label of each part. Where a line has more labels than clauses, a clause carries several, in
equal shares.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from corpus import Line
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from techsell.roleplay.labels import LABELS
from techsell.roleplay.recogniser.linear import Model
from techsell.roleplay.recogniser.rules import hints

ROUNDS = 2
MOST_FEATURES = 3000
LEAST_SEEN = 3
STRENGTH = 0.35
GENERAL_WEIGHT = 0.7
BALANCE = 0.35
SCALE = 100
TABLE = 1_000_000


@dataclass(frozen=True)
class Sample:
    """One clause for training: its features, the shares of the labels, its weight."""

    features: frozenset[str]
    shares: tuple[tuple[str, float], ...]
    weight: float


def table(temperature: int) -> tuple[int, ...]:
    """The exponential of `-d` hundredths at a temperature in hundredths, as integers, until it is nothing."""
    values: list[int] = []
    while not values or values[-1] > 0:
        values.append(round(TABLE * math.exp(-len(values) / temperature)))
    return tuple(values[:-1])


def _overlaps(line: Line) -> list[str]:
    """The label of each clause of a general line: that of the part it shares most with."""
    edges = []
    at = 0
    for name, text in line.parts:
        start = line.text.index(text, at)
        at = start + len(text)
        edges.append((name, start, at))
    return [
        max(edges, key=lambda edge: min(edge[2], piece.end) - max(edge[1], piece.start))[0] for piece in line.pieces
    ]


def _path(logs: Sequence[Sequence[float]]) -> list[int]:
    """The most probable way through clauses (rows) by labels (columns) in their order, from the first to the last."""
    count = len(logs[0])
    best, came = [logs[0][0]] + [-math.inf] * (count - 1), []
    for row in logs[1:]:
        stays = [column == 0 or best[column] >= best[column - 1] for column in range(count)]
        came.append(stays)
        best = [(best[at] if stays[at] else best[at - 1]) + row[at] for at in range(count)]
    way = [count - 1]
    for stays in reversed(came):
        way.append(way[-1] if stays[way[-1]] else way[-1] - 1)
    return way[::-1]


def _aligned(line: Line, model: Model | None) -> list[tuple[str, ...]]:
    """The labels of each clause of a line."""
    pieces, names = line.pieces, line.labels
    bare = ["s_only" in hints(piece.text) for piece in pieces]
    full = [at for at, empty in enumerate(bare) if not empty] or list(range(len(pieces)))
    spread: dict[int, tuple[str, ...]] = {}
    if len(full) <= len(names):  # clause by clause; the last clause has what is left
        for order, at in enumerate(full):
            spread[at] = names[order:] if order == len(full) - 1 else names[order : order + 1]
    elif model is None:
        spread = {at: (names[order * len(names) // len(full)],) for order, at in enumerate(full)}
    else:
        shares = [model.probabilities(line.features[at]) for at in full]
        logs = [[math.log(max(1, share[LABELS.index(name)])) for name in names] for share in shares]
        spread = {at: (names[column],) for at, column in zip(full, _path(logs), strict=True)}
    return [spread.get(at, ("other",)) for at in range(len(pieces))]


def _spellings(line: Line) -> list[tuple[Line, float]]:
    """The line as it stands, and as others would type it: with or without the question mark."""
    if "?" in line.text:
        bare = line.text.replace("?", "")
        parts = tuple((name, text.replace("?", "")) for name, text in line.parts)
        return [(line, 0.6), (replace(line, text=bare, parts=parts), 0.4)]
    asks = {"situation", "problem", "implication", "payoff", "clarify"}
    if line.labels[-1] in asks and not line.text.endswith((".", "!")):
        parts = line.parts and (*line.parts[:-1], (line.parts[-1][0], line.parts[-1][1] + "?"))
        return [(line, 0.6), (replace(line, text=line.text + "?", parts=tuple(parts)), 0.4)]
    return [(line, 1.0)]


def samples(lines: Sequence[Line], model: Model | None) -> list[Sample]:
    """Clauses for training."""
    found: list[Sample] = []
    for original in lines:
        for line, share in _spellings(original):
            names = [(name,) for name in _overlaps(line)] if line.parts else _aligned(line, model)
            weight = share * (GENERAL_WEIGHT if line.parts else 1.0)
            for features_, labels in zip(line.features, names, strict=True):
                if labels:
                    found.append(Sample(features_, tuple((name, 1 / len(labels)) for name in labels), weight))
    return found


def _chosen(found: Sequence[Sample]) -> list[str]:
    """The features that tell labels apart best (chi-squared), the hand-made ones always; in alphabetical order."""
    seen: Counter[str] = Counter()
    by_label: dict[str, Counter[str]] = {name: Counter() for name in LABELS}
    mass: Counter[str] = Counter()
    for sample in found:
        for name, share in sample.shares:
            mass[name] += share * sample.weight
        for feature in sample.features:
            seen[feature] += 1
            for name, share in sample.shares:
                by_label[name][feature] += share * sample.weight
    total = sum(mass.values())
    scores = {}
    for feature, count in seen.items():
        if count < LEAST_SEEN:
            continue
        here = sum(by_label[name][feature] for name in LABELS)
        chi = sum(
            (by_label[name][feature] - here * mass[name] / total) ** 2 / (here * mass[name] / total)
            for name in LABELS
            if mass[name]
        )
        hand = feature[:2] not in ("w:", "b:", "c:", "f:")
        scores[feature] = (not hand, -round(chi, 9), feature)
    return sorted(sorted(scores, key=lambda name: scores[name])[:MOST_FEATURES])


def _fit(found: Sequence[Sample], temperature: int) -> Model:
    names = _chosen(found)
    column = {name: at for at, name in enumerate(names)}
    mass: Counter[str] = Counter()
    for sample in found:
        for name, share in sample.shares:
            mass[name] += share * sample.weight
    mean = sum(mass.values()) / len(LABELS)
    pointers, columns, targets, weights = [0], [], [], []
    for sample in found:
        present = sorted(column[feature] for feature in sample.features if feature in column)
        for name, share in sample.shares:
            columns += present
            pointers.append(len(columns))
            targets.append(LABELS.index(name))
            weights.append(sample.weight * share * (mean / mass[name]) ** BALANCE)
    matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(targets), len(names)))
    fitted = LogisticRegression(C=STRENGTH, max_iter=3000, tol=1e-5)
    with threadpool_limits(limits=1):  # the same sums in the same order on any number of cores, and faster
        fitted.fit(matrix, targets, sample_weight=weights)
    if list(fitted.classes_) != list(range(len(LABELS))):
        raise SystemExit("The training text lacks a label; every one of the twelve needs lines.")
    bias = tuple(round(value * SCALE) for value in fitted.intercept_.tolist())
    rows = np.rint(fitted.coef_.T * SCALE).astype(int).tolist()
    kept = {name: tuple(row) for name, row in zip(names, rows, strict=True) if any(row)}
    return Model(bias, kept, table(temperature))


def fit(lines: Sequence[Line], temperature: int = 100) -> Model:
    """A model of the lines: two rounds, so that labels find their clauses."""
    model: Model | None = None
    for _ in range(ROUNDS):
        model = _fit(samples(lines, model), temperature)
    if model is None:
        raise SystemExit("ROUNDS must be 1 or more.")
    return model
