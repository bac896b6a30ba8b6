"""Is an exercise notebook in order, and does its learner's version give nothing away?"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ALLOWED = {"pandas", "numpy", "techsell.check", "techsell.datasets"}
NEVER_SHOWN = re.compile(r"BEGIN|END HIDDEN|SOLUTION")


def region(source: str, name: str) -> list[str]:
    """Lines between the markers of a region, stripped."""
    found, inside = [], False
    for line in source.splitlines():
        if f"BEGIN {name}" in line:
            inside = True
        elif f"END {name}" in line:
            inside = False
        elif inside:
            found.append(line.strip())
    return found


def hints_of(source: Any) -> list[str]:
    return [cell.source for cell in source.cells if "<details>" in cell.source]


def test_points_are_whole_and_add_up(source: Any) -> None:
    points = [cell.points for cell in source.cells if cell.grade.get("grade")]
    assert all(value == int(value) and value > 0 for value in points)
    assert sum(points) == 100


def test_points_go_where_the_contract_puts_them(source: Any, repository: Path) -> None:
    from techsell import competencies, content, syllabus

    framework = competencies.load(repository / "course")
    module = syllabus.load(content.root(repository / "course")).ready(source.module)
    by_kind: dict[str, float] = {}
    for cell in source.cells:
        if cell.grade.get("grade"):
            kind = framework.item(f"{source.module}/{cell.task}").kind
            by_kind[kind] = by_kind.get(kind, 0.0) + cell.points
    assert by_kind["role_play"] == module.points.role_play
    assert by_kind.get("work_sample", 0) == module.points.work_sample
    assert by_kind["decision"] >= 30
    assert by_kind["code"] + by_kind["decision"] == module.points.exercises


def test_grade_cells_are_named_after_their_task(source: Any) -> None:
    """One visible cell per task, hidden ones after it and named `<task>__<misconception>`, one answer before it."""
    names = [cell.name for cell in source.cells if cell.name]
    assert len(set(names)) == len(names)
    for cell in source.automatic:
        assert re.fullmatch(r"[a-z][a-z0-9_]*?(__[a-z][a-z0-9_]*)?", cell.name), cell.name
        hidden = bool(region(cell.source, "HIDDEN TESTS"))
        assert hidden is ("__" in cell.name), cell.name
        assert names.index(f"{cell.task}_answer") < names.index(cell.task) <= names.index(cell.name)


def test_a_hidden_cell_is_hidden_from_its_first_line(source: Any) -> None:
    for cell in source.automatic:
        if "__" in cell.name:
            lines = cell.source.splitlines()
            assert lines[0].startswith("# ")
            assert lines[1].strip() == "### BEGIN HIDDEN TESTS", cell.name
            assert lines[-1].strip() == "### END HIDDEN TESTS", cell.name


def test_tests_import_what_the_grader_has(source: Any) -> None:
    for cell in source.cells:
        if cell.kind != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name in ALLOWED or name.split(".")[0] in sys.stdlib_module_names, f"{cell.id}: {name}"


def test_a_hidden_test_needs_no_other_cell(source: Any) -> None:
    """It uses the learner's answer and what it makes itself: no name that another test or the setup defines."""
    builtin = set(dir(__builtins__)) | set(__builtins__) if isinstance(__builtins__, dict) else set(dir(__builtins__))
    for cell in source.automatic:
        tree = ast.parse(cell.source)
        stored = {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        }
        stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        stored |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                stored |= {alias.asname or alias.name for alias in node.names}
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        assert read - stored - builtin == {cell.task}, cell.name


def test_tolerances_stand_beside_the_reference(source: Any) -> None:
    for cell in source.automatic:
        if "__" in cell.name and "rtol=" in cell.source:
            assert "TOLERANCE = " in cell.source, cell.name


def test_anchors_of_a_work_sample_stand_in_a_locked_cell_before_it(source: Any) -> None:
    samples = [cell for cell in source.cells if cell.grade.get("grade") and cell.grade.get("solution")]
    for sample in samples:
        anchors = source.cell(f"{sample.name}_anchors")
        assert anchors.kind == sample.kind == "markdown"
        assert anchors.grade["locked"] is True
        assert source.cells.index(anchors) < source.cells.index(sample)
        for word in ("absent", "assertion", "evidence cited", "limitation"):
            assert word in anchors.source, word


