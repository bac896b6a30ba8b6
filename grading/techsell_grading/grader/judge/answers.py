"""Answers of the learner's side made into objects that a test can hold. Every shape is checked first."""

from __future__ import annotations

import importlib
import re
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from types import ModuleType
from typing import Any

from techsell_grading.grader.wire import NotPlain, encode

from .changes import changeable
from .classes import of_library
from .faults import record
from .functions import Caller, LearnerFunction, LearnerIterator, signature
from .link import malformed
from .opaque import is_opaque, opaque
from .raised import made_again

__all__ = ["Answers", "error"]

_LONGEST_NAME = 200
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_VIEWS: dict[str, Callable[[list[Any]], Any]] = {
    "dict_keys": lambda items: dict.fromkeys(items).keys(),
    "dict_values": lambda items: dict(enumerate(items)).values(),
    "dict_items": lambda items: dict(items).items(),
}
_VIEW_TYPES: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_MANY = (tuple, set, frozenset, Counter, OrderedDict, defaultdict, deque)
_MOST_OBJECTS = 10_000
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
        self._objects: dict[int, tuple[Any, int, bytes | None]] = {}

    def made(self, answer: dict[str, Any], what: str, said: str) -> Any:
        """The object that an answer describes. `said` is the sentence for the learner if it is none to look at."""
        thing = self._made(answer, what, said)
        number = answer.get("id")
        if type(number) is int and _is_one_of_its_own(thing):
            while len(self._objects) >= _MOST_OBJECTS:
                del self._objects[next(iter(self._objects))]
            self._objects[id(thing)] = thing, number, _bytes(thing)
        return thing

    @property
    def has_objects(self) -> bool:
        """Whether any object has come that is more than its value."""
        return bool(self._objects)

    def number(self, thing: Any) -> int | None:
        """The learner's side knows this object of the learner's by that number, and it is still what it was."""
        if type(thing) is LearnerFunction:
            return thing.number
        known, number, data = self._objects.get(id(thing), (None, 0, None))
        if known is not thing or thing is None:
            return None
        return number if data is None or _bytes(thing) == data else None

    def _made(self, answer: dict[str, Any], what: str, said: str) -> Any:
        match answer:
            case {"kind": "value", "value": value}:
                return self._value(answer, value, what)
            case {"kind": "function", "id": int(number)}:
                return self._function(number, answer, what)
            case {"kind": "module", "name": str(name)}:
                return _module(name) or self._opaque(what, "module", f"the module '{name[:100]}'", said)
            case {"kind": "class", "module": str(module), "qualname": str(name)} if known := of_library(module, name):
                return known
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
        if type(simplified := answer.get("simplified")) is str:
            record.simplified = record.simplified or f"{what} is more than data, of type '{simplified[:100]}'"
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


def _is_one_of_its_own(thing: Any) -> bool:
    """Whether nothing else here is the same object, as it is with numbers, texts and what is empty."""
    kind = type(thing)
    if is_opaque(thing) or kind in _VIEW_TYPES:
        return True
    return kind in (list, dict) or (kind in _MANY and len(thing) > 0)


def _bytes(thing: Any) -> bytes | None:
    """What it holds, if it can change and be read."""
    if is_opaque(thing) or type(thing) in _VIEW_TYPES or not changeable(thing):
        return None
    try:
        return encode(thing)
    except NotPlain:
        return None


def _module(name: str) -> ModuleType | None:
    """The judge's own module of that name: a library, or a file of the exercise."""
    if len(name) > _LONGEST_NAME or not _MODULE.fullmatch(name) or _NOT_OURS & set(name.split(".")):
        return None
    try:
        return importlib.import_module(name)
    except Exception:  # whatever goes wrong while a module loads, it is not there
        return None
