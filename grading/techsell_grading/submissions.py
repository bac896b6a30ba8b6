"""A learner's submission on the disk, as the grader's bytes: `submitted/<learner>/<module>/` to one zip."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from techsell.errors import GradingError
from techsell_grading.course import Course
from techsell_grading.footprints import Entry, Footprint, entries, footprint
from techsell_grading.grader import Limits
from techsell_grading.grader.unit import HAND_IN
from techsell_grading.sources import pack_source
from techsell_grading.storage import only_one, refused

__all__ = [
    "COLLECTED",
    "STAMP",
    "Submission",
    "handed_in_at",
    "mark_of",
    "pack_source",
    "read_submission",
    "settle",
]

STAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
"""How we write `timestamp.txt`; nbgrader reads it."""

COLLECTED = "collected.json"
"""Beside a submission: what the collector noticed when it unpacked it."""

_OURS = frozenset({HAND_IN, COLLECTED, "timestamp.txt"})
_SKIPPED = frozenset({".ipynb_checkpoints", "__pycache__"})
_TRIES = 3


@dataclass(frozen=True)
class Submission:
    """One submission ready for the grader. `at` is naive UTC, as nbgrader keeps it, or None. `mark` tells whether the
    folder is still what was read.
    """

    learner: str
    module: str
    data: bytes
    at: datetime | None
    mark: Footprint

    @property
    def digest(self) -> str:
        """What a verdict calls its submission."""
        return hashlib.sha256(self.data).hexdigest()


def mark_of(course: Course, module: str, learner: str) -> Footprint:
    """The footprint of a submission's folder.

    Raises:
        GradingError: it cannot be listed.
    """
    folder = course.path("submitted", learner, module)
    try:
        return footprint(folder, skipped=_SKIPPED)
    except OSError as error:
        raise refused(error, folder) from error


def read_submission(course: Course, module: str, learner: str, limits: Limits) -> Submission:
    """Pack the folder of a submission: always the same bytes for the same files, links never followed.

    A folder that changes while it is read is read again, so that no half of a new hand-in is graded.

    Raises:
        GradingError: a file cannot be read, or there is no folder any more.
    """
    folder = course.path("submitted", learner, module)
    for left in reversed(range(_TRIES)):
        before = mark_of(course, module, learner)
        if not folder.is_dir():
            settle(course, module)
            continue
        found = _read_once(course, module, learner, limits, before)
        if not left or mark_of(course, module, learner).mark == before.mark:
            return found
    raise GradingError("The hand-in is not there any more", place=folder, cure="Have it handed in again")


def _read_once(course: Course, module: str, learner: str, limits: Limits, mark: Footprint) -> Submission:
    folder = course.path("submitted", learner, module)
    files: dict[str, bytes] = {}
    links: list[str] = []
    notes = _collected(folder)
    left = limits.unpacked
    try:
        for entry in sorted(entries(folder, _SKIPPED), key=_parts):
            name = "/".join(entry.parts).encode("utf-8", "replace").decode()  # a file's name need not be text
            if name in _OURS:
                continue
            if entry.is_link:
                links.append(name)
            elif entry.is_file:
                left -= entry.status.st_size
                if left < 0:
                    notes.append(f"{name} and what follows it are too large and were not read")
                    break
                files[name] = Path(entry.path).read_bytes()
    except OSError as error:
        raise refused(error, folder) from error
    at, trouble = handed_in_at(course, module, learner)
    notes += [trouble] if trouble else []
    about = {"schema": 1, "module": module, "learner": learner, "notes": notes}
    files[HAND_IN] = json.dumps(about, ensure_ascii=False, sort_keys=True).encode()
    return Submission(learner, module, _bundle(files, links), at, mark)


def _parts(entry: Entry) -> tuple[str, ...]:
    return entry.parts


def _bundle(files: Mapping[str, bytes], links: Iterable[str]) -> bytes:
    """As `pack`, without compression: it only travels to a grading process, and its digest is the same for ever."""
    target = io.BytesIO()
    entries = [(name, data, 0o100644) for name, data in files.items()]
    entries += [(name, b"", stat.S_IFLNK | 0o777) for name in links]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data, mode in sorted(entries):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = mode << 16
            archive.writestr(entry, data)
    return target.getvalue()


def _collected(folder: Path) -> list[str]:
    try:
        notes = json.loads((folder / COLLECTED).read_text(encoding="utf-8"))["notes"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(note) for note in notes] if isinstance(notes, list) else []


def handed_in_at(course: Course, module: str, learner: str) -> tuple[datetime | None, str]:
    """nbgrader's `timestamp.txt` (naive UTC), read as nbgrader does, and what is wrong with it.

    A broken one is no reason not to grade: the time is then None.
    """
    path = course.path("submitted", learner, module) / "timestamp.txt"
    try:
        words = path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""
    except OSError:
        words = ""
    if not words:
        return None, ""
    try:
        return datetime.strptime(words, STAMP), ""
    except ValueError:
        return _as_nbgrader(words)


def _as_nbgrader(words: str) -> tuple[datetime | None, str]:
    """As `nbgrader.utils.parse_utc` (0.9.6) reads a time; a test holds both equal. Importing nbgrader takes seconds."""
    from dateutil import parser  # type: ignore[import-untyped]

    try:
        parts = words.split(" ")
        if len(parts) == 3:
            at = parser.parse(" ".join([*parts[:2], "TZ"]), tzinfos={"TZ": _zone(parts[2])})
        else:
            at = parser.parse(words)
        return (at - (at.utcoffset() or timedelta())).replace(tzinfo=None), ""
    except (ValueError, OverflowError, TypeError):
        return None, f"timestamp.txt is not a time ({words[:40]!r}); the hand-in counts as in time"


def _zone(word: str) -> Any:
    from dateutil import tz

    try:
        return int(word)
    except ValueError:
        return tz.gettz(word)


def settle(course: Course, module: str) -> None:
    """Finish what an interrupted hand-in left: a complete new submission whose old one is already aside."""
    root = course.path("submitted", "*", f".{module}.new")
    for fresh in course.root.glob(str(root.relative_to(course.root))):
        place = fresh.with_name(module)
        with only_one(place.parent / ".originals" / module / ".lock"):  # whoever takes one in now does it alone
            if (fresh / "timestamp.txt").is_file() and not place.exists():
                fresh.rename(place)
