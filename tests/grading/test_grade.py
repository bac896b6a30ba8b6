"""Is only new work graded, by one writer, with the same book after any interruption?"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from techsell.errors import BookError, HandInError, ReleaseFailed
from techsell_grading import desk
from techsell_grading import grade as grading
from techsell_grading.course import Course
from techsell_grading.grade import Line, Run
from techsell_grading.gradebook import Book, Mark
from techsell_grading.grader import Limits, Verdict, grade_one
from techsell_grading.records import read_verdict
from techsell_grading.reports.frames import read as read_frames
from techsell_grading.storage import Part
from techsell_grading.submissions import pack_source
from techsell_grading.take_in import submit_now, take_in

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


_KNOWN: dict[tuple[bytes, bytes], Verdict] = {}


@pytest.fixture(autouse=True)
def _each_work_runs_once(monkeypatch):
    """The same submission always has the same verdict (tested elsewhere), so a kernel is started once for each."""

    def remembered(submission: bytes, source: bytes, limits: Limits) -> Verdict:
        if (submission, source) not in _KNOWN:
            _KNOWN[submission, source] = grade_one(submission, source, limits)
        return _KNOWN[submission, source]

    monkeypatch.setattr(grading, "grade_one", remembered)


def grade(course: Course, modules: tuple[str, ...] = (), **options: Any) -> Run:
    """Grade with a thread of this process; how processes do it is tested in `book/`."""
    with ThreadPoolExecutor(1) as here:
        return grading.grade(course, modules, executor=here, **options)


@pytest.fixture
def three(released, exercise, good) -> Course:
    """Three people have handed in: everything right, one wrong idea, nothing done."""
    wrong = {**good, "double_answer": "def double(x):\n    return abs(2 * x)"}
    work = {"L-A": exercise.answered(), "L-B": exercise.answered(wrong), "L-C": exercise.released()}
    for learner, notebook in work.items():
        take_in(released, exercise.submission(notebook), learner, "valves", MONDAY)
    return released


def scores(course: Course) -> dict[str, float]:
    table = read_frames(course).submissions
    return dict(zip(table["learner"], table["score"], strict=True))


def statuses(lines: tuple[Line, ...]) -> dict[str, str]:
    return {line.learner: line.status for line in lines}


def marks(course: Course) -> dict[str, Any]:
    with Book(course) as book:
        return {learner: book.marks("valves", learner) for learner in course.handed_in("valves")}


def test_a_class_is_graded_and_written_down(three, monkeypatch):
    monkeypatch.setattr(grading, "grade_one", grade_one)  # two processes, started as the command does it
    run = grading.grade(three, workers=2)
    assert statuses(run.lines) == {"L-A": "graded", "L-B": "graded", "L-C": "graded"}
    assert scores(three) == {"L-A": 10.0, "L-B": 7.0, "L-C": 0.0}
    assert [line.waiting for line in run.lines] == [("plan",), ("plan",), ()]
    for learner in scores(three):
        folder = three.path("autograded", learner, "valves")
        assert {path.name for path in folder.iterdir()} == {"valves.ipynb", "verdict.json", "timestamp.txt"}
        assert read_verdict(three, "valves", learner) is not None


def test_graded_work_is_left_alone(three, monkeypatch):
    grade(three)
    monkeypatch.setattr(grading, "grade_one", None)
    run = grade(three)
    assert set(statuses(run.lines).values()) == {"unchanged"}


def test_new_work_is_graded_and_the_rest_left_alone(three, exercise):
    grade(three)
    take_in(three, exercise.submission(exercise.answered()), "L-C", "valves", MONDAY.replace(hour=11))
    run = grade(three)
    assert statuses(run.lines) == {"L-A": "unchanged", "L-B": "unchanged", "L-C": "graded"}
    assert scores(three)["L-C"] == 10.0
    assert {line.before for line in run.lines} == {None}, "new work is not compared with the old"


def test_force_grades_everything_again_and_says_who_changes(three, monkeypatch):
    grade(three)
    source = three.path("source", module="valves") / "valves.ipynb"
    source.write_text(source.read_text(encoding="utf-8").replace("secret_cases = [-3, -1]", "secret_cases = [3]"))
    kept = grade(three)
    assert kept.released == ("valves",)
    assert set(statuses(kept.lines).values()) == {"outdated"}
    run = grade(three, force=True)
    changes = {line.learner: line.score - line.before for line in run.lines if line.before is not None}
    assert changes == {"L-A": 0.0, "L-B": 3.0, "L-C": 0.0}


def test_forced_regrading_keeps_what_a_person_marked_and_new_work_asks_again(three, exercise, good):
    from nbgrader.api import Gradebook

    grade(three)
    with Gradebook(three.db_url, three.course_id) as book:  # as formgrader does it
        mark = book.find_grade("plan", "valves", "valves", "L-A")
        mark.manual_score, mark.needs_manual_grade = 4.0, False
        book.db.commit()
    grade(three, force=True)
    assert marks(three)["L-A"]["valves", "plan"] == Mark(None, 4.0, None, False)
    take_in(three, exercise.submission(exercise.answered({**good, "plan": "Another plan"})), "L-A", "valves", MONDAY)
    grade(three)
    assert marks(three)["L-A"]["valves", "plan"] == Mark(None, 4.0, None, True)


def test_an_unreleased_exercise_is_released_first(course, exercise):
    take_in(course, exercise.submission(exercise.answered()), "L-A", "valves", MONDAY)
    run = grade(course)
    assert run.released == ("valves",)
    assert scores(course) == {"L-A": 10.0}


def test_a_broken_exercise_grades_nothing(three):
    source = three.path("source", module="valves") / "valves.ipynb"
    source.write_text("{", encoding="utf-8")
    with pytest.raises(ReleaseFailed, match="cannot release 'valves'"):
        grade(three)
    assert read_verdict(three, "valves", "L-A") is None


def test_an_exercise_with_autotests_that_cannot_be_written_out_is_refused_not_given_away(three):
    source = three.path("source", module="valves") / "valves.ipynb"
    text = source.read_text(encoding="utf-8").replace("# hidden check", "### AUTOTEST double(3)")
    source.write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseFailed, match=r"autotests\.yml"):
        pack_source(three, "valves")


def test_progress_counts_up_to_the_number_of_submissions(three):
    seen: list[tuple[int, int]] = []
    grade(three, progress=lambda done, total, line: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


class Interrupted(Exception):
    """The power goes off."""


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [(desk, "store", 2), (Book, "write", 1), (Book, "write", 3), *((Part, "place", call) for call in (1, 2, 3, 5))],
    ids=["before files", "before book", "before last book", "notebook", "timestamp", "verdict", "second learner"],
)
def test_an_interrupted_run_and_a_second_one_end_with_the_same_book(three, monkeypatch, owner, name, after):
    """Whether the power goes before the files, between the files, or between the files and the book."""
    calls: list[int] = []

    def fragile(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(1)
            if len(calls) == after:
                raise Interrupted
            return original(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fragile(getattr(owner, name)))
        with pytest.raises(Interrupted):
            grade(three)
    grade(three)
    assert scores(three) == {"L-A": 10.0, "L-B": 7.0, "L-C": 0.0}
    assert not list(three.path("autograded").rglob("*.part"))
    assert set(statuses(grade(three).lines).values()) == {"unchanged"}


def test_a_book_that_was_put_back_from_a_backup_is_brought_up_to_date(three):
    book = three.home / "gradebook.db"
    backup = book.read_bytes()
    grade(three)
    expected = marks(three)
    book.write_bytes(backup)
    run = grade(three)
    assert set(statuses(run.lines).values()) == {"written"}
    assert marks(three) == expected


def test_a_lost_notebook_is_made_again(three):
    grade(three)
    (three.path("autograded", "L-A", "valves") / "valves.ipynb").unlink()
    assert statuses(grade(three).lines)["L-A"] == "graded"


def test_the_machines_trouble_is_nobodys_zero_and_is_tried_again(three, monkeypatch):
    def no_python(*_: object) -> Verdict:
        return Verdict("valves", "", "", "", (), trouble="The Python kernel did not start: no space")

    with monkeypatch.context() as patch:
        patch.setattr(grading, "grade_one", no_python)
        run = grade(three)
    assert set(statuses(run.lines).values()) == {"failed"}
    assert scores(three) == {}
    assert set(statuses(grade(three).lines).values()) == {"graded"}


def test_a_book_that_refuses_stops_the_run_and_keeps_what_is_done(three, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise BookError("The gradebook cannot be written", cure="Make it writable")

    with monkeypatch.context() as patch:
        patch.setattr(Book, "write", refuse)
        with pytest.raises(BookError):
            grade(three)
    kept = [learner for learner in ("L-A", "L-B", "L-C") if read_verdict(three, "valves", learner) is not None]
    assert kept
    after = statuses(grade(three).lines)
    assert {learner for learner, status in after.items() if status == "written"} == set(kept)
    assert {learner for learner, status in after.items() if status == "graded"} == after.keys() - set(kept)


def test_two_graders_at_once_leave_one_book(three):
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: grade(three, force=True), range(2)))
    assert scores(three) == {"L-A": 10.0, "L-B": 7.0, "L-C": 0.0}
    assert len(read_frames(three).grades) == 3 * 4
    assert set(statuses(grade(three).lines).values()) == {"unchanged"}


class TestSubmitNow:
    @pytest.fixture
    def here(self, released, monkeypatch) -> Course:
        monkeypatch.setenv("TECHSELL_COURSE", str(released.home))
        return released

    def test_a_hand_in_is_graded_at_once_with_its_page(self, here, exercise, good):
        wrong = {**good, "double_answer": "def double(x):\n    return abs(2 * x)"}
        result = submit_now(exercise.submission(exercise.answered(wrong)), "L-7F3K2Q")
        assert {key: result[key] for key in ("module", "learner", "graded", "score", "max", "waiting")} == {
            "module": "valves",
            "learner": "L-7F3K2Q",
            "graded": True,
            "score": 7.0,
            "max": 15.0,
            "waiting": ["plan"],
        }
        tasks = {task["id"]: task for task in result["tasks"]}
        assert [(task["kind"], task["points"], task["max"]) for task in tasks.values()] == [
            ("code", 2.0, 5.0),
            ("code", 5.0, 5.0),
            ("work_sample", None, 5.0),
        ]
        hidden = tasks["double"]["checks"][1]
        assert hidden["passed"] is False
        assert hidden["misconception"] == "forgets negative flow"
        assert "runs backwards" in hidden["message"]
        assert "runs backwards" in (here.path("feedback", "L-7F3K2Q", "valves") / "valves.html").read_text()
        assert json.loads(json.dumps(result)) == result
        assert scores(here) == {"L-7F3K2Q": 7.0}

    def test_whose_it_is_is_told_by_the_caller_not_by_the_file(self, here, exercise):
        submit_now(exercise.submission(exercise.answered()), "L-REAL22")
        assert list(scores(here)) == ["L-REAL22"]

    def test_handing_in_again_counts_and_keeps_the_first(self, here, exercise):
        submit_now(exercise.submission(exercise.released()), "L-1")
        result = submit_now(exercise.submission(exercise.answered()), "L-1")
        assert result["score"] == 10.0
        assert len(list((here.path("submitted", "L-1", "valves").parent / ".originals" / "valves").glob("*.zip"))) == 2

    def test_a_hand_in_for_no_module_is_refused(self, here, exercise):
        from techsell_grading.grader import pack

        with pytest.raises(HandInError, match=r"no module.*'techsell submit MODULE'"):
            submit_now(pack({"hand_in.json": b'{"module": "pumps"}'}), "L-1")
        with pytest.raises(HandInError, match="names no module"):
            submit_now(b"junk", "L-1")

    def test_a_machine_that_cannot_run_python_says_so(self, here, exercise, monkeypatch):
        monkeypatch.setattr(
            grading, "grade_one", lambda *_: Verdict("valves", "", "", "", (), trouble="The kernel did not start")
        )
        with pytest.raises(ReleaseFailed, match=r"did not start.*nothing is lost"):
            submit_now(exercise.submission(exercise.answered()), "L-1")


def test_the_unit_of_work_can_be_sent_to_another_process(exercise):
    """Spawned processes and a Dask cluster get the function by name and its arguments as bytes."""
    import pickle

    call = pickle.loads(pickle.dumps((grade_one, exercise.submission(exercise.released()), exercise.source)))  # noqa: S301
    assert call[0] is grade_one
    verdict = call[0](*call[1:])
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301
