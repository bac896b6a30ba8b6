"""The brand ledger: what one call leaves behind, and how the next customer has heard of it. Practice only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .draft import Draft
    from .model import Scenario
    from .state import State

__all__ = ["ABOUT", "MAX_ENTRIES", "ledger_for", "ledger_problem", "left_behind", "read_ledger", "recall"]

ABOUT = ("overclaim", "attack", "promise_kept", "promise_broken", "honest_no")
MAX_ENTRIES = 3
_LONGEST = 60


def left_behind(scenario: Scenario, state: State) -> tuple[dict[str, str], ...]:
    """What a finished call leaves behind, worst first: entries for the ledger of later practice.

    `overclaim`: something was claimed that the data sheet does not carry. `attack`: a rival was run down.
    `promise_broken`: the learner said "I'll check", or was given a commitment, and then hung up or was shown the door.
    `promise_kept`: the call ended with a dated step and nothing of the above. `honest_no`: it ended with no fit.
    """
    if not state.over:
        return ()
    happened = {reacted.reaction for turn in state.history for reacted in turn.reactions}
    end = scenario.compiled.ending(state.ending)
    found: list[str] = []
    if "doubts" in happened:
        found.append("overclaim")
    if "winces" in happened:
        found.append("attack")
    left = end.trigger == "hang_up" or end.kind == "ejected"
    if left and happened & {"respects", "grants"}:
        found.append("promise_broken")
    if not found and end.kind == "advance":
        found.append("promise_kept")
    if not found and end.kind == "no_fit":
        found.append("honest_no")
    company = scenario.customer or "another customer"
    return tuple({"about": about, "company": company} for about in found)


def ledger_for(scenario: Scenario, results: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The ledger with which a practice call begins: what the learner's latest calls with other customers left behind.

    Args:
        results: the results of finished calls as progress keeps them, oldest first; each may have a `ledger`.
    """
    found: list[dict[str, str]] = []
    for result in reversed(list(results)):
        entries = result.get("ledger", [])
        if not ledger_problem(entries):
            own = scenario.customer or None
            found += [dict(entry) for entry in entries if entry["company"] != own and entry not in found]
    return found[:MAX_ENTRIES]


def ledger_problem(entries: Any) -> str:
    """Why this is no ledger, or nothing."""
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        return f"a ledger has at most {MAX_ENTRIES} entries"
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != {"about", "company"} or entry["about"] not in ABOUT:
            return "an entry of the ledger is not what it must be"
        company = entry["company"]
        if not isinstance(company, str) or not 0 < len(company) <= _LONGEST or not company.isprintable():
            return "an entry of the ledger names no company"
    return ""


def read_ledger(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The ledger of a `SessionStarted`; a declared attempt starts neutral, whatever stands there."""
    if data.get("mode") != "practice" or ledger_problem(data.get("ledger", [])):
        return ()
    return tuple((entry["about"], entry["company"]) for entry in data.get("ledger", []))


def recall(draft: Draft, persona: str) -> None:
    """Once in a call this person brings up what was heard of an earlier one: the newest entry, one a turn."""
    told = draft.recalled
    if any(reacted.reaction == "recalls" for reacted in draft.reactions):
        return
    for about, company in draft.before.ledger:
        for rumour in draft.compiled.rumours:
            if rumour.teller != persona or rumour.about != about or rumour.id in told:
                continue
            if any(other.teller == persona and other.id in told for other in draft.compiled.rumours):
                return
            draft.recalled = told | {rumour.id}
            place = f"rumours.{rumour.id}.says"
            draft.react("recalls", rumour.trust, speaker=persona, line=rumour.says, place=place, about=rumour.id)
            draft.fill_last("{from}", company)
            return
