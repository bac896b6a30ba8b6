"""A running `techsell learn`, a real browser on it, and pages that fail a test by themselves when something is off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=30_000)  # a kernel's start on a busy machine

REPOSITORY = Path(__file__).resolve().parents[2]
OUTPUT = REPOSITORY / "tests" / "output"

FAILED = pytest.StashKey[bool]()

LIVE = """import ipywidgets
button = ipywidgets.Button(description="press me")
button.on_click(lambda _: setattr(button, "description", "pressed"))
button"""
"""A cell that is alive when its button changes its word."""
WHERE = """import os, shutil, sys
print("prefix:", sys.prefix)
print("workspace:", os.environ["TECHSELL_WORKSPACE"])
print("content:", os.environ.get("TECHSELL_CONTENT"))
print("techsell:", shutil.which("techsell"))"""
"""A cell that says what its kernel is."""


@dataclass
class Server:
    """A `techsell learn` that runs."""

    process: subprocess.Popen[str]
    workspace: Path
    url: str
    errors: list[str]
    shipped: Path | None = None
    """where the notebooks come from, for tests that compare"""

    @property
    def base(self) -> str:
        return self.url.partition("/lab")[0]

    @property
    def token(self) -> str:
        return self.url.partition("token=")[2]

    def kernels(self) -> list[psutil.Process]:
        """The kernels that it started."""
        return [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if "ipykernel_launcher" in " ".join(child.cmdline())
        ]

    def ask(self, path: str, method: str = "GET") -> Any:
        """Jupyter's own REST interface."""
        answer = requests.request(
            method, f"{self.base}/api/{path}", headers={"Authorization": f"token {self.token}"}, timeout=30
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def end_sessions(self) -> None:
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)


