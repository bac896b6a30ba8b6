"""The whole way of one engineer on the real course: home, first call, lesson, customer, exercise, feedback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from techsell.progress import summary
from techsell.syllabus import load
from techsell.workspace import Workspace
from techsell_grading.course import Course

Shot = Callable[[Page, str], Path]

MODULE = "discovery_conversation"


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The checkout's own content, and a course of its own to be graded in."""
    root = tmp_path_factory.mktemp("journey")
    course = Course.create(root / "course")
    return serve(root / "work", TECHSELL_COURSE=str(course.home))


def say(page: Page, call: Locator, key: str) -> None:
    """Press a key and wait until the customer has answered or the call is over."""
    lines = call.get_by_role("log").locator(".ts-line")
    before = lines.count()
    page.keyboard.press(key)
    expect(lines.nth(before + 1).or_(call.get_by_role("heading", name="After the call")).first).to_be_visible()


def is_over(call: Locator) -> bool:
    return call.get_by_role("heading", name="After the call").is_visible()


def answer(page: Page, begins: str, text: str) -> None:
    """Type over an answer cell and run it."""
    cell = page.locator(".jp-CodeCell", has_text=begins).first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")


def go_home(page: Page) -> Locator:
    page.locator("#techsell-home-button button").click()
    home = page.locator("#techsell-home")
    expect(home).to_be_focused()
    return home


@pytest.mark.timeout(600)
def test_from_the_home_to_the_feedback(
    server: Any,
    visit: Callable[..., Any],
    shot: Shot,
    grave: Callable[[Page, str], list[tuple[str, str]]],
    find_call: Callable[[Page, str], Any],
    repository: Path,
) -> None:
    page = visit(server).page
    home = page.locator("#techsell-home")

    # Five minutes: the first call, by number keys alone.
    begin = home.get_by_role("button", name="Begin: Your first call")
    expect(begin).to_be_visible()
    shot(page, "journey-1-home")
    page.keyboard.press("Tab")
    expect(begin).to_be_focused()
    page.keyboard.press("Enter")
    call = page.locator(".ts-roleplay").first
    call.get_by_role("button", name="Start the call").press("Enter")
    expect(call.locator(".ts-suggestion").first).to_be_focused()
    while not is_over(call):
        say(page, call, "1")
    shot(page, "journey-2-first-call")

    # The lesson, at the customer's.
    home = go_home(page)
    expect(home.locator(".techsell-row", has_text="Your first call")).to_contain_text("● done")
    home.locator("summary", has_text="Steps").click()
    home.get_by_role("button", name="Cobalt Ridge Mining").click()
    declare = page.get_by_role("button", name="Declared attempt 1 of 3")
    expect(page.get_by_role("group", name="Call: ").filter(has=declare)).to_be_in_viewport()
    shot(page, "journey-3-lesson")
    declare.press("Enter")
    customer = find_call(page, "Up the chain")
    expect(customer.field).to_be_focused()
    ways = json.loads((repository / "tests/roleplay/ways/cobalt_ridge.json").read_text(encoding="utf-8"))
    for turn, option in enumerate(ways["expert"]["lines"]):
        if not customer.is_over:
            customer.type_line(option)
        if turn == 6:
            shot(page, "journey-4-call")
    if not customer.is_over:
        customer.hang_up()
    customer.mark_all()
    shot(page, "journey-5-debrief")

    # The exercises, typed.
    home = go_home(page)
    home.get_by_role("button", name="Exercises of The discovery conversation").click()
    expect(page.locator(".jp-Notebook:visible").get_by_role("heading", name="Exercises: the discovery")).to_be_visible()
    right = repository / "tests" / "exercises" / "right" / MODULE
    answer(page, "next_move = {", (right / "next_move.lists_and_capitals.py").read_text(encoding="utf-8"))
    answer(page, "def pain_chain", (right / "pain_chain.layer_by_layer.py").read_text(encoding="utf-8"))
    answer(page, "qualify = {", 'qualify = {"A": {"stage": 4, "gaps": [], "bid": "bid"}}')
    shot(page, "journey-6-exercise")
    page.locator(".jp-NotebookPanel-toolbar:visible").get_by_role("button", name="Hand in").click()

    # The feedback, and what home and terminal say of it.
    view = page.locator(f"#techsell-feedback-{MODULE}")
    expect(view.get_by_role("heading", level=1)).to_have_text("Feedback: The discovery conversation", timeout=120_000)
    expect(view.get_by_role("region", name="The next move")).to_contain_text("15 of 15")
    expect(view.get_by_role("region", name="What the trouble costs")).to_contain_text("10 of 10")
    expect(view.get_by_role("region", name="Qualify four deals")).to_contain_text("not yet")
    shot(page, "journey-7-feedback")
    assert grave(page, f"#techsell-feedback-{MODULE}") == []
    result = json.loads((server.workspace / "feedback" / f"{MODULE}.json").read_text(encoding="utf-8"))
    role_play = next(task for task in result["tasks"] if task["kind"] == "role_play")
    assert role_play["points"] > 0
    home = go_home(page)
    row = home.locator(".techsell-row", has_text="The discovery conversation")
    expect(row).to_contain_text(f"{result['score']:g}")
    shot(page, "journey-8-home")

    workspace = Workspace.find(server.workspace)
    with workspace.store() as store:
        course = summary.course(load(repository / "course"), store)
    module = next(found for found in course.modules if found.id == MODULE)
    assert module.score == result["score"]
    expect(row).to_contain_text(f"{module.percent}")
