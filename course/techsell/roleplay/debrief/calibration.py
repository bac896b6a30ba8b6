"""The learner's own score against the engine's: how well somebody reads their own call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from techsell.errors import UsageError

if TYPE_CHECKING:
    from techsell.roleplay.rubric import Scorecard

__all__ = ["STEPS", "calibration"]

STEPS = 4
"""the highest mark that a learner gives a line; 0 is the lowest"""


def calibration(own: Mapping[str, int], scorecard: Scorecard) -> dict[str, Any]:
    """Hold a learner's marks against the scorecard.

    Args:
        own: marks of 0 to 4 by the rubric line's id; lines left out are left out here too.

    Returns:
        `lines` ({"id", "title", "own", "scored", "difference"} in percent, in the rubric's order; a positive difference
        means that the learner saw more than there was), `mean` (mean absolute difference in whole percent, rounded half
        up, None without a mark) and `lean` (mean difference with its sign).

    Raises:
        UsageError: a mark outside 0 to 4, or for a line that is not in the rubric.
    """
    known = {line.id for line in scorecard.lines}
    for name, mark in own.items():
        if name not in known:
            raise UsageError(f"The rubric has no line {name!r}", cure=f"Use {', '.join(sorted(known)) or 'no marks'}")
        if isinstance(mark, bool) or not isinstance(mark, int) or not 0 <= mark <= STEPS:
            raise UsageError(f"{mark!r} is no mark for {name}", cure=f"Give a whole number from 0 to {STEPS}")
    lines = [
        {
            "id": line.id,
            "title": line.title,
            "own": 100 * own[line.id] // STEPS,
            "scored": line.percent,
            "difference": 100 * own[line.id] // STEPS - line.percent,
        }
        for line in scorecard.lines
        if line.id in own
    ]
    gaps = [int(str(line["difference"])) for line in lines]
    count = len(gaps)
    return {
        "lines": lines,
        "mean": (2 * sum(abs(gap) for gap in gaps) + count) // (2 * count) if count else None,
        "lean": (2 * sum(gaps) + count) // (2 * count) if count else None,
    }
