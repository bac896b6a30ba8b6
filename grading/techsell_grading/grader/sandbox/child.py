"""One throw-away process inside a sandbox, as the grader sees it: its channel, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techsell_grading.grader.wire import Channel

if TYPE_CHECKING:
    from .server import Server

__all__ = ["Child", "Exit"]


@dataclass(frozen=True)
class Exit:
    """How a child ended.

    `status` is its exit code, or None when `signal` ended it. `killed`: it was still running when it was ended, or had
    exceeded a limit. `limit` is "memory", "processes" or "files" when all its processes together used too much.
    `peak_memory` in bytes, of the child itself; `seconds` from the fork to its end. `said` are the last words of a
    program that failed: not to be believed, and not for a learner's eyes.
    """

    status: int | None
    signal: int | None
    killed: bool
    peak_memory: int
    seconds: float
    limit: str = ""
    said: str = ""


class Child:
    """One forked process with everything it starts. `channel` leads to its program."""

    def __init__(self, server: Server, channel: Channel) -> None:
        self._server = server
        self.channel = channel
        self.exit: Exit | None = None
        self._asked = False

    def interrupt(self) -> None:
        """Ctrl-C: stop what it is doing. It may choose not to."""
        if self.exit is None:
            self._server.say({"op": "interrupt"})

    def ask_to_end(self) -> None:
        """Begin what `end` waits for, so that two children can end at the same time."""
        if not self._asked and self.exit is None:
            self._asked = True
            self._server.say({"op": "end"})

    def end(self) -> Exit:
        """Kill it and everything it started, and clear away all that it wrote. A second call does nothing."""
        self.ask_to_end()
        if self.exit is None:
            self.exit = self._server.ended()
            self.channel.close()
        return self.exit
