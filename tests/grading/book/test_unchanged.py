"""Is unchanged work known without being read, and changed work never mistaken for it?"""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from techsell_grading import desk, footprints, sources, submissions
from techsell_grading import grade as grading
from techsell_grading.course import Course
from techsell_grading.footprints import Known, footprint
from techsell_grading.grade import Run
from techsell_grading.grader import Limits, unpack
from techsell_grading.sources import packed_source
from techsell_grading.submissions import handed_in_at, read_submission

AN_HOUR = 3_600_000_000_000


def grade(course: Course, **options: Any) -> Run:
    with ThreadPoolExecutor(1) as here:
        return grading.grade(course, executor=here, **options)


@pytest.fixture
def later(monkeypatch):
    """The same test an hour later, when no file's times are in doubt."""
    plain = time.time_ns
    monkeypatch.setattr(footprints.time, "time_ns", lambda: plain() + AN_HOUR)


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """Whose hand-ins are read."""
    seen: list[str] = []
    for place in (desk, submissions):
        plain = place.read_submission

        def read(course: Course, module: str, learner: str, limits: Limits, plain: Any = plain) -> Any:
            seen.append(learner)
            return plain(course, module, learner, limits)

        monkeypatch.setattr(place, "read_submission", read)
    return seen


def test_unchanged_work_is_not_read_again(classroom, later, reads):
    course = classroom(5)
    grade(course)
    assert len(reads) == 5
    reads.clear()
    assert {line.status for line in grade(course).lines} == {"unchanged"}
    assert reads == []


def test_changed_work_is_read_and_graded(classroom, later, reads, hand_in):
    course = classroom(5)
    grade(course)
    reads.clear()
    hand_in(course, "L-0002", "Better.")
    run = grade(course)
    assert {line.learner for line in run.lines if line.status == "graded"} == {"L-0002"}
    assert set(reads) == {"L-0002"}


def test_work_that_was_copied_is_read_once_and_not_graded_again(classroom, later, reads, copies, standin):
    """A restored backup has other file numbers and times, and the same bytes."""
    course = classroom(3)
    grade(course)
    moved = copies(course)
    reads.clear()
    assert {line.status for line in grade(moved).lines} == {"unchanged"}
    assert sorted(reads) == ["L-0000", "L-0001", "L-0002"]
    reads.clear()
    grade(moved)
    assert reads == []


def test_what_was_written_a_moment_ago_is_not_trusted(classroom, reads, monkeypatch):
    """A second change within the clock's coarseness has the same times and may have the same size: read it again."""
    course = classroom(1)
    assert not submissions.mark_of(course, "valves", "L-0000").settled
    for _ in range(2):
        grade(course)
        assert reads.pop() == "L-0000"
    plain = time.time_ns
    monkeypatch.setattr(footprints.time, "time_ns", lambda: plain() + AN_HOUR)
    assert submissions.mark_of(course, "valves", "L-0000").settled
    grade(course)
    assert reads.pop() == "L-0000"
    grade(course)
    assert reads == []


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"schema": 99, "digests": {}}', b'{"schema": 1, "digests": {"L-0000": 3}}']
)
def test_losing_what_was_known_costs_reading_and_no_more(classroom, later, reads, damage):
    course = classroom(2)
    grade(course)
    known = course.root / "autograded" / ".techsell" / "valves.json"
    known.write_bytes(damage)
    reads.clear()
    assert {line.status for line in grade(course).lines} == {"unchanged"}
    assert len(reads) == 2
    assert json.loads(known.read_bytes())["digests"].keys() == {"L-0000", "L-0001"}


def test_what_is_known_for_another_hand_in_does_not_make_a_grade_of_it(classroom, later):
    """The digest of the verdict decides, not that the folder was seen before."""
    course = classroom(2)
    grade(course)
    stored = course.path("autograded", "L-0000", "valves") / "verdict.json"
    content = json.loads(stored.read_text(encoding="utf-8"))
    stored.write_text(json.dumps(content | {"submission": "0" * 64}), encoding="utf-8")
    statuses = {line.learner: line.status for line in grade(course).lines}
    assert statuses == {"L-0000": "graded", "L-0001": "unchanged"}


