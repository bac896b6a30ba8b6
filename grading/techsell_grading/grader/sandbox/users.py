"""Numbers of users: one that nobody has, and how many processes this one has already."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path

__all__ = ["counted_for_this_user", "spare_user"]

_RANGES = ((0x70000000, 1 << 26), (61184, 4336))
"""first number and how many: far from everybody's where all numbers exist, else systemd's range for passing users"""
_OWN_COUNT = (5, 14)
"""since this Linux, a user namespace counts its processes itself"""


def spare_user() -> int | None:
    """A user and group number that nobody else on this machine has, another one at each call.

    None: this user namespace holds no such number.
    """
    for first, size in _RANGES:
        number = first + secrets.randbelow(size)
        if all(_mapped(Path(f"/proc/self/{kind}_map"), number) for kind in ("uid", "gid")):
            return number
    return None


def counted_for_this_user(*, namespace: bool) -> int:
    """How many processes and threads the kernel counts already for a child that has this process's user.

    Args:
        namespace: the child is in a user namespace of its own.
    """
    release = os.uname().release.split(".")
    if namespace and tuple(int("".join(filter(str.isdigit, part)) or 0) for part in release[:2]) >= _OWN_COUNT:
        return 1  # the server
    if sys.platform != "linux":
        return 1000
    found = 0
    for place in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            told = dict(line.split(":", 1) for line in place.read_text("utf-8", "replace").splitlines() if ":" in line)
            found += int(told["Threads"]) if int(told["Uid"].split()[0]) == os.getuid() else 0
    return found


def _mapped(table: Path, number: int) -> bool:
    """Whether the user namespace of this process knows the number."""
    try:
        rows = [tuple(map(int, line.split())) for line in table.read_text("utf-8").splitlines()]
    except (OSError, ValueError):
        return False
    return any(inside <= number < inside + size for inside, _, size in rows)
