"""The call log: where deal size makes pressing for a decision look good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from techsell.datasets.authored import DEFAULT_SEED

__all__ = ["calls"]

_ADVANCE_RATES = {(0, 0): 0.770, (0, 1): 0.725, (1, 0): 0.220, (1, 1): 0.184}
"""Share of calls that end in an advance, by (large, closing). Odds ratio of pressing: about 0.8 in both sizes."""


def calls(seed: int = DEFAULT_SEED, n: int = 900) -> pd.DataFrame:
    """Log of `n` sales calls, one row a call, all columns whole numbers.

    ========== ==================================================================================
    large      1 = large sale (several people decide, over months), 0 = small sale (one call)
    closing    1 = the seller pressed for a decision three times or more in the call, else 0
    situ       questions about facts of the site (count)
    prob       questions about difficulties (count)
    impl       questions about consequences of a difficulty (count)
    npo        questions that let the buyer say what a solution would be worth (count)
    implied    needs the buyer only implied: "the seal leaks again" (count)
    explicit   needs the buyer stated: "I want a warning before it leaks" (count)
    advance    1 = the call ended with an order or a dated action by the buyer, else 0
    ========== ==================================================================================

    Model: `advance` is logistic. In small sales implied needs carry it, in large sales explicit needs; pressing
    lowers the odds a little in both. Sellers press mostly in small sales, and small sales advance more often, so
    deal size confounds pressing: the crude odds ratio is about 3.2, within deal sizes it is about 0.8.
    Outcomes are drawn systematically, so that the rates by deal size and pressing are the intended ones and noise
    cannot hide the pattern for an unlucky seed; a real log is noisier.

    Args:
        seed: seed of numpy's `default_rng`.
        n: number of calls, 40 or more; below a few hundred the correlations scatter.

    Raises:
        ValueError: `n` below 40.
    """
    if n < 40:
        raise ValueError(f"n = {n} calls cannot show a pattern in two deal sizes; use 40 or more")
    rng = np.random.default_rng(seed)
    large = np.zeros(n, dtype=np.int64)
    large[: n // 2] = 1
    closing = _systematic(np.where(large == 1, 0.18, 0.78), [large == 0, large == 1], rng)
    situ = rng.poisson(np.where(large == 1, 4.5, 3.0))
    prob = rng.poisson(np.where(large == 1, 3.2, 2.0))
    impl = rng.poisson(np.where(large == 1, 1.6, 0.7))
    npo = rng.poisson(np.where(large == 1, 1.0, 0.5))
    implied = rng.poisson(0.25 + 0.55 * prob)
    explicit = rng.poisson(0.10 + 0.40 * impl + 0.55 * npo)
    pull = np.where(large == 1, 0.80 * explicit, 0.45 * implied)
    advance = np.zeros(n, dtype=np.int64)
    for (size, press), rate in _ADVANCE_RATES.items():
        cell = (large == size) & (closing == press)
        advance += _systematic(_logistic_with_mean(pull, cell, rate), [cell], rng)
    frame = pd.DataFrame(
        {
            "large": large,
            "closing": closing,
            "situ": situ,
            "prob": prob,
            "impl": impl,
            "npo": npo,
            "implied": implied,
            "explicit": explicit,
            "advance": advance,
        }
    ).astype("int64")
    return frame.iloc[rng.permutation(n)].reset_index(drop=True)


def _logistic_with_mean(pull: Any, cell: Any, rate: float) -> Any:
    """Logistic probabilities in `pull`, zero outside `cell`, with the constant that makes their mean there `rate`."""
    low, high = -20.0, 20.0
    for _ in range(60):
        constant = (low + high) / 2
        p = np.where(cell, 1.0 / (1.0 + np.exp(-(constant + pull))), 0.0)
        low, high = (constant, high) if p.sum() < rate * cell.sum() else (low, constant)
    return p


def _systematic(p: Any, cells: Iterable[Any], rng: np.random.Generator) -> Any:
    """0/1 draws with probabilities `p` whose number in every cell is the expected one, to within one."""
    drawn = np.zeros(len(p), dtype=np.int64)
    for cell in cells:
        rows = rng.permutation(np.flatnonzero(cell))
        total = np.cumsum(p[rows]) + rng.random()
        drawn[rows] = np.diff(np.floor(total), prepend=0.0).astype(np.int64)
    return drawn
