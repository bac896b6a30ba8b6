"""Worked example, own marks and debrief: can they be used by keyboard, and do they say what they must?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.progress import Store
from techsell.widgets import RolePlay

Show = Callable[..., Any]
Talk = Callable[..., RolePlay]
Make = Callable[..., RolePlay]


@pytest.fixture
def marking(put_on_stage: Show, call: RolePlay, talk: Talk) -> Any:
    """A call of nine turns, over, its marks not given."""
    stage = put_on_stage(talk(call, 9))
    call.end()
    stage.push()
    return stage


@pytest.fixture
def debriefed(marking: Any, call: RolePlay) -> Any:
    """The same, marked and with its figures."""
    call.self_score({line["id"]: 4 for line in call.view["screen"]["rubric"]})
    marking.push()
    marking.settle()
    return marking


def doctored(stage: Any, call: RolePlay, **card: Any) -> str:
    """What the debrief says when the scorecard has these values."""
    view = {**call.view, "scorecard": {**call.view["scorecard"], **card}}
    stage.page.evaluate("(view) => model.receive({ view })", view)
    return str(stage.page.inner_text("#one .ts-debrief"))


# Start


def test_how_to_practise_is_one_stop_and_enter_begins(put_on_stage: Show, make: Make) -> None:
    call = make("saltmarsh")
    stage = put_on_stage(call)
    stage.page.focus("#one input[value=type]")

    stage.page.keyboard.press("ArrowUp")
    stage.page.keyboard.press("ArrowUp")
    assert stage.page.inner_text('#one [data-start="practice"]') == "Watch the example"
    stage.page.keyboard.press("ArrowDown")
    assert stage.page.inner_text('#one [data-start="practice"]') == "Practise"
    stage.press("Enter")

    assert stage.sent() == [{"do": "start", "mode": "practice", "level": "menu"}]
    assert call.view["level"] == "menu"


def test_a_declared_attempt_begins_in_the_field_and_says_what_picking_costs(put_on_stage: Show, call: RolePlay) -> None:
    stage = put_on_stage(call)
    assert "picked lines count 70\u202f%" in stage.page.inner_text("#one .ts-start")

    stage.click('[data-start="declared"]')

    assert call.view["mode"] == "declared"
    assert stage.page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_the_briefing_says_who_may_have_talked(put_on_stage: Show, make: Make, store: Store) -> None:
    for company in ("Saltmarsh Dairies", "Lindqvist Paper"):
        store.append("completed", "x/y", result={"ledger": [{"about": "attack", "company": company}]})

    stage = put_on_stage(make())

    words = stage.page.inner_text("#one .ts-brief")
    assert "may have heard of your call with Lindqvist Paper and Saltmarsh Dairies." in words


# Worked example


def test_the_example_goes_on_with_enter_and_each_line_is_heard_with_its_reason(put_on_stage: Show, make: Make) -> None:
    call = make("saltmarsh")
    stage = put_on_stage(call)
    stage.click("input[value=watch]")
    stage.press("Enter")
    assert stage.focus() == "Next line"

    for _ in range(3):
        stage.press("Enter")

    own = [line for line in call.view["lines"] if line["who"] == "you"]
    assert len(own) == 3
    reasons = stage.page.locator("#one .ts-line-you .ts-comment").all_text_contents()
    assert [reason.removeprefix("Why: ") for reason in reasons] == [line["comment"] for line in own]
    assert stage.page.locator("#one [role=log] .ts-comment").count() == 3
    while not call.view["screen"]["watch"]["over"]:
        stage.press("Enter")
    assert stage.focus() == "Now you"
    stage.press("Enter")
    assert call.view["screen"]["phase"] == "start"
    assert stage.lines() == []


# Own marks


def test_a_line_without_a_mark_is_named_and_gets_the_focus(marking: Any, call: RolePlay) -> None:
    rubric = call.view["screen"]["rubric"]
    marking.page.focus("#one .ts-marks input >> nth=0")
    for _ in rubric[:-1]:
        marking.page.keyboard.press("2")
        marking.page.keyboard.press("Tab")

    marking.click('[data-do="self_score"]')

    assert f"{rubric[-1]['id']} has no mark yet" in marking.page.inner_text("#one .ts-self [role=alert]")
    assert marking.page.evaluate("document.activeElement.type") == "radio"
    assert marking.sent() == []
    marking.page.keyboard.press("4")
    marking.click('[data-do="self_score"]')
    assert marking.sent() == [
        {"do": "self_score", "marks": {**{line["id"]: 2 for line in rubric}, rubric[-1]["id"]: 4}}
    ]
    assert marking.focus() == "After the call"


def test_nothing_of_the_score_is_in_the_page_while_it_is_marked(marking: Any) -> None:
    assert marking.page.locator("#one .ts-total").count() == 0
    assert marking.page.locator("#one .ts-table").count() == 0


def test_skipping_is_asked_about_first(marking: Any, call: RolePlay) -> None:
    marking.click('[data-do="skip"]')
    assert "It takes two minutes." in marking.page.inner_text("#one .ts-self")
    assert marking.focus() == "Back to the marks"
    marking.press("Enter")
    assert marking.page.evaluate("document.activeElement.type") == "radio"

    marking.click('[data-do="skip"]')
    marking.click('[data-do="skip-yes"]')

    assert marking.focus() == "After the call"
    assert marking.page.locator("#one .ts-own").count() == 0


# Debrief


def test_the_debrief_sets_own_marks_beside_the_score(debriefed: Any, call: RolePlay) -> None:
    words = debriefed.page.inner_text("#one .ts-debrief")

    assert f"{call.debrief['own']['error']} points of 100 apart" in words
    assert f"you saw {call.debrief['own']['lean']} more than there was" in words
    cells = debriefed.page.locator("#one .ts-table").first.locator("td:nth-of-type(2)").all_inner_texts()
    assert set(cells) == {"4 of 4"}


def test_each_point_has_its_turn_its_better_line_and_the_answer(debriefed: Any, call: RolePlay) -> None:
    points = call.debrief["points"]
    assert 1 <= len(points) <= 3
    sections = debriefed.page.locator("#one .ts-point")
    assert sections.count() == len(points)

    for section, point in zip(sections.all(), points, strict=True):
        words = section.inner_text()
        for part in (point["observed"], point["why"], point["better"], *(one["text"] for one in point["predicted"])):
            assert part in words
    names = debriefed.page.locator("#one [data-fork]").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    assert names == [f"Try from here, turn {point['turn']}" for point in points]


def test_the_turn_of_a_point_leads_into_the_call(debriefed: Any, call: RolePlay) -> None:
    for index, point in enumerate(call.debrief["points"]):
        debriefed.click(f".ts-point .ts-turn >> nth={index}")

        at = debriefed.page.evaluate("Number(document.activeElement.dataset.turn)")
        assert at == min(point["turn"], call.view["turn"])


def test_try_from_here_leads_into_a_practice_call(debriefed: Any, call: RolePlay) -> None:
    turn = call.debrief["points"][0]["turn"]
    debriefed.page.focus("#one [data-fork] >> nth=0")

    debriefed.press("Enter")

    assert call.view["screen"]["phase"] == "call"
    assert call.view["turn"] == turn - 1
    assert debriefed.lines() == [line["text"] for line in call.view["lines"]]
    assert debriefed.page.is_hidden("#one .ts-debrief")
    assert debriefed.page.evaluate("document.activeElement.closest('.ts-say') !== null")


def test_figures_are_part_of_the_page_and_stand_there_in_words_too(debriefed: Any, call: RolePlay) -> None:
    debriefed.page.wait_for_selector("#one .ts-figures svg")

    assert [figure["id"] for figure in call.figures["items"]]
    assert debriefed.page.locator("#one .ts-figures svg[role=img][aria-label]").count() == len(call.figures["items"])
    for figure in call.figures["items"]:
        assert figure["alt"] in debriefed.page.text_content("#one .ts-figures")


ROWS = """() => [...document.querySelectorAll("#one .ts-table")].map((table) =>
  [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => {
    const box = cell.getBoundingClientRect();
    return { left: box.left, right: box.right, top: box.top, bottom: box.bottom, words: cell.textContent };
  })))"""


def test_points_stand_below_one_another_where_the_widget_is_narrow_and_the_window_is_not(debriefed: Any) -> None:
    """As beside an open file browser. Each row is a list then, with all its words in sight; still a table to hear."""
    page = debriefed.page
    wide = page.evaluate(ROWS)
    assert all(cell["top"] == row[0]["top"] for table in wide for row in table for cell in row)
    assert page.get_by_role("columnheader").first.is_visible()

    page.evaluate("document.getElementById('one').style.width = '360px'")

    box = debriefed.root.bounding_box()
    for before, table in zip(wide, page.evaluate(ROWS), strict=True):
        for row in table:
            name, figure, *_ = row
            assert figure["top"] >= name["bottom"]
            assert all(box["x"] < cell["left"] < cell["right"] < box["x"] + box["width"] for cell in row)
        assert [[cell["words"] for cell in row] for row in table] == [[cell["words"] for cell in row] for row in before]
    reasons = page.locator("#one .ts-reason").evaluate_all("(all) => all.map((one) => one.clientWidth)")
    assert min(reasons) > 300, "as wide as there is room"
    name = page.locator("#one .ts-table tbody tr").first.locator("td").first
    assert "Points" in name.evaluate("(cell) => getComputedStyle(cell, '::before').content")
    assert page.evaluate("document.querySelector('#one .ts-debrief').scrollWidth") < 360
    for role in ("table", "columnheader", "rowheader", "cell"):
        assert page.locator("#one").get_by_role(role).count(), role
    snapshot = page.locator("#one .ts-table").first.aria_snapshot()
    assert 'columnheader "Points"' in snapshot
    assert 'rowheader "R' in snapshot


def test_the_comparison_says_that_it_marks_nothing(debriefed: Any) -> None:
    words = debriefed.page.inner_text("#one .ts-debrief")

    assert "an expert, same customer" in words
    assert "Word share and open or closed questions are no marks." in words


def test_an_uncertain_score_is_an_interval_with_its_turn(debriefed: Any, call: RolePlay) -> None:
    words = doctored(debriefed, call, total=70, low=68, high=74, depends_on=[7], needs_person=True)

    assert "68 to 74, depends on turn 7" in words
    assert "so a person looks at it" in words
    assert debriefed.page.get_attribute("#one .ts-interval button", "aria-label") == "show turn 7"


def test_a_capped_score_says_so(debriefed: Any, call: RolePlay) -> None:
    assert "were picked" not in debriefed.page.inner_text("#one .ts-debrief")

    assert "60\u202f% of your turns were picked" in doctored(debriefed, call, capped=True, picked=60)


def test_a_call_that_is_not_marked_goes_to_its_debrief_at_once(put_on_stage: Show, make: Make, talk: Talk) -> None:
    call = talk(make("first_call"), 3)
    stage = put_on_stage(call)

    call.end()
    stage.push()

    assert call.view["screen"]["phase"] == "over"
    assert stage.page.locator("#one .ts-table").count() == 0
    assert stage.page.inner_text("#one .ts-debrief")
    assert not any(message["do"] == "draw" for message in stage.page.evaluate("model.sent"))


def test_the_end_of_the_call_stays_in_sight_when_the_page_gets_narrow(
    put_on_stage: Show, call: RolePlay, talk: Talk
) -> None:
    stage = put_on_stage(talk(call, 6))
    stage.page.set_viewport_size({"width": 420, "height": 900})

    stage.page.wait_for_function(
        """() => { const log = document.querySelector("#one [role=log]");
        return log.scrollHeight > log.clientHeight + 40
            && log.scrollTop + log.clientHeight >= log.scrollHeight - 4; }"""
    )
    assert stage.page.evaluate("document.querySelector('#one [role=log]').scrollTop > 0")
