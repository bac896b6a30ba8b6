"""A candidate in a forked child, spoken to as its parent and its judge do; no sandbox."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.grader.wire import Channel

_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parents[2]
_PATIENCE = 30.0
KEYS = {"how", "outputs", "error", "truncated", "seconds", "bound", "deleted"}


class Candidate:
    """One child. `run` and `ask` return whole answers; the others what most tests want of them."""

    def __init__(self, control: Channel, judge: Channel, pid: int, folder: Path) -> None:
        self.control, self.judge, self.pid, self.folder = control, judge, pid, folder

    def run(self, code: str, limit: int = 200_000) -> dict[str, Any]:
        self.start(code, limit)
        return self.answer()

    def start(self, code: str, limit: int = 200_000) -> None:
        self.control.send({"op": "run", "code": code, "limit": limit})

    def answer(self, seconds: float = _PATIENCE) -> dict[str, Any]:
        answer = self.control.receive(time.monotonic() + seconds)
        assert set(answer) == KEYS
        return answer

    def interrupt(self) -> None:
        os.kill(self.pid, signal.SIGINT)

    def ask(self, op: str, **message: Any) -> dict[str, Any]:
        self.judge.send({"op": op, **message})
        return self.judge.receive(time.monotonic() + _PATIENCE)

    def value(self, name: str) -> Any:
        answer = self.ask("value", name=name)
        assert answer["kind"] == "value", answer
        return answer["value"]

    def call(self, name: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        number = self.ask("value", name=name)["id"]
        return self.ask("call", id=number, args=list(args), kwargs=kwargs, random=None)

    def printed(self, code: str, stream: str = "stdout") -> str:
        answer = self.run(code)
        assert answer["error"] is None, answer["error"]
        return "".join(o["text"] for o in answer["outputs"] if o.get("name") == stream)

    def shown(self, code: str) -> Any:
        """The text of the last expression."""
        answer = self.run(code)
        assert answer["error"] is None, answer["error"]
        return next(o["data"]["text/plain"] for o in answer["outputs"] if o["output_type"] == "execute_result")

    def error(self, code: str) -> list[str]:
        answer = self.run(code)
        assert answer["error"] is not None
        return list(answer["error"])

    def waits_in(self, file: str) -> None:
        """Until the running cell has made this file."""
        end = time.monotonic() + _PATIENCE
        while not (self.folder / file).exists():
            assert time.monotonic() < end, f"the cell did not make {file}"
            time.sleep(0.005)


class Server:
    """The process that has prepared; one child at a time."""

    def __init__(self) -> None:
        near, far = socket.socketpair()
        path = os.pathsep.join([str(_REPOSITORY / "course"), str(_REPOSITORY / "grading")])
        command = [sys.executable, str(_HERE / "forks.py"), str(far.fileno())]
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("PYTHONUNBUFFERED", None)  # it would unbuffer C's own streams too, which a test is about
        self._process = subprocess.Popen(command, pass_fds=[far.fileno()], env=environment)
        far.close()
        self._channel = Channel(near)
        self.ready = self._channel.receive(time.monotonic() + 120)

    def fork(self, folder: Path) -> Candidate:
        ends = [socket.socketpair() for _ in range(2)]
        self._channel.send({"folder": str(folder)}, [far.fileno() for _, far in ends])
        for _, far in ends:
            far.close()
        pid = self._channel.receive(time.monotonic() + _PATIENCE)["pid"]
        return Candidate(Channel(ends[0][0]), Channel(ends[1][0]), pid, folder)

    def end(self, child: Candidate) -> None:
        child.control.close()
        child.judge.close()
        if not child.pid:
            return
        try:
            self._channel.receive(time.monotonic() + 2)
        except Exception:
            os.kill(child.pid, signal.SIGKILL)
            self._channel.receive(time.monotonic() + _PATIENCE)

    def close(self) -> None:
        self._channel.close()
        self._process.wait(_PATIENCE)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def candidate(server: Server, tmp_path: Path) -> Iterator[Candidate]:
    """A fresh child in an empty folder."""
    child = server.fork(tmp_path)
    yield child
    server.end(child)


@pytest.fixture
def texts() -> Callable[[dict[str, Any], str], str]:
    """The text of one stream in an answer."""
    return lambda answer, stream: "".join(o["text"] for o in answer["outputs"] if o.get("name") == stream)
