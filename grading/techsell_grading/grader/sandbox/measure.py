"""How quick and how large the sandbox is on this machine."""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .server import Server
from .warm import Warm
from .ways import Limits

__all__ = ["Figures", "measure", "processor_seconds"]

_ASK = {"op": "files", "files": {}}
_PATIENCE = 60.0


@dataclass(frozen=True)
class Figures:
    """Medians over the submissions that were tried. Times in milliseconds where nothing else is said.

    `start_seconds` and `memory` (bytes, resident) are those of the candidate's and the judge's server. `ready`: from
    asking for a pair of children until both have answered their first message. `end`: until both are gone and both
    servers have shown that nothing is left. `processor`: of all processes together for one submission (from the
    kernel's clock, whose ticks are coarse; 0 where it cannot be read), which does not grow when other programs are
    busy. `largest`: the most memory that a child held.
    """

    start_seconds: tuple[float, float]
    ready: float
    ready_slow: float
    end: float
    end_slow: float
    processor: float
    memory: tuple[int, int]
    largest: int


def measure(warm: Warm, limits: Limits, number: int, told: Callable[[], None] = lambda: None) -> Figures:
    """Start both servers afresh and put `number` empty submissions through them.

    Args:
        told: called after each, to show how far it is.

    Raises:
        SandboxMissing, SandboxFailed: see `Warm.pair`.
    """
    warm.close()
    warm.start()
    ready, end, largest = [], [], 0
    began = sum(processor_seconds(warm))
    for _ in range(number):
        asked = time.perf_counter()
        with warm.pair(limits) as children:
            for child in children:
                child.channel.send(_ASK)
            for child in children:
                child.channel.receive(time.monotonic() + _PATIENCE)
            ready.append(time.perf_counter() - asked)
            ending = time.perf_counter()
        end.append(time.perf_counter() - ending)
        largest = max(largest, *(child.exit.peak_memory for child in children if child.exit is not None))
        told()
    return Figures(
        start_seconds=(warm.candidate.start_seconds, warm.judge.start_seconds),
        ready=statistics.median(ready) * 1000,
        ready_slow=_slow(ready) * 1000,
        end=statistics.median(end) * 1000,
        end_slow=_slow(end) * 1000,
        processor=(sum(processor_seconds(warm)) - began) / number * 1000,
        memory=(_resident(warm.candidate), _resident(warm.judge)),
        largest=largest,
    )


def _slow(times: Sequence[float]) -> float:
    """The time that 19 of 20 do not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * 19 // 20)]


def processor_seconds(warm: Warm) -> tuple[float, float, float]:
    """Processor seconds so far: of this process; of the candidate's server and the children that it has collected;
    of the judge's likewise."""
    return time.process_time(), _ticks(warm.candidate), _ticks(warm.judge)


def _ticks(server: Server) -> float:
    total = 0
    for fields in _read(server, "stat"):
        total += sum(map(int, fields.rpartition(")")[2].split()[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def _resident(server: Server) -> int:
    for text in _read(server, "status"):
        for line in text.splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def _read(server: Server, name: str) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield Path("/proc", str(server.pid), name).read_text("utf-8")
