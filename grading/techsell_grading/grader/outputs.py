"""What a cell said, as notebook outputs: bounded, and without anything that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["Outputs", "plain"]

_SHOWN = ("text/plain", "image/png", "image/jpeg")
"""The kinds of output that are kept. HTML and JavaScript of a learner would run in the trainer's browser."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def plain(text: str) -> str:
    """`text` without terminal colours and control signs, so that it can stand in a page."""
    return "".join(sign for sign in _COLOURS.sub("", text) if sign.isprintable() or sign in "\n\t")


class Outputs:
    """Collects the messages of one cell up to `most` bytes; what comes after is counted, not kept."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept: list[dict[str, Any]] = []
        self.truncated = False
        self.messages = 0
        self.error: tuple[str, str] | None = None

    def collected(self) -> tuple[Mapping[str, Any], ...]:
        """The outputs so far in notebook form, with a closing line where something was dropped."""
        if not self.truncated:
            return tuple(self._kept)
        closing = {"output_type": "stream", "name": "stdout", "text": "\n[… the rest of the output was dropped]\n"}
        return (*self._kept, closing)

    def take(self, message: Mapping[str, Any]) -> bool:
        """Note one message of the kernel. True when it says that the cell is done."""
        kind, content = message["msg_type"], message["content"]
        self.messages += 1
        if kind == "status":
            return bool(content.get("execution_state") == "idle")
        if kind == "stream":
            self._stream(str(content.get("name", "stdout")), str(content.get("text", "")))
        elif kind in ("display_data", "execute_result"):
            self._data(kind, content)
        elif kind == "error":
            self._failed(content)
        elif kind == "clear_output":
            self._kept.clear()
        return False

    def answer(self, content: Mapping[str, Any]) -> None:
        """Note the kernel's answer: an error counts also where its output was hidden or lost."""
        if content.get("status") == "error" and self.error is None:
            self._failed(content)

    def _room(self, size: int) -> bool:
        if size > self._left:
            self.truncated = True
            return False
        self._left -= size
        return True

    def _stream(self, name: str, text: str) -> None:
        if not self._room(len(text)):
            text, self._left = text[: self._left], 0
        if text and self._kept and self._kept[-1].get("name") == name:
            self._kept[-1]["text"] += text
        elif text:
            self._kept.append({"output_type": "stream", "name": name, "text": text})

    def _data(self, kind: str, content: Mapping[str, Any]) -> None:
        offered = content.get("data")
        data = {mime: value for mime, value in (offered or {}).items() if mime in _SHOWN and isinstance(value, str)}
        if kind == "execute_result" and len(data.get("text/plain", "")) <= 100:
            # A number may be the points of a test: it is kept whatever was printed before it.
            data = data if self._room(sum(map(len, data.values()))) else {"text/plain": data.get("text/plain", "")}
        elif not self._room(sum(map(len, data.values()))):
            return
        output: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
        if kind == "execute_result":
            output["execution_count"] = content.get("execution_count")
        self._kept.append(output)

    def _failed(self, content: Mapping[str, Any]) -> None:
        name, text = str(content.get("ename", "Error")), str(content.get("evalue", ""))
        self.error = (name, plain(text)[:4000])
        trace = [str(line) for line in content.get("traceback", ())]
        trace = trace if sum(map(len, trace)) <= 20_000 else [*trace[:1], "[…]", *trace[-1:]]
        trace = [line[:10_000] for line in trace]
        self._kept.append({"output_type": "error", "ename": name, "evalue": text[:4000], "traceback": trace})
