"""`grade_one`: one submission, one verdict, whatever the submission is."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath

from .cells import Cell, read
from .merge import Merged, merge
from .outputs import plain
from .paper import Paper, grade_paper
from .sandbox import SandboxFailed, SandboxMissing
from .session import Unsupported
from .source import Source, open_source
from .unpack import Contents, Unreadable, unpack
from .verdict import Check, Limits, Verdict

__all__ = ["HAND_IN", "ORIGINAL", "grade_one", "refusal"]

HAND_IN = "hand_in.json"
"""In the submission: who and what, as the collector (not the learner) wrote it."""

ORIGINAL = "hand_in.zip"
"""In the submission: a hand-in as it arrived, where it could not be unpacked."""

_CODE = (".py", ".pyc", ".pyd", ".so", ".pth", ".dll")
"""Files that could stand in for a library when the notebook imports it."""


_MOST_SAID = 50


@dataclass
class _Findings:
    checks: list[Check] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    notebooks: list[tuple[str, str]] = field(default_factory=list)


def grade_one(submission: bytes, source: bytes, limits: Limits | None = None) -> Verdict:
    """Grade one submission.

    Args:
        submission: a zip with the learner's notebook, transcripts and `hand_in.json` (learner and module, as the
            collector set them).
        source: a zip with `<module>.ipynb` (solutions and hidden tests included) and `pins/<sha>.json`.
        limits: time and size; the defaults suit a module of the course.

    Returns:
        A verdict with one check per grade cell. Never raises: what cannot be graded scores 0 with the reason, and
        what failed for the machine's sake says so in `trouble`.
    """
    began = time.monotonic()
    limits = limits or Limits()
    found = _Findings()
    blank = Verdict(
        module="",
        learner="",
        submission=hashlib.sha256(submission).hexdigest(),
        source=hashlib.sha256(source).hexdigest(),
        checks=(),
    )
    try:
        exercise = _opened(source, limits)
    except Exception as error:  # a broken exercise must not cost a learner anything
        return replace(blank, trouble=f"The exercise itself cannot be read: {error}")
    who: Mapping[str, object] = {}
    try:
        contents, who = _open(submission, limits, found)
        _grade(exercise, contents, who, limits, found)
    except (SandboxMissing, SandboxFailed) as error:
        found = _Findings()
        blank = replace(blank, trouble=str(error))
    except Unsupported as error:
        found = _Findings()
        blank = replace(blank, trouble=f"The test '{error.cell}' cannot be judged: {error}")
    except Exception as error:  # the grader's own mistake on an unforeseen hand-in
        found = _Findings(notes=[f"The grader stumbled over this hand-in: {type(error).__name__}: {error}"])
        _nothing(exercise, "The hand-in could not be processed; a person should look at it", limits, found)
    return replace(
        blank,
        module=exercise.module,
        learner=_text(who, "learner"),
        checks=tuple(found.checks),
        reasons=_once(found.reasons),
        notes=_once(found.notes),
        unanswered=tuple(found.unanswered),
        autograded=tuple(found.notebooks),
        seconds=round(time.monotonic() - began, 3),
    )


@lru_cache(maxsize=8)
def _opened(source: bytes, limits: Limits) -> Source:
    return open_source(source, limits)


def refusal(submission: bytes, source: bytes, reason: str, limits: Limits | None = None) -> Verdict:
    """The verdict on a submission that brought the grading process itself down: 0, with the reason."""
    exercise = open_source(source, limits or Limits())
    found = _Findings(notes=[reason])
    _nothing(exercise, reason, limits or Limits(), found)
    who = _json(_about(submission))
    return Verdict(
        module=exercise.module,
        learner=_text(who, "learner"),
        submission=hashlib.sha256(submission).hexdigest(),
        source=hashlib.sha256(source).hexdigest(),
        checks=tuple(found.checks),
        reasons=_once(found.reasons),
        notes=_once(found.notes),
        unanswered=tuple(found.unanswered),
        autograded=tuple(found.notebooks),
    )


def _open(submission: bytes, limits: Limits, found: _Findings) -> tuple[Contents, Mapping[str, object]]:
    """The learner's files without the collector's, and what the collector wrote."""
    who: Mapping[str, object] = {}
    try:
        contents = unpack(submission, limits)
        files = dict(contents.files)
        who = _json(files.pop(HAND_IN, b"{}"))
        found.notes += [*contents.notes, *(str(note) for note in _list(who, "notes"))]
        if ORIGINAL in files and not any(name.endswith(".ipynb") for name in files):
            inner = unpack(files.pop(ORIGINAL), limits)
            found.notes += inner.notes
            files |= inner.files
        files.pop(HAND_IN, None)
        return Contents(files), who
    except Unreadable as error:
        found.reasons.append(f"{error}.")
        return Contents({}), who or _json(_about(submission))


def _grade(exercise: Source, contents: Contents, who: Mapping[str, object], limits: Limits, found: _Findings) -> None:
    """Every notebook of the exercise against the hand-in, whatever of it is there."""
    module = _text(who, "module")
    if module and module != exercise.module:
        found.notes.append(f"The hand-in says that it is for '{module}'")
    about = json.dumps({"module": exercise.module, "learner": _text(who, "learner")}).encode()
    files = {**_data_files(contents, found), **exercise.files, HAND_IN: about}
    for name, source_cells in exercise.notebooks.items():
        cells = _learner_cells(name, exercise, contents, limits, found)
        merged = merge(source_cells, cells, exercise.markers)
        if cells and not merged.matched:
            found.reasons.append(f"This is not the notebook of '{exercise.module}': none of its cells is in it.")
        paper = grade_paper(
            Paper(name, merged, exercise, _text(who, "learner"), _why(merged, found)), contents.files, files, limits
        )
        found.checks += paper.checks
        found.reasons += paper.reasons
        found.notes += [*merged.notes, *paper.notes] if merged.matched else []
        found.unanswered += [(name, cell) for cell in paper.unanswered]
        found.notebooks.append((name, paper.document))


def _why(merged: Merged, found: _Findings) -> str:
    """Why there is nothing to run; empty when there is."""
    return "" if merged.matched else (found.reasons[-1] if found.reasons else "There is nothing to check.")


def _nothing(exercise: Source, reason: str, limits: Limits, found: _Findings) -> None:
    """Every check 0 for one reason."""
    found.reasons.append(reason)
    for name, cells in exercise.notebooks.items():
        paper = grade_paper(
            Paper(name, merge(cells, (), exercise.markers), replace(exercise, scenarios=()), "", reason), {}, {}, limits
        )
        found.checks += paper.checks
        found.unanswered += [(name, cell) for cell in paper.unanswered]
        found.notebooks.append((name, paper.document))


def _learner_cells(
    name: str, exercise: Source, contents: Contents, limits: Limits, found: _Findings
) -> tuple[Cell, ...]:
    """The cells of the learner's notebook, wherever it was packed; none when there is nothing to read."""
    path = _notebook_path(name, exercise, contents, found)
    if path is None:
        if not found.reasons:
            found.reasons.append(f"The notebook {name}.ipynb is not in the hand-in.")
        return ()
    try:
        cells, notes = read(contents.files[path], limits.notebook)
    except Unreadable as error:
        found.reasons.append(f"{error}.")
        return ()
    found.notes += notes
    if not cells:
        found.reasons.append("The notebook has no cells.")
    return cells


