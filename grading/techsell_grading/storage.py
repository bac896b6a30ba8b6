"""Writing files so that a crash leaves the old or the new one, and one program at a time where two would collide."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from techsell.errors import GradingError

__all__ = ["Part", "only_one", "put", "ready_for_nbgrader", "refused", "sweep", "written", "written_together"]


@dataclass(frozen=True)
class Part:
    """A whole file beside the place where it belongs; the disk has it."""

    path: Path
    part: Path

    def place(self) -> None:
        """Rename it into place: from now on it is the file.

        Raises:
            GradingError: the operating system refuses; the old file is there as before.
        """
        try:
            self.part.replace(self.path)
        except OSError as error:
            self.discard()
            raise refused(error, self.path) from error

    def discard(self) -> None:
        """Take it away, if it is still beside its place."""
        with suppress(OSError):
            self.part.unlink(missing_ok=True)


def written(path: Path, data: bytes) -> Part:
    """Write `data` beside `path` and wait until the disk has it. Makes the folders.

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
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise refused(error, path) from error
    return Part(path, part)


def written_together(files: Sequence[tuple[Path, bytes]], pool: Executor) -> list[Part]:
    """`written` for several files at once: they wait for the disk together, which costs little more than one.

    Raises:
        GradingError: one of them cannot be written; none is left lying about then.
    """
    tasks = [pool.submit(written, path, data) for path, data in files]
    wait(tasks)
    failed = [error for task in tasks if (error := task.exception()) is not None]
    if failed:
        for task in tasks:
            if task.exception() is None:
                task.result().discard()
        raise failed[0]
    return [task.result() for task in tasks]


def put(path: Path, data: bytes) -> None:
    """Put `data` at `path`: a temporary file beside it, flushed to the disk, then renamed. Makes the folders.

    Raises:
        GradingError: read-only place, full disk, or whatever else the operating system says.
    """
    written(path, data).place()


def sweep(folder: Path) -> None:
    """Take away what a killed program was writing in the folder. Only where nobody else can be writing now."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            part.unlink()


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


def ready_for_nbgrader() -> None:
    """Get this process ready for nbgrader; call it before importing that.

    The interpreter's own programs come first on `PATH`: nbgrader runs the program `alembic` when it makes a gradebook,
    and in an environment that was not activated that is not on `PATH`, although it lies beside the interpreter.
    And a parser of international addresses is left out: it takes more than half of nbgrader's own import, and serves
    one format of JSON schema that no notebook has.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    here = str(Path(sys.executable).parent)
    parts = os.environ.get("PATH", "").split(os.pathsep)
    if parts[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *(part for part in parts if part and part != here)])
