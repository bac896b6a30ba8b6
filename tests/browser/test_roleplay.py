"""A typed call in a real JupyterLab: by keyboard alone from start to debrief and fork, heard once, in time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from techsell.roleplay import Conversation, load_scenario

Visit = Callable[..., Any]
Shot = Callable[[Page, str], Path]
Grave = Callable[[Page, str], list[tuple[str, str]]]
FindCall = Callable[[Page, str], Any]

LESSON = "03_discovery_conversation/discovery_conversation.ipynb"
CELLS = {
    "predict-closing": 'from techsell.widgets import lesson\nhere = lesson("discovery_conversation")',
    "quiz-kinds": 'here.roleplay("ninety_seconds")',
    "play-cobalt-ridge": 'here.roleplay("cobalt_ridge")',
}
COBALT, NINETY = "Up the chain", "Ninety seconds"
GREETING = "hi tomasz, thanks for the time. your seals first, and at half past we both say if it's worth it"
STOPPED = "when did one of them last stop you, and what happened"


@pytest.fixture(scope="module")
def running(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A course whose lesson holds two calls and little else."""
    root = tmp_path_factory.mktemp("roleplay")
    content = root / "content"
    shutil.copytree(small_content, content)
    path = content / "modules" / LESSON
    book = json.loads(path.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if cell["id"] in CELLS:
            cell["source"] = CELLS[cell["id"]]
            cell["metadata"] = {"tags": ["autorun"]}
    path.write_text(json.dumps(book), encoding="utf-8")
    return serve(root / "work", "--content", str(content))


@pytest.fixture
def server(running: Any) -> Any:
    """The server without kernels; what was said in earlier tests stays said."""
    running.end_sessions()
    return running


@pytest.fixture(scope="module")
def vague() -> str:
    """Something so vague that Cobalt Ridge asks back after two lines, whichever of the customers it is."""
    scenario = load_scenario("cobalt_ridge")
    words = dict.fromkeys(word for topic in scenario.topics for word in topic.keywords)
    for text in ("the line", *(f"the {word}" for word in words)):
        talks = [Conversation.start(scenario, seed=seed) for seed, _ in enumerate(scenario.variants, start=1)]
        for talk in talks:
            talk.say(GREETING)
            talk.say(STOPPED)
        answers = [talk.say(text).asking for talk in talks]
        if all(asking is not None and asking["kind"] == "confirm" for asking in answers):
            return text
    raise AssertionError("the recogniser is sure of every fragment: make vaguer ones")


@pytest.fixture
def ways(repository: Path) -> Callable[[str], list[str]]:
    """The lines of an expert's call, as the scripted ways have them."""

    def expert(scenario: str) -> list[str]:
        ways = json.loads((repository / f"tests/roleplay/ways/{scenario}.json").read_text(encoding="utf-8"))
        lines = ways["expert"]["lines"]
        return list(lines if isinstance(lines, list) else lines["1"])

    return expert


@pytest.mark.timeout(300)
def test_a_whole_call_by_keyboard_from_the_start_to_the_debrief_and_a_fork(
    server: Any, visit: Visit, find_call: FindCall, ways: Callable[[str], list[str]]
) -> None:
    page = visit(server, path=f"/tree/{LESSON}").page
    call = find_call(page, NINETY)
    call.put_away()
    node = call.node
    node.evaluate("node => node.closest('.jp-Cell').focus()")  # where the notebook's arrow keys lead
    call.tab_to(node.locator("summary", has_text="briefing"))
    page.keyboard.press("Tab")
    expect(node.get_by_role("radio", checked=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(node.get_by_role("radio", name="Type")).to_be_checked()
    page.keyboard.press("Enter")
    expect(call.field).to_be_focused()

    said = sum(call.type_line(option) for option in ways("ninety_seconds") if not call.is_over)
    assert said >= 5
    if not call.is_over:
        call.hang_up()
    call.mark_all()
    expect(node.get_by_text("points of 100")).to_be_visible()
    expect(node.locator(".ts-figures svg").first).to_be_visible(timeout=60_000)

    fork = node.get_by_role("button", name="Try from here").first
    turn = int(str(fork.get_attribute("data-fork")))
    call.tab_to(fork)
    page.keyboard.press("Enter")
    expect(call.field).to_be_focused()
    expect(node.locator(".ts-status")).to_contain_text(f"turn {turn - 1} of")
    lines = call.lines.count()
    page.keyboard.press("ArrowDown")
    call.answered(lambda: page.keyboard.press("1"))
    assert call.lines.count() > lines + 1


STILL = """(node) => {
  const box = node.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const isSeen = box.top >= 0 && box.bottom <= innerHeight && node.contains(top);
  if (!isSeen) node.scrollIntoView({ block: "center" });
  const at = isSeen ? `${box.x} ${box.y}` : "";
  node.still = at !== "" && at === node.at ? node.still + 1 : 0;
  node.at = at;
  return node.still >= 12;
}"""
"""Whether a part has stood in sight, nothing before it and in the same place, for twelve frames. JupyterLab scrolls by
itself while it lays cells out, so a part that has gone is brought back."""


def picture_of(page: Page, part: Locator, shot: Shot, name: str) -> None:
    """A picture on which the part can be seen: it stands still before, is where it was after, and has been painted."""
    page.wait_for_function(STILL, arg=part.element_handle(), polling="raf")
    before = part.bounding_box()
    picture = Image.open(shot(page, name)).convert("RGB")
    assert before is not None
    assert part.bounding_box() == before, f"{name}: the page moved under the picture"
    left, top, width, height = (before[side] for side in ("x", "y", "width", "height"))
    assert left >= 0, name
    assert top >= 0, name
    assert left + width <= picture.width, name
    assert top + height <= picture.height, name
    painted = picture.crop((int(left), int(top), int(left + width), int(top + height)))
    assert len(painted.getcolors(1 << 24) or ()) > 2, f"{name}: nothing is painted where {part} should be"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_of_a_typed_call_can_be_used_by_everybody(
    server: Any, visit: Visit, find_call: FindCall, shot: Shot, grave: Grave, vague: str, scheme: str
) -> None:
    """axe-core finds nothing serious at the start, while typing, at 'Did you mean', own marks and debrief; pictures of
    each at 1280 and 800 pixels are kept in tests/output."""
    page = visit(server, path=f"/tree/{LESSON}", scheme=scheme).page
    call = find_call(page, COBALT)
    node = call.node

    def look(name: str, part: Locator) -> None:
        for width in (1280, 800):
            page.set_viewport_size({"width": width, "height": 900})
            picture_of(page, part, shot, f"typed-{name}-{scheme}-{width}")
            assert node.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), name
        page.set_viewport_size({"width": 1280, "height": 900})
        assert grave(page, f".ts-roleplay[aria-label*='{COBALT}']") == [], name

    call.put_away()
    look("1-start", node.get_by_role("button", name="Practise"))
    call.begin()
    for text in (GREETING, STOPPED):
        call.say(text)
    page.keyboard.insert_text("so 6 hours, and only 2 of them for the seal")
    look("2-call", node.get_by_role("button", name="End call"))
    page.keyboard.press("Control+a")
    call.say(vague)
    expect(node.locator("[data-choice]").first).to_be_visible()
    look("3-did-you-mean", node.get_by_role("button", name="End call"))
    page.keyboard.press("0")
    expect(node.locator(".ts-asking")).to_contain_text("Say it in other words")
    call.hang_up()
    look("4-own-marks", node.get_by_role("button", name="Compare with the score"))
    call.mark_all()
    expect(node.locator(".ts-figures svg")).to_have_count(4, timeout=60_000)
    look("5-debrief", node.get_by_role("heading", name="After the call"))
    look("6-points", node.get_by_role("button", name="Try from here").last)
    look("7-figures", node.locator(".ts-figures svg").first)


HEARD = """(call) => {
  window.heard = [];
  new MutationObserver((records) => { for (const r of records) for (const n of r.addedNodes) {
    if (r.target.getAttribute("aria-live") !== "off") window.heard.push(n.querySelector(".ts-words").textContent);
  } }).observe(call.querySelector("[role=log]"), { childList: true });
}"""


def test_a_screen_reader_finds_names_in_order_and_hears_each_reply_once(
    server: Any, visit: Visit, find_call: FindCall, vague: str
) -> None:
    """The accessibility tree as Chromium gives it; what a live region adds is what a screen reader says."""
    page = visit(server, path=f"/tree/{LESSON}").page
    call = find_call(page, COBALT)
    call.begin()
    call.node.evaluate(HEARD)
    for text in (GREETING, STOPPED, vague):
        call.say(text)
    call.answered(lambda: page.keyboard.press("1"))
    expect(call.node.locator(".ts-status")).to_contain_text("turn 3 of")
    words = call.lines.locator(".ts-words").all_text_contents()
    assert page.evaluate("window.heard") == words[1:]

    tree = call.node.aria_snapshot()
    order = [
        f'heading "{COBALT}',
        'log "Conversation"',
        'group "What do you say?"',
        'textbox "What do you say?"',
        'button "Send"',
        'button "m lines to pick"',
        'button "h hint"',
        'button "u undo"',
        'button "End call"',
    ]
    places = [tree.find(part) for part in order]
    assert -1 not in places, list(zip(order, places, strict=True))
    assert places == sorted(places)
    assert call.node.get_attribute("role") == "group"
    log = call.node.get_by_role("log")
    assert (log.get_attribute("aria-live"), log.get_attribute("aria-relevant")) == ("polite", "additions")

    # The page is opened again: the history comes back in silence, the next reply is heard.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    again = find_call(page, COBALT)
    expect(again.lines).to_have_count(len(words), timeout=60_000)
    again.node.evaluate(HEARD)
    again.field.focus()
    again.say("how many seals did you lose last year")
    assert page.evaluate("window.heard") == again.lines.locator(".ts-words").all_text_contents()[len(words) :]
