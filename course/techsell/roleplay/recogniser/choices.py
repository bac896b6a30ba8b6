"""'Did you mean': up to three canonical lines of the kind that was typed, each with another meaning.

A question is offered questions, a statement what it may have played back or claimed, a request the steps it may have
asked for. Nothing is offered that the learner did not come near to, so that a choice is no shorter way to a good line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chances import Chances
from .forms import asks_by_form, requests
from .playback import play_back
from .questions import targets
from .situation import Choice
from .text import tokens
from .topics import segments

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .matcher import Matcher
    from .parts import Part
    from .questions import Target
    from .reading import Reading
    from .situation import Situation

__all__ = ["choices_for"]

CHOICES = 3
SHORT = 4
"""words; so short a line may be a question without its verb"""
NEAR_QUESTION, NEAR_STEP, NEAR_CLAIM = 260, 300, 420
"""how near a line must come to what is offered"""
BEHIND = 260
"""what fits so much less than the best is not offered beside it"""


def choices_for(reading: Reading, scenario: Scenario, situation: Situation, matcher: Matcher) -> tuple[Choice, ...]:
    """Up to three canonical lines for the least sure part of a line; nothing that cannot be had yet is named."""
    weak = min(reading.parts, key=lambda part: part.confidence, default=None)
    if weak is None:
        return ()
    chances = Chances(reading.probabilities)
    if _is_request(weak, chances):
        return _distinct(_steps(weak, scenario, situation, matcher, reading.to))
    short = len(tokens(weak.text)) <= SHORT
    if weak.family == "ask" or asks_by_form(weak.text) or chances.family("ask") >= 400 or short:
        return _distinct(_questions(weak, chances, scenario, situation, matcher, reading.to))
    return _distinct(_statements(weak, scenario, situation, matcher, reading.to))


def _is_request(weak: Part, chances: Chances) -> bool:
    if asks_by_form(weak.text):
        return False
    return weak.family == "commit" or (requests(weak.text) and chances["commit"] >= 250)


def _near(scored: list[tuple[int, Choice]]) -> list[Choice]:
    best = max((score for score, _ in scored), default=0)
    return [choice for score, choice in scored if score >= best - BEHIND]


def _distinct(choices: list[Choice]) -> tuple[Choice, ...]:
    """The first of those with the same words or the same meaning."""
    found: dict[str, Choice] = {}
    meanings: set[tuple[str, str]] = set()
    for choice in choices:
        move = choice.moves[0]
        about = move.fact_wanted or move.plant or move.ask or move.claim or ",".join(move.facts) or "-"
        if (move.label, about) not in meanings and choice.text not in found:
            meanings.add((move.label, about))
            found[choice.text] = choice
    return tuple(found.values())[:CHOICES]


def _questions(
    weak: Part, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher, to: str
) -> list[Choice]:
    found = weak.targets or targets(weak.text, chances, scenario, situation, matcher, to)
    return _near(
        [
            (one.score, choice)
            for one in found
            if one.reachable and one.score >= NEAR_QUESTION and (choice := _question(one, scenario, situation, to))
        ]
    )


def _steps(weak: Part, scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> list[Choice]:
    return _near(
        [
            (match.score, choice)
            for match in matcher.rank(weak.text, frozenset({"ask"}))
            if match.score >= NEAR_STEP and (choice := _step(match.entry.id, scenario, situation, to))
        ]
    )


def _statements(weak: Part, scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> list[Choice]:
    """What a statement may have played back, each fact by its note, and what it may have claimed."""
    from techsell.roleplay.model import Move

    found: list[Choice] = []
    played = play_back(weak.text, scenario, situation, matcher)
    if played.facts and not played.wrong and not played.premature:
        notes = scenario.variants[situation.variant].notes
        facts = {fact.id: fact for fact in scenario.facts}
        note = notes.get(played.facts[0], facts[played.facts[0]].note)
        move = Move(label="reflect", facts=played.facts[:1])
        found.append(Choice(_line(f"You said: {note}", scenario, situation, asks=False), (move,), to))
    sheet = {claim.id: claim for claim in scenario.datasheet}
    for match in matcher.rank(weak.text, frozenset({"claim"}))[:1]:
        if match.score >= NEAR_CLAIM and sheet[match.entry.id].supported:
            move = Move(label="pitch", claim=match.entry.id)
            found.append(Choice(_line(sheet[match.entry.id].text, scenario, situation, asks=False), (move,), to))
    return found


def _line(text: str, scenario: Scenario, situation: Situation, *, asks: bool) -> str:
    filled = scenario.compiled.text(situation.variant, text).strip()
    filled = filled[0].upper() + filled[1:]
    if filled[-1] not in ".?!…":
        filled += "?" if asks else "."
    return filled


def _question(target: Target, scenario: Scenario, situation: Situation, to: str) -> Choice | None:
    from techsell.roleplay.model import Move

    move = Move(
        label=target.label,  # type: ignore[arg-type]
        topics=target.topics[:4],
        fact_wanted=target.id if target.kind == "fact" else None,
        plant=target.id if target.kind == "plant" else None,
    )
    if target.kind == "ordinary":
        return None
    if target.kind == "fact":
        fact = next(one for one in scenario.facts if one.id == target.id)
        words = fact.utterances[:1] or _from_options(target, scenario)
        move = move.model_copy(update={"past": fact.unlock.past})
    else:
        plant = next(one for one in scenario.plant if one.id == target.id)
        words = plant.utterances[:1] or _from_label(plant.topics, scenario)
    return Choice(_line(words[0], scenario, situation, asks=True), (move,), to) if words else None


def _from_options(target: Target, scenario: Scenario) -> tuple[str, ...]:
    """The author's own line for this fact, the shortest that asks nothing else."""
    lines = [
        text
        for option in scenario.options
        for move, text in segments(option)
        if len(option.moves) == 1 and move.label == target.label and set(move.topics) & set(target.topics)
    ]
    return (min(lines, key=len),) if lines else _from_label(target.topics, scenario)


def _from_label(topics: tuple[str, ...], scenario: Scenario) -> tuple[str, ...]:
    from .ordinary import ordinary_topics

    for name in topics:
        if name in ordinary_topics():
            return (ordinary_topics()[name].utterances[0],)
    labels = [topic.label for topic in scenario.topics if topic.id in topics]
    return (f"Can you tell me about {labels[0]}?",) if labels else ()


def _step(name: str, scenario: Scenario, situation: Situation, to: str) -> Choice | None:
    from techsell.roleplay.model import Move

    commitment = next(one for one in scenario.commitments if one.id == name)
    known = set(situation.heard)
    if name in situation.granted or not set(commitment.needs.facts) <= known:
        return None
    if situation.present and commitment.giver not in situation.present:
        return None
    lines = sorted(
        (
            text
            for option in scenario.options
            for move, text in segments(option)
            if move.ask == name and len(option.moves) == 1 and not move.bypasses and not option.when.pending
        ),
        key=len,
    )
    words = commitment.utterances[:1] or tuple(lines[:1])
    if not words:
        return None
    return Choice(_line(words[0], scenario, situation, asks=False), (Move(label="commit", ask=name),), to)
