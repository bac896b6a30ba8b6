"""The role-play: a customer who tells what the right questions open.

Importing this package is cheap: what it offers is loaded when first used, pydantic and the YAML reader only when
a scenario is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asking import Recogniser, Recognisers
    from .assess import Assessment, AttemptResult, assess_hand_in
    from .chance import declared_seed
    from .conversation import MAX_ATTEMPTS, Conversation, MenuLine, Reply
    from .forking import counterfactual, fork, state_before
    from .journal import FileJournal, Journal, MemoryJournal
    from .ledger import ledger_for, left_behind
    from .lines import line_ids
    from .load import canonical, fingerprint, list_scenarios, load_scenario, scenario_from_canonical
    from .replay import Verification, score, verify
    from .rubric import Scorecard
    from .transcript import Finding, Transcript

__all__ = [
    "MAX_ATTEMPTS",
    "Assessment",
    "AttemptResult",
    "Conversation",
    "FileJournal",
    "Finding",
    "Journal",
    "MemoryJournal",
    "MenuLine",
    "Recogniser",
    "Recognisers",
    "Reply",
    "Scorecard",
    "Transcript",
    "Verification",
    "assess_hand_in",
    "canonical",
    "counterfactual",
    "declared_seed",
    "fingerprint",
    "fork",
    "ledger_for",
    "left_behind",
    "line_ids",
    "list_scenarios",
    "load_scenario",
    "scenario_from_canonical",
    "score",
    "state_before",
    "verify",
]

_HOMES = {
    "Recognisers": "asking",
    "Recogniser": "asking",
    "ledger_for": "ledger",
    "left_behind": "ledger",
    "line_ids": "lines",
    "state_before": "forking",
    "fork": "forking",
    "counterfactual": "forking",
    "Reply": "conversation",
    "MAX_ATTEMPTS": "conversation",
    "Assessment": "assess",
    "AttemptResult": "assess",
    "Conversation": "conversation",
    "FileJournal": "journal",
    "Finding": "transcript",
    "Journal": "journal",
    "MemoryJournal": "journal",
    "MenuLine": "conversation",
    "Scorecard": "rubric",
    "Transcript": "transcript",
    "Verification": "replay",
    "assess_hand_in": "assess",
    "canonical": "load",
    "declared_seed": "chance",
    "fingerprint": "load",
    "list_scenarios": "load",
    "load_scenario": "load",
    "scenario_from_canonical": "load",
    "score": "replay",
    "verify": "replay",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
