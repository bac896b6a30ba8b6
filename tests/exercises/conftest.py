"""An exercise notebook, run cell by cell and scored by nbgrader's rule, without a kernel.

A planted answer lies in `wrong/<module>/<grade id>[.<variant>].py` or `right/<module>/<task>.<variant>.py` and takes
the place of that task's answer cell. A wrong one must lose the cell it is named after and no other; the proofs see to
it (`techsell grade --check`).
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
EXERCISES = HERE.parents[1] / "exercises"
MODULES = tuple(sorted(path.parent.name for path in EXERCISES.glob("*/*.ipynb") if path.stem == path.parent.name))


@dataclass(frozen=True)
class Cell:
    """One cell as written."""

    id: str
    kind: str
    source: str
    grade: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.grade.get("grade_id", ""))

    @property
    def points(self) -> float:
        return float(self.grade.get("points", 0))

    @property
    def scored_by_machine(self) -> bool:
        return self.kind == "code" and bool(self.grade.get("grade"))

    @property
    def task(self) -> str:
        return self.name.split("__")[0]


@dataclass(frozen=True)
class Mark:
    """What one grade cell earned, and what it said."""

    points: float
    of: float
    message: str = ""
    stdout: str = ""
    error: str = ""


@dataclass(frozen=True)
class Notebook:
    module: str
    cells: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path) -> Notebook:
        return cls.of(path.stem, json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, module: str, book: dict[str, Any]) -> Notebook:
        cells = [
            Cell(cell["id"], cell["cell_type"], "".join(cell["source"]), dict(cell["metadata"].get("nbgrader", {})))
            for cell in book["cells"]
        ]
        return cls(module, tuple(cells))

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)

    @property
    def tests(self) -> tuple[Cell, ...]:
        """The grade cells a machine scores, the role-play last among them."""
        return tuple(cell for cell in self.cells if cell.scored_by_machine)

    @property
    def automatic(self) -> tuple[Cell, ...]:
        """Those of them that need nothing beside the notebook."""
        return tuple(cell for cell in self.tests if not cell.name.startswith("roleplay_"))

    def answered(self, task: str, source: str) -> Notebook:
        """The notebook with `source` as the learner's answer to `task`."""
        name = self.cell(f"{task}_answer").name
        cells = (Cell(c.id, c.kind, source, c.grade) if c.name == name else c for c in self.cells)
        return Notebook(self.module, tuple(cells))

    def run(self, folder: Path) -> dict[str, Mark]:
        """Run every code cell in `folder`; the mark of each cell that a machine scores."""
        space: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.chdir(folder), _nobodys_hand_in():
            marks = {cell.name: _run(cell, space) for cell in self.cells if cell.kind == "code"}
        return {cell.name: marks[cell.name] for cell in self.tests}


@contextlib.contextmanager
def _nobodys_hand_in() -> Iterator[None]:
    """No learner is named in the environment."""
    learner = os.environ.pop("TECHSELL_LEARNER", None)
    try:
        yield
    finally:
        if learner is not None:
            os.environ["TECHSELL_LEARNER"] = learner


def _run(cell: Cell, space: dict[str, Any]) -> Mark:
    """nbgrader's rule: an error or a word on stderr earns nothing, a final number is partial credit."""
    out, err, error, result = io.StringIO(), io.StringIO(), None, None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        if cell.scored_by_machine:
            warnings.simplefilter("error")  # a warning of our own tests would reach stderr and cost the learner
        try:
            result = _execute(cell, space)
        except BaseException as raised:
            if not isinstance(raised, Exception):
                raise
            error = raised
    if error is not None or err.getvalue():
        text = err.getvalue() if error is None else str(error)
        return Mark(0.0, cell.points, text, out.getvalue(), type(error).__name__ if error else "stderr")
    points = cell.points if result is None else min(max(float(repr(result)), 0.0), cell.points)
    return Mark(points, cell.points, "", out.getvalue())


def _execute(cell: Cell, space: dict[str, Any]) -> Any:
    tree = ast.parse(cell.source)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"<{cell.id}>", "exec"), space)  # noqa: S102 - the cells are ours, the answers planted
    return None if last is None else eval(compile(last, f"<{cell.id}>", "eval"), space)  # noqa: S307


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", list(MODULES), scope="session")


@pytest.fixture(scope="session")
def sources() -> dict[str, Notebook]:
    """Every exercise as written, by module."""
    return {module: Notebook.read(EXERCISES / module / f"{module}.ipynb") for module in MODULES}


@pytest.fixture(scope="session")
def source(module: str, sources: dict[str, Notebook]) -> Notebook:
    return sources[module]


@pytest.fixture(scope="session")
def release() -> Callable[[str], dict[str, Any]]:
    """nbgrader's own learner version of a module's exercise, made in this process."""
    made: dict[str, dict[str, Any]] = {}

    def learners_version(module: str) -> dict[str, Any]:
        if module not in made:
            made[module] = _released(EXERCISES / module / f"{module}.ipynb")
        return json.loads(json.dumps(made[module]))  # a copy

    return learners_version


def _released(path: Path) -> dict[str, Any]:
    import nbformat
    from nbgrader import preprocessors as steps

    book, resources = nbformat.read(path, as_version=4), {"unique_key": path.stem, "nbgrader": {}}
    # nbgrader's order, without the steps that need its database
    for name in (
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "CheckCellMetadata",
    ):
        book, resources = getattr(steps, name)().preprocess(book, resources)
    return json.loads(nbformat.writes(book))


@pytest.fixture(scope="session")
def stub(module: str, release: Callable[[str], dict[str, Any]]) -> Notebook:
    """The released exercise, untouched."""
    return Notebook.of(module, release(module))


@pytest.fixture
def with_hidden_tests(source: Notebook) -> Callable[[Notebook], Notebook]:
    """A learner's notebook with the test cells put back from the source, as grading does."""

    def restore(notebook: Notebook) -> Notebook:
        locked = {cell.name: cell for cell in source.cells if cell.grade.get("locked")}
        return Notebook(notebook.module, tuple(locked.get(cell.name, cell) for cell in notebook.cells))

    return restore
