"""Built-in functions whose answer would be about our copies and not about the learner's objects."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from techsell_grading.grader.wire import FigureDescription, NotPlain

from .cell import SAME_OBJECT
from .changes import same
from .faults import JudgeUnsupported
from .functions import LearnerFunction, LearnerIterator
from .learner import Learner
from .opaque import is_opaque

__all__ = ["Live"]

_SINGLE = (type(None), bool, type(Ellipsis), type(NotImplemented))
_FUNCTION_TYPES = (LearnerFunction, FunctionType)
_STANDING_IN = (LearnerIterator, FigureDescription)
_PLAIN_TYPES = tuple(kind for kind in vars(builtins).values() if type(kind) is type)


class Live:
    """The names that stand before the learner's and Python's own in every cell of the judge.

    Args:
        shell: what `get_ipython()` gives.
        display: the notebook's `display`.
    """

    def __init__(self, learner: Learner, shell: Any, display: Callable[..., None]) -> None:
        self._learner = learner
        self.names: dict[str, Any] = {
            "get_ipython": lambda: shell,
            "display": display,
            "callable": self.callable,
            "issubclass": self.issubclass,
            "id": self.id,
            SAME_OBJECT: self.same_object,
        }

    def same_object(self, one: Any, other: Any) -> bool:
        """`one is other`, where it can be told."""
        if one is other:
            return True
        if _is_one_of(type(one), _SINGLE) or _is_one_of(type(other), _SINGLE):
            return False
        if _is_one_of(one, _FUNCTION_TYPES) and _is_one_of(other, _FUNCTION_TYPES):
            return True
        if any(is_opaque(value) or _is_one_of(value, _STANDING_IN) for value in (one, other)):
            if _is_one_of(one, _PLAIN_TYPES) or _is_one_of(other, _PLAIN_TYPES):
                return False
            raise JudgeUnsupported("The test asks whether something of the learner's is a certain object", "answer")
        if self._learner.involved and not self._learner.is_fresh(one, other) and _are_equal(one, other):
            raise JudgeUnsupported("The test asks whether two equal values are one object")
        return False

    def callable(self, value: Any, /) -> bool:
        """`callable(value)`."""
        if is_opaque(value):
            raise JudgeUnsupported("The test asks whether something of the learner's can be called", "answer")
        return callable(value)

    def issubclass(self, kind: Any, kinds: Any, /) -> bool:
        """`issubclass(kind, kinds)`."""
        if is_opaque(kind):
            raise JudgeUnsupported("The test asks for the base of a class of the learner's", "answer")
        return issubclass(kind, kinds)

    def id(self, value: Any, /) -> int:
        """`id(value)`."""
        if self._learner.involved and not isinstance(value, (type, ModuleType)):
            raise JudgeUnsupported("The test asks for the 'id' of an object")
        return id(value)


def _is_one_of(thing: object, things: tuple[Any, ...]) -> bool:
    """By identity: `in` would ask a type of the learner's whether it is equal."""
    return any(thing is one for one in things)


def _are_equal(one: Any, other: Any) -> bool:
    try:
        return same(one, other)
    except NotPlain:
        return False
