"""Do the widgets look right, and can everybody read them, in every theme? In a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from techsell.files import write_atomic
from techsell.progress import memory_store
from techsell.questions import load
from techsell.roleplay import load_scenario
from techsell.widgets import Binding, Compare, Prediction, Quiz, RolePlay
from techsell.widgets.binding import OUTSIDE

Show = Callable[..., Any]
Talk = Callable[..., RolePlay]

MODULE = "discovery_conversation"
FIRST = "#one .ts-suggestion >> nth=0"
THEMES = ("light", "dark", "dark-high-contrast")


class Keep:
    """Keeps pictures and measured numbers under `tests/output/widgets`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, file: str, name: str, value: float) -> None:
        path = self.folder / file
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        write_atomic(path, (json.dumps({**known, name: value}, indent=1, sort_keys=True) + "\n").encode())


@pytest.fixture
def keep(repository: Path) -> Keep:
    return Keep(repository / "tests" / "output" / "widgets")


Scenes = dict[str, Callable[[], Any]]


@pytest.fixture
def calls(binding: Binding, call: RolePlay, talk: Talk, unsure: str) -> Scenes:
    """A role-play in states worth looking at, by name."""

    def in_call() -> RolePlay:
        talk(call, 4).hint()
        return call

    def typed(*lines: str) -> RolePlay:
        call.start("practice", "type")
        for line in lines:
            call.say(line)
        return call

    def updated() -> RolePlay:
        typed(*TYPED)
        run = RolePlay(load_scenario("cobalt_ridge"), binding, module=MODULE)
        run.view = {**run.view, "news": NEWS}
        return run

    def score() -> RolePlay:
        talk(call, 9).end()
        return call

    def debrief() -> RolePlay:
        score().self_score({line["id"]: 2 for line in call.view["screen"]["rubric"]})
        call.draw()
        return call

    def watch() -> RolePlay:
        run = RolePlay(load_scenario("saltmarsh"), binding, module=MODULE)
        run.watch()
        for _ in range(4):
            run.next()
        return run

    def blocked() -> RolePlay:
        talk(call, 3)
        elsewhere = Binding(binding.store, "L-TEST", binding.transcripts, holder="exercise")
        return RolePlay(load_scenario("cobalt_ridge"), elsewhere, module=MODULE)

    def outside() -> RolePlay:
        return RolePlay(load_scenario("first_call"), Binding(memory_store(), note=OUTSIDE), module="start")

    def first_call_debrief() -> RolePlay:
        run = RolePlay(load_scenario("first_call"), binding, module="start")
        talk(run, 4).end()
        return run

    return {
        "start": lambda: call,
        "call": in_call,
        "watch": watch,
        "typed": lambda: typed(*TYPED),
        "did_you_mean": lambda: typed(*TYPED, unsure),
        "updated": updated,
        "score": score,
        "debrief": debrief,
        "blocked": blocked,
        "outside": outside,
        "first_call": first_call_debrief,
    }


@pytest.fixture
def scene(binding: Binding, calls: Scenes, quiz: Quiz, bet: Prediction, talk: Talk) -> Callable[[str], Any]:
    """A widget in a state worth looking at, by name."""

    def answered() -> Quiz:
        first, second, *_ = load(MODULE).quizzes[0].questions
        for answer in sorted(first.answers, key=lambda answer: answer.right):
            quiz.check(first.id, answer.id)
        quiz.check(second.id, next(answer.id for answer in second.answers if not answer.right))
        return quiz

    def revealed() -> Prediction:
        bet.commit(0, 80)
        bet.reveal = True
        return bet

    def compared() -> Compare:
        scenario = load_scenario("first_call")
        run = RolePlay(scenario, binding, module="start")
        for turns in (1, 4):
            talk(run, turns).end()
            run.again()
        return Compare(scenario, binding)

    scenes: Scenes = {
        **calls,
        "quiz": answered,
        "bet": lambda: bet,
        "revealed": revealed,
        "compare": compared,
    }
    return lambda name: scenes[name]()


