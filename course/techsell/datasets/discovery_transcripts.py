"""Tagged transcripts: twelve written conversations, given a clock with pauses and overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from techsell.datasets.authored import DEFAULT_SEED, authored

__all__ = ["BUYER_TAGS", "transcripts"]

BUYER_TAGS = (
    "answer",  # plain information
    "implied",  # a difficulty or dissatisfaction, named as such
    "explicit",  # a want stated by the buyer: "I want …", "we need …"
    "objection",
    "question",
    "listens",  # "Mm.", said into somebody else's sentence
    "advance",  # a dated action by the buyer
    "continuation",  # a friendly end without one
    "refusal",
)
"""Tags of the buyer's lines. The seller's lines carry the course's twelve move labels."""


@dataclass(frozen=True)
class _Line:
    """One authored line: `group` may be left out as a whole; `mode` is '' (in turn), '~' (said into the line
    before it) or '&' (begins before the line before it has ended)."""

    script: str
    group: str
    mode: str
    side: str
    tag: str
    text: str


def transcripts(seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Twelve tagged sales calls, one row a turn, in the order in which the turns begin.

    ======= =====================================================================================
    call    "C01" … "C12"; which conversation has which number depends on the seed
    turn    1, 2, … within the call
    speaker "seller" or "buyer"; where two of us are in the room both are "seller"
    t0, t1  beginning and end of the turn in seconds from the start of the call; turns may overlap,
            within a side too
    text    what was said
    tag     seller: one of the course's twelve move labels; buyer: one of `BUYER_TAGS`
    ======= =====================================================================================

    The seed changes pace, pauses, overlaps and numbering, and leaves out some question-and-answer pairs.
    """
    rng = np.random.default_rng(seed)
    lines = [_Line(**row) for row in authored("discovery_scripts.psv")]
    names = sorted({line.script for line in lines})
    order = rng.permutation(len(names))
    spoken = []
    for number, index in enumerate(order, start=1):
        script = [line for line in lines if line.script == names[index]]
        spoken += [{"call": f"C{number:02d}", **turn} for turn in _speak(script, rng)]
    return pd.DataFrame(spoken, columns=["call", "turn", "speaker", "t0", "t1", "text", "tag"])


def _speak(script: list[_Line], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Give one script its clock: words over pace, with pauses and overlaps."""
    groups = sorted({line.group for line in script if line.group})
    left_out = {group for group in groups if rng.random() < 0.35}
    pace = {"seller": 2.3 + 0.7 * rng.random(), "buyer": 2.1 + 0.7 * rng.random()}  # words a second
    last_t0 = last_t1 = end = 0.0
    turns: list[dict[str, Any]] = []
    for line in script:
        if line.group in left_out:
            continue
        length = 0.4 + len(line.text.split()) / pace[line.side]
        if line.mode == "~":
            t0 = last_t0 + (0.3 + 0.4 * rng.random()) * (last_t1 - last_t0)
        elif line.mode == "&":
            t0 = end - min(0.4 + 1.6 * rng.random(), 0.4 * (last_t1 - last_t0))
        else:
            t0 = end + 0.2 + 1.4 * rng.random()
        t0 = round(max(t0, last_t0 + 0.1) if turns else 0.0, 1)
        t1 = round(t0 + length, 1)
        turns.append(
            {"turn": len(turns) + 1, "speaker": line.side, "t0": t0, "t1": t1, "text": line.text, "tag": line.tag}
        )
        if line.mode != "~":
            last_t0, last_t1 = t0, t1
        end = max(end, t1)
    return turns
