"""What the rubric finds in the turns of a call: one query for each kind of evidence. Whole numbers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Clean, Coverage, Evidence, Move, Outcome, Playback, Presence, Scenario, Sequence
    from .state import Reacted, State, Turn

__all__ = ["Record", "Result", "weigh"]

_IDLE = frozenset(
    {"shrugs", "repeats", "mumbles", "cools", "refuses", "vetoes", "bristles", "premature_playback", "corrects"}
    | {"puzzled", "offended", "overlong", "foreign"}
)
"""moves taken like this did not happen, as far as `presence` goes"""


@dataclass(frozen=True, slots=True)
class Result:
    """Percent of a line's weight, the turns behind it, and why; `blocks`: no pass, whatever the total."""

    percent: int
    turns: tuple[int, ...]
    why: str
    blocks: bool = False


class Record:
    """The turns of one conversation with the questions that rubric lines put to them.

    Args:
        typed_only: leave out the turns that were picked from the menu.
    """

    def __init__(self, scenario: Scenario, state: State, *, typed_only: bool = False) -> None:
        self.scenario = scenario
        self.state = state
        self.history = tuple(
            turn for turn in state.history if not (typed_only and turn.moves and turn.source == "picked")
        )
        self.turns = tuple(turn for turn in self.history if turn.moves)
        compiled = scenario.compiled
        noise = compiled.decoys[state.variant]
        self.noise = {name for name, entry in compiled.facts.items() if entry.bit & noise}
        self.kinds = {name: entry.fact.kind for name, entry in compiled.facts.items()}
        self.unlocked = {fact: turn.number for turn in self.history for fact in turn.facts}
        self.heard = {fact: turn.number for turn in state.history for fact in turn.facts}

    def reactions(self) -> Iterable[tuple[Turn, Reacted]]:
        return ((turn, reacted) for turn in self.history for reacted in turn.reactions)


def _listed(turns: Iterable[int]) -> str:
    numbers = [str(turn) for turn in turns]
    return ("turn " if len(numbers) == 1 else "turns ") + ", ".join(numbers)


def _share(count: int, full: int) -> int:
    return max(0, min(100, count * 100 // max(1, full)))


def _coverage(rule: Coverage, record: Record) -> Result:
    real = [fact for fact in rule.facts if fact not in record.noise]
    found = [fact for fact in real if fact in record.unlocked]
    full = min(rule.full, len(real))
    turns = tuple(sorted({record.unlocked[fact] for fact in found}))
    why = f"{len(found)} of {full} found out" + (f" ({_listed(turns)})." if turns else ".")
    return Result(_share(len(found), full), turns, why)


def _presence(rule: Presence, record: Record) -> Result:
    last = rule.by_turn if rule.by_turn is not None else 10**6
    if rule.slots:
        agreed = {slot: turn.number for turn in record.turns if turn.number <= last for slot in turn.slots}
        found = [slot for slot in rule.slots if slot in agreed]
        turns = tuple(sorted({agreed[slot] for slot in found}))
        named = ", ".join(slot.replace("_", " ") for slot in found) or "none"
        return Result(_share(len(found), rule.full), turns, f"{len(found)} agreed, {rule.full} wanted: {named}.")
    turns = tuple(
        turn.number
        for turn in record.turns
        if turn.number <= last and any(_counts(rule, turn, index, record) for index in range(len(turn.moves)))
    )
    why = f"{len(turns)} of {rule.full} times" + (f" ({_listed(turns)})." if turns else ".")
    return Result(_share(len(turns), rule.full), turns, why)


def _counts(rule: Presence, turn: Turn, index: int, record: Record) -> bool:
    move: Move = turn.moves[index]
    return (
        (not rule.labels or move.label in rule.labels)
        and (not rule.topics or not set(rule.topics).isdisjoint(move.topics))
        and (not rule.past or move.past)
        and (not rule.linked or any(record.heard.get(fact, turn.number) < turn.number for fact in move.facts))
        and any(reacted.move == index and reacted.reaction not in _IDLE for reacted in turn.reactions)
    )


def _sequence(rule: Sequence, record: Record) -> Result:
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
        return Result(0, (), f"Fewer than {rule.needs} turns: silence is not listening.")
    if breaches:
        return Result(max(0, 100 - rule.cost * len(breaches)), tuple(breaches), f"Too early in {_listed(breaches)}.")
    if reached:
        return Result(100, (until,), f"Nothing told before the need was said (turn {until}).")
    return Result(100, (len(record.turns),), "Nothing told too early; no need was said either.")


def _before(turn: Turn, index: int, until: int, kind: str, record: Record) -> bool:
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


def _playback(rule: Playback, record: Record) -> Result:
    right = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction == "confirms")
    wrong = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction == "corrects")
    why = f"{len(right)} of {rule.full} accurate" + (f" ({_listed(right)})" if right else "")
    why += f"; {len(wrong)} twisted ({_listed(wrong)})." if wrong else "."
    return Result(_share(len(right) - len(wrong), rule.full), tuple(sorted({*right, *wrong})), why)


def _outcome(rule: Outcome, record: Record) -> Result:
    if not record.state.over:
        return Result(0, (), "The call was not ended.")
    compiled = record.scenario.compiled
    end = compiled.ending(record.state.ending)
    summary = compiled.text(record.state.variant, end.summary)
    return Result(rule.percent.get(end.kind, 0), (record.state.turn,), f"Ended in turn {record.state.turn}: {summary}")


def _clean(rule: Clean, record: Record) -> Result:
    spoiled = tuple(turn.number for turn, reacted in record.reactions() if reacted.reaction in rule.spoiled_by)
    if spoiled:
        return Result(0, spoiled, f"Spoiled in {_listed(spoiled)}.", rule.blocks_pass)
    compiled = record.scenario.compiled
    raised = [name for name in rule.objections if record.state.asked & compiled.bit("open", name)]
    settled = [name for name in raised if record.state.flags & compiled.bit("settled", name)]
    turns = tuple(
        turn.number
        for turn, reacted in record.reactions()
        if reacted.reaction == "settles" and reacted.about in settled
    )
    if raised:
        return Result(_share(len(settled), len(raised)), turns, f"{len(settled)} of {len(raised)} objections settled.")
    if not record.unlocked:
        return Result(0, (), "Nothing was at stake: the customer had told nothing yet.")
    return Result(100, (len(record.turns),), "Nothing that spoils it.")


_QUERIES: dict[str, Callable[[Any, Record], Result]] = {
    "coverage": _coverage,
    "presence": _presence,
    "sequence": _sequence,
    "playback": _playback,
    "outcome": _outcome,
    "clean": _clean,
}


def weigh(evidence: Evidence, record: Record) -> Result:
    """What one line of the rubric finds in a conversation."""
    return _QUERIES[evidence.kind](evidence, record)
