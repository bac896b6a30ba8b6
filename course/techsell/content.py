"""Where the course's content is: one root, found the same way by every command.

A root holds `syllabus.yaml`, `competencies.yaml`, `modules/` and `released/`. It is looked for in this order:
what the caller names (`--content`), the environment variable `TECHSELL_CONTENT`, a bundle (the learner edition:
a marker file in or above the folder of the Python environment), the checkout this package lies in.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path

from techsell.errors import ContentMissing

__all__ = ["BUNDLE_MARKER", "VARIABLE", "modules", "released", "root"]

VARIABLE = "TECHSELL_CONTENT"
BUNDLE_MARKER = "techsell_bundle.json"
"""`{"schema": 1, "content": "content"}`; `content` is relative to the marker's folder."""

_ABOVE = 3
"""So many folders above the environment are searched for the marker."""

_CHECKOUT = Path(__file__).resolve().parents[1]


def root(explicit: Path | str | None = None) -> Path:
    """The content root, as an absolute path.

    Raises:
        ContentMissing: no root anywhere, or the place that was named holds no `syllabus.yaml`. A place that is
            named wrongly is never replaced by another one silently.
    """
    if explicit is not None:
        return _named(Path(explicit), "--content")
    if value := os.environ.get(VARIABLE):
        return _named(Path(value), VARIABLE)
    if (marker := _bundle_marker()) is not None:
        return _named(marker.parent / _bundle_content(marker), marker.name)
    if _is_file(_CHECKOUT / "syllabus.yaml"):
        return _CHECKOUT
    raise ContentMissing(
        "The program is installed without the course's content",
        place=_CHECKOUT,
        cure=f"Use the learner edition or a checkout, or name a content folder with --content or {VARIABLE}; "
        "'techsell play cobalt_ridge' works without it",
    )


def modules(content_root: Path | None = None) -> Path:
    """The folder that holds one folder per module (`01_mousetrap/` …).

    Raises:
        ContentMissing: no content root, or it has no `modules/`.
    """
    folder = (content_root or root()) / "modules"
    if not folder.is_dir():
        raise ContentMissing("The content has no modules", place=folder, cure="Take the course's files afresh")
    return folder


def released(module_id: str, content_root: Path | None = None) -> Path:
    """The folder with the learner's version of a module's exercises: `<module_id>.ipynb` and its data.

    In a checkout it is made (or taken from the cache) by `techsell_grading.release.ensure_released`; everywhere
    else it is `<root>/released/<module_id>/`.

    Raises:
        ContentMissing: no such release.
        ReleaseFailed: in a checkout, nbgrader could not make it.
    """
    base = content_root or root()
    if base == _CHECKOUT and _can_release():
        folder = Path(importlib.import_module("techsell_grading.release").ensure_released([module_id])) / module_id
    else:
        folder = base / "released" / module_id
    if not _is_file(folder / f"{module_id}.ipynb"):
        raise ContentMissing(
            f"The exercises of {module_id!r} are not released", place=folder, cure="The trainer runs 'techsell release'"
        )
    return folder


def _can_release() -> bool:
    return (
        importlib.util.find_spec("techsell_grading") is not None
        and importlib.util.find_spec("techsell_grading.release") is not None
    )


def _named(folder: Path, by: str) -> Path:
    folder = folder.expanduser().resolve()
    if _is_file(folder / "syllabus.yaml"):
        return folder
    raise ContentMissing(
        f"The content folder named by {by} holds no syllabus.yaml", place=folder, cure="Name the folder that holds it"
    )


def _bundle_marker() -> Path | None:
    environment = Path(sys.prefix).resolve()
    for folder in (environment, *environment.parents[:_ABOVE]):
        if _is_file(folder / BUNDLE_MARKER):
            return folder / BUNDLE_MARKER
    return None


def _bundle_content(marker: Path) -> str:
    try:
        content = json.loads(marker.read_text(encoding="utf-8"))["content"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ContentMissing(
            "The learner edition is damaged: its marker cannot be read", place=marker, cure="Unpack the bundle afresh"
        ) from error
    return str(content)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # a folder that may not be looked into holds nothing for us
