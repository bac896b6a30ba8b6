"""Calling a learner's function without letting it write to stderr or stop the notebook with a traceback."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

from techsell.check.messages import fail, require
from techsell.check.values import describe, is_exactly, plain, type_name
from techsell.errors import CheckFailed

__all__ = ["call", "unchanged"]


def call(function: Callable[..., Any], /, *arguments: Any, called: str) -> Any:
    """What `function(*arguments)` returns. Warnings and text on stderr cost nothing.

    Raises:
        CheckFailed: it is not written yet, is no function, or stopped with an error.
    """
    if not callable(function):
        fail(called, describe(function), "a function of that name", "Run the cell that defines it")
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            return function(*arguments)
    except Exception as error:  # the learner's code may stop with anything
        raise _stopped(error, called) from None


def _stopped(error: Exception, called: str) -> CheckFailed:
    if is_exactly(error, NotImplementedError):
        return CheckFailed(f"{called} is not written yet", cure="Fill in the lines that are missing")
    said = error.args[0] if is_exactly(error.args, tuple) and len(error.args) == 1 else ""
    text = f": {said[:120].rstrip('.')}" if is_exactly(said, str) and said else ""
    problem = f"Called {called}: it stopped with {type_name(error)}{text}"
    return CheckFailed(problem, cure="Run the cell 'Try it' to see the line that stopped")


def unchanged(before: Any, after: Any, *, called: str) -> None:
    """Fail unless the argument `after` the call is what its copy `before` holds: values, rows, columns and order.

    Raises:
        CheckFailed: something was changed in place.
    """
    require(
        _same(before, after),
        called=called,
        found="a changed argument",
        wanted="the argument as it was",
        hint="Work on a copy: whoever calls your function wants the table back as it was",
    )


def _same(before: Any, after: Any) -> bool:
    pandas = sys.modules.get("pandas")
    if pandas is not None and is_exactly(before, pandas.DataFrame, pandas.Series):
        # equals() compares values, types, row and column labels, all in order
        return type(after) is type(before) and bool(before.equals(after))
    return type(after) is type(before) and bool(plain(before) == plain(after))
