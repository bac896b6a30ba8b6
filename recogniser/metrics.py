"""Agreement and error on labelled lines: F1 a label, kappa, risk and coverage, bootstrap over scenarios.

A reading is wrong (strict) when its set of labels is not the settled set; it gives false credit when it names a move
that is not in the settled set. Intervals resample whole scenarios (2,000 times, seeded), because lines of one scenario
share their subject; they are wider than those over lines.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from techsell.roleplay.labels import LABELS, QUESTIONS

RESAMPLES = 2000
SEED = 20
Labels = tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """One line that was read without having been seen."""

    id: str
    group: str
    text: str
    gold: Labels
    named: Labels
    confidence: int


Measure = Callable[[Sequence[tuple[Labels, Labels]]], float]


def kappa(one: Sequence[bool], two: Sequence[bool]) -> float:
    """Cohen's kappa of two yes-no judgements (Cohen 1960); 1.0 where both are constant and equal."""
    count = len(one)
    if not count:
        return 0.0
    agreed = sum(a == b for a, b in zip(one, two, strict=True)) / count
    first, second = sum(one) / count, sum(two) / count
    chance = first * second + (1 - first) * (1 - second)
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def label_kappa(name: str) -> Measure:
    return lambda pairs: kappa([name in one for one, _ in pairs], [name in two for _, two in pairs])


def question_kappa(pairs: Sequence[tuple[Labels, Labels]]) -> float:
    asks = set(QUESTIONS)
    return kappa([bool(asks & set(one)) for one, _ in pairs], [bool(asks & set(two)) for _, two in pairs])


def scores(pairs: Sequence[tuple[Labels, Labels]], name: str) -> tuple[float, float, float, int]:
    """Precision, recall, F1 of a label, and how many lines have it."""
    hits = sum(name in gold and name in named for gold, named in pairs)
    named_so = sum(name in named for _, named in pairs)
    have = sum(name in gold for gold, _ in pairs)
    precision, recall = hits / named_so if named_so else 0.0, hits / have if have else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0, have


def macro_f1(pairs: Sequence[tuple[Labels, Labels]]) -> float:
    return sum(scores(pairs, name)[2] for name in LABELS) / len(LABELS)


def exact(pairs: Sequence[tuple[Labels, Labels]]) -> float:
    return sum(set(one) == set(two) for one, two in pairs) / len(pairs) if pairs else 0.0


def kind_kappa(pairs: Sequence[tuple[Labels, Labels]]) -> float:
    """Kappa over four kinds of the first move: question, reflection, telling (evidence or pitch), the rest."""
    kinds = [(_kind(gold), _kind(named)) for gold, named in pairs]
    agreed = sum(one == two for one, two in kinds) / len(kinds)
    chance = sum(
        sum(one == kind for one, _ in kinds) * sum(two == kind for _, two in kinds) / len(kinds) ** 2
        for kind in ("question", "reflection", "telling", "rest")
    )
    return (agreed - chance) / (1 - chance)


def _kind(labels: Labels) -> str:
    found = set(labels)
    if found & set(QUESTIONS):
        return "question"
    if "reflect" in found:
        return "reflection"
    return "telling" if found & {"evidence", "pitch"} else "rest"


def interval(reads: Sequence[Read], measure: Callable[[Sequence[Read]], float]) -> tuple[float, float]:
    """95 % of the values over resampled scenarios."""
    groups: dict[str, list[Read]] = {}
    for read in reads:
        groups.setdefault(read.group, []).append(read)
    names = sorted(groups)
    chance = random.Random(SEED)  # noqa: S311
    values = sorted(
        measure([read for name in chance.choices(names, k=len(names)) for read in groups[name]])
        for _ in range(RESAMPLES)
    )
    return values[RESAMPLES * 25 // 1000], values[RESAMPLES * 975 // 1000 - 1]


def pairs_of(reads: Sequence[Read]) -> list[tuple[Labels, Labels]]:
    return [(read.gold, read.named) for read in reads]


def wrong(read: Read) -> bool:
    return set(read.gold) != set(read.named)


def false_credit(read: Read) -> bool:
    return not set(read.named) <= set(read.gold)


def silent_error(gate: int, is_wrong: Callable[[Read], bool] = wrong) -> Callable[[Sequence[Read]], float]:
    """The share of all lines that are accepted at a gate (per mille) and wrong."""
    return lambda reads: sum(read.confidence >= gate and is_wrong(read) for read in reads) / max(1, len(reads))


def coverage(gate: int) -> Callable[[Sequence[Read]], float]:
    """The share of lines that are accepted at a gate."""
    return lambda reads: sum(read.confidence >= gate for read in reads) / max(1, len(reads))


def confusion(reads: Sequence[Read]) -> dict[str, dict[str, int]]:
    """Settled label (down) against the label named (across), for lines with one settled label; first label named."""
    table = {name: dict.fromkeys(LABELS, 0) for name in LABELS}
    for read in reads:
        if len(read.gold) == 1:
            named = read.gold[0] if read.gold[0] in read.named else read.named[0]
            table[read.gold[0]][named] += 1
    return table
