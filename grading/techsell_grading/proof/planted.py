"""Planted answers: wrong ones that must lose exactly their own test, and right ones in another style.

    wrong/<module>/<grade id>[.<variant>].py     loses exactly the check of that id
    right/<module>/<task>.<variant>.py           loses nothing; <task> may also be the id of an answer or a check

They lie apart from the exercise, since nbgrader releases whatever is in an exercise's folder: ours in
`tests/exercises/`, those of another course in `planted/` beside its configuration. In a module of several notebooks a
folder in between may name the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from techsell_grading.grader.cells import Cell
from techsell_grading.grader.verdict import task_of

__all__ = ["CALLS", "Planted", "Stranger", "answer_cell", "read_calls", "read_planted"]

CALLS = "calls"
"""Folder of recorded reference calls: `calls/<scenario>.transcript.jsonl`."""

_TRANSCRIPT = ".transcript.jsonl"


@dataclass(frozen=True)
class Planted:
    """An answer that stands in for a learner's in the cell `answer`. `loses`: the check it must lose, or empty."""

    path: str
    name: str
    loses: str
    notebook: str
    answer: str
    source: str


@dataclass(frozen=True)
class Stranger:
    """A planted file that belongs to no check or task. `known`: the names that could have been meant."""

    path: str
    name: str
    known: tuple[str, ...]


def read_planted(
    home: Path, module: str, notebooks: Mapping[str, Sequence[Cell]]
) -> tuple[tuple[Planted, ...], tuple[Stranger, ...]]:
    """The planted answers of a module below `home`, and the files there that belong nowhere."""
    found: list[Planted] = []
    strangers: list[Stranger] = []
    for kind in ("wrong", "right"):
        folder = home / kind / module
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).parts
            where = {name: cells for name, cells in notebooks.items() if len(parts) == 1 or name == parts[0]}
            name = path.name.split(".")[0]
            place = _place(name, kind, where)
            if place is None:
                strangers.append(Stranger(str(path), name, _known(kind, where)))
                continue
            loses = name if kind == "wrong" else ""
            found.append(Planted(str(path), path.stem, loses, *place, path.read_text(encoding="utf-8")))
    return tuple(found), tuple(strangers)


def read_calls(home: Path) -> dict[str, bytes]:
    """Recorded reference calls by scenario."""
    paths = sorted((home / CALLS).glob(f"*{_TRANSCRIPT}"))
    return {path.name.removesuffix(_TRANSCRIPT): path.read_bytes() for path in paths}


def answer_cell(name: str, cells: Sequence[Cell]) -> str:
    """The answer that a check or a task is about: `<task>_answer`, or else the last answer before the check."""
    last = ""
    wanted = f"{task_of(name)}_answer"
    answers = {cell.name for cell in cells if cell.is_("solution") and cell.kind == "code"}
    if wanted in answers or name in answers:
        return wanted if wanted in answers else name
    for cell in cells:
        if cell.name == name:
            return last
        if cell.name in answers:
            last = cell.name
    return ""


def _place(name: str, kind: str, notebooks: Mapping[str, Sequence[Cell]]) -> tuple[str, str] | None:
    for notebook, cells in notebooks.items():
        checks = {cell.name for cell in cells if cell.is_("grade")}
        answer = answer_cell(name, cells)
        if answer and (kind == "right" or name in checks):
            return notebook, answer
    return None


def _known(kind: str, notebooks: Mapping[str, Sequence[Cell]]) -> tuple[str, ...]:
    cells = [cell for cells in notebooks.values() for cell in cells if cell.is_("grade") and cell.kind == "code"]
    names = [cell.name if kind == "wrong" else task_of(cell.name) for cell in cells]
    return tuple(dict.fromkeys(name for name in names if name))
