"""Writing files so that a crash leaves the old or the new one, and one program at a time where two would collide."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from techsell.errors import GradingError

__all__ = ["only_one", "put", "refused", "tools_on_path"]


def put(path: Path, data: bytes) -> None:
    """Put `data` at `path`: a temporary file beside it, flushed to the disk, then renamed. Makes the folders.

    Raises:
        GradingError: read-only place, full disk, or whatever else the operating system says.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise refused(error, path) from error


def refused(error: OSError, path: Path) -> GradingError:
    """The sentence for an operating system error met while writing `path`."""
    cures = {
        errno.ENOSPC: "The disk is full: free some space and run the command again; what was there is untouched",
        errno.EROFS: "The place is read-only: use a course elsewhere with --course",
    }
    cures[getattr(errno, "EDQUOT", errno.ENOSPC)] = cures[errno.ENOSPC]
    cures[errno.EACCES] = cures[errno.EPERM] = "Make the folder writable for you, or use a course elsewhere (--course)"
    cure = cures.get(error.errno or 0, "Check the disk and run the command again")
    return GradingError(f"{path.name} cannot be written: {error.strerror or error}", place=path, cure=cure)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold the file `lock` while the block runs; another program doing the same waits until it is free.

    The operating system lets go when a holder dies, so no lock is ever left behind. The file itself stays.

    Raises:
        GradingError: the lock cannot be made there.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise refused(error, lock) from error
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                return
            except OSError as error:
                if error.errno != errno.EDEADLOCK:
                    raise
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def tools_on_path() -> None:
    """Put the interpreter's own programs first on `PATH`.

    nbgrader runs the program `alembic` when it makes a gradebook; in an environment that was not activated it is
    not on `PATH`, although it lies beside the interpreter.
    """
    here = str(Path(sys.executable).parent)
    parts = os.environ.get("PATH", "").split(os.pathsep)
    if parts[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *(part for part in parts if part and part != here)])
