"""The linear model: integer weights from `model.json`, probabilities by an integer table. No floats anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from techsell.roleplay.labels import LABELS

__all__ = ["Model", "model_bytes", "model_sha256", "per_mille", "shipped"]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in hundredths for the twelve moves, and `table[d]`, proportional to the exponential of `-d`.

    The temperature of the calibration is inside the table.
    """

    bias: tuple[int, ...]
    weights: dict[str, tuple[int, ...]]
    table: tuple[int, ...]

    def scores(self, features: Iterable[str]) -> tuple[int, ...]:
        """Twelve sums of weights, in hundredths."""
        totals = list(self.bias)
        weights = self.weights
        for feature in features:
            row = weights.get(feature)
            if row is not None:
                for at, weight in enumerate(row):
                    totals[at] += weight
        return tuple(totals)

    def probabilities(self, features: Iterable[str]) -> tuple[int, ...]:
        """The twelve moves per mille; the sum is 1000."""
        totals = self.scores(features)
        best = max(totals)
        size = len(self.table)
        return per_mille(tuple(self.table[best - total] if best - total < size else 0 for total in totals))


def per_mille(parts: tuple[int, ...]) -> tuple[int, ...]:
    """Shares of a whole as integers with the sum 1000: largest remainders win, the first of equals."""
    whole = sum(parts)
    if whole <= 0:
        parts, whole = (1,) * len(parts), len(parts)
    shares = [part * 1000 // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda at: (-(parts[at] * 1000 % whole), at))
    for at in by_remainder[: 1000 - sum(shares)]:
        shares[at] += 1
    return tuple(shares)


def model_bytes() -> bytes:
    """The shipped file as it is, for the fingerprint."""
    return resources.files(__package__).joinpath("model.json").read_bytes()


@cache
def shipped() -> Model:
    """The model of this version of techsell, read once."""
    data = json.loads(model_bytes())
    if data["labels"] != list(LABELS):
        raise ValueError(f"model.json was trained for other labels: {data['labels']}; run recogniser/train.py")
    weights = {name: tuple(row) for name, row in data["weights"].items()}
    return Model(tuple(data["bias"]), weights, tuple(data["table"]))


def model_sha256() -> str:
    """The fingerprint of the shipped model."""
    return hashlib.sha256(model_bytes()).hexdigest()