def test_every_task_has_an_example_and_three_hints(source: Any) -> None:
    tasks = {cell.task for cell in source.cells if cell.grade.get("grade")}
    for task in tasks:
        text = source.cell(f"{task}_task").source
        for word in ("**What goes in.**", "**What comes out.**", "Example, by hand"):
            assert word in text, f"{task}: {word}"
    assert [text.count("<details>") for text in hints_of(source)] == [3] * len(tasks)
    assert all(text.count("</details>") == 3 for text in hints_of(source))


def test_the_file_is_as_git_should_have_it(repository: Path, module: str) -> None:
    path = repository / "exercises" / module / f"{module}.ipynb"
    text = path.read_text(encoding="utf-8")
    book = json.loads(text)
    assert text == json.dumps(book, indent=1, ensure_ascii=False) + "\n"
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    for cell in book["cells"]:
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,63}", cell["id"]), cell["id"]
        assert not cell.get("outputs")
        if "nbgrader" in cell["metadata"]:
            assert cell["metadata"]["nbgrader"]["schema_version"] == 3


# --- the learner's version ------------------------------------------------------------------------------------------


def secrets(source: Any, name: str) -> set[str]:
    """Lines of a region that say something."""
    lines = {line for cell in source.cells for line in region(cell.source, name)}
    return {
        line for line in lines if len(line) > 12 and not line.startswith(("import ", "from ")) and line[-1] not in "{[("
    }


def test_the_release_holds_no_line_of_a_hidden_test(source: Any, release: Callable[[str], dict[str, Any]]) -> None:
    """Not in any cell, nor in metadata; what a check of form says in public is no secret."""
    whole = json.dumps(release(source.module), ensure_ascii=False)
    public = {line.strip() for cell in source.cells if "__" not in cell.name for line in cell.source.splitlines()}
    hidden = secrets(source, "HIDDEN TESTS") - public
    assert len(hidden) > 100
    assert [line for line in hidden if json.dumps(line, ensure_ascii=False)[1:-1] in whole] == []
    assert not NEVER_SHOWN.search(whole)


def test_the_release_holds_no_line_of_a_solution(source: Any, stub: Any) -> None:
    """The last hint nearly gives it away, on purpose; nothing else does."""
    solved = secrets(source, "SOLUTION")
    assert len(solved) > 20
    shown = "\n".join(cell.source for cell in stub.cells if "<details>" not in cell.source)
    assert [line for line in solved if line in shown] == []


def test_the_release_raises_until_it_is_answered(stub: Any) -> None:
    """Code tasks raise NotImplementedError when called, decision sheets while a row is empty."""
    for cell in stub.cells:
        if cell.kind == "code" and cell.name.endswith("_answer"):
            assert "raise NotImplementedError" in cell.source, cell.name


def test_a_filled_sheet_raises_no_more(stub: Any, source: Any) -> None:
    """A learner fills the form above the stub and leaves the rest as it is."""
    answers = {
        "next_move": ('("", "")', '("b", "problem")'),
        "qualify": ('"stage": None, "gaps": [], "bid": ""', '"stage": 2, "gaps": ["champion"], "bid": "no-bid"'),
    }
    for task, (empty, filled) in answers.items():
        cell = stub.cell(f"{task}_answer").source
        lines = [line if line.startswith("if ") else line.replace(empty, filled) for line in cell.splitlines()]
        space: dict[str, Any] = {}
        exec("\n".join(lines), space)  # noqa: S102 - our own cell
        exec(source.cell(task).source, space)  # noqa: S102


def test_what_is_asked_for_can_be_imported_from_nowhere(source: Any, repository: Path) -> None:
    """`techsell.lessons` is not on the grader's machine; nothing else defines what a task asks for."""
    tasks = {cell.task for cell in source.automatic}
    for path in sorted((repository / "course" / "techsell").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert node.name not in tasks, path
            if isinstance(node, ast.Assign):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
                assert not names & tasks, path


@pytest.mark.parametrize("word", ["sys.modules", "get_ipython", "__import__", "open(", "eval(", "exec("])
def test_tests_use_no_back_doors(source: Any, word: str) -> None:
    assert [cell.name for cell in source.tests if word in cell.source] == []
