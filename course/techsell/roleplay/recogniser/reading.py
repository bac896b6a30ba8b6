"""A typed line as up to three moves: clauses are labelled, joined where they do one thing, and given their content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import statements
from .chances import Chances
from .families import family_of
from .framing import addressed, asks_past
from .labeller import label, whole
from .objections import SURELY_MEANT, dug_into, waits_for
from .parts import MOST_MOVES, Part, Piece, few, whole_line
from .playback import hear, play_back
from .questions import ENOUGH, Asked, ask
from .text import tokens
from .votes import with_votes, with_wish
from .wording import QUIET_STEMS, stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["Part", "Reading", "read"]

LATER = 120
"""a question that follows another in the line is mostly more of the same: it needs so much more to be one of its own"""
LEAD_IN, SUBJECT = 4, 9
"""words"""
INSTEAD = 360
"""a request that no commitment meets asks for what fits it so well: to see the pump, to have a paper, for the time"""
APART = 600
"""two questions in one line stay two moves when each fits another target at least so well"""


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole line read."""

    parts: tuple[Part, ...]
    probabilities: tuple[int, ...]
    to: str


def read(text: str, scenario: Scenario, situation: Situation, matcher: Matcher) -> Reading:
    """Read a line against a scenario.

    Args:
        text: as typed, no more than `text.MAX_CHARACTERS` are looked at.
    """
    clauses = label(text, situation.said)
    to = addressed(text, scenario, situation)
    pieces = []
    for clause in clauses:
        chances = with_votes(clause.text, with_wish(clause.text, Chances(clause.probabilities)), scenario, matcher)
        pieces.append(Piece(clause.text, chances, family_of(clause.text, chances, scenario, situation, matcher)))
    pieces = _all_asked(pieces, matcher)
    parts: list[Part] = []
    for group in _groups(pieces, scenario, situation, matcher):
        accepted = parts[-1].move.objection if parts and parts[-1].family == "acknowledge" else None
        found = _parts(group, scenario, situation, matcher, to)
        if accepted and group[0].family == "ask":
            found = _dug(accepted, group, found, scenario, situation, matcher, to)
        parts += found
    return Reading(tuple(few(whole_line(text, pieces, parts, scenario, situation))), whole(clauses), to)


def _all_asked(pieces: list[Piece], matcher: Matcher) -> list[Piece]:
    """'One morning for the sheet, and he signs. can we put dates on them': the steps may stand before the request."""
    if not any(piece.family == "commit" for piece in pieces):
        return pieces

    def steps(piece: Piece) -> bool:
        best = max((match.score for match in matcher.rank(piece.text, frozenset({"ask"}))), default=0)
        return piece.family in {"reflect", "tell", "other"} and best >= statements.SECOND_STEP

    return [replace(piece, family="commit") if steps(piece) else piece for piece in pieces]


def _with_lead_in(pieces: list[Piece], scenario: Scenario, situation: Situation, matcher: Matcher) -> list[Piece]:
    """'Ok quillon. what came before that': words that only name the subject belong to the question after them."""
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before is not None and piece.family == "ask" and _leads_in(before, scenario, situation, matcher):
            found[-1] = replace(piece, text=f"{before.text} {piece.text}")
        else:
            found.append(piece)
    return found


def _leads_in(piece: Piece, scenario: Scenario, situation: Situation, matcher: Matcher) -> bool:
    """A few words that do nothing of themselves; or, before a comma, a longer part that plays back nothing heard."""
    words = tokens(piece.text)
    if not set(stems(piece.text)) - QUIET_STEMS:
        return False
    if piece.family in {"other", "filler"} and len(words) <= LEAD_IN:
        return True
    if piece.family not in {"other", "reflect"} or not piece.text.rstrip().endswith(",") or len(words) > SUBJECT:
        return False
    played = play_back(piece.text, scenario, situation, matcher)
    return not played.facts or played.premature


def _groups(pieces: list[Piece], scenario: Scenario, situation: Situation, matcher: Matcher) -> list[list[Piece]]:
    """Neighbours that do the same thing, together; words that only keep the talk going are left out."""
    groups: list[list[Piece]] = []
    pieces = _with_lead_in(pieces, scenario, situation, matcher)
    full = [piece for piece in pieces if piece.family != "filler"] or pieces[:1]
    for piece in full:
        if groups and groups[-1][-1].family == piece.family:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _joined(group: list[Piece]) -> tuple[str, Chances]:
    text = " ".join(piece.text for piece in group)
    return text, Chances.joined([(piece.chances, max(1, min(12, len(tokens(piece.text))))) for piece in group])


