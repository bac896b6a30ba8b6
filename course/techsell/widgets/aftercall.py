"""What came of a finished call: own marks, points to take away, facts, comparison, figures. Plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techsell.roleplay.debrief import debrief, expert_state, series

if TYPE_CHECKING:
    from techsell.roleplay import Conversation

    from .calls import Calls

__all__ = ["after_call", "figures_of"]


def after_call(calls: Calls, conversation: Conversation) -> dict[str, Any]:
    """The debrief of a finished conversation: what `Debrief.as_dict` gives, its `key` and the `own` marks or None."""
    earlier = [before.state for before in calls.earlier()]
    found = debrief(conversation.scenario, conversation.state, earlier=earlier).as_dict()
    own = calls.own_scores.of(calls.key)
    return {**found, "key": calls.key, "own": dict(own) if own else None}


def figures_of(calls: Calls, conversation: Conversation) -> list[dict[str, str]]:
    """The call in figures, with alt texts; slow the first time, since matplotlib is loaded for it."""
    from techsell.lessons.roleplay_figures import figures

    scenario, state = conversation.scenario, conversation.state
    earlier = [before.state for before in calls.earlier()]
    return figures(series(scenario, state, expert=expert_state(scenario, state.seed), earlier=earlier))
