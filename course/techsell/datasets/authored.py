"""What the generators of a lesson's data share: the seed of the shipped files, and tables written by hand."""

from __future__ import annotations

import csv
from importlib.resources import files

__all__ = ["DEFAULT_SEED", "authored"]

DEFAULT_SEED = 20
"""Seed of the csv files that lie beside the lesson."""


def authored(name: str) -> list[dict[str, str]]:
    """An authored table that lies beside this file, fields parted by '|'."""
    text = files("techsell.datasets").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="|", quoting=csv.QUOTE_NONE))
