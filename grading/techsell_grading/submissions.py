"""A learner's submission on the disk, as the grader's bytes: `submitted/<learner>/<module>/` to one zip."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from techsell.errors import ReleaseFailed
from techsell_grading.course import Course
from techsell_grading.grader import Limits, pack
from techsell_grading.grader.cells import Cell, read
from techsell_grading.grader.roleplay import PREFIX
from techsell_grading.grader.source import MANIFEST
from techsell_grading.grader.unit import HAND_IN
from techsell_grading.grader.unpack import Unreadable
from techsell_grading.pins import exercise_files, recogniser_pins, scenario_pins
from techsell_grading.storage import refused

__all__ = ["COLLECTED", "STAMP", "Submission", "handed_in_at", "pack_source", "read_submission", "settle"]

STAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
"""How we write `timestamp.txt`; nbgrader reads it."""

COLLECTED = "collected.json"
"""Beside a submission: what the collector noticed when it unpacked it."""

_OURS = (HAND_IN, COLLECTED, "timestamp.txt")
_SKIPPED = frozenset({".ipynb_checkpoints", "__pycache__"})


@dataclass(frozen=True)
class Submission:
    """One submission ready for the grader. `at` is naive UTC, as nbgrader keeps it, or None."""

    learner: str
    module: str
    data: bytes
    at: datetime | None


def read_submission(course: Course, module: str, learner: str, limits: Limits) -> Submission:
    """Pack the folder of a submission: always the same bytes for the same files, links never followed.

    Raises:
        GradingError: a file cannot be read.
    """
    folder = course.path("submitted", learner, module)
    files: dict[str, bytes] = {}
    links: list[str] = []
    notes = _collected(folder)
    left = limits.unpacked
    try:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if _SKIPPED.intersection(path.relative_to(folder).parts) or name in _OURS:
                continue
            if path.is_symlink():
                links.append(name)
            elif path.is_file():
                left -= path.stat().st_size
                if left < 0:
                    notes.append(f"{name} and what follows it are too large and were not read")
                    break
                files[name] = path.read_bytes()
    except OSError as error:
        raise refused(error, folder) from error
    at, trouble = handed_in_at(course, module, learner)
    notes += [trouble] if trouble else []
    about = {"schema": 1, "module": module, "learner": learner, "notes": notes}
    files[HAND_IN] = json.dumps(about, ensure_ascii=False, sort_keys=True).encode()
    return Submission(learner, module, pack(files, links), at)


def pack_source(course: Course, module: str) -> bytes:
    """The exercise as the grader takes it: all its files, the markers of the configuration, the pinned scenarios.

    Raises:
        ReleaseFailed: the exercise cannot be read, or uses nbgrader's AUTOTEST.
    """
    folder = course.path("source", module=module)
    files = exercise_files(folder)
    cells: list[Cell] = []
    try:
        for name in files:
            if name.endswith(".ipynb") and "/" not in name:
                cells += read(files[name], len(files[name]))[0]
    except Unreadable as error:
        raise ReleaseFailed(str(error), place=folder, cure="Restore the exercise from version control") from error
    if any("AUTOTEST" in cell.source for cell in cells if cell.is_("grade")):
        raise ReleaseFailed(
            f"The exercise of {module!r} uses AUTOTEST, which is not graded here yet",
            place=folder,
            cure="Write the test out, or grade this module with 'nbgrader autograde'",
        )
    wanted = [cell.name.removeprefix(PREFIX) for cell in cells if cell.is_("grade") and cell.name.startswith(PREFIX)]
    pins = scenario_pins(course, wanted) if wanted else {}
    ears = recogniser_pins(course) if wanted else {}
    known = sorted({str(json.loads(content)["id"]) for content in pins.values()})
    manifest = {"module": module, "markers": _markers(course), "scenarios": known}
    return pack(
        {
            **files,
            **{f"pins/{sha}.json": content for sha, content in pins.items()},
            **{f"recognisers/{name}.zip": content for name, content in ears.items()},
            MANIFEST: json.dumps(manifest, sort_keys=True).encode(),
        }
    )


def _markers(course: Course) -> dict[str, str]:
    """What the course's configuration says differently about solutions and hidden tests."""
    clear, hidden = course.config.ClearSolutions, course.config.ClearHiddenTests
    stub: Any = clear.get("code_stub", {})
    named = {
        "begin_solution": clear.get("begin_solution_delimeter"),
        "end_solution": clear.get("end_solution_delimeter"),
        "text_stub": clear.get("text_stub"),
        "code_stub": stub.get("python") if isinstance(stub, dict) else None,
        "begin_hidden": hidden.get("begin_test_delimeter"),
        "end_hidden": hidden.get("end_test_delimeter"),
    }
    return {name: value for name, value in named.items() if isinstance(value, str)}


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
    from nbgrader.utils import parse_utc  # type: ignore[import-untyped]

    try:
        return parse_utc(words), ""
    except (ValueError, OverflowError, TypeError):
        return None, f"timestamp.txt is not a time ({words[:40]!r}); the hand-in counts as in time"


def settle(course: Course, module: str) -> None:
    """Finish what an interrupted hand-in left: a complete new submission whose old one is already aside."""
    root = course.path("submitted", "*", f".{module}.new")
    for fresh in course.root.glob(str(root.relative_to(course.root))):
        place = fresh.with_name(module)
        if (fresh / "timestamp.txt").is_file() and not place.exists():
            fresh.rename(place)
