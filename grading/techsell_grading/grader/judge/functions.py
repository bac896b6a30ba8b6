"""The learner's functions and generators as the tests hold them: what can be asked is answered as by the real ones."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from .faults import JudgeUnsupported

__all__ = ["Caller", "LearnerFunction", "LearnerIterator", "signature"]

_LIVE = ("__annotations__", "__closure__", "__code__", "__globals__", "__type_params__")
"""what a test could ask of a function to look inside it; the code itself never crosses"""

_Kinds = {kind.name: kind for kind in type(inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY).kind)}


class Caller(Protocol):
    """Who makes the call."""

    def call(self, function: LearnerFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class _FunctionType(type):
    """`type(f)` equals the type of functions; `is` cannot be helped and is watched in the text of the test."""

    def __eq__(cls, other: object) -> bool:
        return other is types.FunctionType or other is cls

    def __hash__(cls) -> int:
        return hash(types.FunctionType)


class LearnerFunction(metaclass=_FunctionType):
    """Calls the learner's function of that number; one object for each function, so that `is` holds.

    Args:
        about: the answer of the learner's side: name, qualname, doc and signature, already checked.
    """

    def __init__(self, caller: Caller, number: int, about: dict[str, Any]) -> None:
        hold = self.__dict__
        hold["_caller"], hold["_number"] = caller, number
        hold["__name__"], hold["__qualname__"] = about["name"], about["qualname"]
        hold["__doc__"], hold["__module__"] = about["doc"], "__main__"
        if about["signature"] is not None:
            known = about["signature"]
            hold["__signature__"] = known
            parameters = known.parameters.values()
            given = {p.name: p.default for p in parameters if p.default is not p.empty}
            by_word = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
            hold["__defaults__"] = tuple(value for name, value in given.items() if name not in by_word) or None
            hold["__kwdefaults__"] = {name: value for name, value in given.items() if name in by_word} or None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._caller.call(self, args, kwargs)

    @property  # type: ignore[misc]  # `isinstance(f, types.FunctionType)` holds
    def __class__(self) -> type:
        return types.FunctionType

    @property
    def number(self) -> int:
        """The learner's side knows the function by this number."""
        return int(self._number)

    def __get__(self, thing: Any, owner: type | None = None) -> Any:
        return self if thing is None else types.MethodType(self, thing)

    def __copy__(self) -> LearnerFunction:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> LearnerFunction:
        return self

    def __repr__(self) -> str:
        return f"<function {self.__qualname__}>"

    def __getattr__(self, name: str) -> Any:
        if name in _LIVE or not name.startswith("_"):
            if name == "__annotations__" and sys._getframe(1).f_globals.get("__name__") == "functools":
                return {}  # `functools.wraps` copies them, whatever they are
            raise JudgeUnsupported(f"The test looks at '{name}' of the learner's function '{self.__name__}'")
        raise AttributeError(f"'function' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        raise JudgeUnsupported(f"The test sets '{name}' of the learner's function '{self.__name__}'")

    def __delattr__(self, name: str) -> None:
        raise JudgeUnsupported(f"The test deletes '{name}' of the learner's function '{self.__name__}'")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise JudgeUnsupported(f"The test pickles the learner's function '{self.__name__}'")


LearnerFunction.__name__ = LearnerFunction.__qualname__ = "function"
LearnerFunction.__module__ = "builtins"


def signature(parameters: Sequence[Sequence[Any]]) -> inspect.Signature:
    """The signature from [[name, kind, has_default, default], …].

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    made = []
    for name, kind, given, default in parameters:
        value = default if given is True else inspect.Parameter.empty
        made.append(inspect.Parameter(str(name), _Kinds[kind], default=value))
    return inspect.Signature(made)


class LearnerIterator:
    """A generator or iterator of the learner's, drawn on the other side and played back here.

    Args:
        items: what it gave.
        more: it went on, and nobody knows how.
        then: the exception that ended it, if one did.
        of_function: a generator function's result: `isinstance(…, types.GeneratorType)` holds.
    """

    def __init__(self, items: list[Any], more: bool, then: BaseException | None, of_function: bool) -> None:
        self._items: Iterator[Any] = iter(items)
        self._more, self._then, self._generator = more, then, of_function
        self._open = True

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        if self._generator:
            return types.GeneratorType
        raise JudgeUnsupported("The test asks for the class of an iterator of the learner's", "answer")

    def __iter__(self) -> LearnerIterator:
        return self

    def __next__(self) -> Any:
        if self._open:
            for item in self._items:
                return item
            if self._more:
                raise JudgeUnsupported("The test draws more from a generator of the learner's than is kept", "answer")
            self._open = False
            if self._then is not None:
                raise self._then
        raise StopIteration

    def close(self) -> None:
        self._open = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise JudgeUnsupported(f"The test uses '{name}' of a generator of the learner's", "answer")


LearnerIterator.__name__ = LearnerIterator.__qualname__ = "generator"
LearnerIterator.__module__ = "builtins"
