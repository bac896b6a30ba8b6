"""What many calls of one bot came to: counts that can be added up in any order, so that workers change nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techsell.roleplay.rubric import score_state

from .play import Stage, play

if TYPE_CHECKING:
    from techsell.roleplay.state import State

__all__ = ["Tally", "tally"]

HINTS_IN = 8
"""one call in so many asks for a hint before each line; the explorer always does"""


@dataclass
class Tally:
    """Sums over calls. Points are hundredths: 9150 is 91.5 of 100."""

    runs: int = 0
    turns: int = 0
    passed: int = 0
    scores: Counter[int] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    facts: Counter[tuple[int, str]] = field(default_factory=Counter)
    """variant and fact: in how many calls it was heard"""
    lines: set[str] = field(default_factory=set)
    """ids of all texts that were said, see `roleplay/lines.py`"""
    best: dict[str, int] = field(default_factory=dict)
    """rubric line: highest percent reached"""
    dead_ends: dict[int, int] = field(default_factory=dict)
    """number of a call -> turn in which its menu was empty; at most three, the lowest numbers"""
    seconds: float = 0.0
    """processor time; the only figure that differs between runs"""

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.runs += other.runs
        self.turns += other.turns
        self.passed += other.passed
        self.scores.update(other.scores)
        self.endings.update(other.endings)
        self.facts.update(other.facts)
        self.lines |= other.lines
        for line, percent in other.best.items():
            self.best[line] = max(percent, self.best.get(line, 0))
        self.dead_ends = dict(sorted((self.dead_ends | other.dead_ends).items())[:3])
        self.seconds += other.seconds

    @property
    def mean(self) -> float:
        """Mean points of 100."""
        return sum(points * count for points, count in self.scores.items()) / 100 / max(1, self.runs)

    @property
    def pass_share(self) -> float:
        """Share of the calls that pass, 0 to 1."""
        return self.passed / max(1, self.runs)

    def quantile(self, percent: int) -> float:
        """The lowest points that at least `percent` of the calls stay at or below."""
        seen, wanted = 0, -(-self.runs * percent // 100)
        for points in sorted(self.scores):
            seen += self.scores[points]
            if seen >= wanted:
                return points / 100
        return 0.0


def tally(stage: Stage, bot: str, start: int, stop: int) -> Tally:
    """Play calls `start` to `stop - 1` of a bot and count."""
    found = Tally()
    for number in range(start, stop):
        asks = bot == "explorer" or number % HINTS_IN == 0
        hints = found.lines if asks else None
        state, dead = play(stage, bot, number, hints)
        if dead:
            found.dead_ends[number] = state.turn
        _count(found, stage, state)
    found.dead_ends = dict(sorted(found.dead_ends.items())[:3])
    return found


def _count(found: Tally, stage: Stage, state: State) -> None:
    card = score_state(stage.scenario, state)
    found.runs += 1
    found.turns += state.turn
    found.passed += card.passed
    found.scores[round(card.total * 100)] += 1
    found.endings[state.ending] += 1
    for fact in state.facts:
        found.facts[state.variant, fact] += 1
    for line in card.lines:
        if line.percent > found.best.get(line.id, -1):
            found.best[line.id] = line.percent
    lines, options = found.lines, stage.option_lines
    for turn in state.history:
        if turn.option:
            lines.add(options[turn.option])
        for said in turn.lines:
            if said.line:
                lines.update(said.line.split()) if " " in said.line else lines.add(said.line)
    lines.add(stage.summaries[state.ending])
