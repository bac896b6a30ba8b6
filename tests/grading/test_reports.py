"""Do the report's figures follow from the book, and do the pages work for everybody?"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.competencies import Competency, Framework, Item
from techsell_grading.course import Course
from techsell_grading.feedback import feedback
from techsell_grading.gradebook import Book, Rows
from techsell_grading.grader import Check, Verdict
from techsell_grading.pages import number
from techsell_grading.reports import evidence, frames, views
from techsell_grading.reports.site import write_report
from techsell_grading.result import Catalogue

MODULE = "discovery_conversation"
AT = datetime(2026, 3, 2, 9, 30)
CELLS = (("m", "m", "a", 2.0), ("m", "m", "a__slip", 3.0), ("m", "m", "plan", 5.0), ("m", "m", "roleplay_call", 10.0))


def grade(learner: str, cell: str, auto: float | None, manual: float | None = None, extra: float | None = None) -> Any:
    most = next(row[3] for row in CELLS if row[2] == cell)
    return ("m", learner, "m", cell, auto, manual, extra, auto is None and manual is None, most)


def rows(*grades: Any, penalty: float = 0.0) -> Rows:
    learners = tuple(dict.fromkeys(row[1] for row in grades))
    return Rows(learners, CELLS, tuple(("m", name, AT, penalty) for name in learners), tuple(grades))


def framework() -> Framework:
    items = [
        Item("m/a", "Task a", "code", {"C1": 0.5, "C2": 0.5}),
        Item("m/plan", "The plan", "work_sample", {"C1": 1.0}),
        Item("m/roleplay_call", "The call", "role_play", {"C1": 1.0}),
        Item("call/R1", "Listened", "rubric", {"C2": 1.0}),
        Item("call/R2", "Asked", "rubric", {"C1": 1.0}),
    ]
    return Framework((Competency("C1", "Listening"), Competency("C2", "Asking")), {item.id: item for item in items})


def line(name: str, points: float, most: int, *turns: int) -> dict[str, Any]:
    percent = round(100 * points / most)
    return {"id": name, "title": name, "percent": percent, "points": points, "max": most, "turns": list(turns)} | {
        "why": "",
        "advice": "",
    }


def call(*lines: dict[str, Any]) -> Verdict:
    check = Check("m", "roleplay_call", "role_play", 5.0, 10.0, False, "", tuple(lines))
    return Verdict("m", "L-1", "", "", (check,))


class TestTables:
    def test_an_empty_book_gives_empty_tables(self, course):
        tables = frames.read(course)
        assert [len(table) for table in (tables.learners, tables.cells, tables.submissions, tables.grades)] == [0] * 4
        assert not Book.exists(course)

    def test_a_persons_mark_counts_before_the_machines_and_lateness_costs(self):
        tables = frames.build(
            rows(grade("L-1", "a", 1.0), grade("L-1", "a__slip", 3.0, 2.0), grade("L-1", "plan", None, 4.0, 0.5))
        )
        assert list(tables.grades["points"]) == [1.0, 2.0, 4.5]
        assert tables.submissions.loc[0, "score"] == 7.5
        late = frames.build(rows(grade("L-1", "a", 2.0), penalty=5.0))
        assert late.submissions.loc[0, "score"] == 0.0

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["L-1", "L-2", "L-3"]),
                st.sampled_from([row[2] for row in CELLS]),
                st.none() | st.floats(0, 10),
                st.none() | st.floats(0, 10),
            ),
            unique_by=lambda one: one[:2],
            max_size=12,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_every_total_is_the_sum_of_its_grades(self, given_grades):
        tables = frames.build(rows(*(grade(*one) for one in given_grades)))
        for row in frames.records(tables.submissions):
            mine = [one for one in given_grades if one[0] == row.learner]
            expected = sum((manual if manual is not None else auto or 0.0) for _, _, auto, manual in mine)
            assert row.score == pytest.approx(expected)
            assert row.waiting == sum(auto is None and manual is None for _, _, auto, manual in mine)


class TestEvidence:
    def found(self, verdict: Verdict | None, *grades: Any) -> tuple[evidence.Evidence, ...]:
        verdicts = {("m", "L-1"): verdict} if verdict else {}
        return evidence.evidence(frames.build(rows(*grades)), verdicts, framework())

    def test_a_task_is_evidence_with_all_its_checks(self):
        (one,) = self.found(None, grade("L-1", "a", 2.0), grade("L-1", "a__slip", 0.0))
        assert (one.item, one.points, one.max) == ("m/a", 2.0, 5.0)

    def test_what_waits_for_a_person_is_no_evidence(self):
        assert self.found(None, grade("L-1", "plan", None)) == ()

    def test_a_role_play_counts_by_its_lines_scaled_to_its_task(self):
        found = self.found(call(line("R1", 30, 60, 2, 4), line("R2", 40, 40)), grade("L-1", "roleplay_call", 7.0))
        assert [(one.item, one.points, one.max, one.turns) for one in found] == [
            ("call/R1", 3.0, 6.0, (2, 4)),
            ("call/R2", 4.0, 4.0, ()),
        ]

    def test_a_role_play_that_a_person_marked_counts_by_that_mark(self):
        (one,) = self.found(call(line("R1", 0, 100)), grade("L-1", "roleplay_call", 0.0, 8.0))
        assert (one.item, one.points) == ("m/roleplay_call", 8.0)

    def test_a_competency_is_the_weighted_share_with_its_number_of_results(self):
        found = self.found(
            call(line("R1", 30, 60), line("R2", 40, 40)),
            grade("L-1", "a", 2.0),
            grade("L-1", "a__slip", 0.0),
            grade("L-1", "roleplay_call", 7.0),
        )
        table = evidence.competencies(found, framework()).set_index("competency")
        assert table.loc["C1", "percent"] == pytest.approx(100 * (0.5 * 2 + 4) / (0.5 * 5 + 4))
        assert table.loc["C2", "percent"] == pytest.approx(100 * (0.5 * 2 + 3) / (0.5 * 5 + 6))
        assert list(table["n"]) == [2, 2]

    def test_no_evidence_gives_an_empty_table(self):
        assert len(evidence.competencies((), framework())) == 0


class TestViews:
    def sources(self, tables: frames.Frames, verdict: Verdict | None = None) -> views.Sources:
        verdicts = {("m", "L-1"): verdict} if verdict else {}
        return views.Sources(tables, verdicts, framework(), Catalogue({}), ["m"])

    def test_completed_means_handed_in_with_nothing_left_to_mark(self):
        view = views.index(self.sources(frames.build(rows(grade("L-1", "plan", 5.0), grade("L-2", "plan", None)))))
        assert (view["completed"], view["learners"], view["handed_in"]) == (1, 2, 2)
        assert [(one["learner"], one["task"], one["since"]) for one in view["waiting"]] == [
            ("L-2", "Plan", "2026-03-02")
        ]

    def test_too_little_evidence_shows_no_figure(self):
        view = views.index(self.sources(frames.build(rows(grade("L-1", "plan", None, 5.0)))))
        (row,) = view["levels"]
        assert [cell["text"] for cell in row["cells"]] == ["too little", "–"]

    def test_somebody_without_a_hand_in_has_dashes_not_zeros(self):
        built = frames.build(Rows(("L-9",), CELLS, (), ()))
        (row,) = views.index(self.sources(built))["rows"]
        assert {cell["text"] for cell in row["cells"]} == {"–"}
        assert row["total"] == "–"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (12.0, "12"), (12.5, "12.5"), (12.345, "12.35"), (10.0, "10"), (-0.0, "0")]
)
def test_points_are_written_as_people_write_them(value, text):
    assert number(value).removeprefix("-") == text


@pytest.fixture(scope="module")
def site(graded, tmp_path_factory) -> Path:
    return write_report(graded.course, tmp_path_factory.mktemp("report") / "site").index


class TestSite:
    def test_every_learner_stands_there_with_every_task_and_competency(self, site, graded):
        page = site.read_text(encoding="utf-8")
        for wanted in ("L-REFER2", "L-STUBS2", "The next move", "Role-play: Cobalt Ridge", "Discovery and listening"):
            assert wanted in page
        assert "in simulation" in page
        assert "2 of 5" in page, "three plans wait for a person"
        assert page.count(">waits<") == 3

    def test_totals_on_the_page_are_those_of_the_book(self, site, graded):
        page = site.read_text(encoding="utf-8")
        for row in frames.records(frames.read(graded.course).submissions):
            assert re.search(rf"{row.learner}</a>.*?<td>{re.escape(number(row.score))} of 100</td>", page, re.DOTALL)

    def test_links_lead_to_pages(self, site):
        for link in re.findall(r'href="([^"]+)"', site.read_text(encoding="utf-8")):
            assert (site.parent / link).is_file()

    def test_nothing_that_was_typed_is_in_the_report(self, site, graded):
        """Neither answers nor what came back from them: names of wrong ideas and turns only."""
        verdict = json.loads(
            (graded.course.path("autograded", "L-WRONG2", MODULE) / "verdict.json").read_text(encoding="utf-8")
        )
        said = [check["message"] for check in verdict["checks"] if check["message"]]
        assert said
        for page in site.parent.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert not [message for message in said if message in text]
            assert "Pulp maker" not in text
            assert "SyntaxError" not in text
        assert "pitches too early" in (site.parent / "learners" / "L-WRONG2.html").read_text(encoding="utf-8")

    def test_the_pages_need_no_script_and_no_network(self, site):
        for page in site.parent.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert "<script" not in text
            assert "http" not in text.replace("http-equiv", "")

    def test_an_empty_course_says_what_to_do(self, course, tmp_path):
        report = write_report(course, tmp_path / "out")
        assert (report.learners, report.submissions) == (0, 0)
        assert "techsell release" in report.index.read_text(encoding="utf-8")
        assert not Book.exists(course)

    def test_a_released_course_without_hand_ins_says_what_to_do(self, released, tmp_path):
        page = write_report(released, tmp_path / "out").index.read_text(encoding="utf-8")
        assert "Nobody has handed in yet" in page
        assert "techsell collect" in page

    def test_pages_of_learners_who_are_gone_are_removed(self, released, tmp_path):
        out = tmp_path / "out"
        (out / "learners").mkdir(parents=True)
        (out / "learners" / "L-GONE22.html").write_text("old")
        (out / "learners" / "notes.txt").write_text("not ours")
        write_report(released, out)
        assert [path.name for path in (out / "learners").iterdir()] == ["notes.txt"]

    def test_an_unusual_id_cannot_leave_the_folder_or_the_page(self, released, tmp_path, exercise):
        from dataclasses import replace

        name = "<b>Ann & Bob</b>/../../x"
        with Book(released) as book:
            book.write(replace(exercise.grade(None), learner=name))
        report = write_report(released, tmp_path / "out")
        (page,) = (report.index.parent / "learners").iterdir()
        assert re.fullmatch(r"id-[0-9a-f]{16}\.html", page.name)
        assert "<b>Ann" not in report.index.read_text(encoding="utf-8")
        assert "&lt;b&gt;Ann &amp; Bob" in report.index.read_text(encoding="utf-8")


class TestLooks:
    """In a real browser: axe, no sideways scrolling of the page, print."""

    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, site, graded) -> dict[str, Path]:
        own: Course = graded.course
        written = {page.learner: page.path for page in feedback(own)}
        return {
            "report": site,
            "learner": site.parent / "learners" / "L-WRONG2.html",
            "feedback": written["L-WRONG2"],
            "feedback of nothing": written["L-STUBS2"],
        }

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("name", ["report", "learner", "feedback", "feedback of nothing"])
    def test_axe_finds_nothing(self, browser, pages, name, scheme):
        axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install -e '.[test]'")
        page = browser.new_page(color_scheme=scheme)
        try:
            page.goto(pages[name].as_uri())
            found = axe.Axe().run(page).response["violations"]
            assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []
        finally:
            page.close()

    @pytest.mark.parametrize("width", [1280, 800, 360])
    @pytest.mark.parametrize("name", ["report", "learner", "feedback"])
    def test_no_page_scrolls_sideways(self, browser, pages, name, width):
        page = browser.new_page(viewport={"width": width, "height": 800})
        try:
            page.goto(pages[name].as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        finally:
            page.close()

    def test_print_is_black_on_white_also_for_dark_screens(self, browser, pages):
        page = browser.new_page(color_scheme="dark")
        try:
            page.emulate_media(media="print", color_scheme="dark")
            page.goto(pages["feedback"].as_uri())
            colours = page.evaluate(
                "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
            )
            assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        finally:
            page.close()
