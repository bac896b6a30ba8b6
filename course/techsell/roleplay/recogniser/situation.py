"""What the recogniser is told about the call, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techsell.roleplay.model import Move

__all__ = ["Choice", "Recognition", "Situation"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What both sides know at this point of the call; nothing in it that has not been said aloud."""

    present: tuple[str, ...] = ()
    """persona ids in the call"""
    speaker: str = ""
    """who is being talked to"""
    heard: tuple[str, ...] = ()
    """facts told, in the order heard"""
    open_objections: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """the step that each open objection waits for, in the same order; empty where that is not known"""
    pending: str = ""
    """the customer's own question that waits for an answer"""
    granted: tuple[str, ...] = ()
    """commitments given"""
    variant: int = 0
    trust: int = 4
    said: str = ""
    """what the customer said last, numbers filled in"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of 'Did you mean': canonical words and what they do."""

    text: str
    moves: tuple[Move, ...]
    to: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a typed line does. Chances and scores are whole numbers per mille."""

    moves: tuple[Move, ...]
    confidences: tuple[int, ...]
    """one a move"""
    probabilities: tuple[int, ...]
    """the whole line, in the order of `labels.LABELS`; they sum to 1000"""
    topics: tuple[tuple[str, int], ...]
    """topics of the line with their scores, best first"""
    decision: str
    """accept, confirm or rephrase"""
    choices: tuple[Choice, ...] = ()
    """for confirm: up to three"""
    low: tuple[Move, ...] | None = None
    """for an accepted but uncertain line: the reading that earns less"""
    to: str = ""
    """persona addressed by name, or empty"""
