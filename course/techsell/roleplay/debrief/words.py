"""A debrief as paragraphs of plain text, for terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Paragraph", "calibrated", "paragraphs"]

SHOWN = 6
"""missed facts that are shown with their question"""


class Paragraph(NamedTuple):
    """Words with what stands before their first line and before the others; an empty text is a blank line."""

    text: str
    first: str = ""
    then: str = ""


def paragraphs(found: Mapping[str, Any]) -> Iterator[Paragraph]:
    """The points, the facts and the comparison, in the order in which they are talked about.

    Args:
        found: from `Debrief.as_dict`.
    """
    titles = {line["id"]: line["title"] for line in found["self_score"]["lines"]}
    for number, point in enumerate(found["points"], start=1):
        about = f" ({point['line']}: {titles[point['line']]})" if point["line"] in titles else ""
        yield Paragraph(f"Turn {point['turn']}{about}", f"  {number}  ", " " * 5)
        yield from _point(point)
    if found["next"] is not None:
        yield Paragraph(f"Try this next: turn {found['next']['turn']}", "  ·  ", " " * 5)
        yield from _point(found["next"])
    yield from _facts(found["facts"])
    yield from _compare(found["compare"])


def _point(point: Mapping[str, Any]) -> Iterator[Paragraph]:
    yield Paragraph(point["observed"], " " * 5, " " * 5)
    yield Paragraph(point["why"], " " * 5, " " * 5)
    yield Paragraph(point["better"], "     Better: ", " " * 13)
    for line in point["predicted"]:
        yield Paragraph(line["text"], f"     → {line['speaker']}: ", " " * 7)
    yield Paragraph("")


def _facts(facts: Mapping[str, Any]) -> Iterator[Paragraph]:
    found, missed = facts["found"], facts["missed"]
    yield Paragraph(f"Found out: {len(found)} of {len(found) + len(missed)}.")
    for fact in found:
        yield Paragraph(f"{fact['text']} (turn {fact['turn']})", "  + ", " " * 4)
    for fact in missed[:SHOWN]:
        where = f"turn {fact['turn']}" if fact["turn"] else "later on the way"
        yield Paragraph(fact["text"], "  − ", " " * 4)
        yield Paragraph(f"{fact['question']} ({where})", "    ask: ", " " * 9)
    if len(missed) > SHOWN:
        yield Paragraph(f"and {len(missed) - SHOWN} more.", "  − ", " " * 4)


def _compare(compare: Mapping[str, Any]) -> Iterator[Paragraph]:
    expert = compare["expert"]
    if expert["total"] is not None:
        told = f"{expert['found_count']} of {expert['facts']} facts, {expert['played_back']} playbacks"
        yield Paragraph(f"An expert (a bot) with the same customer: {expert['total']:.2f}, {told}.")
    for run in compare["earlier"]:
        if run["total"] is not None:
            yield Paragraph(f"Your earlier call: {run['total']:.2f}, {run['found_count']} of {run['facts']} facts.")


def calibrated(found: Mapping[str, Any]) -> Iterator[Paragraph]:
    """One's own marks against the score; nothing where no mark was given.

    Args:
        found: from `calibration`.
    """
    if found["mean"] is None:
        return
    lean = found["lean"]
    side = "you saw more than there was" if lean > 5 else "you were too hard on yourself" if lean < -5 else "even"
    points = "point" if found["mean"] == 1 else "points"
    yield Paragraph(f"Your own marks are {found['mean']} percentage {points} away on average; {side}.")
    for line in found["lines"]:
        if abs(line["difference"]) > 25:
            yield Paragraph(
                f"{line['title']}: you {line['own']} %, scored {line['scored']} %", f"  {line['id']:<4}", " " * 6
            )
