"""What a value is for the judge: plain data, a function that can be called, a module's name, or neither.

    {"kind": "value", "value": ..., "was": "", "more": False, "then": None}
    {"kind": "function", "id", "name", "qualname", "doc", "signature": [[name, kind, has_default, default], ...] | None}
    {"kind": "module", "name"}
    {"kind": "class", "name", "module", "qualname"}
    {"kind": "missing"}
    {"kind": "unsupported", "type", "path", "why"}

`was` is "generator" or "iterator" for those: they are drawn up to 10,000 items and cross as a list; `more` says that
they went on, `then` is the exception that ended them (as in `calls`). It is the type's name for a view of a dict, which
crosses as a list too. `simplified`, if there, is the type's name of what crosses as the nearest plain data (`simpler`).
With `id` the judge can hand that very object back. `kind` of a parameter is `inspect`'s name for it.
Types are asked by way of `type`, never by way of the value, which may lie.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

from techsell_grading.grader.wire import Bounds, NotPlain, encode
from techsell_grading.grader.wire.stream import type_name

from .collector import cut
from .simpler import VIEWS, is_iterator

__all__ = ["Functions", "described", "unsupported"]

_MOST_DRAWN = 10_000
_DEFAULT = Bounds(most_bytes=1 << 16, items=2000)
_LONGEST_DOC = 4000
_MOST_PARAMETERS = 100

_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_vars: Callable[[type], Any] = type.__dict__["__dict__"].__get__
_module_vars: Callable[[types.ModuleType], Any] = vars(types.ModuleType)["__dict__"].__get__


class Functions:
    """The callables that the judge has seen, by number. One object keeps its number."""

    def __init__(self) -> None:
        self._known: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number(self, function: Any) -> int:
        if id(function) not in self._numbers:
            self._numbers[id(function)] = len(self._known)
            self._known.append(function)  # kept for ever, so that its id stays its own
        return self._numbers[id(function)]

    def __contains__(self, number: object) -> bool:
        return type(number) is int and 0 <= number < len(self._known)

    def get(self, number: object) -> Any:
        """The callable of that number.

        Raises:
            LookupError: there is none.
        """
        if type(number) is not int or number not in self:
            raise LookupError(f"There is no function with the number {number!r}")
        return self._known[number]


def described(value: Any, functions: Functions, explain: Callable[[BaseException], dict[str, Any]]) -> dict[str, Any]:
    """The description of a value; `explain` describes an exception that ends an iterator.

    Runs the learner's code: iterators are drawn, functions are asked for their signature.
    """
    kind = type(value)
    if kind is types.ModuleType:
        name = _module_vars(value).get("__name__")
        return {"kind": "module", "name": name[:200]} if type(name) is str else unsupported("module")
    if any(base is type for base in _mro(kind)):
        return {**_class(value), "id": functions.number(value)}
    if callable(value):
        return {"kind": "function", "id": functions.number(value), **_function(value)}
    if is_iterator(value):
        return _draw(value, explain)
    if kind in VIEWS:
        return {"kind": "value", "value": list(value), "was": kind.__name__, "id": functions.number(value)}
    return {"kind": "value", "value": value, "was": "", "more": False, "then": None}


def _draw(value: Any, explain: Callable[[BaseException], dict[str, Any]]) -> dict[str, Any]:
    """The items of an iterator. Runs the learner's code; an interrupt passes through."""
    drawn: list[Any] = []
    made: dict[str, Any] = {
        "kind": "value",
        "value": drawn,
        "was": "generator" if type(value) is types.GeneratorType else "iterator",
        "more": False,
        "then": None,
    }
    try:
        for item in value:
            if len(drawn) == _MOST_DRAWN:
                made["more"] = True
                break
            drawn.append(item)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        made["then"] = explain(error)
    return made


def unsupported(type_name: str, path: str = "", why: str = "") -> dict[str, Any]:
    """The description of something that cannot cross."""
    return {"kind": "unsupported", "type": type_name, "path": path, "why": why}


def _class(value: Any) -> dict[str, Any]:
    own = _vars(value)
    module = own.get("__module__")
    return {
        "kind": "class",
        "name": str.__str__(type.__dict__["__name__"].__get__(value))[:100],
        "module": module[:200] if type(module) is str else "builtins",
        "qualname": str.__str__(type.__dict__["__qualname__"].__get__(value))[:200],
    }


def _function(value: Any) -> dict[str, Any]:
    name = _text(value, "__name__", type_name(value))
    return {
        "name": name,
        "qualname": _text(value, "__qualname__", name),
        "doc": _text(value, "__doc__", None),
        "signature": _signature(value),
    }


def _text(value: Any, attribute: str, otherwise: Any) -> Any:
    try:
        text = getattr(value, attribute, None)
    except Exception:
        return otherwise
    return cut(text, _LONGEST_DOC) if type(text) is str else otherwise


def _signature(value: Any) -> list[list[Any]] | None:
    try:
        parameters = list(inspect.signature(value).parameters.values())
        if len(parameters) > _MOST_PARAMETERS:
            return None
        return [[cut(str.__str__(p.name), 200), p.kind.name, *_default(p)] for p in parameters]
    except Exception:  # no signature (many built-ins), or one that the learner made up badly
        return None


def _default(parameter: inspect.Parameter) -> tuple[bool, Any]:
    if parameter.default is inspect.Parameter.empty:
        return False, None
    try:
        encode(parameter.default, _DEFAULT)
    except NotPlain:
        return True, None
    return True, parameter.default
