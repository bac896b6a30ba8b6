"""Reading a hand-in that somebody else packed: nothing in it is believed, and whatever can be read is read."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from .verdict import Limits

__all__ = ["Contents", "Unreadable", "pack", "unpack"]

_STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    struct.error,
    MemoryError,
    IndexError,  # zipfile itself stumbles over an empty name
    OverflowError,
)
_LONGEST_NAME = 200
"""bytes of one part of a path; file systems allow 255"""


class Unreadable(Exception):
    """Nothing of it can be used; the text says why, in words for a learner."""


@dataclass(frozen=True)
class Contents:
    """Files by their path inside (`/` between folders), and what had to be left out."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


def pack(files: Mapping[str, bytes], links: Iterable[str] = ()) -> bytes:
    """A zip with the same bytes for the same files, whatever their order and whenever it is made.

    `links` are names of links found in a folder: they are carried as links without a target, so that the reader
    can say what they were.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        entries = [(name, data, 0o100644) for name, data in files.items()]
        entries += [(name, b"", stat.S_IFLNK | 0o777) for name in links]
        for name, data, mode in sorted(entries):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the mode bits below are Unix ones wherever this runs
            entry.external_attr = mode << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpack(data: bytes, limits: Limits) -> Contents:
    """The regular files of a zip, each read at most to the limits.

    Links, absolute names, `..`, encrypted and damaged entries are left out with a note. The sizes that an archive
    declares are not believed: counting happens while reading.

    Raises:
        Unreadable: not a zip, cut short, too many files, or more bytes inside than allowed.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise Unreadable(_why_not_zip(data)) from error
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > limits.files:
        raise Unreadable(f"The hand-in holds {len(entries)} files; {limits.files} are allowed")
    files: dict[str, bytes] = {}
    notes: list[str] = []
    left = limits.unpacked
    for entry in entries:
        name, trouble = _name(entry)
        if trouble:
            notes.append(trouble)
            continue
        try:
            content = _read(archive, entry, left)
        except _BROKEN as error:
            notes.append(f"{name} is damaged inside the hand-in ({error}) and was not read")
            continue
        left -= len(content)
        if left < 0:
            raise Unreadable(f"The hand-in unpacks to more than {limits.unpacked >> 20} MB; nothing in it was read")
        if name in files:
            notes.append(f"{name} is in the hand-in twice; the first one counts")
        files.setdefault(name, content)
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    for name in folders & files.keys():
        notes.append(f"{name} is a file and a folder at once and was not read")
        del files[name]
    return Contents(files, tuple(notes))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    if entry.flag_bits & 0x1:
        raise zipfile.BadZipFile("it is encrypted")
    if entry.compress_type not in _STORED:
        raise zipfile.BadZipFile("its compression is not a usual one")
    with archive.open(entry) as stream:
        return stream.read(left + 1)


def _name(entry: zipfile.ZipInfo) -> tuple[str, str]:
    """The clean name, and the reason why the entry is left out (empty when it is not)."""
    name = entry.filename.replace("\\", "/")
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)[:120]
    if stat.S_ISLNK(entry.external_attr >> 16):
        return name, f"{shown} is a link, not a file, and was not followed"
    path = PurePosixPath(name)
    strange = path.is_absolute() or ".." in path.parts or ":" in name or not path.name.strip() or shown != name[:120]
    if strange or len(path.parts) > 10 or any(len(part.encode()) > _LONGEST_NAME for part in path.parts):
        return name, f"A file named {shown!r} cannot be unpacked safely and was not read"
    return str(path), ""


def _why_not_zip(data: bytes) -> str:
    if not data:
        return "The hand-in is an empty file"
    if data.startswith(b"PK\x03\x04"):
        return "The hand-in was cut short on its way: the end of the zip file is missing. Hand it in again"
    return "The hand-in is not a zip file made by 'techsell submit'. Hand in again with that command"
