"""What would have been: another line at some point of a call, and a new call that goes on from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from techsell.errors import UsageError

from .asking import Recogniser, own_recogniser, said
from .conversation import Conversation
from .events import Clock, Event, utc_now
from .reading import reader
from .replay import shipped
from .turns import take_turn

if TYPE_CHECKING:
    from .journal import Journal
    from .model import Move, Scenario
    from .state import Said, State

__all__ = ["counterfactual", "fork", "state_before"]


def state_before(state: State, turn: int) -> State:
    """The conversation as it stood just before its turn `turn` (1 for the learner's first line).

    Raises:
        UsageError: there was no such turn.
    """
    now: State | None = state
    while now is not None and now.turn >= turn:
        now = now.before
    if now is None or not 1 <= turn <= state.turn:
        raise UsageError(f"This conversation has no turn {turn}", cure=f"Its turns are 1 to {state.turn}")
    return now


def counterfactual(
    scenario: Scenario,
    before: State,
    words: Sequence[Move] | str,
    to: str = "",
    recogniser: Recogniser | None = None,
) -> tuple[Said, ...]:
    """What the customers would have answered; nothing is written anywhere.

    Args:
        before: the state in which the line is said, see `state_before`.
        words: moves, or a text to be recognised. Of several readings of a text the first is taken.
        to: who is addressed; with a text, the recogniser finds that itself.
        recogniser: that of the package when left out.
    """
    compiled = scenario.compiled
    if not isinstance(words, str):
        after = take_turn(compiled, before, words, to=to, seq=before.seq + 1)
        return tuple(line for line in after.history[-1].lines if line.speaker != "you")
    after = said(compiled, before, words, before.seq + 1, recogniser or own_recogniser())
    if after.asking is not None and after.asking.choices:
        first = after.asking.choices[0]
        after = take_turn(compiled, before, first.moves[:3], to=first.to, seq=before.seq + 1)
    spoken = after.history[-1].lines if after.turn > before.turn else after.aside
    return tuple(line for line in spoken if line.speaker != "you")


def fork(
    source: Conversation | Iterable[Event],
    turn: int,
    *,
    scenario: Scenario | None = None,
    journal: Journal | None = None,
    clock: Clock = utc_now,
    recogniser: Recogniser | None = None,
) -> Conversation:
    """A practice call that begins as another one did and goes on by itself from just before turn `turn`.

    The lines up to there are said again in a journal of its own; what was taken back is left out. A declared attempt
    can be the source; the fork never counts.

    Args:
        source: a conversation, or the events of one (`Session.events` of a transcript that was read).
        turn: 1 for the learner's first line; one more than the last turn takes up a call that was not ended.
        scenario: the version that was played, where only events are given; else one of this package is looked for.
        journal: where the new call is kept; in memory when left out.
        recogniser: that of the conversation, or of the package, when left out. Lines that another one read stay as
            they are noted; it reads what comes after them.

    Raises:
        UsageError: there was no such turn, or the version that was played is not known here.
        TranscriptInvalid: the events are no conversation of this scenario.
    """
    if isinstance(source, Conversation):
        scenario, recogniser = scenario or source.scenario, recogniser or source.recogniser
        source = source.events
    events = list(source)
    start: dict[str, Any] = events[0]["data"] if events else {"scenario_sha": ""}
    scenario = scenario or shipped(start["scenario_sha"])
    if scenario is None:
        raise UsageError("The version of the scenario is not known here", cure="Give the scenario that was played")
    ears = recogniser or own_recogniser()
    path = _path(scenario, events, ears)
    turns = max((at for at, _, _ in path), default=0)
    if len(start) == 1 or not 1 <= turn <= turns + 1:
        raise UsageError(f"This conversation has no turn {turn}", cure=f"Its turns are 1 to {turns}")
    kept = [(event, by) for at, event, by in path if at < turn]
    last = kept[-1][0] if kept else events[0]
    first = next((by for event, by in kept if event["type"] == "LearnerSaid"), ears)
    taken = Conversation.start(
        scenario,
        seed=start["seed"],
        journal=journal,
        clock=clock,
        recogniser=first,
        ledger=start.get("ledger", []) if start["mode"] == "practice" else [],
        forked_from=last["hash"],
        engine=start["engine"],
    )
    for event, by in kept:
        taken.recogniser = by
        _again(taken, event["type"], event["data"])
    taken.recogniser = ears
    return taken


def _path(scenario: Scenario, events: Sequence[Event], ears: Recogniser) -> list[tuple[int, Event, Recogniser]]:
    """What the learner said on the way to the end: the turn it made (or was about to make), and whoever read it."""
    from .engine import step

    path: list[tuple[int, Event, Recogniser]] = []
    now: State | None = None
    for event in events:
        by = reader(event, now, ears)
        before, now = now, step(scenario, now, event, by)
        if event["type"] in {"LearnerPicked", "LearnerSaid", "LearnerChose"} and before is not None:
            took_turn = now.turn > before.turn
            path.append((now.turn if took_turn else now.turn + 1, event, by))
        elif event["type"] == "Undone":
            path = [made for made in path if made[0] <= now.turn]
    return path


def _again(taken: Conversation, kind: str, data: dict[str, Any]) -> None:
    if kind == "LearnerPicked":
        taken.pick(data["option"])
    elif kind == "LearnerSaid":
        taken.say(data["raw"])
    else:
        taken.choose(data["choice"])