def _parts(group: list[Piece], scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> list[Part]:
    family = group[0].family
    text, chances = _joined(group)
    if family == "ask":
        return _questions(group, scenario, situation, matcher, to)
    if family == "commit":
        stated = statements.commit(text, scenario, situation, matcher)
        if not any(one.move.ask or one.move.bypasses for one in stated):
            asked = ask(text, chances, scenario, situation, matcher, to)
            if asked.score >= INSTEAD and (asked.move.plant or asked.move.fact_wanted):
                return [Part(asked.move, "ask", 700, asked.score, text, None, asked.targets)]
    elif family == "reflect":
        stated = [statements.reflect(text, scenario, situation, matcher)]
    elif family == "acknowledge":
        stated = [statements.acknowledge(text, scenario, situation)]
    elif family == "tell":
        stated = [statements.tell(text, chances, scenario, situation, matcher)]
    elif family == "answer":
        stated = [statements.answer(text, scenario, situation, matcher)]
    elif family == "rapport":
        return [_rapport(text, chances, scenario, situation, matcher, to)]
    else:
        stated = [statements.frame(text, scenario, situation)]
    named = {"frame": "other", "filler": "other", "answer": "tell"}.get(family, family)
    chance = 700 if family in {"frame", "answer"} else max(chances.family(named), 300)
    if (
        named != "other" and chances.best_family != named
    ):  # the scenario has overruled the labeller, and is as sure as its lines are alike
        chance = max(chance, min(800, 100 + max((one.score for one in stated), default=0)))
    return [Part(one.move, family, chance, one.score, text, one.lesser) for one in stated]


def _rapport(text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> Part:
    """Small talk; a question about the person or the weather gets its own answer where the plant sheet has one."""
    asked = ask(text, chances, scenario, situation, matcher, to)
    if chances.family("ask") >= 300 and asked.score >= ENOUGH:
        return Part(asked.move, "ask", 700, asked.score, text, None, asked.targets)
    stated = statements.frame(text, scenario, situation, label="rapport")
    move = stated.move
    if asked.move.plant and asked.score >= 600 and not asked.move.fact_wanted:
        move = move.model_copy(update={"plant": asked.move.plant, "topics": asked.move.topics})
    return Part(move, "rapport", max(400, chances["rapport"]), stated.score, text)


def _questions(group: list[Piece], scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> list[Part]:
    """Questions in a row: one move, unless two of them clearly have different targets."""
    text, chances = _joined(group)
    together = ask(text, chances, scenario, situation, matcher, to)
    single = [(piece, ask(piece.text, piece.chances, scenario, situation, matcher, to)) for piece in group]
    clear = [
        (piece, one)
        for at, (piece, one) in enumerate(single)
        if one.score >= APART + (LATER if at else 0) and one.targets
    ]
    if any(one.move.fact_wanted for _, one in clear):
        clear = [(piece, one) for piece, one in clear if one.move.fact_wanted]
    kinds = {(one.move.fact_wanted or one.move.plant) for _, one in clear}
    if len(group) > 1 and len(kinds) > 1:
        seen: set[str | None] = set()
        found = []
        for piece, one in clear:
            name = one.move.fact_wanted or one.move.plant
            if name not in seen:
                seen.add(name)
                part = _question(piece.text, piece.chances, one.score, one, scenario, situation, matcher)
                found.append(_in_the_past(part, text, scenario))
        return found[:MOST_MOVES]
    best, words, share = together, text, chances
    for at, (piece, one) in enumerate(single):
        if one.score > best.score + (60 + LATER if at else 60):
            best, words, share = one, piece.text, piece.chances
    part = _question(words, share, best.score, best, scenario, situation, matcher)
    if together.move.past and not part.move.past:
        part = Part(
            part.move.model_copy(update={"past": True}),
            part.family,
            part.chance,
            part.score,
            part.text,
            part.lesser,
            part.targets,
        )
    return [part]


def _in_the_past(part: Part, line: str, scenario: Scenario) -> Part:
    """A question about something that happened stays one when only its neighbour says so."""
    wanted = next((fact for fact in scenario.facts if fact.id == part.move.fact_wanted), None)
    if part.move.past or wanted is None or not wanted.unlock.past or not asks_past(line):
        return part
    return replace(part, move=part.move.model_copy(update={"past": True}))


def _question(
    text: str, chances: Chances, score: int, asked: Asked, scenario: Scenario, situation: Situation, matcher: Matcher
) -> Part:
    move, found = asked.move, asked.targets
    objection = dug_into(text, chances, score, scenario, situation, matcher)
    if objection:
        move = move.model_copy(update={"label": "clarify", "objection": objection})
    elif move.label == "clarify" and move.fact_wanted:
        # Asking for more about a fact is asking for more: it may be the step that an objection waits for.
        move = move.model_copy(update={"objection": waits_for("clarify", scenario, situation) or None})
    elif move.label == "payoff":
        facts = hear(text, scenario, situation, matcher)
        move = move.model_copy(update={"facts": facts}) if facts else move
    lesser = None
    if move.label in {"problem", "implication", "payoff"} and chances["situation"] >= chances[move.label]:
        lesser = move.model_copy(update={"label": "situation", "fact_wanted": None, "facts": ()})
    elif move.past and score < 500:
        lesser = move.model_copy(update={"past": False})
    asks = chances.family("ask")
    chance = asks + (1000 - asks) * max(0, min(1000, score) - 350) // 1000
    return Part(move, "ask", chance, score, text, lesser, found)


def _dug(
    objection: str,
    group: list[Piece],
    found: list[Part],
    scenario: Scenario,
    situation: Situation,
    matcher: Matcher,
    to: str,
) -> list[Part]:
    """Questions right after an objection was accepted: the first one digs into it."""
    if not any(one.id == objection and "clarify" in one.needs for one in scenario.objections):
        return found
    first = found[0]
    dig = Part(statements.plain_move("clarify", objection=objection), "ask", first.chance, 600, group[0].text)
    meant = next((one for one in first.targets if one.kind == "fact"), None)
    if first.move.fact_wanted and meant is not None and meant.reachable and first.score >= SURELY_MEANT:
        # It digs, and asks for something that the customer can tell: both.
        return [dig, *(replace(part, move=part.move.model_copy(update={"objection": None})) for part in found)]
    if len(group) == 1:
        return [replace(first, move=first.move.model_copy(update={"label": "clarify", "objection": objection}))]
    rest = _questions(group[1:], scenario, situation, matcher, to)
    return [dig, *(replace(part, move=part.move.model_copy(update={"objection": None})) for part in rest)]
