"""What a scenario file may say: pydantic models, unknown keys refused.

This module imports pydantic, so nothing imports it at the top: `load.py` does so when a file is read, the
engine only under `TYPE_CHECKING`. Text fields may hold `{fact_id.name}`, replaced by that fact's number in
the variant being played; from 10,000 up the thousands get a comma. No other braces may stand in a text.
Every field is explained in `scenarios/README.md`; a test holds that.

What the loader wants beyond the types (`references.py`; `techsell scenario lint FILE` says it with the line):

- Every persona has a line for each of `references.REQUIRED_LINES`; who asks a question also for `ASKER_LINES`;
  who can be bypassed (there from the first turn beside others, or named in `bypasses`) also for `bristles`.
- Endings: the first in file order that fits is taken. One `trigger: budget` and one `trigger: hang_up` have no
  `when`, as catch-alls after their conditional siblings; one of kind `ejected` exists, taken at trust 0
  whatever its `when`. An ending with `trigger: commitment` is reached only through a commitment's `ends`.
- A move with `manner` stands in an option with `when: {pending: question_id}`.

How the engine reads it, where the types do not say (`turns.py`):

- Trust is compared with `min_trust` as it stood before the question, less what the question itself costs.
- A question opens one fact: the first in file order whose label, topic, `past` and `after` fit. A guarded or
  coldly pressed question is not used up: its option comes back.
- `implication` is cold unless something was played back or acknowledged since the last `problem` fact.
- `evidence` or `pitch` is early before the first `payoff` fact that is not a decoy. Exempt: an answer to the
  customer's pending question (`manner`), to an open objection, and evidence on a topic of a `belief` heard.
- A fact that is a decoy in the variant played is told, cools nothing and proves no need; played back as trouble
  it counts as a wrong playback.
- `bypasses` goes over somebody's head; so does asking a commitment of a giver who is not there.
- A question that meets no fact is answered from the plant sheet, whatever its label.
- A customer takes the initiative once a turn: somebody joins, else an objection, else a question. Leaving goes first.
- A veto counts while its owner is in the call; who has left does not come back.
- Wasted time is counted by the person who bears it, once a line; beyond `patience` each such line costs `worn_out`.
- A picked answer is worth what its `manner` says. A typed one, short and true, earns its step only when the same line
  asks something back; with more than 25 words and 15 for each step of the asker's `technicality` it is a lecture.
- A rumour is told after the greeting of its teller, one a turn and one a person, the newest entry of the ledger first.
- A customer's question waits two turns; passed over for longer it counts as dodged.
- Persona lines for `discloses` and `answers` are words said now and then before what is told; those for `grants`,
  `refuses`, `settles`, `insists`, `vetoes` and `recalls` are never said, since what they are about has its own.
- The variant is `seed` modulo the number of variants, so seeds 1, 2, 3 play three different ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field

from .model_moves import (
    SCHEMA,
    Condition,
    ContractSlot,
    Ending,
    FactKind,
    Id,
    Line,
    Move,
    Percent,
    Strict,
)
from .model_people import (
    Claim,
    Commitment,
    End,
    Fact,
    Objection,
    Option,
    Persona,
    PlantFact,
    Question,
    Rumour,
    Topic,
    Unlock,
    Veto,
    Worked,
    WorkedLine,
)
from .model_rubric import (
    Clean,
    Coverage,
    Criterion,
    Evidence,
    Outcome,
    Playback,
    Presence,
    Sequence,
    TrustRules,
)

if TYPE_CHECKING:
    from .compiled import Compiled

__all__ = [
    "SCHEMA",
    "Brief",
    "Budget",
    "Claim",
    "Clean",
    "Commitment",
    "Condition",
    "ContractSlot",
    "Coverage",
    "Criterion",
    "End",
    "Ending",
    "Evidence",
    "Fact",
    "FactKind",
    "Hint",
    "Id",
    "Line",
    "Move",
    "Objection",
    "Option",
    "Outcome",
    "Percent",
    "Persona",
    "PlantFact",
    "Playback",
    "Presence",
    "Question",
    "Rumour",
    "Scenario",
    "Sequence",
    "Strict",
    "Topic",
    "TrustRules",
    "Unlock",
    "Variant",
    "Veto",
    "Worked",
    "WorkedLine",
]


class Brief(Strict):
    you: Line
    call: Line
    goal: Line
    product: Line


class Hint(Strict):
    when: Condition
    says: Line


class Variant(Strict):
    """Another factory with the same story: numbers change, and which facts are real."""

    id: Id
    numbers: dict[str, int] = Field(default_factory=dict)
    """`fact_id.name` to whole number"""
    decoys: tuple[Id, ...] = ()
    """facts that are only noise in this variant"""
    says: dict[Id, Line] = Field(default_factory=dict)
    """other words for a fact, by fact id"""
    notes: dict[Id, Line] = Field(default_factory=dict)
    """another line for the learner's notes, by fact id: for a decoy, that there is nothing in it"""


class Budget(Strict):
    turns: Annotated[int, Field(ge=1, le=60)]


class Scenario(Strict):
    """A call with simulated customers, complete."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: Id
    code: Line
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    locale: Literal["en"] = "en"
    title: Line
    module: Id
    graded: bool
    pass_mark: Percent = 60
    customer: str = Field(default="", max_length=60)
    """the customer's company, as others speak of it"""
    brief: Brief
    budget: Budget
    trust: TrustRules = TrustRules()
    personas: Annotated[tuple[Persona, ...], Field(min_length=1)]
    topics: tuple[Topic, ...]
    facts: tuple[Fact, ...]
    plant: tuple[PlantFact, ...] = ()
    datasheet: tuple[Claim, ...] = ()
    questions: tuple[Question, ...] = ()
    objections: tuple[Objection, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    endings: Annotated[tuple[End, ...], Field(min_length=1)]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    hints: tuple[Hint, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]
    rumours: tuple[Rumour, ...] = ()
    worked: Worked | None = None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; one that differs has an index and a fingerprint of its own."""
        copied = super().model_copy(update=update, deep=deep)
        if update:
            for name in ("compiled", "fingerprint"):
                copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def compiled(self) -> Compiled:
        """Indexes for the engine, made once."""
        from .compiled import compile_scenario

        return compile_scenario(self)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical bytes; a pinned scenario keeps that of the bytes it came from."""
        from .load import sha_of

        return sha_of(self)
