"""Questions that any visitor may ask, known once for all scenarios."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Ordinary", "ordinary_topics", "source"]


@dataclass(frozen=True, slots=True)
class Ordinary:
    """One ordinary topic with the lines by which it is known."""

    id: str
    group: str
    label: str
    keywords: tuple[str, ...]
    utterances: tuple[str, ...]


@cache
def source() -> str:
    """The text of `ordinary.json`, made from `ordinary.yaml` by `make_ordinary.py`."""
    return files(__package__).joinpath("ordinary.json").read_text(encoding="utf-8")


@cache
def ordinary_topics() -> dict[str, Ordinary]:
    """All ordinary topics by id, in file order."""
    return {
        entry["id"]: Ordinary(
            entry["id"], entry["group"], entry["label"], tuple(entry["keywords"]), tuple(entry["utterances"])
        )
        for entry in json.loads(source())
    }