def start_server(workspace: Path, *options: str, opens_browser: bool = False, **variables: str) -> Server:
    """Run the command as a person would, without activating anything, and wait until it says its address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "TECHSELL"))}
    environment.update(variables)
    environment["PATH"] = os.pathsep.join(
        entry for entry in os.environ["PATH"].split(os.pathsep) if Path(entry) != Path(sys.executable).parent
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "techsell", "learn", "--workspace", str(workspace), *options]
        + ["--no-browser"] * (not opens_browser),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=workspace.parent,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    drain = threading.Thread(target=errors.extend, args=(process.stderr,), daemon=True)
    drain.start()
    for line in process.stdout:
        if found := re.search(r"Course home: (\S+)", line):
            return Server(process, workspace, found[1], errors)
    process.wait(timeout=30)
    drain.join(timeout=10)
    raise AssertionError(f"techsell learn ended with {process.returncode}: {''.join(errors)}")


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers; all of them are stopped after the module's tests."""
    running: list[Server] = []

    def start(workspace: Path, *options: str, opens_browser: bool = False, **variables: str) -> Server:
        server = start_server(workspace, *options, opens_browser=opens_browser, **variables)
        running.append(server)
        return server

    yield start
    for server in running:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def small_content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content root with the real syllabus and notebooks that hold just enough."""
    root = tmp_path_factory.mktemp("content")
    shutil.copy(REPOSITORY / "course" / "syllabus.yaml", root)
    start = root / "modules" / "00_start_here"
    write_notebook(
        start / "first_call.ipynb",
        markdown("top", "# Your first call"),
        code("edit-me", "print('as shipped')", "autorun"),
        code("play-first-call", LIVE, "autorun"),
        code("by-hand", "print('only when asked')"),
    )
    write_notebook(
        start / "using_this_page.ipynb", markdown("top", "# Using this page"), code("where", WHERE, "autorun")
    )
    filler = "A paragraph about the call.\n\n" * 60
    write_notebook(
        root / "modules" / "03_discovery_conversation" / "discovery_conversation.ipynb",
        markdown("the-idea", "# The idea\n\n" + filler),
        code("predict-closing", LIVE, "autorun"),
        markdown("between", filler),
        code("quiz-kinds", LIVE.replace("press me", "quiz"), "autorun"),
        markdown("after", filler),
        code("play-cobalt-ridge", "print('the customer')", "autorun"),
        markdown("end", filler),
    )
    write_notebook(
        root / "released" / "discovery_conversation" / "discovery_conversation.ipynb",
        markdown("top", "# Exercises"),
        code("answer", "next_move = {}"),
    )
    return root


def write_notebook(path: Path, *cells: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")


def markdown(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def code(name: str, source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    empty: dict[str, Any] = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, **empty}


@dataclass
class Watched:
    """A page, and everything on it that must not happen."""

    page: Page
    leave: Callable[[], None]
    problems: list[str] = field(default_factory=list)

    def watch(self, base: str) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._request(request.url, base))

    def expect(self, pattern: str) -> None:
        """Problems that match are meant to happen in this test."""
        self.problems = [problem for problem in self.problems if not re.search(pattern, problem)]

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, url: str, base: str) -> None:
        if not url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:", "about:")):
            self.problems.append(f"request to {url}")


AFTER, MARKS = "After the call", "Your own marks first"


class Call:
    """The role-play on a page whose title begins like this, by the keys of somebody without a mouse."""

    def __init__(self, page: Page, title: str) -> None:
        self.page = page
        self.node = page.locator(f".ts-roleplay[aria-label*='{title}']").first
        expect(self.node).to_be_visible(timeout=60_000)

    @property
    def field(self) -> Locator:
        return self.node.get_by_role("textbox", name="What do you say?")

    @property
    def lines(self) -> Locator:
        return self.node.get_by_role("log").locator(".ts-line")

    @property
    def is_over(self) -> bool:
        return self.node.get_by_role("heading", name=MARKS).is_visible()

    def begin(self) -> None:
        """A practice call by typing, hands in the field; what an earlier test left is put away."""
        self.put_away()
        self.node.get_by_role("radio", name="Type").check()
        self.node.get_by_role("button", name="Practise").press("Enter")
        expect(self.field).to_be_focused()

    def put_away(self) -> None:
        """Back to the start, from wherever the call is."""
        ways = (("End call", "Hang up", MARKS), ("Skip", "Skip all the same", AFTER), ("Play again", "", ""))
        for first, then, leads_to in ways:
            if (shown := self.node.get_by_role("button", name=first, exact=True)).is_visible():
                shown.click()
                if then:
                    self.node.get_by_role("button", name=then).click()
                    expect(self.node.get_by_role("heading", name=leads_to)).to_be_visible()
        expect(self.node.get_by_role("button", name="Practise")).to_be_visible()

    def tab_to(self, target: Locator, most: int = 60) -> None:
        """Press Tab until the focus is there."""
        for _ in range(most):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab did not reach {target}")

    def answered(self, act: Callable[[], None]) -> None:
        """Do something and wait for the kernel's answer."""
        before = str(self.node.get_attribute("data-reply"))
        act()
        expect(self.node).not_to_have_attribute("data-reply", before)

    def say(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.answered(lambda: self.page.keyboard.press("Enter"))

    def find_line(self, option: str) -> Locator | None:
        """Open the menu from the field and turn its pages to the line; None where it cannot be said now."""
        self.page.keyboard.press("ArrowDown")
        expect(self.node.locator(".ts-suggestion").first).to_be_focused()
        tool = self.node.get_by_role("button", name="more lines")
        pages = int(tool.inner_text().split("of")[-1].strip(" )")) if tool.count() else 1
        for _ in range(pages):
            found = self.node.locator(f".ts-suggestion[data-option='{option}']")
            if found.count():
                return found
            if pages > 1:
                self.answered(lambda: self.page.keyboard.press("0"))
        self.page.keyboard.press("m")
        expect(self.field).to_be_focused()
        return None

    def type_line(self, option: str) -> bool:
        """Read a line in the menu and type its words; pick it where they are not understood. False: not to be had."""
        found = self.find_line(option)
        if found is None:
            return False
        self.page.keyboard.press("m")
        self.say(str(found.locator("span").text_content()))
        if self.node.locator("[data-choice]").first.is_visible():
            self.answered(lambda: self.page.keyboard.press("0"))
        if self.node.locator(".ts-asking").inner_text() and (again := self.find_line(option)) is not None:
            self.answered(lambda: again.press("Enter"))
        return True

    def hang_up(self) -> None:
        for name in ("End call", "Hang up"):
            self.tab_to(self.node.get_by_role("button", name=name))
            self.page.keyboard.press("Enter")
        expect(self.node.get_by_role("heading", name=MARKS)).to_be_focused()

    def mark_all(self, mark: str = "3") -> None:
        expect(self.node.get_by_role("heading", name=MARKS)).to_be_focused()
        for line in self.node.locator(".ts-marks-line").all():
            self.page.keyboard.press("Tab")
            self.page.keyboard.press(mark)
            expect(line.get_by_role("radio", name=mark)).to_be_checked()
        self.tab_to(self.node.get_by_role("button", name="Compare with the score"))
        self.page.keyboard.press("Enter")
        expect(self.node.get_by_role("heading", name=AFTER)).to_be_focused()


@pytest.fixture(scope="session")
def find_call() -> Callable[[Page, str], Call]:
    """`find_call(page, "Up the chain")`: a role-play on a page."""
    return Call


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let fixtures know how the test went."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def visit(profile: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """Open a page on a server; after the test there must have been no console error and no request elsewhere."""
    opened: list[Watched] = []

    def go(server: Server, *, scheme: str = "light", width: int = 1280, path: str = "") -> Watched:
        page = profile.open(scheme, width)
        watched = Watched(page, lambda: profile.leave(page, server.base))
        watched.watch(server.base)
        opened.append(watched)
        page.goto(f"{server.base}/lab{path}?token={server.token}&reset")  # without the last visitor's tabs
        return watched

    yield go
    if request.node.stash.get(FAILED, False):
        for number, watched in enumerate(opened):
            if not watched.page.is_closed():
                take_picture(watched.page, f"failed-{request.node.name}-{number}")
    problems = [problem for watched in opened for problem in watched.problems]
    for watched in opened:
        watched.leave()
    assert problems == []


@pytest.fixture
def grave() -> Callable[[Page, str], list[tuple[str, str]]]:
    """What axe-core calls serious or critical inside a part of a page: rule and element."""

    def find(page: Page, part: str) -> list[tuple[str, str]]:
        return [
            (violation["id"], node["html"])
            for violation in Axe().run(page, context=part).response["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    return find


@pytest.fixture
def shot() -> Callable[[Page, str], Path]:
    """Keep a picture of a page under `tests/output/`."""

    return take_picture


def take_picture(page: Page, name: str) -> Path:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}.png"
    page.screenshot(path=path, animations="disabled")
    return path


@pytest.fixture
def keep_time() -> Callable[[str, float], None]:
    """Keep a measured time in `tests/output/browser_times.json`: a number to look at, not a promise."""

    def keep(what: str, seconds: float) -> None:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        path = OUTPUT / "browser_times.json"
        times = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        times[what] = round(seconds, 2)
        path.write_text(json.dumps(times, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    return keep
