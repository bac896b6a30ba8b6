"""Does every submission end with a score and a reason, whatever it is?"""

from __future__ import annotations

import io
import json
import stat
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techsell.errors import SandboxFailed
from techsell_grading.grader import Check, Limits, Verdict, grade_one, pack

FULL = 10.0
"""what a machine can give: 2 + 3 for `double`, 5 for `pick`; 5 more wait for a person"""


def points(verdict: Verdict) -> dict[str, float | None]:
    return {check.cell: check.points for check in verdict.checks}


def by_cell(verdict: Verdict, name: str) -> Check:
    return next(check for check in verdict.checks if check.cell == name)


def edited(notebook: dict[str, Any], name: str, source: str) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            cell["source"] = source
    return notebook


class TestOrdinary:
    def test_right_answers_earn_everything_a_machine_can_give(self, exercise):
        verdict = exercise.grade(exercise.answered())
        assert points(verdict) == {"double": 2, "double__forgets_negative_flow": 3, "pick": 5, "plan": None}
        assert (verdict.score, verdict.max, verdict.waiting) == (FULL, 15.0, ("plan",))
        assert (verdict.reasons, verdict.notes, verdict.trouble) == ((), (), "")
        assert (verdict.module, verdict.learner) == ("valves", "L-AAAAAA")

    def test_the_released_stub_earns_nothing_and_is_told_so_gently(self, exercise):
        verdict = exercise.grade(exercise.released())
        assert set(points(verdict).values()) == {0.0}
        assert by_cell(verdict, "double__forgets_negative_flow").message == "Not answered yet."
        assert by_cell(verdict, "plan").message == "No response."
        assert [cell for _, cell in verdict.unanswered] == ["double_answer", "pick_answer", "plan"]

    def test_a_wrong_idea_loses_its_own_test_and_hears_its_name(self, exercise, good):
        verdict = exercise.grade(exercise.answered({**good, "double_answer": "def double(x):\n    return abs(2 * x)"}))
        check = by_cell(verdict, "double__forgets_negative_flow")
        assert (check.points, check.task, check.misconception) == (0.0, "double", "forgets negative flow")
        assert check.message == "Negative flow is flow too: a return line runs backwards."
        assert verdict.score == FULL - 3

    def test_a_final_number_is_partial_credit(self, exercise, good):
        verdict = exercise.grade(exercise.answered({**good, "pick_answer": 'answer = {"valve": "gate"}'}))
        assert by_cell(verdict, "pick").points == 2.0
        assert by_cell(verdict, "pick").message == "Right in part: 2 of 5 points."

    def test_a_verdict_survives_json(self, exercise):
        verdict = exercise.grade(exercise.answered())
        assert Verdict.from_json(verdict.to_json()) == verdict
        assert Verdict.from_json(verdict.to_json(notebooks=False)).autograded == ()

    def test_the_same_work_gives_the_same_verdict(self, exercise):
        first, second = (exercise.grade(exercise.answered()) for _ in range(2))
        assert first.checks == second.checks
        assert (first.submission, first.source) == (second.submission, second.source)


class TestFairness:
    @pytest.mark.parametrize(
        "answer",
        [
            "import warnings\ndef double(x):\n    warnings.warn('old way'); return 2 * x",
            "import sys\ndef double(x):\n    print('doubling', x, file=sys.stderr); return 2 * x",
            "print('hello' * 10)\ndef double(x):\n    print('x is', x); return 2 * x",
            "double = lambda x: x * 2",
            "def twice(x): return 2 * x\ndouble = twice",
        ],
        ids=["warning", "stderr", "prints", "lambda", "helper"],
    )
    def test_a_right_answer_that_is_unusual_is_still_right(self, exercise, good, answer):
        assert exercise.grade(exercise.answered({**good, "double_answer": answer})).score == FULL

    def test_a_helper_in_a_cell_of_ones_own_is_found(self, exercise, make_cell, good):
        notebook = exercise.answered({**good, "double_answer": "def double(x):\n    return helper(x)"})
        notebook["cells"].insert(2, make_cell("code", "def helper(x):\n    return 2 * x"))
        assert exercise.grade(notebook).score == FULL

    def test_an_error_in_one_task_leaves_the_other_its_points(self, exercise, good):
        verdict = exercise.grade(exercise.answered({**good, "double_answer": "def double(x: return"}))
        assert points(verdict)["pick"] == 5.0
        assert points(verdict)["double"] == 0.0
        assert "SyntaxError" in verdict.reasons[0]
        assert "double_answer" in by_cell(verdict, "double").message

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("-3.0", 0.0),
            ("99", 5.0),
            ("float('nan')", 0.0),
            ("float('inf')", 0.0),
            ("'fine'", 5.0),
            ("None", 5.0),
            ("True", 5.0),
            ("3.5", 3.5),
            ("__import__('numpy').float64(3.5)", 3.5),
        ],
    )
    def test_what_a_test_cell_ends_with_is_clamped(self, make_exercise, make_notebook, make_cell, expression, expected):
        author = make_notebook([make_cell("code", expression, "only", 5.0, grade=True, locked=True)])
        exercise = make_exercise(author)
        assert points(exercise.grade(exercise.released()))["only"] == expected

    def test_clamping_is_noted_for_the_trainer(self, make_exercise, make_notebook, make_cell):
        exercise = make_exercise(make_notebook([make_cell("code", "99", "only", 5.0, grade=True, locked=True)]))
        assert exercise.grade(exercise.released()).notes == ("The test 'only' ended in 99; 5 of 5 points were given",)


