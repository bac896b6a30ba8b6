"""Typed text: what it was taken for, 'Did you mean', 'say it again', and at last the menu.

sure                -> a turn with the moves that were recognised
not sure            -> up to three readings in canonical words; choosing one takes the turn
none of these,
or not understood   -> the first time a puzzled line and no turn; from the second time on the menu is offered
                       (nonsense then costs the turn as well)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

from techsell.errors import ConversationOver, MoveNotAllowed

from .chance import pick
from .state import Asking, Said, State
from .turns import take_turn

if TYPE_CHECKING:
    from .compiled import Compiled
    from .model import Scenario
    from .recogniser.situation import Recognition, Situation

__all__ = [
    "LONGEST",
    "Recogniser",
    "Recognisers",
    "chose",
    "clean",
    "own_recogniser",
    "said",
    "settled",
    "shipped_recogniser",
    "situation_of",
]

LONGEST = 2_000
"""characters of a typed line that are kept and read; whoever types more has sent a page"""

SHOWN = 400
"""characters of such a page that the log shows"""


class Recogniser(Protocol):
    """What turns typed text into moves. The package `techsell.roleplay.recogniser` is one; tests bring their own."""

    def recognise(self, text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
        """What a text does at this point of a call; the same answer for the same arguments, always."""

    def fingerprint(self) -> str:
        """Which recogniser this is: as long as it stays the same, so do all its answers."""


Recognisers = Callable[[str], "Recogniser | None"]
"""A recogniser by its fingerprint, None when it is not known here."""


def own_recogniser() -> Recogniser:
    """The recogniser that comes with the package, loaded when first asked for."""
    return cast("Recogniser", import_module("techsell.roleplay.recogniser"))


def shipped_recogniser(fingerprint: str) -> Recogniser | None:
    """The package's recogniser, if this is its fingerprint."""
    own = own_recogniser()
    return own if own.fingerprint() == fingerprint else None


def clean(raw: str) -> str:
    """A typed text as it is kept: one line, nothing unprintable, at most `LONGEST` characters and one."""
    short = raw[: 4 * LONGEST]
    plain = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in short)
    return re.sub(r"\s+", " ", plain).strip()[: LONGEST + 1]


def situation_of(compiled: Compiled, state: State) -> Situation:
    """What both sides know now, for the recogniser: nothing in it that has not been said aloud."""
    from .recogniser.situation import Situation

    bits, flags = compiled.bits, state.flags
    heard = [line.text for line in state.history[-1].lines if line.speaker != "you"]
    waiting = [one for one, _ in compiled.objections if flags & bits["open", one.id]]
    done = dict(state.progress)
    return Situation(
        present=state.present,
        speaker=state.speaker,
        heard=state.facts,
        open_objections=tuple(one.id for one in waiting),
        steps=tuple(one.needs[done.get(one.id, 0)] for one in waiting),
        pending=state.pending,
        granted=tuple(name for name in compiled.commitments if flags & bits["granted", name]),
        variant=state.variant,
        trust=state.trust,
        said=" ".join(heard),
    )


def said(compiled: Compiled, state: State, raw: str, seq: int, recogniser: Recogniser) -> State:
    """The state after the learner typed something.

    Raises:
        ConversationOver: the call has ended.
        MoveNotAllowed: there is nothing in the text.
    """
    _still_on(state)
    text = clean(raw)
    if not text:
        raise MoveNotAllowed("There is nothing to say in this", place=f"turn {state.turn + 1}", cure="Type a sentence")
    if len(text) > LONGEST:
        return _trouble(compiled, state, text, seq, "overlong")
    found = recogniser.recognise(text, compiled.scenario, situation_of(compiled, state))
    unclear = not found.moves or found.moves[0].trouble == "unclear"
    if found.decision == "confirm" and found.choices:
        return replace(state, asking=Asking("confirm", text, found.choices[:3]), aside=())
    if found.decision != "accept" or unclear:
        return _not_understood(compiled, state, text, seq)
    trouble = any(move.trouble for move in found.moves)
    to = found.to if found.to in state.present else ""
    moves, before = found.moves[:3], settled(state)
    low = None if not found.low or found.low == moves else found.low[:3]
    after = take_turn(compiled, before, moves, to=to, said=text, seq=seq, source="typed", low=low, raw=text)
    return replace(after, unsure=state.unsure) if trouble else after


def chose(compiled: Compiled, state: State, choice: int, seq: int) -> State:
    """The state after one of the readings was chosen: 0, 1, 2, or -1 for none of these.

    Raises:
        ConversationOver: the call has ended.
        MoveNotAllowed: there is nothing to choose, or not this.
    """
    _still_on(state)
    asking = state.asking
    if asking is None or asking.kind != "confirm" or not -1 <= choice < len(asking.choices):
        where = f"turn {state.turn + 1}"
        raise MoveNotAllowed("There is no such reading to choose", place=where, cure="Type a line, or pick one")
    if choice < 0:
        return _puzzled(compiled, state, asking.raw)
    chosen = asking.choices[choice]
    to = chosen.to if chosen.to in state.present else ""
    moves, raw = chosen.moves[:3], asking.raw
    before = settled(state)
    return take_turn(compiled, before, moves, to=to, said=chosen.text, seq=seq, source="confirmed", raw=raw)


def _still_on(state: State) -> None:
    if state.over:
        raise ConversationOver("The call has ended", place=f"turn {state.turn}", cure="Start a new conversation")


def settled(state: State) -> State:
    """The state to which taking back leads: nothing in the air."""
    return state if state.asking is None and not state.aside else replace(state, asking=None, aside=())


def _not_understood(compiled: Compiled, state: State, text: str, seq: int) -> State:
    if state.unsure < 1:
        return _puzzled(compiled, state, text)
    after = _trouble(compiled, state, text, seq, "unclear")
    return replace(after, unsure=state.unsure + 1, asking=None if after.over else Asking("menu", text))


def _puzzled(compiled: Compiled, state: State, text: str) -> State:
    """No turn: whoever is spoken to asks to hear it again."""
    who = state.speaker
    own = compiled.personas[who].lines
    lines = own.get("puzzled") or own["mumbles"]
    place = f"personas.{who}.lines.{'puzzled' if own.get('puzzled') else 'mumbles'}"
    fresh = [line for line in lines if line not in state.worn] or list(lines)
    line = pick(state.seed, state.turn, f"{who}.puzzled.{state.unsure}", fresh)
    answer = Said(who, compiled.text(state.variant, line), compiled.lines.get((place, line), ""))
    unsure = state.unsure + 1
    return replace(
        state,
        asking=Asking("rephrase" if unsure == 1 else "menu", text),
        aside=(Said("you", text), answer),
        unsure=unsure,
        worn=state.worn | {line},
    )


def _trouble(compiled: Compiled, state: State, text: str, seq: int, kind: Literal["unclear", "overlong"]) -> State:
    """A turn for a text that is no move at all."""
    from .model import Move

    move = Move(label="other", trouble=kind)
    shown = text if kind != "overlong" else f"{text[:SHOWN]}…"
    return take_turn(compiled, settled(state), (move,), said=shown, seq=seq, source="typed", raw=text)
