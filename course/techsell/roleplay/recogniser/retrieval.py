"""The line of the menu that a typed line says in other words, or the three that it may have meant.

The nearest option (`likeness`) is taken when it fits well and clearly better than all that does something else. What
examples cannot vouch for is checked on the typed line itself: question or statement, a playback against what was said,
a claim against the data sheet, the past against the words for it, and whether the line does more than the option.
A long line that is like some options, but not like enough to one, is asked back about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techsell.roleplay.labels import QUESTIONS

from .chances import FAMILIES, Chances
from .claims import claim_in
from .figures import figures, is_about, same
from .framing import asks_past
from .likeness import likeness
from .parts import MOST_MOVES
from .playback import play_back
from .situation import Choice, Recognition
from .text import normalise, tokens
from .told import told_in

if TYPE_CHECKING:
    from techsell.roleplay.model import Move, Option, Scenario

    from .likeness import Owner
    from .matcher import Matcher
    from .parts import Part
    from .reading import Reading
    from .situation import Situation

__all__ = ["in_other_words"]

NEAR = 200
"""per mille of likeness from which a line may be taken for an option"""
LEAST_WORDS = 4
"""shorter lines are read, not compared"""
FAR, SHORT = 120, 12
"""a line of more words may be less near, when it is clearly nearest (`AHEAD`) and of the option's kind"""
LEAD, AHEAD = 10, 125
"""per mille, and percent, by which an option must be nearer than what does something else"""
KNOWN, CLOSE = 500, 380
"""a short question that fits its target so well is asked by itself, unless an option is so near"""
SURELY = 700
"""chance from which the labeller's word that a line asks must fit the option"""
VERY_NEAR, TWIN = 300, 60
"""so near, and so much nearer than its twisted twin, an option is believed against the check of what was said"""
DOUBTFUL = 300
"""likeness below which another reading of the line is kept beside it"""
CLEAR = 700
"""how well something else must be read in the line before the option is not the whole of it"""
OFFERED, UNSURE, CHOICES, PAGE = 120, 800, 3, 40
"""a long line whose reading is less sure than this is asked back about, with options that are so near; no whole page"""
COUNTED = 5000
"""thousandths; smaller figures may count what the learner sees"""
_GENERAL = re.compile(
    r"\b(?:usual(?:ly)?|typical(?:ly)?|(?:in )?general(?:ly)?|normal(?:ly)?|as a rule|on average|tends? to|always|"
    r"would|could|might|suppose|imagine)\b"
)
MAYBE_ASKS, KINDLY = 200, 800
"""chance below which a line without a word of asking asks nothing; from which it begins with a kind word"""
_ASKS = re.compile(
    r"\?|\b(?:what|how|who|whose|which|when|where|why|would|could|can|did|does|do|is there|was|were|has|have you|any|"
    r"tell|show|walk|take me|right)\b"
)
_HEARD = frozenset({"acknowledge", "reflect", "rapport"})
_HAPPENED = re.compile(
    r"\b(?:last|latest|lately|recent(?:ly)?|previous(?:ly)?|ago|went|did|was|were|happened|got|came)\b"
)
_PROMISES = re.compile(
    r"\b(?:ours?|us|we|brackwater|guarantee\w*|promise\w*|sensors?|sensing|pumps?|seals?|devices?)\b"
)
FIGURES = ("a figure nobody gave", "the figure belongs to something else")


@dataclass(frozen=True, slots=True)
class _Line:
    """A typed line with all that is known of it."""

    text: str
    reading: Reading
    scenario: Scenario
    situation: Situation
    matcher: Matcher
    options: dict[int, int]
    rest: dict[Owner, int]

    @property
    def chances(self) -> Chances:
        return Chances(self.reading.probabilities)

    @property
    def is_long(self) -> bool:
        return len(tokens(self.text)) > SHORT

    def option(self, at: int) -> Option:
        return self.scenario.options[at]


