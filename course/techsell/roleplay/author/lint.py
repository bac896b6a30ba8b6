"""Every problem of a scenario file at once: what cannot be played (TS1 to TS3) and what teaches badly (TS4).

Errors and warnings are told apart by `Problem.grade`. Loading a scenario looks at TS1 to TS3 only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.errors import Problem

from .places import Found, Places
from .rules_menu import check_menu
from .rules_reach import check_reach
from .rules_talk import check_examples, check_twice, few_examples
from .rules_use import check_use
from .rules_words import check_frequent, check_words
from .rules_worked import check_worked

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["lint"]

CALLS = 270
"""calls that bots play to look for empty menus"""
_POINTS_NOWHERE = ("TS301", "TS302", "TS306")
"""with one of these nothing can be worked out"""


def lint(raw: bytes, file: str, stem: str | None = None, *, play: bool = True) -> tuple[Problem, ...]:
    """Check a scenario file.

    Args:
        raw: its bytes.
        file: its name, for the problems.
        stem: what its id must be, or None for any.
        play: let bots look for dead ends, and the recogniser try the example utterances; takes a second or two.

    Returns:
        All problems in the order of lines, errors and warnings. What needs a scenario that hangs together is left
        out while there are problems of shape or ids that lead nowhere.
    """
    from techsell.roleplay.references import check_references
    from techsell.roleplay.shape import check_shape
    from techsell.roleplay.yaml_source import read_tree

    root, problems = read_tree(raw, file)
    if root is not None:
        scenario, shape = check_shape(root, file)
        problems = problems + shape + check_references(root, file, stem)
        if scenario is not None and not any(problem.code in _POINTS_NOWHERE for problem in problems):
            problems += _teaching(scenario, Places(root, file), play)
    return tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.code, problem.message)))


def _teaching(scenario: Scenario, places: Places, play: bool) -> Iterator[Problem]:
    for check in (check_reach, check_menu, check_words, check_twice):
        yield from places.problems(check(scenario, places))
    for check in (check_use, check_frequent, few_examples):
        yield from places.problems(check(scenario, places), "warning")
    if play:
        yield from places.problems(check_worked(scenario, places))
        yield from places.problems(_dead_ends(scenario, places))
        for grade, found in check_examples(scenario, places):
            yield from places.problems(iter((found,)), grade)


def _dead_ends(scenario: Scenario, places: Places) -> Iterator[Found]:
    """TS406: a menu with nothing on it while the call goes on, met by a bot."""
    from techsell.roleplay.bots import simulate

    tallies = simulate({scenario.id: scenario}, runs=CALLS)[scenario.id]
    for bot, tally in tallies.items():
        for number, turn in tally.dead_ends.items():
            message = f"the menu is empty after turn {turn}, met by the bot {bot!r} in call {number}."
            yield places.section("options"), "TS406", message, "Add lines without 'when', or an ending that fits there."
            return
