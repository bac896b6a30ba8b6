"""Plain data as bytes, for the wires between the learner's process, the judge and the grader.

`encode` takes values of exactly the known types (a subclass could lie about itself). `decode` makes exactly those types
and nothing else: it never looks up a name that stands in the data, calls nothing from it, and refuses what is longer,
deeper or more than the bounds before it makes anything of it.

    decode(encode({"a": (1, 2.5)})) == {"a": (1, 2.5)}

A message is one byte of version and one value; a value is one byte that says its type, and what that type needs. The
modules here hold one family of types each: a writer for every type, a reader for every tag.
"""

from __future__ import annotations

import importlib
import sys
import threading

from . import containers, dates, described, plain
from .errors import NotPlain, TooLarge, WireError
from .stream import Bounds, ByType, Reader, ReadTag, Write, Writer, type_name

__all__ = ["Bounds", "NotPlain", "TooLarge", "WireError", "decode", "encode", "prepare"]

_VERSION = b"\x01"
_STANDARD = Bounds()

_LIBRARIES = {"numpy": ("arrays",), "pandas": ("tables", "stamps"), "matplotlib.figure": ("figures",)}
"""libraries, and the modules here that know their types"""
_TAGS = {"nyxXY": ("numpy",), "SPJAK01mwpV": ("numpy", "pandas")}
"""the tags of those modules, and the libraries that must be known to read them"""


class _Table:
    """The types and tags that are known so far."""

    def __init__(self) -> None:
        self.write = ByType({})
        self.read: dict[int, ReadTag] = {}
        self.known: set[str] = set()
        self._lock = threading.RLock()

    def add(self, writers: dict[type, Write], readers: dict[str, ReadTag]) -> None:
        self.write.add(writers)
        self.read.update({ord(tag): read for tag, read in readers.items()})

    def learn(self, library: str) -> None:
        with self._lock:
            for name in () if library in self.known else _LIBRARIES[library]:
                module = importlib.import_module(f".{name}", __package__)
                self.add(module.WRITERS, module.READERS)
            self.known.add(library)

    def learn_loaded(self) -> None:
        for library in _LIBRARIES.keys() - self.known:
            if library in sys.modules:
                self.learn(library)


def _small() -> _Table:
    table = _Table()
    for module in (plain, containers, dates):
        table.add(module.WRITERS, module.READERS)
    return table


_plain = _small()
_full = _small()
_full.add(described.WRITERS, described.READERS)


def _read_later(tag: str, libraries: tuple[str, ...]) -> ReadTag:
    """Reads the first value of a library: learns its types, then reads it."""

    def read(r: Reader) -> object:
        for library in libraries:
            _full.learn(library)
        return _full.read[ord(tag)](r)

    return read


for _tags, _names in _TAGS.items():
    _full.add({}, {_tag: _read_later(_tag, _names) for _tag in _tags})


def prepare() -> None:
    """Learn the types of the libraries that are loaded, once, so that processes forked later need not."""
    _full.learn_loaded()
    dates.zone_names()


def encode(value: object, bounds: Bounds = _STANDARD) -> bytes:
    """`value` as bytes.

    Raises:
        NotPlain: it is, or contains, something that is not plain data; `path` says where.
        TooLarge: it is plain data but more than `bounds` allow.
    """
    table = _full if bounds.libraries else _plain
    if bounds.libraries:
        _full.learn_loaded()
    writer = Writer(bounds, table.write)
    try:
        writer.raw(_VERSION)
        writer.value(value)
    except (RecursionError, MemoryError):
        raise TooLarge("", type_name(value), "there is not enough memory left here to write it down") from None
    return writer.done()


def decode(data: bytes, bounds: Bounds = _STANDARD) -> object:
    """The value that `encode` made `data` of; new objects throughout.

    Raises:
        WireError: `data` is anything else, or more than `bounds` allow.
    """
    if len(data) > bounds.most_bytes:
        raise WireError(f"The message has more than {bounds.most_bytes:,} bytes")
    reader = Reader(bytes(data), bounds, (_full if bounds.libraries else _plain).read)
    try:
        if reader.raw(1) != _VERSION:
            raise WireError("The message was written by another version of the grader")
        value = reader.value()
    except WireError:
        raise
    except Exception as error:
        # Whatever the standard library, NumPy or pandas say about impossible parts (a 30 February, a list as a key).
        raise WireError(f"The message holds an impossible value ({type(error).__name__})") from None
    if reader.left:
        raise WireError("The message goes on after its end")
    return value
