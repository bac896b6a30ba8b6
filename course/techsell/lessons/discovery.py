"""The arithmetic behind lesson 3: a confounded odds ratio, what needs go with, a call's shape, a pain chain.

Nothing that an exercise asks for may be taken from here: `techsell.lessons` is not on the grader's machine.
Methods: odds ratio with Woolf's interval; Mantel and Haenszel, J. Natl. Cancer Inst. 22 (1959) 719; its variance by
Robins, Breslow and Greenland, Biometrics 42 (1986) 311; intervals of a correlation by Fisher's z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = [
    "COBALT_BILL",
    "Estimate",
    "closing_effect",
    "mantel_haenszel",
    "naive_sum",
    "needs_by_size",
    "pain_steps",
    "prose_numbers",
    "rate_by_needs",
    "shape_of_call",
    "sources_of",
]

Z95 = 1.959964
SIZES = {0: "small deals", 1: "large deals"}


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval and the number of calls behind it."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.2f} (95 % interval {self.low:.2f} to {self.high:.2f}, n = {self.n})"


# --- closing --------------------------------------------------------------------------------------------------------


def closing_effect(calls: pd.DataFrame) -> dict[str, Estimate]:
    """Odds ratio of an advance, pressing against not pressing.

    Args:
        calls: columns `large`, `closing`, `advance`, each 0 or 1.

    Returns:
        "all calls" (crude), "small deals", "large deals", and "within deal size" (Mantel–Haenszel), in that order.

    Raises:
        ValueError: a cell of a two-by-two table is empty, so that no odds ratio exists.
    """
    rows = {"all calls": _odds_ratio(_table(calls))}
    strata = {name: _table(calls[calls["large"] == size]) for size, name in SIZES.items()}
    rows |= {name: _odds_ratio(table) for name, table in strata.items()}
    rows["within deal size"] = mantel_haenszel(list(strata.values()))
    return rows


def _table(calls: pd.DataFrame) -> np.ndarray:
    """[[pressed and advanced, pressed and not], [did not press and advanced, neither]]"""
    pressed, advanced = calls["closing"] == 1, calls["advance"] == 1
    cells = [pressed & advanced, pressed & ~advanced, ~pressed & advanced, ~pressed & ~advanced]
    table = np.array([int(cell.sum()) for cell in cells], dtype=float).reshape(2, 2)
    if (table == 0).any():
        raise ValueError(f"a two-by-two table has an empty cell: {table.astype(int).tolist()}; no odds ratio exists")
    return table


def _odds_ratio(table: np.ndarray) -> Estimate:
    log_ratio = math.log(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]))
    return _from_log(log_ratio, math.sqrt(float((1.0 / table).sum())), int(table.sum()))


def mantel_haenszel(tables: list[np.ndarray]) -> Estimate:
    """One odds ratio from several two-by-two tables, each laid out as [[a, b], [c, d]] with odds ratio ad / bc."""
    r = [t[0, 0] * t[1, 1] / t.sum() for t in tables]
    s = [t[0, 1] * t[1, 0] / t.sum() for t in tables]
    p = [(t[0, 0] + t[1, 1]) / t.sum() for t in tables]
    q = [1.0 - share for share in p]
    r_all, s_all = sum(r), sum(s)
    variance = (
        sum(a * b for a, b in zip(p, r, strict=True)) / (2 * r_all**2)
        + sum(a * d + c * b for a, b, c, d in zip(p, r, q, s, strict=True)) / (2 * r_all * s_all)
        + sum(c * d for c, d in zip(q, s, strict=True)) / (2 * s_all**2)
    )
    return _from_log(math.log(r_all / s_all), math.sqrt(variance), int(sum(t.sum() for t in tables)))


def _from_log(log_ratio: float, error: float, n: int) -> Estimate:
    return Estimate(math.exp(log_ratio), math.exp(log_ratio - Z95 * error), math.exp(log_ratio + Z95 * error), n)


# --- needs ----------------------------------------------------------------------------------------------------------


def needs_by_size(calls: pd.DataFrame) -> dict[tuple[str, str], Estimate]:
    """Correlation of an advance with the number of needs heard, by ("small deals", "implied") and so on."""
    found = {}
    for size, name in SIZES.items():
        part = calls[calls["large"] == size]
        for kind in ("implied", "explicit"):
            r, n = float(part[kind].corr(part["advance"])), len(part)
            z, error = math.atanh(r), 1.0 / math.sqrt(n - 3)
            found[name, kind] = Estimate(r, math.tanh(z - Z95 * error), math.tanh(z + Z95 * error), n)
    return found


def rate_by_needs(calls: pd.DataFrame, kind: str = "explicit", top: int = 4) -> pd.DataFrame:
    """Share of calls that advanced, by number of needs of one kind: columns `needs`, `rate`, `low`, `high`, `n`.

    The last row holds `top` and more. Intervals are Wilson's, 95 %.
    """
    needs = calls[kind].clip(upper=top)
    grouped = calls["advance"].groupby(needs).agg(["mean", "size"])
    rows = []
    for count, (rate, size) in zip(grouped.index, grouped.to_numpy(), strict=True):
        low, high = _wilson(float(rate), int(size))
        rows.append({"needs": int(count), "rate": float(rate), "low": low, "high": high, "n": int(size)})
    return pd.DataFrame(rows)


def _wilson(rate: float, n: int) -> tuple[float, float]:
    centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * math.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return centre - half, centre + half


# --- the shape of a call --------------------------------------------------------------------------------------------


def shape_of_call(transcripts: pd.DataFrame, phrase: str) -> pd.DataFrame:
    """The one call in which `phrase` is said, in order of turns.

    Calls are found by what was said in them because their numbers depend on the data's seed.

    Raises:
        ValueError: no call holds the phrase, or several do.
    """
    said = transcripts["text"].str.contains(phrase, regex=False)
    found = transcripts.loc[said, "call"].unique()
    if len(found) != 1:
        raise ValueError(f"{len(found)} calls hold the phrase {phrase!r}; name one that a single call holds")
    call: pd.DataFrame = transcripts[transcripts["call"] == found[0]].reset_index(drop=True)
    return call


# --- dossiers -------------------------------------------------------------------------------------------------------


def sources_of(dossiers: pd.DataFrame) -> pd.DataFrame:
    """How many entries of the dossiers rest on which source, and whether the customer could confirm it."""
    from techsell.datasets.discovery import VERIFIABLE

    counted = dossiers["source"].fillna("nothing written down").value_counts()
    return pd.DataFrame(
        {
            "source": list(counted.index),
            "entries": counted.to_numpy(),
            "could the customer confirm it?": ["yes" if name in VERIFIABLE else "no" for name in counted.index],
        }
    )


# --- the pain chain -------------------------------------------------------------------------------------------------

COBALT_BILL = pd.DataFrame(
    [
        ("seal leak", 10, "seal changes", 2.0),
        ("line stop", 50, "h without the line", 1.1),
        ("late orders", 8, "trains booked again", 2.5),
        ("overtime", 500, "h of overtime", 0.05),
        ("penalties", 3, "penalty invoices", 5.0),
    ],
    columns=["effect", "quantity", "unit", "k£ each"],
)
"""How each figure at Cobalt Ridge came about: quantity a year, times k£. The product is the cost of the effect."""


def pain_steps(edges: pd.DataFrame, costs: pd.Series, root: str) -> pd.DataFrame:
    """Walk from `root` to everything it causes, each effect once, in the order of discovery.

    Args:
        edges: columns `cause` and `effect`.
        costs: cost of each effect by itself, k£ a year, indexed by effect.
        root: where the walk begins.

    Returns:
        One row an effect: `effect`, `caused by` (all its causes on the walk, joined by " + "), `cost`, `running total`.
    """
    order = [root]
    for node in order:
        order += [effect for effect in edges.loc[edges["cause"] == node, "effect"] if effect not in order]
    on_walk = edges[edges["cause"].isin(order)]
    causes = [" + ".join(on_walk.loc[on_walk["effect"] == node, "cause"]) for node in order]
    table = pd.DataFrame({"effect": order, "caused by": causes, "cost": [float(costs[node]) for node in order]})
    return table.assign(**{"running total": table["cost"].cumsum()})


def naive_sum(edges: pd.DataFrame, costs: pd.Series, root: str) -> float:
    """The wrong roll-up: every arrow is followed, and an effect with two causes is paid for twice."""
    effects = edges.loc[edges["cause"] == root, "effect"]
    return float(costs[root]) + sum(naive_sum(edges, costs, effect) for effect in effects)


# --- numbers that the lesson's prose quotes -------------------------------------------------------------------------


def prose_numbers() -> dict[str, str]:
    """Name -> text of every data-dependent number that the lesson's prose carries as `135<!--=pain_total-->`."""
    from techsell.datasets import discovery as data

    edges, costs = data.pain_edges(), data.pain_costs()
    table = pain_steps(edges, costs, "seal leak")
    steps = dict(zip(table["effect"], table["cost"], strict=True))
    total = sum(steps.values())
    calls = data.calls()
    return {
        "n_calls": f"{len(calls)}",
        "n_transcripts": f"{data.transcripts()['call'].nunique()}",
        "n_deals": f"{data.dossiers()['deal'].nunique()}",
        "pain_total": f"{total:.0f}",
        "pain_naive": f"{naive_sum(edges, costs, 'seal leak'):.0f}",
        "pain_everything": f"{costs.sum():.0f}",
        "pain_leak": f"{steps['seal leak']:.0f}",
        "pain_penalties": f"{steps['penalties']:.0f}",
        "leak_share": f"{100 * steps['seal leak'] / total:.0f}",
        "seal_change": f"£{1000 * COBALT_BILL.loc[COBALT_BILL['effect'] == 'seal leak', 'k£ each'].iloc[0]:,.0f}",
        "leaks": f"{COBALT_BILL.loc[COBALT_BILL['effect'] == 'seal leak', 'quantity'].iloc[0]}",
    }
