"""Sure enough? Accept a reading, offer three readings, or ask for other words.

Accepted but uncertain lines carry a second reading that earns less, so that a score can be given as an interval.
Texts that are no move at all never earn anything, whatever words stand in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chances import Chances
from .choices import choices_for
from .labeller import decision as by_labels
from .labeller import label, whole
from .reading import Part, Reading
from .rules import trouble
from .situation import Recognition

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["decide", "no_move", "without_scenario"]

SURE = 390
"""A confidence from which a line is taken as read.

Chosen on recogniser/play_report.json (`evaluate_play.py --gates`): example utterances that the matcher has not learned,
typed where their fact can be had. The confidence of a wrong fact is hardly lower than that of the right one, so that a
higher gate asks back more and errs hardly less; the silent error is under a tenth at each gate in the table.
"""
LOST = 200
"""a confidence below which no reading is worth offering"""
TIE = 25
"""targets this close are both offered, where neither fits well"""
WELL = 420
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


def without_scenario(text: str, said: str, matcher: Matcher) -> Recognition:
    """Only labels, and the gate that was chosen for labels alone: what a line does in any conversation.

    Args:
        said: what the other side had just said, or "".
    """
    from techsell.roleplay.model import Move

    clauses = label(text, said)
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
    return Recognition(tuple(moves[:3]), tuple(sure[:3]), probabilities, topics, by_labels(clauses))


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
    choices = choices_for(reading, scenario, situation, matcher)
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
