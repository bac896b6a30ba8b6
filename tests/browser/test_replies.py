"""How long is it in a real JupyterLab from Send to the customer's line?"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Any]
KeepTime = Callable[[str, float], None]
FindCall = Callable[[Page, str], Any]

LESSON = "03_discovery_conversation/discovery_conversation.ipynb"
COBALT = "Up the chain"
CELL = 'from techsell.widgets import lesson\nlesson("discovery_conversation").roleplay("cobalt_ridge")'


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any], small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A course whose lesson holds a call and little else."""
    root = tmp_path_factory.mktemp("replies")
    content = root / "content"
    shutil.copytree(small_content, content)
    path = content / "modules" / LESSON
    book = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in book["cells"] if cell["id"] == "play-cobalt-ridge")
    cell["source"] = CELL
    path.write_text(json.dumps(book), encoding="utf-8")
    return serve(root / "work", "--content", str(content))


TIMED_SEND = """(call, text) => new Promise((done) => {
  const input = call.querySelector("textarea");
  input.focus();
  input.value = text;
  const before = call.querySelectorAll("[role=log] .ts-line").length;
  const started = performance.now();
  const look = new MutationObserver(() => {
    const lines = [...call.querySelectorAll("[role=log] .ts-line")].slice(before);
    const isBack = lines.some((line) => line.classList.contains("ts-line-customer"));
    if (!isBack && !call.querySelector("[data-choice]")) return;
    look.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
  });
  look.observe(call, { childList: true, subtree: true });
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
})"""
"""Milliseconds from Enter to the frame after the one in which the customer's line, or 'Did you mean', is painted."""


def measure(call: Any, texts: list[str], count: int) -> list[float]:
    """Times of so many typed lines, in as many calls as they need; in order."""
    took: list[float] = []
    while len(took) < count:
        took.append(call.node.evaluate(TIMED_SEND, texts[len(took) % len(texts)]))
        expect(call.node).to_have_attribute("aria-busy", "false")
        if call.node.locator("[data-choice]").first.is_visible():
            call.answered(lambda: call.page.keyboard.press("1"))
        if call.is_over:
            call.begin()
    return took


def at(share: float, took: list[float]) -> float:
    """The value below which this share of the times lies."""
    return sorted(took)[min(len(took) - 1, round(share * len(took)))]


def keep(keep_time: KeepTime, took: list[float]) -> None:
    what = f"from Send to the customer's line, {len(took)} turns"
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        keep_time(f"{what}, {name} (ms)", at(share, took))


@pytest.fixture
def questions(repository: Path) -> list[str]:
    """What people might type to Cobalt Ridge."""
    known = json.loads((repository / "tests/roleplay/data/cobalt_questions.json").read_text(encoding="utf-8"))
    return [text for texts in zip(*known.values(), strict=False) for text in texts]


def test_replies_are_painted_and_their_times_kept(
    server: Any, visit: Visit, find_call: FindCall, keep_time: KeepTime, questions: list[str]
) -> None:
    """Twelve typed lines in real JupyterLab; the times go to tests/output/browser_times.json and decide nothing."""
    call = find_call(visit(server, path=f"/tree/{LESSON}").page, COBALT)
    call.begin()

    took = measure(call, questions, 12)

    keep(keep_time, took)
    assert len(took) == 12


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hundred_replies_come_in_time(
    server: Any, visit: Visit, find_call: FindCall, keep_time: KeepTime, questions: list[str]
) -> None:
    """The number of the design: over 100 typed turns the reply is painted within 150 ms in 95 of them.

    A benchmark, so it is judged only in the slow run. A miss counts only where the machine had time: if others kept
    more than half of it busy just before or after, the numbers are kept and the test says so instead of failing.
    """
    call = find_call(visit(server, path=f"/tree/{LESSON}").page, COBALT)
    call.begin()
    busy = psutil.cpu_percent(interval=2)

    took = measure(call, questions, 100)

    busy = max(busy, psutil.cpu_percent(interval=2))
    keep(keep_time, took)
    sys.stdout.write(
        f"p50 {at(0.5, took):.0f} ms, p95 {at(0.95, took):.0f} ms, slowest {max(took):.0f} ms, busy {busy:.0f} %\n"
    )
    if busy > 50 and at(0.95, took) >= 150:
        pytest.skip(f"others kept the machine {busy:.0f} % busy; p95 was {at(0.95, took):.0f} ms")
    assert at(0.95, took) < 150
