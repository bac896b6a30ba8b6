"""Knowing that work is unchanged without reading it: what the file system says about a folder, as git does it.

A footprint is one hash of the names, sizes, times and file numbers under a folder. Where it is what it was when the
folder was last read, so are the bytes, and their digest is known. What a footprint cannot be trusted with (a file
changed within the clock's own coarseness) is read again: a footprint only ever saves work.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from techsell.errors import GradingError
from techsell_grading.course import Course
from techsell_grading.storage import put

__all__ = ["Entry", "Footprint", "Known", "entries", "footprint"]

SCHEMA = 1

_SETTLED = 2_000_000_000
"""nanoseconds after its last change when a file's times can be believed: the coarsest file system counts in two
seconds"""


@dataclass(frozen=True)
class Entry:
    """One file or link under a folder: its path in parts, and what the file system says about it."""

    parts: tuple[str, ...]
    path: str
    status: os.stat_result

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.status.st_mode)


@dataclass(frozen=True)
class Footprint:
    """`mark` is the hash; `settled` says whether nothing changed so lately that a further change could hide."""

    mark: str
    settled: bool


def entries(folder: Path | str, skipped: frozenset[str] = frozenset()) -> Iterator[Entry]:
    """Everything under a folder that is no folder, links not followed, in no order; nothing where there is none."""
    pending: list[tuple[str, tuple[str, ...]]] = [(os.fspath(folder), ())]
    while pending:
        place, parts = pending.pop()
        try:
            found = os.scandir(place)
        except FileNotFoundError:
            continue
        with found:
            for item in found:
                if item.name in skipped:
                    continue
                if item.is_dir(follow_symlinks=False):
                    pending.append((item.path, (*parts, item.name)))
                    continue
                try:
                    yield Entry((*parts, item.name), item.path, item.stat(follow_symlinks=False))
                except FileNotFoundError:
                    continue


def footprint(*folders: Path | str, skipped: frozenset[str] = frozenset()) -> Footprint:
    """The footprint of all files under the folders.

    Raises:
        OSError: a folder cannot be listed.
    """
    now = time.time_ns()
    newest = 0
    total = hashlib.sha256()
    for folder in folders:
        lines = []
        for entry in entries(folder, skipped):
            status = entry.status
            newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
            numbers = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            lines.append(f"{'/'.join(entry.parts)}\0{numbers}\n")
        total.update("".join([*sorted(lines), "\n"]).encode("utf-8", "surrogateescape"))
    return Footprint(total.hexdigest(), newest + _SETTLED < now)


@dataclass
class Known:
    """Digests of the submissions of a module that were read before, by learner and footprint.

    Kept between runs in one small file; losing it costs reading everything once. `of` and `note` are for the reader,
    `save` for the end of a run.
    """

    path: Path
    digests: dict[str, tuple[str, str]] = field(default_factory=dict)
    """learner -> footprint, sha256 of the submission"""
    changed: bool = False

    @classmethod
    def load(cls, course: Course, module: str) -> Known:
        """What is known about the module's submissions; nothing where the file is missing or damaged."""
        path = course.root / course.steps["autograded"] / ".techsell" / f"{module}.json"
        try:
            content = json.loads(path.read_bytes())
            if content["schema"] != SCHEMA:
                return cls(path)
            return cls(path, {str(who): (str(mark), str(sha)) for who, (mark, sha) in content["digests"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)

    def digest(self, learner: str, mark: Footprint) -> str:
        """The digest of the submission with this footprint; empty when it has to be read."""
        known = self.digests.get(learner)
        return known[1] if known is not None and known[0] == mark.mark else ""

    def note(self, learner: str, mark: Footprint, digest: str) -> None:
        """Remember the digest of what was read, where the footprint can be believed."""
        if mark.settled and self.digests.get(learner) != (mark.mark, digest):
            self.digests[learner] = (mark.mark, digest)
            self.changed = True

    def save(self) -> None:
        """Write down what is new. A place that cannot be written is no reason to stop: it is only a short cut."""
        if not self.changed:
            return
        content = {"schema": SCHEMA, "digests": self.digests}
        try:
            put(self.path, json.dumps(content, ensure_ascii=True, sort_keys=True).encode())
            self.changed = False
        except GradingError:
            return