def _notebook_path(name: str, exercise: Source, contents: Contents, found: _Findings) -> str | None:
    wanted = f"{name}.ipynb"
    if wanted in contents.files:
        return wanted
    notebooks = sorted(path for path in contents.files if path.endswith(".ipynb") and ".ipynb_checkpoints" not in path)
    others = [path for path in notebooks if PurePosixPath(path).name == wanted]
    if not others:
        expected = {f"{other}.ipynb" for other in exercise.notebooks}
        strangers = [path for path in notebooks if PurePosixPath(path).name not in expected]
        others = strangers if len(strangers) == 1 else []
    if others:
        found.notes.append(f"The notebook was found as {others[0]} and not as {wanted}")
    return others[0] if others else None


def _data_files(contents: Contents, found: _Findings) -> dict[str, bytes]:
    """What of the hand-in is laid beside the notebook when it runs: data and transcripts, no programs."""
    programs = [path for path in contents.files if path.endswith(_CODE)]
    if programs:
        found.notes.append(f"Python files in the hand-in were not used: {', '.join(sorted(programs)[:5])}")
    left_out = {*programs, *(path for path in contents.files if path.endswith(".ipynb"))}
    return {path: data for path, data in contents.files.items() if path not in left_out}


def _once(said: Iterable[str]) -> tuple[str, ...]:
    """Each sentence once and not too many, without control signs: names of files stand in them."""
    different = list(dict.fromkeys(plain(text) for text in said))
    more = len(different) - _MOST_SAID
    return (*different[:_MOST_SAID], *([f"(and {more} more of this kind)"] if more > 0 else []))


def _about(submission: bytes) -> bytes:
    """Who and what, of a submission that cannot be unpacked as a whole: its score is still somebody's."""
    try:
        with zipfile.ZipFile(io.BytesIO(submission)) as archive, archive.open(HAND_IN) as file:
            return file.read(1 << 20)
    except (OSError, KeyError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return b"{}"


def _json(data: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _text(who: Mapping[str, object], name: str) -> str:
    value = who.get(name, "")
    return value if isinstance(value, str) else ""


def _list(who: Mapping[str, object], name: str) -> list[object]:
    value = who.get(name, [])
    return value if isinstance(value, list) else []
