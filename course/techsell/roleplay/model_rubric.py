"""What a call is worth: the steps of trust, and the questions that the rubric asks of a finished call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .labels import Label, Reaction
from .model_moves import ContractSlot, Ending, FactKind, Id, Line, Percent, Strict

__all__ = [
    "Clean",
    "Coverage",
    "Criterion",
    "Evidence",
    "Outcome",
    "Playback",
    "Presence",
    "Sequence",
    "TrustRules",
]


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
    rude: int = -2
    worn_out: int = -1
    """each line that wastes time beyond the speaker's patience"""


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
    linked: bool = False
    """only moves that build on facts heard (`facts` of the move)"""
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
