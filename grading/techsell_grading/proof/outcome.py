"""What a proof says: that it holds, what is wrong, or why it was not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Outcome", "Proved", "Seen", "not_asked", "seen"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what, where, and what to do about it; all three without a final full stop."""

    problem: str
    place: str
    cure: str

    def __str__(self) -> str:
        return f"{self.problem} ({self.place}). {self.cure}."


@dataclass(frozen=True)
class Seen:
    """What a proof saw. `said` is one line: figures, or why it was not asked."""

    findings: tuple[Finding, ...] = ()
    said: str = ""
    asked: bool = True


def seen(findings: Sequence[Finding], said: str = "") -> Seen:
    return Seen(tuple(dict.fromkeys(findings)), said)


def not_asked(why: str) -> Seen:
    """The proof does not apply to this assignment."""
    return Seen(said=why, asked=False)


@dataclass(frozen=True)
class Outcome:
    """One proof of one assignment. `id` is stable; `title` is for people."""

    id: str
    title: str
    findings: tuple[Finding, ...] = ()
    said: str = ""
    asked: bool = True

    @property
    def verdict(self) -> Literal["holds", "fails", "not asked"]:
        if not self.asked:
            return "not asked"
        return "fails" if self.findings else "holds"


@dataclass(frozen=True)
class Proved:
    """All proofs of one assignment, in their order. `seconds`: how long it took."""

    module: str
    outcomes: tuple[Outcome, ...]
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for outcome in self.outcomes for finding in outcome.findings)

    def outcome(self, proof: str) -> Outcome:
        return next(outcome for outcome in self.outcomes if outcome.id == proof)
