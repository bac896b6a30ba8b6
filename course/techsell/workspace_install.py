"""Bringing shipped files into a workspace without ever overwriting what the learner wrote.

| the learner's file | and the course's version is | then |
|---|---|---|
| missing | any | it is written (a deleted one is restored) |
| as shipped (a notebook that was only run counts) | new | it is replaced |
| edited | new | the new version lands beside it as `<name>.new-<version><suffix>`, once |
| edited | the one it came from | nothing |

`installed.json` remembers what was shipped; it is written last, so an installation that was cut off is simply
done again. `manifest.json` holds the cells that may run by themselves, taken from shipped bytes only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from techsell.files import sweep, unwritable, write_atomic
from techsell.shipped import autorun_cells, fingerprint, work_fingerprint

__all__ = ["INSTALLED", "MANIFEST", "Installed", "Offer", "Report", "install", "read_installed", "read_manifest"]

INSTALLED = ".techsell/installed.json"
MANIFEST = ".techsell/manifest.json"
SCHEMA = 1

Manifest = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Offer:
    """A new version that was put beside a file the learner had edited."""

    path: str
    sha256: str
    version: str


@dataclass(frozen=True)
class Installed:
    """What was shipped to a path: the version the learner's file comes from, and a newer one lying beside it.

    `sha256` is of the bytes, `work` of what a person can edit in them; both are empty for a file that was there
    before the course first looked.
    """

    sha256: str = ""
    work: str = ""
    version: str = ""
    offered: Offer | None = None

    @property
    def newest(self) -> str:
        return self.offered.sha256 if self.offered else self.sha256


@dataclass(frozen=True)
class Report:
    """What an installation did, as paths in the workspace; `offered` are the new files beside edited ones."""

    written: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


def install(root: Path, files: Mapping[str, Path], version: str) -> Report:
    """Bring `files` (path in the workspace -> shipped file) of this `version` into the workspace at `root`.

    Raises:
        WorkspaceReadOnly, WorkspaceError: it cannot be written; what was done so far stands, the rest follows the
            next time.
    """
    installer = _Installer(root, version)
    for name, source in files.items():
        installer.bring(name, source.read_bytes())
    installer.finish()
    return Report(**{kind: tuple(names) for kind, names in installer.done.items()})


def read_installed(root: Path) -> dict[str, Installed]:
    """Path -> what was shipped to it. An unreadable record counts as none: then nothing is taken for unedited."""
    try:
        files = json.loads((root / INSTALLED).read_text(encoding="utf-8"))["files"]
        return {name: _entry(about) for name, about in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def read_manifest(root: Path) -> Manifest:
    """Notebook path -> cell id -> sha256 of the source, of cells that may run by themselves; none when unreadable."""
    try:
        notebooks = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["notebooks"]
        return {str(name): {str(cell): str(sha) for cell, sha in cells.items()} for name, cells in notebooks.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _entry(about: dict[str, Any]) -> Installed:
    offered = about.get("offered")
    return Installed(about["sha256"], about["work"], about["version"], Offer(**offered) if offered else None)


class _Installer:
    def __init__(self, root: Path, version: str) -> None:
        self.root = root
        self.version = version
        self.known = read_installed(root)
        self.runs_before = read_manifest(root)
        self.entries: dict[str, Installed] = {}
        self.runs: Manifest = {}
        self.done: dict[str, list[str]] = {"written": [], "restored": [], "replaced": [], "offered": []}
        self._swept: set[Path] = set()

    def bring(self, name: str, new: bytes) -> None:
        path = self.root / name
        self._sweep(path.parent)
        known = self.known.get(name)
        fresh = Installed(fingerprint(new), work_fingerprint(name, new), self.version)
        current = _read(path)
        if current is None:
            self._write(name, new, "written" if known is None else "restored")
        elif fingerprint(current) != fresh.sha256:
            work = work_fingerprint(name, current)
            if known is not None and work == known.work:
                if known.sha256 != fresh.sha256:
                    self._write(name, new, "replaced")
            elif work != fresh.work:
                self._keep(name, new, fresh, known or Installed())
                return
        self.entries[name] = fresh
        self._may_run(name, autorun_cells(new) if name.endswith(".ipynb") else {})

    def finish(self) -> None:
        """Write the two records: the manifest first, so that the other one is the last thing an installation does."""
        self._record(MANIFEST, "notebooks", self.runs)
        self._record(INSTALLED, "files", {name: asdict(entry) for name, entry in self.entries.items()})

    def _keep(self, name: str, new: bytes, fresh: Installed, known: Installed) -> None:
        """The learner edited this file: leave it, and put a version it does not come from beside it, once."""
        offered = known.offered
        if known.newest != fresh.sha256:
            beside = self._beside(name, new, offered)
            self._write(beside, new, "offered")
            offered = Offer(beside, fresh.sha256, self.version)
        self.entries[name] = Installed(known.sha256, known.work, known.version, offered)
        if not name.endswith(".ipynb"):
            return
        came_from_this = known.sha256 == fresh.sha256
        self._may_run(name, autorun_cells(new) if came_from_this else self.runs_before.get(name, {}))
        if offered is not None and offered.sha256 == fresh.sha256:
            self._may_run(offered.path, autorun_cells(new))

    def _beside(self, name: str, new: bytes, offered: Offer | None) -> str:
        """A free name beside the file; one we used before is free as long as nobody has edited what is there."""
        stem, dot, suffix = name.rpartition(".")
        number = 1
        while True:
            again = "" if number == 1 else f"-{number}"
            beside = f"{stem}.new-{self.version}{again}{dot}{suffix}"
            there = _read(self.root / beside)
            ours = {fingerprint(new)} | ({offered.sha256} if offered else set())
            if there is None or fingerprint(there) in ours:
                return beside
            number += 1

    def _write(self, name: str, data: bytes, kind: str) -> None:
        write_atomic(self.root / name, data)
        self.done[kind].append(name)

    def _may_run(self, name: str, cells: dict[str, str]) -> None:
        if cells:
            self.runs[name] = cells

    def _record(self, name: str, key: str, value: object) -> None:
        text = json.dumps({"schema": SCHEMA, "version": self.version, key: value}, indent=1, sort_keys=True)
        write_atomic(self.root / name, text.encode() + b"\n", private=True)

    def _sweep(self, folder: Path) -> None:
        if folder not in self._swept:
            self._swept.add(folder)
            sweep(folder)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unwritable(error, path) from error
