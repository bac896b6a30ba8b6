"""What the role-play shows before and during a call: plain data for the front end, no widget in here."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from techsell.roleplay import Conversation
    from techsell.roleplay.model import Scenario

    from .calls import Calls

__all__ = ["before", "in_call", "phase_of", "plain_text"]


def phase_of(calls: Calls) -> str:
    """start, call, score (the learner marks the own call first), over, or blocked."""
    conversation = calls.conversation
    if calls.held_elsewhere:
        return "blocked"
    if conversation is None:
        return "start"
    if not conversation.over:
        return "call"
    return "score" if calls.scenario.graded and calls.own_scores.of(calls.key) is None else "over"


def in_call(conversation: Conversation, page: int, phase: str) -> dict[str, Any]:
    """A conversation's view with the sides of the screen; the score is held back while the learner marks the call."""
    shown = conversation.view(page)
    heard = list(dict.fromkeys(company for _, company in conversation.state.ledger))
    criteria = conversation.scenario.rubric if phase == "score" else ()
    rubric = [{"id": line.id, "title": line.title, "weight": line.weight} for line in criteria]
    if phase == "score":
        shown["scorecard"] = None
    shown["screen"] = {"can_type": conversation.can_type, "heard": heard, "rubric": rubric}
    return shown


def before(scenario: Scenario, calls: Calls) -> dict[str, Any]:
    """What can be shown before anybody has said a word."""
    entries = calls.ledger() if scenario.rumours else []
    screen = {
        "declared": asdict(calls.declared_attempts()),
        "level": calls.level(),
        "can_watch": scenario.worked is not None,
        "heard": list(dict.fromkeys(entry["company"] for entry in entries)),
    }
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "graded": scenario.graded,
        "mode": "",
        "attempt": 0,
        "level": "menu",
        "asking": None,
        "news": "",
        "brief": scenario.brief.model_dump(),
        "turn": 0,
        "budget": scenario.budget.turns,
        "with": [{"id": p.id, "name": p.name, "role": p.role} for p in scenario.personas if p.joins is None],
        "trust": scenario.trust.start,
        "mood": None,
        "lines": [],
        "menu": [],
        "pages": 0,
        "page": 0,
        "notes": [],
        "over": False,
        "ending": None,
        "can_undo": False,
        "scorecard": None,
        "screen": screen,
    }


def plain_text(text: str) -> str:
    """Text that can be sent: halves of surrogate pairs, which a page can send us, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
