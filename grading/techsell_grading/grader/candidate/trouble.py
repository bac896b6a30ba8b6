"""Exceptions in words. They are the learner's objects: their class may lie, and their text may never end.

What can be read without running the learner's code is read so. The text itself is `str(error)`, so everything here
belongs inside `Guard.attempt`, which ends with the cell's time at the latest.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import TracebackType
from typing import Any

from techsell_grading.grader.wire import Bounds, NotPlain, encode
from techsell_grading.grader.wire.stream import type_name

from .collector import cut

__all__ = ["bases", "plain_args", "said", "trace", "type_name"]

_LONGEST = 4000
_SHOWN_ENDS = 6
"""calls shown at either end of a long chain"""
_AROUND = 2
_ARGS = Bounds(most_bytes=1 << 16, items=2000)
_CELL = re.compile(r"/cell/(\d+)\.py")
_OWN = re.compile(r"[/\\](IPython[/\\](core|utils)|grader[/\\](candidate|wire)|matplotlib_inline)[/\\]")
_LIBRARY = re.compile(r".*[/\\](?:site-packages|packages[/\\]\d+|lib[/\\]python\d+\.\d+)[/\\]")

_PLACE = re.compile(r" \(/[^()]*\)\Z")
"""where a module lies: "cannot import name 'x' from 'y' (/place/in/the/sandbox/y.py)\""""

_BUILT_IN = {
    id(kind): name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__name__ == name
}
_mro = type.__dict__["__mro__"].__get__
_trace_of = BaseException.__dict__["__traceback__"].__get__
_args_of = BaseException.__dict__["args"].__get__


def said(error: BaseException) -> str:
    """`str(error)`, at most some thousand characters; a sentence where the error cannot say itself."""
    try:
        text = str(error)
    except Exception as worse:
        return f"(its text cannot be shown: str() of it ends in {type_name(worse)})"
    text = str.__str__(text)[:_LONGEST]
    if issubclass(type(error), ImportError):
        text = _PLACE.sub("", text)
    return cut(text, _LONGEST)


def bases(error: BaseException) -> list[str]:
    """Those of its classes that are Python's own, nearest first."""
    return [_BUILT_IN[id(kind)] for kind in _mro(type(error)) if id(kind) in _BUILT_IN]


def plain_args(error: BaseException, text: str) -> list[Any]:
    """What it was made with if all of that is plain and small, otherwise its text."""
    args = list(_args_of(error))
    try:
        encode(args, _ARGS)
    except NotPlain:
        return [text]
    return args


def trace(error: BaseException, text: str, sources: Mapping[str, Sequence[str]]) -> list[str]:
    """The way to the error through the learner's own lines, in the form of IPython; no text of library code."""
    name = type_name(error)
    lines = ["-" * 75, f"{name:<42}Traceback (most recent call last)"]
    if issubclass(type(error), SyntaxError):  # `isinstance` would ask the error for its class
        return [*lines, *_syntax(error), f"{name}: {text}"]
    calls = _calls(error)
    if len(calls) > 2 * _SHOWN_ENDS:
        hidden = len(calls) - 2 * _SHOWN_ENDS
        shown = [_call(call, sources) for call in calls[:_SHOWN_ENDS]]
        shown += [f"[… {hidden} more calls …]", *(_call(call, sources) for call in calls[-_SHOWN_ENDS:])]
    else:
        shown = [_call(call, sources) for call in calls]
    return [*lines, *shown, f"{name}: {text}" if text else name]


def _calls(error: BaseException) -> list[tuple[str, int, str]]:
    """(file, line, function) of each call, from the first cell on; the machinery around cells is left out."""
    found: list[tuple[str, int, str]] = []
    at: TracebackType | None = _trace_of(error)
    while at is not None:
        code = at.tb_frame.f_code
        found.append((str.__str__(code.co_filename)[:300], at.tb_lineno or 0, str.__str__(code.co_name)[:100]))
        at = at.tb_next
    found = [call for call in found if not _OWN.search(call[0])]
    return found[next((number for number, call in enumerate(found) if _CELL.fullmatch(call[0])), 0) :]


def _call(call: tuple[str, int, str], sources: Mapping[str, Sequence[str]]) -> str:
    file, line, function = call
    inside = "" if function == "<module>" else f", in {function}"
    cell = _CELL.fullmatch(file)
    if cell is None:
        return f"File {_short(file)}:{line}{inside}"
    lines = sources.get(file, ())
    rows = [f"Cell In[{cell.group(1)}], line {line}{inside}"]
    for number in range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1):
        arrow = "----> " if number == line else "      "
        rows.append(f"{arrow}{number} {lines[number - 1][:200]}")
    return "\n".join(rows)


def _short(file: str) -> str:
    """A file's name without the folders of this machine."""
    inside = _LIBRARY.sub("", file)
    return inside if inside != file else "/".join(PurePath(file).parts[-2:])


def _syntax(error: Any) -> list[str]:
    """Where the text stops being Python."""
    line, column, text = error.lineno, error.offset, error.text
    if type(line) is not int or type(text) is not str:
        return []
    stripped = text.lstrip()
    rows = [f"  line {line}", f"    {stripped.rstrip()[:200]}"]
    if type(column) is int:
        rows.append(" " * (4 + max(0, min(column - 1 - len(text) + len(stripped), 200))) + "^")
    return ["\n".join(rows)]
