"""Everything that a process prints, by whichever door: `print`, `os.write`, C code, programs that it starts.

Python's streams write straight into a collector. The descriptors 1 and 2 are files in memory: nobody ever waits for a
reader, a flood ends at the limit for files, and what lies there is read before anything else is noted, so that the
order holds.
"""

from __future__ import annotations

import codecs
import ctypes
import io
import os
import sys
import tempfile
import threading
from contextlib import suppress
from os import dup2, fstat, ftruncate, pread, write
from typing import Any

from .collector import Collector

__all__ = ["Stream", "Tap"]

_decoder = codecs.getincrementaldecoder("utf-8")
_AT_ONCE = 1 << 20
_NAMES = {1: "stdout", 2: "stderr"}


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells. Closing it changes nothing."""

    def __init__(self, tap: Tap, fd: int) -> None:
        self._tap, self._fd = tap, fd
        self.name = f"<{_NAMES[fd]}>"
        self.mode = "w"
        self.buffer = io.FileIO(fd, "w", closefd=False)

    encoding = property(lambda self: "utf-8")
    errors = property(lambda self: "backslashreplace")
    closed = property(lambda self: False)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        text = text if type(text) is str else str.__str__(text)
        self._tap.take(self._fd, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fd

    def flush(self) -> None:
        pass


class _Tail:
    """The file in memory behind one descriptor, and how far it has been read."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.file = _memory(_NAMES[fd])
        self.place = _place(self.file)
        self._restart()

    def connect(self) -> None:
        """Let the descriptor lead here again, if it was closed or turned elsewhere."""
        if _place(self.fd) != self.place:
            dup2(self.file, self.fd)

    def read(self, *, last: bool = False) -> str | None:
        """Some of what was written since the last time, None for nothing; half a character waits for its other half."""
        size = fstat(self.file).st_size
        if size < self._seen:  # somebody has emptied it
            self._restart()
        data = pread(self.file, min(size - self._seen, _AT_ONCE), self._seen)
        self._seen += len(data)
        return self._decoder.decode(data, final=last and not data) if data or last else None

    @property
    def waiting(self) -> bool:
        """Whether there is more to read."""
        return fstat(self.file).st_size > self._seen

    def empty(self) -> None:
        with suppress(OSError):
            ftruncate(self.file, 0)
        self._restart()

    def _restart(self) -> None:
        self._seen = 0
        self._decoder = _decoder("replace")


class Tap:
    """Takes over the process's output. Between `begin` and `end` it goes into a collector, otherwise nowhere."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._sink: Collector | None = None
        self._direct = False
        self._tails = {fd: _Tail(fd) for fd in _NAMES}
        self.streams = {fd: Stream(self, fd) for fd in _NAMES}
        self._libc = ctypes.CDLL(None) if os.name == "posix" else None
        nothing = os.open(os.devnull, os.O_RDONLY)
        dup2(nothing, 0)
        os.close(nothing)
        for tail in self._tails.values():
            tail.connect()
        sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8")
        sys.stdout = sys.__stdout__ = self.streams[1]  # type: ignore[assignment,misc]
        sys.stderr = sys.__stderr__ = self.streams[2]  # type: ignore[assignment,misc]
        os.register_at_fork(after_in_child=self._in_child)

    def begin(self, sink: Collector) -> None:
        """From here on what is printed goes into `sink`."""
        for fd, tail in self._tails.items():
            tail.connect()
            tail.empty()
            name = _NAMES[fd]
            if _unusable(sys.__dict__.get(name)):
                setattr(sys, name, self.streams[fd])
        with self._lock:
            self._sink = sink

    def end(self) -> None:
        """Take in what C code still holds back, then stop listening."""
        if self._libc is not None:
            self._libc.fflush(None)
        with self._lock:
            if self._sink is not None:
                self._read(self._sink, last=True)
            self._sink = None
        for tail in self._tails.values():
            tail.empty()

    def take(self, fd: int, text: str) -> None:
        """Note what Python code wrote to a stream."""
        if self._direct:
            with suppress(OSError):
                write(fd, text.encode("utf-8", "backslashreplace"))
            return
        with self._lock:
            if self._sink is not None:
                if not self._sink.full:
                    self._read(self._sink)
                self._sink.text(_NAMES[fd], text)

    def catch_up(self) -> None:
        """Note what was written to the descriptors before something else is shown."""
        with self._lock:
            if self._sink is not None and not self._sink.full:
                self._read(self._sink)

    def _read(self, sink: Collector, *, last: bool = False) -> None:
        for fd, tail in self._tails.items():
            while not sink.full and (text := tail.read(last=last)) is not None:
                sink.text(_NAMES[fd], text)
                if last and not text:
                    break
            sink.truncated = sink.truncated or (sink.full and tail.waiting)

    def _in_child(self) -> None:
        """A fork of the learner's has no collector of ours: it prints to the descriptors, and we read them."""
        self._lock = threading.RLock()
        self._direct = True


def _memory(name: str) -> int:
    """A file in memory that is always written at its end."""
    with suppress(AttributeError, OSError):  # the sandbox refuses it: memory files are counted by no limit
        import fcntl

        fd = os.memfd_create(name)
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
        return fd
    file, path = tempfile.mkstemp()
    appending = os.open(path, os.O_RDWR | os.O_APPEND)
    os.close(file)
    os.unlink(path)  # noqa: PTH108 - descriptors throughout
    return appending


def _place(fd: int) -> tuple[int, int] | None:
    try:
        known = fstat(fd)
    except OSError:
        return None
    return known.st_dev, known.st_ino


def _unusable(stream: Any) -> bool:
    """Whether nothing can be printed there any more; only streams of known types are asked."""
    return stream is None or (type(stream) in (io.StringIO, io.TextIOWrapper) and stream.closed)
