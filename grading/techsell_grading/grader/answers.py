"""What a graded process says about a cell, as a `CellRun`: its shape is checked, since learner code may have spoken.

Only plain notebook outputs pass, of the kinds that a browser does not run. Text is cleaned of control signs where it is
shown in a page; it stays as it is here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .outputs import plain
from .runs import CellRun

__all__ = ["as_run", "names_in", "size"]

_SHOWN = ("text/plain", "image/png", "image/jpeg")
_MOST_OUTPUTS = 1000
_MOST_LINES = 200
_LONGEST_TEXT = 4000
_LONGEST_LINE = 10_000
_NAMES = 5000


def as_run(answer: Mapping[str, Any], limit: int, seconds: float) -> CellRun:
    """The run that an answer describes.

    Args:
        limit: bytes of output that were asked for; a little more is allowed for what frames it.
        seconds: measured here.
    """
    outputs = answer.get("outputs")
    error = answer.get("error")
    if type(outputs) is not list or len(outputs) > _MOST_OUTPUTS or not _is_error(error):
        return _nonsense(seconds)
    kept: list[dict[str, Any]] = []
    room = limit + 100_000
    for output in outputs:
        clean = _output(output)
        if clean is None:
            return _nonsense(seconds)
        room -= _size(clean)
        if room < 0:
            return CellRun("done", tuple(kept), _pair(error), True, seconds)
        kept.append(clean)
    return CellRun("done", tuple(kept), _pair(error), answer.get("truncated") is True, seconds)


def names_in(answer: Mapping[str, Any], key: str) -> list[str]:
    """The names under `key` of an answer; none of anything that is no list of names."""
    found = answer.get(key)
    if type(found) is not list:
        return []
    return [name for name in found[:_NAMES] if type(name) is str and name.isidentifier()]


def size(outputs: Sequence[Mapping[str, Any]]) -> int:
    """Letters in the outputs of a cell."""
    return sum(_size(output) + sum(map(len, output.get("traceback", ()))) for output in outputs)


def _is_error(error: Any) -> bool:
    if error is None:
        return True
    return type(error) in (list, tuple) and len(error) == 2 and all(type(part) is str for part in error)


def _pair(error: Any) -> tuple[str, str] | None:
    return None if error is None else (error[0][:200], plain(error[1])[:_LONGEST_TEXT])


def _nonsense(seconds: float) -> CellRun:
    said = "The process of this notebook answered with something that is no output."
    return CellRun("done", (), ("BrokenAnswer", said), False, seconds)


def _output(output: Any) -> dict[str, Any] | None:
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": text}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            shown = {mime: data[mime] for mime in _SHOWN if type(data.get(mime)) is str}
            found: dict[str, Any] = {"output_type": kind, "data": shown, "metadata": {}}
            if kind == "execute_result":
                count = output.get("execution_count")
                found["execution_count"] = count if type(count) is int else None
            return found
        case {"output_type": "error", "ename": str(name), "evalue": str(text)}:
            lines = output.get("traceback")
            trace = [line[:_LONGEST_LINE] for line in lines if type(line) is str] if type(lines) is list else []
            return {
                "output_type": "error",
                "ename": name[:200],
                "evalue": text[:_LONGEST_TEXT],
                "traceback": trace[:_MOST_LINES],
            }
    return None


def _size(output: Mapping[str, Any]) -> int:
    if output["output_type"] == "stream":
        return len(output["text"])
    if output["output_type"] == "error":
        return 0
    return sum(map(len, output["data"].values()))
