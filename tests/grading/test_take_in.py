"""Is every hand-in kept byte for byte, and the newest one laid out?"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from techsell.errors import GradingError, HandInError, UsageError
from techsell_grading.course import Course
from techsell_grading.grader import Limits, grade_one, pack
from techsell_grading.submissions import handed_in_at, pack_source, read_submission, settle
from techsell_grading.take_in import collect, take_in

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def hand_in(
    text: str, learner: str = "L-7F3K2Q", at: datetime = MONDAY, module: str = "valves", **more: bytes
) -> bytes:
    about = {"schema": 1, "module": module, "learner": learner, "made_at": at.isoformat(), "files": {}}
    return pack({f"{module}.ipynb": text.encode(), "hand_in.json": json.dumps(about).encode(), **more})


def put_in(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.zip").write_bytes(data)
    return folder


def laid_out(course: Course, learner: str = "L-7F3K2Q") -> str:
    return (course.path("submitted", learner, "valves") / "valves.ipynb").read_text(encoding="utf-8")


def originals(course: Course, learner: str = "L-7F3K2Q") -> set[bytes]:
    folder = course.path("submitted", learner, "valves").parent / ".originals" / "valves"
    return {path.read_bytes() for path in folder.glob("*.zip")}


def test_a_folder_of_hand_ins_is_taken_in(course, tmp_path):
    inbox = put_in(tmp_path / "in", a=hand_in("one"), b=hand_in("two", "L-AAAAA2"))
    taken = collect(course, [inbox])
    assert [(one.how, one.learner, one.module) for one in taken] == [
        ("new", "L-7F3K2Q", "valves"),
        ("new", "L-AAAAA2", "valves"),
    ]
    assert (laid_out(course), laid_out(course, "L-AAAAA2")) == ("one", "two")
    assert course.handed_in("valves") == ("L-7F3K2Q", "L-AAAAA2")
    assert handed_in_at(course, "valves", "L-7F3K2Q") == (MONDAY.replace(tzinfo=None), "")


def test_the_original_is_kept_byte_for_byte(course, tmp_path):
    data = hand_in("one")
    collect(course, [put_in(tmp_path / "in", a=data)])
    assert originals(course) == {data}


def test_the_newest_counts_whatever_the_order_and_the_older_stays_beside(course, tmp_path):
    old, new = hand_in("old"), hand_in("new", at=MONDAY + timedelta(hours=1))
    taken = collect(course, [put_in(tmp_path / "in", a=new, b=old)])
    assert [one.how for one in taken] == ["new", "older"]
    assert laid_out(course) == "new"
    assert originals(course) == {old, new}
    newest = hand_in("newest", at=MONDAY + timedelta(hours=2))
    collect(course, [put_in(tmp_path / "next", a=newest)])
    assert laid_out(course) == "newest"
    assert len(originals(course)) == 3


def test_taking_in_the_same_file_again_changes_nothing(course, tmp_path):
    inbox = put_in(tmp_path / "in", a=hand_in("one"))
    collect(course, [inbox])
    before = (course.path("submitted", "L-7F3K2Q", "valves") / "timestamp.txt").stat().st_mtime_ns
    assert [one.how for one in collect(course, [inbox])] == ["known"]
    assert (course.path("submitted", "L-7F3K2Q", "valves") / "timestamp.txt").stat().st_mtime_ns == before


def test_a_hand_in_from_the_future_is_from_now(course, tmp_path):
    collect(course, [put_in(tmp_path / "in", a=hand_in("one", at=datetime.now(UTC) + timedelta(days=400)))])
    at, _ = handed_in_at(course, "valves", "L-7F3K2Q")
    assert at is not None
    assert at <= datetime.now(UTC).replace(tzinfo=None)


def test_a_damaged_file_is_assigned_by_its_name_and_scored_with_the_reason(course, tmp_path, exercise):
    damaged = hand_in("one")[:-30]
    folder = put_in(tmp_path / "in", **{"valves-L-7F3K2Q": damaged})
    assert [one.how for one in collect(course, [folder])] == ["new"]
    assert originals(course) == {damaged}
    found = read_submission(course, "valves", "L-7F3K2Q", Limits())
    verdict = grade_one(found.data, exercise.source)
    assert verdict.score == 0
    assert verdict.learner == "L-7F3K2Q"
    assert "cut short" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a zip", "names no module"),
        (hand_in("x", module="pumps"), "names no module"),
        (hand_in("x", learner="../../etc"), "does not say whose"),
        (hand_in("x", learner=""), "does not say whose"),
    ],
    ids=["no zip", "other module", "path for a learner", "no learner"],
)
def test_a_file_that_belongs_to_nobody_stays_and_is_reported(course, tmp_path, data, said):
    folder = put_in(tmp_path / "in", a=data)
    (taken,) = collect(course, [folder])
    assert taken.how == "refused"
    assert said in taken.said
    assert (folder / "a.zip").read_bytes() == data
    assert not course.path("submitted").exists() or not course.handed_in("valves")


def test_a_file_that_is_too_large_or_a_link_is_not_read(course, tmp_path, monkeypatch):
    monkeypatch.setattr("techsell_grading.take_in.LARGEST", 10)
    folder = put_in(tmp_path / "in", a=hand_in("one"))
    (folder / "b.zip").symlink_to(folder / "a.zip")
    assert [one.how for one in collect(course, [folder])] == ["refused", "refused"]


def test_a_path_that_does_not_exist_is_a_wrong_usage(course, tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        collect(course, [tmp_path / "nothing"])


def test_an_id_that_could_leave_the_folder_is_refused(course):
    for learner, module in (("..", "valves"), ("a/b", "valves"), ("L-1", "../valves"), ("", "valves")):
        with pytest.raises(HandInError, match="cannot be filed"):
            take_in(course, hand_in("x"), learner, module, MONDAY)


def test_a_timestamp_inside_the_hand_in_is_not_believed(course):
    data = hand_in("one", **{"timestamp.txt": b"1999-01-01 00:00:00 UTC"})
    take_in(course, data, "L-7F3K2Q", "valves", MONDAY)
    assert handed_in_at(course, "valves", "L-7F3K2Q")[0] == MONDAY.replace(tzinfo=None)


def test_what_could_not_be_unpacked_is_told_to_the_trainer(course, exercise):
    data = hand_in(json.dumps(exercise.answered()), **{"../escape.txt": b"x"})
    take_in(course, data, "L-7F3K2Q", "valves", MONDAY)
    verdict = grade_one(read_submission(course, "valves", "L-7F3K2Q", Limits()).data, exercise.source)
    assert verdict.score == 10
    assert any("escape.txt" in note for note in verdict.notes)


@pytest.mark.parametrize("name", ["a/b", "x" * 300, "/".join("x" * 20), ".", "con:", "\u00e4" * 150])
def test_a_name_that_no_folder_can_hold_costs_only_its_own_file(course, exercise, name):
    data = hand_in(json.dumps(exercise.answered()), **{name: b"x", "a": b"y"})
    take_in(course, data, "L-7F3K2Q", "valves", MONDAY)
    assert (course.path("submitted", "L-7F3K2Q", "valves") / "valves.ipynb").is_file()


def test_an_interrupted_change_over_is_finished_later(course):
    take_in(course, hand_in("one"), "L-7F3K2Q", "valves", MONDAY)
    place = course.path("submitted", "L-7F3K2Q", "valves")
    place.rename(place.with_name(".valves.new"))  # the moment between two renames
    assert course.handed_in("valves") == ()
    settle(course, "valves")
    assert laid_out(course) == "one"


def test_a_course_that_cannot_be_written_says_so(course):
    course.path("submitted").write_text("a file where the folder should be")
    with pytest.raises(GradingError, match="cannot be written"):
        take_in(course, hand_in("one"), "L-7F3K2Q", "valves", MONDAY)


class TestAsBytes:
    def test_the_same_folder_gives_the_same_bytes(self, course):
        take_in(course, hand_in("one"), "L-7F3K2Q", "valves", MONDAY)
        first = read_submission(course, "valves", "L-7F3K2Q", Limits())
        second = read_submission(course, "valves", "L-7F3K2Q", Limits())
        assert hashlib.sha256(first.data).digest() == hashlib.sha256(second.data).digest()

    def test_a_trainers_repair_by_hand_is_graded(self, course, exercise):
        take_in(course, hand_in("{"), "L-7F3K2Q", "valves", MONDAY)
        place = course.path("submitted", "L-7F3K2Q", "valves") / "valves.ipynb"
        place.write_text(json.dumps(exercise.answered()), encoding="utf-8")
        found = read_submission(course, "valves", "L-7F3K2Q", Limits())
        assert grade_one(found.data, exercise.source).score == 10

    def test_links_in_a_submission_are_named_and_not_followed(self, course, exercise, tmp_path):
        (tmp_path / "secret.ipynb").write_text(json.dumps(exercise.answered()), encoding="utf-8")
        place = course.path("submitted", "L-1", "valves")
        place.mkdir(parents=True)
        (place / "valves.ipynb").symlink_to(tmp_path / "secret.ipynb")
        verdict = grade_one(read_submission(course, "valves", "L-1", Limits()).data, exercise.source)
        assert verdict.score == 0
        assert any("is a link" in note for note in verdict.notes)

    def test_a_folder_that_is_too_large_is_read_in_part_and_says_so(self, course):
        place = course.path("submitted", "L-1", "valves")
        place.mkdir(parents=True)
        (place / "big.bin").write_bytes(b"0" * 5000)
        verdict = grade_one(
            read_submission(course, "valves", "L-1", Limits(unpacked=1000)).data, pack_source(course, "valves")
        )
        assert any("too large" in note for note in verdict.notes)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-03-02 09:30:00.000000 UTC", datetime(2026, 3, 2, 9, 30)),
            ("2026-03-02 10:30:00 CET", datetime(2026, 3, 2, 9, 30)),
            ("2026-03-02T10:30:00+01:00", datetime(2026, 3, 2, 9, 30)),
            ("", None),
        ],
    )
    def test_a_timestamp_is_read_as_nbgrader_reads_it(self, course, text, expected):
        place = course.path("submitted", "L-1", "valves")
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text(text, encoding="utf-8")
        assert handed_in_at(course, "valves", "L-1") == (expected, "")

    def test_a_broken_timestamp_is_noted_and_the_work_graded(self, course, exercise):
        take_in(course, hand_in(json.dumps(exercise.answered())), "L-1", "valves", MONDAY)
        (course.path("submitted", "L-1", "valves") / "timestamp.txt").write_bytes(b"yester\xffday")
        found = read_submission(course, "valves", "L-1", Limits())
        assert found.at is None
        verdict = grade_one(found.data, exercise.source)
        assert verdict.score == 10
        assert any("timestamp.txt is not a time" in note for note in verdict.notes)
