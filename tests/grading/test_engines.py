"""Which process runs the tests: the author decides, never a hand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.grading.conftest import MODULE, cell, notebook

from techsell_grading.grader import Limits, Verdict, grade_one, pack

LIMITS = Limits(cell_seconds=10)
ANSWER = """\
class Pump:
    ### BEGIN SOLUTION
    def flow(self):
        return 3
    ### END SOLUTION
pump = Pump()"""
PLAIN = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
NEEDS_A_CLASS = "class Fast(Pump):\n    pass\nassert Fast().flow() == 3\nassert isinstance(pump, Pump)"
NEEDS_MAGIC = "answer = get_ipython().run_cell_magic('capture', 'said', 'double(2)')\nassert double(2) == 4"


def author(answer: str, test: str, **metadata: Any) -> dict[str, Any]:
    made = notebook(
        [
            cell("code", answer, "answer", solution=True),
            cell("code", test, "check", 4.0, grade=True, locked=True),
        ]
    )
    made["metadata"] |= metadata
    return made


def grade(made: Mapping[str, Any], answer: str, *, own: bool = False, limits: Limits = LIMITS) -> Verdict:
    handed = json.loads(json.dumps(made))
    handed["cells"][0]["source"] = answer
    about = json.dumps({"schema": 1, "module": MODULE, "learner": "L-AAAAAA"}).encode()
    source = {f"{MODULE}.ipynb": json.dumps(made).encode()}
    manifest = {"source.json": json.dumps({"module": MODULE, "own": True}).encode()} if own else {}
    submission = pack({f"{MODULE}.ipynb": json.dumps(handed).encode(), "hand_in.json": about})
    return grade_one(submission, pack({**source, **manifest}), limits)


@pytest.mark.parametrize(("answer", "test"), [(ANSWER, NEEDS_A_CLASS), (PLAIN, NEEDS_MAGIC)])
def test_a_foreign_test_that_needs_the_live_kernel_runs_there_and_the_report_says_so(answer: str, test: str) -> None:
    verdict = grade(author(answer, test), answer)
    assert (verdict.score, verdict.trouble) == (4.0, "")
    assert [note for note in verdict.notes if note.startswith("The tests ran in the learner's own process")]


def test_an_exercise_of_ours_may_not_need_it() -> None:
    verdict = grade(author(PLAIN, NEEDS_MAGIC), PLAIN, own=True)
    assert verdict.checks == ()
    assert verdict.trouble.startswith("The test 'check' cannot be judged")


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("metadata", [{"techsell": {"judge": "in_kernel"}}, {"techsell.judge": "in_kernel"}])
def test_a_notebook_may_ask_for_it(metadata: dict[str, Any], own: bool) -> None:
    verdict = grade(author(ANSWER, NEEDS_A_CLASS, **metadata), ANSWER, own=own)
    assert verdict.score == 4.0
    assert "as the notebook asks" in verdict.notes[0]


@pytest.mark.parametrize("own", [True, False])
def test_a_hand_in_cannot_choose_it(own: bool) -> None:
    """Neither by an answer that cannot cross nor by its own metadata."""
    lie = "class Yes:\n    def __eq__(self, other):\n        return True\ndef double(x):\n    return Yes()"
    made = author(PLAIN, "assert double(2) == 4")
    verdict = grade(made, lie, own=own)
    assert (verdict.score, verdict.trouble, verdict.notes) == (0.0, "", ())
    assert verdict.checks[0].message
    handed = json.loads(json.dumps(made))
    handed["metadata"] |= {"techsell": {"judge": "in_kernel"}}
    handed["cells"][0]["source"] = lie
    files = {f"{MODULE}.ipynb": json.dumps(handed).encode(), "hand_in.json": b'{"learner": "L-AAAAAA"}'}
    verdict = grade_one(pack(files), pack({f"{MODULE}.ipynb": json.dumps(made).encode()}), LIMITS)
    assert (verdict.score, verdict.notes) == (0.0, ())


def test_text_on_stderr_costs_nothing_unless_nbgraders_own_rule_is_asked_for() -> None:
    made = author(PLAIN, "assert double(2) == 4")
    loud = "import warnings, sys\ndef double(x):\n    warnings.warn('careful')\n    print('!', file=sys.stderr)\n"
    loud += "    return 2 * x"
    assert grade(made, loud).score == 4.0
    strict = grade(made, loud, limits=Limits(cell_seconds=10, strict_nbgrader=True))
    assert strict.score == 0.0
    assert "stderr" in strict.checks[0].message


def test_without_a_sandbox_nothing_is_graded_where_one_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    from techsell_grading.grader.sandbox import bubblewrap, warm

    monkeypatch.setattr(bubblewrap, "_try", lambda: "bubblewrap is not installed. Install it")
    limits = Limits(sandbox="require", file_bytes=1 << 20)  # servers of its own
    try:
        verdict = grade(author(PLAIN, "assert double(2) == 4"), PLAIN, limits=limits)
    finally:
        warm("require", limits).close()
    assert verdict.checks == ()
    assert "bubblewrap is not installed" in verdict.trouble
