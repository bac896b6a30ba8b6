"""The exercise as the grader needs it: the author's notebooks with the solutions taken out and the tests left in.

Clearing follows nbgrader's `ClearSolutions` and `ClearHiddenTests` (0.9.6) line by line; a test holds both equal on
our exercises. nbgrader itself is not used here: importing it costs more than grading.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .cells import Cell, read
from .unpack import Unreadable, unpack
from .verdict import Limits

__all__ = ["MANIFEST", "Markers", "Source", "cleared", "hidden_lines", "open_source", "public", "scrub"]

MANIFEST = "source.json"
"""In the source zip: module, markers, timeouts. Missing: nbgrader's defaults, module = the only notebook."""

_SHORTEST = 6
"""A line of a hidden test that is shorter (`try:`, `)`) says nothing and is not looked for in messages."""


@dataclass(frozen=True)
class Markers:
    """The delimiters and stubs of the course's nbgrader configuration."""

    begin_solution: str = "BEGIN SOLUTION"
    end_solution: str = "END SOLUTION"
    begin_hidden: str = "BEGIN HIDDEN TESTS"
    end_hidden: str = "END HIDDEN TESTS"
    code_stub: str = "# YOUR CODE HERE\nraise NotImplementedError()"
    text_stub: str = "YOUR ANSWER HERE"


@dataclass(frozen=True)
class Source:
    """One exercise: notebooks without solutions, data files, pinned scenarios and recognisers (bytes by their hash)."""

    module: str
    notebooks: Mapping[str, tuple[Cell, ...]]
    files: Mapping[str, bytes]
    pins: Mapping[str, bytes]
    scenarios: tuple[str, ...] = ()
    recognisers: Mapping[str, bytes] = field(default_factory=dict)
    markers: Markers = Markers()
    metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    foreign: bool = True
    """an exercise of a course that knows nothing of this grader"""
    answers: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict, repr=False)
    """the notebooks with the author's own answers in them; they never leave the grader's process"""
    digest: str = ""
    """sha256 of the zip"""
    in_kernel: frozenset[str] = frozenset()
    """notebooks whose tests need the live kernel, by their own metadata (`techsell.judge: in_kernel`)"""

    @property
    def hidden(self) -> frozenset[str]:
        """Every line of every hidden region that says something, stripped."""
        return frozenset().union(*(hidden_lines(cells, self.markers) for cells in self.notebooks.values()))


def open_source(data: bytes, limits: Limits) -> Source:
    """Read a source zip: `<module>.ipynb` with solutions and tests, data files, `source.json`, and what was released
    before: `pins/<sha>.json`, `recognisers/<fingerprint>.zip`.

    Raises:
        Unreadable: this is the trainer's own file, so the message is for the trainer.
    """
    files = dict(unpack(data, limits).files)
    manifest = json.loads(files.pop(MANIFEST, b"{}"))
    markers = Markers(**manifest.get("markers", {}))
    pins = {name[5:-5]: files.pop(name) for name in list(files) if re.fullmatch(r"pins/[0-9a-f]{64}\.json", name)}
    zips = [name for name in files if re.fullmatch(r"recognisers/[0-9a-f]{64}\.zip", name)]
    ears = {name[12:-4]: files.pop(name) for name in zips}
    names = [name for name in files if name.endswith(".ipynb") and "/" not in name]
    if not names:
        raise Unreadable("The source holds no notebook")
    raw = {name[:-6]: files.pop(name) for name in sorted(names)}
    answers = {name: read(text, limits.unpacked)[0] for name, text in raw.items()}
    notebooks = {name: cleared(cells, markers) for name, cells in answers.items()}
    return Source(
        module=manifest.get("module", next(iter(notebooks))),
        notebooks=notebooks,
        files=files,
        pins=pins,
        scenarios=tuple(manifest.get("scenarios", ())) or tuple(sorted(_scenario_ids(pins))),
        recognisers=ears,
        markers=markers,
        metadata={name: _kernel(text) for name, text in raw.items()},
        answers=answers,
        digest=hashlib.sha256(data).hexdigest(),
        foreign=not manifest.get("own", False),
        in_kernel=frozenset(name for name, text in raw.items() if _needs_kernel(text)),
    )


def cleared(cells: tuple[Cell, ...], markers: Markers) -> tuple[Cell, ...]:
    """The cells with every solution replaced by nbgrader's stub."""
    return tuple(_without_solution(cell, markers) for cell in cells)


def public(cell: Cell, markers: Markers) -> str:
    """A test cell's text as a learner has it: without the hidden region."""
    return "\n".join(_outside(cell.source, markers.begin_hidden, markers.end_hidden, lambda line: []))


def hidden_lines(cells: tuple[Cell, ...], markers: Markers) -> frozenset[str]:
    """The lines between the hidden-test markers, stripped, without the shortest ones."""
    found: set[str] = set()
    for cell in cells:
        inside = False
        for line in cell.source.split("\n"):
            if markers.begin_hidden in line:
                inside = True
            elif markers.end_hidden in line:
                inside = False
            elif inside and len(line.strip()) >= _SHORTEST:
                found.add(line.strip())
    return frozenset(found)


def scrub(text: str, hidden: frozenset[str]) -> str:
    """`text` without any line that repeats a line of a hidden test, as a traceback or a trick would."""
    lines = text.split("\n")
    return "\n".join("[…]" if any(secret in line for secret in hidden) else line for line in lines)


def _without_solution(cell: Cell, markers: Markers) -> Cell:
    stub = (markers.code_stub if cell.kind == "code" else markers.text_stub).split("\n")

    def indented(line: str) -> list[str]:
        space = line[: len(line) - len(line.lstrip())]
        return [space + text for text in stub]

    if markers.begin_solution in cell.source:
        lines = _outside(cell.source, markers.begin_solution, markers.end_solution, indented)
        return cell.saying("\n".join(lines))
    return cell.saying("\n".join(stub)) if cell.is_("solution") else cell


def _outside(source: str, begin: str, end: str, instead: Callable[[str], list[str]]) -> list[str]:
    """The lines outside the regions from `begin` to `end`; a region is replaced by `instead` of its first line."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if begin in line:
            inside = True
            lines += instead(line)
        elif end in line:
            inside = False
        elif not inside:
            lines.append(line)
    return lines


def _scenario_ids(pins: Mapping[str, bytes]) -> set[str]:
    return {str(json.loads(pin).get("id", "")) for pin in pins.values()} - {""}


def _needs_kernel(text: bytes) -> bool:
    metadata = json.loads(text).get("metadata", {})
    own = metadata.get("techsell")
    return "in_kernel" in (own.get("judge") if isinstance(own, dict) else own, metadata.get("techsell.judge"))


def _kernel(text: bytes) -> Mapping[str, Any]:
    metadata = json.loads(text).get("metadata", {})
    return {key: metadata[key] for key in ("kernelspec", "language_info") if key in metadata}
