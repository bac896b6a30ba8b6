"""Which process wrote something, and whether it still runs. A process id alone is not enough: ids are used again."""

from __future__ import annotations

import json
import os
import socket
from functools import lru_cache

__all__ = ["is_gone", "this_process"]

_JITTER = 2
"""Seconds by which the computed start of the same process may differ when the clock was adjusted."""


def this_process() -> str:
    """This process as text: machine, id and when it began."""
    return _named(os.getpid())


def is_gone(process: str) -> bool:
    """Whether the process named by `this_process` has certainly ended. On another machine that cannot be known."""
    try:
        about = json.loads(process)
        host, pid = str(about["host"]), int(about["pid"])
    except (ValueError, KeyError, TypeError):
        return False
    if host != socket.gethostname():
        return False
    now, then = _began(pid), about.get("began")
    return now is None or (bool(now) and bool(then) and abs(now - then) > _JITTER)


@lru_cache(maxsize=2)
def _named(pid: int) -> str:
    return json.dumps({"host": socket.gethostname(), "pid": pid, "began": _began(pid)}, sort_keys=True)


def _began(pid: int) -> int | None:
    """When a process began, in whole seconds since 1970; 0 when that is a secret, None when it has ended."""
    import psutil  # comes with ipykernel; late, because most programs never ask

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return 0
