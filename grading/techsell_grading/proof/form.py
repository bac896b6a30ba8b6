"""Proofs about the cells of an assignment: ids and metadata, tasks and their checks, imports."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from techsell_grading.grader.source import Markers
from techsell_grading.grader.verdict import task_of
from techsell_grading.proof.assignment import Assignment, Placed
from techsell_grading.proof.outcome import Finding, Seen, not_asked, seen
from techsell_grading.proof.planted import answer_cell

__all__ = ["cells", "imports", "tasks"]

_ALLOWED = ("pandas", "numpy", "techsell.check", "techsell.datasets")
_GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]+")
_NAMED = re.compile(r"[a-z][a-z0-9_]*?(__[a-z][a-z0-9_]*)?")
_KEYS = frozenset(
    {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points", "checksum", "cell_type"}
)
_FLAGS = ("grade", "locked", "solution")
_SCHEMA = 3


def cells(assignment: Assignment) -> Seen:
    """Ids stand once, and nbgrader's metadata are those of schema 3."""
    found: list[Finding] = []
    count = 0
    for notebook, book in assignment.raw.items():
        marked = [cell for cell in book["cells"] if "nbgrader" in cell.get("metadata", {})]
        count += len(marked)
        for what, cure, names in (
            ("grade id", "Give one of them another", [cell["metadata"]["nbgrader"].get("grade_id") for cell in marked]),
            ("notebook cell id", "Give one of them another", [cell.get("id") for cell in book["cells"]]),
        ):
            for name, times in Counter(name for name in names if name).items():
                if times > 1:
                    place = assignment.place(notebook, str(name))
                    found.append(Finding(f"The {what} '{name}' is there {times} times", place, cure))
        for cell in marked:
            grade = cell["metadata"]["nbgrader"]
            place = assignment.place(notebook, str(grade.get("grade_id") or cell.get("id", "?")))
            found += [Finding(problem, place, cure) for problem, cure in _metadata(grade, cell["cell_type"])]
    return seen(found, f"{count} cells with nbgrader's metadata")


def _metadata(grade: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the metadata of one cell, and the cure; the rules of nbgrader's own schema and validator."""
    version = grade.get("schema_version", 0)
    if version != _SCHEMA:
        yield f"nbgrader's metadata have schema {version}, not {_SCHEMA}", "Run 'nbgrader update' on the notebook"
        return
    if missing := [flag for flag in _FLAGS if not isinstance(grade.get(flag), bool)]:
        yield f"nbgrader's metadata do not say whether it is {', '.join(missing)}", "Say true or false"
        return
    if strange := sorted(set(grade) - _KEYS):
        yield f"nbgrader's metadata have unknown keys: {', '.join(strange)}", "Take them out"
    task = grade.get("task") is True
    if any(grade[flag] for flag in _FLAGS) and not _GRADE_ID.fullmatch(str(grade.get("grade_id", ""))):
        yield "The cell has no id that nbgrader takes", "Give it a 'grade_id' of letters, digits, '_' and '-'"
    if (grade["grade"] or task) and not isinstance(grade.get("points"), int | float):
        yield "A graded cell says no points", "Add 'points' to its metadata"
    if kind != "code" and grade["grade"] and not grade["solution"] and not task:
        yield "A test has to be a code cell", "Make it one, or mark it as a solution that a person grades"
    if kind != "code" and grade["solution"] and not grade["grade"]:
        yield "An answer in text has to be graded", "Mark it as graded too, with points"


def tasks(assignment: Assignment) -> Seen:
    """One visible check per task and one hidden one per misconception, named `<task>__<misconception>`."""
    if not assignment.own:
        return not_asked("a convention of our own exercises")
    found: list[Finding] = []
    markers = assignment.opened.markers
    hidden: dict[str, int] = defaultdict(int)
    order: dict[str, list[str]] = defaultdict(list)
    for placed in assignment.cells:
        order[placed.notebook].append(placed.cell.name)
    for placed in assignment.tests:
        name, place = placed.cell.name, assignment.place(placed.notebook, placed.cell.name)
        task = task_of(name)
        if not _NAMED.fullmatch(name):
            found.append(
                Finding(f"The check '{name}' is not named '<task>' or '<task>__<misconception>'", place, "Rename it")
            )
            continue
        names = order[placed.notebook]
        answer = answer_cell(name, assignment.opened.answers[placed.notebook])
        if not answer or names.index(answer) > names.index(name):
            found.append(Finding(f"No answer cell '{task}_answer' stands before it", place, "Add it, or move it up"))
        hidden[task] += "__" in name
        found += _hiding(placed, place, markers)
        if "__" in name and task not in names[: names.index(name)]:
            cure = "Let a visible check look at the form of the answer first"
            found.append(Finding(f"The task '{task}' has no visible check before this one", place, cure))
    for task, number in hidden.items():
        if not number:
            cure = f"Add one for each misconception, named '{task}__<misconception>'"
            found.append(Finding(f"The task '{task}' has no hidden check", assignment.folder, cure))
    return seen(found, f"{len(hidden)} tasks, {sum(hidden.values())} hidden checks")


def _hiding(placed: Placed, place: str, markers: Markers) -> Iterator[Finding]:
    """A check for a misconception is hidden from its first line to its last, any other has no hidden line."""
    lines = placed.cell.source.strip().splitlines()
    if "__" not in placed.cell.name:
        if markers.begin_hidden in placed.cell.source:
            cure = f"Move it into a cell '{placed.cell.name}__<misconception>'"
            yield Finding("A visible check holds a hidden test", place, cure)
    elif (
        len(lines) < 3
        or not lines[0].startswith("# ")
        or markers.begin_hidden not in lines[1]
        or markers.end_hidden not in lines[-1]
    ):
        cure = f"Begin with a comment, then '### {markers.begin_hidden}'; end with '### {markers.end_hidden}'"
        yield Finding("The check is not hidden from its first line to its last", place, cure)


def imports(assignment: Assignment) -> Seen:
    """Tests and locked cells import only what is there where they are judged."""
    if not assignment.own:
        return not_asked("a rule of our own exercises")
    found: list[Finding] = []
    names: set[str] = set()
    for notebook, cell in assignment.cells:
        if cell.kind != "code" or not (cell.is_("locked") or (cell.is_("grade") and not cell.is_("solution"))):
            continue
        place = assignment.place(notebook, cell.name)
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            found.append(Finding(f"Line {error.lineno} of the cell is no Python: {error.msg}", place, "Mend the line"))
            continue
        imported = set(_imported(tree))
        names |= imported
        for name in sorted(imported):
            if name.split(".")[0] not in sys.stdlib_module_names and not _allowed(name):
                cure = f"Use the standard library, {', '.join(_ALLOWED[:-1])} and {_ALLOWED[-1]} only"
                found.append(Finding(f"The cell imports {name}", place, cure))
    return seen(found, ", ".join(sorted(names - set(sys.stdlib_module_names))))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "techsell":
            yield from (f"techsell.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _allowed(name: str) -> bool:
    return any(name == known or name.startswith(f"{known}.") for known in _ALLOWED)
