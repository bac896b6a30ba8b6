"""Grows messages that follow the grammar of the wire, out of parts that do not fit each other."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import numpy as np

NUMBERS = (0, 1, 2, 3, 4, 7, 8, 40, 255, 1000, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
TEXTS = (
    *("", "a", "D", "ME", "W-SUN", "C", "bh", "999999D", "1e9", "NaN", "1E+999999999999999999", "Europe/Berlin", "UTC"),
    *("../../etc/passwd", "/etc/passwd", "right/UTC", "os.system", "<f8", "|O", "<M8[ns]", "<U3", "|b1", "<i8", "|V8"),
    *("<U99999999", "<M8[999999Y]", "\ud800", "M", "Q-DEC", "3M", "9999Y-DEC", "ns"),
)


class Garden:
    """Grows messages that follow the grammar, with parts that do not fit each other."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def u32(self) -> bytes:
        return struct.pack("<I", self.rng.choice(NUMBERS[:6] if self.rng.random() < 0.9 else NUMBERS))

    def i64(self) -> bytes:
        return struct.pack("<q", self.rng.choice((0, 1, 2, 3, 5, -1, -(2**63), 2**63 - 1, 10**12, 10**18)))

    def text(self, text: str | None = None) -> bytes:
        data = (self.rng.choice(TEXTS) if text is None else text).encode("utf-8", "surrogatepass")
        return struct.pack("<I", len(data)) + data

    def small(self) -> bytes:
        return bytes([self.rng.choice((0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 200))])

    def value(self, depth: int) -> bytes:
        tags = "NETFifcsbBDQrLathlzyxXY01mwp" + ("" if depth <= 0 else "[({<qdoCvnSPJAKVG[({<dSPJASPJASPJA")
        tag = self.rng.choice(tags)
        return tag.encode() + self.payload(tag, depth - 1)

    def payload(self, tag: str, depth: int) -> bytes:
        for tags, grow in self.beds.items():
            if tag in tags:
                return grow(tag, depth)
        raise KeyError(tag)

    @property
    def beds(self) -> dict[str, Callable[[str, int], bytes]]:
        rng = self.rng
        decimals = ("1.5", "1E+99999999", "NaN", "1e9", "-0", "Infinity", "1_0", "\u0663")
        return {
            "NETF01": lambda tag, depth: b"",
            "ifl": lambda tag, depth: rng.randbytes(12 if tag == "l" else 8),
            "c": lambda tag, depth: rng.randbytes(16),
            "D": lambda tag, depth: self.text(rng.choice(decimals)),
            "sxIbBX": lambda tag, depth: self.text(),
            "Qr": lambda tag, depth: b"".join(self.whole() for _ in range(2 + (tag == "r"))),
            "L": lambda tag, depth: b"".join(self.value(depth) for _ in range(3)),
            "V": lambda tag, depth: self.small() + b"".join(self.value(depth) for _ in range(2)),
            "[({<": lambda tag, depth: self.run(depth),
            "q": lambda tag, depth: self.i64() + self.run(depth),
            "v": lambda tag, depth: self.small() + self.run(depth) + self.run(depth),
            "doC": lambda tag, depth: self.run(depth) + self.run(depth),
            "n": lambda tag, depth: self.array(depth),
            "Y": lambda tag, depth: self.dtype(),
            "y": lambda tag, depth: self.dtype() + rng.randbytes(rng.choice((1, 2, 4, 8, 16))),
            "z": lambda tag, depth: self.zone(),
            "m": lambda tag, depth: self.zone() + self.small() + self.i64(),
            "w": lambda tag, depth: self.small() + self.i64(),
            "p": lambda tag, depth: self.text(rng.choice(("M", "D", "Q-DEC", "ns", "B", "9999Y-DEC"))) + self.i64(),
            "a": lambda tag, depth: struct.pack("<HBB", rng.randrange(3000), rng.randrange(14), rng.randrange(33)),
            "t": lambda tag, depth: self.payload("a", 0) + self.payload("h", 0),
            "h": lambda tag, depth: bytes((rng.randrange(25), 1, 2, 0, 0, 0, 0, rng.randrange(3))) + self.zone(),
            "S": lambda tag, depth: self.column(depth) + self.index(depth) + self.value(depth),
            "P": self.frame,
            "J": lambda tag, depth: self.index(depth),
            "AK": lambda tag, depth: self.column(depth),
            "G": lambda tag, depth: b"".join(self.value(depth) for _ in range(2)),
        }

    def frame(self, tag: str, depth: int) -> bytes:
        parts = (self.column(depth) for _ in range(self.rng.choice((2, 2, 2, 0, 1, 3))))
        return self.index(depth) + self.index(depth) + b"".join(parts)

    def whole(self) -> bytes:
        size = self.rng.choice((0, 1, 1, 1, 2, 8, 600))
        return struct.pack("<I", size) + self.rng.randbytes(size)

    def zone(self) -> bytes:
        kind = self.rng.choice("nnnuuozp")
        offset = self.rng.randbytes(12) + self.small() if kind == "o" else b""
        rest = offset + self.text() if kind in "ozp" else b""
        return kind.encode() + rest

    def run(self, depth: int) -> bytes:
        kind, number = self.rng.choice("....fibs"), self.rng.randrange(4)
        head = kind.encode() + struct.pack("<I", number)
        if kind == ".":
            return head + b"".join(self.value(depth) for _ in range(number))
        if kind == "s":
            return head + struct.pack(f"<{number}I", *[1] * number) + self.text("abcd"[:number])
        if kind == "b":
            return head + bytes(self.rng.choice((0, 0, 1, 1, 9)) for _ in range(number))
        return head + self.rng.randbytes(number * 8)

    def dtype(self) -> bytes:
        return self.text(
            self.rng.choice(("<f8", "<i8", "|b1", "|O", "<M8[ns]", "<U3", ">i2", "<c16", "|S2", "|i1", "<f2"))
        )

    def array(self, depth: int, size: int | None = None) -> bytes:
        rng = self.rng
        shape = [rng.randrange(4) for _ in range(rng.randrange(4))] if size is None else [size]
        kind = rng.choice(("<f8", "<i8", "|b1", "|O", "|i1")) if size is not None else None
        head = (self.dtype() if kind is None else self.text(kind)) + rng.choice((b"\0", b"\1"))
        head += bytes([len(shape)]) + b"".join(struct.pack("<q", side) for side in shape)
        number = int(np.prod(shape))
        if head[4:6] == b"|O":
            return head + b"." + struct.pack("<I", number) + b"".join(self.value(depth) for _ in range(number))
        width = {b"f8": 8, b"i8": 8, b"M8": 8, b"U3": 12, b"i2": 2, b"c1": 16, b"S2": 2, b"f2": 2}.get(head[5:7], 1)
        return head + bytes(rng.choice((0, 1)) for _ in range(number * width))

    def column(self, depth: int) -> bytes:
        rng, size = self.rng, self.rng.choice((2, 2, 2, 2, 2, 2, 2, 0, 3))
        kind = rng.choice("nnnsmtlpvc")
        whole = self.text("<i8") + b"\0\1" + struct.pack("<q", size) + rng.randbytes(8 * size)
        if kind == "n":
            return b"n" + self.array(depth, size)
        if kind == "s":
            gaps = rng.random() < 0.3
            return b"s\0" + self.small() + bytes([gaps]) + (self.array(depth, size) if gaps else b"") + self.run(depth)
        if kind == "m":
            return b"m" + self.array(depth, size) + self.array(depth, size)
        if kind == "t":
            return b"t" + self.zone() + self.small() + whole
        if kind == "l":
            return b"l" + self.small() + whole
        if kind == "p":
            return b"p" + self.text(rng.choice(("M", "D", "W-SUN", "B", "9999h"))) + whole
        if depth <= 0:
            return b"n" + self.array(depth, size)
        if kind == "v":
            return b"v" + self.small() + self.index(depth - 1) + self.index(depth - 1)
        return b"c" + self.small() + self.array(depth, size) + self.index(depth - 1)

    def index(self, depth: int) -> bytes:
        kind = self.rng.choice("rriu") if depth > 0 else "r"
        if kind == "r":
            return b"r" + struct.pack("<q", 0) + struct.pack("<q", 2) + struct.pack("<q", 1) + self.value(0)
        if kind == "i":
            pace = self.text(self.rng.choice((*[""] * 9, "D", "ME", "999999B", "C", "-1D")))
            return b"i" + self.column(depth - 1) + pace + self.value(0)
        levels = self.rng.randrange(1, 3)
        parts = (self.index(depth - 1) + self.array(0, 2) + self.value(0) for _ in range(levels))
        return b"u" + bytes([levels]) + b"".join(parts)