class TestOddNotebooks:
    @pytest.mark.parametrize(
        ("encode", "note"),
        [
            (lambda text: b"\xef\xbb\xbf" + text.encode(), ""),
            (lambda text: text.encode("utf-16"), "UTF-16"),
            (lambda text: text.encode("utf-16-le"), "UTF-16-LE"),
            (lambda text: text.encode() + b"\0" * 300, ""),
        ],
        ids=["byte-order mark", "utf-16", "utf-16 without mark", "trailing NULs"],
    )
    def test_an_encoding_is_no_reason_for_a_zero(self, exercise, encode, note):
        verdict = exercise.grade(encode(json.dumps(exercise.answered())))
        assert verdict.score == FULL
        assert note in " ".join(verdict.notes)

    def test_deleted_tests_come_back_from_the_source(self, exercise):
        notebook = exercise.answered()
        notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("locked")]
        verdict = exercise.grade(notebook)
        assert verdict.score == FULL
        assert "The check 'pick' was missing from the hand-in; the original was used" in verdict.notes

    def test_edited_tests_and_points_change_nothing(self, exercise, good):
        notebook = edited(exercise.answered({**good, "pick_answer": "answer = {}"}), "pick", "5.0")
        for cell in notebook["cells"]:
            if "points" in cell["metadata"].get("nbgrader", {}):
                cell["metadata"]["nbgrader"]["points"] = 1000
        verdict = exercise.grade(notebook)
        assert (points(verdict)["pick"], verdict.max) == (0.0, 15.0)
        assert "The check 'pick' was changed in the hand-in; the original was used" in verdict.notes

    def test_of_a_duplicated_answer_the_first_one_worked_on_counts(self, exercise, make_cell, good):
        notebook = exercise.answered({**good, "plan": "YOUR ANSWER HERE"})
        notebook["cells"].append(make_cell("markdown", "My real plan", "plan", 5.0, grade=True, solution=True))
        verdict = exercise.grade(notebook)
        assert points(verdict)["plan"] is None
        assert "My real plan" in verdict.autograded[0][1]
        assert any("'plan' is there 2 times" in note for note in verdict.notes)

    def test_a_renamed_answer_is_found_by_its_cell_id(self, exercise):
        notebook = exercise.answered()
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double_answer":
                cell["metadata"] = {}
        assert exercise.grade(notebook).score == FULL

    def test_a_missing_answer_costs_its_own_task_only(self, exercise):
        notebook = exercise.answered()
        notebook["cells"] = [
            cell
            for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade_id") not in ("pick_answer", "plan")
        ]
        verdict = exercise.grade(notebook)
        assert points(verdict) == {"double": 2, "double__forgets_negative_flow": 3, "pick": 0, "plan": 0}
        assert "The answer cell 'pick_answer' is missing from the hand-in" in verdict.notes

    def test_a_later_notebook_format_and_a_strange_kernel_are_read_as_far_as_possible(self, exercise):
        notebook = exercise.answered()
        notebook |= {"nbformat": 9, "metadata": {"kernelspec": {"name": "julia", "language": "julia"}}}
        for cell in notebook["cells"]:
            if "nbgrader" in cell["metadata"]:
                cell["metadata"]["nbgrader"]["schema_version"] = 99
        verdict = exercise.grade(notebook)
        assert verdict.score == FULL
        assert "format 9" in verdict.notes[0]

    def test_a_turned_round_answer_cell_keeps_its_text(self, exercise):
        notebook = exercise.answered()
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double_answer":
                cell["cell_type"] = "markdown"
        assert exercise.grade(notebook).score == FULL

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (None, "is not in the hand-in"),
            (b"", "damaged"),
            (b"{", "damaged in line 1"),
            (b"\xff\xfe\x00", "damaged"),
            (b"[]", "not a notebook"),
            (b'{"cells": {}}', "not a notebook"),
            (b'{"cells": []}', "has no cells"),
            (b'{"cells": [1, null, {"source": 7}]}', "has no cells"),
            (b'{"a":' * 50_000, "nested too deeply"),
            (b'{"cells": [{"cell_type": "code", "source": "1"}]}', "This is not the notebook of 'valves'"),
        ],
        ids=["missing", "empty", "cut", "utf-16 rest", "list", "no list", "no cells", "junk", "nested", "other module"],
    )
    def test_an_unusable_notebook_scores_zero_with_the_reason(self, exercise, content, reason):
        verdict = exercise.grade(content)
        assert set(points(verdict).values()) == {0.0}
        assert reason in verdict.reasons[0]
        assert all(check.message for check in verdict.checks)

    def test_a_huge_notebook_scores_zero_with_the_reason(self, exercise):
        verdict = exercise.grade(b" " * (3 << 20), Limits(notebook=1 << 20))
        assert verdict.reasons == ("The notebook has 3 MB; 1 MB are allowed.",)

    def test_a_lone_surrogate_and_a_null_byte_stop_only_their_cell(self, exercise, good):
        answers = {**good, "double_answer": "x = '\ud800'\ndef double(x):\n    return 2 * x", "pick_answer": "a\0b"}
        verdict = exercise.grade(exercise.answered(answers))
        assert (points(verdict)["double"], points(verdict)["pick"]) == (2.0, 0.0)


