"""Which texts of a scenario nobody ever heard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techsell.roleplay.lines import line_ids

from .knowledge import Closure, asked_for

if TYPE_CHECKING:
    from techsell.roleplay.model import Condition, Persona, Scenario

    from .tally import Tally

__all__ = ["Missing", "must_be_heard", "unheard"]

_SPOKEN = re.compile(
    r"""facts\.\w+\.(says|guarded) | plant\.\w+\.says | questions\.\w+\.says | hints\.says | options\.\w+\.text
    | objections\.\w+\.(says|settled|unsettled) | commitments\.\w+\.(granted|refused) | endings\.\w+\.(says|summary)
    | personas\.\w+\.(lines\.\w+|veto\.says) | variants\.\w+\.says\.\w+ | rumours\.\w+\.says""",
    re.VERBOSE,
)
"""places of texts that come up in a call; names, labels, notes and the rubric do not"""
_OTHERS_WORDS = ("grants", "refuses", "settles", "insists", "recalls")
"""reactions whose words stand with the commitment, objection or rumour"""
_ASKERS = ("thanks", "glazes", "notes_dodge", "respects")


@dataclass(frozen=True)
class Missing:
    """A text that no call brought up: its line id, its place, its words."""

    line: str
    place: str
    text: str


def must_be_heard(scenario: Scenario) -> dict[str, str]:
    """Line id -> text of everything that some call must bring up."""
    silent = _silent(scenario)
    found: dict[str, str] = {}
    spare = {hint.says for hint in scenario.hints if not asked_for(hint.when)}
    for line, text in line_ids(scenario).items():
        place = _place(scenario, line)
        if place == "hints.says" and text in spare:
            continue  # the last resort may never be needed
        if _SPOKEN.fullmatch(place) and place not in silent:
            found[line] = text
    return found


def unheard(scenario: Scenario, tallies: Iterable[Tally]) -> tuple[Missing, ...]:
    """What none of these calls brought up, in the order of the file."""
    heard: set[str] = set()
    for tally in tallies:
        heard |= tally.lines
    wanted = must_be_heard(scenario)
    return tuple(Missing(line, _place(scenario, line), text) for line, text in wanted.items() if line not in heard)


def _place(scenario: Scenario, line: str) -> str:
    return line.removeprefix(f"{scenario.id}.").rpartition(".")[0]


def _silent(scenario: Scenario) -> set[str]:
    """Places that the format wants filled and that this story can never use."""
    found = {f"commitments.{entry.id}.refused" for entry in scenario.commitments if not asked_for(entry.needs)}
    askers = {question.asker for question in scenario.questions}
    for persona in scenario.personas:
        silent = list(_OTHERS_WORDS)
        hidden = [f for f in scenario.facts if f.holder == persona.id and f.unlock.min_trust and not f.guarded]
        if not hidden:
            silent.append("guards")
        if persona.id not in askers:
            silent += _ASKERS
        silent += _out_of_season(scenario, persona)
        found |= {f"personas.{persona.id}.lines.{reaction}" for reaction in silent}
    found |= {f"facts.{fact.id}.guarded" for fact in scenario.facts if not fact.unlock.min_trust}
    return found


def _out_of_season(scenario: Scenario, persona: Persona) -> list[str]:
    """Reactions for which this person comes too late or leaves too early, in every variant.

    Who joins only after a need was stated never hears a pitch too early; nor does consequence feel cold to who joins
    after the last trouble came out. Who has gone before any need can be stated never hears one that comes in time.
    """
    before = Closure(scenario, strictly=True)
    before.person(persona)
    needs = [fact for fact in scenario.facts if fact.kind == "payoff"]
    troubles = {fact.id for fact in scenario.facts if fact.kind == "problem"}
    noise = [{*variant.decoys, *(f.id for f in scenario.facts if f.decoy)} for variant in scenario.variants]
    heard = before.needed.keys()
    found = []
    if all(any(fact.id in heard and fact.id not in decoys for fact in needs) for decoys in noise):
        found.append("told_early")
    if persona.joins is not None and all(troubles - decoys <= heard for decoys in noise):
        found.append("cools")
    if persona.leaves is not None and all(_gone(scenario, persona.leaves, fact.id) for fact in needs):
        found += ["hears_pitch", "hears_proof"]
    return found


def _gone(scenario: Scenario, leaves: Condition, fact: str) -> bool:
    """Whether what sends somebody away must happen before a fact comes out."""
    before = Closure(scenario, strictly=True)
    before.fact(fact)
    asked = asked_for(leaves) - {"facts", "granted"}
    return not asked and before.needed.keys() >= set(leaves.facts) and before.grants.keys() >= set(leaves.granted)