def in_other_words(
    text: str, reading: Reading, plain: Recognition, scenario: Scenario, situation: Situation, matcher: Matcher
) -> Recognition | None:
    """A line as the option that it says in other words, or as a question back; None where it is read by itself.

    Args:
        reading: the line read clause by clause.
        plain: what the gate says to that reading. Where it does another thing than an option that is not very near,
            it becomes the reading that is kept beside it.
    """
    if len(tokens(text)) < LEAST_WORDS:
        return None
    line = _Line(text, reading, scenario, situation, matcher, *likeness(text, scenario, situation, matcher))
    top = _nearest(line)
    moves = None if top is None else _meant(line, top)
    if top is None or moves is None:
        return _asked_back(line, plain)
    score, option = line.options[top], line.option(top)
    if _does_more(reading, moves, score) or (score < CLOSE and _clearly_asked(line)):
        return None
    moves = _with_more(moves, reading, near=score >= VERY_NEAR)
    low = plain.low
    if plain.decision == "accept" and score < DOUBTFUL and _kinds(plain.moves) != _kinds(moves):
        low = plain.moves
    topics = tuple((name, score) for move in moves for name in move.topics)
    sure = (score,) * len(moves)
    to = option.to or plain.to
    return Recognition(moves, sure, reading.probabilities, topics, "accept", low=low, to=to)


# The nearest


def _nearest(line: _Line) -> int | None:
    """The nearest option; of a playback and its twisted twin the one that the line is by what was said.

    None when a playback is too early, or has a figure that nobody gave.
    """
    options = line.options
    if not options:
        return None
    top = min(options, key=lambda at: (-options[at], at))
    about = _played(line.option(top))
    if about is None:
        return top
    played = play_back(line.text, line.scenario, line.situation, line.matcher)
    facts, twisted = about
    if played.premature:
        return None
    if played.wrong and played.why in FIGURES:
        return top if twisted else None
    if played.wrong == twisted:
        return top
    twins = [at for at in options if _played(line.option(at)) == (facts, not twisted)]
    twin = min(twins, key=lambda at: (-options[at], at), default=None)
    lead = options[top] - (options[twin] if twin is not None else 0)
    if options[top] >= VERY_NEAR and lead >= TWIN:
        return top
    return twin if twin is not None and lead <= TWIN else None


def _played(option: Option) -> tuple[tuple[str, ...], bool] | None:
    """The facts that an option plays back, and whether it twists them; None when it plays back none."""
    for move in option.moves:
        if move.label == "reflect" and (move.facts or move.wrong):
            return move.facts, move.wrong
    return None


# Near enough?


def _meant(line: _Line, top: int) -> tuple[Move, ...] | None:
    """The moves of the nearest option as far as the line carries them; None when it may mean something else."""
    score, option, chances = line.options[top], line.option(top), line.chances
    rival = max((one for at, one in line.options.items() if not _alike(line.option(at), option)), default=0)
    rival = max([rival, *(one for owner, one in line.rest.items() if not _asks_for(option, owner, line.scenario))])
    ahead = 100 * score >= AHEAD * rival and line.is_long and _same_kind(option, chances)
    if score - rival < LEAD or not (score >= NEAR or (score >= FAR and ahead)) or not _right_kind(option, chances):
        return None
    moves: list[Move] = []
    for move in _really_there(line, option):
        if move.label in {"pitch", "evidence"} and not move.overclaims and _overclaims(line):
            return None
        if move.label == "reflect" and move.facts and not move.wrong and _other_figure(line, option):
            move = move.model_copy(update={"wrong": True})
        if move.past and _in_general(line.text):
            move = move.model_copy(update={"past": False})
        moves.append(move)
    return tuple(moves)


def _really_there(line: _Line, option: Option) -> tuple[Move, ...]:
    """The moves of an option without the half that a line leaves out: the question, or the playback before it."""
    moves = option.moves
    families = {part.family for part in line.reading.parts}
    if "ask" not in families and line.chances.family("ask") < MAYBE_ASKS and not _ASKS.search(normalise(line.text)):
        moves = tuple(move for move in moves if move.label not in QUESTIONS) or moves
    about = _played(option)
    if about is not None and not about[1] and "reflect" not in families:
        played = play_back(line.text, line.scenario, line.situation, line.matcher)
        if not played.facts:
            moves = tuple(move for move in moves if move.label != "reflect") or moves
    return moves


def _other_figure(line: _Line, option: Option) -> bool:
    """Whether a playback has a figure of the option's kind that neither the option has nor anybody has said."""
    scenario, variant = line.scenario, line.situation.variant
    own = figures(scenario.compiled.text(variant, option.text))
    told, _ = told_in(scenario, variant, line.matcher)
    said = [figure for name in line.situation.heard if name in told for figure in told[name].figures]
    known = [*own, *said, *figures(line.situation.said)]
    rounded = is_about(line.text)
    return any(
        figure.value > COUNTED
        and any(figure.unit == one.unit for one in own)
        and not any(same(figure, one, rounded) for one in known)
        for figure in figures(line.text)
    )


