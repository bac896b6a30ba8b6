"""Are the tests that nbgrader writes itself (AUTOTEST) graded as they were released, and made once?"""

from __future__ import annotations

import json
import shutil

import pytest

from techsell.errors import ReleaseFailed
from techsell_grading import prepared, sources
from techsell_grading.course import Course
from techsell_grading.grader import Limits
from techsell_grading.grader.cells import Cell, read
from techsell_grading.grader.source import open_source, public
from techsell_grading.release import fingerprint, in_step
from techsell_grading.sources import pack_source

MODULE = "autotest_hidden"


@pytest.fixture
def course(graded, tmp_path) -> Course:
    """A copy of the course that has been released and graded."""
    shutil.copytree(graded["plain"].home, tmp_path / "course", ignore=shutil.ignore_patterns("submitted"))
    return Course.open(tmp_path / "course")


@pytest.fixture
def no_nbgrader(monkeypatch):
    """Nobody may ask nbgrader."""

    def asked(course, module):
        raise AssertionError("nbgrader was asked")

    monkeypatch.setattr(sources, "prepare_apart", asked)


def graded_cells(data: bytes) -> list[Cell]:
    cells = next(iter(open_source(data, Limits()).notebooks.values()))
    return [cell for cell in cells if cell.is_("grade")]


@pytest.mark.usefixtures("no_nbgrader")
def test_grading_uses_the_tests_that_were_released(course):
    test = graded_cells(pack_source(course, MODULE))[0]
    assert 'assert str(a) == "5"' in test.source
    assert "AUTOTEST" not in test.source
    path = course.path("release", module=MODULE) / "p1.ipynb"
    released, _ = read(path.read_bytes(), 1 << 20)
    assert next(cell for cell in released if cell.is_("grade")).source == public(test, open_source(
        pack_source(course, MODULE), Limits()
    ).markers)  # fmt: skip
    assert pack_source(course, MODULE) == pack_source(course, MODULE)


def test_hidden_tests_do_not_lie_where_learners_get_their_release(course):
    for path in course.path("release").rglob("*"):
        assert not path.is_file() or b'str(a) == \\"5\\"' not in path.read_bytes() or path.parent.name != MODULE
        assert path.suffix != ".zip"


def changed_templates(course: Course) -> None:
    path = course.root / "autotests.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("Success!", "Well done!"), encoding="utf-8")


def test_with_other_templates_it_is_released_again_before_anything_is_graded(course):
    before = fingerprint(course, MODULE), fingerprint(course, "unchanged")
    assert in_step(course, MODULE)
    changed_templates(course)
    assert not in_step(course, MODULE)
    assert in_step(course, "unchanged")
    assert fingerprint(course, MODULE) != before[0]
    assert fingerprint(course, "unchanged") == before[1]


@pytest.mark.slow
def test_other_templates_make_other_tests(course):
    changed_templates(course)
    assert "Well done!" in graded_cells(pack_source(course, MODULE))[0].source
    kept = list((course.root / "autograded" / ".techsell" / "prepared").glob(f"{MODULE}.*"))
    assert len(kept) == 1, "the old ones are gone"


def test_what_was_not_kept_is_no_exercise(course, monkeypatch):
    """Without them the tests would be comments, and everybody would pass."""
    shutil.rmtree(course.root / "autograded" / ".techsell" / "prepared")
    monkeypatch.setattr(sources, "prepare_apart", lambda course, module: None)
    with pytest.raises(ReleaseFailed, match="was not kept"):
        pack_source(course, MODULE)


@pytest.mark.usefixtures("no_nbgrader")
def test_without_templates_there_is_a_clear_word(course):
    (course.root / "autotests.yml").unlink()
    with pytest.raises(ReleaseFailed, match=r"no autotests\.yml"):
        pack_source(course, MODULE)


def test_only_code_cells_count(course):
    def said(kind: str, source: object) -> dict[str, bytes]:
        return {"p.ipynb": json.dumps({"cells": [{"cell_type": kind, "source": source}]}).encode()}

    assert prepared.takes_additions(course, said("code", ["x\n", "### AUTOTEST x"]))
    assert not prepared.takes_additions(course, said("markdown", "Nothing here is an AUTOTEST."))
    assert not prepared.takes_additions(course, {"p.ipynb": b"{"})
    assert not prepared.takes_additions(course, {"folder/p.ipynb": said("code", "# AUTOTEST x")["p.ipynb"]})


def test_a_header_counts_too(course):
    config = course.home / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "c.IncludeHeaderFooter.header = 'header.ipynb'\n")
    assert prepared.takes_additions(Course.open(course.home), {})
    assert not prepared.takes_additions(course, {})


@pytest.mark.slow
def test_a_header_and_a_footer_are_graded_with_the_notebook(course):
    header = {"cells": [{"cell_type": "markdown", "id": "above", "metadata": {}, "source": "Above"}], "metadata": {}}
    text = json.dumps({**header, "nbformat": 4, "nbformat_minor": 5})
    (course.root / "header.ipynb").write_text(text, encoding="utf-8")
    config = course.home / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "c.IncludeHeaderFooter.header = 'header.ipynb'\n")
    cells = next(iter(open_source(pack_source(Course.open(course.home), "unchanged"), Limits()).notebooks.values()))
    assert cells[0].source == "Above"
    assert len(cells) > 5
