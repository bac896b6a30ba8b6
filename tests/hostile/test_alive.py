"""Are the tricks alive? A naive grader, which runs the tests in the learner's kernel, is fooled or damaged by them.

A trick that fools nobody proves nothing about a grader that withstands it.
"""

from __future__ import annotations

import pytest
from tests.hostile.bench.exercises import plant
from tests.hostile.bench.tricks import Trick, load_all

ON_THE_PLANT = [trick for trick in load_all() if "plant" in trick.on and not trick.honest]
FOOLS = [trick for trick in ON_THE_PLANT if trick.naive == "fooled"]
DAMAGES = [trick for trick in ON_THE_PLANT if trick.naive == "damaged"]


def one_of_each(tricks: list[Trick]) -> list[object]:
    """The first of each class in the default run, the others by `-m slow`."""
    first = {trick.of: trick for trick in reversed(tricks)}
    late = [[] if first[trick.of] is trick else [pytest.mark.slow] for trick in tricks]
    return [pytest.param(trick, id=trick.name, marks=marks) for trick, marks in zip(tricks, late, strict=True)]


@pytest.mark.parametrize("trick", one_of_each(FOOLS))
def test_a_naive_grader_is_fooled(trick, naive):
    grader, machine = naive
    earned = grader.points(plant(), trick.at(machine.places))
    assert sum(earned.values()) > 0


@pytest.mark.parametrize("trick", one_of_each(DAMAGES))
def test_a_machine_without_protection_is_touched(trick, naive, monkeypatch):
    monkeypatch.setattr("tests.hostile.bench.machine._PATIENCE", 0.1)
    grader, machine = naive
    machine.look()
    grader.points(plant(), trick.at(machine.places))
    assert machine.touched() != []


def test_the_naive_grader_is_right_where_nobody_cheats(naive):
    grader, _ = naive
    assert set(grader.points(plant()).values()) == {0.0}
    full = {c["metadata"]["nbgrader"]["grade_id"]: c["metadata"]["nbgrader"]["points"] for c in _tests(plant())}
    assert grader.points(plant(), right=True) == full


def _tests(exercise) -> list[dict]:
    flags = [(cell, cell["metadata"].get("nbgrader", {})) for cell in exercise.author["cells"]]
    return [cell for cell, grade in flags if grade.get("grade") and not grade.get("solution")]


def test_most_tricks_are_alive():
    """Not all can be: some need what no kernel has, some would hurt the machine that shows it."""
    assert len(FOOLS) >= 40
    assert len(DAMAGES) >= 15
    assert len({trick.of for trick in FOOLS}) >= 5
