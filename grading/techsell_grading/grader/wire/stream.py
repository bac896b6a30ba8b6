"""The two ends of the codec, Writer and Reader, and the bounds that hold alike on both.

Both count in the same way. A value that one side could write within some bounds can be read within the same bounds.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import NotPlain, TooLarge, WireError

__all__ = ["Bounds", "Budget", "ByType", "ReadTag", "Reader", "Write", "Writer", "type_name"]

_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")

_EQUAL_HASHES = 1000
"""pairs of keys with equal hashes in one message, and ten more for each value; see `Budget.hashes`"""
_SET_WEIGHT = 100
"""how much such a pair counts once sets are members of sets: to compare those takes a look-up for each member"""


@dataclass(frozen=True)
class Bounds:
    """How much one message may hold; the same on both sides.

    Args:
        most_bytes: of the whole message.
        depth: of containers in containers.
        items: Python objects: 1 for every value, up to 6 more for a container or a moment of pandas, 5 for an array,
            10 for a column, 40 for a pandas object. Numbers in an array count by their bytes alone.
        libraries: whether arrays, frames and figures may be in it. Without them reading imports nothing, ever.
    """

    most_bytes: int = 8 << 20
    depth: int = 60
    items: int = 200_000
    libraries: bool = True


class Budget:
    """What is left of the bounds while one message is written or read."""

    def __init__(self, bounds: Bounds, refuse: Callable[[str], Exception]) -> None:
        self.bounds = bounds
        self.refuse = refuse
        """the exception of this side, from a reason"""
        self.nested_sets = False
        """set once a frozenset was met"""
        self._items = bounds.items
        self._equal = _EQUAL_HASHES + 10 * bounds.items
        self._work: Counter[str] = Counter()
        self.level = 0

    @property
    def spent(self) -> int:
        """Python objects counted so far."""
        return self.bounds.items - self._items

    def count(self, number: int) -> None:
        """Note `number` more Python objects."""
        self._items -= number
        if self._items < 0:
            raise self.refuse(f"it holds more than {self.bounds.items:,} values")

    def work(self, what: str, number: int, most: int) -> None:
        """Note that `number` things of the kind `what` take more than their bytes to handle; `most` in one message."""
        self._work[what] += number
        if self._work[what] > most:
            raise self.refuse(f"it holds more than {most:,} {what}")

    def deeper(self) -> None:
        self.level += 1
        if self.level > self.bounds.depth:
            raise self.refuse(f"it is nested more than {self.bounds.depth} deep")

    def hashes(self, values: Sequence[Hashable]) -> None:
        """Refuse keys that were made to have equal hashes: each would be compared with all before it.

        Raises TypeError for values that cannot be keys.
        """
        hashes = [hash(value) for value in values]
        if len(set(hashes)) == len(hashes):
            return
        pairs = sum(number * (number - 1) for number in Counter(hashes).values())
        self._equal -= pairs * (_SET_WEIGHT if self.nested_sets else 1)
        if self._equal < 10 * self._items:
            raise self.refuse("it holds keys that were made to be slow")


class ByType:
    """How values are written, by exact type.

    Types are found by their identity: a metaclass could make another type look equal to one that is known.
    """

    def __init__(self, table: Mapping[type, Write]) -> None:
        self._types: list[type] = []  # kept alive, so that their identity stays theirs
        self._ids: dict[int, Write] = {}
        self.add(table)

    def add(self, table: Mapping[type, Write]) -> None:
        self._types.extend(table)
        self._ids.update({id(kind): write for kind, write in table.items()})

    def get(self, value: object) -> Write | None:
        return self._ids.get(id(type(value)))

    def __iter__(self) -> Iterator[type]:
        return iter(self._types)


class Writer(Budget):
    """Collects the bytes of one value. `value` writes anything that the table knows, by its exact type."""

    def __init__(self, bounds: Bounds, table: ByType) -> None:
        super().__init__(bounds, lambda why: TooLarge("", "value", why))
        self._table = table
        self._parts: list[bytes] = []
        self._left = bounds.most_bytes
        self._open: list[int] = []

    def done(self) -> bytes:
        return b"".join(self._parts)

    def room(self, size: int) -> None:
        """Refuse what would take `size` more bytes before anything of that size is made."""
        if size > self._left:
            raise self.refuse(f"it takes more than the {self.bounds.most_bytes:,} bytes of one message")

    def raw(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self.room(len(data))
        self._parts.append(data)

    def byte(self, number: int) -> None:
        if number > 0xFF:
            raise self.refuse("it holds more than 255 parts of one kind")
        self.raw(bytes((number,)))

    def u32(self, number: int) -> None:
        if number > 0xFFFFFFFF:
            self.room(number)
        self.raw(_U32.pack(number))

    def i64(self, number: int) -> None:
        self.raw(_I64.pack(number))

    def block(self, data: bytes | bytearray) -> None:
        """Bytes with their length before them."""
        self.room(len(data))
        self.u32(len(data))
        self.raw(bytes(data))

    def text(self, text: str) -> None:
        self.room(len(text))
        self.block(text.encode("utf-8", "surrogatepass"))

    def value(self, value: object) -> None:
        """Write `value` with its tag."""
        write = self._table.get(value)
        if write is None:
            raise NotPlain("", type_name(value))
        self.count(1)
        write(self, value)

    def enter(self, value: object) -> None:
        """One level deeper, into `value`; `leave` it again."""
        if id(value) in self._open:
            raise NotPlain("", type_name(value), "it contains itself")
        self.deeper()
        self._open.append(id(value))

    def leave(self) -> None:
        self.level -= 1
        self._open.pop()


class Reader(Budget):
    """Takes the bytes of one value apart. Every length is checked before anything of that length is made."""

    def __init__(self, data: bytes, bounds: Bounds, table: dict[int, ReadTag]) -> None:
        super().__init__(bounds, lambda why: WireError(f"The message is refused: {why}"))
        self._table = table
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes that are still to come."""
        return len(self._data) - self._at

    def room(self, size: int) -> None:
        """Refuse when fewer than `size` bytes are still to come."""
        if not 0 <= size <= self.left:
            raise WireError("The message ends too early")

    def raw(self, size: int) -> bytes:
        self.room(size)
        self._at += size
        return self._data[self._at - size : self._at]

    def byte(self) -> int:
        return self.raw(1)[0]

    def flag(self) -> bool:
        return bool(self.one_of((False, True)))

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of a few things, by its number."""
        number = self.byte()
        if number >= len(choices):
            raise WireError("The message holds a number that stands for nothing")
        return choices[number]

    def u32(self) -> int:
        return int(_U32.unpack(self.raw(4))[0])

    def i64(self) -> int:
        return int(_I64.unpack(self.raw(8))[0])

    def block(self) -> bytes:
        return self.raw(self.u32())

    def text(self) -> str:
        return self.block().decode("utf-8", "surrogatepass")

    def value(self) -> Any:
        """Read one value with its tag."""
        read = self._table.get(self.byte())
        if read is None:
            raise WireError("The message holds a mark that means nothing")
        self.count(1)
        return read(self)

    def enter(self) -> None:
        self.deeper()

    def leave(self) -> None:
        self.level -= 1


Write = Callable[[Writer, Any], None]
ReadTag = Callable[[Reader], Any]


def type_name(value: object) -> str:
    """The name of the type of `value`, at most 100 characters, without asking the type, which may lie or fail."""
    name = type.__dict__["__name__"].__get__(type(value))
    return str.__str__(name)[:100]
