"""Which processes belong to the grader under test, and who is left among them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Population", "adopt_orphans", "as_nobody"]

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of <linux/prctl.h>"""
NOBODY = 65534


def adopt_orphans() -> None:
    """Let processes whose parents have gone become children of this one, so that none gets out of sight."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def as_nobody() -> dict[str, Any]:
    """Arguments for `subprocess` that start a program without rights where the tests run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if os.geteuid() == 0 else {}


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    state: str
    words: str
    space: str
    """its namespace of processes"""
    first: bool
    """it is number 1 of that namespace"""


class Population:
    """Descendants of this process, everybody in their namespaces, and everybody who carries the token.

    `remember` notes them by what they are, not by number: a sandbox that is replaced by a new one is no stranger.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._known: Counter[tuple[str, bool]] = Counter()

    def remember(self) -> None:
        self._known = Counter(_kind(one) for one in self._ours())

    def strangers(self) -> list[str]:
        """Who is there that was not, in words."""
        left, found = Counter(self._known), []
        for one in self._ours():
            left[_kind(one)] -= 1
            if left[_kind(one)] < 0:
                found.append(f"a process is left: {one.words[:200] or '(no command line)'}")
        return found

    def end_strangers(self) -> None:
        """Kill those who carry the token; for the end of a test that let them loose on purpose."""
        for one in self._everybody():
            if self._marked(one):
                with contextlib.suppress(OSError):
                    os.kill(one.pid, signal.SIGKILL)

    def _ours(self) -> Iterator[_Process]:
        everybody = {one.pid: one for one in self._everybody()}
        children: dict[int, list[int]] = {}
        for one in everybody.values():
            children.setdefault(one.parent, []).append(one.pid)
        family: set[int] = set()
        waiting = [os.getpid()]
        while waiting:
            found = children.get(waiting.pop(), [])
            family |= set(found)
            waiting += found
        own_space = _space(Path("/proc/self"))
        spaces = {everybody[pid].space for pid in family} - {own_space, ""}
        for one in everybody.values():
            if one.pid in family or one.space in spaces or self._marked(one):
                yield one

    def _marked(self, one: _Process) -> bool:
        if self._token in one.words:
            return True
        with contextlib.suppress(OSError):
            if self._token.encode() in Path(f"/proc/{one.pid}/environ").read_bytes():
                return True
        return False

    def _everybody(self) -> Iterator[_Process]:
        for place in Path("/proc").iterdir():
            if not place.name.isdigit() or int(place.name) == os.getpid():
                continue
            with contextlib.suppress(OSError, IndexError, ValueError):
                about = (place / "stat").read_text("utf-8", "replace")
                rest = about.rpartition(")")[2].split()
                if rest[0] == "Z":
                    continue
                words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                name = about[about.index("(") + 1 : about.rindex(")")]
                yield _Process(
                    int(place.name), int(rest[1]), rest[0], words or f"[{name}]", _space(place), _is_first(place)
                )


def _kind(one: _Process) -> tuple[str, bool]:
    """What it is, without numbers: of two starts of one server the descriptors and seeds differ."""
    return re.sub(r"\d+", "#", one.words), one.first


def _space(place: Path) -> str:
    try:
        return str((place / "ns/pid").readlink())
    except OSError:
        return ""


def _is_first(place: Path) -> bool:
    """Whether it is number 1 of a namespace other than this one."""
    lines = (place / "status").read_text("utf-8", "replace").splitlines()
    numbers = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
    return len(numbers) > 1 and numbers[-1] == "1"
