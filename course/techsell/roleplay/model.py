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
- A customer takes the initiative once a turn: somebody joins, else an objection, else a question.
- A customer's question waits two turns; passed over for longer it counts as dodged.
- Persona lines for `discloses` and `answers` are words said now and then before what is told; those for `grants`,
  `refuses`, `settles` and `insists` are never said, since commitments and objections have their own.
- The variant is `seed` modulo the number of variants, so seeds 1, 2, 3 play three different ones.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .labels import Label, Reaction

if TYPE_CHECKING:
    from .compiled import Compiled

SCHEMA = 1

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=1200)]
Percent = Annotated[int, Field(ge=0, le=100)]
Ending = Literal["advance", "continuation", "polite_no", "no_fit", "ejected"]
FactKind = Literal["situation", "problem", "impact", "payoff", "constraint", "decision", "belief"]
ContractSlot = Literal["purpose", "time", "agenda", "expectations", "next_step"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Move(Strict):
    """One thing a learner does in a turn: a label, its topics, and what makes it good or bad."""

    label: Label
    topics: tuple[Id, ...] = ()
    past: bool = False
    """asks for something that happened, not for an opinion or a forecast"""
    facts: tuple[Id, ...] = ()
    """reflect: the facts that are played back"""
    wrong: bool = False
    """reflect: the paraphrase twists or inflates what was said"""
    claim: Id | None = None
    """evidence, pitch: the product claim that is made (see `datasheet`)"""
    slots: tuple[ContractSlot, ...] = ()
    """what the learner agrees with the customer about the call itself"""
    ask: Id | None = None
    """commit: the commitment that is asked for"""
    manner: Literal["short", "lecture", "dodge", "honest_unknown"] | None = None
    """how a customer's own question is answered"""
    attacks_rival: bool = False
    objection: Id | None = None
    """acknowledge, clarify, evidence: the objection that is dealt with"""
    bypasses: Id | None = None
    """the persona whose head it goes over"""


class Condition(Strict):
    """All parts must hold; an empty condition always holds."""

    facts: tuple[Id, ...] = ()
    any_fact: tuple[Id, ...] = ()
    not_facts: tuple[Id, ...] = ()
    min_trust: int = 0
    max_trust: int = 10
    present: tuple[Id, ...] = ()
    absent: tuple[Id, ...] = ()
    open: tuple[Id, ...] = ()
    """objections raised and not yet dealt with"""
    settled: tuple[Id, ...] = ()
    """objections dealt with"""
    pending: Id | None = None
    """the customer's own question that waits for an answer"""
    answered: tuple[Id, ...] = ()
    granted: tuple[Id, ...] = ()
    """commitments the customer has given"""
    min_turn: int = 0
    max_turn: int = 999
    at_least: dict[Reaction, int] = Field(default_factory=dict)
    """how often something has happened, counted in customers' reactions"""


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
    """examples of questions that open it, for the recogniser"""


class PlantFact(Strict):
    """An ordinary fact that answers a sensible question and unlocks nothing."""

    id: Id
    holder: Id
    topics: tuple[Id, ...]
    says: Line


class Topic(Strict):
    id: Id
    label: Line
    keywords: tuple[str, ...] = ()


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
    lines: dict[Reaction, tuple[Line, ...]]


class Claim(Strict):
    """Something that can be said about the product, and whether the data sheet carries it."""

    id: Id
    text: Line
    supported: bool


class Question(Strict):
    """Asked by the customer; answering it is never a pitch."""

    id: Id
    asker: Id
    when: Condition
    says: Line
    technical: bool = False


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


class Commitment(Strict):
    """Something the learner can ask the customer to do."""

    id: Id
    giver: Id
    needs: Condition
    granted: Line
    refused: Line
    ends: Id | None = None
    """ending reached when granted"""


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


class TrustRules(Strict):
    """Whole steps of trust. Source: curriculum, section 3 'Engine', with section 0."""

    start: Annotated[int, Field(ge=0, le=10)] = 4
    past_question: int = 1
    accurate_playback: int = 1
    wrong_playback: int = -1
    honest_unknown: int = 1
    short_answer: int = 1
    lecture: int = -1
    dodge: int = -1
    situation_allowance: int = 4
    situation_excess: int = -1
    early_pitch: int = -2
    unsupported_claim: int = -3
    attacks_rival: int = -3
    cold_implication: int = -1
    """presses on consequences without first playing back or acknowledging"""
    bypass: int = -2
    premature_ask: int = -1
    objection_settled: int = 1


class Coverage(Strict):
    kind: Literal["coverage"]
    facts: tuple[Id, ...]
    full: int
    """so many of them earn everything"""


class Presence(Strict):
    kind: Literal["presence"]
    labels: tuple[Label, ...] = ()
    topics: tuple[Id, ...] = ()
    slots: tuple[ContractSlot, ...] = ()
    """counts distinct slots instead of turns"""
    past: bool = False
    full: int
    by_turn: int | None = None


class Sequence(Strict):
    """Full marks when none of `labels` came before the first fact of kind `until`."""

    kind: Literal["sequence"]
    labels: tuple[Label, ...]
    until: FactKind
    cost: Percent
    """lost for each breach"""
    needs: int = 1
    """learner turns that must exist before anything is earned: silence is not listening"""


class Playback(Strict):
    """Accurate playbacks of different facts, up to `full`; each wrong one takes one away."""

    kind: Literal["playback"]
    full: int


class Outcome(Strict):
    kind: Literal["outcome"]
    percent: dict[Ending, Percent]


class Clean(Strict):
    """Objections settled; any of `spoiled_by` sets the line to nothing and blocks a pass."""

    kind: Literal["clean"]
    objections: tuple[Id, ...] = ()
    spoiled_by: tuple[Reaction, ...]
    blocks_pass: bool = True


Evidence = Annotated[Coverage | Presence | Sequence | Playback | Outcome | Clean, Field(discriminator="kind")]


class Criterion(Strict):
    id: Annotated[str, Field(pattern=r"^R\d{1,2}$")]
    title: Line
    weight: Annotated[int, Field(ge=1, le=100)]
    evidence: Evidence
    advice: Line
    """said in the debrief when points are missing"""


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
