"""What nbgrader's release step adds to an exercise before solutions are taken out, kept for grading.

Two of its steps do: `InstantiateTests` runs the author's answers in a kernel and writes each `### AUTOTEST expression`
out as asserts; `IncludeHeaderFooter` adds the cells of a header and a footer. The release notes the notebooks as they
are then, so that grading uses the very tests that the learners got. They hold hidden tests and answers, so they lie
beside the autograded work and not beside the release.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techsell_grading.course import Course
from techsell_grading.grader import Limits
from techsell_grading.grader.unpack import Unreadable, pack, unpack
from techsell_grading.storage import put

__all__ = ["beside", "keep", "kept", "missing_templates", "note_after_additions", "takes_additions"]

_ADDING = ("IncludeHeaderFooter", "InstantiateTests")
_PLAIN = Limits(unpacked=1 << 30)


def takes_additions(course: Course, files: Mapping[str, bytes]) -> bool:
    """Whether nbgrader would add to the notebooks among an exercise's files."""
    headed = any(course.config.IncludeHeaderFooter.get(part) for part in ("header", "footer"))
    return headed or _has_autotests(course, files)


def missing_templates(course: Course, files: Mapping[str, bytes]) -> str:
    """The name of the file with which tests would be written out, if there are such tests and it is nowhere."""
    name = _templates(course)
    there = name in files or (course.root / name).is_file()
    return name if _has_autotests(course, files) and not there else ""


def _has_autotests(course: Course, files: Mapping[str, bytes]) -> bool:
    """As nbgrader looks for them: anywhere in a code cell."""
    mark = str(course.config.InstantiateTests.get("autotest_delimiter", "AUTOTEST"))
    return any(
        mark in _source(cell)
        for name, data in files.items()
        if name.endswith(".ipynb") and "/" not in name
        for cell in _cells(data)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )


def _cells(data: bytes) -> list[Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return []
    found = content.get("cells") if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def _templates(course: Course) -> str:
    return str(course.config.InstantiateTests.get("autotest_filename", "autotests.yml"))


def beside(course: Course) -> str:
    """One hash of the files at the top of the course that the additions are made from; missing ones count as empty."""
    names = [_templates(course)]
    names += [str(course.config.IncludeHeaderFooter.get(part, "")) for part in ("header", "footer")]
    places = [course.root / name for name in names if name]
    return hashlib.sha256(b"\0".join(path.read_bytes() if path.is_file() else b"" for path in places)).hexdigest()


def keep(course: Course, module: str, key: str, notebooks: Mapping[str, bytes]) -> None:
    """Keep the notebooks with everything added; those of other keys are not needed any more.

    Raises:
        GradingError: the folder cannot be written.
    """
    place = _place(course, module, key)
    put(place, pack(dict(notebooks)))
    for old in place.parent.glob(f"{module}.*.zip"):
        if old != place and old.name.count(".") == place.name.count("."):
            old.unlink(missing_ok=True)


def kept(course: Course, module: str, key: str) -> dict[str, bytes] | None:
    """The notebooks with everything added, or None where that was not done yet."""
    try:
        return dict(unpack(_place(course, module, key).read_bytes(), _PLAIN).files)
    except (OSError, Unreadable):
        return None


def note_after_additions(steps: list[Any], notebooks: dict[str, bytes]) -> list[Any]:
    """nbgrader's list of steps with one more, which notes each notebook as it is when all has been added.

    Args:
        steps: the classes of `GenerateAssignment.preprocessors`.
        notebooks: where the notebooks go to, by file name.
    """
    from nbgrader.preprocessors import NbGraderPreprocessor  # type: ignore[import-untyped]

    class Note(NbGraderPreprocessor):  # type: ignore[misc]
        """Changes nothing."""

        def preprocess(self, notebook: Any, resources: Any) -> tuple[Any, Any]:
            notebooks[f"{resources['metadata']['name']}.ipynb"] = _text(notebook)
            return notebook, resources

    last = max((number for number, step in enumerate(steps) if step.__name__ in _ADDING), default=-1)
    return [*steps[: last + 1], Note, *steps[last + 1 :]]


def _text(notebook: Any) -> bytes:
    """The notebook as JSON. Cells have ids from format 4.5 on; those that were made up for an older one differ each
    time and are left out."""
    content = json.loads(json.dumps(notebook))
    if content.get("nbformat_minor", 0) < 5:
        for cell in content["cells"]:
            cell.pop("id", None)
    return json.dumps(content, sort_keys=True).encode()


def _place(course: Course, module: str, key: str) -> Path:
    return course.root / course.steps["autograded"] / ".techsell" / "prepared" / f"{module}.{key[:24]}.zip"
