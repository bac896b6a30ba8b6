"""What leads to what in a scenario, as boxes in columns with arrows between them; drawing is `svg.py`'s business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition, Scenario

__all__ = ["Arrow", "Box", "Chart", "chart_of", "needs_of"]


@dataclass(frozen=True)
class Box:
    """One thing: `kind` is persona, fact, objection, commitment or ending; `owner` a persona's id or empty."""

    key: str
    kind: str
    title: str
    detail: str
    owner: str
    column: int


@dataclass(frozen=True)
class Arrow:
    """`source` must have happened before `target`; `weak` ones are one way among several."""

    source: str
    target: str
    weak: bool = False


@dataclass(frozen=True)
class Chart:
    """Columns from left to right: people, facts by what they build on, objections, commitments, endings."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    heads: tuple[str, ...]
    """name of each column"""


def needs_of(when: Condition) -> str:
    """A condition in a few words, without the things that arrows show."""
    parts = []
    if when.min_trust:
        parts.append(f"trust {when.min_trust} or more")
    if when.max_trust < 10:
        parts.append(f"trust {when.max_trust} or less")
    if when.min_turn:
        parts.append(f"from turn {when.min_turn + 1}")
    if when.max_turn < 999:
        parts.append(f"until turn {when.max_turn + 1}")
    if when.min_support:
        parts.append(f"support {when.min_support}")
    parts += [f"not {name}" for name in (*when.not_facts, *when.absent)]
    parts += [f"{count} × {name}" for name, count in when.at_least.items()]
    return ", ".join(parts)


def chart_of(scenario: Scenario) -> Chart:
    """The chart of a scenario."""
    depth: dict[str, int] = {}
    for _ in range(len(scenario.facts) + 1):
        for fact in scenario.facts:
            depth[fact.id] = 1 + max((depth.get(name, 0) for name in fact.unlock.after), default=0)
            if depth[fact.id] > len(scenario.facts):
                depth[fact.id] = len(scenario.facts)
    last = max(depth.values(), default=0)
    boxes = [Box(f"persona {one.id}", "persona", one.name, one.role, one.id, 0) for one in scenario.personas]
    arrows: list[Arrow] = []
    for one in scenario.personas:
        if one.joins is not None:
            arrows += _arrows(one.joins, f"persona {one.id}")
    for fact in sorted(scenario.facts, key=lambda entry: entry.unlock.min_trust):
        trust = f"trust {fact.unlock.min_trust}" if fact.unlock.min_trust else "any trust"
        detail = f"{fact.kind}, {trust}" + (", past" if fact.unlock.past else "")
        boxes.append(Box(f"fact {fact.id}", "fact", fact.id, detail, fact.holder, depth[fact.id]))
        arrows += [Arrow(f"fact {name}", f"fact {fact.id}") for name in fact.unlock.after]
    for objection in scenario.objections:
        key = f"objection {objection.id}"
        boxes.append(Box(key, "objection", objection.id, ", ".join(objection.needs), objection.holder, last + 1))
        arrows += _arrows(objection.when, key)
    for entry in scenario.commitments:
        key = f"commitment {entry.id}"
        boxes.append(Box(key, "commitment", entry.id, needs_of(entry.needs) or "for the asking", entry.giver, last + 2))
        arrows += _arrows(entry.needs, key)
        if entry.ends:
            arrows.append(Arrow(key, f"ending {entry.ends}"))
    for end in scenario.endings:
        key = f"ending {end.id}"
        how = {"budget": "time is up", "hang_up": "hung up", "commitment": "", "condition": ""}[end.trigger]
        detail = ", ".join(part for part in (end.kind, how, needs_of(end.when)) if part)
        boxes.append(Box(key, "ending", end.id, detail, end.speaker or "", last + 3))
        arrows += _arrows(end.when, key)
    heads = (
        "people",
        *(f"facts, step {number}" for number in range(1, last + 1)),
        "objections",
        "commitments",
        "endings",
    )
    return Chart(f"{scenario.title} ({scenario.code})", tuple(boxes), tuple(dict.fromkeys(arrows)), heads)


def _arrows(when: Condition, target: str) -> list[Arrow]:
    return [
        *(Arrow(f"fact {name}", target) for name in when.facts),
        *(Arrow(f"fact {name}", target, weak=True) for name in when.any_fact),
        *(Arrow(f"objection {name}", target) for name in (*when.settled, *when.open)),
        *(Arrow(f"commitment {name}", target) for name in when.granted),
        *(Arrow(f"persona {name}", target, weak=True) for name in when.present),
    ]
