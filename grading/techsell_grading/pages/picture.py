"""A picture that a learner's cell showed, as an address that holds the picture itself, or nothing.

Only the parts of a PNG or JPEG that make the picture are copied: no text, no place and time, no animation, nothing
behind the end. PNG: W3C PNG third edition, section 11. JPEG: ITU T.81, annex B.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass

__all__ = ["LARGEST", "Picture", "picture"]

LARGEST = 1_500_000
"""bytes of one picture, in base64"""
_MOST_PIXELS = 12_000_000
_LONGEST_SIDE = 8000

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True)
class Picture:
    """A picture with its size in pixels."""

    address: str
    width: int
    height: int


def picture(mime: str, data: str) -> Picture | None:
    """The picture in base64 text `data`; None for one that is damaged, too large, or of another kind."""
    if len(data) > LARGEST:
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
        clean, width, height = _png(raw) if mime == "image/png" else _jpeg(raw)
    except (binascii.Error, ValueError, struct.error, IndexError):
        return None
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE and width * height <= _MOST_PIXELS):
        return None
    return Picture(f"data:{mime};base64,{base64.b64encode(clean).decode()}", width, height)


def _png(raw: bytes) -> tuple[bytes, int, int]:
    if not raw.startswith(_PNG) or raw[12:16] != b"IHDR":
        raise ValueError("no PNG")
    width, height = struct.unpack(">II", raw[16:24])
    kept = [_PNG]
    at = len(_PNG)
    while True:
        (length,) = struct.unpack(">I", raw[at : at + 4])
        kind, end = raw[at + 4 : at + 8], at + 12 + length
        if end > len(raw):
            raise ValueError("cut off")
        if kind in _PNG_PARTS:
            kept.append(raw[at:end])
        if kind == b"IEND":
            return b"".join(kept), width, height
        at = end


def _jpeg(raw: bytes) -> tuple[bytes, int, int]:
    if raw[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept, at, size = [raw[:2]], 2, (0, 0)
    while True:
        if raw[at] != 0xFF:
            raise ValueError("no marker where one belongs")
        marker = raw[at + 1]
        if marker in _ALONE:
            at += 2
            continue
        end = at + 2 + struct.unpack(">H", raw[at + 2 : at + 4])[0]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            size = (width, height)
        if marker == 0xDA:  # the picture itself, to the end
            last = raw.rindex(b"\xff\xd9")
            return b"".join([*kept, raw[at : last + 2]]), *size
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE):  # neither a program's own part nor a comment
            kept.append(raw[at:end])
        at = end
