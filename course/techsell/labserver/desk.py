"""What the pages of the course ask the server, without HTTP: plain data in, plain data out.

Every method may block (files, the progress database, a program that grades), so the handlers call them in a thread.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from techsell import content, syllabus
from techsell.errors import HandInError, HandInIncomplete
from techsell.progress import summary
from techsell.workspace import Workspace

__all__ = ["Desk", "Said", "cells_to_run", "read_result"]

HAND_IN_SECONDS = 600.0
"""Longer than any grading may take: only a hang meets this."""

_OURS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_PREFER_ENV_PATH", "IPYTHONDIR")
"""Set for this server's Lab and its kernels; a grader has folders of its own."""
_COLOURS = ("FORCE_COLOR", "CLICOLOR_FORCE")
"""Would put escape codes into the JSON."""


def cells_to_run(manifest: Mapping[str, Mapping[str, str]], path: str, cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids of the cells that are exactly as shipped, in the order given.

    Args:
        manifest: notebook path in the workspace -> cell id -> sha256 of its source, from the installed notebooks.
        path: the notebook that was opened.
        cells: `{"id": …, "source": …}` as they are now; one that was edited, or is not in the manifest, is left out.
    """
    shipped = manifest.get(path, {})
    return [
        str(cell["id"])
        for cell in cells
        if shipped.get(str(cell["id"])) == hashlib.sha256(str(cell["source"]).encode()).hexdigest()
    ]


@dataclass(frozen=True)
class Desk:
    """The learner's workspace as the pages see it."""

    root: Path
    _handing_in: Lock = field(default_factory=Lock, compare=False, repr=False)

    def home(self) -> dict[str, Any]:
        """The course summary, and what the home needs beside it.

        Returns `CourseSummary.as_dict()` with `learner`, `workspace`, and per module `lesson` and `exercise` (paths, or
        empty where it is planned) and `feedback` (whether there is any).
        """
        workspace = Workspace.find(self.root)
        course = syllabus.load(content.root())
        with workspace.store() as store:
            found = summary.course(course, store).as_dict()
        for module in found["modules"]:
            listed = course.module(module["id"])
            ready = listed.state == "ready"
            module["lesson"] = listed.lesson if ready else ""
            module["exercise"] = listed.exercise if ready else ""
            module["feedback"] = self._feedback_file(workspace, listed.id).is_file()
        return {**found, "learner": workspace.learner, "workspace": str(workspace.root)}

    def autorun(self, path: str, cells: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        """`{"run": [cell ids]}` for a notebook that was just opened or whose kernel has just started."""
        return {"run": cells_to_run(Workspace.find(self.root).manifest(), path, cells)}

    def feedback(self, module_id: str) -> dict[str, Any]:
        """The last result of a module, as `techsell submit --json` printed it, with the module's `title`.

        Raises:
            UsageError: no such module.
            HandInIncomplete: nothing was handed in yet.
        """
        module = syllabus.load(content.root()).ready(module_id)
        file = self._feedback_file(Workspace.find(self.root), module.id)
        try:
            result = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise HandInIncomplete(
                f"There is no feedback on {module.title!r} yet",
                cure="Open its exercises and press 'Hand in' in the notebook's toolbar",
            ) from error
        except (OSError, ValueError) as error:
            raise HandInError(
                "The feedback cannot be read", place=file, cure="Hand in again; it is written anew"
            ) from error
        return {**result, "title": module.title, "exercise": module.exercise}

    def hand_in(self, module_id: str) -> dict[str, Any]:
        """Hand in a module in a process of its own, and return its result as `feedback` does.

        Raises:
            UsageError: no such module.
            HandInError: with the sentence that `techsell submit` said.
        """
        module = syllabus.load(content.root()).ready(module_id)
        if not self._handing_in.acquire(blocking=False):
            raise HandInError("A hand-in is being graded already", cure="Wait for its feedback, then press again")
        try:
            result = _submit(self.root, module.id)
        finally:
            self._handing_in.release()
        return {**result, "title": module.title, "exercise": module.exercise}

    @staticmethod
    def _feedback_file(workspace: Workspace, module_id: str) -> Path:
        return Path(workspace.feedback) / f"{module_id}.json"


def _submit(root: Path, module_id: str) -> dict[str, Any]:
    """Run `techsell submit` and read what it prints. A thread waits for it: not every event loop can (Windows)."""
    environment = {name: value for name, value in os.environ.items() if name not in (*_OURS, *_COLOURS)}
    command = [sys.executable, "-m", "techsell", "submit", module_id, "--json"]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env={**environment, "TECHSELL_WORKSPACE": str(root), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HAND_IN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise HandInError(
            f"The hand-in of {module_id} took longer than {HAND_IN_SECONDS / 60:.0f} minutes and was stopped",
            cure=f"Run 'techsell submit {module_id}' in a terminal to see where it stands",
        ) from error
    return read_result(module_id, done.returncode, done.stdout, done.stderr)


def read_result(module_id: str, exit_code: int, out: bytes, err: bytes) -> dict[str, Any]:
    """What `techsell submit --json` said: its result, or its sentence as an error.

    Raises:
        UsageError, HandInError: the command failed; the message is the one it printed, word for word.
    """
    if exit_code == 0:
        try:
            result = json.loads(out)
        except ValueError:
            result = None
        if isinstance(result, dict):
            return result
    said = err.decode("utf-8", "replace").strip()
    raise Said(
        said or f"The hand-in of {module_id} ended without a result. Run 'techsell submit {module_id}' in a terminal."
    )


class Said(HandInError):
    """An error of another process, whose sentence is complete already."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, cure="")
        self.args = (sentence,)

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, self.args
