"""The grader's pure parts: reading, clearing, merging, scoring, packing. No process is started here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell_grading.grader import Check, Limits, Verdict, pack
from techsell_grading.grader.answers import as_run, names_in
from techsell_grading.grader.cells import Cell, read
from techsell_grading.grader.document import autograded
from techsell_grading.grader.merge import merge
from techsell_grading.grader.outputs import plain
from techsell_grading.grader.paper import _sections
from techsell_grading.grader.runs import CellRun
from techsell_grading.grader.score import final_number
from techsell_grading.grader.source import Markers, cleared, hidden_lines, public, scrub
from techsell_grading.grader.unpack import Contents, Unreadable, unpack

MARKERS = Markers()
NAMES = ("answer", "test", "plan", "locked", "")
FLAGS: dict[str, dict[str, bool]] = {
    "answer": {"solution": True},
    "test": {"grade": True, "locked": True},
    "plan": {"grade": True, "solution": True},
    "locked": {"locked": True},
    "": {},
}


def cell(name: str, source: str = "", kind: str = "code", identity: str = "") -> Cell:
    grade: dict[str, Any] = {"grade_id": name, "points": 2, **FLAGS.get(name, {})} if name else {}
    return Cell(kind, source, identity or f"id-{name}", grade)


AUTHOR = (cell("", "import math"), cell("answer", "stub"), cell("test", "check()"), cell("plan", "stub", "markdown"))

cells = st.lists(
    st.builds(
        lambda name, source, identity: cell(name, source, identity=identity),
        st.sampled_from([*NAMES, "stranger"]),
        st.text(max_size=8),
        st.sampled_from(["", "id-", "id-answer", "id-test", "other"]),
    ),
    max_size=8,
)


class TestPacking:
    @given(st.dictionaries(st.from_regex(r"([a-z]{1,6}/)?[a-z]{1,6}\.csv", fullmatch=True), st.binary(max_size=9)))
    def test_what_is_packed_comes_out_and_the_order_does_not_matter(self, files):
        data = pack(files)
        assert data == pack(dict(reversed(files.items())))
        assert unpack(data, Limits()).files == files

    @given(st.data())
    @settings(max_examples=300)
    def test_a_damaged_hand_in_is_read_in_part_or_refused_in_a_sentence(self, data):
        whole = pack({"valves.ipynb": b"0" * 300, "hand_in.json": b'{"learner": "L-1"}', "a/b.csv": b"1,2"})
        damaged = bytearray(whole)
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
            damaged[place] = data.draw(st.integers(0, 255))
        try:
            contents = unpack(bytes(damaged), Limits(unpacked=10_000))
        except Unreadable:
            contents = Contents({})
        assert all(name and not name.startswith("/") and ".." not in name.split("/") for name in contents.files)

    def test_too_many_files(self):
        with pytest.raises(Unreadable, match="holds 5 files; 4 are allowed"):
            unpack(pack({f"{number}": b"" for number in range(5)}), Limits(files=4))

    def test_a_name_that_stands_there_twice_counts_once(self):
        import io
        import zipfile

        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a", b"first")
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("a", b"second")
        contents = unpack(target.getvalue(), Limits())
        assert contents.files == {"a": b"first"}
        assert "a is in the hand-in twice" in contents.notes[0]


class TestReading:
    @given(st.text())
    def test_any_text_is_cells_or_a_sentence(self, text):
        try:
            found, _ = read(text.encode("utf-8", "surrogatepass"), 10_000)
        except Unreadable:
            found = ()
        assert all(isinstance(one, Cell) for one in found)

    def test_sources_as_lines_and_as_one_text_are_the_same(self):
        content = {"cells": [{"cell_type": "code", "source": ["a\n", "b"]}, {"cell_type": "code", "source": "a\nb"}]}
        first, second = read(json.dumps(content).encode(), 10_000)[0]
        assert first.source == second.source == "a\nb"

    def test_a_notebook_of_format_3_is_read(self):
        content = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "1 + 1"}]}]}
        assert read(json.dumps(content).encode(), 10_000)[0][0].source == "1 + 1"

    def test_strange_metadata_is_no_metadata(self):
        content = {"cells": [{"cell_type": "code", "source": "x", "metadata": {"nbgrader": [1]}, "id": 7}]}
        (found,) = read(json.dumps(content).encode(), 10_000)[0]
        assert (found.name, found.points, found.id, dict(found.grade)) == ("", 0.0, "", {})


class TestClearing:
    def test_a_solution_becomes_a_stub_as_deep_as_it_stood(self):
        source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()"
        (found,) = cleared((cell("answer", source),), MARKERS)
        assert found.source == "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\nf()"

    def test_an_answer_without_markers_becomes_the_whole_stub(self):
        code, text = cleared((cell("answer", "x = 1"), cell("plan", "A plan", "markdown")), MARKERS)
        assert code.source == MARKERS.code_stub
        assert text.source == MARKERS.text_stub

    def test_the_markers_of_the_course_are_used(self):
        own = Markers(begin_hidden="<<", end_hidden=">>")
        test = cell("test", "public()\n<<\nsecret(1)\n>>")
        assert public(test, own) == "public()"
        assert hidden_lines((test,), own) == {"secret(1)"}

    @given(st.lists(st.sampled_from(["secret_line(1)", "nothing", "x secret_line(1) y", ""]), max_size=6))
    def test_scrubbing_leaves_no_hidden_line_and_every_other_line(self, lines):
        said = scrub("\n".join(lines), frozenset({"secret_line(1)"})).split("\n")
        assert not any("secret_line(1)" in one for one in said)
        assert len(said) == max(len(lines), 1)
        assert said.count("nothing") == lines.count("nothing")


class TestMerging:
    @given(cells)
    def test_the_source_always_stands_in_its_order_with_its_own_tests(self, learner):
        slots = merge(AUTHOR, learner, MARKERS).slots
        own = [slot for slot in slots if slot.role != "extra"]
        assert [slot.cell.name for slot in own] == [one.name for one in AUTHOR]
        assert [slot.cell.source for slot in own if slot.role == "test"] == ["check()"]
        assert [slot.cell.points for slot in own] == [one.points for one in AUTHOR]

    @given(cells)
    def test_extra_cells_carry_no_grade(self, learner):
        assert all(not slot.cell.grade for slot in merge(AUTHOR, learner, MARKERS).slots if slot.role == "extra")

    @given(cells)
    def test_nothing_that_a_learner_wrote_in_an_answer_is_lost(self, learner):
        slots = merge(AUTHOR, learner, MARKERS).slots
        kept = [slot.cell.source for slot in slots]
        for one in learner:
            if one.name in ("answer", "plan"):
                assert one.source in kept

    def test_an_empty_hand_in_has_no_answer_and_no_solution(self):
        merged = merge(AUTHOR, (), MARKERS)
        assert merged.matched == 0
        assert [slot.missing for slot in merged.slots] == [False, True, False, True]

    def test_a_cell_of_ones_own_stays_before_the_answer_that_uses_it(self):
        learner = (AUTHOR[0], Cell("code", "helper"), cell("answer", "use helper"), AUTHOR[2])
        sources = [slot.cell.source for slot in merge(AUTHOR, learner, MARKERS).slots]
        assert sources.index("helper") < sources.index("use helper")

    def test_tests_look_at_the_answers_before_them(self):
        author = (cell("answer", "1"), cell("test", "a"), cell("locked", "b"), cell("plan", "c", "markdown"))
        more = (*author, Cell("code", "2", "x", {"grade_id": "second", "solution": True}), cell("test", "d"))
        assert _sections(merge(more, more, MARKERS).slots) == {1: (0,), 3: (0,), 5: (4,)}


class TestScoring:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("3.5", 3.5),
            ("-1", -1.0),
            ("np.float64(3.5)", 3.5),
            ("numpy.int64(2)", 2.0),
            ("'text'", None),
            ("True", None),
            ("", None),
            ("float64(", None),
        ],
    )
    def test_what_counts_as_a_number(self, text, value):
        assert final_number(({"output_type": "execute_result", "data": {"text/plain": text}},)) == value

    def test_only_the_first_result_counts_and_printing_is_none(self):
        results = [{"output_type": "execute_result", "data": {"text/plain": text}} for text in ("1", "2")]
        assert final_number(({"output_type": "stream", "text": "9"}, *results)) == 1.0
        assert final_number(()) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
an_output = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error", "update"]) | anything},
    optional={
        name: anything | st.text(max_size=8) | st.dictionaries(st.sampled_from(["text/plain", "text/html"]), anything)
        for name in ("name", "text", "data", "ename", "evalue", "traceback", "execution_count", "metadata")
    },
)
an_answer = st.fixed_dictionaries(
    {}, optional={"outputs": st.lists(an_output, max_size=4) | anything, "error": anything}
)


class TestAnswers:
    """What a graded process says of a cell: learner code may have spoken."""

    @given(an_answer)
    @settings(max_examples=150, deadline=None)
    def test_whatever_is_said_becomes_a_run_that_a_notebook_can_hold(self, answer):
        import nbformat

        run = as_run(answer, 1000, 0.5)
        assert run.how == "done"
        assert run.seconds == 0.5
        for output in run.outputs:
            nbformat.validate(json.loads(json.dumps(output)), ref=output["output_type"], version=4)
            assert {*output.get("data", ())} <= {"text/plain", "image/png", "image/jpeg"}

    def test_nonsense_is_an_error_and_so_no_points(self):
        for answer in ({}, {"outputs": 1, "error": None}, {"outputs": [], "error": "no"}, {"outputs": [3]}):
            assert as_run(answer, 1000, 0).error is not None

    def test_more_than_was_asked_for_is_cut(self):
        text = {"output_type": "stream", "name": "stdout", "text": "x" * 60_000}
        run = as_run({"outputs": [text] * 5, "error": None}, 10_000, 0)
        assert (len(run.outputs), run.truncated) == (1, True)

    def test_an_error_keeps_its_name_and_loses_its_colours(self):
        assert as_run({"outputs": [], "error": ["E", "\x1b[31mred\x1b[0m"]}, 10, 0).error == ("E", "red")

    @given(anything)
    def test_names_are_names(self, said):
        assert all(name.isidentifier() for name in names_in({"bound": said}, "bound"))
        assert names_in({"bound": ["a", "1", 2, "b c"]}, "bound") == ["a"]

    def test_colours_and_control_signs_are_no_part_of_a_message(self):
        assert plain("\x1b[0;31mError\x1b[0m\x07:\tline\n") == "Error:\tline\n"


class TestDocument:
    def test_it_is_a_valid_notebook_whatever_the_ids_were(self):
        import nbformat

        learner = (cell("answer", "x", identity="same"), Cell("code", "own", "same"), Cell("raw", "own", "bad id!"))
        slots = merge(AUTHOR, learner, MARKERS).slots
        runs = {1: CellRun("died"), 2: CellRun("not run")}
        text = autograded(slots, runs, {})
        nbformat.validate(nbformat.reads(text, as_version=4))
        outputs = [one for raw in json.loads(text)["cells"] for one in raw.get("outputs", ())]
        assert [one["evalue"] for one in outputs] == ["the process ended", "not run"]


class TestVerdicts:
    @given(
        st.builds(
            Verdict,
            *[st.text(max_size=5)] * 4,
            st.lists(
                st.builds(
                    Check,
                    notebook=st.text(max_size=4),
                    cell=st.text(max_size=9),
                    kind=st.sampled_from(["test", "work_sample", "role_play"]),
                    points=st.none() | st.floats(0, 50),
                    max=st.floats(0, 50),
                    passed=st.none() | st.booleans(),
                    message=st.text(max_size=20),
                    lines=st.just(({"id": "R1", "turns": [1, 2]},)) | st.just(()),
                ),
                max_size=3,
            ).map(tuple),
            reasons=st.lists(st.text(max_size=9)).map(tuple),
            unanswered=st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3))).map(tuple),
            autograded=st.lists(st.tuples(st.text(max_size=3), st.text(max_size=9))).map(tuple),
        )
    )
    def test_json_keeps_every_verdict(self, verdict):
        assert Verdict.from_json(verdict.to_json()) == verdict

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 99}', '{"schema": 1, "checks": 3}'])
    def test_something_else_is_no_verdict(self, text):
        with pytest.raises(ValueError, match=r".+"):
            Verdict.from_json(text)
