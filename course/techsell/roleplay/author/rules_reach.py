"""Lint: what nobody can ever meet, and points that nobody can earn.

Codes: TS401 a fact that no line opens · TS402 an ending that nobody reaches · TS404 somebody or something that never
comes up · TS405 a rubric line that nobody can earn in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.roleplay.bots.knowledge import asked_for

from .places import Found, Places
from .reach import Reach

if TYPE_CHECKING:
    from techsell.roleplay.model import Coverage, Criterion, Fact, Option, Presence, Scenario

__all__ = ["check_reach"]

MANY = 99
"""a line that can be said again and again counts so often"""


def check_reach(scenario: Scenario, places: Places) -> Iterator[Found]:
    """All four codes."""
    reach = Reach(scenario)
    yield from _facts(scenario, places, reach)
    yield from _endings(scenario, places, reach)
    yield from _others(scenario, places, reach)
    for line in scenario.rubric:
        why = _unearned(line, reach)
        if why:
            at = places.of("rubric", line.id, "evidence")
            hint = "Lower 'full', or give the menu more lines of that kind."
            yield at, "TS405", f"nobody can earn {line.id} in full: {why}.", hint


def _facts(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Found]:
    for fact in scenario.facts:
        if fact.id not in reach.facts:
            why, hint = _why_closed(fact, reach)
            yield places.of("facts", fact.id), "TS401", f"the fact {fact.id!r} can never come out: {why}.", hint


def _why_closed(fact: Fact, reach: Reach) -> tuple[str, str]:
    if fact.holder not in reach.present:
        return f"{fact.holder!r} is never in the call", "Look at that person's 'joins'."
    if fact.unlock.min_trust > 10:
        return f"it wants trust {fact.unlock.min_trust}", "Trust ends at 10."
    closed = [name for name in fact.unlock.after if name not in reach.facts]
    if closed:
        return f"it waits for {closed[0]!r}, which never comes out", "Mend that one first."
    openers = reach.openers(fact)
    if not openers:
        labels, topics = " or ".join(fact.unlock.labels), " or ".join(fact.unlock.topics)
        past = ", with 'past: true'" if fact.unlock.past else ""
        return "no option opens it", f"Write an option with a move {labels} on {topics}{past}."
    return f"{openers[0].id!r} would open it and is never on the menu", "Look at that option's 'when'."


def _endings(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Found]:
    for end in scenario.endings:
        if end.id in reach.endings or (end.kind == "ejected" and end == _first_ejected(scenario)):
            continue
        shadow = reach.shadow(end)
        why = reach.contradiction(end.when) or "what it waits for never comes"
        hint = "Look at its 'when', and at the commitment or facts named there."
        if shadow is not None:
            why, hint = f"{shadow.id!r} stands before it and always fits first", "Put the narrower ending first."
        yield places.of("endings", end.id), "TS402", f"nobody reaches the ending {end.id!r}: {why}.", hint


def _first_ejected(scenario: Scenario) -> object:
    return next((end for end in scenario.endings if end.kind == "ejected"), None)


def _others(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Found]:
    closed = [
        *(
            ("personas", one.id, "joins", "is never in the call")
            for one in scenario.personas
            if one.id not in reach.present
        ),
        *(("questions", one.id, "when", "is never asked") for one in scenario.questions if one.id not in reach.asked),
        *(
            ("objections", one.id, "when", "is never raised")
            for one in scenario.objections
            if one.id not in reach.raised
        ),
        *(
            ("options", one.id, "when", "is never on the menu")
            for one in scenario.options
            if one.id not in reach.options
        ),
    ]
    for space, name, field, what in closed:
        hint = "What it waits for never comes, or contradicts itself."
        yield places.of(space, name, field), "TS404", f"{name!r} {what}.", hint
    for persona in scenario.personas:
        for field, when in (("leaves", persona.leaves), ("veto", persona.veto.when if persona.veto else None)):
            if when is not None and not reach.can(when):
                what = "leave" if field == "leaves" else "veto anything"
                at = places.of("personas", persona.id, field)
                yield at, "TS404", f"{persona.id!r} can never {what}.", "What it waits for never comes."
    catch_all = next((n for n, hint in enumerate(scenario.hints) if not asked_for(hint.when)), len(scenario.hints))
    for late in scenario.hints[catch_all + 1 :]:
        message = f"the hint {late.says[:40]!r} is never said."
        yield places.section("hints"), "TS404", message, "One before it always fits."
    for objection in scenario.objections:
        if objection.id in reach.raised and objection.id not in reach.settled:
            hint = f"Write options with 'objection: {objection.id}' for: {', '.join(objection.needs)}."
            at = places.of("objections", objection.id, "needs")
            yield at, "TS404", f"the objection {objection.id!r} can never be settled.", hint
    asked = {move.ask for option in scenario.options for move in option.moves}
    for commitment in scenario.commitments:
        if commitment.id in asked and commitment.id not in reach.granted:
            at = places.of("commitments", commitment.id, "needs")
            yield at, "TS404", f"the commitment {commitment.id!r} is never given.", "What it needs never comes."


def _unearned(line: Criterion, reach: Reach) -> str:
    """Why a rubric line cannot be earned in full, or nothing."""
    evidence = line.evidence
    if evidence.kind == "coverage":
        return _coverage(evidence, reach)
    if evidence.kind == "presence":
        return _presence(evidence, reach)
    if evidence.kind == "playback":
        count = _times(
            [o for o in _on_menu(reach) if any(m.facts and not m.wrong for m in o.moves if m.label == "reflect")]
        )
        return f"{evidence.full} playbacks wanted, {count} right ones on the menu" if count < evidence.full else ""
    if evidence.kind == "sequence":
        turns = reach.scenario.budget.turns
        return f"it wants {evidence.needs} turns of {turns}" if evidence.needs > turns else ""
    if evidence.kind == "clean":
        lost = [name for name in evidence.objections if name in reach.raised and name not in reach.settled]
        return f"the objection {lost[0]!r} can never be settled" if lost else ""
    best = max(
        (evidence.percent.get(end.kind, 0) for end in reach.scenario.endings if end.id in reach.endings), default=0
    )
    return f"the best ending that can be reached earns {best} %" if best < 100 else ""


def _coverage(evidence: Coverage, reach: Reach) -> str:
    if evidence.full > len(set(evidence.facts)):
        return ""  # TS314 says it
    for variant in reach.scenario.variants:
        noise = {*variant.decoys, *(fact.id for fact in reach.scenario.facts if fact.decoy)}
        real = [name for name in evidence.facts if name not in noise]
        open_ = [name for name in real if name in reach.facts]
        full = min(evidence.full, len(real))
        if len(open_) < full:
            return f"in variant {variant.id!r} {len(open_)} of {full} facts can come out"
        if not real:
            return f"in variant {variant.id!r} all its facts are noise"
    return ""


def _presence(evidence: Presence, reach: Reach) -> str:
    last = evidence.by_turn if evidence.by_turn is not None else MANY
    early = [option for option in _on_menu(reach) if option.when.min_turn < last]
    if evidence.slots:
        offered = {slot for option in early for move in option.moves for slot in move.slots}
        count = len(offered.intersection(evidence.slots))
        return (
            f"{evidence.full} points wanted, the menu offers {count}"
            if count < min(evidence.full, len(set(evidence.slots)))
            else ""
        )
    fitting = [
        option
        for option in early
        if any(
            (not evidence.labels or move.label in evidence.labels)
            and (not evidence.topics or not set(evidence.topics).isdisjoint(move.topics))
            and (move.past or not evidence.past)
            and (bool(move.facts) or not evidence.linked)
            and not move.wrong
            for move in option.moves
        )
    ]
    count = _times(fitting)
    return f"{evidence.full} such lines wanted, {count} on the menu" if count < evidence.full else ""


def _on_menu(reach: Reach) -> list[Option]:
    return [option for option in reach.scenario.options if option.id in reach.options]


def _times(options: list[Option]) -> int:
    return sum(MANY if option.repeatable else 1 for option in options)
