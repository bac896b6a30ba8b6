"""Running one cell of the notebook and saying what it did."""

from __future__ import annotations

from time import monotonic
from typing import Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from . import trouble
from .collector import Collector
from .guard import Guard
from .namespace import Names
from .shell import Shell
from .tap import Tap

__all__ = ["Cells"]

_run_cell: Any = InteractiveShell.run_cell


class Cells:
    """Runs cells one after the other in one shell."""

    def __init__(self, shell: Shell, guard: Guard, tap: Tap, names: Names) -> None:
        self._shell, self._guard, self._tap, self._names = shell, guard, tap, names

    def run(self, code: str, limit: int) -> dict[str, Any]:
        """Run `code`, keeping at most `limit` bytes of what it shows; whatever it does is part of the answer."""
        began = monotonic()
        sink = Collector(limit)
        stage = _Stage(sink, self._tap, self._shell)
        self._names.note()
        self._shell.stage = stage
        self._tap.begin(sink)
        result, error = self._guard.attempt(lambda: _run_cell(self._shell, code, store_history=True))
        error = error if error is not None else _error_of(result)
        if error is not None and stage.failed is not error:
            self._fail(stage, error)
        self._tap.end()
        self._shell.no_stage()
        del result, error
        bound, deleted = self._names.changes()
        return {
            "how": "done",
            "outputs": sink.collected(),
            "error": stage.said,
            "truncated": sink.truncated,
            "seconds": monotonic() - began,
            "bound": bound,
            "deleted": deleted,
        }

    def _fail(self, stage: _Stage, error: BaseException) -> None:
        """Show an error that IPython has not shown, whatever was done to IPython."""
        _, worse = self._guard.attempt(lambda: stage.fail(error))
        if worse is not None:  # its text never ends, or it ends the attempt to read it
            stage.note(error, "", [trouble.type_name(error)])


class _Stage:
    """Where the running cell shows things."""

    def __init__(self, sink: Collector, tap: Tap, shell: Shell) -> None:
        self._sink, self._tap, self._shell = sink, tap, shell
        self.failed: BaseException | None = None
        """the last error that was shown"""
        self.said: list[str] | None = None
        """its name and text"""

    def show(self, kind: str, data: object, *, count: int = 0, display_id: object = None) -> None:
        self._tap.catch_up()
        self._sink.show(kind, data, count if type(count) is int else 0, display_id)

    def update(self, display_id: object, data: object) -> None:
        self._sink.update(display_id, data)

    def clear(self, *, wait: bool) -> None:
        self._tap.catch_up()
        self._sink.clear(wait=wait)

    def fail(self, error: BaseException) -> None:
        """Show an error; its text is the learner's code."""
        text = trouble.said(error)
        lines = trouble.trace(error, text, self._shell.sources)
        self._tap.catch_up()
        self.note(error, text, lines)

    def note(self, error: BaseException, text: str, lines: list[str]) -> None:
        """Show an error in these words."""
        self.failed, self.said = error, [trouble.type_name(error), text]
        self._sink.fail(self.said[0], text, lines)


def _error_of(result: Any) -> BaseException | None:
    """The error that ended the cell. A shell that has been tampered with may say anything."""
    if type(result) is not ExecutionResult:
        return RuntimeError("The cell's result was lost: IPython itself has been changed.")
    for found in (result.error_before_exec, result.error_in_exec):
        if isinstance(found, BaseException):  # not `if found`: an error may say that it is none
            return found
    return None
