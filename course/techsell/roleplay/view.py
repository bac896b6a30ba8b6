"""What a player paints: the log that only grows, mood, menu, notes, scorecard. Plain data, no drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conversation import Conversation
    from .model import Scenario
    from .state import Asking, Said, State

__all__ = ["CHANGED", "LogLine", "asked", "hint_for", "log_lines", "mood", "news", "notes", "paint"]

CHANGED = "From here on another version of techsell reads what you type."
"""in the log, where that is so"""

MOODS = (
    (0, "leaving", "✕"),
    (2, "cold", "○"),
    (4, "guarded", "◔"),
    (6, "listening", "◑"),
    (8, "open", "◕"),
    (10, "trusting", "●"),
)
"""highest trust, word, icon"""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, numbered from 1; `who` is you, customer or note."""

    n: int
    turn: int
    speaker: str
    who: str
    text: str
    line: str = ""
    """ids of the scenario's texts in it, see `lines.py`; empty for typed text and notes"""

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def mood(trust: int) -> dict[str, str]:
    """Trust as a word and an icon: `{"word": "guarded", "icon": "◔"}`."""
    word, icon = next((word, icon) for highest, word, icon in MOODS if trust <= highest)
    return {"word": word, "icon": icon}


def log_lines(
    scenario: Scenario, count: int, event: Mapping[str, Any], before: State | None, after: State
) -> list[LogLine]:
    """The lines that an event adds to a log of `count` lines; nothing is ever taken out of a log."""
    kind = event["type"]
    found: list[tuple[str, str, str, str]] = []
    spoken: tuple[Said, ...] = ()
    if kind == "HintTaken":
        found = [("", "note", hint_for(scenario, after), "")]
    elif kind == "RecogniserChanged":
        found = [("", "note", CHANGED, "")]
    elif kind == "Undone" and before is not None:
        taken = range(after.turn + 1, before.turn + 1)
        which = f"turn {taken[0]}" if len(taken) == 1 else f"turns {taken[0]} to {taken[-1]}"
        found = [("", "note", f"You took back {which}.", "")]
    elif kind != "CustomerRendered" and (before is None or len(after.history) > len(before.history)):
        spoken = after.history[-1].lines
    elif kind in {"LearnerSaid", "LearnerChose"}:
        spoken = after.aside
    names = scenario.compiled.personas
    for said in spoken:
        who = "you" if said.speaker == "you" else "customer"
        found.append(("You" if who == "you" else names[said.speaker].name, who, said.text, said.line))
    return [LogLine(count + index, after.turn, *line) for index, line in enumerate(found, start=1)]


def news(conversation: Conversation) -> str:
    """What to know before typing on in a call whose lines were read by another recogniser; mostly nothing."""
    if not conversation.is_read_anew or not any(event["type"] == "LearnerSaid" for event in conversation.events):
        return ""
    said = (
        "techsell has been updated since you typed here last. What was said stays as it was understood; "
        "your next typed line is read by the new version."
    )
    counts = " The attempt counts as before: each line is scored by the version that read it."
    return said + counts * (conversation.state.mode == "declared")


def hint_for(scenario: Scenario, state: State) -> str:
    """The first of the scenario's hints that fits, else what helps in any call."""
    compiled = scenario.compiled
    for says, rule in compiled.hints:
        if rule.holds_in(state):
            return compiled.text(state.variant, says)
    if state.pending:
        return "A question is waiting for your answer: short and true, then ask something back."
    if not state.facts:
        return "Ask about something that happened, and what came of it."
    return "Play back what you have heard, in their numbers, before you go on."


def notes(scenario: Scenario, state: State) -> list[dict[str, Any]]:
    """What the learner has found out, in the order heard."""
    compiled = scenario.compiled
    heard = {fact: turn.number for turn in state.history for fact in turn.facts}
    here = scenario.variants[state.variant].notes
    return [
        {
            "id": name,
            "text": compiled.text(state.variant, here.get(name, compiled.facts[name].fact.note)),
            "turn": heard[name],
        }
        for name in state.facts
    ]


def asked(asking: Asking | None) -> dict[str, Any] | None:
    """What the learner is asked about the line just typed, choices with their keys: `1` is choice 0."""
    if asking is None:
        return None
    choices = [{"key": key, "text": choice.text} for key, choice in enumerate(asking.choices, start=1)]
    return {"kind": asking.kind, "raw": asking.raw, "choices": choices}


def paint(conversation: Conversation, page: int = 0) -> dict[str, Any]:
    """The whole picture as plain JSON types; see `Conversation.view`."""
    scenario, state = conversation.scenario, conversation.state
    compiled = scenario.compiled
    pages = conversation.pages
    shown = page % pages if pages else 0
    end = conversation.ending

    def text(raw: str) -> str:
        return compiled.text(state.variant, raw)

    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "graded": scenario.graded,
        "mode": state.mode,
        "attempt": state.attempt,
        "level": conversation.level,
        "asking": asked(state.asking),
        "news": news(conversation),
        "brief": {key: text(raw) for key, raw in scenario.brief.model_dump().items()},
        "turn": state.turn,
        "budget": scenario.budget.turns,
        "with": [
            {"id": name, "name": compiled.personas[name].name, "role": compiled.personas[name].role}
            for name in state.present
        ],
        "trust": state.trust,
        "mood": mood(state.trust),
        "lines": [line.as_dict() for line in conversation.log],
        "menu": [line._asdict() for line in conversation.menu(shown)],
        "pages": pages,
        "page": shown,
        "notes": notes(scenario, state),
        "over": state.over,
        "ending": None if end is None else {"kind": end.kind, "says": text(end.says), "summary": text(end.summary)},
        "can_undo": conversation.can_undo,
        "scorecard": conversation.scorecard().as_dict() if state.over else None,
    }
