"""The judge: runs locked cells and tests against a learner's process.

    Judge(learner_channel).run("assert double(2) == 4", test=True, limit=200_000)

`serve` answers a parent over its control channel; the messages are in the package's docstring.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from techsell_grading.grader.wire import Channel, Closed, WireError

from .cell import Cell, trace_of
from .faults import AnswerFault, JudgeUnsupported, record
from .learner import Learner
from .link import Link
from .live import Live
from .main_module import MainModule
from .names import Names
from .opaque import figures_seen, watch_figures
from .reading import own_and_imported
from .screen import Screen, Stream
from .shell import Shell, displays, shown
from .surroundings import Surroundings

__all__ = ["Judge", "prepare", "serve"]

_LONGEST = 4000
_MOST_LIMIT = 2 << 20
_FIGURE_ERRORS = (AttributeError, TypeError, IndexError)
"""what a test meets that asks a described figure as if it were one"""


def prepare() -> None:
    """What a server does once before it forks."""
    import unittest.mock  # noqa: F401

    import IPython.core.inputtransformer2
    import IPython.lib.pretty  # noqa: F401

    os.environ["NBGRADER_EXECUTION"] = "autograde"
    watch_figures()


class Judge:
    """One notebook's tests, cell after cell.

    Args:
        channel: to the learner's process.
        interruptible: within it, SIGINT ends the cell.
    """

    def __init__(self, channel: Channel, interruptible: AbstractContextManager[None] | None = None) -> None:
        self._interruptible = interruptible or nullcontext()
        self._screen = Screen(0)
        self._link = Link(channel)
        self._learner = Learner(self._link)
        live = Live(self._learner, Shell(), displays(lambda: self._screen))
        self.names = Names(self._learner, live.names)
        self._surroundings = Surroundings(self.names)
        self._learner.before_call = self._before_call
        self._learner.after_call = self.names.called
        self._learner.shared = self.names.locked.name_of
        self._count = 0
        self._test = False
        self._locked_speaks = False

    def run(self, code: str, *, test: bool, limit: int) -> dict[str, Any]:
        """Run a cell; never raises for anything that the cell or the learner's process does.

        Args:
            test: a grade cell; otherwise a locked cell, which runs on the learner's side too.
            limit: bytes of output to keep.
        """
        self._screen, self._test = Screen(min(max(limit, 0), _MOST_LIMIT)), test
        self._count += 1
        record.clear()
        before = dict(zip(self.names.own(), map(id, dict.values(self.names)), strict=False))
        began, figures = time.monotonic(), figures_seen()
        error = self._attempt(code)
        if isinstance(error, _FIGURE_ERRORS) and figures_seen() > figures:
            JudgeUnsupported("The test asks a figure of the learner's for more than can cross", "answer")
        said = self._said(error)
        after = {name: id(dict.__getitem__(self.names, name)) for name in self.names.own()}
        return {
            "how": "done",
            "outputs": self._screen.collected(),
            "error": said,
            "truncated": self._screen.truncated,
            "seconds": time.monotonic() - began,
            "bound": [name for name, value in after.items() if before.get(name) != value],
            "deleted": [name for name in before if name not in after],
            "unsupported": str(record.unsupported or ""),
            "unsupported_by": record.unsupported.by if record.unsupported else "",
            "simplified": record.simplified,
            "cut": self._link.cut,
        }

    def skip(self, code: str) -> None:
        """A test that is left out: what it imports is there, and what else it binds is at least nobody else's."""
        bound, imported = own_and_imported(code)
        self.names.owners.reserve(bound)
        self.run(imported, test=True, limit=0)

    def _attempt(self, code: str) -> BaseException | None:
        try:
            with self._interruptible, self._captured():
                cell = Cell.of(code, self._count, None if self._test else self.names.locked.here)
                try:
                    self._run(cell)
                except KeyboardInterrupt:
                    self.names.drop()  # the learner's process may be busy for ever
                    raise
                finally:
                    self.names.end()
                    self._surroundings.end(locked=not self._test)
        except BaseException as error:  # SystemExit too: it ends the cell, not the judge
            return error
        return None

    def _run(self, cell: Cell) -> None:
        self._learner.begin()
        speaks = "StopIteration" in cell.names.needs
        self._locked_speaks = self._locked_speaks or (speaks and not self._test)
        self._learner.awaits_stop = speaks or self._locked_speaks
        if self._test:
            self._surroundings.begin(cell.names)
        with self._surroundings.files.watched():
            self.names.begin(cell.names, locked=not self._test)
            value = cell.run(self.names)
            if value is not None:
                self._screen.result(shown(value))

    @contextmanager
    def _captured(self) -> Iterator[None]:
        out, err, main = sys.stdout, sys.stderr, sys.modules.get("__main__")
        sys.stdout, sys.stderr = Stream(self._screen, "stdout"), Stream(self._screen, "stderr")
        sys.modules["__main__"] = MainModule(self.names)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err
            if main is not None:
                sys.modules["__main__"] = main

    def _before_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._test:
            self._surroundings.check(args, kwargs)
        self.names.sync()

    def _said(self, error: BaseException | None) -> list[str] | None:
        """What the cell ended with as (name, text), and the output for it. A fault counts even if it was caught."""
        if record.fault is not None:
            error = record.fault
        elif record.unsupported is not None:
            error = record.unsupported
        if error is None:
            return None
        name, text = type(error).__name__, _text(error)
        if isinstance(error, JudgeUnsupported) and error.by == "answer":
            name, text = AnswerFault.__name__, error.learner
        trace = [text] if isinstance(error, AnswerFault | JudgeUnsupported) else _trace(error)
        self._screen.error(name, text[:_LONGEST], trace)
        return [name, text[:_LONGEST]]


