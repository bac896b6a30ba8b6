"""The bench that every trick is tried on: a machine with secrets, a warm grader, a naive one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator

import pytest
from tests.hostile.bench.exercises import Exercise, discovery, plant, points
from tests.hostile.bench.machine import VARIABLE, Machine
from tests.hostile.bench.naive import Naive
from tests.hostile.bench.tricks import Trick

_PROBE = "import os\nprint('SEES' if os.path.exists('@BOOK@') or os.environ.get('{variable}') else 'BLIND')"


@pytest.fixture(scope="session")
def exercises() -> dict[str, Callable[[], Exercise]]:
    """The exercises by name, made when first asked for."""
    return {
        "plant": plant,
        "discovery": discovery,
        "kernel": lambda: plant("kernel"),
        "foreign": lambda: plant("foreign"),
    }


@pytest.fixture(scope="session")
def machine(need_program: Callable[..., str]) -> Iterator[Machine]:
    """The machine around the grader, with the worker warm and confined.

    Tricks are let loose only where a harmless one has shown that the grader keeps code in: some would hurt.
    """
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    made = Machine()
    os.environ[VARIABLE] = f"{made.token} {made.secret}"
    before = tempfile.tempdir
    tempfile.tempdir = str(made.temporary)
    try:
        look = Trick("", "probe", "", first=_PROBE.format(variable=VARIABLE)).at(made.places)
        verdict = plant().grade(look)
        if verdict.trouble:
            pytest.fail(f"The grader cannot grade here: {verdict.trouble}")
        if '"BLIND\\n"' not in verdict.autograded[0][1]:
            pytest.fail(
                "Code of a learner sees the course while it is graded. The hostile hand-ins are not tried before it is "
                "kept in a sandbox: some of them would hurt this machine"
            )
        plant("kernel").grade(right=True)
        made.look()
        yield made
    finally:
        tempfile.tempdir = before
        os.environ.pop(VARIABLE, None)
        made.close()


@pytest.fixture(scope="session")
def wrong_points(machine: Machine, exercises: dict[str, Callable[[], Exercise]]) -> Callable[[str], dict[str, float]]:
    """`wrong_points("plant")`: what the wrong answers earn by themselves, by cell."""
    known: dict[str, dict[str, float]] = {}

    def earned(name: str) -> dict[str, float]:
        if name not in known:
            known[name] = points(exercises[name]().grade())
        return known[name]

    return earned


@pytest.fixture(scope="module")
def naive() -> Iterator[tuple[Naive, Machine]]:
    """A grader that runs tests in the learner's kernel, without any protection, on an expendable machine."""
    made = Machine()
    grader = Naive(made)
    grader.points(plant())
    made.look()
    yield grader, made
    grader.close()
    made.close()
