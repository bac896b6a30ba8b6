"""Do the README's words work in a fresh clone, in an empty environment, as an ordinary user and as root?"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*token=\w+")


def as_user(user: str | None, home: Path) -> list[str]:
    """Words that run a command as another user, in a home of its own."""
    return [] if user is None else ["runuser", "-u", user, "--", "env", f"HOME={home}"]


def users() -> list[str | None]:
    return [None, "nobody"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [None]


@pytest.fixture(params=users(), ids=lambda user: user or "me")
def clone(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> Iterator[tuple[Path, str | None]]:
    """A clone of the committed tree that belongs to the user."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout; run the tests in a clone")
    user: str | None = request.param
    place = Path("/tmp" if os.name == "posix" else tmp_path) / f"techsell-fresh-{os.getpid()}-{user or 'me'}"  # noqa: S108
    place.mkdir()
    try:
        words = ["git", "clone", "-q", "--no-hardlinks", str(repository), str(place / "clone")]
        subprocess.run(words, check=True, capture_output=True)
        (place / "home").mkdir()
        if user is not None:
            for path in (place, *place.rglob("*")):
                shutil.chown(path, user)
        yield place, user
    finally:
        shutil.rmtree(place, ignore_errors=True)


def environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TECHSELL", "JUPYTER"))}
    return {**kept, "HOME": str(place / "home"), "TMPDIR": str(place / "home")}


def test_the_first_command_ends_with_the_course_home(clone: tuple[Path, str | None]) -> None:
    place, user = clone
    readme = (place / "clone" / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in readme.splitlines() if line.endswith(".venv/bin/techsell learn")]
    command = f"{line} --no-browser"
    process = subprocess.Popen(
        [*as_user(user, place / "home"), "bash", "-c", command],
        cwd=place / "clone",
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watchdog = threading.Timer(600, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        assert process.stdout is not None
        seen = []
        for said in process.stdout:
            seen.append(said)
            if found := ADDRESS.search(said):
                break
        else:
            pytest.fail("no address was printed:\n" + "".join(seen[-30:]))
        base, token = re.match(r"(http://[^/]+).*token=(\w+)", found[0]).groups()  # type: ignore[union-attr]
        with urllib.request.urlopen(f"{base}/techsell/home?token={token}", timeout=60) as answer:  # noqa: S310
            home = json.load(answer)
        assert "discovery_conversation" in json.dumps(home)
        with urllib.request.urlopen(f"{base}/lab?token={token}", timeout=60) as answer:  # noqa: S310
            assert b"jupyter-config-data" in answer.read()
        exercise = place / "home" / "techsell" / "exercises" / "discovery_conversation" / "discovery_conversation.ipynb"
        assert "BEGIN HIDDEN TESTS" not in exercise.read_text(encoding="utf-8")
    finally:
        watchdog.cancel()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
