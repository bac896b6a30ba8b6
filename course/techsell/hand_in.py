"""Handing in: the exercise notebook byte for byte, and what was said to the customers in declared attempts.

A hand-in holds inputs, never a score. A copy of each is kept in `hand_ins/`. It goes to the course service where one
is named; where a grader is at hand it is graded at once; everywhere else the result says which file to send.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from techsell import __version__, content, syllabus
from techsell.course_service import CourseService, Refused, Tokens
from techsell.errors import HandInError, NotebookMissing, TechsellError
from techsell.files import unwritable, write_atomic, write_new
from techsell.hand_in_archive import ABOUT, LIMITS, HandInContents, Limits, about, unpack, zipped
from techsell.outbox import Outbox
from techsell.progress import DECLARED_ATTEMPTS, Store
from techsell.progress.events import stamp, utc_now
from techsell.syllabus import Module
from techsell.workspace import Workspace

__all__ = [
    "LIMITS",
    "HandIn",
    "HandInContents",
    "Limits",
    "SubmitResult",
    "outbox",
    "pack",
    "submit",
    "tokens",
    "unpack",
]

LARGEST_NOTEBOOK = 20 << 20


@dataclass(frozen=True)
class HandIn:
    """A hand-in ready to go: the zip, the sha256 of each file in it, and what the learner should know about it."""

    module: str
    learner: str
    data: bytes
    files: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SubmitResult:
    """What became of a hand-in.

    `result` is plain JSON, the same that `techsell submit --json` prints and `feedback` holds; `kept` is the copy.
    """

    result: dict[str, Any]
    kept: Path
    feedback: Path

    def as_dict(self) -> dict[str, Any]:
        return self.result


def pack(workspace: Workspace, module: Module | str, *, clock: Callable[[], datetime] = utc_now) -> HandIn:
    """Make the hand-in of a module: the same bytes for the same work at the same time.

    Raises:
        UsageError: no such module, or it is not written yet.
        NotebookMissing: the exercise notebook is not where it belongs.
        HandInError: the notebook is too large.
        StoreError: the conversations cannot be read.
    """
    module = _module(module)
    files = {f"{module.id}.ipynb": _notebook(workspace, module)}
    notes: list[str] = []
    with workspace.store() as store:
        for scenario in module.scenarios:
            if text := _declared(store, scenario):
                files[f"{scenario}.transcript.jsonl"] = text.encode()
            else:
                notes.append(
                    f"No role-play: there is no declared conversation with {scenario} yet. "
                    "Play one in the lesson and hand in again; the earlier hand-in is kept."
                )
    written = about(module.id, workspace.learner, stamp(clock()), __version__, files)
    return HandIn(
        module=module.id,
        learner=workspace.learner,
        data=zipped({**files, ABOUT: written}),
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        notes=tuple(notes),
    )


def submit(workspace: Workspace, module: Module | str, *, service: CourseService | None = None) -> SubmitResult:
    """Hand in: keep a copy, record it, and have it graded by the service, or where a grader is at hand.

    When grading fails, or the service is away, the hand-in still stands: the result is not graded, and its notes say
    why. With a service the result has `sent`; what could not be sent goes with the next hand-in.

    Raises:
        As `pack`; and WorkspaceReadOnly, WorkspaceError, StoreError when it cannot be kept.
    """
    module = _module(module)
    hand_in = pack(workspace, module)
    kept = write_new(workspace.hand_ins, module.id, ".zip", hand_in.data)
    if service is not None:
        outbox(workspace).add(kept)
    place = kept.relative_to(workspace.root).as_posix()
    with workspace.store() as store:
        store.append(
            "submitted",
            f"{module.id}/exercise",
            result={"hand_in": place, "sha256": hashlib.sha256(hand_in.data).hexdigest()},
        )
    result = _graded(module, hand_in, kept) if service is None else _sent(workspace, service, module, hand_in, kept)
    result = {**result, "hand_in": place, "notes": [*hand_in.notes, *result["notes"]]}
    return SubmitResult(result, kept, _record(workspace, module.id, result))


def outbox(workspace: Workspace) -> Outbox:
    """The hand-ins that a course service has not confirmed yet."""
    return Outbox(workspace.hand_ins, workspace.progress.with_name("outbox"))


def tokens(workspace: Workspace) -> Tokens:
    """The learner's tokens for course services."""
    return Tokens(workspace.progress.with_name("tokens.json"))


