"""A judge and a learner's process, both forked from loaded programs, joined by a socket pair, without a sandbox."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.grader.judge.reading import asked, mentioned
from techsell_grading.grader.wire import Channel, Closed

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LIMIT = 200_000
SECONDS = 60.0


class Zygote:
    """A loaded program that forks children for these tests."""

    def __init__(self, module: str) -> None:
        self._door, theirs = socket.socketpair()
        command = [sys.executable, str(HERE / "zygote.py"), str(theirs.fileno()), module]
        command += [str(ROOT / "grading"), str(ROOT / "course")]
        environment = os.environ | {"MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": os.devnull}
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()
        assert self._door.recv(100) == b"ready"

    def fork(self, folder: Path, other: socket.socket) -> tuple[Channel, int]:
        """The control channel and number of a new child that has `other` as its second socket."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self._door, [str(folder).encode()], [theirs.fileno(), other.fileno()])
        theirs.close()
        return Channel(ours), int(self._door.recv(100))

    def end(self) -> None:
        self._door.close()
        self._process.wait(10)


class Side:
    """One of the two processes."""

    def __init__(self, channel: Channel, pid: int) -> None:
        self.channel, self.pid = channel, pid

    def ask(self, **message: Any) -> dict[str, Any]:
        self.channel.send(message)
        return self.channel.receive(time.monotonic() + SECONDS)

    def interrupt(self) -> None:
        os.kill(self.pid, signal.SIGINT)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Bench:
    """Runs cells as a grader does: learner's in one process, tests in the other, locked ones in both."""

    def __init__(self, judge: Side, learner: Side) -> None:
        self.judge, self.learner = judge, learner

    def asked(self, *code: str) -> None:
        """These are the author's own answers."""
        found = [asked(text) for text in ("", *code)]
        names, changed = (sorted(frozenset().union(*part)) for part in zip(*found, strict=True))
        assert self.judge.ask(op="asked", names=names, changed=changed) == {"ok": True}

    def learn(self, code: str) -> dict[str, Any]:
        """A cell of the learner's."""
        run = self.learner.ask(op="run", code=code, limit=LIMIT)
        told = {"bound": run["bound"], "deleted": run["deleted"], "mentioned": sorted(mentioned(code))}
        assert self.judge.ask(op="learner", **told) == {"ok": True}
        return run

    def locked(self, code: str) -> dict[str, Any]:
        """A locked cell; what the judge says of it."""
        self.learner.ask(op="run", code=code, limit=LIMIT)
        return self.judge.ask(op="run", code=code, role="locked", limit=LIMIT)

    def test(self, code: str, limit: int = LIMIT) -> dict[str, Any]:
        """A grade cell."""
        return self.judge.ask(op="run", code=code, role="test", limit=limit)

    def passes(self, code: str) -> None:
        """The test is judged, and does not fail."""
        run = self.test(code)
        assert (run["unsupported"], run["error"]) == ("", None), run

    def fails(self, code: str, error: str = "AssertionError") -> dict[str, Any]:
        """The test is judged, and fails with this error."""
        run = self.test(code)
        assert run["unsupported"] == "", run
        assert run["error"] is not None, run
        assert run["error"][0] == error, run
        return run

    def refuses(self, code: str, by: str = "test") -> str:
        """The test cannot be judged; the reason."""
        run = self.test(code)
        assert (run["unsupported_by"], bool(run["unsupported"]), bool(run["error"])) == (by, True, True), run
        return str(run["unsupported"])


@pytest.fixture(scope="session")
def judges() -> Iterator[Zygote]:
    zygote = Zygote("techsell_grading.grader.judge")
    yield zygote
    zygote.end()


@pytest.fixture(scope="session")
def learners() -> Iterator[Zygote]:
    zygote = Zygote("techsell_grading.grader.candidate")
    yield zygote
    zygote.end()


@pytest.fixture
def new_judge(judges: Zygote, tmp_path: Path) -> Iterator[Callable[[socket.socket], Side]]:
    """Makes a judge whose learner's process is at the other end of the socket that it is given."""
    made: list[Side] = []

    def make(other: socket.socket) -> Side:
        place = tmp_path / f"judge{len(made)}"
        place.mkdir()
        made.append(Side(*judges.fork(place, other)))
        other.close()
        return made[-1]

    yield make
    for side in made:
        side.channel.close()
        side.kill()


@pytest.fixture
def new_bench(new_judge: Callable[[socket.socket], Side], learners: Zygote, tmp_path: Path) -> Iterator[Any]:
    """Makes benches; their working folders are `judge<n>` and `learner<n>` in `tmp_path`."""
    made: list[Side] = []

    def make() -> Bench:
        one, other = socket.socketpair()
        place = tmp_path / f"learner{len(made)}"
        place.mkdir()
        made.append(Side(*learners.fork(place, other)))
        other.close()
        return Bench(new_judge(one), made[-1])

    yield make
    for side in made:
        side.channel.close()
        side.kill()


@pytest.fixture
def bench(new_bench: Callable[[], Bench]) -> Bench:
    return new_bench()


__all__ = ["Bench", "Closed", "Side"]
