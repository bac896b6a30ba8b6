"""Do verdicts stand beside the cells they belong to, and does the page say what is needed and nothing hidden?"""

from __future__ import annotations

import re
from html import escape

import pytest

from techsell_grading.gradebook import Mark
from techsell_grading.grader import Check
from techsell_grading.grader.verdict import IN_KERNEL
from techsell_grading.pages.code import highlighted
from techsell_grading.pages.words import taken_apart

HIDDEN = """\
# a check
### BEGIN HIDDEN TESTS
secret_cases = [-3, -1]
for case in secret_cases:
    assert double(case) == 2 * case
### END HIDDEN TESTS"""

WRONG = "def double(x):\n    return x * missing"


def sections(text: str) -> dict[str, str]:
    """The page's sections by their heading, as HTML."""
    found = re.findall(r"<section class=\"task\".*?</section>", text, re.DOTALL)
    return {re.search(r"<h2[^>]*>(.*?)</h2>", one).group(1): one for one in found}  # type: ignore[union-attr]


class TestPlaces:
    def test_each_task_has_its_own_cells(self, paper, out):
        paper.own("import math  # before everything").cell("markdown", "Task one", "double_task", locked=True)
        paper.answer("double = 1").own("helper = 2").test("double", "no").test("double__idea")
        paper.own("after_one = 3").cell("markdown", "Task two", "pick_task", locked=True)
        paper.own("before_two = 4").answer("pick = 5", name="pick_answer").test("pick")
        paper.answer("stretch = 6", name="stretch_answer").own("last = 7", out["stream"]("seven"))
        found = sections(paper.text())
        assert list(found) == ["Double", "Pick", "Cells without points"]
        where = {
            word: [name for name, one in found.items() if word in re.sub(r"<[^>]+>", "", one)]
            for word in (
                "before everything",
                "double =",
                "helper",
                "after_one",
                "before_two",
                "pick =",
                "stretch",
                "seven",
            )
        }
        assert where == {
            "before everything": ["Double"],
            "double =": ["Double"],
            "helper": ["Double"],
            "after_one": ["Double"],
            "before_two": ["Pick"],
            "pick =": ["Pick"],
            "stretch": ["Cells without points"],
            "seven": ["Cells without points"],
        }

    def test_two_tasks_on_one_answer_show_it_once(self, paper):
        found = sections(paper.answer("def f(): pass").test("correct").test("fast").text())
        assert "What you handed in" in found["Correct"]
        assert "What you handed in" not in found["Fast"]
        assert '<a href="#task-1">Correct</a>' in found["Fast"]

    def test_a_call_stands_without_the_cells_of_the_task_before_it(self, paper):
        paper.cell("markdown", "My plan.", "plan", solution=True, grade=True)
        paper.checks.append(
            Check("valves", "plan", "work_sample", None, 5.0, None, "A person marks this; it is waiting.")
        )
        paper.cell("markdown", "Play it", "call_task", locked=True).test("roleplay_call", "no call")
        found = sections(paper.text())
        assert "My plan." in found["Plan"]
        assert "What you handed in" not in found["Roleplay call"]

    def test_what_the_exercise_brought_is_not_called_the_learners(self, paper, out):
        paper.released = frozenset({"print(double(2))", "Read this."})
        paper.answer("def double(x): return 5").own("Read this.", kind="markdown")
        paper.own("print(double(2))", out["stream"]("5")).own("mine = 1").test()
        text = paper.text()
        assert text.count(">A cell of the exercise</h4>") == 1
        assert text.count(">A cell of your own</h4>") == 1
        assert "Read this." not in text

    def test_where_the_exercise_is_unknown_cells_without_a_name_are_left_out(self, paper):
        paper.released = None
        read = paper.answer("mine = 1").own("whose = 2").test().read()
        assert "mine" in read.said
        assert "whose" not in read.said

    def test_an_answer_that_was_not_given_is_said_so_and_its_stub_not_shown(self, paper, out):
        paper.unanswered = [("valves", "double_answer")]
        paper.released = frozenset({"double(3)"})
        paper.answer("raise NotImplementedError()", out["error"]("NotImplementedError", ""))
        paper.own("double(3)", out["error"]("NameError", "name 'double' is not defined"))
        read = paper.test(message="Not answered yet.").read()
        assert "This cell is as it was when you got it." in read.said
        assert "NotImplementedError" not in read.said
        assert "NameError" not in read.said
        assert "○ open" in read.said


