"""The two servers of one grading process, kept warm between submissions."""

from __future__ import annotations

import atexit
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from techsell.errors import SandboxFailed

from .bubblewrap import Mode
from .child import Child
from .layout import Program
from .server import Server
from .ways import Limits

__all__ = ["Warm", "warm"]

_CPU_SPARE = 5


class Warm:
    """A candidate server and a judge server, started when first needed and again after one has gone.

    One submission at a time; other threads wait their turn.
    """

    def __init__(
        self, mode: Mode, limits: Limits, *, candidate: str | Program = "candidate", judge: str | Program = "judge"
    ) -> None:
        self.candidate = Server(candidate, mode, limits)
        self.judge = Server(judge, mode, limits)
        self._turn = threading.Lock()

    @contextmanager
    def pair(self, limits: Limits) -> Iterator[tuple[Child, Child]]:
        """A candidate and a judge, joined by a socket of their own; both are ended when the block is left.

        Raises:
            SandboxMissing, SandboxFailed: see `Server.start`; says nothing about the hand-in.
        """
        with self._turn:
            children = self._fork(limits, self.candidate, self.judge)
            try:
                yield children[0], children[1]
            finally:
                _end(children)

    @contextmanager
    def single(self, limits: Limits) -> Iterator[Child]:
        """A candidate alone, for tests that need the live kernel.

        Raises:
            SandboxMissing, SandboxFailed: as `pair`.
        """
        with self._turn:
            children = self._fork(limits, self.candidate)
            try:
                yield children[0]
            finally:
                _end(children)

    @property
    def confined(self) -> bool:
        """Whether the code that is graded is kept from the rest of this machine; known after the first start."""
        return self.candidate.confined

    def start(self) -> None:
        """Start both servers now instead of at the first submission.

        Raises:
            SandboxMissing, SandboxFailed: as `pair`.
        """
        with self._turn:
            self._start(self.candidate, self.judge)

    def close(self) -> None:
        """End both servers with everything inside. They start again when needed."""
        for server in (self.candidate, self.judge):
            server.close()

    def _fork(self, limits: Limits, *servers: Server) -> list[Child]:
        """A child of each, two of them joined; when a server turns out to be gone, of a new one."""
        self._start(*servers)
        try:
            return _children(limits, *servers)
        except SandboxFailed:
            self._start(*servers)
            return _children(limits, *servers)

    def _start(self, *servers: Server) -> None:
        cold = [server for server in servers if not server.alive]
        if len(cold) < 2:
            for server in cold:
                server.start()
            return
        with ThreadPoolExecutor(len(cold)) as threads:
            for done in [threads.submit(server.start) for server in cold]:
                done.result()


def warm(mode: Mode, limits: Limits) -> Warm:
    """The pair of servers of this process for `mode`; closed when the process ends.

    A process that was forked off gets servers of its own.
    """
    global _owner
    with _lock:
        if _owner != os.getpid():
            _kept.clear()
            _owner = os.getpid()
        key = (mode, limits.file_bytes)
        if key not in _kept:
            _kept[key] = Warm(mode, limits)
        return _kept[key]


_kept: dict[tuple[Mode, int], Warm] = {}
_owner = os.getpid()
_lock = threading.Lock()


def _children(limits: Limits, *servers: Server) -> list[Child]:
    """Forked at the same time. When one cannot, the others are ended."""
    made: list[Child] = []
    left, right = socket.socketpair()
    try:
        with left, right:
            for server, end in zip(servers, (left, right), strict=False):
                child = server.ask_to_fork(
                    memory=limits.memory,
                    cpu_seconds=int(limits.total_seconds) + _CPU_SPARE,
                    file_bytes=limits.file_bytes,
                    processes=limits.processes,
                    extra_fd=end if len(servers) > 1 else None,
                )
                made.append(child)
        for server in servers:
            server.forked()
    except BaseException:
        for server in servers:  # their answers may still be on the way
            server.close()
        for child in made:
            child.channel.close()
        raise
    return made


def _end(children: list[Child]) -> None:
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end()


def _after_fork() -> None:
    """Another thread may have held the lock; the servers belong to the process that forked."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _close_all() -> None:
    if _owner == os.getpid():
        for kept in _kept.values():
            kept.close()
