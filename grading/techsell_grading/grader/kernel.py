"""One throw-away kernel process: starts, runs cells one by one, and is gone with everything it started.

The kernel gets an empty home, a private working folder and an environment of a few named variables. It is started
in a process group of its own, so that killing it takes its children along. It is not a sandbox: it can still read
what the grader's user can read. The interface (`Kernel.run`) is what a sandboxed worker will implement instead.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any, Literal

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from .outputs import Outputs
from .verdict import Limits

__all__ = ["CellRun", "Kernel", "KernelFailed"]

_POLL = 0.25
_GRACE = 3.0
"""seconds that an interrupted cell has to stop by itself"""
_SOCKET_PATH = 90
"""a Unix socket's path may have about 100 characters; longer ones fall back to TCP on loopback"""

_QUEUE = 100_000
_FLOOD = 50_000
"""messages of one cell: more are cut off, long before the queue above is full and begins to lose some"""

How = Literal["done", "timeout", "flood", "died", "not run"]


class KernelFailed(Exception):
    """The kernel did not come up: the machine's trouble, not the learner's."""


@dataclass(frozen=True)
class CellRun:
    """What one cell did. `error` is (name, text) of the exception that ended it."""

    how: How
    outputs: tuple[Mapping[str, Any], ...] = ()
    error: tuple[str, str] | None = None
    truncated: bool = False
    seconds: float = 0.0


class Kernel:
    """A kernel in `folder` (which must be empty and is left to the caller to remove)."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._limits = limits
        self.work = folder / "work"
        self._home = folder / "home"
        self._wires = folder / "k"
        for place in (self.work, self._home, self._wires):
            place.mkdir(exist_ok=True)
        _lend_fonts(self._home / "matplotlib")
        self._process: subprocess.Popen[bytes] | None = None
        self._client: BlockingKernelClient | None = None
        self._context = zmq.Context()

    def __enter__(self) -> Kernel:
        try:
            self._start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def run(self, code: str, seconds: float) -> CellRun:
        """Run one cell for at most `seconds`; never raises for anything that the cell does."""
        if self._client is None or not self._alive():
            return CellRun("not run")
        began = time.monotonic()
        outputs = Outputs(self._limits.output)
        request = self._client.execute(code, allow_stdin=False, stop_on_error=False)
        how = self._listen(request, outputs, began + seconds)
        if how in ("timeout", "flood"):
            self._signal(signal.SIGINT)
            if self._listen(request, Outputs(0), time.monotonic() + _GRACE) != "done":
                self.kill()
        return CellRun(how, outputs.collected(), outputs.error, outputs.truncated, time.monotonic() - began)

    @property
    def usable(self) -> bool:
        """Whether another cell can be run."""
        return self._client is not None and self._alive()

    def kill(self) -> None:
        """End the kernel and its process group; calling it twice does no harm."""
        if self._client is not None:
            with suppress(Exception):  # a half-open channel of a dead kernel is nobody's loss
                self._client.stop_channels()
            self._client = None
        self._context.destroy(linger=0)
        if self._process is not None:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            with suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        target = str(self._wires / "c.json")
        local = os.name == "posix" and len(target) < _SOCKET_PATH
        connection, _ = write_connection_file(
            target,
            ip=str(self._wires / "s") if local else "127.0.0.1",
            transport="ipc" if local else "tcp",
            key=os.urandom(32).hex().encode(),
        )
        command = [sys.executable, "-I", str(Path(__file__).with_name("kernel_main.py")), str(self._limits.memory)]
        command += ["-f", connection, "--HistoryManager.hist_file=:memory:", "--log-level=CRITICAL"]
        with (self._wires / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.work,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._context.setsockopt(zmq.RCVHWM, _QUEUE)
        self._client = BlockingKernelClient(context=self._context)
        self._client.load_connection_file(connection)
        self._client.start_channels(hb=False, stdin=False)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        """Until the kernel has answered on both channels: what is said before both are connected would be lost."""
        client, deadline = self._client, time.monotonic() + self._limits.start_seconds
        while client is not None and time.monotonic() < deadline and self._alive():
            client.kernel_info()
            with suppress(Empty):
                client.get_shell_msg(timeout=1)
                client.get_iopub_msg(timeout=1)
                return
        said = (self._wires / "log").read_text("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise KernelFailed(f"The Python kernel did not start: {said[0]}")

    def _listen(self, request: str, outputs: Outputs, deadline: float) -> How:
        """Collect what the request says until the kernel has both answered it and gone idle, or dies, or time is over.

        The answer on the other channel is waited for as well: it carries the error, whatever became of the output.
        """
        idle = answered = False
        while self._client is not None:
            try:
                message = self._client.get_iopub_msg(timeout=0 if idle else _POLL)
            except Empty:
                if not self._alive():
                    return "died"
            else:
                if message["parent_header"].get("msg_id") == request:
                    idle = outputs.take(message) or idle
            answered = answered or self._answered(request, outputs, wait=idle)
            if idle and answered:
                return "done"
            if outputs.messages > _FLOOD:
                return "flood"
            if time.monotonic() > deadline:
                return "timeout"
        return "died"

    def _answered(self, request: str, outputs: Outputs, *, wait: bool) -> bool:
        """Whether the kernel has answered the request."""
        with suppress(Empty):
            while self._client is not None:
                reply = self._client.get_shell_msg(timeout=_POLL if wait else 0)
                if reply["parent_header"].get("msg_id") == request:
                    outputs.answer(reply["content"])
                    return True
        return False

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: int) -> None:
        if self._process is None:
            return
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, number)

    def _environment(self) -> dict[str, str]:
        """Nothing of the trainer's environment but what Python needs to start."""
        kept = ("LANG", "LC_ALL", "SYSTEMROOT", "PATHEXT", "COMSPEC", "NUMBER_OF_PROCESSORS", "TZ")
        home = str(self._home)
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": home,
            "USERPROFILE": home,
            "TMPDIR": home,
            "TEMP": home,
            "TMP": home,
            "IPYTHONDIR": str(self._home / "ipython"),
            "MPLCONFIGDIR": str(self._home / "matplotlib"),
            "NBGRADER_EXECUTION": "autograde",
            **({"JPY_PARENT_PID": str(os.getpid())} if os.name == "posix" else {}),  # on Windows it is a handle
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }


def _lend_fonts(place: Path) -> None:
    """Copy matplotlib's list of fonts into the empty home: making it afresh takes seconds, somewhere a minute."""
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or os.curdir)
    places = (
        os.environ.get("MPLCONFIGDIR", ""),
        Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "matplotlib",
        home / ".matplotlib",
    )
    for known in (Path(folder) for folder in places if folder):
        for fonts in known.glob("fontlist-*.json"):
            with suppress(OSError):
                place.mkdir(exist_ok=True)
                shutil.copyfile(fonts, place / fonts.name)
