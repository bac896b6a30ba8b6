"""The parts of a scenario file that everything else is made of: ids and texts, a move, a condition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .labels import Label, Reaction

__all__ = ["SCHEMA", "Condition", "ContractSlot", "Ending", "FactKind", "Id", "Line", "Move", "Percent", "Strict"]

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
    """reflect: the facts that are played back; pitch, evidence, payoff: the facts it builds on"""
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
    overclaims: bool = False
    """evidence, pitch: promises what no data sheet can carry: always, never, guaranteed, more than its figure"""
    trouble: Literal["rude", "unclear", "foreign", "overlong"] | None = None
    """other: what was typed is no move at all; the customer reacts as a person would"""
    fact_wanted: Id | None = None
    """questions in typed text: the fact that is asked for, where its topics are shared by others"""
    plant: Id | None = None
    """questions in typed text: the plant fact that answers, unless a fact opens"""


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
    min_support: int = 0
    """sum of `influence` of the people in the call whose `supports` holds"""
