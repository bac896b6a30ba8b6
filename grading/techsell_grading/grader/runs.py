"""What one cell did when it was run: all that scoring knows of the processes behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CellRun", "How"]

How = Literal["done", "timeout", "died", "not run", "given up"]


@dataclass(frozen=True)
class CellRun:
    """What one cell did. `error` is (name, text) of the exception that ended it.

    `limit`: "memory", "processes" or "files" where it died of using too much.
    """

    how: How
    outputs: tuple[Mapping[str, Any], ...] = ()
    error: tuple[str, str] | None = None
    truncated: bool = False
    seconds: float = 0.0
    limit: str = ""
