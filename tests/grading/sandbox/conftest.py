"""Sandboxes with a program that does what a test tells it, in each way in which this machine can confine."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.grader.sandbox import Child, Mode, Program, Server, bubblewrap
from techsell_grading.grader.sandbox.layout import PROGRAMS

_HERE = Path(__file__).parent
_PATIENCE = 60.0


@dataclass(frozen=True)
class Small:
    """Limits that a test reaches quickly."""

    start_seconds: float = 60.0
    total_seconds: float = 20.0
    memory: int = 1 << 30
    file_bytes: int = 16 << 20
    processes: int = 20


class Box:
    """A server with the probe, and short words for what tests do with it."""

    def __init__(self, mode: Mode, *libraries: str) -> None:
        # The probe sees what the candidate sees, except the candidate's own program.
        code = {name: place for name, place in PROGRAMS["candidate"].code.items() if not name.endswith("/candidate")}
        self.program = Program("probe", {**code, "probe.py": _HERE / "probe.py"}, libraries)
        self.limits = Small()
        self.server = Server(self.program, mode, self.limits)

    def fork(self, *, extra_fd: Any = None, **limits: Any) -> Child:
        """A child; starts the server when it is not running."""
        self.server.start()
        some = replace(Small(), **limits)
        return self.server.fork(
            memory=some.memory,
            cpu_seconds=int(some.total_seconds),
            file_bytes=some.file_bytes,
            processes=some.processes,
            extra_fd=extra_fd,
        )

    @contextmanager
    def child(self, *, extra_fd: Any = None, **limits: Any) -> Iterator[Child]:
        """A child that is ended after the block; the server must prove itself clean and go on."""
        made = self.fork(extra_fd=extra_fd, **limits)
        try:
            yield made
        finally:
            made.end()
            assert self.server.alive, "the server gave itself up"

    def ask(self, child: Child, code: str) -> dict[str, Any]:
        """`{"out": ...}` or `{"error": ...}`."""
        child.channel.send({"code": code})
        return child.channel.receive(time.monotonic() + _PATIENCE)

    def do(self, child: Child, code: str) -> Any:
        """What the code gives to `out`; an error inside is an error here."""
        answer = self.ask(child, code)
        assert "error" not in answer, answer["error"]
        return answer["out"]

    def run(self, code: str, **limits: Any) -> Any:
        """`do` in a child of its own."""
        with self.child(**limits) as child:
            return self.do(child, code)

    def ask_once(self, code: str, **limits: Any) -> dict[str, Any]:
        """`ask` in a child of its own."""
        with self.child(**limits) as child:
            return self.ask(child, code)


def _ways() -> list[bubblewrap.Way]:
    path = shutil.which("bwrap")
    return [] if path is None else [way for way in bubblewrap.ways(path) if not bubblewrap.trial(way)]


@pytest.fixture(scope="module", params=_ways() or [None], ids=lambda way: way.name if way else "none")
def way(request: pytest.FixtureRequest, need_program: Callable[..., str]) -> Iterator[bubblewrap.Way]:
    """Each way in which this machine can confine code; everything started meanwhile uses it."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    if request.param is None:
        pytest.fail(f"bubblewrap is installed, but no sandbox can be started: {bubblewrap.available()}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "way", lambda: request.param)
        patch.setattr(bubblewrap, "available", lambda: "")
        yield request.param


@pytest.fixture(scope="module")
def box(way: bubblewrap.Way) -> Iterator[Box]:
    """One confined server for all tests of a file: whatever one test does, the next one finds it in order."""
    made = Box("require")
    yield made
    made.server.close()


@pytest.fixture
def readable() -> Iterator[Path]:
    """An empty folder that other users can read too, as pytest's own cannot."""
    with tempfile.TemporaryDirectory(prefix="techsell-readable-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def open_box() -> Iterator[Box]:
    """A server without any protection."""
    made = Box("off")
    yield made
    made.server.close()