class TestOddHandIns:
    def test_a_truncated_zip(self, exercise):
        whole = exercise.submission(exercise.answered())
        verdict = grade_one(whole[: len(whole) // 2], exercise.source)
        assert verdict.reasons == (
            "The hand-in was cut short on its way: the end of the zip file is missing. Hand it in again.",
        )
        assert verdict.score == 0

    @pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06" + b"\0" * 18])
    def test_something_that_is_no_hand_in(self, exercise, content):
        verdict = grade_one(content, exercise.source)
        assert verdict.score == 0
        assert verdict.reasons

    def test_a_zip_bomb_is_not_unpacked(self, exercise):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("valves.ipynb", b"0" * (200 << 20))
        began = time.monotonic()
        verdict = grade_one(target.getvalue(), exercise.source, Limits(unpacked=8 << 20))
        assert verdict.reasons == ("The hand-in unpacks to more than 8 MB; nothing in it was read.",)
        assert time.monotonic() - began < 5

    def test_links_and_paths_out_of_the_folder_are_left_out(self, exercise):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            link = zipfile.ZipInfo("valves.ipynb")
            link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
            archive.writestr("../../escape.txt", b"x")
            archive.writestr("/absolute.txt", b"x")
        verdict = grade_one(target.getvalue(), exercise.source)
        assert verdict.score == 0
        assert len([note for note in verdict.notes if "link" in note or "safely" in note]) == 3

    def test_an_encrypted_or_damaged_entry_is_left_out(self, exercise):
        whole = bytearray(exercise.submission(exercise.answered()))
        place = whole.find(b"valves.ipynb") + 40
        whole[place : place + 30] = b"\0" * 30
        verdict = grade_one(bytes(whole), exercise.source)
        assert verdict.score == 0
        assert any("damaged inside the hand-in" in note for note in verdict.notes)

    def test_a_notebook_one_folder_too_deep_or_renamed_is_found(self, exercise):
        content = json.dumps(exercise.answered()).encode()
        for name in ("valves/valves.ipynb", "valves (1).ipynb"):
            verdict = grade_one(pack({name: content}), exercise.source)
            assert verdict.score == FULL
            assert any(name in note for note in verdict.notes)

    def test_a_file_named_like_a_library_is_not_imported(self, exercise, good):
        answers = {**good, "double_answer": "import json\ndef double(x):\n    return 2 * x"}
        verdict = exercise.grade(exercise.answered(answers), **{"json.py": b"raise SystemExit('mine')"})
        assert verdict.score == FULL
        assert "Python files in the hand-in were not used: json.py" in verdict.notes

    def test_a_hand_in_that_could_not_be_unpacked_is_opened_by_the_grader(self, exercise):
        inner = exercise.submission(exercise.answered())
        verdict = grade_one(pack({"hand_in.zip": inner}), exercise.source)
        assert verdict.score == FULL

    def test_a_broken_exercise_costs_no_learner_anything(self, exercise):
        verdict = grade_one(exercise.submission(exercise.answered()), pack({"valves.ipynb": b"{"}))
        assert verdict.trouble.startswith("The exercise itself cannot be read")
        assert verdict.checks == ()

    @given(st.binary(max_size=400))
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_bytes_end_with_a_score_and_a_reason(self, exercise, data):
        for verdict in (grade_one(data, exercise.source), exercise.grade(data)):
            assert verdict.score == 0
            assert len(verdict.checks) == 4
            assert verdict.reasons


def test_a_machine_that_cannot_start_python_gives_no_zero(exercise, monkeypatch):
    def refuse(*_: object) -> object:
        raise SandboxFailed("The sandbox did not start: no space left", cure="Free some space")

    monkeypatch.setattr("techsell_grading.grader.paper.execute", refuse)
    verdict = exercise.grade(exercise.answered())
    assert verdict.trouble == "The sandbox did not start: no space left. Free some space."
    assert verdict.checks == ()


def test_a_mistake_of_the_grader_still_ends_with_a_score_and_calls_a_person(exercise, monkeypatch):
    calls: list[int] = []

    def stumble(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("unforeseen")
        return _merge(*arguments)

    from techsell_grading.grader import unit

    _merge: Callable[..., Any] = unit.merge
    monkeypatch.setattr(unit, "merge", stumble)
    verdict = exercise.grade(exercise.answered())
    assert verdict.score == 0
    assert verdict.reasons == ("The hand-in could not be processed; a person should look at it",)
    assert "ZeroDivisionError" in verdict.notes[0]
