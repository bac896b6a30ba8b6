"""What can happen at all in a scenario, worked out without playing: a fixpoint over all that waits for something.

Trust counts as any from 0 to 10 and reactions as provoked at will, so what is called unreachable here is so for sure.
Facts are looked at as the menu opens them; typed text can do no more than a line of the menu.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techsell.roleplay.model import Commitment, Condition, End, Fact, Objection, Option, Question, Scenario

__all__ = ["Reach"]


class Reach:
    """Everything that can come up, as sets of ids."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.facts: set[str] = set()
        self.present = {persona.id for persona in scenario.personas if persona.joins is None}
        self.raised: set[str] = set()
        """objections"""
        self.settled: set[str] = set()
        self.asked: set[str] = set()
        """the customers' questions"""
        self.answered: set[str] = set()
        self.granted: set[str] = set()
        self.options: set[str] = set()
        self._after = {fact.id: fact.unlock.after for fact in scenario.facts}
        while self._grow():
            pass
        self.endings = {end.id for end in scenario.endings if self._ends(end)}

    def _size(self) -> int:
        sets = (self.facts, self.present, self.raised, self.settled, self.asked, self.answered, self.granted)
        return sum(len(each) for each in (*sets, self.options))

    def _grow(self) -> bool:
        before = self._size()
        scenario = self.scenario
        self.present |= {one.id for one in scenario.personas if one.joins is None or self.can(one.joins)}
        self.options |= {option.id for option in scenario.options if self._sayable(option)}
        self.facts |= {fact.id for fact in scenario.facts if self._opens(fact)}
        self.asked |= {one.id for one in scenario.questions if one.asker in self.present and self.can(one.when)}
        self.answered |= {one.id for one in scenario.questions if self._answerable(one)}
        self.raised |= {one.id for one in scenario.objections if one.holder in self.present and self.can(one.when)}
        self.settled |= {one.id for one in scenario.objections if self._settles(one)}
        self.granted |= {one.id for one in scenario.commitments if self._grants(one)}
        return self._size() > before

    def can(self, when: Condition) -> bool:
        """Whether a condition can come to hold, as far as is known by now."""
        return (
            self.facts.issuperset(when.facts)
            and (not when.any_fact or not self.facts.isdisjoint(when.any_fact))
            and self.present.issuperset(when.present)
            and self.raised.issuperset(when.open)
            and self.settled.issuperset(when.settled)
            and (when.pending is None or when.pending in self.asked)
            and self.answered.issuperset(when.answered)
            and self.granted.issuperset(when.granted)
            and not self.contradiction(when)
            and (not when.min_support or when.min_support <= self._support())
        )

    def contradiction(self, when: Condition) -> str:
        """Why a condition can never hold, whatever happens; empty where nothing speaks against it."""
        turns = self.scenario.budget.turns
        clash = self.before(when.facts).intersection(when.not_facts)
        if clash:
            return f"it wants {sorted(clash)[0]!r} heard and unheard"
        if set(when.present).intersection(when.absent):
            return "it wants the same person present and absent"
        if when.min_trust > when.max_trust or when.min_trust > 10:
            return f"trust cannot be {when.min_trust} or more and {when.max_trust} or less"
        if when.min_turn > when.max_turn or when.min_turn > turns:
            return f"a call of {turns} turns has no turn from {when.min_turn} to {when.max_turn}"
        return ""

    def before(self, names: Iterable[str]) -> set[str]:
        """These facts and all that must be heard before them."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._after.get(name, ())
        return found

    def _support(self) -> int:
        return sum(
            one.influence
            for one in self.scenario.personas
            if one.supports is not None
            and one.id in self.present
            and not one.supports.min_support
            and self.can(one.supports)
        )

    def _sayable(self, option: Option) -> bool:
        return (option.to is None or option.to in self.present) and self.can(option.when)

    def openers(self, fact: Fact) -> list[Option]:
        """Lines of the menu with a move that opens a fact."""
        unlock = fact.unlock
        return [
            option
            for option in self.scenario.options
            if option.to in {None, fact.holder}
            and any(
                move.label in unlock.labels
                and (move.fact_wanted == fact.id or not set(unlock.topics).isdisjoint(move.topics))
                and (move.past or not unlock.past)
                for move in option.moves
            )
        ]

    def _opens(self, fact: Fact) -> bool:
        return (
            fact.holder in self.present
            and self.facts.issuperset(fact.unlock.after)
            and fact.unlock.min_trust <= 10
            and any(option.id in self.options for option in self.openers(fact))
        )

    def _answerable(self, question: Question) -> bool:
        return question.id in self.asked and any(
            option.id in self.options and option.when.pending == question.id for option in self.scenario.options
        )

    def _settles(self, objection: Objection) -> bool:
        offered = {
            move.label
            for option in self.scenario.options
            if option.id in self.options
            for move in option.moves
            if move.objection in {None, objection.id}
        }
        return objection.id in self.raised and offered.issuperset(objection.needs)

    def _grants(self, commitment: Commitment) -> bool:
        asked = any(
            move.ask == commitment.id
            for option in self.scenario.options
            if option.id in self.options
            for move in option.moves
        )
        return asked and commitment.giver in self.present and self.can(commitment.needs)

    def _ends(self, end: End) -> bool:
        if end.trigger == "commitment":
            led = any(one.ends == end.id and one.id in self.granted for one in self.scenario.commitments)
            return led and self.can(end.when) and self.shadow(end) is None
        return self.can(end.when) and self.shadow(end) is None

    def shadow(self, end: End) -> End | None:
        """An ending that stands before this one and fits whenever this one does."""
        for other in self.scenario.endings:
            if other.id == end.id:
                return None
            same = other.trigger in {end.trigger, "condition"} and end.trigger in {"budget", "hang_up", "condition"}
            if same and (other.trigger == end.trigger or end.trigger == "budget") and _covers(other.when, end.when):
                return other
        return None


def _covers(wide: Condition, narrow: Condition) -> bool:
    """Whether `wide` holds whenever `narrow` does."""
    lists = ("facts", "not_facts", "present", "absent", "open", "settled", "answered", "granted")
    return (
        all(set(getattr(wide, name)) <= set(getattr(narrow, name)) for name in lists)
        and (not wide.any_fact or bool(set(wide.any_fact) & {*narrow.facts}) or wide.any_fact == narrow.any_fact)
        and wide.pending in {None, narrow.pending}
        and wide.min_trust <= narrow.min_trust
        and wide.max_trust >= narrow.max_trust
        and wide.min_turn <= narrow.min_turn
        and wide.max_turn >= narrow.max_turn
        and wide.min_support <= narrow.min_support
        and all(narrow.at_least.get(name, 0) >= count for name, count in wide.at_least.items())
    )
