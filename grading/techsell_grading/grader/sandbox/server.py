"""The grader's side of one sandbox: start it, fork a child in it, end and clean up after the child.

A server has one child at a time. Whatever the child did, `Child.end` comes back within seconds; when the sandbox
cannot show that nothing is left of the child, the whole server is killed, and the next start makes a new one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from techsell.errors import SandboxFailed
from techsell_grading.grader.wire import Bounds, Channel, Closed, NotPlain, TimedOut, WireError

from . import fonts
from .bubblewrap import Mode
from .child import Child, Exit
from .layout import PROGRAMS, Program
from .starter import start
from .ways import Limits, Start, prepare

__all__ = ["Server"]

_ANSWER_SECONDS = 30.0
_GONE_SECONDS = 2.0
_WORDS = 8000
_SMALL = Bounds(items=5000, libraries=False)
_PLAIN = Bounds(libraries=False)
"""between the grader and a child: nothing that comes from there makes the grader import or build anything"""
_ENDED_FIRST = 500
"""between 0, as any program, and 1000, always first"""
Socket = socket.socket | None
_TROUBLE = (Closed, TimedOut, WireError, NotPlain, OSError, KeyError)


class Server:
    """One sandbox with a warm Python inside.

    `pid` is its number on this machine (0: not known), `missing` names libraries that are not installed here.

    Args:
        program: "candidate" or "judge", or a `Program` of one's own.
        mode: "require": confined or not at all; "auto": confined where this machine can; "off": the same processes
            without any protection.
        limits: `start_seconds`, and `file_bytes`: twice that fits on the sandbox's own disk.
    """

    def __init__(self, program: str | Program, mode: Mode, limits: Limits) -> None:
        self.program = PROGRAMS[program] if isinstance(program, str) else program
        self.mode = mode
        self._limits = limits
        self._channel: Channel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._start: Start | None = None
        self._log: IO[bytes] | None = None
        self._owner = os.getpid()
        self._saying = threading.Lock()
        self.missing: tuple[str, ...] = ()
        self.start_seconds = 0.0
        self.pid = 0

    @property
    def alive(self) -> bool:
        """Whether it can take a child."""
        return self._channel is not None and self._process is not None and self._process.poll() is None

    @property
    def confined(self) -> bool:
        """Whether code inside is kept from the rest of the machine."""
        return self._start is not None and self._start.confined

    def start(self) -> None:
        """Start it; nothing happens when it is running.

        Raises:
            SandboxMissing: this machine cannot confine and the mode is "require", or it cannot fork at all.
            SandboxFailed: it did not come up in time.
        """
        if self.alive:
            return
        self.close()
        began = time.monotonic()
        self._owner = os.getpid()
        self._start = prepare(self.program, self.mode, self._limits)
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours, _SMALL)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - kept until `close`
        with theirs:
            try:
                words = self._start.words(theirs.fileno())
                self._process = start(
                    words, keep=(theirs.fileno(),), said=self._log.fileno(), env=self._start.env, user=self._start.user
                )
                theirs.close()
                self._channel.receive(began + self._limits.start_seconds)
                self.pid = _first_child(self._process.pid) if self._start.confined else self._process.pid
                _end_this_first(self.pid)
                self._channel.send(dict(self._start.told), deadline=began + self._limits.start_seconds)
                ready = self._channel.receive(began + self._limits.start_seconds)
                self.missing = tuple(ready["missing"])
                fonts.keep(ready["fonts"])
            except _TROUBLE as error:
                raise self._failed("did not start", error) from error
            except BaseException:
                self.close()
                raise
        self.start_seconds = time.monotonic() - began

    def fork(self, *, memory: int, cpu_seconds: int, file_bytes: int, processes: int, extra_fd: Socket = None) -> Child:
        """A child of its own, confined before this returns; see `ask_to_fork`.

        Raises:
            SandboxFailed: the server could not; it is closed.
        """
        child = self.ask_to_fork(
            memory=memory, cpu_seconds=cpu_seconds, file_bytes=file_bytes, processes=processes, extra_fd=extra_fd
        )
        self.forked()
        return child

    def ask_to_fork(
        self, *, memory: int, cpu_seconds: int, file_bytes: int, processes: int, extra_fd: Socket = None
    ) -> Child:
        """Begin what `forked` waits for, so that two servers can fork at the same time.

        Args:
            memory: bytes of address space of each process, and of memory of all together.
            cpu_seconds: of each process.
            file_bytes: largest file.
            processes: how many at once, threads included.
            extra_fd: handed to the program as its second channel; stays open here.

        Raises:
            SandboxFailed: the server is gone.
        """
        ask = {"op": "fork", "memory": memory, "cpu_seconds": cpu_seconds, "file_bytes": file_bytes}
        ask |= {"processes": processes, "others": self._start.others() if self._start is not None else 0}
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._tell(ask, (theirs.fileno(), *(() if extra_fd is None else (extra_fd.fileno(),))))
            except _TROUBLE as error:
                ours.close()
                raise self._failed("could not begin", error) from error
        return Child(self, Channel(ours, _PLAIN))

    def forked(self) -> None:
        """Wait for the answer to `ask_to_fork`.

        Raises:
            SandboxFailed: the child could not be made or confined; the server is closed.
        """
        try:
            answer = self._hear()
            if "error" in answer:
                raise WireError(str(answer["error"]))
        except _TROUBLE as error:
            raise self._failed("could not begin", error) from error

    def say(self, message: Mapping[str, Any]) -> None:
        """Tell the server something that may come too late: it can be gone already."""
        with contextlib.suppress(*_TROUBLE):
            self._tell(message)

    def ended(self) -> Exit:
        """Wait for the answer to "end". A server that cannot prove itself clean is closed."""
        try:
            told = self._hear()
            clean, status = told["clean"], int(told["status"])
        except _TROUBLE:
            self.close()
            return Exit(None, signal.SIGKILL, True, 0, 0.0, "server")
        if clean != "":
            self.close()
        return Exit(
            status=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            killed=told["killed"],
            peak_memory=told["peak_memory"],
            seconds=told["seconds"],
            limit=told["limit"],
            said=told["said"],
        )

    def close(self) -> None:
        """End it with everything inside; calling it twice does no harm."""
        channel, process, begun, log = self._channel, self._process, self._start, self._log
        self._channel = self._process = self._start = self._log = None
        if log is not None:
            log.close()
        if self._owner != os.getpid():  # a copy after a fork: the server belongs to the other process
            if channel is not None:
                channel.close()
            return
        if channel is not None:
            # Also where a fork of this process still holds the socket, the server hears that it is over.
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(channel.fileno())) as ours:
                ours.shutdown(socket.SHUT_RDWR)
            channel.close()
        if process is not None:
            self._await(process)
        if begun is not None:
            begun.clear()

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        """Until the server and everything inside it is gone; bwrap ends last."""
        for patience, pid in ((_GONE_SECONDS, self.pid), (_GONE_SECONDS, process.pid)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
                return
            if pid and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.wait()

    def _failed(self, what: str, error: Exception) -> SandboxFailed:
        """Close, and the error to be raised, with what the server said last."""
        said: list[str] = []
        if self._log is not None:
            self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - _WORDS))
            said = self._log.read().decode("utf-8", "replace").strip().splitlines()
        self.close()
        return SandboxFailed(
            f"The sandbox for '{self.program.module}' {what}: {(said[-1] if said else str(error)).rstrip('.')}",
            cure="Run 'python -m techsell_grading.grader.sandbox' to see what this machine allows",
        )

    def _tell(self, message: Mapping[str, Any], fds: tuple[int, ...] = ()) -> None:
        with self._saying:
            if self._channel is None:
                raise Closed("The sandbox is not running")
            self._channel.send(dict(message), fds, time.monotonic() + _ANSWER_SECONDS)

    def _hear(self) -> dict[str, Any]:
        if self._channel is None:
            raise Closed("The sandbox is not running")
        return self._channel.receive(time.monotonic() + _ANSWER_SECONDS)


def _first_child(pid: int) -> int:
    """The process that bwrap has started; 0 where this kernel does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()[0])
    return 0


def _end_this_first(pid: int) -> None:
    """When the machine runs out of memory, let it be what graded code uses, and not the trainer's other programs."""
    with contextlib.suppress(OSError, IndexError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(_ENDED_FIRST), "ascii")
