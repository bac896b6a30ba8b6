"""Certificates for people: a table, what is missed, and where in the file unheard texts stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from techsell.roleplay.bots import BOTS
from techsell.roleplay.lines import line_id, written
from techsell.roleplay.yaml_source import read_tree

if TYPE_CHECKING:
    from techsell.roleplay.bots import Certificate

__all__ = ["LINES_SHOWN", "certificates_table", "line_numbers", "remarks", "with_lines"]

LINES_SHOWN = 12
"""unheard texts that are listed one by one"""
_HEADS = {"rubric_gamer": "gamer", "interrogator": "interrog."}


def certificates_table(certificates: Sequence[Certificate]) -> Iterator[str]:
    """A head and one row a scenario: mean points of each bot, calls, calls of 20 turns a second and core, verdict."""
    wide = max([8, *(len(entry.scenario) for entry in certificates)])
    heads = [_HEADS.get(bot, bot) for bot in BOTS[:-1]]
    named = "".join(f"{head:>10}" for head in heads)
    yield f"{'scenario':<{wide}}{named}{'calls':>8}{'/s·core':>9}  certificate"
    for entry in certificates:
        points = [f"{entry.standing(bot).mean:.1f}" if entry.graded else "–" for bot in BOTS[:-1]]
        missed = sum(not check.holds for check in entry.checks)
        verdict = "holds" if entry.holds else f"misses {missed}"
        row = "".join(f"{point:>10}" for point in points)
        yield f"{entry.scenario:<{wide}}{row}{entry.runs:>8,}{entry.rate:>9,.0f}  {verdict}"


def remarks(certificate: Certificate, lines: dict[str, int], file: str) -> Iterator[str]:
    """What was missed, with figures, and the texts nobody heard with their lines."""
    for check in certificate.checks:
        if not check.holds:
            yield f"{certificate.scenario}: {check.name} missed: {check.detail}"
    for missing in certificate.missing[:LINES_SHOWN]:
        at = lines.get(missing.line, 1)
        yield f"{file}:{at}: nobody heard {missing.place}: {missing.text[:60]!r}"
    more = len(certificate.missing) - LINES_SHOWN
    if more > 0:
        yield f"{file}: and {more} more texts that nobody heard; --json lists all."


def line_numbers(raw: bytes, file: str, scenario: str) -> dict[str, int]:
    """The line of the file for each line id."""
    root, _ = read_tree(raw, file)
    return {} if root is None else {line_id(scenario, place, text): line for place, text, line in written(root)}


def with_lines(certificate: Certificate, lines: dict[str, int]) -> dict[str, Any]:
    """The certificate as plain data, each unheard text with its line of the file under `at`."""
    data = certificate.as_dict()
    data["missing"] = [entry | {"at": lines.get(entry["line"], 1)} for entry in data["missing"]]
    return data