def _in_general(text: str) -> bool:
    """Whether a line says outright that it asks how things usually are, or would be, and of nothing that happened."""
    plain = normalise(text)
    return bool(_GENERAL.search(plain)) and not _HAPPENED.search(plain) and not asks_past(text)


def _overclaims(line: _Line) -> bool:
    return claim_in(line.text, line.scenario, line.situation, line.matcher).overclaims


def _alike(other: Option, option: Option) -> bool:
    """Whether it makes no difference which of two options is meant, or what was said has told them apart."""
    about = _played(option)
    return other.moves == option.moves or (about is not None and _played(other) == (about[0], not about[1]))


def _asks_for(option: Option, owner: Owner, scenario: Scenario) -> bool:
    """Whether an option asks for this fact or plant fact, so that being near to both is no doubt."""
    kind, at = owner
    topics = {topic for move in option.moves for topic in move.topics}
    wanted = scenario.facts[at].unlock.topics if kind == "fact" else scenario.plant[at].topics
    return bool(topics & set(wanted))


def _same_kind(option: Option, chances: Chances) -> bool:
    """Whether the labeller's best guess is among what an option does."""
    return any(move.label in FAMILIES[chances.best_family] for move in option.moves)


def _right_kind(option: Option, chances: Chances) -> bool:
    """Whether a line that is surely a question has one among the option's moves, or a request, which may look alike."""
    asks = any(move.label in QUESTIONS or move.label == "commit" for move in option.moves)
    return asks or chances.family("ask") < SURELY


# Something else?


def _clearly_asked(line: _Line) -> bool:
    """Whether a short line is one question that facts or plant sheet know: they know it better than the menu does."""
    parts = line.reading.parts
    return len(parts) == 1 and parts[0].family == "ask" and parts[0].score >= KNOWN and not line.is_long


def _does_more(reading: Reading, moves: tuple[Move, ...], score: int) -> bool:
    """Whether a line does what the option does not: goes over a head, or where it is not very near, asks or demands."""
    return any(_is_more(part, moves, score) for part in reading.parts)


def _is_more(part: Part, moves: tuple[Move, ...], score: int) -> bool:
    move = part.move
    if move.bypasses:
        return not any(one.bypasses for one in moves)
    if score >= VERY_NEAR or part.score < CLEAR:
        return False
    if part.family == "commit" and move.ask:
        return not any(one.ask for one in moves)
    return part.family == "ask" and bool(move.fact_wanted) and not any(one.label in QUESTIONS for one in moves)


def _with_more(moves: tuple[Move, ...], reading: Reading, *, near: bool) -> tuple[Move, ...]:
    """The moves of an option and what a line does besides: a kind word before, a promise beyond any data sheet, a word
    against a rival.

    Args:
        near: the option is so near that a word like 'never' counts only where the product or a promise is talked of.
    """
    own = any(move.overclaims for move in moves), any(move.attacks_rival for move in moves)
    harm = [
        part.move
        for part in reading.parts
        if (
            part.move.overclaims
            and not own[0]
            and (not near or part.move.claim or _PROMISES.search(normalise(part.text)))
        )
        or (part.move.attacks_rival and not own[1])
    ]
    first = reading.parts[0] if reading.parts else None
    kind = first is not None and first.family == "acknowledge" and first.chance >= KINDLY
    if first is not None and kind and not harm and len(moves) < MOST_MOVES and not _HEARD.intersection(_kinds(moves)):
        return (first.move, *moves)
    return (*moves[: MOST_MOVES - len(harm[:1])], *harm[:1])


def _kinds(moves: tuple[Move, ...]) -> set[str]:
    return {"question" if move.label in QUESTIONS else move.label for move in moves}


# Asked back


def _asked_back(line: _Line, plain: Recognition) -> Recognition | None:
    """'Did you mean' with the nearest lines of the menu, for a long line whose own reading is not sure."""
    sure = min(plain.confidences, default=0)
    if not SHORT < len(tokens(line.text)) <= PAGE or (plain.decision == "accept" and sure >= UNSURE):
        return None
    found: list[Choice] = []
    for at in sorted(line.options, key=lambda at: (-line.options[at], at)):
        option = line.option(at)
        if line.options[at] < OFFERED or len(found) == CHOICES:
            break
        if all(one.moves != option.moves for one in found):
            text = line.scenario.compiled.text(line.situation.variant, option.text)
            found.append(Choice(text, option.moves, option.to or ""))
    if not found:
        return None
    return replace(plain, decision="confirm", choices=tuple(found), low=None, to=line.reading.to)
