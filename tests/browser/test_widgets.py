"""Do our widgets work in a real JupyterLab: by keyboard, after a killed kernel, in both themes?"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from techsell.roleplay import load_scenario

Visit = Callable[..., Any]
KeepTime = Callable[[str, float], None]

PATIENCE = 60_000
"""Milliseconds for a kernel to start and a cell to run on a busy machine."""

FIRST_CALL = "00_start_here/first_call.ipynb"
LESSON = "03_discovery_conversation/discovery_conversation.ipynb"

KINDS = {
    option.id: option.moves[0].label
    for name in ("first_call", "cobalt_ridge")
    for option in load_scenario(name).options
}

CELLS = {
    FIRST_CALL: {"play-first-call": 'from techsell.widgets import lesson\nlesson("start").roleplay("first_call")'},
    LESSON: {
        "predict-closing": (
            "from techsell.widgets import lesson\n"
            'here = lesson("discovery_conversation")\n'
            'here.prediction("closing_effect")'
        ),
        "quiz-kinds": 'here.quiz("spin_kinds")',
        "play-cobalt-ridge": 'here.roleplay("cobalt_ridge")',
    },
}


@pytest.fixture(scope="module")
def running(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A course whose notebooks hold our widgets and little else."""
    root = tmp_path_factory.mktemp("widgets")
    content = root / "content"
    shutil.copytree(small_content, content)
    for notebook, sources in CELLS.items():
        path = content / "modules" / notebook
        book = json.loads(path.read_text(encoding="utf-8"))
        for cell in book["cells"]:
            if cell["id"] in sources:
                cell["source"] = sources[cell["id"]]
                cell["metadata"] = {"tags": ["autorun"]}
        path.write_text(json.dumps(book), encoding="utf-8")
    return serve(root / "work", "--content", str(content))


@pytest.fixture
def server(running: Any) -> Any:
    """The server without kernels; what was said in earlier tests stays said."""
    running.end_sessions()
    return running


def call_in(page: Page) -> Locator:
    """The role-play, alive."""
    call = page.locator(".ts-roleplay").first
    expect(call).to_be_visible(timeout=PATIENCE)
    return call


def under_way(page: Page) -> Locator:
    """A call with Cobalt Ridge in which something has been said; it may be what an earlier test left."""
    call = call_in(page)
    if not call.locator(".ts-suggestion").first.is_visible():
        call = begin(page, "Practise")
        speak(page, call)
    return call


def begin(page: Page, name: str) -> Locator:
    """A call that runs by picking lines, with the focus on the first suggestion."""
    call = call_in(page)
    again = call.get_by_role("button", name="Play again")
    if again.is_visible():
        again.click()
    call.get_by_role("radio", name="Pick").check()
    call.get_by_role("button", name=name).press("Enter")
    expect(call.locator(".ts-suggestion").first).to_be_focused()
    return call


def said(call: Locator) -> list[str]:
    return call.get_by_role("log").locator(".ts-words").all_text_contents()


def turn(call: Locator) -> int:
    return int(call.locator(".ts-status").inner_text().split()[1])


def harmless_key(page: Page, call: Locator) -> str:
    """The number of a line that costs no trust, so that the customer stays; turns the pages until there is one."""
    while True:
        for line in call.locator(".ts-suggestion").all():
            if KINDS[str(line.get_attribute("data-option"))] in {"problem", "situation", "rapport"}:
                return line.locator("kbd").inner_text()
        shown = call.locator(".ts-suggestion").first.inner_text()
        page.keyboard.press("0")
        expect(call.locator(".ts-suggestion").first).not_to_have_text(shown)


def speak(page: Page, call: Locator) -> None:
    """Say a line by its number and wait for the reply."""
    call.locator(".ts-suggestion").first.focus()
    key = harmless_key(page, call)
    before = len(said(call))
    page.keyboard.press(key)
    expect(call.get_by_role("log").locator(".ts-line").nth(before + 1)).to_be_visible()


TIMED_KEY = """(key) => new Promise((done) => {
  const log = document.querySelector(".ts-roleplay [role=log]");
  const started = performance.now();
  new MutationObserver((_, watch) => { watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - started)); }).observe(log, { childList: true });
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
})"""


