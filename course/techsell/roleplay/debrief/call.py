"""A call opened up for reading: its turns, the state before each, what else could have been said there and to what end.

Everything that could be asked "what if" goes through the engine: a line is said in the state before its turn, and the
rest of the call is played again as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from techsell.roleplay.menu import candidates
from techsell.roleplay.rubric import Scorecard, score_state
from techsell.roleplay.turns import hang_up, take_turn

if TYPE_CHECKING:
    from techsell.roleplay.model import Criterion, Scenario
    from techsell.roleplay.state import Reacted, State, Turn

__all__ = ["HARM", "Call", "Try", "worth"]

HARM = frozenset(
    {"told_early", "doubts", "winces", "glazes", "notes_dodge", "cools", "bristles", "insists", "refuses", "vetoes"}
    | {"corrects", "premature_playback", "tires", "repeats", "shrugs", "mumbles"}
    | {"offended", "puzzled", "overlong", "foreign"}
)
"""reactions that a better line does not meet"""

GOOD = {"confirms": 2, "settles": 3, "grants": 3, "hears_proof": 1, "hears_pitch": 1, "respects": 1, "thanks": 1}
"""what makes a line look good at first sight"""

DEPARTMENTS = frozenset({"operations", "finance", "procurement", "purchasing", "security", "quality", "maintenance"})
"""names that take no article"""

TRIED = 3
"""lines whose consequences are played to the end"""


@dataclass(frozen=True, slots=True)
class Try:
    """Another line at a turn: what was said, the state it would have led to."""

    turn: int
    index: int
    """of the option, -1 for a typed line"""
    text: str
    after: State

    @property
    def record(self) -> Turn:
        return self.after.history[-1]


def worth(card: Scorecard) -> int:
    """The total in hundredths of a point."""
    return sum(line.weight * line.percent for line in card.lines)


class Call:
    """One conversation, finished or not.

    Args:
        scenario: the version that was played.
        state: how it stands, from `engine.fold` or a `Conversation`.
    """

    def __init__(self, scenario: Scenario, state: State) -> None:
        self.scenario = scenario
        self.state = state
        self.compiled = scenario.compiled
        self.card = score_state(scenario, state)
        self.worth = worth(self.card)
        self.turns = tuple(turn for turn in state.history if turn.moves)
        self.before = _befores(state)
        noise = self.compiled.decoys[state.variant]
        self.noise = frozenset(name for name, entry in self.compiled.facts.items() if entry.bit & noise)
        self.missed = self.card.facts_missed
        self._lines: dict[int, tuple[Try, ...]] = {}

    # What was said

    def name(self, persona: str) -> str:
        """First name, as in a conversation; whoever has only a post is `the site electrician`."""
        name = self.compiled.personas[persona].name
        words = name.split(" ")
        if len(words) == 2 and all(word[:1].isupper() for word in words):
            return words[0]
        if words[-1].lower() in DEPARTMENTS:
            return name
        return f"the {name if name[1:2].isupper() else name[:1].lower() + name[1:]}"

    def text(self, raw: str) -> str:
        return self.compiled.text(self.state.variant, raw)

    def words(self, turn: Turn) -> str:
        """The learner's own words in a turn; what was typed rather than what it was taken for."""
        said = turn.raw or next((line.text for line in turn.lines if line.speaker == "you"), "")
        index = self.compiled.option_by_id.get(turn.option, -1)
        return said or (self.compiled.option_text(self.state.variant, index) if index >= 0 else "")

    def turn(self, number: int) -> Turn | None:
        return next((turn for turn in self.turns if turn.number == number), None)

    def reactions(self, *names: str) -> Iterator[tuple[Turn, Reacted]]:
        for turn in self.turns:
            for reacted in turn.reactions:
                if reacted.reaction in names:
                    yield turn, reacted

    def trust_before(self, number: int) -> int:
        return self.before[number].trust

    # What else could have been said

    def lines(self, number: int) -> tuple[Try, ...]:
        """Every line of the menu that could be said in a turn, with what it would have led to."""
        if number not in self._lines:
            before = self.before[number]
            self._lines[number] = tuple(self.say(number, index) for index in candidates(self.compiled, before))
        return self._lines[number]

    def say(self, number: int, index: int) -> Try:
        """A line of the menu in place of what was said in a turn."""
        before, option = self.before[number], self.compiled.options[index].option
        words = self.text(option.text)
        after = take_turn(
            self.compiled, before, option.moves, to=option.to or "", said=words, option=index, seq=before.seq + 1
        )
        return Try(number, index, words, after)

    def sound(self, tried: Try) -> bool:
        """Nobody takes it amiss, and it does not end the call for less than the best ending."""
        ending = self.compiled.ending(tried.after.ending).kind if tried.after.over else self.best_kind
        return (
            tried.after.trust >= self.before[tried.turn].trust
            and ending == self.best_kind
            and not any(reacted.reaction in HARM for reacted in tried.record.reactions)
        )

    @cached_property
    def best_kind(self) -> str:
        """The kind of ending that the rubric pays most for."""
        for criterion in self.scenario.rubric:
            if criterion.evidence.kind == "outcome" and criterion.evidence.percent:
                return str(max(criterion.evidence.percent.items(), key=lambda pair: pair[1])[0])
        return "advance"

    def quick(self, tried: Try) -> int:
        """How good a line is at first sight: facts, playbacks, objections, commitments, trust."""
        record = tried.record
        found = sum(3 for fact in record.facts if fact not in self.noise)
        taken = sum(GOOD.get(reacted.reaction, 0) for reacted in record.reactions)
        return found + taken + len(record.slots) + tried.after.trust - self.before[tried.turn].trust

    def best(self, tries: Iterable[Try]) -> tuple[Try, int, State] | None:
        """The line that makes the rest of the call worth most, hundredths gained, and how the call would have ended."""
        ordered = sorted((one for one in tries if self.sound(one)), key=lambda one: (-self.quick(one), one.turn))[
            :TRIED
        ]
        found: tuple[Try, int, State] | None = None
        for one in ordered:
            ended = self.again(one)
            gain = worth(score_state(self.scenario, ended)) - self.worth
            if found is None or gain > found[1]:
                found = one, gain, ended
        return found

    def again(self, tried: Try) -> State:
        """The call with another line at one turn and everything after it as it was, hung up if nothing else ends it."""
        own = self.turn(tried.turn)
        now = tried.after
        if own is not None and own.source != now.history[-1].source:  # what is typed is worth more where it counts
            now = replace(now, history=(*now.history[:-1], replace(now.history[-1], source=own.source)))
        for later in self.turns:
            if later.number > tried.turn and not now.over:
                now = self._as_it_was(now, later)
        return now if now.over else hang_up(self.compiled, now, now.seq)

    def _as_it_was(self, now: State, turn: Turn) -> State:
        return take_turn(
            self.compiled,
            now,
            turn.moves,
            to=turn.addressed if turn.addressed in now.present else "",
            said=next((line.text for line in turn.lines if line.speaker == "you"), ""),
            option=self.compiled.option_by_id.get(turn.option, -1),
            seq=now.seq + 1,
            source=turn.source,
        )

    # The rubric

    def lost(self, criterion: Criterion) -> int:
        """Hundredths that a line of the rubric has not earned."""
        line = next(line for line in self.card.lines if line.id == criterion.id)
        return line.weight * (100 - line.percent)

    def unit(self, criterion: Criterion) -> int:
        """Hundredths that one occasion is worth in a line, at most what the line has lost."""
        evidence, points = criterion.evidence, criterion.weight * 100
        if evidence.kind == "sequence":
            points = criterion.weight * evidence.cost
        elif evidence.kind == "coverage" or evidence.kind == "presence" or evidence.kind == "playback":
            points //= max(1, evidence.full)
        return min(points, self.lost(criterion))

    def shifted(self, ended: State) -> str:
        """The line of the rubric that another course of the call would have lifted most, or nothing."""
        after = score_state(self.scenario, ended).lines
        lifts = [
            (new.weight * (new.percent - old.percent), old.id) for new, old in zip(after, self.card.lines, strict=True)
        ]
        most = max(lifts, default=(0, ""), key=lambda lift: lift[0])
        return most[1] if most[0] > 0 else ""

    def dearest(self) -> str:
        """The line of the rubric that has lost most, or nothing."""
        lines = [(line.weight * (100 - line.percent), line.id) for line in self.card.lines]
        most = max(lines, default=(0, ""), key=lambda line: line[0])
        return most[1] if most[0] > 0 else ""


def _befores(state: State) -> dict[int, State]:
    """The state before each turn, by its number; the same as `forking.state_before`.

    Where the learner hung up, also the state before that, under the number of the turn that was not taken.
    """
    found: dict[int, State] = {}
    now: State | None = state
    while now is not None and now.before is not None:
        found[now.turn + (not now.history[-1].moves)] = now.before
        now = now.before
    return found
