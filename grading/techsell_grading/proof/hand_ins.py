"""Hand-ins made for the proofs: the author's own notebook, the released one, and the author's with answers replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from techsell_grading.grader import pack
from techsell_grading.grader.unit import HAND_IN
from techsell_grading.proof.assignment import Assignment

__all__ = ["LEARNER", "answered", "expert_call", "learner_of", "probing", "stub"]

LEARNER = "L-PROOF2"

_MAX_ACTIONS = 200

_PROBE = """\
import importlib
import pkgutil

for name in ("techsell.lessons", "techsell_grading.proof", "techsell_grading.sources"):
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    raise RuntimeError(f"{{name}} can be imported")
import techsell

for part in pkgutil.walk_packages(techsell.__path__, "techsell."):
    if {asked!r} in vars(importlib.import_module(part.name)):
        raise RuntimeError(f"{{part.name}} has {asked}")
raise LookupError({nothing!r})
"""
NOTHING = "there is nothing to import here"


def answered(
    assignment: Assignment,
    answers: Mapping[tuple[str, str], str] | None = None,
    calls: Mapping[str, bytes] | None = None,
) -> bytes:
    """The author's notebooks, some answers replaced: (notebook, cell) -> source. `calls`: transcripts by scenario."""
    books = {name: json.loads(json.dumps(book)) for name, book in assignment.raw.items()}
    for (notebook, name), source in (answers or {}).items():
        for cell in books[notebook]["cells"]:
            if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == name:
                cell["source"] = source
    return _packed(
        assignment, {f"{name}.ipynb": json.dumps(book).encode() for name, book in books.items()}, calls or {}
    )


def stub(assignment: Assignment) -> bytes:
    """The release as it is, nothing done."""
    return _packed(assignment, assignment.released, {})


def probing(assignment: Assignment) -> tuple[bytes, dict[str, str]]:
    """Every answer in code looks for something to import instead; and the task of each answer cell."""
    from techsell_grading.proof.planted import answer_cell

    about: dict[str, str] = {}
    answers = {}
    for task in assignment.test_tasks:
        for notebook, cells in assignment.opened.answers.items():
            name = answer_cell(task, cells)
            if name:
                about[name] = task
                answers[notebook, name] = _PROBE.format(asked=task, nothing=NOTHING)
    return answered(assignment, answers), about


def expert_call(scenario: str, learner: str) -> bytes:
    """A declared call that the expert bot plays from the menu; empty where there is no such scenario."""
    from techsell.errors import MoveNotAllowed
    from techsell.roleplay import Conversation, MemoryJournal, declared_seed, list_scenarios, load_scenario
    from techsell.roleplay.bots.play import Stage

    if scenario not in list_scenarios():
        return b""
    customer = load_scenario(scenario)
    journal = MemoryJournal()
    seed = declared_seed(learner, scenario, 1)
    talk = Conversation.start(customer, seed=seed, mode="declared", learner=learner, attempt=1, journal=journal)
    expert = Stage(customer).policy("expert", 0)
    for _ in range(_MAX_ACTIONS):
        action = None if talk.over else expert.choose(talk.state)
        if action is None:
            break
        try:
            talk.pick(customer.options[action[0]].id)
        except MoveNotAllowed:
            break
    if not talk.over:
        talk.hang_up()
    return talk.transcript().encode()


def learner_of(transcript: bytes) -> str:
    """Whose call it is, by its first line; empty where it does not say."""
    try:
        first: Any = json.loads(transcript.splitlines()[0])
        return str(first["data"]["learner"])
    except (ValueError, LookupError, TypeError):
        return ""


def _packed(assignment: Assignment, files: Mapping[str, bytes], calls: Mapping[str, bytes]) -> bytes:
    learner = next((found for call in calls.values() if (found := learner_of(call))), LEARNER)
    about = {"schema": 1, "module": assignment.module, "learner": learner, "files": {}}
    return pack(
        {
            **files,
            HAND_IN: json.dumps(about).encode(),
            **{f"{scenario}.transcript.jsonl": call for scenario, call in calls.items()},
        }
    )
