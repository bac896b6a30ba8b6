"""Which process wrote something, and whether it still runs. A process id alone is not enough: ids are used again."""

from __future__ import annotations

import json
import os
import socket
from functools import lru_cache

__all__ = ["is_gone", "names_one", "this_process"]

_JITTER = 2
"""Seconds by which the computed start of the same process may differ when the clock was adjusted."""


def this_process() -> str:
    """This process as text: machine, id and when it began."""
    return _named(os.getpid())


def names_one(text: str) -> bool:
    """Whether a text is what `this_process` wrote: a torn one is not."""
    return _read(text) is not None


def is_gone(process: str) -> bool:
    """Whether the process named by `this_process` has certainly ended. On another machine that cannot be known."""
    about = _read(process)
    if about is None:
        return False
    host, pid, then = about
    if host != socket.gethostname():
        return False
    now = _began(pid)
    return now is None or bool(now and then and abs(now - then) > _JITTER)


def _read(text: str) -> tuple[str, int, int | None] | None:
    try:
        about = json.loads(text)
        return str(about["host"]), int(about["pid"]), about.get("began")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=2)
def _named(pid: int) -> str:
    return json.dumps({"host": socket.gethostname(), "pid": pid, "began": _began(pid)}, sort_keys=True)


def _began(pid: int) -> int | None:
    """When a process began, in whole seconds since 1970; 0 when that is a secret, None when it has ended."""
    import psutil  # late: slow to import, and most programs never ask

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return 0
