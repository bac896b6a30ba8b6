"""Starting programs from a thread that lives as long as this process.

`--die-with-parent` follows the thread that started a program, not the process (Linux `prctl(2)`, PR_SET_PDEATHSIG): a
sandbox that was started from a worker thread would end with that thread.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

__all__ = ["start"]

Started = subprocess.Popen[bytes]
Order = tuple[Callable[[], Started], Future[Started]]

_orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
_owner = 0
_lock = threading.Lock()


def start(
    words: Sequence[str], *, keep: Sequence[int], said: int, env: Mapping[str, str], user: Mapping[str, Any]
) -> Started:
    """Start a program in a session of its own, with nothing open but the descriptors `keep`, and its output in `said`.

    `user` are the arguments of `subprocess.Popen` that say as whom.

    Raises:
        OSError: it cannot be started.
    """

    def begin() -> Started:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=tuple(keep),
            env=dict(env),
            start_new_session=True,
            **user,
        )

    done: Future[Started] = Future()
    _to_thread((begin, done))
    return done.result()


def _to_thread(order: Order) -> None:
    global _orders, _owner
    with _lock:
        if _owner != os.getpid():  # the first order, or a fork: threads do not come along
            _orders, _owner = queue.SimpleQueue(), os.getpid()
            threading.Thread(target=_work, args=(_orders,), name="sandbox-starter", daemon=True).start()
        _orders.put(order)


def _work(orders: queue.SimpleQueue[Order]) -> None:
    while True:
        begin, done = orders.get()
        try:
            done.set_result(begin())
        except BaseException as error:
            done.set_exception(error)
        del begin, done


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # another thread may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
