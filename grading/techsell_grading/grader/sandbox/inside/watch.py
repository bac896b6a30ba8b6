"""What one child and everything it started use together: the limits that no limit of a single process can hold.

Looked at many times a second by the server. A limit of a process (`confine`) gives the learner a clear error; this is
the second line, for those who spread over many processes or files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["Watch"]

_FILES = 50_000
"""entries of file systems that live in memory: each costs about a kilobyte that no size limit counts"""
_SPARE = 8
"""processes above the limit before everything is ended: the kernel refuses the next one first, where it can"""


class Watch:
    """Counts for one submission.

    Args:
        memory: bytes that all processes together may hold; shared memory counts once.
        processes: how many there may be.
        places: the file systems in memory, with their free inodes while empty.
    """

    def __init__(self, memory: int, processes: int, places: dict[str, int]) -> None:
        self._memory = memory
        self._processes = processes
        self._places = places
        self._page = os.sysconf("SC_PAGE_SIZE")

    def over(self, pids: Iterable[int]) -> str:
        """The limit that is exceeded now: "memory", "processes" or "files"; empty when none is."""
        here = list(pids)
        if len(here) > self._processes + _SPARE:
            return "processes"
        if any(free - os.statvfs(place).f_ffree > _FILES for place, free in self._places.items()):
            return "files"
        if sum(map(self._resident, here)) > self._memory and sum(map(self._own_share, here)) > self._memory:
            return "memory"
        return ""

    def _resident(self, pid: int) -> int:
        """Bytes in memory; pages shared with others count in full, so this is quick and too much."""
        try:
            return int(Path("/proc", str(pid), "statm").read_bytes().split()[1]) * self._page
        except (OSError, IndexError):  # it has just ended
            return 0

    def _own_share(self, pid: int) -> int:
        """Bytes in memory, each shared page divided by the number of those who share it (`Pss`)."""
        try:
            for line in Path("/proc", str(pid), "smaps_rollup").read_bytes().splitlines():
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
        except FileNotFoundError:
            return 0
        except OSError:  # it closed itself to us: then all that it shows counts
            pass
        return self._resident(pid)
