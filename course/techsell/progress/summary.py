"""Where am I, what next: a pure fold of the syllabus over what was recorded.

`techsell progress` and the course home both show `course(...).as_dict()`, so they cannot disagree. Only the
latest event of each object and verb counts, so neither the order of unrelated events nor a repeated one changes
anything.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Literal

from techsell.syllabus import Minutes, Module, Syllabus

from .conversations import ConversationInfo
from .steps import Heads, StepSummary, Talks, start_summary, step_summaries
from .store import Store

__all__ = ["CourseSummary", "ModuleSummary", "Place", "course", "fold"]

SCHEMA = 1


@dataclass(frozen=True)
class ModuleSummary:
    """One module. `percent` is the share of its core minutes whose steps are done, rounded down.

    `score` is the latest of its hand-ins, None before the first was graded; `waiting` counts the tasks that a
    person has still to mark. `minutes_left` follows the core path, `minutes_left_full` the full one.
    """

    id: str
    number: int
    title: str
    state: Literal["planned", "new", "started", "done"]
    percent: int
    minutes: Minutes
    minutes_left: int
    minutes_left_full: int
    score: float | None
    max: float | None
    waiting: int
    objectives: tuple[str, ...]
    prerequisites: tuple[str, ...]
    steps: tuple[StepSummary, ...]


@dataclass(frozen=True)
class Place:
    """Where to go on: `module` is `start` before the first module; `notebook` is a path in the workspace."""

    module: str
    step: str
    title: str
    detail: str
    notebook: str
    cell: str


@dataclass(frozen=True)
class CourseSummary:
    """The whole course. `continue_at` is None when everything that is ready is done."""

    title: str
    start: tuple[StepSummary, ...]
    modules: tuple[ModuleSummary, ...]
    continue_at: Place | None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: the same for the terminal and the course home."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return {"schema": SCHEMA, **plain}


def course(syllabus: Syllabus, store: Store) -> CourseSummary:
    """How far the learner of `store` is in the course.

    Raises:
        StoreError: the store cannot be read.
    """
    talks: defaultdict[str, list[ConversationInfo]] = defaultdict(list)
    for talk in store.conversations():
        talks[talk.scenario].append(talk)
    return fold(syllabus, store.heads(), talks)


def fold(syllabus: Syllabus, heads: Heads, talks: Talks) -> CourseSummary:
    """`course` without the store: `heads` by (object, verb), `talks` by scenario, the last touched at the end."""
    modules = tuple(_module(module, heads, talks) for module in syllabus.modules)
    onward = any(module.state in ("started", "done") for module in modules)
    start = tuple(start_summary(item, heads, talks, onward=onward) for item in syllabus.start)
    return CourseSummary(syllabus.title, start, modules, _continue_at(start, modules))


def _module(module: Module, heads: Heads, talks: Talks) -> ModuleSummary:
    steps = step_summaries(module, heads, talks)
    done = sum(step.minutes for step in steps if step.state == "done")
    done_full = sum(step.minutes_full for step in steps if step.state == "done")
    scored = heads.get((f"{module.id}/exercise", "scored"))
    result = {} if scored is None else scored.result
    waiting = result.get("waiting")
    return ModuleSummary(
        id=module.id,
        number=module.number,
        title=module.title,
        state=_state(module, steps),
        percent=100 * done // module.minutes.core if module.minutes.core else 0,
        minutes=module.minutes,
        minutes_left=module.minutes.core - done,
        minutes_left_full=module.minutes.full - done_full,
        score=_number(result.get("score")),
        max=_number(result.get("max")),
        waiting=len(waiting) if isinstance(waiting, list) else 0,
        objectives=module.objectives,
        prerequisites=module.prerequisites,
        steps=steps,
    )


def _state(module: Module, steps: tuple[StepSummary, ...]) -> Literal["planned", "new", "started", "done"]:
    if module.state == "planned":
        return "planned"
    if all(step.state == "done" for step in steps):
        return "done"
    return "new" if all(step.state == "new" for step in steps) else "started"


def _continue_at(start: tuple[StepSummary, ...], modules: tuple[ModuleSummary, ...]) -> Place | None:
    """Where work was done last and something is open: the step begun there last, else the first one open."""
    groups = [
        _Group("start", "", start),
        *(_Group(module.id, f"{module.number} {module.title}", module.steps) for module in modules),
    ]
    open_groups = [group for group in groups if group.open]
    if not open_groups:
        return None
    group = max(open_groups, key=lambda group: group.touched)  # the first of equals, so the first when all are new
    begun = [step for step in group.open if step.state == "started"]
    step = max(begun, key=lambda step: step.touched) if begun else group.open[0]
    return _place(group.module, group.heading, step)


class _Group:
    """Steps that belong together: a module's, or those before the first module."""

    def __init__(self, module: str, heading: str, steps: tuple[StepSummary, ...]) -> None:
        self.module = module
        self.heading = heading
        self.open = [step for step in steps if step.state != "done"]
        self.touched = max((step.touched for step in steps), default="")


def _place(module_id: str, heading: str, step: StepSummary) -> Place:
    title = f"{heading} › {step.title}" if heading else step.title
    return Place(
        module=module_id,
        step=step.id,
        title=f"{title}, {step.detail}" if step.detail else title,
        detail=step.detail,
        notebook=step.notebook,
        cell=step.cell,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
