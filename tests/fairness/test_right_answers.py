"""Does every right answer get full marks, however it was written and whatever it said on the way?

The answers are data, as the tricks in `tests/hostile` are: `honest` entries in `answers/*.yaml`; those that do not
meet are handed in together. `pairs/*.yaml` has answers with tests of their own, which all pass in a live kernel.
`tests/exercises/right` holds more right answers to our own exercises; they are handed in here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fairness.packs import graded, pairs, together, united
from tests.hostile.bench.exercises import Exercise, discovery, plant
from tests.hostile.bench.tricks import Trick, load

from techsell_grading.grader import Limits, Verdict, grade_one

HERE = Path(__file__).parent
PAIRS = sorted((HERE / "pairs").glob("*.yaml"))
MAKERS: dict[str, Callable[[], Exercise]] = {
    "plant": plant,
    "discovery": discovery,
    "kernel": lambda: plant("kernel"),
    "foreign": lambda: plant("foreign"),
}


def planted() -> list[Trick]:
    paths = sorted((HERE.parent / "exercises" / "right" / "discovery_conversation").glob("*.py"))
    return [
        Trick("planted", path.stem, "", answers={f"{path.name.split('.')[0]}_answer": path.read_text(encoding="utf-8")})
        for path in paths
    ]


ANSWERS = [answer for path in sorted((HERE / "answers").glob("*.yaml")) for answer in load(path)]
GROUPS = {
    "plant": together(answer for answer in ANSWERS if "plant" in answer.on),
    "discovery": together([*(answer for answer in ANSWERS if "discovery" in answer.on), *planted()]),
}


def groups(*names: str) -> list[object]:
    return [
        pytest.param(group, name, id=f"{name}-{'+'.join(answer.id for answer in group)}")
        for name in names
        for group in GROUPS.get(name, GROUPS["plant"])
    ]


def lost(verdict: Verdict) -> dict[str, str]:
    """What the tests did not give, with the reason."""
    assert verdict.trouble == ""
    return {check.cell: check.message for check in verdict.checks if check.kind == "test" and not check.passed}


def lost_by(group: Sequence[Trick], exercise: Exercise) -> dict[str, dict[str, str]]:
    """Which of a group lose what: all together, and if they do, each alone."""
    if not (all_together := lost(exercise.grade(united(group), right=True))):
        return {}
    alone = {answer.name: lost(exercise.grade(answer, right=True)) for answer in group}
    return {name: said for name, said in alone.items() if said} or {"only together": all_together}


@pytest.fixture(scope="session", autouse=True)
def _with_a_sandbox(need_program: Callable[..., str]) -> None:
    need_program("bwrap", hint="'apt-get install bubblewrap'")


@pytest.mark.parametrize(("group", "name"), groups("plant", "discovery"))
def test_right_answers_get_full_marks(group: Sequence[Trick], name: str) -> None:
    assert all(answer.honest or answer.of == "planted" for answer in group)
    assert lost_by(group, MAKERS[name]()) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("group", "name"), groups("kernel", "foreign"))
def test_also_in_the_live_kernel_and_in_a_foreign_course(group: Sequence[Trick], name: str) -> None:
    assert lost_by(group, MAKERS[name]()) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plant", "discovery"])
def test_each_of_them_alone(name: str) -> None:
    answers = [answer for group in GROUPS[name] for answer in group]
    exercise = MAKERS[name]()
    said = {answer.name: lost(exercise.grade(answer, right=True)) for answer in answers}
    assert {name: why for name, why in said.items() if why} == {}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_what_passes_in_a_live_kernel_passes(path: Path) -> None:
    verdict = graded(pairs(path))
    assert lost(verdict) == {}
    assert len(verdict.checks) == len(pairs(path))
    assert not [note for note in verdict.notes if "own process" in note], "judged from outside"


@pytest.mark.slow
@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_and_it_does_pass_there(path: Path) -> None:
    assert lost(graded(pairs(path), in_kernel=True)) == {}


@pytest.mark.parametrize("workers", [1, 4])
def test_the_same_answer_gets_the_same_marks_every_time(workers: int) -> None:
    """Also when several hand-ins are graded from several threads of one process."""
    exercise = plant()
    limits = Limits(cell_seconds=10, sandbox="require")
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(grade_one, exercise.hand_in(right=True), exercise.source, limits) for _ in range(4)]
        verdicts = [job.result() for job in jobs]
    assert {tuple(verdict.checks) for verdict in verdicts} == {tuple(verdicts[0].checks)}
    assert lost(verdicts[0]) == {}


def test_nbgraders_own_rule_is_there_for_those_who_want_it() -> None:
    """`--strict-nbgrader`: a word on stderr costs the tests that saw it, and nothing else changes."""
    noisy = Trick("fair", "stderr", "", body="import sys\nprint('x', file=sys.stderr)", on=("plant",))
    exercise = plant()
    limits = Limits(cell_seconds=10, sandbox="require", strict_nbgrader=True)
    verdict = grade_one(exercise.hand_in(noisy, right=True), exercise.source, limits)
    assert set(lost(verdict)) >= {"energy", "draw", "drain"}
    assert {"limits", "unit"}.isdisjoint(lost(verdict))
    assert lost(grade_one(exercise.hand_in(right=True), exercise.source, limits)) == {}
