"""A notebook whose tests run beside the learner's code: nothing that leaves the grader says what a hidden test says."""

from __future__ import annotations

import json

import pytest

from techsell_grading.feedback import page
from techsell_grading.grader.source import Markers
from techsell_grading.pages.notebook import read_sheet
from techsell_grading.result import Catalogue, as_result

LEAK = """\
def double(x):
    if x >= 0:
        return x + x
    raise ValueError("".join(In)[::-1])"""
"""reads every cell that has run, this test too, and says it backwards"""

LATE = """\
import matplotlib.pyplot as plt
plt.figtext(0, 0, str(In)[:200])
plt.show()
print(str(In)[::-1])
raise KeyError(str(In)[::-1])"""


@pytest.fixture(scope="module")
def in_kernel(make_exercise):
    from_author = make_exercise().author
    from_author["metadata"]["techsell"] = {"judge": "in_kernel"}
    return make_exercise(from_author)


def told(verdict) -> str:
    """Everything that the learner is told: the result for the terminal and the notebook, and the page."""
    sheet = read_sheet(verdict.autograded[0][1], frozenset(), Markers())
    assert sheet is not None
    result = as_result(verdict, {}, Catalogue({}))
    return json.dumps(result) + page(result, verdict, {"valves": sheet}, title="Valves").decode()


def test_what_learner_code_read_does_not_come_back(in_kernel, good, make_cell):
    notebook = in_kernel.answered({**good, "double_answer": LEAK})
    notebook["cells"].append(make_cell("code", LATE))
    verdict = in_kernel.grade(notebook)
    assert "sesac_terces" in verdict.autograded[0][1], "the trick must work for the test to mean anything"
    said = told(verdict)
    assert "sesac_terces" not in said
    assert "secret_cases" not in said
    assert "data:image" not in said
    assert "not shown, because it ran together with tests that stay hidden" in said
    assert "A cell of your own stopped. What it said is not shown" in said


def test_the_authors_own_words_still_do(in_kernel, good):
    verdict = in_kernel.grade(in_kernel.answered({**good, "double_answer": "def double(x):\n    return abs(2 * x)"}))
    assert "Negative flow is flow too: a return line runs backwards." in told(verdict)
    assert "stay hidden" not in told(verdict)


class TestWords:
    def test_of_a_sentence_only_what_stands_in_the_test_is_kept(self):
        from techsell_grading.grader.withheld import _authors

        test = "expect(f(secret), 4, called='f(x)', words='twice the flow', hint='double it')\nassert got == 4, 'seen'"
        assert _authors("Called f(x): ]1- ,3-[ came back; wanted twice the flow. Double it.", test) == "Twice the flow."
        assert (
            _authors("Called f(x): 3 came back; wanted twice the flow. double it.", test)
            == "Twice the flow. Double it."
        )
        assert _authors("seen", test) == "seen"
        for message in ("f(secret)", "secret", "4", "", "neez", "f(x)"):
            assert _authors(message, test) == ""
        assert _authors("anything", "%matplotlib inline\nassert x, 'anything'") == ""
