"""What every test room shares: where the repository is, and what a missing system part means."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from techsell.errors import Problem

REPOSITORY = Path(__file__).resolve().parents[1]
NOBODY = 65534
IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_configure() -> None:
    """A shell starts background jobs with Ctrl-C ignored, and every process that a test starts would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


_LONG = ("tests/hostile/", "tests/browser/", "tests/parity/", "tests/grading/book/", "tests/roleplay/")
"""rooms that take longest: they begin, so that no process is left alone with a long file at the end"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long rooms first; within a room the order stays."""

    def rank(item: pytest.Item) -> int:
        return next((number for number, room in enumerate(_LONG) if item.nodeid.startswith(room)), len(_LONG))

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of parity with nbgrader; seconds by room and the slowest files, so that growth is seen early."""
    found = itertools.chain.from_iterable(terminalreporter.stats.values())
    reports = [report for report in found if isinstance(report, pytest.TestReport)]
    _parity(terminalreporter, reports)
    rooms: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for report in reports:
        parts = Path(report.location[0]).parts[1:-1]
        rooms[parts[0] if parts else "the house"] += report.duration
        files[report.location[0]] += report.duration
    for what, spent in (("room", rooms.most_common()), ("file", files.most_common(25))):
        said = ", ".join(f"{name} {seconds:.0f}" for name, seconds in spent)
        if said:
            terminalreporter.write_line(f"seconds by {what}: {said}")


def _parity(terminalreporter: pytest.TerminalReporter, reports: list[pytest.TestReport]) -> None:
    """What `tests/parity` noted of each row, from whichever process it ran in."""
    rows = [list(map(str, row)) for one in reports for name, row in one.user_properties if name == "parity"]
    if not rows:
        return
    lines = [["course", "hand-in", "nbgrader 0.9.6", "techsell"], *sorted(map(list, {tuple(row) for row in rows}))]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    terminalreporter.section("parity with nbgrader's own notebooks")
    for line in lines:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        terminalreporter.write_line("  ".join(padded).rstrip())
    terminalreporter.write_line("Left out: Otter's notebooks, which its wheel does not ship.")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder of the checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def need_program() -> Callable[..., str]:
    """Path of a system program: skips with the install hint on a laptop, fails in CI."""

    def find(*names: str, hint: str) -> str:
        for name in names:
            if found := shutil.which(name):
                return found
        message = f"no {' or '.join(names)} on this machine; {hint}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)

    return find


@pytest.fixture(scope="session")
def chromium(need_program: Callable[..., str]) -> str:
    """Path of a Chromium that Playwright can drive."""
    return need_program("chromium", "chromium-browser", "google-chrome", hint="'apt-get install chromium'")


@pytest.fixture(scope="session")
def start_chromium(chromium: str) -> Iterator[Callable[..., Any]]:
    """`start_chromium()`: the system's Chromium, driven by Playwright, of which a process can hold only one.

    With a folder it has a profile there: one context that keeps what it loaded.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright here; pip install -e '.[test]'")
    arguments = (
        "--no-sandbox --disable-gpu --disable-background-networking --no-first-run "
        "--disable-sync --disable-component-update --disable-quic"
    )
    with sync_api.sync_playwright() as playwright:

        def start(profile: Path | None = None) -> Any:
            words = {"executable_path": chromium, "args": arguments.split()}
            kind = playwright.chromium
            return kind.launch(**words) if profile is None else kind.launch_persistent_context(profile, **words)

        yield start


@pytest.fixture(scope="session")
def browser(start_chromium: Callable[..., Any]) -> Iterator[Any]:
    """A Chromium for the whole run; each page is somebody else's."""
    opened = start_chromium()
    yield opened
    opened.close()


class Profile:
    """The browser of a learner who comes back day after day: it keeps JupyterLab's scripts, read and compiled.

    They are all that stays from page to page; a browser that reads them anew works a third longer for each page.
    """

    def __init__(self, context: Any) -> None:
        self.context = context
        context.set_default_timeout(60_000)
        self.storage = context.new_cdp_session(context.pages[0])

    def open(self, scheme: str, width: int) -> Any:
        page = self.context.new_page()
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        return page

    def leave(self, page: Any, origin: str) -> None:
        """Close a page and forget what it stored: cookies, keys, databases."""
        page.close()
        self.storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self.context.clear_cookies()


@pytest.fixture(scope="session")
def profile(start_chromium: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """A second Chromium, for the pages of a Jupyter server."""
    context = start_chromium(tmp_path_factory.mktemp("profile"))
    yield Profile(context)
    context.close()


@pytest.fixture(scope="session")
def linted() -> Callable[[str], tuple[Problem, ...]]:
    """`linted("saltmarsh")`: all that lint says of a scenario of the course, bots and examples included; found once."""
    from techsell.roleplay.author.lint import lint
    from techsell.roleplay.load import scenario_path

    once = cache(lint)

    def find(name: str) -> tuple[Problem, ...]:
        path = scenario_path(name)
        return once(path.read_bytes(), path.name, path.stem)

    return find


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], AbstractContextManager[Path]]]:
    """`with read_only(folder) as copy:` a copy of `folder` that cannot be written, also when the tests run as root.

    As root the process is somebody else inside the block; that person must be able to reach the copy, which pytest's
    own temporary folders do not allow.
    """
    if sys.platform == "win32":
        pytest.skip("folders have no write permission on Windows")
    base = Path(tempfile.mkdtemp(prefix="techsell-read-only-"))
    base.chmod(0o755)
    as_root = os.geteuid() == 0

    @contextmanager
    def locked(folder: Path) -> Iterator[Path]:
        copy = base / folder.name
        shutil.copytree(folder, copy)
        found = [copy, *copy.rglob("*")]
        for path in found:
            if as_root:
                os.chown(path, NOBODY, NOBODY)
            path.chmod(0o555 if path.is_dir() else 0o444)
        if as_root:
            os.seteuid(NOBODY)
        try:
            yield copy
        finally:
            if as_root:
                os.seteuid(0)
            for path in found:
                path.chmod(0o755)

    yield locked
    shutil.rmtree(base)
