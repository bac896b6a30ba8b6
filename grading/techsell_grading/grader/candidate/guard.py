"""The border between this program and the learner's code in one process.

Code of the learner runs inside `attempt` only: there an interrupt ends it, and there alone its own tracing functions,
timers and replaced built-ins are in force. Outside SIGINT is blocked, and its handler is ours whatever the learner has
put there: the program itself is never interrupted in the middle of a message.
"""

from __future__ import annotations

import builtins
import signal
from collections.abc import Callable
from os import _exit as leave
from os import getpid
from signal import SIG_BLOCK, SIG_IGN, SIG_UNBLOCK, SIGINT, pthread_sigmask, setitimer
from sys import getrecursionlimit, setprofile, setrecursionlimit, settrace
from typing import Any, TypeVar

__all__ = ["Guard"]

_T = TypeVar("_T")

_DEEP_ENOUGH = 1000
"""calls that this program may nest"""
_LIVE = vars(builtins)
_GONE = object()


class Guard:
    """Made once per child, before anything of a learner runs."""

    def __init__(self) -> None:
        self._open = self._inside = False
        self._own_pid = getpid()
        self._own = dict(_LIVE)
        self._theirs: dict[str, Any] = {}
        self._set = signal.signal
        self._close()
        # What the server listened with is not this process's: the descriptor may be anything by now.
        signal.set_wakeup_fd(-1)
        self._set(signal.SIGCHLD, signal.SIG_DFL)

    def attempt(self, work: Callable[[], _T]) -> tuple[_T | None, BaseException | None]:
        """Run `work`; its result and what it raised, one of the two None."""
        try:
            try:
                self._enter()
                return work(), None
            finally:
                self._leave()
        except BaseException as error:
            self._leave()  # an interrupt may have come just before the first one was done
            return None, error

    def _interrupted(self, number: int, frame: object) -> None:
        if self._open:
            raise KeyboardInterrupt

    def _enter(self) -> None:
        self._set(SIGINT, SIG_IGN)  # drops one that waits: it was meant for the cell before
        self._set(SIGINT, self._interrupted)
        pthread_sigmask(SIG_UNBLOCK, (SIGINT,))
        for name, value in self._theirs.items():
            if value is _GONE:
                _LIVE.pop(name, None)
            else:
                _LIVE[name] = value
        self._inside = self._open = True

    def _close(self) -> None:
        pthread_sigmask(SIG_BLOCK, (SIGINT,))
        self._set(SIGINT, self._interrupted)

    def _leave(self) -> None:
        self._open = False
        self._close()
        if getpid() != self._own_pid:
            leave(0)  # a fork of the learner's came out of its cell; the original carries on alone
        setprofile(None)
        settrace(None)
        if self._inside:
            self._inside = False
            self._take_back_builtins()
        setitimer(signal.ITIMER_REAL, 0)
        if getrecursionlimit() < _DEEP_ENOUGH:
            setrecursionlimit(_DEEP_ENOUGH)

    def _take_back_builtins(self) -> None:
        """Python's own built-ins for this program; what a learner made of them is put back for the learner's code."""
        self._theirs = {}
        for name, value in self._own.items():
            now = _LIVE.get(name, _GONE)
            if now is not value:
                self._theirs[name] = now
                _LIVE[name] = value
