"""Data of module 3, *The discovery conversation*: a call log, tagged transcripts, deal dossiers and a pain chain.

Everything here is invented and seeded. The patterns are put in on purpose, to echo what Rackham reports in *SPIN
Selling* (1988); they are no evidence for it. The same seed gives the same frame; every seed gives the same pattern.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from techsell.datasets.authored import DEFAULT_SEED
from techsell.datasets.discovery_calls import calls
from techsell.datasets.discovery_dossiers import AS_OF, FIELDS, OUR_OPINION, VERIFIABLE, dossiers
from techsell.datasets.discovery_pain import pain_costs, pain_edges
from techsell.datasets.discovery_transcripts import BUYER_TAGS, transcripts

__all__ = [
    "AS_OF",
    "BUYER_TAGS",
    "CSV_FILES",
    "DEFAULT_SEED",
    "FIELDS",
    "OUR_OPINION",
    "VERIFIABLE",
    "calls",
    "dossiers",
    "pain_costs",
    "pain_edges",
    "transcripts",
    "write_csv",
]

CSV_FILES: dict[str, Callable[[], pd.DataFrame]] = {
    "calls.csv": calls,
    "transcripts.csv": transcripts,
    "dossiers.csv": dossiers,
}
"""File beside the lesson -> the generator whose output, with the default seed, it is."""


def write_csv(folder: Path) -> None:
    """Write every file of `CSV_FILES` into `folder`, the same bytes on every system."""
    for name, generate in CSV_FILES.items():
        text = generate().to_csv(index=False, lineterminator="\n")
        (folder / name).write_bytes(text.encode("utf-8"))
