"""Stand-ins for what of the learner's cannot cross. They can be passed on, and `type` names them; any other use stops.

A check that tells types apart by identity (as `techsell.check` does) can so say what came back, in words. A test that
asks the object itself anything, be it `==`, `len` or `isinstance`, cannot be judged: the answer would be ours.
"""

from __future__ import annotations

from typing import Any, NoReturn

from techsell_grading.grader.wire import FigureDescription

from .faults import JudgeUnsupported

__all__ = ["figures_seen", "holds_opaque", "is_opaque", "opaque", "watch_figures"]

_LONGEST = 60

_OPERATORS = ("add", "and", "divmod", "floordiv", "lshift", "matmul", "mod", "mul", "or", "pow", "rshift", "sub")
_ASKED = (
    *(f"__{side}{name}__" for name in (*_OPERATORS, "truediv", "xor") for side in ("", "r", "i")),
    *("__abs__", "__neg__", "__pos__", "__invert__", "__round__", "__index__", "__int__", "__float__", "__complex__"),
    *("__bool__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__contains__", "__len__"),
    *("__getitem__", "__setitem__", "__delitem__", "__iter__", "__next__", "__reversed__", "__call__", "__fspath__"),
    *("__getattribute__", "__setattr__", "__delattr__", "__dir__", "__repr__", "__str__", "__bytes__", "__format__"),
    *("__enter__", "__exit__", "__await__", "__aiter__", "__anext__", "__copy__", "__deepcopy__", "__reduce_ex__"),
    *("__array__", "__sizeof__", "__set_name__"),
)
_ASKED_OF_TYPE = (
    *("__repr__", "__str__", "__instancecheck__", "__subclasscheck__", "__call__", "__eq__", "__ne__"),
    "__getattribute__",
)


class _Meta(type):
    """The type of a stand-in's type. Asking the type anything stops as well; its identity can be asked."""

    __hash__ = type.__hash__


def _stop(cls: type) -> NoReturn:
    what, why, learner = _about[id(cls)]
    raise JudgeUnsupported(f"The test uses {what}, {why}", "answer", learner)


def _of_object(thing: object, *_: Any, **__: Any) -> NoReturn:
    _stop(type(thing))


def _of_type(cls: type, *_: Any, **__: Any) -> NoReturn:
    _stop(cls)


_about: dict[int, tuple[str, str, str]] = {}
_kept: list[type] = []
"""types stay, so that the number of one never becomes that of another"""


def opaque(what: str, type_name: str, why: str, learner: str = "") -> Any:
    """A stand-in for one object.

    Args:
        what: the object in the author's words ("what 'deposit' returned, an object of type 'Account'").
        type_name: what the learner's process calls its type; it need not be true.
        why: it cannot be used.
        learner: the sentence for the learner.
    """
    name = "".join(sign for sign in type_name[:_LONGEST] if sign.isprintable()) or "object"
    cls = type.__call__(_Meta, name, (), {"__slots__": ()} | dict.fromkeys(_ASKED, _of_object))
    _about[id(cls)] = (what, why, learner)
    _kept.append(cls)
    return object.__new__(cls)


def is_opaque(value: object) -> bool:
    """Whether this is a stand-in, or the type of one."""
    return type(type(value)) is _Meta or type(value) is _Meta


def holds_opaque(value: object) -> bool:
    """Whether there is a stand-in in it, as deep as lists, tuples and dicts go."""
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if is_opaque(thing):
            return True
        if type(thing) in (list, tuple, dict) and id(thing) not in seen:
            seen.add(id(thing))
            waiting += thing.values() if type(thing) is dict else thing
    return False


for _name in _ASKED_OF_TYPE:
    setattr(_Meta, _name, _of_type)


# -- figures ---------------------------------------------------------------------------------------------------------

_figures = 0


def figures_seen() -> int:
    """How many descriptions of figures have come so far."""
    return _figures


def watch_figures() -> None:
    """From now on, asking a described figure for more than the description holds is unsupported, not an error.

    Notebooks of other courses ask matplotlib's own methods (`ax.get_title()`), which a description does not have.
    """

    def attribute(figure: object, name: str) -> Any:
        if name == "__class__":
            raise JudgeUnsupported("The test asks for the class of a figure of the learner's", "answer")
        try:
            return object.__getattribute__(figure, name)
        except AttributeError:
            if name.startswith("_"):
                raise
        raise JudgeUnsupported(f"The test asks a figure of the learner's for '{name}'", "answer")

    def counted(cls: type[FigureDescription], *_: Any) -> FigureDescription:
        global _figures
        _figures += 1
        return object.__new__(cls)

    for name, method in (("__getattribute__", attribute), ("__new__", counted)):
        setattr(FigureDescription, name, method)
