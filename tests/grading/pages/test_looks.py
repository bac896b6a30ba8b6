"""One page with everything on it, in a real browser: axe, both themes, all widths, keyboard, print."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.gradebook import Mark
from techsell_grading.grader import Check

OUTPUT = Path(__file__).resolve().parents[2] / "output"

METRICS = '''\
import pandas as pd


def talk_metrics(turns: pd.DataFrame) -> dict:
    """Share of talking time of each side."""
    length = turns["end"] - turns["start"]  # seconds
    share = length.groupby(turns["speaker"]).sum() / length.sum()
    return {"seller_share": float(share["seller"]), "note": f"{len(turns)} turns, rounded to 1 s \u202e"}'''
CHAIN = """\
def pain_chain(edges, cost, fault):
    total = cost[fault]
    for effect in edges[edges["cause"] == fault]["effects"]:
        total += pain_chain(edges, cost, effect)
    return total"""
PLAN = """\
# The trouble

The screen feed pump stood still **four times** since October. See [the log](https://example.com/log) and:

1. a photograph ![bearing](https://example.com/bearing.png)
2. `vibration 7.1 mm/s` on the drive side

> "Off-grade goes for a fifth less."

| who | says |
|---|---|
| K. | four dates, from memory |
"""
ANCHORS = """\
Each part gets 0 to 3 points.

| Points | Anchor | It reads like this |
|---|---|---|
| 0 | **absent** | The part is empty, or would fit any customer. |
| 2 | **evidence cited** | It says where it is known from: who said it, what was seen, which paper, when. |
"""
FRAME = """\
  speaker  start   end           kind  overlap  customer_site_and_line
0  seller    0.0   4.2      situation      0.0  paper machine 2, fan pump
1   buyer    4.0  11.9         answer      0.2  paper machine 2, fan pump
"""


def figure() -> str:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (560, 300), "white")
    draw = ImageDraw.Draw(picture)
    draw.line([(40, 20), (40, 260), (540, 260)], fill="black")
    for number, height in enumerate((180, 90, 220, 140)):
        draw.rectangle([80 + 110 * number, 260 - height, 140 + 110 * number, 260], fill="#0072B2")
    target = BytesIO()
    picture.save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def rubric() -> tuple[dict[str, Any], ...]:
    line = {"id": "R3", "title": "Played back what was said, in the customer's own figures", "percent": 50}
    line |= {"points": 9, "max": 18, "turns": [4, 9], "why": "2 of 4 accurate.", "advice": "Say the number back."}
    return line, {**line, "id": "R2", "title": "Did not tell before a need was stated", "percent": 100, "points": 18}


@pytest.fixture(scope="module")
def text(new_paper, out) -> str:
    paper = new_paper()
    paper.released = frozenset({"# Try it: the example\nprint(pain_chain(edges, cost, 'stop'))"})
    paper.reasons = ("Line 14 of the transcript was changed by hand: what stands before it is scored.",)
    stream, data, error = out["stream"], out["data"], out["error"]
    paper.answer(METRICS, stream(FRAME), data({"image/png": figure(), "text/plain": "<Figure>"}), name="talk_answer")
    paper.own("talk_metrics(calls)['seller_share']", data({"text/plain": "0.53"}, "execute_result"))
    paper.test("talk")
    said = "found 0.53; wanted each second once even while two people speak. Adding up turns makes a call too long."
    paper.test("talk__overlap_counted_twice", f"Read talk_metrics(turns)['seller_share']: {said}")
    paper.test("talk__needs_rows_in_order")
    paper.cell("markdown", "Task 2", "chain_task", locked=True).answer(CHAIN, name="chain_answer")
    rows = (
        "Cell In[5], line 2\n----> 2 print(pain_chain(edges, cost, 'stop'))",
        'Cell In[4], line 3, in pain_chain\n----> 3     for effect in edges[edges["cause"] == fault]["effects"]:',
    )
    stop = error("KeyError", "'effects'", *rows)
    paper.own("# Try it: the example\nprint(pain_chain(edges, cost, 'stop'))", stop)
    failed = (
        "Called pain_chain(edges, cost, 'stop'): it stopped with KeyError: 'effects'. Run the cell 'Try it' to see it."
    )
    paper.test("chain", failed).test("chain__shared_effect_counted_again", failed)
    paper.cell("markdown", "Task 3", "early_task", locked=True).answer(
        "raise NotImplementedError()", name="early_answer"
    )
    paper.test("early", "Not answered yet.").unanswered = [("valves", "early_answer")]
    paper.cell("markdown", ANCHORS, "plan_anchors", locked=True)
    paper.cell("markdown", PLAN, "plan", solution=True, grade=True)
    paper.checks.append(Check("valves", "plan", "work_sample", None, 15.0, None, "A person marks this; it is waiting."))
    paper.marks["valves", "plan"] = Mark(None, 11.5, None, False, "Part 4 names one person only.")
    paper.cell("markdown", "Task 5", "call_task", locked=True).test("roleplay_call", "x")
    paper.checks[-1] = Check("valves", "roleplay_call", "role_play", 13.5, 18.0, False, "", rubric())
    paper.answer("stretch = 1.61", name="stretch_answer")
    return paper.text()


@pytest.fixture(scope="module")
def file(text, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("looks") / "valves.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_is_one_file_in_which_every_mark_is_closed(text, reader):
    read = reader(text)
    assert read.wrong == []
    assert len(read.pictures) == 1
    assert read.tags.count("h1") == read.tags.count("main") == read.tags.count("caption") == 1


@pytest.mark.parametrize(("scheme", "looked_at"), [("light", (1280, 320)), ("dark", (1280,))])
def test_it_works_for_everybody_at_every_width(browser, file, scheme, looked_at):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install -e '.[test]'")
    page = browser.new_page(color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda asked: said.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    try:
        for width in (1280, 800, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
            assert page.evaluate("document.querySelector('img').naturalWidth") == 560
            if width in looked_at:
                found = axe.Axe().run(page).response["violations"]
                assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []
            OUTPUT.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=OUTPUT / f"feedback-page-{scheme}-{width}.png", full_page=True, animations="disabled")
        assert said == []
    finally:
        page.close()


def test_the_keyboard_reaches_all_in_reading_order_and_is_seen(browser, file):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    try:
        page.goto(file.as_uri())
        places = []
        for _ in range(40):
            page.keyboard.press("Tab")
            one = page.evaluate(
                "(() => { const e = document.activeElement, b = e.getBoundingClientRect();"
                " return e === document.body ? null :"
                " [e.tagName, b.top + scrollY, getComputedStyle(e).outlineStyle]; })()"
            )
            if one is None:
                break
            places.append(one)
        assert [place for place in places if place[2] == "none"] == []
        assert {"A", "PRE", "SUMMARY", "DIV"} <= {place[0] for place in places}
        found = [place for place in places if place[0] in ("A", "PRE")]
        assert [place[1] for place in found] == sorted(place[1] for place in found)
        page.keyboard.press("Shift+Tab")
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("details[open] .line").count() == 2
    finally:
        page.close()


def test_on_paper_it_is_black_on_white_with_all_code(browser, file):
    page = browser.new_page(color_scheme="dark", viewport={"width": 794, "height": 1123})
    try:
        page.goto(file.as_uri())
        page.emulate_media(media="print", color_scheme="dark")
        script = (
            "[...document.querySelectorAll('body, h1, .code .k, .code .s, .output, .here, .state')]"
            ".map(e => getComputedStyle(e).color)"
        )
        assert set(page.evaluate(script)) <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}
        wide = "[...document.querySelectorAll('pre')].every(e => e.scrollWidth <= e.clientWidth + 1)"
        assert page.evaluate(wide), "what would have to be scrolled is lost on paper"
        assert page.pdf(format="A4")[:5] == b"%PDF-"
    finally:
        page.close()


def test_if_a_tag_ever_got_through_the_browser_would_not_act_on_it(browser, text, tmp_path):
    planted = (
        "<script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">"
        "<style>h1 { display: none }</style><img src='https://192.0.2.1/pixel.png'><iframe src='other.html'></iframe>"
        "<p id=styled style='color: rgb(1, 2, 3)'>x</p>"
    )
    file = tmp_path / "planted.html"
    file.write_text(text.replace("</main>", f"{planted}</main>"), encoding="utf-8")
    page = browser.new_page()
    reached: list[str] = []
    page.on("response", lambda answer: reached.append(answer.url) if answer.url.startswith("http") else None)
    try:
        page.goto(file.as_uri())
        assert page.title() == "Feedback: Valves"
        assert page.locator("h1").is_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('#styled')).color") != "rgb(1, 2, 3)"
        assert reached == []
    finally:
        page.close()
