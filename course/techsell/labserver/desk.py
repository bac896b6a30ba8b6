"""What the pages of the course ask the server, without HTTP: plain data in, plain data out.

Every method may block (files, the progress database, a program that grades), so the handlers call them in a thread.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from techsell import content, syllabus
from techsell.errors import HandInError, HandInIncomplete
from techsell.labserver.handing import Handing
from techsell.progress import summary
from techsell.workspace import Workspace

__all__ = ["Desk", "cells_to_run"]


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
    handing: Handing = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "handing", Handing(self.root))  # a frozen dataclass's own way

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
        """Hand in a module, and return its result as `feedback` does.

        Raises:
            UsageError: no such module.
            HandInError: with the sentence that `techsell submit` said.
        """
        module = syllabus.load(content.root()).ready(module_id)
        result = self.handing.submit(module.id)
        return {**result, "title": module.title, "exercise": module.exercise}

    @staticmethod
    def _feedback_file(workspace: Workspace, module_id: str) -> Path:
        return Path(workspace.feedback) / f"{module_id}.json"
