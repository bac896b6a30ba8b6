"""Does no trick gain a point, and does it touch nothing outside its sandbox?"""

from __future__ import annotations

import json

import pytest
from tests.hostile.bench.exercises import HIDDEN, points
from tests.hostile.bench.tricks import Trick, load_all

TRICKS = [trick for trick in load_all() if not trick.honest]
HONEST = [trick for trick in load_all() if trick.honest]


AT_ONCE = ("arguments", "own_names", "transcripts")
"""classes that are about what tests compare: tried on our own exercise in the default run, the others by `-m slow`"""


def tried_on(tricks: list[Trick], *more: str) -> list[object]:
    """Each trick with each exercise that it is for, class by class."""

    def param(trick: Trick, name: str) -> object:
        late = name == "discovery" and "plant" in trick.on and trick.of not in AT_ONCE
        return pytest.param(*(trick, name), id=f"{trick.name}-{name}", marks=[pytest.mark.slow] if late else [])

    return [param(trick, name) for trick in tricks for name in (more or trick.on)]


def graded(verdict) -> None:
    """It ended with a score and a reason."""
    assert verdict.trouble == "", "no trick may pass for a fault of the machine: that would be no score"
    assert verdict.checks
    assert verdict.seconds < 90, "no trick keeps the grader longer than its limits say, twice"
    assert len(verdict.to_json()) < 48 << 20, "a hand-in does not make the grader's own memory or the book run over"
    said = [*verdict.reasons, *verdict.notes, *(check.message for check in verdict.checks)]
    assert [text for text in said if not text.replace("\n", "").replace("\t", "").isprintable()] == []
    assert sum(map(len, said)) < 200_000
    for check in verdict.checks:
        assert (check.points is None) == (check.kind == "work_sample" and check.message != "No response."), check
        if check.points is not None:
            assert 0 <= check.points <= check.max
            assert check.points == check.max or check.message, f"{check.cell} has no reason"


@pytest.mark.parametrize(("trick", "name"), tried_on(TRICKS))
def test_a_trick_gains_nothing(trick, name, machine, exercises, wrong_points, next_in_line):
    next_in_line(trick.of)
    verdict = exercises[name]().grade(trick.at(machine.places))
    graded(verdict)
    without = wrong_points(name)
    gained = {cell: got for cell, got in points(verdict).items() if got > without[cell]}
    assert gained == {}
    assert machine.touched() == []
    assert machine.read_out(verdict, HIDDEN) == []


@pytest.mark.parametrize(("trick", "name"), tried_on(HONEST))
def test_its_honest_counterpart_gets_full_marks(trick, name, machine, exercises):
    verdict = exercises[name]().grade(trick.at(machine.places), right=True)
    assert verdict.trouble == ""
    lost = {check.cell: check.message for check in verdict.checks if check.kind == "test" and not check.passed}
    assert lost == {}
    assert machine.touched() == []


@pytest.mark.parametrize("name", ["plant", "discovery", "kernel", "foreign"])
def test_wrong_answers_earn_nothing_and_right_ones_everything(name, machine, exercises):
    """Without this, "nothing gained" would mean nothing."""
    exercise = exercises[name]()
    wrong, right = exercise.grade(), exercise.grade(right=True)
    graded(wrong)
    assert wrong.score == 0
    assert {check.cell: check.message for check in right.checks if check.kind == "test" and not check.passed} == {}
    assert json.dumps([check.message for check in wrong.checks]).count(HIDDEN) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("trick", "name"), tried_on([t for t in TRICKS if "plant" in t.on], "kernel"))
def test_in_the_live_kernel_a_trick_may_gain_points_and_still_touches_nothing(trick, name, machine, exercises):
    verdict = exercises[name]().grade(trick.at(machine.places))
    graded(verdict)
    assert machine.touched() == []
    assert machine.read_out(verdict) == []


@pytest.mark.slow
@pytest.mark.parametrize(("trick", "name"), tried_on([t for t in TRICKS if "plant" in t.on], "foreign"))
def test_a_trick_does_not_choose_how_a_foreign_course_is_graded(trick, name, machine, exercises, wrong_points):
    """Tests that the judge can carry stay with the judge, whatever the hand-in returns to it."""
    verdict = exercises[name]().grade(trick.at(machine.places))
    graded(verdict)
    assert {cell: got for cell, got in points(verdict).items() if got > wrong_points(name)[cell]} == {}
    assert machine.touched() == []
    assert machine.read_out(verdict, HIDDEN) == []


@pytest.fixture(scope="module")
def next_in_line(machine, exercises):
    """`next_in_line("shell")`: when a new class begins, the next learners after the last one are graded as ever."""
    last: list[str] = []

    def begin(of: str) -> None:
        if last and last[-1] != of:
            exercise = exercises["plant"]()
            right, wrong = exercise.grade(right=True), exercise.grade()
            lost = [check.cell for check in right.checks if check.kind == "test" and not check.passed]
            assert (lost, wrong.score) == ([], 0.0), f"after the class {last[-1]!r}"
        last.append(of)

    yield begin
    begin("")
    assert machine.touched(thoroughly=True) == [], "also of the installed libraries"
