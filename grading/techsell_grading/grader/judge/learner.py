"""What of the learner's a test can hold: values, functions, and the changes that a call makes."""

from __future__ import annotations

import re
import sys
import warnings
from collections import deque
from collections.abc import Callable
from types import FunctionType
from typing import Any

from .answers import Answers, error
from .chance import Chance
from .changes import CannotApply, apply, changeable, repeats, same
from .faults import JudgeUnsupported
from .functions import LearnerFunction, LearnerIterator
from .link import Link, malformed
from .opaque import holds_opaque, is_opaque

__all__ = ["MISSING", "Learner"]

MISSING: Any = object()
"""there is no such name"""

_PLAIN = "numbers, texts, lists, tuples, dicts, sets, arrays or tables"
_WARNING = re.compile(r"^\S+:\d+: \w*Warning: .*\n(  .*\n)?", re.MULTILINE)
_MOST_FRESH = 200
"""results whose identity is remembered"""


class Learner:
    """The learner's process as the tests see it.

    `before_call` and `after_call` keep names and surroundings in step, `shared` knows the name of a function that both
    sides have from a locked cell; the judge sets them.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.chance = Chance()
        self.before_call: Callable[[tuple[Any, ...], dict[str, Any]], None] = lambda args, kwargs: None
        self.after_call: Callable[[], None] = lambda: None
        self.shared: Callable[[Any], str] = lambda function: ""
        self.awaits_stop = False
        """whether the test speaks of StopIteration"""
        self._answers = Answers(self)
        self._fresh: deque[tuple[Any, tuple[Any, ...]]] = deque(maxlen=_MOST_FRESH)

    def begin(self) -> None:
        """A cell begins."""
        self.chance = Chance()

    @property
    def involved(self) -> bool:
        """Whether anything of the learner's has been asked for yet."""
        return self.link.asked > 0

    def is_fresh(self, one: Any, other: Any) -> bool:
        """Whether one of the two was made by a call that had the other as an argument: they are two objects."""
        return any(
            (result is one and any(arg is other for arg in args)) or (result is other and any(a is one for a in args))
            for result, args in self._fresh
        )

    # -- names -------------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Any:
        """What `name` is bound to, or MISSING.

        Raises:
            AnswerFault: there was no answer to that.
        """
        what = f"'{name}'"
        answer = self.link.ask({"op": "value", "name": name}, what)
        if answer.get("kind") == "missing":
            return MISSING
        thing = self._answers.made(answer, what, f"Read {what}: found {{found}}; wanted plain values ({_PLAIN}).")
        if answer.get("kind") == "class" and is_opaque(thing):
            why = f"The test uses the learner's class {what}"
            raise JudgeUnsupported(why, "answer", f"Read {what}: found a class; wanted plain values ({_PLAIN}).")
        return thing

    def number(self, thing: Any) -> int | None:
        """By which number the other side knows this object of the learner's, unchanged; None for anything else."""
        return self._answers.number(thing)

    def names(self) -> list[str]:
        """The names that the learner's cells have bound."""
        names = self.link.ask({"op": "names"}, "the names of the notebook").get("names")
        if type(names) is not list or any(type(name) is not str for name in names):
            raise malformed("the names of the notebook")
        return names

    def bind(self, name: str, value: Any) -> None:
        """Let the learner's code see `name` as this value.

        Raises:
            JudgeUnsupported: it is neither plain nor a function of the learner's.
        """
        number = self.number(value)
        given = {"value": value} if number is None else {"id": number}
        answer = self.link.ask({"op": "bind", "name": name, **given}, f"'{name}'")
        if answer.get("ok") is not True:
            raise malformed(f"'{name}'")

    def delete(self, name: str) -> None:
        """Take `name` away from the learner's code."""
        if self.link.ask({"op": "delete", "name": name}, f"'{name}'").get("ok") is not True:
            raise malformed(f"'{name}'")

    # -- calls -------------------------------------------------------------------------------------------------------

    def call(self, function: LearnerFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the learner's function returns for these arguments; what it raises is raised, what it prints printed."""
        what = f"'{function.__name__}(…)'"
        with self.link.lock:
            self.before_call(args, kwargs)
            state = self.chance.touched()
            sent, named, given = self._functions_apart(args, kwargs, what)
            message = {"op": "call", "id": function.number, "args": sent, "kwargs": named, "random": state}
            answer = self.link.ask({**message, "given": given} if given else message, what)
            self.link.calls += 1
            if given and answer.get("given") != len(given):
                raise JudgeUnsupported(f"The test gives {what} a function")
            _shape(answer, args, kwargs, what)
            if state is not None and not self.chance.take(answer.get("random"), state):
                raise malformed(what)
            _print(answer)
            _take_changes(answer, sent, named, what)
            self.after_call()
            if answer["error"] is not None:
                raise self._raised(error(answer["error"], what), function.__name__) from None
            return self._result(answer, args, kwargs, function.__name__)

    def _raised(self, error: BaseException, name: str) -> BaseException:
        """What to raise. A StopIteration would end the test's own loops (`for got in map(f, cases)`) without a word;
        where the test does not speak of it, it is an error, as it is inside generators (PEP 479)."""
        if isinstance(error, StopIteration | StopAsyncIteration) and not self.awaits_stop:
            return RuntimeError(f"'{name}' raised {type(error).__name__}")
        return error

    def _functions_apart(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], what: str
    ) -> tuple[list[Any], dict[str, Any], list[list[Any]]]:
        """The arguments with None for each object that the other side has too, and which of them goes where."""
        sent, named, given = list(args), dict(kwargs), []
        for place, values in (("args", sent), ("kwargs", named)):
            for key in range(len(sent)) if place == "args" else list(named):
                value = values[key]  # type: ignore[index]
                if type(value) is FunctionType and (name := self.shared(value)):
                    value = self.value(name)
                if (number := self.number(value)) is not None:
                    values[key] = None  # type: ignore[index]
                    given.append([place, key, number])
                elif type(value) is LearnerIterator:
                    values[key] = list(value)  # type: ignore[index]
                elif self._answers.has_objects and holds_opaque(value):
                    raise JudgeUnsupported(
                        f"The test gives {what} something of the learner's that cannot cross", "answer"
                    )
        return sent, named, given

    def _result(self, answer: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> Any:
        match answer.get("same", 0):
            case ["args", int(number)] if 0 <= number < len(args):
                return args[number]
            case ["kwargs", str(word)] if word in kwargs:
                return kwargs[word]
        said = f"Called {name}(…): {{found}} came back; wanted plain values ({_PLAIN})."
        result = self._answers.made(answer, f"what '{name}' returned", said)
        if answer.get("same", 0) is None:
            self._fresh.append((result, (*args, *kwargs.values())))
        return result


def _shape(answer: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any], what: str) -> None:
    """Whether this is an answer to a call at all."""
    texts = type(answer.get("stdout")) is str and type(answer.get("stderr")) is str
    left, named = answer.get("args", 0), answer.get("kwargs", 0)
    given_up = left is None and named is None
    given = type(left) is list and type(named) is dict and len(left) == len(args) and set(named) == set(kwargs)
    if not texts or not (given_up or given) or "error" not in answer:
        raise malformed(what)


