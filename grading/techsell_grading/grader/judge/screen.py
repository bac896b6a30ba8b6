"""What a cell of the judge says, as notebook outputs, bounded."""

from __future__ import annotations

import io
from typing import Any

__all__ = ["Screen", "Stream"]

_SHORT = 100
"""A result this short may be a number of points: it is kept whatever was printed before it."""
_MOST_TRACE = 20_000
_MOST_OUTPUTS = 500
_MOST_LINES = 60
"""of a traceback, at either end"""


class Screen:
    """Collects outputs up to `most` bytes; what comes after is counted as truncated and dropped."""

    def __init__(self, most: int) -> None:
        self._left = most
        self.outputs: list[dict[str, Any]] = []
        self.truncated = False

    def stream(self, name: str, text: str) -> None:
        """Text written to `stdout` or `stderr`."""
        text = _storable(text)
        if len(text) > self._left:
            text, self.truncated = text[: self._left], True
        self._left -= len(text)
        if text and self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"] += text
        elif text and self._fits(""):
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def shown(self, text: str) -> None:
        """What `display` was given."""
        text = _storable(text)
        if self._fits(text):
            self.outputs.append({"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}})

    def result(self, text: str) -> None:
        """The value of the last expression."""
        text = _storable(text)
        if len(text) <= _SHORT or self._fits(text):
            data = {"text/plain": text}
            output = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}
            self.outputs.append(output)

    def error(self, name: str, text: str, trace: list[str]) -> None:
        """The exception that ended the cell."""
        if len(trace) > 2 * _MOST_LINES:
            trace = [*trace[:_MOST_LINES], "[…]", *trace[-_MOST_LINES:]]
        if sum(map(len, trace)) > _MOST_TRACE:
            trace = [*trace[:2], "[…]", *trace[-2:]]
        trace = [_storable(line[: _MOST_TRACE // 2]) for line in trace]
        self.outputs.append({"output_type": "error", "ename": name, "evalue": _storable(text), "traceback": trace})

    def collected(self) -> list[dict[str, Any]]:
        """The outputs so far, with a closing line where something was dropped."""
        if not self.truncated:
            return list(self.outputs)
        closing = {"output_type": "stream", "name": "stdout", "text": "\n[… the rest of the output was dropped]\n"}
        return [*self.outputs, closing]

    def _fits(self, text: str) -> bool:
        if len(text) > self._left or len(self.outputs) >= _MOST_OUTPUTS:
            self.truncated = True
            return False
        self._left -= len(text)
        return True


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, screen: Screen, name: str) -> None:
        super().__init__()
        self._screen = screen
        self.name = f"<{name}>"
        self._channel = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._screen.stream(self._channel, text)
        return len(text)


def _storable(text: str) -> str:
    """A lone surrogate can be printed, but not be stored in a notebook."""
    return text.encode("utf-8", "replace").decode("utf-8")
