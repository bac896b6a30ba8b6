"""Text of a learner's process as it may stand in a page."""

from __future__ import annotations

import re

__all__ = ["plain"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def plain(text: str) -> str:
    """`text` without terminal colours and control signs."""
    return "".join(sign for sign in _COLOURS.sub("", text) if sign.isprintable() or sign in "\n\t")
