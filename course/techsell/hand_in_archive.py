"""The hand-in as a file: a zip that is the same bytes for the same content, and its careful reading."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from techsell.errors import HandInError, HandInIncomplete

__all__ = ["ABOUT", "LIMITS", "HandInContents", "Limits", "about", "unpack", "zipped"]

ABOUT = "hand_in.json"
SCHEMA = 1

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold; a real one would change the bytes."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Limits:
    """What a hand-in may hold; sizes in bytes. Counted while reading, not as the archive declares."""

    packed: int = 50 << 20
    unpacked: int = 100 << 20
    files: int = 50


LIMITS = Limits()


@dataclass(frozen=True)
class HandInContents:
    """A hand-in that was read: `files` by name, without `hand_in.json`, whose words are the other fields.

    `changed` are the names whose bytes are not those that `hand_in.json` recorded.
    """

    module: str
    learner: str
    made_at: str
    techsell: str
    files: Mapping[str, bytes]
    changed: tuple[str, ...]


def about(module: str, learner: str, made_at: str, techsell: str, files: Mapping[str, bytes]) -> bytes:
    """The text of `hand_in.json`."""
    content = {
        "schema": SCHEMA,
        "module": module,
        "learner": learner,
        "made_at": made_at,
        "techsell": techsell,
        "files": {name: _sha(data) for name, data in files.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of `files`: sorted names, one fixed date, fixed modes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # so that the modes mean the same wherever this runs
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpack(data: bytes, limits: Limits = LIMITS) -> HandInContents:
    """Read a hand-in that somebody else made.

    Raises:
        HandInError: not a whole zip, too large, or a name or kind of entry that no hand-in has (a folder, a link,
            an absolute name, `..`).
        HandInIncomplete: no readable `hand_in.json`.
    """
    if len(data) > limits.packed:
        raise _refused(f"is larger than {limits.packed >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _read(archive, limits)
    except _BROKEN as error:
        raise _refused("is not a whole zip file") from error
    try:
        found = json.loads(files.pop(ABOUT))
        recorded = dict(found["files"])
        texts = {name: str(found[name]) for name in ("module", "learner", "made_at", "techsell")}
    except (KeyError, ValueError, TypeError) as error:
        raise HandInIncomplete(
            f"The hand-in has no readable {ABOUT}", cure="Make it again with 'techsell submit MODULE'"
        ) from error
    changed = tuple(name for name in sorted(files) if recorded.get(name) != _sha(files[name]))
    return HandInContents(**texts, files=files, changed=changed)


def _read(archive: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > limits.files:
        raise _refused(f"holds more than {limits.files} files")
    files: dict[str, bytes] = {}
    left = limits.unpacked
    for entry in entries:
        if trouble := _trouble(entry, files):
            raise _refused(f"holds {entry.filename[:80]!r}, {trouble}")
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _refused(f"unpacks to more than {limits.unpacked >> 20} MB")
        files[entry.filename] = content
    return files


def _trouble(entry: zipfile.ZipInfo, before: Mapping[str, bytes]) -> str:
    name = entry.filename
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "which is a link"
    if name in before:
        return "which is there twice"
    if name.endswith("/") or PurePosixPath(name).name != name or "\\" in name or ":" in name or name in ("", ".", ".."):
        return "which is not a plain file name"
    return ""


def _refused(why: str) -> HandInError:
    return HandInError(f"The hand-in {why}", cure="Make it again with 'techsell submit MODULE'")


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
