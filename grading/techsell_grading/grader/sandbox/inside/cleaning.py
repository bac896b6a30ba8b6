"""After a submission: end every process, empty every place that can be written, and prove both.

The proof is the kernel's own word: `/proc`, the file system's counters, the tables of queues and of sockets. What
cannot be proved clean is not used again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Empty",
    "Ended",
    "descendants",
    "end_everybody",
    "everybody_here",
    "first_look",
    "not_clean",
    "reap",
    "wipe",
]

_NAP = 0.02
_QUEUES = ("sysvipc/shm", "sysvipc/msg", "sysvipc/sem")
"""tables of `/proc` with a heading and then one line for each thing"""
_SOCKETS = ("net/sockstat", "net/sockstat6")
"""what this network namespace has: `TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0`; a closed connection keeps its port for a
minute (tw). The tables of connections say the same, but reading them takes milliseconds."""


@dataclass(frozen=True)
class Ended:
    """How one process ended: `os.waitpid` status and the most memory it held, in bytes."""

    status: int
    peak_memory: int


@dataclass(frozen=True)
class Empty:
    """A place that can be written, as it was before anybody wrote: free blocks, free inodes, permissions."""

    blocks: int
    inodes: int
    mode: int


def everybody_here() -> Iterator[int]:
    """All processes of this namespace but PID 1."""
    with os.scandir("/proc") as entries:  # twenty times a second: quicker than paths
        names = [entry.name for entry in entries]
    yield from (int(name) for name in names if name.isdigit() and name != "1")


def descendants() -> Iterator[int]:
    """All processes that this one has started, and theirs; orphans come back to this one (Linux)."""
    if sys.platform != "linux":
        return
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            told = place.read_text("utf-8", "replace").rpartition(")")[2].split()
            parents.setdefault(int(told[1]), []).append(int(place.parent.name))
    waiting = [os.getpid()]
    while waiting:
        found = parents.get(waiting.pop(), [])
        waiting += found
        yield from found


def reap(gone: dict[int, Ended]) -> bool:
    """Collect the processes that have ended by now into `gone`. Returns whether children are left."""
    try:
        while (found := os.wait4(-1, os.WNOHANG))[0]:
            gone[found[0]] = Ended(found[1], found[2].ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    except ChildProcessError:
        return False
    return True


def end_everybody(
    first: int | None, *, sandboxed: bool, seconds: float, wait: Callable[[float], None]
) -> dict[int, Ended]:
    """Kill all processes but this one and collect them.

    Args:
        first: the child that everything came from, unless it was collected already. Its session is ended even where
            nothing else can be found.
        wait: sleeps until a child ends, at most so long.

    Returns:
        How they ended. When some do not end in time (they hang in the kernel), `not_clean` will find them.
    """
    gone: dict[int, Ended] = {}
    deadline = time.monotonic() + seconds
    while True:
        _kill(None if first in gone else first, sandboxed=sandboxed)
        if not reap(gone) or time.monotonic() > deadline:  # in a namespace every orphan becomes a child of PID 1
            return gone
        wait(_NAP)


def wipe(top: str, mode: int, seconds: float) -> None:
    """Remove everything below `top`, whatever its depth, names and permissions, and give `top` its own `mode` back.

    Nothing else may run meanwhile. What is not done in time is found by `not_clean`.

    Folders are not walked down: each is emptied of files, its own folders are moved up to `top`, and it is removed.
    So depth costs neither stack nor descriptors, and no path becomes too long.
    """
    deadline = time.monotonic() + seconds
    token = secrets.token_hex(8)
    number = 0
    with contextlib.suppress(PermissionError):  # it belongs to somebody else, who alone could have changed it
        Path(top).chmod(mode)
    folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        while names := _names(folder):
            for name in names:
                if time.monotonic() > deadline:
                    return
                if _unlinked(name, folder):
                    continue
                number = _flatten(name, folder, token, number)
        if sys.platform == "linux":
            for name in os.listxattr(folder):
                if name.startswith("user."):
                    os.removexattr(folder, name)
    finally:
        os.close(folder)


def first_look(places: Sequence[str]) -> dict[str, Empty]:
    """Each place while it is empty, to be compared by `not_clean`."""
    return {place: _look(place) for place in places}


def not_clean(empty: Mapping[str, Empty], *, sandboxed: bool) -> str:
    """What is left of a submission, in words; empty when there is nothing.

    Args:
        empty: from `first_look`.
    """
    if left := sorted(everybody_here() if sandboxed else descendants()):
        return f"{len(left)} processes did not end"
    for place, before in empty.items():
        if names := list(Path(place).iterdir()):
            return f"{len(names)} entries are left in {place}"
        if sandboxed and _look(place) != before:
            return f"{place} is empty, but not as it was"
    if sandboxed:
        return _queues() or _sockets()
    return ""


def _queues() -> str:
    for name in _QUEUES:
        table = Path("/proc", name)
        if table.exists() and len(table.read_text("utf-8", "replace").splitlines()) > 1:
            return f"/proc/{name} is not empty"
    return ""


def _sockets() -> str:
    for place in (place for name in _SOCKETS if (place := Path("/proc", name)).exists()):
        for kind, *words in (line.split() for line in place.read_text("ascii").splitlines()):
            counts = dict(zip(words[::2], words[1::2], strict=True))
            if kind != "sockets:" and any(counts.get(name, "0") != "0" for name in ("inuse", "tw")):
                return f"sockets are left ({kind} {' '.join(words)})"
    return ""


def _kill(first: int | None, *, sandboxed: bool) -> None:
    if sandboxed:
        if os.getpid() != 1:  # outside, "everybody" would be all that the user runs
            raise RuntimeError("not PID 1 of a namespace of its own")
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if first is not None:  # until it is collected, nobody else can have its number
            os.killpg(first, signal.SIGKILL)
    for pid in descendants():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _unlinked(name: str, folder: int) -> bool:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise
        return False
    return True


def _flatten(name: str, folder: int, token: str, number: int) -> int:
    """Remove the folder `name` after moving the folders in it up. Returns the next free number for a new name."""
    os.chmod(name, 0o700, dir_fd=folder)
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        for child in _names(inner):
            if not _unlinked(child, inner):
                os.chmod(child, 0o700, dir_fd=inner)  # moving a folder writes into it
                os.rename(child, f"{token}-{number}", src_dir_fd=inner, dst_dir_fd=folder)
                number += 1
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=folder)
    return number


def _look(place: str) -> Empty:
    found = os.statvfs(place)
    return Empty(found.f_bfree, found.f_ffree, stat.S_IMODE(Path(place).stat().st_mode))
