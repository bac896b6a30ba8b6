"""The real exercise, from hand-ins to the book: points, parity with nbgrader, feedback, formgrader."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from techsell_grading.course import Course
from techsell_grading.feedback import feedback
from techsell_grading.gradebook import Book
from techsell_grading.grader import Limits, Verdict, grade_one
from techsell_grading.records import read_verdict
from techsell_grading.reports.frames import read as read_frames
from techsell_grading.submissions import pack_source, read_submission

MODULE = "discovery_conversation"
TASKS = ("next_move", "qualify", "talk_metrics", "pain_chain", "call_plan", f"roleplay_{'cobalt_ridge'}")


def by_task(verdict: Verdict) -> dict[str, float]:
    points = dict.fromkeys(TASKS, 0.0)
    for check in verdict.checks:
        points[check.task] += check.points or 0.0
    return points


def verdict_of(course: Course, learner: str) -> Verdict:
    found = read_verdict(course, MODULE, learner)
    assert found is not None
    return found


class Words(HTMLParser):
    """What a page says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self._quiet = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._quiet += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag == "style"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._quiet else data


@pytest.fixture(scope="module")
def source(graded):
    return pack_source(graded.course, MODULE)


@pytest.fixture(scope="module")
def stock(graded, tmp_path_factory, bare_environment):
    """A course of its own in which nbgrader has graded the reference and the stub."""
    course = Course.create(tmp_path_factory.mktemp("stock") / "course")
    environment = {**bare_environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"}
    for learner in ("L-REFER2", "L-STUBS2"):
        place = course.path("submitted", learner, MODULE)
        place.mkdir(parents=True)
        for path in graded.course.path("submitted", learner, MODULE).iterdir():
            (place / path.name).write_bytes(path.read_bytes())
    for step in ("generate_assignment", "autograde"):
        command = [sys.executable, "-m", "nbgrader", step, MODULE, "--log-level=ERROR"]
        done = subprocess.run(command, cwd=course.home, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    return course


@pytest.fixture(scope="module")
def pages(graded):
    return {page.learner: page.path.read_text(encoding="utf-8") for page in feedback(graded.course)}


def test_a_module_has_a_hundred_points(graded):
    verdict = verdict_of(graded.course, "L-REFER2")
    most = dict.fromkeys(TASKS, 0.0)
    for check in verdict.checks:
        most[check.task] += check.max
    assert most == dict(zip(TASKS, (15, 15, 10, 10, 15, 35), strict=True))


def test_the_reference_earns_every_automatic_point_and_the_plan_waits(graded):
    verdict = verdict_of(graded.course, "L-REFER2")
    points = by_task(verdict)
    assert {task: points[task] for task in TASKS[:4]} == dict(zip(TASKS, (15, 15, 10, 10), strict=False))
    assert verdict.waiting == ("call_plan",)
    assert points["roleplay_cobalt_ridge"] > 0.8 * 35
    assert (verdict.reasons, verdict.notes) == ((), ())


def test_the_stub_earns_nothing(graded):
    verdict = verdict_of(graded.course, "L-STUBS2")
    assert verdict.score == 0
    assert verdict.waiting == ()


def test_selling_well_without_code_passes_and_code_without_selling_does_not(graded):
    """Once a person has marked the plan: 30 for decisions, 35 for the role-play, 15 for the plan."""
    sells, codes = (by_task(verdict_of(graded.course, name)) for name in ("L-SELLS2", "L-CODES2"))
    assert sells["talk_metrics"] + sells["pain_chain"] == 0
    assert sum(sells.values()) + 0.5 * 15 >= 70
    assert codes["talk_metrics"] + codes["pain_chain"] == 20
    assert sum(codes.values()) + 15 < 70


def test_wrong_ideas_lose_their_own_tests_and_a_typing_error_its_own_task(graded):
    verdict = verdict_of(graded.course, "L-WRONG2")
    missed = {check.cell for check in verdict.checks if check.passed is False and check.task != TASKS[5]}
    qualify = {check.cell for check in verdict.checks if check.task == "qualify"}
    assert missed - qualify == {"next_move__pitches_too_early", "talk_metrics__overlap_counted_twice"}
    assert qualify <= missed
    assert verdict.reasons[0].startswith("Your cell 'qualify_answer' stopped: SyntaxError")


class TestRolePlay:
    """What a transcript proves, and nothing more. The other tasks are left out: one released notebook for all."""

    def check(self, graded, source, transcript, learner="L-REFER2"):
        from techsell_grading.grader import pack

        about = json.dumps({"module": MODULE, "learner": learner}).encode()
        verdict = grade_one(pack({"hand_in.json": about, "cobalt_ridge.transcript.jsonl": transcript}), source)
        return next(check for check in verdict.checks if check.kind == "role_play")

    def test_a_good_call_counts_even_without_a_notebook(self, graded, source, real):
        check = self.check(graded, source, real.transcript("L-REFER2", "expert"))
        assert check.points == by_task(verdict_of(graded.course, "L-REFER2"))["roleplay_cobalt_ridge"]
        assert len(check.lines) >= 9
        assert sum(line["max"] for line in check.lines) == 100
        assert any(line["turns"] for line in check.lines)

    def test_picked_lines_count_seventy_percent_and_typed_ones_in_full(self, graded, source, real):
        """A declared call that is picked from the menu line by line just passes; the same call typed earns it all."""
        typed = self.check(graded, source, real.transcript("L-REFER2", "expert"))
        picked = self.check(graded, source, real.transcript("L-REFER2", "expert", picked=True))
        assert typed.points > 0.9 * 35
        assert 0.6 * 35 <= picked.points <= 0.7 * 35
        assert all("Picked lines count 70 %." in line["why"] for line in picked.lines if line["points"])

    def test_a_pass_that_hangs_on_a_reading_waits_for_a_person(self, real, monkeypatch):
        """The score is there, but whether it passes depends on how an unclear line is read."""
        from dataclasses import replace

        import techsell.roleplay
        from techsell_grading.grader import roleplay
        from techsell_grading.grader.cells import Cell
        from techsell_grading.grader.source import Source

        scenario = techsell.roleplay.load_scenario("cobalt_ridge")
        pins = {scenario.fingerprint: techsell.roleplay.canonical(scenario)}
        source = Source(MODULE, {}, {}, pins, ("cobalt_ridge",))
        cell = Cell("code", "", grade={"grade_id": "roleplay_cobalt_ridge", "grade": True, "points": 35})
        files = {"cobalt_ridge.transcript.jsonl": real.transcript("L-REFER2", "expert")}
        sure, note = roleplay.assess(cell, MODULE, files, source, "L-REFER2", Limits())
        assert (sure.points > 0.9 * 35, note) == (True, "")
        found = techsell.roleplay.assess_hand_in

        def doubtful(*words, **more):
            return replace(found(*words, **more), undecided=True, needs_person=True, reasons=("between 55 and 65",))

        monkeypatch.setattr(techsell.roleplay, "assess_hand_in", doubtful)
        check, note = roleplay.assess(cell, MODULE, files, source, "L-REFER2", Limits())
        assert (check.points, check.passed) == (None, None)
        assert check.message == note == "Between 55 and 65. A person looks at this."
        assert check.lines == sure.lines, "the trainer sees what was found"

    def test_no_transcript_is_zero_with_the_reason(self, graded, source):
        check = self.check(graded, source, b"")
        assert (check.points, check.passed) == (0.0, False)
        assert check.message == (
            "No declared call is in the hand-in. Play one in the lesson or with 'techsell play cobalt_ridge "
            "--mode declared', and hand in again."
        )

    def test_a_careless_edit_is_recognised_and_the_rest_scored(self, graded, source, real):
        lines = real.transcript("L-REFER2", "expert").split(b"\n")
        whole = self.check(graded, source, b"\n".join(lines)).points
        middle = len(lines) // 2
        lines[middle] = lines[middle].replace(b'"seq":', b'"seq": 9')
        check = self.check(graded, source, b"\n".join(lines))
        assert f"ine {middle + 1}" in check.message
        assert 0 <= check.points < whole

    def test_another_learners_call_waits_for_a_person(self, graded, source, real):
        check = self.check(graded, source, real.transcript("L-OTHER2", "expert"))
        assert (check.points, check.passed) == (None, None)
        assert "L-OTHER2" in check.message

    def test_an_unknown_version_waits_for_a_person_and_is_never_zero(self, graded, real):
        from techsell_grading.grader import pack
        from techsell_grading.grader.unpack import unpack

        files = dict(unpack(pack_source(graded.course, MODULE), Limits()).files)
        without = pack({name: data for name, data in files.items() if not name.startswith("pins/")})
        check = self.check(graded, without, real.transcript("L-REFER2", "expert"))
        assert check.points is None
        assert "is not among those released" in check.message

    def test_a_forged_score_changes_nothing(self, graded, source, real):
        transcript = real.transcript("L-CODES2", "dumper")
        honest = self.check(graded, source, transcript, "L-CODES2")
        forged = transcript + b'{"score": 100, "type": "Scored", "data": {"points": 35}}\n'
        assert self.check(graded, source, forged, "L-CODES2").points == honest.points

    def test_code_in_the_notebook_cannot_give_itself_the_points(self, graded, source, real):
        """The cell is not run at all: the grader plays the transcript again by itself."""
        released = graded.course.path("release", module=MODULE) / f"{MODULE}.ipynb"
        trick = "import techsell.check\ntechsell.check.roleplay_points = lambda *_: 35.0\n"
        notebook = real.notebook(released, {"next_move_answer": trick})
        verdict = grade_one(real.hand_in("L-TRICK2", notebook), source, Limits(cell_seconds=20))
        cell = next(check for check in verdict.checks if check.kind == "role_play")
        assert cell.points == 0.0
        document = json.loads(verdict.autograded[0][1])
        ours = [one for one in document["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == cell.cell]
        assert [one["outputs"] for one in ours] == [[]]


class TestParity:
    """nbgrader 0.9.6 itself on the same hand-ins."""

    @pytest.mark.parametrize("learner", ["L-REFER2", "L-STUBS2"])
    def test_every_cell_has_the_points_that_nbgrader_gives(self, graded, stock, learner):
        with Book(stock) as theirs, Book(graded.course) as ours:
            expected = {cell: (mark.auto, mark.waiting) for (_, cell), mark in theirs.marks(MODULE, learner).items()}
            found = {cell: (mark.auto, mark.waiting) for (_, cell), mark in ours.marks(MODULE, learner).items()}
        assert len(found) > 30
        assert found == expected

    def test_the_books_agree_on_comments_too(self, graded, stock):
        def said(course: Course) -> dict[str, str | None]:
            from nbgrader.api import Gradebook

            with Gradebook(course.db_url, course.course_id) as book:
                submission = book.find_submission_notebook(MODULE, MODULE, "L-STUBS2")
                return {comment.name: comment.auto_comment for comment in submission.comments}

        assert said(graded.course) == said(stock)

    def test_the_report_agrees_with_nbgraders_export_to_the_point(self, graded, tmp_path, bare_environment):
        out = tmp_path / "grades.csv"
        command = [sys.executable, "-m", "nbgrader", "export", "--to", str(out), "--log-level=ERROR"]
        environment = {**bare_environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"}
        done = subprocess.run(
            command, cwd=graded.course.home, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        with out.open(encoding="utf-8", newline="") as file:
            theirs = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
        table = read_frames(graded.course).submissions
        ours = {row.learner: (row.score, row.max) for row in table.itertuples(index=False)}
        assert len(ours) == 5
        assert ours == {learner: pytest.approx(pair) for learner, pair in theirs.items()}


class TestFeedback:
    def test_everybody_gets_a_page(self, pages, graded):
        assert sorted(pages) == sorted(line.learner for line in graded.run.lines)

    def test_no_line_of_a_hidden_test_is_on_any_page(self, pages, graded):
        from techsell_grading.grader.source import open_source

        released = (graded.course.path("release", module=MODULE) / f"{MODULE}.ipynb").read_text(encoding="utf-8")
        known = {line.strip() for cell in json.loads(released)["cells"] for line in "".join(cell["source"]).split("\n")}
        hidden = open_source(pack_source(graded.course, MODULE), Limits()).hidden - known
        assert len(hidden) > 100
        for page in pages.values():
            said = Words(page).text
            assert [line for line in hidden if line in said or line in page] == []

    def test_a_page_names_the_misconception_and_what_was_found(self, pages):
        said = Words(pages["L-WRONG2"]).text
        assert "Wrong idea: pitches too early" in said
        assert "Telling before asking" in said
        assert "Wrong idea: overlap counted twice" in said
        assert "Wrong idea: friendly contact" not in said, "a typing error is no misconception"

    def test_a_page_has_the_score_the_turns_and_what_waits(self, pages, graded):
        said = Words(pages["L-SELLS2"]).text
        verdict = verdict_of(graded.course, "L-SELLS2")
        assert f"{verdict.score:g} of 100 points" in said
        assert "15 more wait for a person" in said
        assert "(turn" in said

    def test_a_page_needs_nothing_else(self, pages):
        for page in pages.values():
            assert "<script" not in page
            assert "http:" not in page
            assert "https:" not in page
            assert "src=" not in page


def test_the_same_hand_in_gives_the_same_bytes_to_the_grader(graded):
    first, second = (read_submission(graded.course, MODULE, "L-REFER2", Limits()) for _ in range(2))
    assert first == second
