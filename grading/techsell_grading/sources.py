"""An exercise as the grader's bytes: its files, the markers of the configuration, what it was pinned with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from techsell.errors import ReleaseFailed
from techsell_grading import prepared
from techsell_grading.course import Course, checkout
from techsell_grading.footprints import footprint
from techsell_grading.grader import pack
from techsell_grading.grader.cells import Cell, read
from techsell_grading.grader.roleplay import PREFIX
from techsell_grading.grader.source import MANIFEST
from techsell_grading.grader.unpack import Unreadable
from techsell_grading.pins import exercise_files, recogniser_pins, scenario_pins
from techsell_grading.release import fingerprint, prepare_apart
from techsell_grading.storage import refused

__all__ = ["Packed", "pack_source", "packed_source"]

_SKIPPED = frozenset({".ipynb_checkpoints", "__pycache__"})


@dataclass(frozen=True)
class Packed:
    """An exercise as the grader takes it, and its sha256."""

    data: bytes
    sha: str


_PACKED: dict[tuple[Path, str], tuple[str, Packed]] = {}
"""What `packed_source` made last, by course and module, with the footprint that it was made from."""


def packed_source(course: Course, module: str) -> Packed:
    """`pack_source`, made once for as long as nothing that goes into it changes.

    Raises:
        ReleaseFailed: see `pack_source`.
    """
    folder = course.path("source", module=module)
    pins = (course.pins, checkout() / "grading" / "pins")
    scenarios = Path(str(resources.files("techsell") / "scenarios"))
    try:
        made_from = footprint(folder, *pins, scenarios, skipped=_SKIPPED)
    except OSError as error:
        raise refused(error, folder) from error
    mark = f"{made_from.mark} {prepared.beside(course)} {json.dumps(_markers(course), sort_keys=True)}"
    known = _PACKED.get((course.home, module))
    if known is not None and known[0] == mark:
        return known[1]
    data = pack_source(course, module)
    packed = Packed(data, hashlib.sha256(data).hexdigest())
    if made_from.settled:
        _PACKED[course.home, module] = mark, packed
    return packed


def pack_source(course: Course, module: str) -> bytes:
    """The exercise as the grader takes it: all its files, the markers of the configuration, the pinned scenarios.

    Raises:
        ReleaseFailed: the exercise cannot be read, or nbgrader cannot write out its tests (AUTOTEST).
    """
    folder = course.path("source", module=module)
    files = exercise_files(folder)
    if missing := prepared.missing_templates(course, files):
        raise ReleaseFailed(
            f"The exercise of {module!r} uses AUTOTEST, and there is no {missing} to write its tests out with",
            place=folder,
            cure="Put one at the top of the course; 'nbgrader quickstart COURSE --autotest' makes a course with one",
        )
    if prepared.takes_additions(course, files):
        files |= _with_additions(course, module)
    cells: list[Cell] = []
    try:
        for name in files:
            if name.endswith(".ipynb") and "/" not in name:
                cells += read(files[name], len(files[name]))[0]
    except Unreadable as error:
        raise ReleaseFailed(str(error), place=folder, cure="Restore the exercise from version control") from error
    wanted = [cell.name.removeprefix(PREFIX) for cell in cells if cell.is_("grade") and cell.name.startswith(PREFIX)]
    pins = scenario_pins(course, wanted) if wanted else {}
    ears = recogniser_pins(course) if wanted else {}
    known = sorted({str(json.loads(content)["id"]) for content in pins.values()})
    own = folder.is_relative_to(checkout() / "exercises")
    manifest = {"module": module, "markers": _markers(course), "scenarios": known, "own": own}
    return pack(
        {
            **files,
            **{f"pins/{sha}.json": content for sha, content in pins.items()},
            **{f"recognisers/{name}.zip": content for name, content in ears.items()},
            MANIFEST: json.dumps(manifest, sort_keys=True).encode(),
        }
    )


def _with_additions(course: Course, module: str) -> dict[str, bytes]:
    """The notebooks as the release step left them before it took the solutions out."""
    key = fingerprint(course, module)
    found = prepared.kept(course, module, key)
    if found is None:
        prepare_apart(course, module)
        found = prepared.kept(course, module, key)
    if found is None:  # without them the tests would be comments, and everybody would pass
        raise ReleaseFailed(
            f"What nbgrader adds to the exercise of {module!r} was not kept",
            place=course.path("source", module=module),
            cure="See that nothing changes the exercise while it is read, and run the command again",
        )
    return found


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
