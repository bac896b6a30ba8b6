"""A program with all that it starts, watched from outside: time, processor time, memory, and when it said what."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Watched", "watch"]

_LOOK = 0.2
"""seconds between two looks at the memory"""


@dataclass(frozen=True)
class Watched:
    """`seconds` from start to end; `processor`: user and system seconds of all processes; `memory`: the most bytes that
    all of them held at once, shared pages counted once where the kernel tells (`Pss`). `lines`: (seconds since the
    start, text).
    """

    seconds: float
    processor: float
    memory: int
    lines: tuple[tuple[float, str], ...]


def watch(words: Sequence[str], folder: Path) -> Watched:
    """Run a program in `folder` to its end.

    Raises:
        RuntimeError: it failed.
    """
    began = time.monotonic()
    program = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: list[tuple[float, str]] = []

    def listen() -> None:
        assert program.stdout is not None
        with program.stdout as said:
            lines.extend((time.monotonic() - began, line.rstrip("\n")) for line in said)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    memory, ended, usage = 0, 0, None
    while not ended:
        memory = max(memory, _held(program.pid))
        until = time.monotonic() + _LOOK
        while not ended and time.monotonic() < until:
            time.sleep(0.01)
            ended, status, usage = os.wait4(program.pid, os.WNOHANG)
    seconds = time.monotonic() - began
    listener.join(10)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode or usage is None:
        raise RuntimeError(f"{' '.join(words)} failed:\n" + "\n".join(text for _, text in lines[-20:]))
    return Watched(seconds, usage.ru_utime + usage.ru_stime, memory, tuple(lines))


def _held(pid: int) -> int:
    try:
        tree = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return 0
    return sum(map(_share, tree))


def _share(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:  # ended, or closed to this user
        pass
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
