"""A call as plain data for figures and comparisons. Word share and kinds of questions are information, not marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from techsell.roleplay.labels import LABELS, QUESTIONS
from techsell.roleplay.rubric import score_state

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.state import State, Turn

__all__ = ["series", "summary"]


def series(
    scenario: Scenario, state: State, *, expert: State | None = None, earlier: Sequence[State] = ()
) -> dict[str, Any]:
    """Everything that the figures of a debrief show.

    Args:
        expert: how an expert would have done it, see `expert_state`.
        earlier: the learner's own earlier calls, oldest first.

    Returns:
        `scenario`, `title`, `budget`, `own`, `expert` (or None), `earlier`; each run as `summary` gives it with `trust`
        ({"turn", "trust", "reactions": [{"reaction", "trust", "speaker", "about"}]} for each turn from 0), `moves` and
        `questions` (counts by label), `words` ({"you", "customer", "share" in percent, "longest", "longest_turn"}) and
        `found` ({"turn", "facts", "text"} for each turn in which facts were told, facts counted up).
    """
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "budget": scenario.budget.turns,
        "own": _run(scenario, state),
        "expert": None if expert is None else _run(scenario, expert),
        "earlier": [_run(scenario, run) for run in earlier],
    }


def summary(scenario: Scenario, state: State) -> dict[str, Any]:
    """One call in a line: `total`, `ending` (kind or None), `turns`, `found` and `facts` (so many of so many)."""
    card = score_state(scenario, state)
    found = len(card.facts_found)
    return {
        "total": card.total if card.lines else None,
        "passed": card.passed,
        "ending": card.ending,
        "turns": state.turn,
        "found_count": found,
        "facts": found + len(card.facts_missed),
        "played_back": sum(one.reaction == "confirms" for turn in state.history for one in turn.reactions),
    }


def _run(scenario: Scenario, state: State) -> dict[str, Any]:
    turns = [turn for turn in state.history if turn.moves]
    counts = {label: sum(move.label == label for turn in turns for move in turn.moves) for label in LABELS}
    return summary(scenario, state) | {
        "trust": [
            {
                "turn": turn.number,
                "trust": turn.trust,
                "reactions": [
                    {"reaction": one.reaction, "trust": one.trust, "speaker": one.speaker, "about": one.about}
                    for one in turn.reactions
                ],
            }
            for turn in state.history
            if turn.moves or turn.number == 0
        ],
        "moves": counts,
        "questions": {label: counts[label] for label in QUESTIONS},
        "words": _words(turns, state),
        "found": _found(scenario, state),
    }


def _words(turns: Sequence[Turn], state: State) -> dict[str, int]:
    own = {turn.number: len(_said(turn).split()) for turn in turns}
    theirs = sum(len(line.text.split()) for turn in state.history for line in turn.lines if line.speaker != "you")
    mine = sum(own.values())
    longest = max(own, key=lambda number: (own[number], -number), default=0)
    share = 100 * mine // (mine + theirs) if mine + theirs else 0
    return {
        "you": mine,
        "customer": theirs,
        "share": share,
        "longest": own.get(longest, 0),
        "longest_turn": longest,
    }


def _said(turn: Turn) -> str:
    return turn.raw or next((line.text for line in turn.lines if line.speaker == "you"), "")


def _found(scenario: Scenario, state: State) -> list[dict[str, Any]]:
    compiled = scenario.compiled
    noise = compiled.decoys[state.variant]
    told: list[dict[str, Any]] = []
    count = 0
    for turn in state.history:
        real = [name for name in turn.facts if not compiled.facts[name].bit & noise]
        if real:
            count += len(real)
            notes = [compiled.text(state.variant, compiled.facts[name].fact.note) for name in real]
            told.append({"turn": turn.number, "facts": count, "text": notes})
    return told