def serve(control: Channel, learner: Channel) -> None:
    """Answer `control` until it is closed; the working folder is the current one."""
    interrupts = _Interrupts()
    judge = Judge(learner, interrupts)
    if "" not in sys.path:
        sys.path.append("")  # modules of the exercise itself; after all libraries
    while True:
        try:
            message = control.receive()
            control.send(_answer(judge, message))
        except (Closed, WireError):
            return


def _answer(judge: Judge, message: dict[str, Any]) -> dict[str, Any]:
    match message:
        case {"op": "run", "code": str(code), "role": "locked" | "test" as role, "limit": int(limit)}:
            return judge.run(code, test=role == "test", limit=limit)
        case {"op": "learner", "bound": list(bound), "deleted": list(deleted), "mentioned": list(mentioned)}:
            judge.names.pass_on(*map(_names, (bound, deleted, mentioned)))
            return {"ok": True}
        case {"op": "asked", "names": list(names), "changed": list(changed)}:
            judge.names.owners.ask_for(_names(names), _names(changed))
            return {"ok": True}
        case {"op": "skip", "code": str(code)}:
            judge.skip(code)
            return {"ok": True}
        case {"op": "files", "files": dict(files)}:
            _lay_out(files, "ab" if message.get("more") is True else "wb")
            return {"ok": True}
    return {"error": f"The judge does not know the message {str(message.get('op'))[:50]!r}"}


def _names(given: list[Any]) -> list[str]:
    """Those that are names: some come from the learner's side."""
    return [name for name in given if type(name) is str]


class _Interrupts(AbstractContextManager[None]):
    """SIGINT ends the cell that runs, and does nothing between two cells."""

    def __init__(self) -> None:
        self._inside = False
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupted)

    def __enter__(self) -> None:
        self._inside = True

    def __exit__(self, *_: object) -> None:
        self._inside = False

    def _interrupted(self, number: int, frame: object) -> None:
        if self._inside:
            raise KeyboardInterrupt


def _lay_out(files: dict[Any, Any], mode: str) -> None:
    for name, data in files.items():
        with suppress(OSError, ValueError):  # a name that this file system refuses; nothing of ours has one
            place = Path(PurePosixPath(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open(mode) as file:
                file.write(data)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # of an exception class of the test's own
        return ""


def _trace(error: BaseException) -> list[str]:
    try:
        return trace_of(error)
    except Exception:
        return [type(error).__name__]
