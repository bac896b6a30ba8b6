"""A scenario as a tree of text: people with their facts, each fact under what it builds on; commitments; endings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .chart import needs_of

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition, Fact, Scenario

__all__ = ["outline"]


def outline(scenario: Scenario) -> str:
    """The tree, one thing a line."""
    return "\n".join(_lines(scenario)) + "\n"


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"{scenario.title} ({scenario.code}, version {scenario.version}, {scenario.budget.turns} turns)"
    for persona in scenario.personas:
        when = f", joins when {_wants(persona.joins)}" if persona.joins is not None else ""
        when += f", leaves when {_wants(persona.leaves)}" if persona.leaves is not None else ""
        yield f"├─ {persona.name}, {persona.role} [{persona.id}]{when}"
        yield from _facts(scenario, persona.id)
    for name, title in (("objections", "Objections"), ("commitments", "Commitments"), ("endings", "Endings")):
        things = getattr(scenario, name)
        yield f"{'└─' if name == 'endings' else '├─'} {title}"
        for number, thing in enumerate(things, start=1):
            bar = "   " if name == "endings" else "│  "
            yield f"{bar}{'└─' if number == len(things) else '├─'} {_thing(name, thing)}"


def _facts(scenario: Scenario, holder: str) -> Iterator[str]:
    own = [fact for fact in scenario.facts if fact.holder == holder]
    names = {fact.id for fact in own}
    under: dict[str, list[Fact]] = {}
    for fact in own:
        parents = [name for name in fact.unlock.after if name in names]
        under.setdefault(parents[-1] if parents else "", []).append(fact)

    def branch(parent: str, bar: str) -> Iterator[str]:
        children = sorted(under.get(parent, []), key=lambda fact: fact.unlock.min_trust)
        for number, fact in enumerate(children, start=1):
            end = number == len(children)
            yield f"{bar}{'└─' if end else '├─'} {_fact(fact)}"
            yield from branch(fact.id, bar + ("   " if end else "│  "))

    yield from branch("", "│  ")


def _fact(fact: Fact) -> str:
    unlock = fact.unlock
    parts = [f"{'/'.join(unlock.labels)} on {'/'.join(unlock.topics)}"]
    if unlock.min_trust:
        parts.append(f"trust {unlock.min_trust}")
    if unlock.past:
        parts.append("past")
    if unlock.after:
        parts.append(f"after {', '.join(unlock.after)}")
    return f"{fact.id} ({fact.kind}): {'; '.join(parts)}"


def _thing(space: str, thing: object) -> str:
    get = thing.__getattribute__
    if space == "objections":
        return f"{get('id')} ({get('holder')}): raised when {_wants(get('when'))}; needs {', then '.join(get('needs'))}"
    if space == "commitments":
        leads = f"; ends the call as {get('ends')}" if get("ends") else ""
        return f"{get('id')} ({get('giver')}): {_wants(get('needs'))}{leads}"
    how = {
        "budget": "when the turns are used up",
        "hang_up": "when the learner ends it",
        "commitment": "by a commitment",
    }
    wants = _wants(get("when"))
    trigger = how.get(get("trigger"), "")
    parts = [part for part in (trigger, wants) if part and part != "always"]
    return f"{get('id')} ({get('kind')}): {', '.join(parts) or 'at once'}"


def _wants(when: Condition) -> str:
    parts = [*when.facts, *(f"{name} settled" for name in when.settled), *(f"{name} open" for name in when.open)]
    parts += [f"{name} given" for name in when.granted] + [f"{name} there" for name in when.present]
    if when.any_fact:
        parts.append(f"one of {'/'.join(when.any_fact)}")
    rest = needs_of(when)
    return ", ".join([*parts, rest] if rest else parts) or "always"
