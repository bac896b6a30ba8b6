"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import secrets
import time
from pathlib import Path

from techsell.errors import WorkspaceError, WorkspaceReadOnly

__all__ = ["PRIVATE", "is_file", "sweep", "unwritable", "write_atomic", "write_new"]

PRIVATE = 0o600
"""Mode of files about a person, where the operating system has modes."""

_PART = ".techsell-part"
_ABANDONED_AFTER = 600.0
"""Seconds after which somebody else's temporary file is taken for the rest of a crash."""


def write_atomic(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put `data` at `path`: a temporary file beside it, flushed to the disk, then `os.replace`.

    Folders on the way are made. With `private` only the owner can read the file.

    Raises:
        WorkspaceReadOnly: the place cannot be written.
        WorkspaceError: the disk is full, or a folder on the way is a file.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, PRIVATE if private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        _remove(part)
        raise unwritable(error, path) from error


def write_new(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """Put `data` into `folder` under the next free number (`stem-001suffix`) and return where it is.

    No file that is there already is ever touched, also when two programs do this at once: the name is taken
    with an exclusive create before it is filled.

    Raises:
        WorkspaceReadOnly, WorkspaceError: as `write_atomic`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max((_number(found, stem) for found in folder.glob(f"{stem}-*{suffix}")), default=0)
        while True:
            path = folder / f"{stem}-{number:03d}{suffix}"
            try:
                path.open("xb").close()
                break
            except FileExistsError:
                number += 1
    except OSError as error:
        raise unwritable(error, folder) from error
    write_atomic(path, data)
    return path


def sweep(folder: Path) -> None:
    """Remove temporary files that a crash left in `folder`; those of a program still at work stay."""
    for part in folder.glob(f".*{_PART}"):
        try:
            abandoned = time.time() - part.stat().st_mtime > _ABANDONED_AFTER
        except FileNotFoundError:
            continue
        if abandoned:
            _remove(part)


def is_file(path: Path) -> bool:
    """Whether a file is there; in a folder that may not be looked into there is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def unwritable(error: OSError, path: Path) -> WorkspaceError:
    """The sentence for an operating system error met while writing `path`."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceReadOnly(
            f"{path.name} cannot be written here",
            place=path,
            cure="Make the folder writable, or use another one with --workspace",
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorkspaceError(
            f"The disk is full, so {path.name} was not written",
            place=path,
            cure="Free some space and run the command again; what was there before is untouched",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return WorkspaceError(
            f"{path.name} cannot be written, because a file stands where a folder should be or the other way round",
            place=path,
            cure="Move that file away, or use another folder with --workspace",
        )
    return WorkspaceError(
        f"{path.name} cannot be written: {error.strerror or error}", place=path, cure="Check the disk and try again"
    )


_BINARY = getattr(os, "O_BINARY", 0)


def _number(path: Path, stem: str) -> int:
    digits = path.name[len(stem) + 1 :].split(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the disk or the folder refuses; the sweep of the next start tries again
