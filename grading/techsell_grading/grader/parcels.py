"""Files on their way into a working folder, in parts that fit into one message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["parcels"]

_MOST_BYTES = 4 << 20
_MOST_FILES = 1000


def parcels(files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """Messages that lay out `files`, at least one. `more` says that they go on where files of that name end."""
    held: dict[str, bytes] = {}
    room = _MOST_BYTES
    for name, data in files.items():
        if len(data) > room or len(held) == _MOST_FILES:
            yield {"op": "files", "files": held}
            held, room = {}, _MOST_BYTES
        held[name] = data[:_MOST_BYTES]
        room -= len(held[name])
        for start in range(_MOST_BYTES, len(data), _MOST_BYTES):
            yield {"op": "files", "files": held}
            yield {"op": "files", "files": {name: data[start : start + _MOST_BYTES]}, "more": True}
            held, room = {}, _MOST_BYTES
    yield {"op": "files", "files": held}