def _record(workspace: Workspace, module_id: str, result: dict[str, Any]) -> Path:
    """Write the result down; returns where."""
    if result["graded"]:
        with workspace.store() as store:
            scored = {key: result[key] for key in ("score", "max", "waiting")}
            store.append("scored", f"{module_id}/exercise", result=scored)
    feedback = workspace.feedback / f"{module_id}.json"
    write_atomic(feedback, json.dumps(result, ensure_ascii=False, indent=1).encode() + b"\n")
    return feedback


def _sent(workspace: Workspace, service: CourseService, module: Module, hand_in: HandIn, kept: Path) -> dict[str, Any]:
    """What the service says to this hand-in; those that waited go first."""
    notes: list[str] = []
    result = _ungraded(module, hand_in, f"Kept, and sent by another program at the same time: {kept}")
    for sent in outbox(workspace).send(service):
        if isinstance(sent.error, Refused) and sent.error.status == 401:
            tokens(workspace).forget(service.address)  # so that the next time asks for another
        if sent.result is not None:
            found = {**_with_page(workspace, service, sent.result), "sent": True}
            if sent.kept == kept:
                result = found
            else:
                place = sent.kept.relative_to(workspace.root).as_posix()
                _record(workspace, str(found["module"]), {**found, "hand_in": place})
                notes.append(f"{sent.kept.name}, which could not be sent earlier, has arrived.")
        elif sent.kept == kept or sent.waits:
            result = _ungraded(module, hand_in, f"Not handed in yet; kept in {kept}. {sent.error}")
        else:
            notes.append(f"{sent.kept.name} from an earlier time was not taken. {sent.error}")
    return {"sent": False, **result, "notes": [*notes, *result["notes"]]}


def _with_page(workspace: Workspace, service: CourseService, result: dict[str, Any]) -> dict[str, Any]:
    """The result with its feedback page fetched; without one where that fails: everything on it is in the result."""
    page = workspace.feedback / f"{result['module']}.html"
    try:
        write_atomic(page, service.page(str(result["module"])))
    except HandInError:
        return {name: value for name, value in result.items() if name != "page"}
    return {**result, "page": str(page)}


def _module(module: Module | str) -> Module:
    return module if isinstance(module, Module) else syllabus.load(content.root()).ready(module)


def _notebook(workspace: Workspace, module: Module) -> bytes:
    path = workspace.exercise(module.id)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotebookMissing(
            f"The exercises of {module.id!r} are not where they belong",
            place=path,
            cure="Move the notebook back, or run 'techsell learn', which puts a fresh copy there",
        ) from error
    except OSError as error:
        raise unwritable(error, path) from error
    if len(data) > LARGEST_NOTEBOOK:
        raise HandInError(
            f"The notebook has {len(data) >> 20} MB; {LARGEST_NOTEBOOK >> 20} MB can be handed in",
            place=path,
            cure="Clear the outputs of all cells (menu Edit), save, and hand in again",
        )
    return data


def _declared(store: Store, scenario: str) -> str:
    """The declared attempts, one after the other, each as its lines; practice stays private."""
    talks = sorted(store.conversations(scenario), key=lambda talk: talk.attempt)
    keys = [talk.key for talk in talks if talk.mode == "declared"][:DECLARED_ATTEMPTS]
    return "".join(f"{line}\n" for key in keys for line in store.lines(key))


def _graded(module: Module, hand_in: HandIn, kept: Path) -> dict[str, Any]:
    """The grader's result, or one that says why there is none and where the file is."""
    if not _grader_at_hand():
        return _ungraded(module, hand_in, f"Not graded here. Send this file to your trainer: {kept}")
    try:
        take_in = importlib.import_module("techsell_grading.take_in")
        result: dict[str, Any] = dict(take_in.submit_now(hand_in.data, hand_in.learner))
    except TechsellError as error:
        return _ungraded(module, hand_in, f"Handed in and kept, but grading failed. {error}")
    return result


def _grader_at_hand() -> bool:
    return (
        importlib.util.find_spec("techsell_grading") is not None
        and importlib.util.find_spec("techsell_grading.take_in") is not None
    )


def _ungraded(module: Module, hand_in: HandIn, note: str) -> dict[str, Any]:
    return {
        "module": module.id,
        "learner": hand_in.learner,
        "graded": False,
        "score": None,
        "max": float(module.points.total),
        "waiting": [],
        "notes": [note],
        "tasks": [],
    }
