"""Messages over a stream socket: four bytes of length (big-endian), then one encoded dict.

A channel belongs to one thread. It believes nothing: lengths are checked before anything is read, descriptors that
nobody asked for are closed, and a peer that neither reads nor writes costs at most the deadline. It never takes more
from the socket than the message it reads, so that `select` on it tells the truth.
"""

from __future__ import annotations

import array
import os
import select
import socket
import struct
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from .codec import decode, encode
from .errors import Closed, TimedOut, WireError
from .stream import Bounds

__all__ = ["Channel", "Closed", "TimedOut"]

_HEADER = struct.Struct(">I")
_CHUNK = 1 << 20
_MOST_FDS = 8
_ANCILLARY = socket.CMSG_SPACE(_MOST_FDS * array.array("i").itemsize)


class Channel:
    """One end of a socket; `close` closes the socket too.

    Deadlines are moments of `time.monotonic()`; None waits for ever. After `TimedOut` the next `receive` goes on where
    this one stopped. What breaks the framing (an impossible length, a message that was sent in part) closes the
    channel; a message that was whole but damaged does not.
    """

    def __init__(self, sock: socket.socket, bounds: Bounds = Bounds()) -> None:  # noqa: B008 - frozen
        self._socket = sock
        self._bounds = bounds
        self._held = bytearray()
        self._fds: list[int] = []

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def fileno(self) -> int:
        """The descriptor to wait on; -1 once closed."""
        return self._socket.fileno()

    def close(self) -> None:
        self._drop_fds()
        self._socket.close()

    @property
    def fds(self) -> tuple[int, ...]:
        """The descriptors that came with the last message, at most 8.

        Reading them makes them yours to close. Those that nobody read are closed by the next `receive`, or by `close`.
        """
        fds, self._fds = tuple(self._fds), []
        return fds

    def send(self, message: dict[str, Any], fds: Sequence[int] = (), deadline: float | None = None) -> None:
        """Send one message, with up to 8 descriptors (over a Unix socket), which stay open here.

        Raises:
            NotPlain, TooLarge: nothing was sent.
            Closed, TimedOut: the other side is gone, or does not read; the channel is closed.
        """
        body = encode(message, self._bounds)
        if len(fds) > _MOST_FDS:
            raise ValueError(f"{len(fds)} descriptors are too many for one message; send at most {_MOST_FDS} at a time")
        left = memoryview(_HEADER.pack(len(body)) + body)
        extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        whole = False
        try:
            while left:
                try:
                    sent = self._socket.sendmsg([left], extra, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                except BlockingIOError:
                    self._wait(select.POLLOUT, deadline)
                    continue
                left, extra = left[sent:], []
            whole = True
        except OSError as error:
            raise Closed(f"The other side is gone ({error.strerror})") from None
        finally:
            if not whole:
                self.close()

    def receive(self, deadline: float | None = None) -> dict[str, Any]:
        """The next message: a dict whose keys are all text.

        Raises:
            Closed, TimedOut: the other side is gone, or says nothing.
            WireError: what came is not a message.
        """
        if self.fileno() == -1:
            raise Closed("This channel is closed")
        if not self._held:
            self._drop_fds()
        self._fill(_HEADER.size, deadline)
        length = int(_HEADER.unpack_from(self._held)[0])
        if length > self._bounds.most_bytes:
            self.close()
            raise WireError(f"A message of {length:,} bytes was announced; {self._bounds.most_bytes:,} are allowed")
        self._fill(_HEADER.size + length, deadline)
        body, self._held = bytes(self._held[_HEADER.size :]), bytearray()
        message = decode(body, self._bounds)
        if type(message) is not dict or any(type(key) is not str for key in message):
            raise WireError("The message is not a dict with text for keys")
        return message

    def _fill(self, size: int, deadline: float | None) -> None:
        """Read until `size` bytes of the message are here, and not one more."""
        while len(self._held) < size:
            most = min(size - len(self._held), _CHUNK)
            try:
                flags = socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC
                data, extra, _, _ = self._socket.recvmsg(most, _ANCILLARY, flags)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise Closed(f"The other side is gone ({error.strerror})") from None
            self._keep_fds(extra)
            if not data:
                raise Closed("The other side is gone")
            self._held += data

    def _wait(self, what: int, deadline: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, what)
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(left):
            raise TimedOut("The other side did not answer in time")

    def _keep_fds(self, extra: list[tuple[int, int, bytes]]) -> None:
        for level, kind, body in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                came = array.array("i")
                came.frombytes(body[: len(body) - len(body) % came.itemsize])
                self._fds.extend(came)
        for fd in self._fds[_MOST_FDS:]:
            os.close(fd)
        del self._fds[_MOST_FDS:]

    def _drop_fds(self) -> None:
        fds, self._fds = self._fds, []
        for fd in fds:
            os.close(fd)
