"""Plain data between two processes that do not trust each other: `encode`, `decode`, and `Channel` over a socket."""

from __future__ import annotations

from .codec import decode, encode, prepare
from .described import AxesDescription, Bar, FigureDescription, Line
from .errors import Closed, NotPlain, TimedOut, TooLarge, WireError
from .frames import Channel
from .stream import Bounds, type_name

__all__ = [
    "AxesDescription",
    "Bar",
    "Bounds",
    "Channel",
    "Closed",
    "FigureDescription",
    "Line",
    "NotPlain",
    "TimedOut",
    "TooLarge",
    "WireError",
    "decode",
    "encode",
    "prepare",
    "type_name",
]
