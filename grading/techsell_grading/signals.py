"""Ending in order: the first Ctrl-C or SIGTERM asks, the second one acts as usual."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["asked_to_stop"]

_ASKING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def asked_to_stop(stop: Callable[[int], None]) -> Iterator[None]:
    """While the block runs, call `stop` with the number of the first signal that asks this process to end.

    Does nothing outside the main thread, and leaves a signal alone that whoever started us has switched off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ASKING}

    def asked(number: int, _: FrameType | None) -> None:
        give_back()
        stop(number)

    def give_back() -> None:
        for number, handler in before.items():
            if signal.getsignal(number) is asked:
                signal.signal(number, handler)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, asked)
    try:
        yield
    finally:
        give_back()
