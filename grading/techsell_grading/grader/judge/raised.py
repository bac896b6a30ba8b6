"""Exceptions of the learner's, made again from words: never an object and never a class of the learner's."""

from __future__ import annotations

import ast
import builtins
import re
from typing import Any

__all__ = ["made_again"]

_BUILT_IN: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__name__ == name
}
_LONGEST = 100
_FILE = re.compile(r"\[Errno -?\d+\] [^']*: ('[^'\\]*')")


def made_again(name: str, bases: list[str], text: str, args: list[Any]) -> BaseException:
    """A built-in exception as itself; any other as a new class of its name under its nearest built-in base.

    Args:
        name: of its class.
        bases: its built-in classes, nearest first.
        text: what `str` of it gave.
        args: what it was made with.
    """
    base = next((_BUILT_IN[known] for known in bases if known in _BUILT_IN), Exception)
    if bases[:1] == [name] and name in _BUILT_IN:
        return _make(base, _with_file(args, text) if issubclass(base, OSError) else args, text)
    body = {"__module__": "__main__", "__str__": lambda error: text}
    own = type("".join(sign for sign in name[:_LONGEST] if sign.isprintable()) or "Exception", (base,), body)
    return _make(own, args, text)


def _with_file(args: list[Any], text: str) -> list[Any]:
    """The arguments of an OSError with the name of the file, which stands in its text only."""
    known = _FILE.fullmatch(text)
    return [*args, ast.literal_eval(known[1])] if len(args) == 2 and known else args


def _make(kind: type[BaseException], args: list[Any], text: str) -> BaseException:
    """With its arguments; a UnicodeError wants five of them, a group of exceptions a list."""
    try:
        return kind(*args)
    except Exception:
        return _make_unasked(kind, args, text)


def _make_unasked(kind: type[BaseException], args: list[Any], text: str) -> BaseException:
    try:
        error = kind.__new__(kind, *args)
        error.args = tuple(args)
    except Exception:
        return Exception(text)
    return error