class TestWords:
    def test_a_check_says_what_was_called_came_back_and_was_wanted(self, paper):
        message = "Called double(-3): 6 came back; wanted twice the flow. Negative flow is flow too: it runs backwards."
        text = paper.answer("x = 1").test("double").test("double__forgets_negative_flow", message).text()
        assert "Wrong idea: forgets negative flow" in text
        for word, said in (("Called", "<code>double(-3)</code>"), ("Came back", "<code>6</code>")):
            assert f"<dt>{word}</dt><dd>{said}</dd>" in text
        assert "<dt>Wanted</dt><dd>twice the flow</dd>" in text
        assert "Negative flow is flow too: it runs backwards." in text

    @pytest.mark.parametrize(
        ("message", "rows", "rest"),
        [
            (
                "Read answer['valve']: found 'gate'; wanted the valve. Read the task again.",
                [("Read", "answer['valve']"), ("Found", "'gate'"), ("Wanted", "the valve")],
                "Read the task again.",
            ),
            (
                "Called f(x): it stopped with KeyError: 'a'. Run the cell 'Try it' to see the line that stopped.",
                [("Called", "f(x)"), ("Came back", "nothing: stopped with KeyError: 'a'")],
                "Run the cell 'Try it' to see the line that stopped.",
            ),
            ("Called off. Nothing here", [], "Called off. Nothing here"),
            ("Read on: it is longer", [], "Read on: it is longer"),
            ("double(2) came back wrong", [], "double(2) came back wrong"),
        ],
    )
    def test_sentences_of_checks_are_taken_apart_and_others_left(self, message, rows, rest):
        said = taken_apart(message)
        assert [(word, text) for word, text, _ in said.rows] == rows
        assert said.rest == rest

    def test_the_form_is_that_of_the_learners_package(self):
        from techsell.check import CheckFailed, expect

        with pytest.raises(CheckFailed) as failed:
            expect(5, 4, called="double(2)", words="twice two", hint="Multiply")
        said = taken_apart(str(failed.value))
        assert [text for _, text, _ in said.rows] == ["double(2)", "5", "twice two"]
        assert said.rest == "Multiply."

    def test_a_persons_mark_and_comment_stand_beside_the_text_and_the_anchors(self, paper):
        paper.cell("markdown", "| Points | Anchor |\n|---|---|\n| 0 | **absent** |", "plan_anchors", locked=True)
        paper.cell("markdown", "I would *ask* the fitter.", "plan", solution=True, grade=True)
        paper.checks.append(
            Check("valves", "plan", "work_sample", None, 5.0, None, "A person marks this; it is waiting.")
        )
        paper.marks["valves", "plan"] = Mark(None, 3.5, None, False, "Whose evidence\nis this?")
        (section,) = sections(paper.text()).values()
        assert "3.5 of 5" in section
        assert "Whose evidence\nis this?" in section
        assert "<strong>absent</strong>" in section
        assert "I would <em>ask</em> the fitter." in section
        assert "Marked by a person." in section

    def test_a_calls_rubric_has_turns_and_advice(self, paper):
        line = {"id": "R3", "title": "Played back", "percent": 50, "points": 5, "max": 10, "turns": [4, 9]}
        lines = ({**line, "why": "2 of 4 accurate.", "advice": "Say the number back."},)
        lines += ({**line, "id": "R4", "title": "Asked", "why": "Found out (turns 4, 9).", "advice": ""},)
        paper.test("roleplay_call", "x")
        paper.checks = [Check("valves", "roleplay_call", "role_play", 5.0, 10.0, False, "", lines)]
        read = paper.read()
        assert "2 of 4 accurate. Turns 4, 9." in read.said
        assert "Next time: Say the number back." in read.said
        assert "Found out (turns 4, 9)." in read.said
        assert read.said.count("4, 9") == 2


