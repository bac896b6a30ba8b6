"""The recogniser's own text: labelled lines of simulated calls, general lines, and what two labellers said.

Everything is written for this project; nothing comes from a data set. `utterances/` has what a tired engineer types in
each scenario's call (labelled twice, settled in writing), `general/` has everyday talk by counsellors, negotiators,
fund-raisers, people on the telephone and on the shop floor, for training only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from techsell.roleplay.labels import LABELS
from techsell.roleplay.recogniser.features import features
from techsell.roleplay.recogniser.text import Piece, clauses, normalise

HERE = Path(__file__).resolve().parent
UTTERANCES = HERE / "utterances"


@dataclass(frozen=True)
class Line:
    """One line of text. `parts` (general text only): label and words of each part; `labels`: the moves in order."""

    id: str
    group: str
    text: str
    ctx: str
    labels: tuple[str, ...]
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return clauses(self.text)

    @property
    def features(self) -> tuple[frozenset[str], ...]:
        return _features(self.text, self.ctx)


@cache
def _features(text: str, ctx: str) -> tuple[frozenset[str], ...]:
    return features(clauses(text), ctx)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file; a broken one is named with its number."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SystemExit(f"{path}:{number}: no JSON: {error}") from error


def _checked(labels: list[str], where: str) -> tuple[str, ...]:
    strange = [name for name in labels if name not in LABELS]
    if strange or not 1 <= len(labels) <= 3:
        raise SystemExit(f"{where}: one to three of the twelve labels, please; this says {labels}")
    return tuple(dict.fromkeys(labels))


def general() -> list[Line]:
    """The general lines, with a label for each part."""
    lines = []
    for path in sorted((HERE / "general").glob("*.jsonl")):
        for row in rows(path):
            parts = tuple((name, text) for name, text in row["parts"])
            labels = _checked([name for name, _ in parts], f"{path.name} {row['id']}")
            lines.append(Line(row["id"], f"general/{path.stem}", row["text"], row.get("ctx", ""), labels, parts))
    return lines


def labels_of(labeller: str) -> dict[str, tuple[str, ...]]:
    """What one labeller (`a`, `b`) said, by the id of the line."""
    return {
        row["id"]: _checked(row["labels"], f"{path.name} {row['id']}")
        for path in sorted((HERE / "labels" / labeller).glob("*.jsonl"))
        for row in rows(path)
    }


def settled() -> dict[str, tuple[str, ...]]:
    """The labels that count, by the id of the line."""
    path = HERE / "labels" / "settled.jsonl"
    return {row["id"]: _checked(row["labels"], f"{path.name} {row['id']}") for row in rows(path)}


def calls() -> list[Line]:
    """The lines of the scenarios' calls with their settled labels."""
    known = settled()
    return [
        Line(row["id"], path.stem, row["text"], row.get("ctx", ""), known[row["id"]])
        for path in sorted(UTTERANCES.glob("*.jsonl"))
        for row in rows(path)
        if row["id"] in known
    ]


def fold(text: str) -> str:
    """A text without what does not make it another text: spelling, capitals, punctuation."""
    return re.sub(r"[\W_]+", " ", normalise(text)).strip()
