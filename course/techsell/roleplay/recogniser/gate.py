"""Sure enough? Accept a reading, offer three readings, or ask for other words.

Accepted but uncertain lines carry a second reading that earns less, so that a score can be given as an interval.
Texts that are no move at all never earn anything, whatever words stand in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chances import Chances
from .labeller import label, whole
from .questions import targets
from .reading import Part, Reading
from .rules import trouble
from .situation import Choice, Recognition
from .text import tokens
from .topics import segments

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, Scenario

    from .matcher import Matcher
    from .questions import Target
    from .situation import Situation

__all__ = ["decide", "no_move", "without_scenario"]

SURE = 390
"""a confidence from which a line is taken as read"""
LOST = 200
"""a confidence below which no reading is worth offering"""
TIE = 25
"""targets this close are both offered, where neither fits well"""
WELL = 420
CHOICES = 3
SHORT = 4
"""words; so short a line may be a question without its verb"""
KNOWN_WORDS = 560


def no_move(text: str, scenario: Scenario | None, matcher: Matcher) -> Recognition | None:
    """A recognition for texts that a person would not answer by their content; None for all others."""
    from techsell.roleplay.model import Move

    if not text.strip() or not any(sign.isalnum() for sign in text):
        found: str | None = "unclear"
    else:
        found = trouble(text)
    if found == "unclear" and scenario is not None and _makes_sense(text, matcher):
        found = None
    if found is None:
        return None
    move = Move(label="other", trouble=found)  # type: ignore[arg-type]
    decision = "rephrase" if found == "unclear" else "accept"
    return Recognition((move,), (1000,), _all_other(), (), decision)


def _makes_sense(text: str, matcher: Matcher) -> bool:
    """A short line of trade words ('p&id?', 'ph at 55 c?') may look like gibberish to who does not know the plant."""
    best = max(matcher.scores(text).values(), default=0)
    return best >= KNOWN_WORDS and matcher.strange(text) <= 300


def _all_other() -> tuple[int, ...]:
    from techsell.roleplay.labels import LABELS

    return tuple(1000 * (name == "other") for name in LABELS)


def without_scenario(text: str, matcher: Matcher) -> Recognition:
    """Only labels: what `techsell recognise` shows for a line of any conversation."""
    from techsell.roleplay.model import Move

    clauses = label(text)
    probabilities = whole(clauses)
    moves: list[Move] = []
    sure: list[int] = []
    for clause in clauses:
        if clause.best not in {move.label for move in moves}:
            moves.append(Move(label=clause.best))  # type: ignore[arg-type]
            sure.append(max(clause.probabilities))
    if len(moves) > 1:
        kept = [at for at, move in enumerate(moves) if move.label != "other"]
        moves, sure = [moves[at] for at in kept], [sure[at] for at in kept]
    topics = tuple((match.entry.id, match.score) for match in matcher.rank(text)[:5])
    decision = "accept" if min(sure[:3], default=0) >= SURE else "rephrase"
    return Recognition(tuple(moves[:3]), tuple(sure[:3]), probabilities, topics, decision)


def decide(reading: Reading, scenario: Scenario, situation: Situation, matcher: Matcher) -> Recognition:
    """Accept, offer choices, or ask to rephrase."""
    parts = reading.parts
    moves = tuple(part.move for part in parts)
    confidences = tuple(part.confidence for part in parts)
    topics = _topics(parts)
    weakest = min(confidences, default=0)
    unsure = weakest < SURE or any(_tied(part) or _aimless(part) for part in parts)
    if not unsure:
        lesser = _lesser(parts, reading)
        return Recognition(moves, confidences, reading.probabilities, topics, "accept", low=lesser, to=reading.to)
    choices = _choices(reading, scenario, situation, matcher)
    if len(choices) >= 2 or (choices and weakest >= LOST):
        return Recognition(moves, confidences, reading.probabilities, topics, "confirm", choices, to=reading.to)
    if weakest >= LOST + 60 and all(_harmless(part) for part in parts):
        lesser = _lesser(parts, reading)
        return Recognition(moves, confidences, reading.probabilities, topics, "accept", low=lesser, to=reading.to)
    return Recognition(moves, confidences, reading.probabilities, topics, "rephrase", to=reading.to)


def _harmless(part: Part) -> bool:
    """Whether taking a doubtful move as read can cost the learner nothing that was not meant."""
    return part.confidence >= SURE or part.family in {"ask", "acknowledge", "rapport", "filler", "other", "frame"}


def _tied(part: Part) -> bool:
    """Two reachable targets fit a question equally and not well."""
    best = [one for one in part.targets if one.reachable][:2]
    return (
        part.family == "ask"
        and len(best) == 2
        and part.score < WELL
        and best[0].score - best[1].score < TIE
        and best[0].kind == best[1].kind == "fact"
        and not set(best[0].topics) & set(best[1].topics)
    )


def _aimless(part: Part) -> bool:
    """A question or request without anything it asks for."""
    if part.family == "ask":
        return not (part.move.fact_wanted or part.move.plant or part.move.topics or part.move.objection)
    return part.move.label == "commit" and not (part.move.ask or part.move.bypasses or part.move.slots)


def _topics(parts: tuple[Part, ...]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for part in parts:
        for target in part.targets[:4]:
            for name in target.topics:
                found[name] = max(found.get(name, 0), target.score)
        for name in part.move.topics:
            found.setdefault(name, part.score)
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))[:8]


def _lesser(parts: tuple[Part, ...], reading: Reading) -> tuple[Move, ...] | None:
    """The same line with every uncertain move read in the way that earns less."""
    from techsell.roleplay.model import Move

    changed = False
    result: list[Move] = []
    for part in parts:
        move = part.lesser
        if move is None and part.chance < 480 and part.family in {"ask", "reflect", "acknowledge", "tell"}:
            rival = Chances(reading.probabilities).best_family
            if rival != part.family and part.family != "tell":
                move = Move(label="other")
        changed = changed or move is not None
        result.append(move or part.move)
    return tuple(result) if changed else None


def _choices(reading: Reading, scenario: Scenario, situation: Situation, matcher: Matcher) -> tuple[Choice, ...]:
    """Up to three canonical lines with distinct meanings; nothing that cannot be had yet is named."""
    weak = min(reading.parts, key=lambda part: part.confidence, default=None)
    if weak is None:
        return ()
    chances = Chances(reading.probabilities)
    steps = [
        step
        for match in matcher.rank(weak.text, frozenset({"ask"}))
        if match.score >= (0 if weak.family == "commit" else 200)
        and (step := _step(match.entry.id, scenario, situation, reading.to))
    ]
    if weak.family == "commit":
        return _distinct(steps)
    short = len(tokens(weak.text)) <= SHORT
    asked: list[Choice] = []
    if weak.family == "ask" or chances.family("ask") >= 250 or short:
        found = weak.targets or targets(weak.text, chances, scenario, situation, matcher, reading.to)
        asked = [
            choice
            for one in found
            if one.reachable
            and one.score >= (180 if weak.family == "ask" else 260)
            and (choice := _question(one, scenario, situation, reading.to))
        ]
    return _distinct([*asked[:2], *steps, *asked[2:]] if chances["commit"] >= 250 else asked)


def _distinct(choices: list[Choice]) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for choice in choices:
        found.setdefault(choice.text, choice)
    return tuple(found.values())[:CHOICES]


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
