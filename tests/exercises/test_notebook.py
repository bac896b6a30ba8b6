"""Is an exercise notebook in order, beyond what `techsell grade --check` proves of it (`test_answers.py`)?"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest


def hints_of(source: Any) -> list[str]:
    return [cell.source for cell in source.cells if "<details>" in cell.source]


def test_points_are_whole(source: Any) -> None:
    points = [cell.points for cell in source.cells if cell.grade.get("grade")]
    assert all(value == int(value) for value in points)


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
