"""What opens what, in words that somebody can follow in a room: unlocks, conditions, what a line has to do.

Facts go by their number on the cards (`Names.number`), so that a card can say "after 3" without saying what 3 is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition, Fact, Scenario

__all__ = ["LABELS", "REACTIONS", "Names", "listed"]

LABELS = {
    "rapport": "makes small talk",
    "situation": "asks how things are",
    "problem": "asks about trouble",
    "implication": "asks what it leads to",
    "payoff": "asks what would be different",
    "clarify": "asks what is behind it",
    "reflect": "says back what you said",
    "acknowledge": "takes it seriously, without an answer",
    "evidence": "brings proof",
    "pitch": "talks about the product",
    "commit": "asks for a step",
    "other": "talks about the call itself",
}
"""what the seller does, by the label of the move"""

REACTIONS = {
    "greets": "When the call begins or you join",
    "confirms": "Said back rightly (trust +1)",
    "corrects": "Said back wrongly",
    "premature_playback": "Said back what nobody has said",
    "told_early": "Talks about the product before anybody has said 'I need'",
    "hears_pitch": "Talks about the product after that",
    "hears_proof": "Brings proof that the sheet carries",
    "doubts": "Claims more than the sheet carries",
    "winces": "Runs a rival down",
    "thanks": "Answers your question, short and true",
    "respects": "'I don't know, I'll check'",
    "glazes": "Answers with a lecture",
    "notes_dodge": "Does not answer",
    "cools": "Presses on costs before having listened",
    "bristles": "Goes past somebody who is in the call",
    "tires": "One question too many about how things are",
    "guards": "Right question, too little trust, and nothing else is given to say",
    "repeats": "Asks what you have told",
    "shrugs": "Asks what you cannot answer",
    "acknowledged": "Shows that it matters",
    "agrees_frame": "Agrees how the call goes",
    "chats": "Small talk",
    "offended": "Is rude",
    "puzzled": "Cannot be understood",
    "parts": "When you leave",
}
"""when a stock line is said, by reaction"""

HAPPENED = {
    "told_early": "product talk before a need",
    "tires": "too many questions about how things are",
    "bristles": "going past somebody",
    "doubts": "claims beyond the sheet",
    "winces": "running a rival down",
    "vetoes": "asking past a veto",
    "offended": "rudeness",
    "refuses": "asking too early",
    "confirms": "right playbacks",
    "corrects": "wrong playbacks",
    "cools": "pressing on costs",
    "grants": "steps agreed",
    "notes_dodge": "dodged questions",
    "glazes": "lectures",
    "settles": "objections settled",
    "shrugs": "questions that lead nowhere",
    "repeats": "the same question twice",
}


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    found = list(words)
    return f" {last} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


class Names:
    """What things are called on the cards of one variant."""

    def __init__(self, scenario: Scenario, variant: int) -> None:
        self.scenario, self.variant = scenario, variant
        self.compiled = scenario.compiled
        self.numbers = {fact.id: index for index, fact in enumerate(scenario.facts, start=1)}
        self.topics = {topic.id: topic.label for topic in scenario.topics}
        self.people = {persona.id: persona.name for persona in scenario.personas}
        self.letters = {entry.id: _letter(index) for index, entry in enumerate(scenario.objections)}
        self.questions = {entry.id: f"Q{index}" for index, entry in enumerate(scenario.questions, start=1)}
        self.steps = {entry.id: f"S{index}" for index, entry in enumerate(scenario.commitments, start=1)}

    def text(self, raw: str) -> str:
        return self.compiled.text(self.variant, raw)

    def noise(self, fact: Fact) -> bool:
        """Whether there is nothing in it in this variant."""
        return bool(self.compiled.decoys[self.variant] & self.compiled.facts[fact.id].bit)

    def says(self, fact: Fact) -> str:
        return self.text(self.compiled.fact_says(self.variant, fact)[0])

    def topic(self, name: str) -> str:
        """What a topic is about, in few words; ordinary topics go by their name."""
        return self.topics.get(name, name.removeprefix("o_").replace("_", " "))

    def told(self, facts: Sequence[str], last: str = "and") -> str:
        return listed((str(self.numbers[name]) for name in facts), last)

    def unlock(self, fact: Fact) -> str:
        """`Tell only when somebody asks about trouble, on: the last stop. Trust 5 or more. Only after 3 was told.`"""
        unlock = fact.unlock
        ways = listed((LABELS[label] for label in unlock.labels), "or")
        topics = listed((self.topic(name) for name in unlock.topics), "or")
        parts = [f"Tell only when somebody {ways}, on: {topics}"]
        if unlock.past:
            parts.append("Only if it is about something that happened, not about opinions or as a rule")
        if unlock.min_trust:
            parts.append(f"Trust {unlock.min_trust} or more")
        if unlock.after:
            parts.append(f"Only after {self.told(unlock.after)} {'was' if len(unlock.after) == 1 else 'were'} told")
        return ". ".join(parts) + "."

    def when(self, condition: Condition) -> str:
        """A condition in words, without a full stop; `at any time` for one that always holds."""
        parts = [*self._heard(condition), *self._people(condition), *self._things(condition), *self._numbers(condition)]
        return "; ".join(parts) or "at any time"

    def _heard(self, condition: Condition) -> list[str]:
        parts = []
        if condition.facts:
            parts.append(f"after {self.told(condition.facts)}")
        if condition.any_fact:
            parts.append(f"after one of {self.told(condition.any_fact, 'or')}")
        if condition.not_facts:
            parts.append(f"as long as {self.told(condition.not_facts, 'or')} is untold")
        return parts

    def _people(self, condition: Condition) -> list[str]:
        parts = []
        if condition.present:
            parts.append(f"with {listed(self.people[name] for name in condition.present)} there")
        if condition.absent:
            parts.append(f"without {listed((self.people[name] for name in condition.absent), 'or')}")
        if condition.min_support:
            weights = [f"{entry.name} {entry.influence}" for entry in self.scenario.personas if entry.supports]
            parts.append(f"when those in favour weigh {condition.min_support} together ({', '.join(weights)})")
        return parts

    def _things(self, condition: Condition) -> list[str]:
        parts = []
        if condition.open:
            parts.append(f"while objection {_state((self.letters[name] for name in condition.open), 'open')}")
        if condition.settled:
            parts.append(f"when objection {_state((self.letters[name] for name in condition.settled), 'settled')}")
        if condition.pending:
            parts.append(f"while {self.questions[condition.pending]} waits")
        if condition.answered:
            parts.append(f"when {_state((self.questions[name] for name in condition.answered), 'answered')}")
        if condition.granted:
            parts.append(f"when {_state((self.steps[name] for name in condition.granted), 'agreed')}")
        return parts

    def _numbers(self, condition: Condition) -> list[str]:
        parts = []
        if condition.min_trust > 0:
            parts.append(f"trust {condition.min_trust} or more")
        if condition.max_trust < 10:
            parts.append(f"trust {condition.max_trust} or less")
        if condition.min_turn > 0:
            parts.append(f"from turn {condition.min_turn}")
        if condition.max_turn < 999:
            parts.append(f"up to turn {condition.max_turn}")
        for reaction, count in condition.at_least.items():
            times = "once" if count == 1 else f"{count} times"
            parts.append(f"{HAPPENED.get(reaction, REACTIONS.get(reaction, reaction))} {times} or more")
        return parts


def _state(things: Iterable[str], word: str) -> str:
    """`A is open`, `S1 and S2 are agreed`."""
    found = list(things)
    return f"{listed(found)} {'is' if len(found) == 1 else 'are'} {word}"


def _letter(index: int) -> str:
    return chr(ord("A") + index % 26)
