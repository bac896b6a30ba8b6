"""From the files of a graded course to its pages, without a grader: the records are laid down by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from techsell_grading import feedback as pages
from techsell_grading.course import Course
from techsell_grading.grade import grade
from techsell_grading.gradebook import Book
from techsell_grading.records import store

MODULE = "valves"
ADDED = "print('a cell of mine')"


@pytest.fixture
def graded(released, new_paper, out, exercise):
    """`graded("L-1", "return 7")`: somebody whose answer to `double` says that, as the grader leaves it."""

    def one(course: Course, learner: str, line: str = "return x + x") -> None:
        course.path("submitted", learner, MODULE).mkdir(parents=True)
        (course.path("submitted", learner, MODULE) / "timestamp.txt").write_text("2026-03-02 09:00:00 UTC")
        paper = new_paper()
        paper.own("import math").own(ADDED, out["stream"](f"from {learner}"))
        paper.answer(f"def double(x):\n    {line}")
        paper.test("double").test("double__forgets_negative_flow", "Called double(-1): 7 came back; wanted more. Ask.")
        verdict = replace(paper.verdict(), module=MODULE, learner=learner, autograded=((MODULE, paper.notebook()),))
        with ThreadPoolExecutor(2) as pool:
            store(course, [verdict], pool)
        with Book(course) as book:
            book.write(verdict)

    return one


def test_everybody_gets_their_own_cells_and_nobody_elses(released, graded, reader):
    for number in range(5):
        graded(released, f"L-{number}", f"return {1000 + number}")
    made = pages.feedback(released)
    assert [page.learner for page in made] == [f"L-{number}" for number in range(5)]
    for number, page in enumerate(made):
        read = reader(page.path.read_text(encoding="utf-8"))
        assert read.wrong == []
        assert [other for other in range(5) if str(1000 + other) in read.said or f"from L-{other}" in read.said] == [
            number
        ]
        assert "2026-03-02 09:00 UTC" in read.said
        assert "a cell of mine" in read.said
        assert "import math" not in read.said, "that cell is the exercise's own"


def test_one_page_at_once_is_the_page_of_the_whole_class(released, graded):
    graded(released, "L-1")
    (page,) = pages.feedback(released)
    together = page.path.read_text(encoding="utf-8")
    with Book(released) as book:
        result = pages.write_page(released, book, MODULE, "L-1")
    assert result["page"] == str(page.path)
    assert page.path.read_text(encoding="utf-8").partition("<footer>")[0] == together.partition("<footer>")[0]


def test_what_waits_for_the_disk_is_bounded(released, graded, monkeypatch):
    waiting: list[int] = []
    really = pages.written_together
    monkeypatch.setattr(
        pages, "written_together", lambda files, pool: waiting.append(len(files)) or really(files, pool)
    )
    monkeypatch.setattr(pages, "_TOGETHER_BYTES", 30_000)
    for number in range(5):
        graded(released, f"L-{number}")
    assert len(pages.feedback(released)) == 5
    assert sum(waiting) == 5
    assert max(waiting) < 5


@pytest.mark.parametrize("fault", ["large", "damaged", "exercise"])
def test_a_file_that_cannot_be_used_costs_no_verdict(released, graded, monkeypatch, reader, fault):
    graded(released, "L-1")
    if fault == "large":
        monkeypatch.setattr(pages, "_LARGEST_NOTEBOOK", 10)
    elif fault == "damaged":
        (released.path("autograded", "L-1", MODULE) / f"{MODULE}.ipynb").write_bytes(b"\xff\xfe{]")
    else:
        (released.path("source", module=MODULE) / f"{MODULE}.ipynb").write_text("no notebook")
    (page,) = pages.feedback(released)
    read = reader(page.path.read_text(encoding="utf-8"))
    assert read.wrong == []
    assert "Wrong idea: forgets negative flow" in read.said
    assert ("def double" in read.said) is (fault == "exercise")
    assert "import math" not in read.said


def test_a_hand_in_that_cannot_be_read_at_all_has_its_page_under_its_own_name(released, reader):
    """The folder says whose it is, where the hand-in itself says nothing any more."""
    place = released.path("submitted", "L-MANY22", MODULE)
    place.mkdir(parents=True)
    for number in range(501):
        (place / f"{number}.txt").touch()
    with ThreadPoolExecutor(1) as here:
        (line,) = grade(released, executor=here).lines
    assert (line.learner, line.status, line.score) == ("L-MANY22", "graded", 0.0)
    (page,) = pages.feedback(released)
    read = reader(page.path.read_text(encoding="utf-8"))
    assert page.learner == "L-MANY22"
    assert "files; 500 are allowed" in read.said
    assert "This cell is not in what you handed in." in read.said
