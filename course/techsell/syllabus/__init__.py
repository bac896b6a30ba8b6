"""The one manifest: what the course consists of, in order.

`load` reads `syllabus.yaml` and returns frozen dataclasses. Whatever follows from a module's id and place is
derived and stands nowhere else: its number, its folder, its notebooks.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from techsell.errors import ContentMissing

from .model import START_FOLDER, Kind, Minutes, Module, Points, Start, State, Step, Syllabus

__all__ = [
    "START_FOLDER",
    "Kind",
    "Minutes",
    "Module",
    "Points",
    "Start",
    "State",
    "Step",
    "Syllabus",
    "load",
]


def load(root: Path) -> Syllabus:
    """Read `<root>/syllabus.yaml`. Reading it again costs nothing while the file is unchanged.

    Raises:
        ContentMissing: the file is not there or cannot be read.
        SyllabusInvalid: it does not say what it must; the message lists every problem.
    """
    path = root / "syllabus.yaml"
    try:
        status = path.stat()
    except OSError as error:
        raise ContentMissing(
            "There is no syllabus.yaml", place=root, cure="Name the course's content folder with --content"
        ) from error
    return _load(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _load(path: Path, _mtime_ns: int, _size: int) -> Syllabus:
    from .file import parse  # pydantic and ruamel load only when a syllabus is read

    try:
        text = path.read_bytes()
    except OSError as error:
        raise ContentMissing(
            "syllabus.yaml cannot be read", place=path, cure="Make the file readable, or take the course's files afresh"
        ) from error
    return parse(text, path)