def test_a_call_by_keyboard_to_its_end(server: Any, visit: Visit, keep_time: KeepTime, shot: Any) -> None:
    page = visit(server, path=f"/tree/{FIRST_CALL}").page
    call = begin(page, "Start the call")
    took = []
    while call.locator(".ts-suggestion").first.is_visible():
        expect(call.locator(".ts-suggestion").first).to_be_focused()
        before = len(said(call))
        took.append(page.evaluate(TIMED_KEY, harmless_key(page, call)))
        expect(call.get_by_role("log").locator(".ts-line").nth(before + 1)).to_be_visible()

    expect(call.get_by_role("heading", name="After the call")).to_be_focused()
    expect(call.get_by_role("heading", name="What you found out")).to_be_visible()
    assert len(took) == 6
    keep_time("from key to reply on the page, median", sorted(took)[len(took) // 2] / 1000)
    keep_time("from key to reply on the page, slowest", max(took) / 1000)
    shot(page, "first-call-debrief")


def test_keys_stay_in_the_call_and_escape_leaves_it(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{LESSON}").page
    call = begin(page, "Practise")
    cells = page.locator(".jp-Notebook .jp-Cell")
    count = cells.count()

    for key in ("d", "d", "a", "b", "m", "x", "9"):
        page.keyboard.press(key)
    speak(page, call)
    assert turn(call) == 1
    assert cells.count() == count
    page.keyboard.press("Escape")

    assert not page.evaluate("document.activeElement.closest('.ts') !== null")
    assert page.evaluate("document.activeElement.closest('.jp-Notebook') !== null")
    assert cells.count() == count


def test_a_killed_kernel_loses_nothing_that_was_said(server: Any, visit: Visit, keep_time: KeepTime) -> None:
    watched = visit(server, path=f"/tree/{LESSON}")
    page = watched.page
    call = under_way(page)
    speak(page, call)
    before, turns = said(call), turn(call)
    (kernel,) = server.kernels()
    call.evaluate("node => { node.dataset.kernel = 'dead' }")  # it stays on the page until its cell has run again

    began = time.perf_counter()
    kernel.kill()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    call = page.locator(".ts-roleplay:not([data-kernel])").first
    expect(call.locator(".ts-status")).to_contain_text(f"turn {turns} ", timeout=PATIENCE)
    speak(page, call)
    keep_time("from a killed kernel to the next reply", time.perf_counter() - began)

    assert said(call)[: len(before)] == before
    assert turn(call) == turns + 1


def test_a_page_loaded_again_has_the_call_as_it_was(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{LESSON}").page
    call = under_way(page)
    before = said(call)

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()

    call = under_way(page)
    expect(call.get_by_role("log").locator(".ts-words").last).to_have_text(before[-1])
    assert said(call) == before


def test_quiz_and_prediction_come_back_as_they_were_left(server: Any, visit: Visit) -> None:
    page = visit(server, path=f"/tree/{LESSON}").page
    bet = page.locator(".ts-prediction")
    bet.get_by_role("radio").first.check()
    bet.get_by_role("spinbutton").fill("80")
    bet.get_by_role("button", name="Commit").click()
    expect(bet).to_contain_text("80\u202f% sure")
    bet.get_by_role("button", name="Show what the data say").click()
    expect(bet).to_contain_text("Brier score")
    quiz = page.locator(".ts-quiz")
    quiz.get_by_role("radio").first.check()
    quiz.get_by_role("button", name="Check question 1", exact=True).click()
    expect(quiz.locator(".ts-feedback").first).not_to_be_empty()
    feedback = quiz.locator(".ts-feedback").first.inner_text()
    server.end_sessions()

    page = visit(server, path=f"/tree/{LESSON}").page

    expect(page.locator(".ts-prediction")).to_contain_text("Brier score", timeout=PATIENCE)
    expect(page.locator(".ts-quiz .ts-feedback").first).to_have_text(feedback.replace("\n", " "))
    assert page.locator(".ts-quiz").get_by_role("radio").first.is_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_our_widgets(server: Any, visit: Visit, shot: Any, scheme: str) -> None:
    page = visit(server, path=f"/tree/{LESSON}", scheme=scheme).page
    call = under_way(page)
    call.scroll_into_view_if_needed()
    paper = call.evaluate("node => getComputedStyle(node).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    shot(page, f"roleplay-{scheme}")

    found = Axe().run(page, context=".ts").response["violations"]

    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in grave] == []
