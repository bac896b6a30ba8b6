"""Somebody who waits on this machine's loopback and notes every call."""

from __future__ import annotations

import contextlib
import secrets
import selectors
import socket
import threading
from pathlib import Path

__all__ = ["Listener"]


class Listener:
    """TCP and UDP on 127.0.0.1 (`port`), TCP on ::1 (`port6`), a Unix socket at `path`, one named `abstract`."""

    def __init__(self, path: Path) -> None:
        self.path, self.abstract = path, f"ts-{secrets.token_hex(6)}"
        self._calls: list[str] = []
        self._sockets: dict[socket.socket, str] = {}
        self.port = self._listen(socket.AF_INET, ("127.0.0.1", 0), "TCP")
        self._open(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.port), "UDP")
        self.port6 = 0
        with contextlib.suppress(OSError):  # a machine without IPv6
            self.port6 = self._listen(socket.AF_INET6, ("::1", 0), "TCP over IPv6")
        self._listen(socket.AF_UNIX, str(path), "Unix socket")
        path.chmod(0o777)
        self._listen(socket.AF_UNIX, f"\0{self.abstract}", "abstract Unix socket")
        self._bell, self._end = socket.socketpair()
        self._thread = threading.Thread(target=self._wait, name="listener", daemon=True)
        self._thread.start()

    def calls(self) -> list[str]:
        """By which way somebody called, since the last `forget`."""
        self._ring()
        return list(self._calls)

    def forget(self) -> None:
        self._ring()
        self._calls.clear()

    def close(self) -> None:
        self._end.close()
        self._thread.join()
        for one in self._sockets:
            one.close()
        self._bell.close()

    def _ring(self) -> None:
        """Until every call that has come in by now is noted: the thread answers after it has looked."""
        self._end.send(b"?")
        self._end.recv(1)

    def _listen(self, family: socket.AddressFamily, address: object, name: str) -> int:
        return self._open(family, socket.SOCK_STREAM, address, name)

    def _open(self, family: socket.AddressFamily, kind: socket.SocketKind, address: object, name: str) -> int:
        made = socket.socket(family, kind)
        try:
            made.bind(address)  # type: ignore[arg-type]
            if kind is socket.SOCK_STREAM:
                made.listen(64)
        except OSError:
            made.close()
            raise
        made.setblocking(False)
        self._sockets[made] = name
        return made.getsockname()[1] if family is not socket.AF_UNIX else 0

    def _wait(self) -> None:
        with selectors.DefaultSelector() as ready:
            for one in (*self._sockets, self._bell):
                ready.register(one, selectors.EVENT_READ, one)
            while True:
                found: list[socket.socket] = [key.data for key, _ in ready.select()]
                for one in found if self._bell not in found else self._sockets:
                    self._note(one)
                if self._bell in found:
                    if not self._bell.recv(1):
                        return
                    self._bell.send(b".")

    def _note(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if one.type == socket.SOCK_DGRAM:
                one.recvfrom(4096)
            else:
                one.accept()[0].close()
            self._calls.append(self._sockets[one])
