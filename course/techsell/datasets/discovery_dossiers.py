"""Deal dossiers: what was written down about a deal, by whom it could be confirmed, and when."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from techsell.datasets.authored import DEFAULT_SEED, authored

__all__ = ["AS_OF", "FIELDS", "OUR_OPINION", "VERIFIABLE", "dossiers"]

AS_OF = date(2026, 3, 2)
"""The day on which the dossiers are read. Dates in them are before it."""

FIELDS = (
    "metrics",
    "economic_buyer",
    "decision_criteria",
    "decision_process",
    "paper_process",
    "pain",
    "champion",
    "competition",
)
"""The eight questions a dossier answers, in the order in which it lists them."""

VERIFIABLE = ("customer document", "customer e-mail", "agreed minutes", "site visit report")
"""Sources that the customer could confirm."""

OUR_OPINION = ("our note", "our estimate")
"""Sources that nobody but us stands behind."""


def dossiers(seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Eight deals as their owners filed them, one row for each deal and field (64 rows).

    ======== ====================================================================================
    deal     short name of the deal, the same for every seed
    field    one of `FIELDS`, in that order within a deal
    evidence what was written down; missing where nobody wrote anything
    source   one of `VERIFIABLE` or `OUR_OPINION`; missing where the evidence is
    date     day of the evidence, ISO text, before `AS_OF`; missing where the evidence is
    ======== ====================================================================================

    The seed changes the order of the deals and the dates (by a few days), and may lose one entry of a deal that
    does not decide it.
    """
    rng = np.random.default_rng(seed)
    entries = authored("discovery_dossiers.psv")
    names = sorted({entry["deal"] for entry in entries})
    rows = []
    for index in rng.permutation(len(names)):
        lost = rng.random() < 0.5
        shift = int(rng.integers(0, 5))
        for entry in (entry for entry in entries if entry["deal"] == names[index]):
            known = bool(entry["evidence"]) and not (lost and entry["may_lack"])
            day = AS_OF - timedelta(days=int(entry["age_days"] or 0) + shift)
            rows.append(
                {
                    "deal": entry["deal"],
                    "field": entry["field"],
                    "evidence": entry["evidence"] if known else None,
                    "source": entry["source"] if known else None,
                    "date": day.isoformat() if known else None,
                }
            )
    return pd.DataFrame(rows, columns=["deal", "field", "evidence", "source", "date"])
