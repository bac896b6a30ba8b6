"""How a typed line was read, noted beside it: with that a call goes on after the recogniser has changed.

The note is a copy, and a copy is trusted by nobody but the learner's own machine: `verify` and grading read every line
again with the recogniser of its time, and a note that says something else is a finding. A conversation that is taken up
with another recogniser has no such choice: it stands where its notes lead. From the next typed line on its own
recogniser reads, which `RecogniserChanged` puts on the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from techsell.errors import TranscriptInvalid

from .asking import Recogniser

if TYPE_CHECKING:
    from .model import Move, Scenario
    from .recogniser.situation import Recognition, Situation
    from .state import State

__all__ = ["Hearing", "Noted", "note_of", "reader"]


class Hearing:
    """A recogniser that remembers its last answer, so that it can be noted."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self.last: Recognition | None = None

    def fingerprint(self) -> str:
        return self._recogniser.fingerprint()

    def recognise(self, text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
        self.last = self._recogniser.recognise(text, scenario, situation)
        return self.last

    @property
    def note(self) -> dict[str, Any]:
        """`{"read": …}`, or nothing where the recogniser was not asked."""
        return {} if self.last is None else {"read": note_of(self.last)}


class Noted:
    """Stands in for the recogniser `fingerprint` and answers what is noted beside one line."""

    def __init__(self, fingerprint: str, note: Mapping[str, Any] | None = None) -> None:
        self._fingerprint = fingerprint
        self._note = note

    def fingerprint(self) -> str:
        return self._fingerprint

    def recognise(self, text: str, scenario: Scenario | None = None, situation: Situation | None = None) -> Recognition:
        """What the note says, whatever the text.

        Raises:
            TranscriptInvalid: there is none, or it is no reading in this scenario.
        """
        cure = "Start a new conversation; this one is kept"
        if self._note is None:
            raise TranscriptInvalid("a typed line was read by another recogniser, and how is not noted", cure=cure)
        try:
            found = _reading(self._note)
            for moves in (found.moves, found.low or (), *(choice.moves for choice in found.choices)):
                _check(moves, scenario)
            return found
        except (KeyError, TypeError, ValueError) as error:
            raise TranscriptInvalid("the note of how a typed line was read is damaged", cure=cure) from error


def reader(event: Mapping[str, Any], state: State | None, own: Recogniser) -> Recogniser:
    """Who says what a line of an earlier day meant: the recogniser here if it read it then, else the line's note."""
    if event["type"] != "LearnerSaid" or state is None or state.nlu == own.fingerprint():
        return own
    return Noted(state.nlu, event["data"].get("read"))


def note_of(found: Recognition) -> dict[str, Any]:
    """What the engine needs of a reading, as plain JSON types; what is empty is left out."""
    note: dict[str, Any] = {"decision": found.decision, "moves": _plain(found.moves)}
    if found.to:
        note["to"] = found.to
    if found.low is not None:
        note["low"] = _plain(found.low)
    if found.choices:
        note["choices"] = [
            {"text": choice.text, "moves": _plain(choice.moves), "to": choice.to} for choice in found.choices
        ]
    return note


def _plain(moves: Sequence[Move]) -> list[dict[str, Any]]:
    return [move.model_dump(mode="json", exclude_defaults=True) for move in moves]


def _reading(note: Mapping[str, Any]) -> Recognition:
    from .recogniser.situation import Choice, Recognition

    choices = [Choice(str(one["text"]), _moves(one["moves"]), str(one["to"])) for one in note.get("choices", [])]
    return Recognition(
        moves=_moves(note["moves"]),
        confidences=(),
        probabilities=(),
        topics=(),
        decision=str(note["decision"]),
        choices=tuple(choices),
        low=_moves(note["low"]) if "low" in note else None,
        to=str(note.get("to", "")),
    )


def _moves(plain: Sequence[Any]) -> tuple[Move, ...]:
    from .model import Move

    return tuple(Move.model_validate_json(json.dumps(move)) for move in plain)


def _check(moves: Sequence[Move], scenario: Scenario | None) -> None:
    """That a note names only what the scenario has; somebody may have written it by hand."""
    if scenario is None:
        return
    known = {
        "facts": {fact.id for fact in scenario.facts},
        "claim": {claim.id for claim in scenario.datasheet},
        "ask": {commitment.id for commitment in scenario.commitments},
        "objection": {objection.id for objection in scenario.objections},
        "bypasses": {persona.id for persona in scenario.personas},
        "plant": {plant.id for plant in scenario.plant},
    }
    for move in moves:
        named = {("facts", fact) for fact in (*move.facts, move.fact_wanted)}
        named |= {(space, getattr(move, space)) for space in known if space != "facts"}
        strange = [name for space, name in named if name is not None and name not in known[space]]
        if strange:
            raise ValueError(strange[0])
