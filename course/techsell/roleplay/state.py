"""Where a conversation stands, and the record of each turn that the rubric reads. Whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .labels import Reaction
    from .model import ContractSlot, Move
    from .recogniser.situation import Choice

__all__ = ["Asking", "Reacted", "Said", "Source", "State", "Turn"]

Source = Literal["typed", "confirmed", "picked"]
"""typed and understood; typed and then chosen from 'Did you mean'; picked from the menu"""


@dataclass(frozen=True, slots=True)
class Said:
    """One line: `speaker` is a persona's id or `you`."""

    speaker: str
    text: str
    line: str = ""
    """ids of the scenario's texts it is made of (`lines.line_ids`), with a blank between; empty for typed text"""


@dataclass(frozen=True, slots=True)
class Asking:
    """What was typed is not clear: the learner chooses among readings, says it again, or picks from the menu."""

    kind: Literal["confirm", "rephrase", "menu"]
    raw: str
    """what was typed"""
    choices: tuple[Choice, ...] = ()
    """for confirm: up to three readings in canonical words"""


@dataclass(frozen=True, slots=True)
class Reacted:
    """How a customer took one move."""

    reaction: Reaction
    move: int
    """index into the turn's moves; -1 for what the customer does unasked"""
    trust: int
    """steps of trust gained or lost, after clamping to 0..10"""
    speaker: str
    about: str = ""
    """the fact, plant fact, objection, question or commitment it is about"""
    reply: bool = False
    """the move answered the customer's own question or objection, so it was no telling"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the learner did and what came of it; turn 0 is the customer's greeting."""

    number: int
    to: str
    option: str
    moves: tuple[Move, ...]
    reactions: tuple[Reacted, ...]
    facts: tuple[str, ...]
    """unlocked in this turn"""
    slots: tuple[ContractSlot, ...]
    """newly agreed about the call itself"""
    lines: tuple[Said, ...]
    trust: int
    """after the turn"""
    source: Source = "picked"
    raw: str = ""
    """what was typed; `lines` has the canonical words where they were confirmed"""
    uncertain: tuple[Move, ...] | None = None
    """the less favourable reading of a typed line, where the recogniser was not quite sure"""
    addressed: str = ""
    """who was spoken to by name, or empty for whoever can answer"""


@dataclass(frozen=True, slots=True)
class State:
    """Everything the next reply depends on. Masks are read through `Compiled`, which gives every id its bit."""

    seed: int
    variant: int
    mode: str
    learner: str
    attempt: int
    seq: int
    """of the event that led here"""
    turn: int
    trust: int
    speaker: str
    """who is being talked to"""
    present: tuple[str, ...]
    facts: tuple[str, ...]
    """unlocked, in the order heard"""
    pending: str
    """the customer's own question that waits, or empty"""
    pending_since: int
    ending: str
    """id of the ending reached, or empty"""
    hints: int
    situations: int
    """situation questions asked"""
    warm: bool
    """something was played back or acknowledged since the last problem came up"""
    flags: int
    """facts, presence, objections, questions, commitments: one bit each"""
    used: int
    """options that will not come again"""
    resting: int
    """index of an option that rests for one turn, or -1"""
    asked: int
    """customer's questions and objections that were raised, by their bits"""
    told: int
    """plant facts given"""
    played: int
    """facts played back accurately, by their bits"""
    thread: int
    """topics of the last turn"""
    slots: tuple[ContractSlot, ...]
    progress: tuple[tuple[str, int], ...]
    """objections: steps done"""
    counts: tuple[int, ...]
    """reactions so far, in the order of `labels.REACTIONS`"""
    credited: frozenset[str]
    """past-tense questions that have earned their step of trust"""
    worn: frozenset[str]
    """stock lines already said"""
    history: tuple[Turn, ...]
    before: State | None = field(repr=False)
    """the state before the last turn, for taking it back"""
    engine: int = 2
    """version of the rules by which this call is played"""
    nlu: str = ""
    """fingerprint of the recogniser that reads what is typed now; empty in calls from before typing"""
    asking: Asking | None = None
    unsure: int = 0
    """typed lines in a row that were not understood"""
    aside: tuple[Said, ...] = ()
    """said without taking a turn, by the last event"""
    wasted: tuple[tuple[str, int], ...] = ()
    """lines that wasted time, by the person who bore them"""
    gone: int = 0
    """people who have left, by their bits"""
    ledger: tuple[tuple[str, str], ...] = ()
    """what earlier calls left behind: about, company; newest first"""
    recalled: frozenset[str] = frozenset()
    """rumours told"""

    @property
    def over(self) -> bool:
        return self.ending != ""