def _print(answer: dict[str, Any]) -> None:
    """What the learner's function printed, where the test's own output goes; no warnings where the test has none."""
    errors = answer["stderr"]
    if errors and warnings.filters and warnings.filters[0][:3] == ("ignore", None, Warning):
        errors = _WARNING.sub("", errors)
    for stream, text in ((sys.stdout, answer["stdout"]), (sys.stderr, errors)):
        if text:
            stream.write(text)


def _take_changes(answer: dict[str, Any], args: list[Any], kwargs: dict[str, Any], what: str) -> None:
    """Make the changes to the arguments on the test's own objects."""
    own = [*args, *kwargs.values()]
    if not any(changeable(value) for value in own):
        return
    if answer["args"] is None:
        raise JudgeUnsupported(f"What {what} made of its arguments cannot cross to another process", "answer")
    pairs = [*zip(args, answer["args"], strict=True), *((kwargs[name], answer["kwargs"][name]) for name in kwargs)]
    changed = []
    for before, after in pairs:
        if changeable(before):
            if type(before) is not type(after):
                raise malformed(what)
            if not same(before, after):
                changed.append((before, after))
    if changed and repeats(own):
        raise JudgeUnsupported(f"{what} changes its arguments, of which two are one object", "answer")
    for before, after in changed:
        try:
            apply(before, after)
        except CannotApply as error:
            raise JudgeUnsupported(f"{what} changes an argument of type '{error}' in place", "answer") from None
