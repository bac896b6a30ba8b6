"""The loop of a candidate process: one thread that answers its parent and its judge until the parent hangs up."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from techsell_grading.grader.wire import Channel, Closed, NotPlain, WireError
from techsell_grading.grader.wire.stream import type_name

from .calls import call, explain, retreats
from .cells import Cells
from .guard import Guard
from .namespace import Names
from .prepare import the_shell
from .shell import Shell
from .simpler import simpler
from .tap import Tap
from .values import Functions, described, unsupported

__all__ = ["serve"]

_MOST_LIMIT = 2 << 20
"""bytes of output of one cell: well within what one message can carry"""

_PARTS = ("value", "args", "kwargs")
"""of an answer, what may be more than plain data"""

_Answer = dict[str, Any]


def serve(control: Channel, judge: Channel | None = None) -> None:
    """Answer `control` and `judge` until `control` is closed; the working folder is the current one.

    It takes over the process: its streams, its descriptors 0 to 2, SIGINT, `sys.modules["__main__"]`. Call it in a
    fork of a process that has called `prepare`, and end that process when it returns.
    """
    program = _Program(the_shell(), [channel for channel in (control, judge) if channel is not None])
    listening = {control.fileno(): (control, program.for_parent)}
    if judge is not None:
        listening[judge.fileno()] = (judge, program.for_judge)
    poll = select.poll()
    for descriptor in listening:
        poll.register(descriptor, select.POLLIN)
    while listening:
        for descriptor, _ in poll.poll():
            channel, answer = listening[descriptor]
            try:
                message = channel.receive()
                program.send(channel, message, answer(message))
            except (Closed, WireError):
                if channel is control:
                    return
                poll.unregister(descriptor)
                del listening[descriptor]


class _Program:
    """What the messages are about: one shell, its names, and the functions that the judge has seen."""

    def __init__(self, shell: Shell, channels: list[Channel]) -> None:
        sys.modules["__main__"] = shell.user_module
        if "" not in sys.path:
            sys.path.insert(0, "")  # modules beside the notebook, as in a kernel
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # Python's own generator does so at a fork by itself
        sys.argv = [""]
        self._shell = shell
        self._guard = Guard()
        self._tap = Tap()
        self._functions = Functions()
        self._names = Names(shell.user_module.__dict__)
        self._cells = Cells(shell, self._guard, self._tap, self._names)
        self._called = False
        os.register_at_fork(after_in_child=lambda: _close(channels))

    def for_parent(self, message: dict[str, Any]) -> _Answer:
        """Answer one message of the parent."""
        match message:
            case {"op": "run", "code": str(code), "limit": int(limit)}:
                if self._called:
                    self._guard.attempt(_close_figures)
                    self._called = False
                return self._cells.run(code, min(max(limit, 0), _MOST_LIMIT))
            case {"op": "files", "files": dict(files)}:
                return _lay_out(files, "ab" if message.get("more") is True else "wb")
        return {"error": f"The candidate does not know the message {str(message.get('op'))[:50]!r}"}

    def for_judge(self, message: dict[str, Any]) -> _Answer:
        """Answer one message of the judge."""
        match message:
            case {"op": "value", "name": str(name)}:
                return self._value(name)
            case {"op": "call", "id": int(), "args": list(), "kwargs": dict()}:
                self._called = True
                return call(message, self._functions, self._guard, self._tap, self._shell.builtin_trap)
            case {"op": "bind", "name": str(name), "id": int(number)} if number in self._functions:
                self._names.namespace[name] = self._functions.get(number)
                return {"ok": True}
            case {"op": "bind", "name": str(name), "value": value}:
                self._names.namespace[name] = value
                return {"ok": True}
            case {"op": "delete", "name": str(name)}:
                self._names.namespace.pop(name, None)
                return {"ok": True}
            case {"op": "names"}:
                return {"names": self._names.learners()}
        return {"error": f"The candidate does not know the message {str(message.get('op'))[:50]!r}"}

    def send(self, channel: Channel, message: dict[str, Any], answer: _Answer) -> None:
        """Send `answer`, or as much of it as can cross."""
        number = {"n": message["n"]} if type(message.get("n")) is int else {}
        try:
            channel.send({**answer, **number})
        except Closed:
            raise
        except Exception as error:  # not plain, or something of a library that the learner has changed
            refused = error if isinstance(error, NotPlain) else NotPlain("", "object", "it could not be read")
            for less in self._less(answer, refused):
                with suppress(NotPlain):
                    channel.send({**less, **number})
                    return
            raise Closed("Nothing of the answer could be sent") from None

    def _less(self, answer: _Answer, refused: NotPlain) -> Iterator[_Answer]:
        """What to send instead, in this order."""
        if answer.get("kind") == "value":
            answer = {"id": self._functions.number(answer["value"]), **answer}
            simple, _ = self._guard.attempt(lambda: [simpler(answer[part]) for part in _PARTS if part in answer])
            if simple is not None:
                parts = dict(zip([part for part in _PARTS if part in answer], simple, strict=True))
                yield {**answer, **parts, "simplified": refused.type_name}
        yield from retreats(answer, refused)

    def _value(self, name: str) -> _Answer:
        if name not in self._names.namespace:
            return {"kind": "missing"}
        value = self._names.namespace[name]

        known, error = self._guard.attempt(lambda: described(value, self._functions, explain))
        if known is None or error is not None:
            return unsupported(type_name(value), "", "it could not be looked at")
        return known


def _lay_out(files: dict[Any, Any], mode: str) -> _Answer:
    """Write the files into the working folder, or what follows of them."""
    for name, data in files.items():
        if type(name) is not str or type(data) is not bytes or not _inside(name):
            continue
        with suppress(OSError, ValueError):  # a name that this file system refuses; nothing of ours has one
            place = Path(PurePosixPath(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open(mode) as file:
                file.write(data)
    return {"ok": True}


def _inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts


def _close_figures() -> None:
    """Figures that the judge's calls have opened are not the next cell's."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    close: Callable[[str], None] | None = getattr(pyplot, "close", None)
    if close is not None:
        close("all")


def _close(channels: list[Channel]) -> None:
    for channel in channels:
        channel.close()
