"""The score: queries over the turns, every point with the turns that earned it. Whole numbers until the output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Clean, Coverage, Criterion, Move, Outcome, Playback, Presence, Scenario, Sequence
    from .state import Reacted, State, Turn

__all__ = ["Line", "Scorecard", "score_state"]

_IDLE = frozenset({"shrugs", "repeats", "mumbles", "cools", "refuses", "bristles", "premature_playback", "corrects"})
"""moves taken like this did not happen, as far as `presence` goes"""


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

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        data = asdict(self)
        data["lines"] = [line | {"turns": list(line["turns"])} for line in data["lines"]]
        data["facts_found"] = list(self.facts_found)
        data["facts_missed"] = list(self.facts_missed)
        return data


@dataclass(frozen=True, slots=True)
class _Result:
    percent: int
    turns: tuple[int, ...]
    why: str
    blocks: bool = False


class _Record:
    """The turns of one conversation with the questions that rubric lines put to them."""

    def __init__(self, scenario: Scenario, state: State) -> None:
        self.scenario = scenario
        self.state = state
        self.turns = tuple(turn for turn in state.history if turn.moves)
        compiled = scenario.compiled
        noise = compiled.decoys[state.variant]
        self.noise = {name for name, entry in compiled.facts.items() if entry.bit & noise}
        self.kinds = {name: entry.fact.kind for name, entry in compiled.facts.items()}
        self.unlocked = {fact: turn.number for turn in state.history for fact in turn.facts}

    def reactions(self) -> Iterable[tuple[Turn, Reacted]]:
        return ((turn, reacted) for turn in self.state.history for reacted in turn.reactions)


def _listed(turns: Iterable[int]) -> str:
    numbers = [str(turn) for turn in turns]
    return ("turn " if len(numbers) == 1 else "turns ") + ", ".join(numbers)


def _share(count: int, full: int) -> int:
    return max(0, min(100, count * 100 // max(1, full)))


def _coverage(rule: Coverage, record: _Record) -> _Result:
    real = [fact for fact in rule.facts if fact not in record.noise]
    found = [fact for fact in real if fact in record.unlocked]
    full = min(rule.full, len(real))
    turns = tuple(sorted({record.unlocked[fact] for fact in found}))
    why = f"{len(found)} of {full} found out" + (f" ({_listed(turns)})." if turns else ".")
    return _Result(_share(len(found), full), turns, why)


def _presence(rule: Presence, record: _Record) -> _Result:
    last = rule.by_turn if rule.by_turn is not None else 10**6
    if rule.slots:
        agreed = {slot: turn.number for turn in record.turns if turn.number <= last for slot in turn.slots}
        found = [slot for slot in rule.slots if slot in agreed]
        turns = tuple(sorted({agreed[slot] for slot in found}))
        named = ", ".join(slot.replace("_", " ") for slot in found) or "none"
        return _Result(_share(len(found), rule.full), turns, f"{len(found)} agreed, {rule.full} wanted: {named}.")
    turns = tuple(
        turn.number
        for turn in record.turns
        if turn.number <= last and any(_counts(rule, turn, index) for index in range(len(turn.moves)))
    )
    why = f"{len(turns)} of {rule.full} times" + (f" ({_listed(turns)})." if turns else ".")
    return _Result(_share(len(turns), rule.full), turns, why)


def _counts(rule: Presence, turn: Turn, index: int) -> bool:
    move: Move = turn.moves[index]
    return (
        (not rule.labels or move.label in rule.labels)
        and (not rule.topics or not set(rule.topics).isdisjoint(move.topics))
        and (not rule.past or move.past)
        and any(reacted.move == index and reacted.reaction not in _IDLE for reacted in turn.reactions)
    )


def _sequence(rule: Sequence, record: _Record) -> _Result:
    reached = [
        turn for fact, turn in record.unlocked.items() if record.kinds[fact] == rule.until and fact not in record.noise
    ]
    until = min(reached, default=10**6)
    breaches = [
        turn.number
        for turn in record.turns
        for index, move in enumerate(turn.moves)
        if move.label in rule.labels and _before(turn, index, until, rule.until, record) and not _replied(turn, index)
    ]
    if len(record.turns) < rule.needs:
        return _Result(0, (), f"Fewer than {rule.needs} turns: silence is not listening.")
    if breaches:
        return _Result(max(0, 100 - rule.cost * len(breaches)), tuple(breaches), f"Too early in {_listed(breaches)}.")
    if reached:
        return _Result(100, (until,), f"Nothing told before the need was said (turn {until}).")
    return _Result(100, (len(record.turns),), "Nothing told too early; no need was said either.")


def _before(turn: Turn, index: int, until: int, kind: str, record: _Record) -> bool:
    """Whether a move came before the fact, within its turn too."""
    if turn.number != until:
        return turn.number < until
    opened = [
        reacted.move
        for reacted in turn.reactions
        if reacted.about in turn.facts and record.kinds.get(reacted.about) == kind and reacted.about not in record.noise
    ]
    return index < min(opened, default=-1)


def _replied(turn: Turn, index: int) -> bool:
    return any(reacted.move == index and reacted.reply for reacted in turn.reactions)


def _playback(rule: Playback, record: _Record) -> _Result:
    right = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction == "confirms")
    wrong = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction == "corrects")
    why = f"{len(right)} of {rule.full} accurate" + (f" ({_listed(right)})" if right else "")
    why += f"; {len(wrong)} twisted ({_listed(wrong)})." if wrong else "."
    return _Result(_share(len(right) - len(wrong), rule.full), tuple(sorted({*right, *wrong})), why)


def _outcome(rule: Outcome, record: _Record) -> _Result:
    if not record.state.over:
        return _Result(0, (), "The call was not ended.")
    compiled = record.scenario.compiled
    end = compiled.ending(record.state.ending)
    summary = compiled.text(record.state.variant, end.summary)
    return _Result(rule.percent.get(end.kind, 0), (record.state.turn,), f"Ended in turn {record.state.turn}: {summary}")


def _clean(rule: Clean, record: _Record) -> _Result:
    spoiled = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction in rule.spoiled_by)
    if spoiled:
        return _Result(0, spoiled, f"Spoiled in {_listed(spoiled)}.", rule.blocks_pass)
    compiled = record.scenario.compiled
    raised = [name for name in rule.objections if record.state.asked & compiled.bit("open", name)]
    settled = [name for name in raised if record.state.flags & compiled.bit("settled", name)]
    turns = tuple(
        turn.number
        for turn, reacted in record.reactions()
        if reacted.reaction == "settles" and reacted.about in settled
    )
    if raised:
        return _Result(_share(len(settled), len(raised)), turns, f"{len(settled)} of {len(raised)} objections settled.")
    if not record.unlocked:
        return _Result(0, (), "Nothing was at stake: the customer had told nothing yet.")
    return _Result(100, (len(record.turns),), "Nothing that spoils it.")


_QUERIES: dict[str, Callable[[Any, _Record], _Result]] = {
    "coverage": _coverage,
    "presence": _presence,
    "sequence": _sequence,
    "playback": _playback,
    "outcome": _outcome,
    "clean": _clean,
}


def score_state(scenario: Scenario, state: State) -> Scorecard:
    """Score a conversation as far as it has come.

    Args:
        scenario: the version that was played.
        state: from `engine.fold`.

    Returns:
        The scorecard; a conversation that was not ended earns nothing for its outcome.
    """
    record = _Record(scenario, state)
    lines: list[Line] = []
    hundredths = 0
    blocked_by: str | None = None
    for criterion in scenario.rubric:
        result = _QUERIES[criterion.evidence.kind](criterion.evidence, record)
        hundredths += criterion.weight * result.percent
        if result.blocks and blocked_by is None:
            blocked_by = criterion.id
        advice = scenario.compiled.text(state.variant, criterion.advice)
        lines.append(_line(criterion, result, advice))
    ending = scenario.compiled.ending(state.ending).kind if state.over else None
    facts = [fact.id for fact in scenario.facts if fact.id not in record.noise]
    return Scorecard(
        scenario=scenario.id,
        title=scenario.title,
        graded=scenario.graded,
        total=hundredths / 100,
        pass_mark=scenario.pass_mark,
        passed=bool(lines) and blocked_by is None and hundredths >= scenario.pass_mark * 100,
        blocked_by=blocked_by,
        ending=ending,
        turns=state.turn,
        hints=state.hints,
        lines=tuple(lines),
        facts_found=tuple(fact for fact in facts if fact in record.unlocked),
        facts_missed=tuple(fact for fact in facts if fact not in record.unlocked),
    )


def _line(criterion: Criterion, result: _Result, advice: str) -> Line:
    return Line(
        id=criterion.id,
        title=criterion.title,
        weight=criterion.weight,
        percent=result.percent,
        points=criterion.weight * result.percent / 100,
        turns=result.turns,
        why=result.why,
        advice="" if result.percent == 100 else advice,
    )
