"""Pain chains: what leads to what at a site, and what each effect costs by itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

__all__ = ["pain_costs", "pain_edges"]

_COBALT_EDGES = (
    ("seal leak", "line stop"),
    ("line stop", "late orders"),
    ("line stop", "overtime"),
    ("late orders", "penalties"),
    ("overtime", "penalties"),
    ("late delivery notes", "invoice queries"),  # a complaint heard on the same day; the seal does not cause it
)
_COBALT_COSTS = {
    "seal leak": 20.0,
    "line stop": 55.0,
    "late orders": 20.0,
    "overtime": 25.0,
    "penalties": 15.0,
    "late delivery notes": 2.0,
    "invoice queries": 4.0,
}


def pain_edges(seed: int | None = None) -> pd.DataFrame:
    """What leads to what: columns `cause` and `effect`, one row an arrow.

    Without a seed: slurry pumps at Cobalt Ridge, beginning at "seal leak". Late orders and overtime both end in the
    same "penalties", so that effect is reached on two ways and costs only once. One arrow does not belong to the
    chain at all. With a seed: an invented chain of the same kind (no circles, begins at "fault", at least one shared
    effect, at least one complaint that "fault" does not cause).
    """
    edges = _COBALT_EDGES if seed is None else _invented_chain(seed)[0]
    return pd.DataFrame(list(edges), columns=["cause", "effect"])


def pain_costs(seed: int | None = None) -> pd.Series:
    """Cost of each effect by itself in k£ a year, indexed by the names that `pain_edges(seed)` uses.

    Cobalt Ridge: everything that "seal leak" causes, each once, is 135 k£ a year.
    """
    costs = _COBALT_COSTS if seed is None else _invented_chain(seed)[1]
    return pd.Series(costs, name="k£ a year", dtype="float64").rename_axis("effect")


def _invented_chain(seed: int) -> tuple[tuple[tuple[str, str], ...], dict[str, float]]:
    """A chain in layers: every node has a cause in the layer above, and the node of the last layer has two or more."""
    rng = np.random.default_rng(seed)
    depths = range(1, int(rng.integers(3, 5)))
    layers = [[f"effect {depth}.{k}" for k in range(1, int(rng.integers(2, 4)) + 1)] for depth in depths]
    layers = [["fault"], *layers, ["shared effect"]]
    edges: list[tuple[str, str]] = []
    for above, below in pairwise(layers):
        for node in below:
            causes = above if node == "shared effect" else _some(above, rng)
            edges += [(cause, node) for cause in causes]
    edges += [("another complaint", "its effect")]
    rng.shuffle(edges)
    names = [node for layer in layers for node in layer] + ["another complaint", "its effect"]
    return tuple((str(a), str(b)) for a, b in edges), {name: float(rng.integers(2, 60)) for name in names}


def _some(nodes: list[str], rng: np.random.Generator) -> list[str]:
    picked = [node for node in nodes if rng.random() < 0.6]
    return picked or [nodes[int(rng.integers(0, len(nodes)))]]
