"""What people in a scenario know, say, ask, hold against it and give; what the learner can say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .labels import Label, Reaction
from .model_moves import Condition, Ending, FactKind, Id, Line, Move, Strict

__all__ = [
    "Claim",
    "Commitment",
    "End",
    "Fact",
    "Objection",
    "Option",
    "Persona",
    "PlantFact",
    "Question",
    "Rumour",
    "Topic",
    "Unlock",
    "Veto",
    "Worked",
    "WorkedLine",
]


class Unlock(Strict):
    """What opens a fact: one of `labels`, on one of `topics`, with enough trust, after `after`."""

    labels: tuple[Label, ...]
    topics: tuple[Id, ...]
    min_trust: int = 0
    after: tuple[Id, ...] = ()
    past: bool = False
    """only a question about what happened opens it"""


class Fact(Strict):
    id: Id
    holder: Id
    kind: FactKind
    says: Line
    note: Line
    """one line for the learner's notes"""
    unlock: Unlock
    numbers: dict[Id, int] = Field(default_factory=dict)
    unit: dict[Id, str] = Field(default_factory=dict)
    guarded: Line | None = None
    """what is said to the right question under too little trust"""
    decoy: bool = False
    utterances: tuple[Line, ...] = ()
    """8 to 15 examples of typed lines that open it, for the recogniser; the first is shown in the debrief"""


class PlantFact(Strict):
    """An ordinary fact that answers a sensible question and unlocks nothing."""

    id: Id
    holder: Id
    topics: tuple[Id, ...]
    """topics of this scenario or ordinary ones (`recogniser/ordinary.yaml`)"""
    says: Line
    keywords: tuple[str, ...] = ()
    """words of a question that gets this answer rather than another on the same topic"""
    utterances: tuple[Line, ...] = ()


class Topic(Strict):
    id: Id
    label: Line
    keywords: tuple[str, ...] = ()


class Veto(Strict):
    """Somebody can stop the others: while it holds, every commitment is refused with this line."""

    when: Condition
    says: Line


class Persona(Strict):
    id: Id
    name: Line
    role: Line
    voice: Line
    """how this person speaks: for authors and printed cards"""
    patience: Annotated[int, Field(ge=1, le=10)] = 5
    technicality: Annotated[int, Field(ge=0, le=5)] = 3
    influence: Annotated[int, Field(ge=0, le=10)] = 5
    joins: Condition | None = None
    """absent: there from the first turn"""
    leaves: Condition | None = None
    """a gatekeeper who has put you through, somebody with another meeting"""
    supports: Condition | None = None
    """when this person is on your side; counted with `influence` by `min_support`"""
    veto: Veto | None = None
    lines: dict[Reaction, tuple[Line, ...]]


class Claim(Strict):
    """Something that can be said about the product, and whether the data sheet carries it."""

    id: Id
    text: Line
    supported: bool
    numbers: dict[Id, int] = Field(default_factory=dict)
    """the figures of the sheet, so that typed ones can be held against them"""
    unit: dict[Id, str] = Field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    utterances: tuple[Line, ...] = ()
    """examples of typed lines that make this claim"""


class Question(Strict):
    """Asked by the customer; answering it is never a pitch."""

    id: Id
    asker: Id
    when: Condition
    says: Line
    technical: bool = False
    claims: tuple[Id, ...] = ()
    """claims of the data sheet that answer it"""
    keywords: tuple[str, ...] = ()
    """words that an answer to the point has"""
    utterances: tuple[Line, ...] = ()
    """examples of short true answers"""


class Objection(Strict):
    id: Id
    holder: Id
    when: Condition
    says: Line
    needs: tuple[Label, ...]
    """moves that settle it, in this order"""
    settled: Line
    unsettled: Line
    """said to an answer that skips a step"""
    keywords: tuple[str, ...] = ()
    utterances: tuple[Line, ...] = ()
    """examples of typed lines that deal with it, one or more for each step"""


class Commitment(Strict):
    """Something the learner can ask the customer to do."""

    id: Id
    giver: Id
    needs: Condition
    granted: Line
    refused: Line
    ends: Id | None = None
    """ending reached when granted"""
    keywords: tuple[str, ...] = ()
    utterances: tuple[Line, ...] = ()
    """8 or more examples of typed lines that ask for it"""


class End(Strict):
    id: Id
    kind: Ending
    when: Condition = Condition()
    says: Line
    speaker: Id | None = None
    summary: Line
    """what this means, for the debrief"""
    trigger: Literal["condition", "budget", "hang_up", "commitment"] = "condition"


class Option(Strict):
    """A line the learner can pick."""

    id: Id
    text: Line
    moves: Annotated[tuple[Move, ...], Field(min_length=1, max_length=3)]
    to: Id | None = None
    when: Condition = Condition()
    repeatable: bool = False
    paraphrases: tuple[Line, ...] = ()
    """how others type the same: typed lines are compared with these"""


class Rumour(Strict):
    """Practice only: what this customer has heard of the learner's earlier calls (the brand ledger)."""

    id: Id
    about: Literal["overclaim", "attack", "promise_kept", "promise_broken", "honest_no"]
    teller: Id
    """persona who brings it up"""
    says: Line
    """how this customer heard of it, with `{from}` for the other company"""
    trust: Annotated[int, Field(ge=-2, le=1)] = -1


class WorkedLine(Strict):
    option: Id
    why: Line
    """the comment beside this line while one watches"""


class Worked(Strict):
    """The worked example: an expert's call to watch, line by line, with comments."""

    seed: int
    lines: tuple[WorkedLine, ...]
