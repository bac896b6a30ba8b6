"""What one cell shows, as notebook outputs: bounded from the first byte on, and nothing that a browser would run."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SHOWN", "Collector", "cut"]

SHOWN = ("text/plain", "image/png", "image/jpeg")
"""The kinds of output that are kept."""

_MOST_OUTPUTS = 900
"""the grader takes no more than 1,000 of one cell"""
_SPARE = 20
_COST = 50
"""what an output counts besides its content, so that empty ones come to an end too"""
_A_NUMBER = 100
"""a result of this length may be the points of a test: it is kept whatever was printed before it"""
_LONGEST_ERROR = 4000
_ERRORS = 3
_DROPPED = "\n[… the rest of the output was dropped]\n"


def cut(text: str, most: int) -> str:
    """At most `most` bytes of `text` in UTF-8; what UTF-8 cannot say (half a surrogate pair) becomes an escape."""
    return _cut(text, most)[0]


def _cut(text: str, most: int) -> tuple[str, int, bool]:
    """The beginning of `text`, its size in bytes, and whether it is all."""
    if text.isascii():
        kept = text[:most]
        return kept, len(kept), len(kept) == len(text)
    data = text[: most + 1].encode("utf-8", "backslashreplace")
    kept = data[:most].decode("utf-8", "ignore")
    return kept, min(len(data), most), len(data) <= most


@dataclass
class _Output:
    kind: str
    name: str = ""
    parts: list[str] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)
    count: int = 0
    display_id: str = ""

    def as_notebook(self) -> dict[str, Any]:
        if self.kind == "stream":
            return {"output_type": "stream", "name": self.name, "text": "".join(self.parts)}
        if self.kind == "error":
            said = self.data
            return {"output_type": "error", "ename": self.name, "evalue": said["text"], "traceback": list(self.parts)}
        made: dict[str, Any] = {"output_type": self.kind, "data": dict(self.data), "metadata": {}}
        return {**made, "execution_count": self.count} if self.kind == "execute_result" else made


class Collector:
    """Takes what a cell says, up to `most` bytes; what comes after is dropped and `truncated` says so."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept: list[_Output] = []
        self._clear_first = False
        self.truncated = False
        self._errors = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is kept, small results and errors aside."""
        return self._left <= 0 or len(self._kept) >= _MOST_OUTPUTS

    def text(self, name: str, text: str) -> None:
        """Note what was written to the stream `name`."""
        if self.full:
            self.truncated = self.truncated or bool(text)
            return
        kept, size, whole = _cut(text, self._left)
        self._left = self._left - size if whole else 0
        self.truncated = self.truncated or not whole
        last = self._last()
        if last is not None and last.kind == "stream" and last.name == name:
            last.parts.append(kept)
        elif kept:
            self._left -= _COST
            self._kept.append(_Output("stream", name, [kept]))

    def show(self, kind: str, offered: object, count: int = 0, display_id: object = None) -> None:
        """Note an `execute_result` or `display_data` with the representations `offered`."""
        data = _kept_kinds(offered)
        if not data:
            return
        if not self._room(_size(data) + _COST):
            text = self._part(kind, data)
            if not text:
                return
            data = {"text/plain": text}
        self._last()
        identity = display_id if type(display_id) is str else ""
        self._kept.append(_Output(kind, data=data, count=count, display_id=identity[:100]))

    def update(self, display_id: object, offered: object) -> None:
        """Show something else where `display_id` was shown."""
        data = _kept_kinds(offered)
        for output in self._kept:
            if output.display_id and output.display_id == display_id and self._room(_size(data)):
                output.data = data

    def fail(self, name: str, text: str, trace: list[str]) -> None:
        """Note an error. The first few are kept however much was said before."""
        trace = [cut(line, _LONGEST_ERROR) for line in trace]
        self._errors += 1
        if self._errors > _ERRORS and not self._room(_COST + len(text) + sum(map(len, trace))):
            return
        self._last()
        self._kept.append(_Output("error", name, trace, {"text": cut(text, _LONGEST_ERROR)}))

    def clear(self, *, wait: bool) -> None:
        """Forget what was shown, at once or when the next thing is shown."""
        if wait:
            self._clear_first = True
        else:
            self._kept.clear()

    def collected(self) -> list[dict[str, Any]]:
        """The outputs, with a closing line where something was dropped."""
        made = [output.as_notebook() for output in self._kept]
        return [*made, {"output_type": "stream", "name": "stdout", "text": _DROPPED}] if self.truncated else made

    def written(self, name: str) -> str:
        """Everything that was written to one stream."""
        return "".join("".join(o.parts) for o in self._kept if o.kind == "stream" and o.name == name)

    def _last(self) -> _Output | None:
        if self._clear_first:
            self._clear_first = False
            self._kept.clear()
        return self._kept[-1] if self._kept else None

    def _part(self, kind: str, data: Mapping[str, str]) -> str:
        """What is kept of something for which there is no room: the beginning of a text, all of a small result."""
        text = data.get("text/plain", "")
        if kind == "execute_result" and len(text) <= _A_NUMBER and len(self._kept) < _MOST_OUTPUTS + _SPARE:
            return text
        if len(data) > 1 or self.full or self._left <= _COST:
            return ""
        kept, size, _ = _cut(text, self._left - _COST)
        self._left -= size + _COST
        return kept

    def _room(self, size: int) -> bool:
        if self.full or size > self._left:
            self.truncated = True
            return False
        self._left -= size
        return True


def _size(data: Mapping[str, str]) -> int:
    return sum(len(value) if value.isascii() else len(value.encode("utf-8")) for value in data.values())


def _kept_kinds(offered: object) -> dict[str, str]:
    """Those representations that are kept, as text; pictures in base64 as notebooks have them."""
    kept: dict[str, str] = {}
    if isinstance(offered, Mapping):
        for kind in SHOWN:
            value = offered.get(kind)
            if type(value) is bytes and kind != "text/plain":
                kept[kind] = b64encode(value).decode("ascii")
            elif type(value) is str:
                kept[kind] = cut(value, 6 * len(value))  # an escape has six signs
    return kept
