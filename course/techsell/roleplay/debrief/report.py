"""The debrief of a call: at most three points, what was found and missed, what to score oneself on, others' ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .call import Call, Try
from .ends import ends
from .expert import expert_state
from .facts import found, missed
from .faults import FAULTS, faults
from .gaps import gaps, openings
from .series import summary
from .signs import Sign, quote, tidy

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.state import State

__all__ = ["Debrief", "Point", "debrief"]

POINTS = 3
LOOKED_AT = 16
"""signs whose better line is looked for"""
A_KIND = 3
"""of these, so many of one kind"""
LEAST = 100
"""hundredths of a rubric point; less is not worth a remark"""
TOLD_AGAIN = frozenset(fault.kind for fault in FAULTS.values()) | {"nothing_played_back"}


@dataclass(frozen=True)
class Point:
    """One thing to do otherwise: where, what was said, why it matters, a better line and what would have come of it."""

    turn: int
    observed: str
    why: str
    better: str
    predicted: tuple[tuple[str, str], ...]
    """what the customers would have answered: name, words; from the engine"""
    line: str
    """id of the rubric's line, empty in a call that is not scored"""
    kind: str
    """which detector saw it"""
    option: str
    """id of the menu line that `better` is, empty for a typed line"""
    lost: int
    """hundredths of a rubric point"""

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names; `predicted` as a list of `{"speaker", "text"}`."""
        return {
            "turn": self.turn,
            "observed": self.observed,
            "why": self.why,
            "better": self.better,
            "predicted": [{"speaker": speaker, "text": text} for speaker, text in self.predicted],
            "line": self.line,
            "kind": self.kind,
            "option": self.option,
            "lost": self.lost,
        }


@dataclass(frozen=True)
class Debrief:
    """What to talk about after a call."""

    points: tuple[Point, ...]
    next: Point | None
    """what to try next time, where there is nothing to mend"""
    found: tuple[Mapping[str, Any], ...]
    missed: tuple[Mapping[str, Any], ...]
    lines: tuple[tuple[str, str], ...]
    """id and title of the rubric's lines, for scoring oneself first"""
    expert: Mapping[str, Any]
    earlier: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types: `points`, `next`, `facts`, `self_score`, `compare`."""
        return {
            "points": [point.as_dict() for point in self.points],
            "next": self.next.as_dict() if self.next is not None else None,
            "facts": {"found": [dict(fact) for fact in self.found], "missed": [dict(fact) for fact in self.missed]},
            "self_score": {"lines": [{"id": own, "title": title} for own, title in self.lines]},
            "compare": {"expert": dict(self.expert), "earlier": [dict(run) for run in self.earlier]},
        }


def debrief(scenario: Scenario, state: State, *, earlier: Sequence[State] = ()) -> Debrief:
    """Look at a call from its end.

    Args:
        scenario: the version that was played.
        state: the call as it stands, usually over.
        earlier: the learner's own earlier calls of this scenario, oldest first, for comparison.

    Returns:
        At most three points on three different lines of the rubric and turns, dearest first. What a point cost is
        measured by playing the call again with the better line; where that shows nothing, it is the weight of the
        occasion in its line. Predicted answers are the engine's own.
    """
    call = Call(scenario, state)
    opened = openings(call)

    @cache
    def expert() -> State:
        return expert_state(scenario, state.seed)

    signs = [*faults(call), *gaps(call, opened), *ends(call)]
    points = _points(call, signs)
    return Debrief(
        points=points,
        next=None if points or not call.turns else _next(call),
        found=tuple(found(call)),
        missed=tuple(missed(call, opened, expert)),
        lines=tuple((line.id, line.title) for line in call.card.lines),
        expert=summary(scenario, expert()),
        earlier=tuple(summary(scenario, run) for run in earlier),
    )


def _points(call: Call, signs: Sequence[Sign]) -> tuple[Point, ...]:
    made = [point for sign in _looked_at(signs) if (point := _point(call, sign)) is not None]
    done = {fault.kind for fault in FAULTS.values()}
    made.sort(key=lambda one: (one.line != call.card.blocked_by, -one.lost, one.kind not in done, one.turn))
    chosen: list[Point] = []
    for point in made:
        known = any(
            (point.line == one.line and point.line != "")
            or point.kind == one.kind
            or point.turn == one.turn
            or point.better == one.better
            for one in chosen
        )
        if not known and len(chosen) < POINTS:
            chosen.append(_told_again(point, signs))
    return tuple(chosen)


def _looked_at(signs: Sequence[Sign]) -> list[Sign]:
    """The dearest of each kind, then the second of each kind and so on, as many as there is time for."""
    ordered = sorted(signs, key=lambda sign: (-sign.estimate, sign.turn))
    rounds: dict[str, int] = {}
    ranked = []
    for sign in ordered:
        rounds[sign.kind] = rounds.get(sign.kind, -1) + 1
        ranked.append((rounds[sign.kind], sign))
    ranked.sort(key=lambda pair: pair[0])
    return [sign for place, sign in ranked if place < A_KIND][:LOOKED_AT]


def _told_again(point: Point, signs: Sequence[Sign]) -> Point:
    """The same thing in other turns is the same point."""
    turns = sorted({sign.turn for sign in signs if sign.kind == point.kind} - {point.turn})
    if point.kind not in TOLD_AGAIN or not turns:
        return point
    listed = ", ".join(str(turn) for turn in turns)
    word = "turn" if len(turns) == 1 else "turns"
    return Point(**{**_fields(point), "observed": f"{point.observed} The same in {word} {listed}."})


def _fields(point: Point) -> dict[str, Any]:
    return {name: getattr(point, name) for name in Point.__dataclass_fields__}


def _point(call: Call, sign: Sign) -> Point | None:
    """The sign with its better line; None where nothing better could be said, or it cost next to nothing."""
    found = _better(call, sign)
    if found is None:
        return None
    tried, gain, ended = found
    line = sign.line
    if call.card.lines:
        criterion = next((one for one in call.scenario.rubric if one.id == line), None)
        if criterion is None or not call.lost(criterion):
            line = call.shifted(ended) or (call.dearest() if criterion is None else "")
        if not line:
            return None
    lost = max(gain, sign.estimate) if sign.decisive or gain <= 0 else gain
    if lost < LEAST and not (line and line == call.card.blocked_by):
        return None
    return _told(call, sign.turn, sign.observed, sign.why, tried, line, sign.kind, lost)


def _told(call: Call, turn: int, observed: str, why: str, tried: Try, line: str, kind: str, lost: int) -> Point:
    answers = tuple(
        (call.compiled.personas[one.speaker].name, one.text) for one in tried.record.lines if one.speaker != "you"
    )
    option = call.compiled.options[tried.index].option.id if tried.index >= 0 else ""
    return Point(turn, tidy(observed), tidy(why), tried.text, answers, line, kind, option, lost)


def _better(call: Call, sign: Sign) -> tuple[Try, int, State] | None:
    own = call.turn(sign.turn)
    tries = [one for one in call.lines(sign.turn) if own is None or one.record.option != own.option or not own.option]
    for wanted in sign.wanted:
        best = call.best(one for one in tries if wanted(one))
        if best is not None:
            return best
    return None


def _next(call: Call) -> Point | None:
    """Nothing to mend: another way to go, the third-best line that was at hand and not taken."""
    said = {turn.option for turn in call.turns}
    tries: dict[int, Try] = {}
    for number in sorted(call.before):
        for one in call.lines(number):
            known = tries.get(one.index)
            if one.record.option in said or not call.sound(one):
                continue
            if known is None or call.quick(one) > call.quick(known):
                tries[one.index] = one
    ordered = sorted(tries.values(), key=lambda one: (-call.quick(one), one.turn, one.index))
    if not ordered:
        return None
    tried = ordered[min(2, len(ordered) - 1)]
    own = call.turn(tried.turn)
    words = call.words(own) if own is not None else ""
    return _told(
        call,
        tried.turn,
        tidy(f"In turn {tried.turn} you said {quote(words, end=True)}.")
        if words
        else f"You hung up in turn {tried.turn}.",
        "Nothing in this call needs mending. Another way from here shows what else this customer has to tell.",
        tried,
        "",
        "try_next",
        0,
    )
