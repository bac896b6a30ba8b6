"""Whose turn it is: hand-ins of different people side by side, those of one person one after the other.

Nothing here knows what is done with a hand-in. Places and bytes are limited, so that a whole room that hands in at
once waits or is asked to come back, and the service stays up.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Generic, TypeVar

__all__ = ["Busy", "Closing", "Counter", "Place"]

R = TypeVar("R")


class Busy(Exception):
    """No room now; try again in `seconds`. `yours`: it is one's own hand-ins that are too many."""

    def __init__(self, seconds: int, *, yours: bool = False) -> None:
        super().__init__("no room at the counter")
        self.seconds, self.yours = seconds, yours


class Closing(Exception):
    """The service ends; nothing new is taken."""


class Place(Generic[R]):
    """Room for one hand-in of so many bytes. Use it with `take_turn`, or `leave`."""

    def __init__(self, counter: Counter[R], who: str, size: int) -> None:
        self._counter, self._who, self._size = counter, who, size
        self._state = "waiting"

    def take_turn(self, work: Callable[[], R]) -> Future[R]:
        """Do `work` when it is this person's turn; the place is given back when it is done."""
        self._state = "in turn"
        return self._counter._enqueue(self._who, self._size, work)

    def leave(self) -> None:
        """Give the place back unused; does nothing after `take_turn`, nor a second time."""
        if self._state == "waiting":
            self._state = "left"
            self._counter._free(self._who, self._size)


class _Turn(Generic[R]):
    def __init__(self, work: Callable[[], R], size: int | None) -> None:
        self.work, self.size = work, size
        self.future: Future[R] = Future()


class Counter(Generic[R]):
    """Takes work of people in order.

    Args:
        at_once: how many people at a time.
        places: how many hand-ins may be here, waiting ones included.
        room: how many bytes they may have together.
        each: how many of one person.
    """

    def __init__(self, at_once: int, *, places: int = 200, room: int = 256 << 20, each: int = 5) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="counter")
        self._at_once, self._places, self._room, self._each = at_once, places, room, each
        self._lines: dict[str, deque[_Turn[R]]] = {}
        self._served: set[str] = set()
        self._here: dict[str, int] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Hand-ins that are here."""
        return sum(self._here.values())

    def place(self, who: str, size: int) -> Place[R]:
        """Room for a hand-in, before its bytes are read.

        Raises:
            Busy: none now.
            Closing: none any more.
        """
        with self._lock:
            if self._closing:
                raise Closing
            if self._here.get(who, 0) >= self._each:
                raise Busy(5, yours=True)
            if self.waiting >= self._places or (self._bytes and self._bytes + size > self._room):
                raise Busy(2 + self.waiting // self._at_once)
            self._here[who] = self._here.get(who, 0) + 1
            self._bytes += size
        return Place(self, who, size)

    def later(self, who: str, work: Callable[[], R]) -> Future[R]:
        """Work of the service's own for this person, in the same line; it takes no place."""
        return self._enqueue(who, None, work)

    def stop(self, patience: float) -> int:
        """Take nothing more, and wait for what is under way; returns how many were not done. What waits is sent away.

        Args:
            patience: seconds; what is not done then goes on in its thread, for its owner to break off.
        """
        with self._lock:
            self._closing = True
            lines = [(who in self._served, line) for who, line in self._lines.items()]
            under_way = [line[0].future for served, line in lines if served]
            sent_away = [turn for served, line in lines for turn in list(line)[int(served) :]]
            for served, line in lines:
                while len(line) > int(served):
                    line.pop()
        for turn in sent_away:
            turn.future.set_exception(Closing())
        return len(sent_away) + len(wait_for(under_way, timeout=patience).not_done)

    def close(self) -> None:
        """Wait for the threads; call it once their work has been broken off."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _enqueue(self, who: str, size: int | None, work: Callable[[], R]) -> Future[R]:
        turn = _Turn(work, size)
        with self._lock:
            closing = self._closing
            if not closing:
                line = self._lines.setdefault(who, deque())
                line.append(turn)
                if len(line) == 1:
                    self._threads.submit(self._serve, who)
        if closing:
            turn.future.set_exception(Closing())
            self._free(who, size)
        return turn.future

    def _serve(self, who: str) -> None:
        """The first of this person's line, then the next one in a turn of its own: the others' come between."""
        with self._lock:
            if not self._lines.get(who):
                return  # sent away
            turn = self._lines[who][0]
            self._served.add(who)
        result: list[R] = []
        error: BaseException | None = None
        try:
            result.append(turn.work())
        except BaseException as found:  # whatever it was, it is for whoever waits
            error = found
        self._free(who, turn.size)
        with self._lock:
            self._served.discard(who)
            line = self._lines[who]
            line.popleft()
            if line:
                self._threads.submit(self._serve, who)
            else:
                del self._lines[who]
        if error is None:
            turn.future.set_result(result[0])
        else:
            turn.future.set_exception(error if isinstance(error, Exception) else CancelledError())

    def _free(self, who: str, size: int | None) -> None:
        if size is None:
            return
        with self._lock:
            self._bytes -= size
            self._here[who] -= 1
            if not self._here[who]:
                del self._here[who]
