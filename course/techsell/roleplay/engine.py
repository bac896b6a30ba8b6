"""The conversation as a fold: `step(scenario, state, event)` gives the next state and touches nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from techsell.errors import ConversationOver, MoveNotAllowed, TranscriptInvalid

from .asking import Recogniser, chose, own_recogniser, said, settled
from .ledger import read_ledger
from .menu import sayable
from .state import State
from .turns import ENGINE, hang_up, open_call, take_turn

if TYPE_CHECKING:
    from .model import Scenario

__all__ = ["ENGINE", "fold", "rewind", "step"]


def fold(
    scenario: Scenario,
    events: Iterable[Mapping[str, Any]],
    state: State | None = None,
    recogniser: Recogniser | None = None,
) -> State:
    """All events one after the other.

    Raises:
        TranscriptInvalid: the first event does not start a session, or there is none.
        MoveNotAllowed: a line was picked that could not be said at that moment.
    """
    for event in events:
        state = step(scenario, state, event, recogniser)
    if state is None:
        raise TranscriptInvalid("There is nothing in this conversation", cure="Start a new one")
    return state


def step(
    scenario: Scenario, state: State | None, event: Mapping[str, Any], recogniser: Recogniser | None = None
) -> State:
    """The state after one event.

    Args:
        scenario: the version that is played.
        state: the state before, or None before `SessionStarted`.
        event: an event as `events.py` makes them; only `seq`, `type` and `data` are read.
        recogniser: reads typed text; that of the package when left out. Whether it is the one of `state.nlu` is for
            the caller to see to (`Conversation`, `replay`): here it is only used.

    Raises:
        TranscriptInvalid: an event that cannot stand here, or of a kind this version does not know.
        MoveNotAllowed: the line picked cannot be said now.
        ConversationOver: something was said after the end.
    """
    kind, data, seq = event["type"], event["data"], event["seq"]
    compiled = scenario.compiled
    if kind == "SessionStarted":
        if state is not None:
            raise TranscriptInvalid("A second start", place=f"event {seq}", cure="Keep one conversation in one file")
        return open_call(
            compiled,
            seed=data["seed"],
            mode=data["mode"],
            learner=data.get("learner", ""),
            attempt=data.get("attempt", 0),
            seq=seq,
            engine=data.get("engine", ENGINE),
            nlu=data.get("nlu", ""),
            ledger=read_ledger(data),
        )
    if state is None:
        raise TranscriptInvalid("The start is missing", place=f"event {seq}", cure="Use the file as it was written")
    if kind == "LearnerPicked":
        return _picked(scenario, state, str(data["option"]), seq)
    if kind in {"LearnerSaid", "LearnerChose", "RecogniserChanged"} and state.engine < 2:
        raise MoveNotAllowed("This call was begun before typing was possible", place=f"event {seq}", cure="Pick a line")
    if kind == "LearnerSaid":
        return said(compiled, state, data["raw"], seq, recogniser or own_recogniser())
    if kind == "LearnerChose":
        return chose(compiled, state, data["choice"], seq)
    if kind in {"CustomerRendered", "HintTaken", "RecogniserChanged"}:
        return _noted(state, kind, data)
    if kind == "Undone":
        return _undone(state, data["to_seq"], seq)
    if kind == "Ended":
        return hang_up(compiled, state, seq) if data["by"] == "learner" and not state.over else state
    raise TranscriptInvalid(
        f"An event of an unknown kind, {kind!r}",
        place=f"event {seq}",
        cure="Update techsell to the version that wrote it",
    )


def _noted(state: State, kind: str, data: Mapping[str, Any]) -> State:
    """What is no part of the talk itself."""
    if kind == "RecogniserChanged":
        return replace(state, nlu=data["nlu"])
    return replace(state, hints=state.hints + 1) if kind == "HintTaken" else state


def _picked(scenario: Scenario, state: State, option: str, seq: int) -> State:
    if state.over:
        raise ConversationOver("The call has ended", place=f"turn {state.turn}", cure="Start a new conversation")
    compiled = scenario.compiled
    index = compiled.option_by_id.get(option, -1)
    if index < 0 or not sayable(compiled, state, index):
        raise MoveNotAllowed(
            f"The line {option!r} cannot be said now", place=f"turn {state.turn + 1}", cure="Pick a line from the menu"
        )
    picked = compiled.options[index].option
    words = compiled.text(state.variant, picked.text)
    return take_turn(compiled, settled(state), picked.moves, to=picked.to or "", said=words, option=index, seq=seq)


def rewind(state: State, to_seq: int) -> State:
    """The state as it stood after event `to_seq`: back along the turns that led here."""
    while state.seq > to_seq and state.before is not None:
        state = state.before
    return state


def _undone(state: State, to_seq: int, seq: int) -> State:
    if state.mode != "practice":
        raise MoveNotAllowed("A declared attempt has no way back", place=f"event {seq}", cure="Go on from here")
    if state.over:
        raise ConversationOver("The call has ended", place=f"turn {state.turn}", cure="Start a new conversation")
    back = rewind(state, to_seq)
    if back.turn >= state.turn:
        raise MoveNotAllowed("There is nothing to take back", place=f"event {seq}", cure="Say a line first")
    return replace(back, hints=state.hints, nlu=state.nlu)
