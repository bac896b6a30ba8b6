"""The score: every point with the turns that earned it, and how sure it is. Whole numbers until the output."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .cap import PICKED_WORTH, capped, is_capped, picked_share
from .evidence import Record, Result, weigh
from .interval import interval

if TYPE_CHECKING:
    from .model import Criterion, Scenario
    from .state import State

__all__ = ["Line", "Scorecard", "score_state"]


@dataclass(frozen=True)
class Line:
    """One line of the rubric: percent of its weight, and the turns behind it."""

    id: str
    title: str
    weight: int
    percent: int
    points: float
    turns: tuple[int, ...]
    why: str
    advice: str
    """what to do next time; empty when nothing is missing"""


@dataclass(frozen=True)
class Scorecard:
    """What a conversation was worth. `total` is out of 100, exact to the hundredth."""

    scenario: str
    title: str
    graded: bool
    total: float
    pass_mark: int
    passed: bool
    blocked_by: str | None
    """id of the line that rules out a pass whatever the total"""
    ending: str | None
    """kind of the ending, None while the call goes on"""
    turns: int
    hints: int
    lines: tuple[Line, ...]
    facts_found: tuple[str, ...]
    facts_missed: tuple[str, ...]
    low: float
    high: float
    """lowest and highest total over the readings of lines that were not quite clear; both `total` where all were"""
    depends_on: tuple[int, ...]
    """the turns with such lines on which the score depends"""
    needs_person: bool
    """some of these readings pass and others do not"""
    picked: int
    """percent of the turns that were picked from the menu"""
    capped: bool
    """picked lines counted less, as in every declared attempt"""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What must be known beside the total: the interval, who decides, the cap on picked lines."""
        found = []
        if self.low != self.high:
            turns = ", ".join(str(turn) for turn in self.depends_on) or "several together"
            found.append(f"Between {self.low:.2f} and {self.high:.2f}, as unclear lines are read (turns: {turns}).")
        if self.needs_person:
            found.append("Whether this passes hangs on that reading: a person looks at it.")
        if self.capped and self.picked:
            share = f"{self.picked} % of the turns were picked from the menu"
            found.append(f"{share}; what they earn counts {PICKED_WORTH} % in a declared attempt.")
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON types, with `remarks`."""
        data = asdict(self)
        data["lines"] = [line | {"turns": list(line["turns"])} for line in data["lines"]]
        data["facts_found"] = list(self.facts_found)
        data["facts_missed"] = list(self.facts_missed)
        data["depends_on"] = list(self.depends_on)
        data["remarks"] = list(self.remarks)
        return data


def score_state(scenario: Scenario, state: State) -> Scorecard:
    """Score a conversation as far as it has come.

    Args:
        scenario: the version that was played.
        state: from `engine.fold`.

    Returns:
        The scorecard; a conversation that was not ended earns nothing for its outcome.
    """
    record = Record(scenario, state)
    lines, blocked_by = _lines(scenario, state, record)
    total, passed = _worth(scenario, lines, blocked_by)

    def worth(other: State) -> tuple[int, bool]:
        if other is state:
            return total, passed
        return _worth(scenario, *_lines(scenario, other, Record(scenario, other)))

    span = interval(scenario, state, worth)
    ending = scenario.compiled.ending(state.ending).kind if state.over else None
    facts = [fact.id for fact in scenario.facts if fact.id not in record.noise]
    return Scorecard(
        scenario=scenario.id,
        title=scenario.title,
        graded=scenario.graded,
        total=total / 100,
        pass_mark=scenario.pass_mark,
        passed=passed,
        blocked_by=blocked_by,
        ending=ending,
        turns=state.turn,
        hints=state.hints,
        lines=lines,
        facts_found=tuple(fact for fact in facts if fact in record.unlocked),
        facts_missed=tuple(fact for fact in facts if fact not in record.unlocked),
        low=span.low / 100,
        high=span.high / 100,
        depends_on=span.depends_on,
        needs_person=span.decides,
        picked=picked_share(state),
        capped=is_capped(state),
    )


def _lines(scenario: Scenario, state: State, record: Record) -> tuple[tuple[Line, ...], str | None]:
    """The lines of the rubric, and the first of them that rules out a pass."""
    typed = Record(scenario, state, typed_only=True) if is_capped(state) else None
    lines: list[Line] = []
    blocked_by: str | None = None
    for criterion in scenario.rubric:
        result = weigh(criterion.evidence, record)
        if result.blocks and blocked_by is None:
            blocked_by = criterion.id
        percent = capped(criterion.evidence, result, typed) if typed is not None else result.percent
        advice = scenario.compiled.text(state.variant, criterion.advice)
        lines.append(_line(criterion, result, percent, advice))
    return tuple(lines), blocked_by


def _worth(scenario: Scenario, lines: tuple[Line, ...], blocked_by: str | None) -> tuple[int, bool]:
    """Hundredths of points, and whether they pass."""
    hundredths = sum(line.weight * line.percent for line in lines)
    return hundredths, bool(lines) and blocked_by is None and hundredths >= scenario.pass_mark * 100


def _line(criterion: Criterion, result: Result, percent: int, advice: str) -> Line:
    why = result.why
    if percent < result.percent:
        why += f" Picked lines count {PICKED_WORTH} %."
    return Line(
        id=criterion.id,
        title=criterion.title,
        weight=criterion.weight,
        percent=percent,
        points=criterion.weight * percent / 100,
        turns=result.turns,
        why=why,
        advice="" if result.percent == 100 else advice,
    )
