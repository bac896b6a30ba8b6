"""Calling the learner's functions for the judge.

    {"id", "args": [...], "kwargs": {...}, "random": None | {"random": state, "numpy": state}, "given": [...]}

`given`, which may be missing, says where objects of the learner's own stand among the arguments, in the place of a
None: ["args", place, number] or ["kwargs", name, number].

The answer is the description of the result (see `values`) and besides:

    args, kwargs     the arguments as they are after the call
    same             ["args", number] or ["kwargs", name] where the result is that very argument, else None
    stdout, stderr   what the call printed
    error            None or {"type", "bases", "text", "args"}; then the result is None
    random           the state of the global random generators afterwards, if one was sent
    given            how many of those were put in, if any were to be
"""

from __future__ import annotations

import random
import sys
from typing import Any

from techsell_grading.grader.wire import NotPlain

from . import trouble
from .collector import Collector
from .guard import Guard
from .tap import Tap
from .values import Functions, described, unsupported

__all__ = ["call", "explain", "retreats"]

_MOST_PRINTED = 200_000


def call(message: dict[str, Any], functions: Functions, guard: Guard, tap: Tap, trap: Any) -> dict[str, Any]:
    """Make the call. Whatever the function does is part of the answer; nothing is raised.

    Args:
        message: what the judge wants called.
        trap: IPython's context manager that puts `get_ipython` and `display` in their places.
    """
    args, kwargs, state = list(message["args"]), dict(message["kwargs"]), message.get("random")
    given = message.get("given") or ()
    sink = Collector(_MOST_PRINTED)

    def work() -> dict[str, Any]:
        function = functions.get(message["id"])
        for kind, key, number in given:
            (args if kind == "args" else kwargs)[key] = functions.get(number)
        _seed(state)
        with trap:
            result = function(*args, **kwargs)
            same = _same(result, args, kwargs)
            return {**described(result, functions, explain), "same": same}

    tap.begin(sink)
    known, error = guard.attempt(work)
    after, _ = guard.attempt(lambda: _state(state))
    tap.end()
    if known is None or error is not None:
        why, _ = guard.attempt(lambda: explain(error if error is not None else RuntimeError("No answer")))
        known = {"kind": "value", "value": None, "was": "", "more": False, "then": None, "same": None}
        known["error"] = why or _unspeakable(error)
    for kind, key, _ in given:
        (args if kind == "args" else kwargs)[key] = None
    return {
        "error": None,
        **({"given": len(given)} if given else {}),
        **known,
        "args": args,
        "kwargs": kwargs,
        "stdout": sink.written("stdout"),
        "stderr": sink.written("stderr"),
        "random": after,
    }


def explain(error: BaseException) -> dict[str, Any]:
    """An exception as plain data. Runs the learner's code: `str(error)`."""
    text = trouble.said(error)
    return {
        "type": trouble.type_name(error),
        "bases": trouble.bases(error),
        "text": text,
        "args": trouble.plain_args(error, text),
    }


def retreats(answer: dict[str, Any], refused: NotPlain) -> list[dict[str, Any]]:
    """What to answer instead, in this order, when the whole answer cannot be sent.

    Of a cell: the same without its outputs. Of a value or a call: first without the result, then without the arguments
    too (None: what became of them cannot be said), then without anything of the learner's.
    """
    if "outputs" in answer:
        lost = [type(refused).__name__, "What this cell shows cannot be handed over."]
        return [{**answer, "outputs": [], "error": lost, "truncated": True, "bound": [], "deleted": []}]
    path = refused.path.removeprefix("['value']")
    bare = {key: value for key, value in answer.items() if key not in ("value", "was", "more", "then", "simplified")}
    without = {**bare, **unsupported(refused.type_name, path, refused.why)}
    alone = {**without, "args": None, "kwargs": None} if "args" in answer else without
    return [without, alone, unsupported(refused.type_name, path, refused.why)]


def _unspeakable(error: BaseException | None) -> dict[str, Any]:
    """An error whose text never ends or ends the attempt to read it."""
    known = error if error is not None else RuntimeError()
    return {"type": trouble.type_name(known), "bases": trouble.bases(known), "text": "", "args": []}


def _same(result: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Any] | None:
    for number, value in enumerate(args):
        if value is result:
            return ["args", number]
    return next((["kwargs", name] for name, value in kwargs.items() if value is result), None)


def _seed(state: dict[str, Any] | None) -> None:
    if state is not None:
        if state.get("random") is not None:
            random.setstate(state["random"])
        if state.get("numpy") is not None:
            sys.modules["numpy"].random.set_state(state["numpy"])


def _state(state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    numpy = sys.modules["numpy"].random.get_state() if state.get("numpy") is not None else None
    return {"random": random.getstate(), "numpy": numpy}
