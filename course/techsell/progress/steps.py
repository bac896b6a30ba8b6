"""How far one step of a module is: pure functions of the latest events and the conversations.

| kind | started | done |
|---|---|---|
| reading | the lesson was opened | `progressed` or `completed` on it, or anything later was begun |
| prediction | any event on it | `predicted` |
| quiz | an answer | `completed` |
| role-play | any event or conversation | played to an end: declared where it earns points, else in any mode |
| exercise | any event on it | `submitted` or `scored` |

Events about a reading are on `<module>/<step>` or on the lesson as a whole, `<module>/lesson`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from techsell.syllabus import Module, Start, Step

from .conversations import ConversationInfo
from .events import Event

__all__ = ["Progress", "StepSummary", "start_summary", "step_summaries"]

Progress = Literal["new", "started", "done"]
Heads = Mapping[tuple[str, str], Event]
Talks = Mapping[str, Sequence[ConversationInfo]]


@dataclass(frozen=True)
class StepSummary:
    """One step and how far it is; `detail` is empty or a few words (`turn 11 of 20`).

    `touched` is the UTC time of the last thing done in it, or empty.
    """

    id: str
    kind: str
    title: str
    state: Progress
    detail: str
    minutes: int
    minutes_full: int
    notebook: str
    cell: str
    touched: str


def start_summary(item: Start, heads: Heads, talks: Talks, *, onward: bool) -> StepSummary:
    """How far something before the first module is; `onward` says that a module was begun.

    Nothing here is graded, so a role-play counts in any mode.
    """
    about = _About(heads, item.object)
    said = talks.get(item.scenario, ()) if item.scenario else ()
    if item.kind == "role_play":
        state, detail = _role_play(about, said, item.turns, graded=False)
    else:
        state, detail = _reading(about, onward), ""
    return StepSummary(
        id=item.id,
        kind=item.kind,
        title=item.title,
        state=state,
        detail=detail,
        minutes=item.minutes,
        minutes_full=item.minutes,
        notebook=item.notebook,
        cell=item.cell,
        touched=_last([about.touched, *(talk.touched for talk in said)]),
    )


def step_summaries(module: Module, heads: Heads, talks: Talks) -> tuple[StepSummary, ...]:
    """How far each step of a module is, in the syllabus's order."""
    found: list[StepSummary] = []
    for step in reversed(module.steps):  # backwards: a reading asks what came after it
        found.insert(0, _step(module, step, heads, talks, later=tuple(found)))
    return tuple(found)


def _step(module: Module, step: Step, heads: Heads, talks: Talks, *, later: tuple[StepSummary, ...]) -> StepSummary:
    about = _About(heads, f"{module.id}/{step.id}")
    said: Sequence[ConversationInfo] = ()
    detail = ""
    if step.kind == "reading":
        about = _About(heads, f"{module.id}/{step.id}", also=f"{module.id}/lesson")
        state = _reading(about, any(other.state != "new" for other in later))
    elif step.kind == "prediction":
        state = _by_verbs(about, {"predicted"})
    elif step.kind == "quiz":
        state = _by_verbs(about, {"completed"})
    elif step.kind == "role_play":
        said = talks.get(step.id, ())
        state, detail = _role_play(about, said, step.turns, graded=module.points.role_play > 0)
    else:
        state = _by_verbs(about, {"submitted", "scored"})
    return StepSummary(
        id=step.id,
        kind=step.kind,
        title=step.title,
        state=state,
        detail=detail,
        minutes=step.minutes,
        minutes_full=step.minutes_full,
        notebook=step.notebook,
        cell=step.cell,
        touched=_last([about.touched, *(talk.touched for talk in said)]),
    )


class _About:
    """The latest events about an object itself (`own`), and whether anything was recorded about it or inside it."""

    def __init__(self, heads: Heads, name: str, *, also: str | None = None) -> None:
        names = {name} if also is None else {name, also}
        self.own = {verb: event for (place, verb), event in heads.items() if place in names}
        inside = [event for (place, _), event in heads.items() if place.startswith(f"{name}/")]
        self.any = bool(self.own or inside)
        self.touched = _last([event.timestamp for event in (*self.own.values(), *inside)])


def _reading(about: _About, onward: bool) -> Progress:
    return "done" if onward else _by_verbs(about, {"progressed", "completed"})


def _by_verbs(about: _About, verbs: set[str]) -> Progress:
    if verbs & about.own.keys():
        return "done"
    return "started" if about.any else "new"


def _role_play(about: _About, said: Sequence[ConversationInfo], turns: int, *, graded: bool) -> tuple[Progress, str]:
    modes_ended = {talk.mode for talk in said if talk.over}
    if (completed := about.own.get("completed")) is not None:
        modes_ended.add(str(completed.result.get("mode", "practice")))
    done = "declared" in modes_ended or (bool(modes_ended) and not graded)
    under_way = next((talk for talk in reversed(said) if talk.turns and not talk.over), None)
    if under_way is not None and (not done or under_way is said[-1]):
        detail = f"turn {under_way.turns} of {turns}"
    elif modes_ended and not done:
        detail = "practised; a declared attempt counts"
    else:
        detail = ""
    if done:
        return "done", detail
    return ("started" if about.any or said else "new"), detail


def _last(stamps: Iterable[str]) -> str:
    return max(stamps, default="")
