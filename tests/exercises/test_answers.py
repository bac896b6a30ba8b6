"""Is every exercise proved, and does an untouched one say what to do?

The proofs are those of `techsell grade --check`: the real grader grades the author's answers, the release and each
planted answer. Planted answers lie in `wrong/<module>/` and `right/<module>/` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.course import Course, checkout
from techsell_grading.grader import Limits
from techsell_grading.proof import PROOFS, Outcome, load, prove, run_trials
from techsell_grading.proof.benches import benches


def lost(notebook: Any, folder: Path) -> dict[str, Any]:
    """Marks of the automatic cells that did not earn everything."""
    marks = notebook.run(folder)
    return {cell.name: marks[cell.name] for cell in notebook.automatic if marks[cell.name].points < cell.points}


@pytest.fixture(scope="session")
def bench(need_program: Callable[..., str]) -> Iterator[tuple[Executor, Executor]]:
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    with benches(1) as pair:
        yield pair


@pytest.fixture(scope="session")
def outcomes(module: str, bench: tuple[Executor, Executor]) -> dict[str, Outcome]:
    """What each proof says of a module's exercise; graded once for all of them."""
    assignment = load(Course.open(checkout() / "grading"), module, Limits(sandbox="require"))
    return {one.id: one for one in prove(assignment, run_trials(assignment, *bench))}


@pytest.mark.parametrize("proof", [proof.id for proof in PROOFS])
def test_every_proof_holds(proof: str, outcomes: dict[str, Outcome]) -> None:
    assert [str(finding) for finding in outcomes[proof].findings] == []
    assert outcomes[proof].verdict == "holds", outcomes[proof].said


def test_the_reference_earns_everything_by_nbgraders_rule_too(source: Any, tmp_path: Path) -> None:
    """No test of ours writes to standard error, where that would cost the learner points."""
    assert lost(source, tmp_path) == {}


def test_an_untouched_exercise_says_what_to_do(
    stub: Any, with_hidden_tests: Callable[[Any], Any], tmp_path: Path
) -> None:
    """Every check of the untouched exercise fails with one of our sentences, not with a Python error."""
    marks = with_hidden_tests(stub).run(tmp_path)
    said = {name: mark.error for name, mark in marks.items() if not name.startswith("roleplay_")}
    assert set(said.values()) == {"CheckFailed"}, said