class TestFootprint:
    def test_it_tells_every_change(self, tmp_path):
        (tmp_path / "a").write_text("one")
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "c").write_text("two")
        seen = [footprint(tmp_path).mark]
        (tmp_path / "b" / "c").write_text("three")
        seen.append(footprint(tmp_path).mark)
        (tmp_path / "b" / "c").rename(tmp_path / "b" / "d")
        seen.append(footprint(tmp_path).mark)
        (tmp_path / "a").unlink()
        seen.append(footprint(tmp_path).mark)
        (tmp_path / "a").symlink_to("b")
        seen.append(footprint(tmp_path).mark)
        assert len(set(seen)) == len(seen)
        assert footprint(tmp_path).mark == seen[-1]

    def test_the_same_files_in_other_folders_are_another_footprint(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        (tmp_path / "a" / "x").write_text("one")
        assert footprint(tmp_path / "a", tmp_path / "b") != footprint(tmp_path / "b", tmp_path / "a")

    def test_links_are_not_followed(self, tmp_path):
        (tmp_path / "loop").symlink_to(tmp_path)
        assert [entry.parts for entry in footprints.entries(tmp_path)] == [("loop",)]

    def test_a_folder_that_is_not_there_is_empty(self, tmp_path):
        assert footprint(tmp_path / "none").mark == footprint(tmp_path / "neither").mark

    def test_an_unwritable_place_is_no_reason_to_stop(self, tmp_path):
        (tmp_path / "file").write_text("")
        known = Known(tmp_path / "file" / "valves.json")
        known.note("L-1", footprint(tmp_path / "none"), "sha")
        known.save()
        assert known.changed


class TestReading:
    def test_a_hand_in_that_changes_while_it_is_read_is_read_again(self, classroom, hand_in, monkeypatch):
        course = classroom(1)
        plain = Path.read_bytes
        changed: list[int] = []

        def restless(self: Path) -> bytes:
            data = plain(self)
            if self.name == "valves.ipynb" and not changed:
                changed.append(1)
                hand_in(course, "L-0000", "Better.")
            return data

        monkeypatch.setattr(Path, "read_bytes", restless)
        submission = read_submission(course, "valves", "L-0000", Limits())
        assert b"Better." in unpack.unpack(submission.data, Limits()).files["valves.ipynb"]
        assert submission.mark == submissions.mark_of(course, "valves", "L-0000")

    def test_a_hand_in_that_is_being_changed_over_is_found(self, classroom):
        """`take_in` moves the old one aside and the new one in: between the two there is nothing at the place."""
        course = classroom(1)
        place = course.path("submitted", "L-0000", "valves")
        place.rename(place.with_name(".valves.new"))
        submission = read_submission(course, "valves", "L-0000", Limits())
        assert "valves.ipynb" in unpack.unpack(submission.data, Limits()).files

    def test_the_digest_does_not_depend_on_how_well_this_machine_compresses(self, classroom):
        course = classroom(1)
        submission = read_submission(course, "valves", "L-0000", Limits())
        assert submission.data == read_submission(course, "valves", "L-0000", Limits()).data
        assert b"I am L-0000." in submission.data

    @pytest.mark.parametrize(
        "words",
        [
            "2015-02-02 15:58:23.948203 UTC",
            "2015-02-02 15:58:23.948203 America/Los_Angeles",
            "2015-02-02 15:58:23 PST",
            "2015-02-02 15:58:23 -0800",
            "2015-02-02 15:58:23 Nowhere/Land",
            "2015-02-02T15:58:23+01:00",
            "2015-02-02",
            "Monday, 2 February 2015",
            "1 2 3",
            "99999999999999",
            "soon",
        ],
    )
    def test_times_are_read_as_nbgrader_reads_them(self, classroom, words):
        from nbgrader.utils import parse_utc

        course = classroom(1)
        (course.path("submitted", "L-0000", "valves") / "timestamp.txt").write_text(words, encoding="utf-8")
        try:
            expected: datetime | None = parse_utc(words)
        except (ValueError, OverflowError, TypeError):
            expected = None
        at, trouble = handed_in_at(course, "valves", "L-0000")
        assert at == expected
        assert bool(trouble) == (expected is None)


class TestSource:
    def test_it_is_packed_once_for_as_long_as_nothing_changes(self, released, later, monkeypatch):
        packed: list[str] = []
        plain = sources.pack_source
        monkeypatch.setattr(
            sources, "pack_source", lambda course, module: (packed.append(module), plain(course, module))[1]
        )
        first = packed_source(released, "valves")
        assert packed_source(Course.open(released.home), "valves") is first
        assert packed == ["valves"]
        notebook = released.path("source", module="valves") / "valves.ipynb"
        notebook.write_bytes(notebook.read_bytes() + b" ")
        assert packed_source(released, "valves").sha != first.sha
        assert packed == ["valves", "valves"]

    def test_another_configuration_makes_another_source(self, released, later):
        first = packed_source(released, "valves")
        with (released.home / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write("c.ClearSolutions.begin_solution_delimeter = 'ANSWER'\n")
        assert packed_source(Course.open(released.home), "valves").sha != first.sha

    def test_once_for_a_class(self, classroom, monkeypatch):
        packed: list[str] = []
        plain = sources.pack_source
        monkeypatch.setattr(
            sources, "pack_source", lambda course, module: (packed.append(module), plain(course, module))[1]
        )
        grade(classroom(10))
        assert packed == ["valves"]


def test_a_folder_that_nobody_may_read_is_that_learners_trouble_alone(classroom, monkeypatch):
    course = classroom(3)
    plain = Path.read_bytes

    def locked(self: Path) -> bytes:
        if "L-0001" in self.parts:
            raise PermissionError(13, "Permission denied")
        return plain(self)

    monkeypatch.setattr(Path, "read_bytes", locked)
    lines = {line.learner: line for line in grade(course).lines}
    assert (lines["L-0001"].status, lines["L-0000"].status, lines["L-0002"].status) == ("failed", "graded", "graded")
    assert "Permission denied" in lines["L-0001"].unusual[0]
    shutil.rmtree(course.path("submitted", "L-0001", "valves"))
    assert len(grade(course).lines) == 2
