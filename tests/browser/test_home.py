"""Is the course home the first thing a learner sees, and does it lead to the right places?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from techsell.workspace import Workspace

Visit = Callable[..., Any]
Shot = Callable[[Page, str], Path]


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return serve(tmp_path_factory.mktemp("home") / "work", "--content", str(small_content))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 1280, 1600])
def test_the_home_is_first_and_lists_nine_modules(
    server: Any, visit: Visit, shot: Shot, scheme: str, width: int
) -> None:
    """Nothing else in the way: no news prompt, no launcher, no instructor's menu, no request to anywhere else."""
    page = visit(server, scheme=scheme, width=width).page
    home = page.locator("#techsell-home")
    expect(home.get_by_role("heading", level=1)).to_have_text("Technical selling for engineers")
    modules = home.get_by_role("region", name="Modules").locator(".techsell-row")
    expect(modules).to_have_count(9)
    expect(modules.nth(0)).to_contain_text("planned")
    expect(modules.nth(2)).to_contain_text("not begun")
    expect(page.get_by_role("tab", selected=True, name="Course home")).to_be_visible()
    expect(home).to_be_focused()
    expect(page.locator("#filebrowser").get_by_text("00_start_here")).to_be_visible()
    assert page.locator(".Toastify__toast, .jp-toastContainer, .jp-Launcher, .jp-Dialog").count() == 0
    assert page.get_by_role("menuitem", name="Nbgrader").count() == 0
    assert page.get_by_text("Formgrader").count() == 0
    dark = page.evaluate("getComputedStyle(document.querySelector('#techsell-home')).backgroundColor")
    assert (dark != "rgb(255, 255, 255)") == (scheme == "dark")
    overflow = home.evaluate("node => node.scrollWidth - node.clientWidth")
    assert overflow <= 0
    shot(page, f"home-{scheme}-{width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_home_has_no_serious_accessibility_problem(
    server: Any, visit: Visit, grave: Callable[[Page, str], list[tuple[str, str]]], scheme: str
) -> None:
    page = visit(server, scheme=scheme).page
    page.locator("#techsell-home summary", has_text="Steps").click()
    expect(page.locator("#techsell-home").get_by_role("button", name="Four kinds of question")).to_be_visible()
    assert grave(page, "#techsell-home, #techsell-home-button") == []


def test_continue_opens_the_exact_place(server: Any, visit: Visit, shot: Shot) -> None:
    """After a prediction the quiz is next: its cell is on the screen, and stays there when the lesson is alive."""
    with Workspace.find(server.workspace).store() as store:
        store.append("completed", "start/using_this_page")
        store.append("predicted", "discovery_conversation/closing_effect")
    page = visit(server).page
    box = page.locator("#techsell-home").get_by_role("region", name="Continue")
    expect(box).to_contain_text("3 The discovery conversation › Four kinds of question")
    box.get_by_role("button").click()
    expect(page.get_by_role("tab", selected=True, name="discovery_conversation.ipynb")).to_be_visible()
    expect(page.get_by_role("button", name="quiz")).to_be_visible()
    place = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(place).to_contain_text("quiz")
    expect(place).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".jp-Notebook").get_by_text("the customer")).to_have_count(2)  # source and output: all has run
    expect(place).to_be_in_viewport(ratio=0.9)
    shot(page, "continue-light-1280")


def test_the_home_is_worked_by_keyboard(server: Any, visit: Visit) -> None:
    """Tab goes in reading order from the page itself, and Enter opens a step."""
    page = visit(server).page
    home = page.locator("#techsell-home")
    first = home.locator("[data-key=continue]")
    expect(first).to_be_visible()
    expect(home).to_be_focused()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    reached = home.locator("[data-key=lesson-discovery_conversation]")
    for _ in range(12):
        if reached.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(reached).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True, name="discovery_conversation.ipynb")).to_be_visible()
    page.get_by_role("button", name="Course home").click()
    expect(home).to_be_focused()


def test_progress_made_elsewhere_is_seen_on_coming_back(server: Any, visit: Visit) -> None:
    page = visit(server).page
    home = page.locator("#techsell-home")
    home.get_by_role("button", name="Using this page").click()
    expect(page.get_by_role("tab", selected=True, name="using_this_page.ipynb")).to_be_visible()
    with Workspace.find(server.workspace).store() as store:
        store.append(
            "scored", "discovery_conversation/exercise", result={"score": 72.5, "max": 100, "waiting": ["call_plan"]}
        )
    page.get_by_role("tab", name="Course home").click()
    expect(home.locator(".techsell-row", has_text="The discovery conversation")).to_contain_text("72.5")


def test_the_command_palette_knows_the_home(server: Any, visit: Visit) -> None:
    page = visit(server, path="/tree/00_start_here/using_this_page.ipynb").page
    expect(page.get_by_role("tab", selected=True, name="using_this_page.ipynb")).to_be_visible()
    expect(page.locator(".jp-Notebook").get_by_role("heading", name="Using this page")).to_be_visible()
    expect(page.locator(".jp-OutputArea-output")).to_contain_text("prefix:")  # a palette closes when a cell takes focus
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Activate Command Palette").click()
    page.locator(".lm-CommandPalette-input").fill("course home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True, name="Course home")).to_be_visible()


def test_a_deleted_notebook_is_named_with_its_cure(server: Any, visit: Visit) -> None:
    watched = visit(server)
    page = watched.page
    (server.workspace / "00_start_here" / "first_call.ipynb").unlink()
    page.locator("#techsell-home").get_by_role("button", name="Your first call").click()
    alert = page.locator("#techsell-home").get_by_role("alert")
    expect(alert).to_contain_text("00_start_here/first_call.ipynb is not in your workspace any more")
    expect(alert).to_contain_text("techsell learn")
    watched.expect("404")


def test_a_server_that_has_ended_is_a_sentence(
    serve: Callable[..., Any], small_content: Path, tmp_path: Path, visit: Visit, shot: Shot
) -> None:
    server = serve(tmp_path / "work", "--content", str(small_content))
    watched = visit(server)
    page = watched.page
    home = page.locator("#techsell-home")
    expect(home.get_by_role("heading", level=1)).to_be_visible()
    assert server.stop() == 0
    page.locator("#techsell-home-button button").click()
    expect(home.get_by_role("alert")).to_contain_text("Look at the terminal where 'techsell learn' runs")
    expect(home.get_by_role("button", name="Try again")).to_be_visible()
    shot(page, "home-server-ended")
    watched.expect("ERR_CONNECTION_REFUSED|Failed to fetch|WebSocket|Connection|Kernel|canceled|Canceled")


def test_a_course_without_syllabus_is_a_sentence(
    serve: Callable[..., Any], small_content: Path, tmp_path: Path, visit: Visit
) -> None:
    content = tmp_path / "content"
    shutil.copytree(small_content, content)
    server = serve(tmp_path / "work", "--content", str(content))
    (content / "syllabus.yaml").unlink()
    watched = visit(server)
    expect(watched.page.locator("#techsell-home").get_by_role("alert")).to_contain_text("syllabus.yaml")
    watched.expect("404")
