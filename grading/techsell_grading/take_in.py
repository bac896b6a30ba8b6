"""Taking hand-ins in: from zip files to `submitted/<learner>/<module>/`, and grading one at once.

Every hand-in is kept byte for byte in `submitted/<learner>/.originals/<module>/`, also the damaged and the late ones.
Beside it the newest one lies unpacked, as nbgrader expects a submission. What a file says about its learner is
believed when a trainer collects a folder; `submit_now` is told by its caller.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast

from techsell.errors import GradingError, HandInError, UsageError
from techsell_grading.course import Course, is_id
from techsell_grading.grader import Limits
from techsell_grading.grader.unit import HAND_IN, ORIGINAL
from techsell_grading.grader.unpack import Contents, Unreadable, unpack
from techsell_grading.storage import only_one, put, refused
from techsell_grading.submissions import COLLECTED, STAMP

__all__ = ["LARGEST", "Taken", "about", "collect", "newest", "submit_now", "take_in"]

LARGEST = 50 << 20
"""bytes of a hand-in as it arrives"""

_OWN = "timestamp.txt"


@dataclass(frozen=True)
class Taken:
    """What became of one file. `how`: new, known (these bytes are here already), older (than the one here), refused."""

    file: str
    how: Literal["new", "known", "older", "refused"]
    learner: str = ""
    module: str = ""
    said: str = ""


def collect(course: Course, paths: Iterable[Path], limits: Limits | None = None) -> list[Taken]:
    """Take in zip files, and all zip files in the folders among `paths`.

    A file that belongs to nobody recognisable stays where it is and is reported; nothing is ever overwritten.

    Raises:
        UsageError: a path that does not exist.
        GradingError: the course cannot be written.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError("There is no such file or folder", place=path, cure="Name the hand-ins or their folder")
        found += sorted(path.rglob("*.zip")) if path.is_dir() else [path]
    return [_collect_one(course, path, limits or Limits()) for path in found]


def take_in(
    course: Course, data: bytes, learner: str, module: str, at: datetime, limits: Limits | None = None
) -> Literal["new", "known", "older"]:
    """Keep one hand-in, and lay it out as the learner's submission when it is the newest.

    `at` is when it was handed in (UTC).

    Raises:
        GradingError: the course cannot be written.
        HandInError: the id of the learner or the module cannot be one.
    """
    if not is_id(learner) or not is_id(module):
        raise HandInError(
            f"A hand-in of {learner[:60]!r} for {module[:60]!r} cannot be filed",
            cure="Make it again with 'techsell submit MODULE'",
        )
    place = course.path("submitted", learner, module)
    kept = place.parent / ".originals" / module
    sha = hashlib.sha256(data).hexdigest()
    with only_one(kept / ".lock"):
        if any(kept.glob(f"*-{sha[:12]}.zip")) and (place / _OWN).is_file():
            return "known"
        put(kept / f"{at:%Y%m%dT%H%M%SZ}-{sha[:12]}.zip", data)
        present = _timestamp(place)
        if present is not None and at < present:
            return "older"
        _lay_out(place, _files(data, limits or Limits()), at)
    return "new"


def newest(course: Course, learner: str, module: str) -> str:
    """The first twelve digits of the sha256 of the learner's newest hand-in; empty where there is none."""
    kept = course.path("submitted", learner, module).parent / ".originals" / module
    found = [(path.stem.partition("-")[0], path.stat().st_mtime_ns, path.stem) for path in kept.glob("*-*.zip")]
    return max(found)[2].rpartition("-")[2] if found else ""


def submit_now(data: bytes, learner: str) -> dict[str, Any]:
    """Take in one hand-in, grade it, write the feedback page, and say how it went (see `result.as_result`).

    The course is the one that `Course.open()` finds. Its exercises are released first where they are not.

    Raises:
        GradingError: the course cannot be written, the exercise is broken, Python does not start.
        HandInError: the hand-in names no module of this course.
    """
    course = Course.open()
    module = about(data, Limits()).get("module", "")
    if module not in course.modules():
        raise HandInError(
            f"The hand-in names no module of this course: {module!r}",
            place=course.path("source"),
            cure="Hand in again with 'techsell submit MODULE'",
        )
    threading.Thread(target=_get_ready, daemon=True).start()
    from techsell_grading.grade import grade_now

    take_in(course, data, learner, module, datetime.now(UTC))
    return grade_now(course, module, learner)


def _get_ready() -> None:
    """Have the sandboxes start while the rest of the grader is imported; what is wrong with them is said when used."""
    from techsell_grading.grader.sandbox import Mode, warm

    limits = Limits()
    with suppress(GradingError):
        warm(cast(Mode, limits.sandbox), limits).start()


def _collect_one(course: Course, path: Path, limits: Limits) -> Taken:
    if path.is_symlink() or path.stat().st_size > LARGEST:
        said = "a link" if path.is_symlink() else f"larger than {LARGEST >> 20} MB"
        return Taken(path.name, "refused", said=f"It is {said} and was left where it is.")
    data = path.read_bytes()
    words = about(data, limits)
    learner = words.get("learner") or _from_name(path, r"L-[A-Z2-9]{6}")
    module = words.get("module") or _from_name(path, "|".join(map(re.escape, course.modules())))
    if module not in course.modules() or not is_id(learner):
        why = "it names no module of this course" if module not in course.modules() else "it does not say whose it is"
        return Taken(path.name, "refused", learner, module, f"Left where it is: {why}.")
    at = _made_at(words) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Taken(path.name, take_in(course, data, learner, module, at, limits), learner, module)


def about(data: bytes, limits: Limits) -> dict[str, str]:
    """The words of `hand_in.json`; empty when the hand-in cannot be read."""
    try:
        content = json.loads(unpack(data, limits).files[HAND_IN])
    except (Unreadable, KeyError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: value for name, value in content.items() if isinstance(value, str)}


def _made_at(said: Mapping[str, str]) -> datetime | None:
    """When the learner's machine says it was made; never in the future."""
    try:
        at = datetime.fromisoformat(said.get("made_at", ""))
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return min(at, datetime.now(UTC))


def _from_name(path: Path, pattern: str) -> str:
    found = re.search(pattern, path.stem) if pattern else None
    return found.group(0) if found else ""


def _files(data: bytes, limits: Limits) -> Contents:
    """What is laid out: the files of the hand-in, or the hand-in itself where it cannot be unpacked."""
    try:
        contents = unpack(data, limits)
    except Unreadable:
        return Contents({ORIGINAL: data})
    files = {name: content for name, content in contents.files.items() if name not in (_OWN, COLLECTED, ORIGINAL)}
    return Contents(files, contents.notes) if files else Contents({ORIGINAL: data})


def _lay_out(place: Path, contents: Contents, at: datetime) -> None:
    """Make the new submission beside the old one, then change them over."""
    fresh, aside = (place.with_name(f".{place.name}.{word}") for word in ("new", "old"))
    try:
        for leftover in (fresh, aside):
            shutil.rmtree(leftover, ignore_errors=True)
        for name, content in contents.files.items():
            put(fresh / PurePosixPath(name), content)
        if contents.notes:
            put(fresh / COLLECTED, json.dumps({"notes": list(contents.notes)}, ensure_ascii=False).encode())
        put(fresh / _OWN, at.strftime(STAMP).encode())
        if place.exists():
            place.rename(aside)
        fresh.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise refused(error, place) from error


def _timestamp(place: Path) -> datetime | None:
    try:
        return datetime.strptime((place / _OWN).read_text(encoding="utf-8").strip(), STAMP).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None
