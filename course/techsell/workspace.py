"""The learner's folder: notebooks to work in, and under `.techsell/` who it is and what was done.

```
00_start_here/  03_discovery_conversation/  exercises/discovery_conversation/
transcripts/  feedback/  hand_ins/
.techsell/  learner.json  progress.db  installed.json  manifest.json
```
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from techsell import __version__, content, syllabus
from techsell.errors import NotebookMissing, WorkspaceError, WorkspaceMissing
from techsell.files import PRIVATE, is_file, unwritable, write_atomic
from techsell.progress import Store
from techsell.progress.events import stamp, utc_now
from techsell.shipped import shipped_files
from techsell.workspace_install import Manifest, Report, install, read_installed, read_manifest

__all__ = ["VARIABLE", "Workspace", "default_place"]

VARIABLE = "TECHSELL_WORKSPACE"

_INSIDE = ".techsell"
_FOLDERS = ("transcripts", "feedback", "hand_ins")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing that is misread on paper: no 0 O 1 I."""


def default_place() -> Path:
    """Where a workspace is made when nobody says otherwise: `TECHSELL_WORKSPACE`, else `~/techsell`."""
    return Path(os.environ.get(VARIABLE) or Path.home() / "techsell").expanduser()


@dataclass(frozen=True)
class Workspace:
    """A workspace that exists. Made by `create_or_resume`, found by `find` and `resolve`.

    `report` says what the last `create_or_resume` put there; None when the workspace was only found.
    """

    root: Path
    report: Report | None = field(default=None, compare=False)

    @classmethod
    def create_or_resume(cls, path: Path | str | None = None, *, content_root: Path | str | None = None) -> Workspace:
        """Make the workspace at `path` (default: `default_place()`), or bring the one there up to date.

        The learner's work is never overwritten. Cut off in the middle, the next call completes it.

        Args:
            path: the folder; made when missing.
            content_root: as `content.root`.

        Raises:
            ContentMissing, ReleaseFailed: there is nothing to put into it; nothing was made.
            WorkspaceReadOnly, WorkspaceError: the place cannot be used.
            StoreError: the progress database cannot be used.
        """
        base = content.root(content_root)
        files = shipped_files(base, syllabus.load(base))
        root = Path(path if path is not None else default_place()).expanduser().resolve()
        if is_file(root):
            raise WorkspaceError(
                "The workspace is to be a folder, but a file stands there",
                place=root,
                cure="Choose another place with --workspace, or move that file away",
            )
        _make_folders(root)
        _make_learner(root)
        report = install(root, files, __version__)
        workspace = cls(root, report)
        workspace.store().close()  # made now, or brought forward, so that what is wrong with it is said now
        return workspace

    @classmethod
    def find(cls, start: Path | str | None = None) -> Workspace:
        """The workspace that holds the folder `start` (default: the working directory).

        Raises:
            WorkspaceMissing: neither it nor a folder above it is one.
        """
        folder = Path(start if start is not None else Path.cwd()).expanduser().resolve()
        for place in (folder, *folder.parents):
            if is_file(place / _INSIDE / "learner.json"):
                return cls(place)
        raise _missing(folder)

    @classmethod
    def resolve(cls, explicit: Path | str | None = None) -> Workspace:
        """The workspace a command works on: `explicit`, else `TECHSELL_WORKSPACE`, else around the working
        directory, else `~/techsell`.

        Raises:
            WorkspaceMissing: the place named is none, or there is none anywhere.
        """
        named = explicit if explicit is not None else os.environ.get(VARIABLE)
        if named:
            return cls._at(Path(named))
        try:
            return cls.find()
        except WorkspaceMissing:
            return cls._at(default_place())

    @classmethod
    def _at(cls, place: Path) -> Workspace:
        root = place.expanduser().resolve()
        if not is_file(root / _INSIDE / "learner.json"):
            raise _missing(root)
        return cls(root)

    @cached_property
    def learner(self) -> str:
        """The pseudonymous id, such as `L-7F3K2Q`.

        Raises:
            WorkspaceError: the file that holds it cannot be read.
        """
        path = self.root / _INSIDE / "learner.json"
        try:
            return str(json.loads(path.read_text(encoding="utf-8"))["learner"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(
                "The file with the learner's id cannot be read",
                place=path,
                cure='Put it back from a backup, or write {"learner": "L-…"} with the id from an earlier hand-in',
            ) from error

    @property
    def progress(self) -> Path:
        """The progress database."""
        return self.root / _INSIDE / "progress.db"

    @property
    def transcripts(self) -> Path:
        return self.root / "transcripts"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def hand_ins(self) -> Path:
        return self.root / "hand_ins"

    def store(self) -> Store:
        """Open the learner's store; close it, or use it in a `with` block.

        Raises:
            StoreError: with place and cure.
        """
        return Store.open(self.progress, learner=self.learner)

    def manifest(self) -> Manifest:
        """Notebook path -> cell id -> sha256 of the source: cells of shipped notebooks that may run by themselves."""
        return read_manifest(self.root)

    def exercise(self, module_id: str) -> Path:
        """Where a module's exercise notebook belongs; the learner may have moved it away."""
        return self.root / "exercises" / module_id / f"{module_id}.ipynb"

    def notebook(self, module_id: str) -> Path:
        """Where a module's lesson belongs; the learner may have moved it away.

        Raises:
            NotebookMissing: no lesson of this module was ever put here.
        """
        for name in read_installed(self.root):
            folder, _, file = name.partition("/")
            if file == f"{module_id}.ipynb" and folder.partition("_")[2] == module_id:
                return self.root / name
        raise NotebookMissing(
            f"There is no lesson {module_id!r} in this workspace",
            place=self.root,
            cure="Run 'techsell learn', which puts every lesson that is ready there",
        )


def _missing(place: Path) -> WorkspaceMissing:
    return WorkspaceMissing(
        "There is no course workspace here",
        place=place,
        cure="Run 'techsell learn' to make one, or name yours with --workspace",
    )


def _make_folders(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        (root / _INSIDE).mkdir(mode=0o700, exist_ok=True)
        for name in _FOLDERS:
            (root / name).mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(error, root) from error


def _make_learner(root: Path) -> None:
    """Draw the learner's id, once: two first starts at once agree on the one that was quicker."""
    path = root / _INSIDE / "learner.json"
    name = "L-" + "".join(secrets.choice(_LETTERS) for _ in range(6))
    data = json.dumps({"schema": 1, "learner": name, "made_at": stamp(utc_now())}).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            os.fsync(file.fileno())
    except FileExistsError:
        if path.stat().st_size == 0:  # cut off between making and filling it
            write_atomic(path, data, private=True)
    except OSError as error:
        raise unwritable(error, path) from error
