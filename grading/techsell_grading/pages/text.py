"""A learner's text as a page may show it: no terminal codes, nothing invisible that reorders or hides, bounded."""

from __future__ import annotations

import re

__all__ = ["cut", "visible"]

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""colours, cursor moves, window titles and links, as ECMA-48 writes them"""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
"""signs without a shape that turn the direction of writing or hide text (UAX 9, Unicode's default ignorables)"""

_HALF = re.compile("[\ud800-\udfff]")
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{4})[\u0300-\u036f"
    "\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]+"
)
_LONGEST_LINE = 1000


def visible(text: str) -> str:
    """`text` with control signs taken out and invisible ones shown by their number: `[U+202E]`."""
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROL.sub("", _TERMINAL.sub("", text)).expandtabs(4)
    if text.isascii():
        return text
    text = _UNSEEN.sub(lambda sign: f"[U+{ord(sign.group()):04X}]", _HALF.sub("\ufffd", text))
    return _MARKS.sub(r"\1", text)


def cut(text: str, *, first: int, last: int = 0) -> tuple[str, int]:
    """The first and last lines of `text`, each of bounded length, and how many lines were left out between them.

    Of a line that a program wrote over itself (a progress bar) the last state is kept.
    """
    lines = text.split("\n")
    left_out = max(0, len(lines) - first - last)
    if left_out:
        lines = [*lines[:first], f"[… {left_out:,} lines left out …]", *(lines[-last:] if last else ())]
    return "\n".join(_line(line) for line in lines), left_out


def _line(line: str) -> str:
    line = line.rstrip("\r").rpartition("\r")[2]
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} [… {len(line) - _LONGEST_LINE:,} signs]"
