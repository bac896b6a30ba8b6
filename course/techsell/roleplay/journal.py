"""Where a conversation is kept while it is played. What `append` has taken survives a crash."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from techsell.errors import ConversationInUse, TranscriptInvalid
from techsell.processes import is_gone, names_one, this_process

__all__ = ["FileJournal", "Journal", "MemoryJournal"]


class Journal(Protocol):
    """JSON lines, append only."""

    def read(self) -> list[str]:
        """All whole lines, without line ends."""

    def append(self, lines: Sequence[str]) -> None:
        """Add lines; they are safe, all of them, when this returns."""


class MemoryJournal:
    """Keeps lines for as long as the process lives."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self._lines = list(lines)

    def read(self) -> list[str]:
        return list(self._lines)

    def append(self, lines: Sequence[str]) -> None:
        self._lines.extend(lines)


class FileJournal:
    """A transcript file with one writer at a time.

    The pen is a file `<name>.lock` beside it, made exclusively, with machine, process and start time of the
    writer; one whose process is gone is taken over. A line torn by a crash is not read and is cut off before the
    next one is written.

    Raises:
        ConversationInUse: on the first `append`, or on a later one, when another process holds the pen.
        TranscriptInvalid: the file cannot be read or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.lock = self.path.with_name(self.path.name + ".lock")
        self._mine: str | None = None

    def read(self) -> list[str]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("read", error) from error
        whole = raw[: raw.rfind(b"\n") + 1]
        try:
            return [line for line in whole.decode("utf-8").split("\n") if line]
        except UnicodeDecodeError as error:
            cure = "Start a new conversation; this file is left as it is"
            raise TranscriptInvalid("The transcript is not UTF-8 text", place=self.path, cure=cure) from error

    def append(self, lines: Sequence[str]) -> None:
        self.hold()
        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            fresh = not self.path.exists()
            with self.path.open("ab+", buffering=0) as file:
                self._cut_torn_end(file.fileno())
                written = file.write(data)
                if written != len(data):  # a full disk may take part of it
                    file.write(data[written:])
                os.fsync(file.fileno())
            if fresh:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise self._trouble("written", error) from error

    def close(self) -> None:
        """Put the pen down. Without it the next process has to find out that this one is gone."""
        if self._mine is not None and self._holder() == self._mine:
            self.lock.unlink(missing_ok=True)
        self._mine = None

    def __enter__(self) -> FileJournal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _trouble(self, what: str, error: OSError) -> TranscriptInvalid:
        cure = f"The system says: {error.strerror or error}. Check the folder and the space on the disk"
        return TranscriptInvalid(f"The transcript cannot be {what}", place=self.path, cure=cure)

    def _cut_torn_end(self, descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        if not size:
            return
        raw = self.path.read_bytes()
        whole = raw.rfind(b"\n") + 1
        if whole < size:
            os.ftruncate(descriptor, whole)

    def hold(self) -> None:
        """Take the pen now, before reading what one means to go on with."""
        if self._mine is not None and self._holder() == self._mine:
            return
        if self._mine is not None:
            raise self._in_use()
        mine = this_process()
        for _ in range(2):
            try:
                self._make_lock(mine)
            except FileExistsError:
                holder = self._holder()
                if holder is not None and (_alive(holder) or (not holder and self._is_new())):
                    raise self._in_use() from None
                if self._holder() == holder:  # nobody else has taken it over meanwhile
                    self.lock.unlink(missing_ok=True)
            except OSError as error:
                raise self._trouble("written", error) from error
            else:
                self._mine = mine
                return
        raise self._in_use()

    def _make_lock(self, mine: str) -> None:
        with self.lock.open("x", encoding="utf-8") as file:
            file.write(mine)

    def _holder(self) -> str | None:
        try:
            return self.lock.read_text(encoding="utf-8")
        except OSError:
            return None

    def _is_new(self) -> bool:
        """An empty lock may be one that is just being written."""
        try:
            return time.time() - self.lock.stat().st_mtime < 2
        except OSError:
            return False

    def _in_use(self) -> ConversationInUse:
        cure = f"Close the other window, or delete {self.lock.name} when there is none"
        return ConversationInUse("This conversation is open in another window", place=self.path, cure=cure)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable where the system can do that (Windows cannot open folders)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _alive(holder: str) -> bool:
    """Whether the process named in a lock may still run. A torn name was being written when its writer died."""
    return names_one(holder) and not is_gone(holder)
