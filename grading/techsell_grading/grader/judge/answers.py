"""Answers of the learner's side made into objects that a test can hold. Every shape is checked first."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .functions import Caller, LearnerFunction, LearnerIterator, like_its_base, signature
from .link import malformed
from .opaque import opaque
from .raised import made_again

__all__ = ["Answers", "error"]

_LONGEST_NAME = 200
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_BASES = (int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
_VIEWS: dict[str, Callable[[list[Any]], Any]] = {
    "dict_keys": lambda items: dict.fromkeys(items).keys(),
    "dict_values": lambda items: dict(enumerate(items)).values(),
    "dict_items": lambda items: dict(items).items(),
}
_NOT_OURS = {
    *("__main__", "techsell_grading", "conftest", "test", "tests"),
    *("antigravity", "this", "idlelib", "turtle", "turtledemo", "tkinter", "pip", "ensurepip", "lib2to3", "venv"),
}
"""parts of names of modules that a learner cannot make the judge load: they do something when they are loaded"""


class Answers:
    """Makes objects of answers.

    Args:
        caller: who calls the functions among them.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._functions: dict[int, LearnerFunction] = {}

    def made(self, answer: dict[str, Any], what: str, said: str) -> Any:
        """The object that an answer describes. `said` is the sentence for the learner if it is none to look at."""
        match answer:
            case {"kind": "value", "value": value}:
                return self._value(answer, value, what)
            case {"kind": "function", "id": int(number)}:
                return self._function(number, answer, what)
            case {"kind": "module", "name": str(name)}:
                return _module(name) or self._opaque(what, "module", f"the module '{name[:100]}'", said)
            case {"kind": "class", "name": str(name)}:
                return self._opaque(what, "type", f"a class ('{name[:100]}')", said)
            case {"kind": "unsupported", "type": str(name)}:
                place, why = answer.get("path"), answer.get("why")
                at = f" at {place[:100]}" if type(place) is str and place else ""
                because = f" ({why[:200]})" if type(why) is str and why else ""
                return self._opaque(what, name, f"an object of type '{name[:100]}'{at}{because}", said)
        raise malformed(what)

    def _value(self, answer: dict[str, Any], value: Any, what: str) -> Any:
        was = answer.get("was")
        match was, answer:
            case None | "", _:
                return value
            case "generator" | "iterator", {"more": bool(more), "then": then} if type(value) is list:
                ended = None if then is None else error(then, what)
                return LearnerIterator(value, more, ended, was == "generator")
            case str(), _ if was in _VIEWS and type(value) is list:
                try:
                    return _VIEWS[was](value)
                except (TypeError, ValueError):
                    raise malformed(what) from None
            case "subclass", {"type": str(name)} if type(value) in _BASES:
                return like_its_base(name, value)
        raise malformed(what)

    def _function(self, number: int, answer: dict[str, Any], what: str) -> LearnerFunction:
        if number in self._functions:
            return self._functions[number]
        match answer:
            case {"name": str(name), "qualname": str(qualname), "doc": None | str(), "signature": None | list()}:
                about = {"name": name[:_LONGEST_NAME], "qualname": qualname[:_LONGEST_NAME], "doc": answer["doc"]}
            case _:
                raise malformed(what)
        try:
            given = answer["signature"]
            about["signature"] = None if given is None else signature(given)
        except (ValueError, TypeError, KeyError):
            raise malformed(what) from None
        self._functions[number] = LearnerFunction(self._caller, number, about)
        return self._functions[number]

    @staticmethod
    def _opaque(what: str, type_name: str, found: str, said: str) -> Any:
        why = "which cannot cross to another process"
        return opaque(f"{what}, {found}", type_name, why, said.replace("{found}", found))


def error(raised: Any, what: str) -> BaseException:
    match raised:
        case {"type": str(name), "bases": list(bases), "text": str(text), "args": list(args)}:
            if all(type(base) is str for base in bases):
                return made_again(name, bases, text, args)
    raise malformed(what)


def _module(name: str) -> ModuleType | None:
    """The judge's own module of that name: a library, or a file of the exercise."""
    if len(name) > _LONGEST_NAME or not _MODULE.fullmatch(name) or _NOT_OURS & set(name.split(".")):
        return None
    try:
        return importlib.import_module(name)
    except Exception:  # whatever goes wrong while a module loads, it is not there
        return None