class TestStops:
    def test_the_line_that_stopped_is_marked_where_it_stands(self, paper, out):
        rows = (
            "Cell In[4], line 1\n----> 1 double(2)",
            "Cell In[3], line 2, in double\n      1 def double(x):\n----> 2     return x * missing",
            "File pandas/core/frame.py:12, in __getitem__",
        )
        paper.answer(WRONG).own("double(2)", out["error"]("NameError", "name 'missing' is not defined", *rows))
        text = paper.test(message="no").text()
        (marked,) = re.findall(r"<span class=\"line here\">(.*?)</span>\n?</", text, re.DOTALL)
        assert "missing" in marked
        assert "← stopped here" in marked
        assert "<li>line 1 of this cell</li>" in text
        assert "<li>line 2 of your answer, in double</li>" in text
        assert "pandas" not in text

    def test_a_line_of_a_traceback_that_is_in_no_cell_is_not_shown(self, paper, out):
        rows = ("Cell In[9], line 4\n----> 4 for case in secret_cases:", "File /srv/grader/judge.py:3, in check")
        text = paper.answer("double = 1", out["error"]("ValueError", "no", *rows)).test().text()
        assert "ValueError: no" in text
        assert "secret" not in text
        assert "judge" not in text

    def test_a_syntax_error_is_marked_without_the_name_of_a_file(self, paper, out):
        paper.answer(
            "x = 1\ny = (", out["error"]("SyntaxError", "'(' was never closed (3.py, line 2)", "  line 2\n    y = (")
        )
        text = paper.test(message="no").text()
        assert "SyntaxError: &#39;(&#39; was never closed</code>" in text
        assert ".py" not in text
        assert 'class="line here">y = (  <b>' in text

    def test_what_is_said_at_a_cell_is_not_said_above_as_well(self, paper, out):
        paper.reasons = ("Your cell 'double_answer' stopped: NameError: x.", "Something else.")
        text = paper.answer("x", out["error"]("NameError", "x")).test(message="no").text()
        assert "Your cell" not in text
        assert "Something else." in text
        paper.broken = "{"
        assert "Your cell" in paper.text()


class TestHidden:
    def test_tests_and_what_they_printed_are_nowhere(self, paper):
        paper.answer("double = 1").test("double__idea", "no", HIDDEN).test(
            "double", source="assert double == 1  # seen"
        )
        text = paper.text()
        for words in ("secret_cases", "BEGIN HIDDEN", "what a test printed", "assert double", "a check"):
            assert words not in text
        assert "idea" in text

    def test_an_output_that_repeats_a_hidden_line_loses_it(self, paper, out):
        told = "before\nIn [5]: secret_cases = [-3, -1]\nafter"
        paper.answer("x = 1").test("double__idea", "no", HIDDEN)
        paper.own("print(In)", out["stream"](told), out["error"]("ValueError", told))
        text = paper.text()
        assert "before" in text
        assert "after" in text
        assert "secret_cases" not in text

    def test_a_line_that_everybody_may_see_is_no_secret(self, paper, out):
        paper.answer("import pandas as pd", out["stream"]("import pandas as pd"))
        paper.test("double__idea", "no", HIDDEN.replace("secret_cases = [-3, -1]", "import pandas as pd"))
        assert "[…]" not in paper.text()

    def test_behind_hidden_tests_in_the_same_process_nothing_that_came_out_is_shown(self, paper, out):
        """There a cell can have read the tests and say them in any form: turned round, or in a picture."""
        picture = {"image/png": "iVBORw0KGgo="}
        turned = "]1- ,3-[ = sesac_terces"
        for notes, expected in (((), True), ((f"{IN_KERNEL}, as the notebook asks",), False)):
            paper.cells, paper.checks, paper.notes = [], [], notes
            paper.answer("x = 1", out["stream"]("said before")).test("double__idea", "no", HIDDEN)
            paper.own("leak()", out["stream"](turned), out["data"](picture), out["error"]("ValueError", turned))
            text = paper.text()
            assert "said before" in text
            assert (turned in text) is expected
            assert ("tests that stay hidden" in text) is not expected
            assert "ValueError" in text
            assert "leak()" in text

    def test_a_hidden_region_is_cut_from_whatever_is_shown(self, paper, out):
        paper.answer("x = 1").own(f"print(1)\n{HIDDEN}", out["stream"]("1")).test()
        assert "secret_cases" not in paper.text()


def test_colours_change_no_text():
    source = 'def f(x="a\\"b"):\n    """two\nlines"""  # why\n    return [0x1F, 1.5e-3, None, len(x)], f\'{x!r}\'\n'
    lines = highlighted(source)
    assert "\n".join(re.sub(r"<[^>]+>", "", line) for line in lines) == escape(source, quote=False)
    assert [line.count("<span") for line in lines] == [line.count("</span>") for line in lines]
    for part in (
        '<span class="k">def</span> <span class="d">f</span>',
        '<span class="n">0x1F</span>',
        '<span class="b">len',
    ):
        assert part in "\n".join(lines)