TYPED = (
    "hi tomasz, thanks for the time. twenty minutes, i'd like to hear how the slurry pumps run, then we both say "
    "if it makes sense",
    "when did one of them last stop you",
)

NEWS = (
    "techsell has been updated since you typed here last. What was said stays as it was understood; your next typed "
    "line is read by the new version."
)

SCENES = (
    "start",
    "watch",
    "call",
    "typed",
    "did_you_mean",
    "updated",
    "score",
    "debrief",
    "blocked",
    "outside",
    "first_call",
    "quiz",
    "bet",
    "revealed",
    "compare",
)


CONTRASTS = """() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const behind = (node) => { const stack = [];
    for (let at = node; at; at = at.parentElement) stack.push(parse(getComputedStyle(at).backgroundColor));
    return stack.reverse().reduce((below, top) => over(top, below), [255, 255, 255]); };
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  for (const node of document.querySelectorAll("#one *")) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!text || node.offsetParent === null || node.disabled || node.classList.contains("ts-unseen")) continue;
    const ground = behind(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), ground)), light(ground)].sort((x, y) => y - x);
    found.push([Math.round(((a + 0.05) / (b + 0.05)) * 100) / 100, node.className, node.textContent.slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""


STICKING_OUT = """() => [...document.querySelectorAll("#one *")]
  .filter((node) => node.offsetParent && !node.closest(".ts-unseen"))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => node.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SCENES)
def test_everybody_can_read_it(
    put_on_stage: Show, scene: Callable[[str], Any], keep: Keep, name: str, theme: str
) -> None:
    """Nothing is wider than its room, at 1280 and 800 pixels; axe-core finds nothing serious; every word has a contrast
    of 4.5:1 or more, measured against the colours that are really behind it. Pictures are kept in tests/output."""
    stage = put_on_stage(scene(name), theme=theme)
    for width in (1280, 800):
        stage.page.set_viewport_size({"width": width, "height": 900})
        stage.page.screenshot(path=keep.folder / f"{name}_{theme}_{width}.png", full_page=True)
        assert stage.page.evaluate(STICKING_OUT) == []

    stage.page.evaluate("() => { for (const box of document.querySelectorAll('#one details')) box.open = true; }")
    found = Axe().run(stage.page, context="#one").response["violations"]
    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in grave] == []

    ratios = stage.page.evaluate(CONTRASTS)
    assert ratios
    keep("contrast.json", f"{name} {theme}", ratios[0][0])
    assert [ratio for ratio in ratios if ratio[0] < 4.5] == []


def test_motion_is_short_and_absent_where_it_is_not_wanted(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    durations = {}
    for reduced in (True, False):
        stage = put_on_stage(talk(call, 1) if reduced else call, reduced_motion=reduced)
        stage.page.focus(FIRST)
        stage.press("1")
        durations[reduced] = stage.page.evaluate(
            """getComputedStyle(document.querySelector("#one .ts-new")).animationDuration"""
        )

    assert durations[True] == "0s"
    assert 0 < float(durations[False].removesuffix("s")) < 0.150


def test_focus_is_visible(put_on_stage: Show, call: RolePlay, talk: Talk) -> None:
    stage = put_on_stage(talk(call, 1))
    stage.page.focus(FIRST)
    for _ in range(8):
        outline = stage.page.evaluate("getComputedStyle(document.activeElement).outline")
        assert re.search(r"[1-9]\d*px", outline), stage.focus()
        assert "none" not in outline
        stage.page.keyboard.press("Tab")


def test_every_reply_is_painted_and_its_time_kept(put_on_stage: Show, call: RolePlay, talk: Talk, keep: Keep) -> None:
    """Message handled by the real engine and store, painted by the page; the wire of a server is not in it."""
    stage = put_on_stage(talk(call, 1))
    stage.page.focus(FIRST)
    took = []
    while len(took) < 8 and not call.view["over"]:
        before = len(stage.lines())
        started = stage.page.evaluate("performance.now()")
        stage.press("2")
        took.append(stage.page.evaluate("performance.now()") - started)
        assert len(stage.lines()) > before

    keep("reply_ms.json", "median of the replies", round(sorted(took)[len(took) // 2], 1))
