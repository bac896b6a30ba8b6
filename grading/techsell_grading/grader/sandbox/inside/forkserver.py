"""The program inside a sandbox: PID 1 of its namespaces, one thread, forks one child a submission, cleans up after it.

It talks to the grader over one socket (`wire.Channel`). Nothing hidden ever passes through it: what a child is told
comes over the child's own socket.

    {"op": "fork", "memory", "cpu_seconds", "file_bytes", "processes", "others"} + sockets -> {"pid"} or {"error"}
    {"op": "interrupt"}                                                                    -> no answer
    {"op": "end"}   -> {"clean", "killed", "status", "peak_memory", "limit", "seconds", "said"} or {"error"}

`clean` is empty, or says what is left of the submission; the grader then gives this server up.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from techsell_grading.grader.wire import Channel, Closed

from .cleaning import Ended, descendants, end_everybody, everybody_here, first_look, not_clean, reap, wipe
from .confine import Bounds
from .watch import Watch

__all__ = ["ForkServer", "Job"]

_TICK = 0.05
"""seconds between two looks at what a child uses"""
_END_SECONDS = 3.0
_WIPE_SECONDS = 3.0
_CONFINE_SECONDS = 10.0
_WORDS = 2000
"""bytes of a child's last words that are passed on"""


@dataclass(frozen=True)
class Job:
    """What a forked child is given: its sockets (the grader's, then the other child's if there is one), a pipe for
    its first and last words, and its limits."""

    sockets: tuple[int, ...]
    words: int
    bounds: Bounds


@dataclass
class _Running:
    pid: int
    words: int
    watch: Watch
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    ended: Ended | None = None
    limit: str = ""


class ForkServer:
    """Serves until the grader closes the socket.

    Args:
        places: folders that children can write, with their permissions; empty now, and again after each child.
        sandboxed: this is PID 1 of namespaces of its own.
    """

    def __init__(self, channel: Channel, places: Mapping[str, int], *, sandboxed: bool) -> None:
        self._channel = channel
        self._sandboxed = sandboxed
        self._places = places
        self._empty = first_look(list(places))
        self._running: _Running | None = None
        self._bell, self._hammer = socket.socketpair()
        for end in (self._bell, self._hammer):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._hammer.fileno(), warn_on_full_buffer=False)

    def serve(self) -> Job | None:
        """Answer until the grader is gone: None. In a forked child this returns at once with the child's job."""
        try:
            while True:
                watching = self._running is not None and self._running.ended is None
                if self._wait(_TICK if watching else None):
                    job = self._answer(self._channel.receive())
                    if job is not None:
                        return job
                elif self._running is not None:
                    self._look(self._running)
        except Closed:
            if self._running is not None:
                self._end_everybody(self._running)
            return None

    def _wait(self, seconds: float | None) -> bool:
        """Until a message is there, a child ends, or time is over. Returns whether it is a message."""
        poll = select.poll()
        poll.register(self._channel.fileno(), select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(None if seconds is None else seconds * 1000)}
        self._hear()
        return self._channel.fileno() in ready

    def _wait_for_child(self, seconds: float) -> None:
        select.select([self._bell], (), (), seconds)
        self._hear()

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._bell.recv(4096):
                pass

    def _answer(self, message: Mapping[str, Any]) -> Job | None:
        operation, sockets = message.get("op"), self._channel.fds
        if operation == "interrupt":
            if self._running is not None and self._running.ended is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._running.pid, signal.SIGINT)
        elif operation == "end":
            self._channel.send(self._end())
        elif operation == "fork":
            done = self._fork(message, sockets)
            if isinstance(done, Job):
                return done
            self._channel.send(done)
        else:
            self._channel.send({"error": f"unknown operation {operation!r}"})
        return None

    def _fork(self, message: Mapping[str, Any], sockets: tuple[int, ...]) -> Job | dict[str, Any]:
        if self._running is not None:
            return {"error": "a child is there already"}
        memory, processes = int(message["memory"]), int(message["processes"])
        bounds = Bounds(
            memory, int(message["cpu_seconds"]), int(message["file_bytes"]), processes + int(message["others"])
        )
        inodes = {place: empty.inodes for place, empty in self._empty.items()} if self._sandboxed else {}
        listen, words = os.pipe()
        os.set_blocking(words, False)
        try:
            pid = os.fork()
        except OSError as error:
            os.close(listen)
            os.close(words)
            return {"error": f"fork: {error.strerror}"}
        if pid == 0:
            return Job(sockets, words, bounds)
        for fd in (words, *sockets):
            os.close(fd)
        self._running = _Running(pid, listen, Watch(memory, processes, inodes))
        trouble = _confined(listen)
        if trouble:
            self._end()
            return {"error": trouble}
        return {"pid": pid}

    def _look(self, running: _Running) -> None:
        """Collect who has ended. When the child itself has, or a limit is exceeded, everything else ends too."""
        if running.ended is not None:
            return
        gone: dict[int, Ended] = {}
        reap(gone)
        running.ended = gone.get(running.pid)
        if running.ended is None:
            running.limit = running.watch.over(everybody_here() if self._sandboxed else descendants())
        if running.ended is not None or running.limit:
            self._end_everybody(running)

    def _end_everybody(self, running: _Running) -> None:
        first = None if running.ended is not None else running.pid
        gone = end_everybody(first, sandboxed=self._sandboxed, seconds=_END_SECONDS, wait=self._wait_for_child)
        running.seconds = running.seconds or time.monotonic() - running.began
        running.ended = running.ended or gone.get(running.pid)

    def _end(self) -> dict[str, Any]:
        running = self._running
        if running is None:
            return {"error": "there is no child"}
        self._look(running)
        running_still = running.ended is None
        self._end_everybody(running)
        self._running = None
        ended = running.ended or Ended(signal.SIGKILL, 0)
        said = os.read(running.words, _WORDS) if select.select([running.words], (), (), 0)[0] else b""
        os.close(running.words)
        for place, mode in self._places.items():
            wipe(place, mode, _WIPE_SECONDS)
        return {
            "clean": not_clean(self._empty, sandboxed=self._sandboxed),
            # Its files close a moment before it can be collected, so "still there" may mean that it was ending.
            "killed": bool(running.limit) or (running_still and ended.status == signal.SIGKILL),
            "status": ended.status,
            "peak_memory": ended.peak_memory,
            "limit": running.limit,
            "seconds": running.seconds,
            "said": said.decode("utf-8", "replace"),
        }


def _confined(words: int) -> str:
    """Wait until the child says that it is confined; otherwise what it says instead."""
    if not select.select([words], (), (), _CONFINE_SECONDS)[0]:
        return "a child did not say that it is confined"
    said = os.read(words, 1)
    if said == b"+":
        return ""
    return f"a child could not be confined: {os.read(words, _WORDS).decode('utf-8', 'replace') or 'it ended'}"
