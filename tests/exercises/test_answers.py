"""Does the reference earn everything, the stub nothing, and each planted answer exactly what it deserves?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def lost(notebook: Any, folder: Path) -> dict[str, Any]:
    """Marks of the automatic cells that did not earn everything."""
    marks = notebook.run(folder)
    return {cell.name: marks[cell.name] for cell in notebook.automatic if marks[cell.name].points < cell.points}


def test_the_reference_earns_every_automatic_point(source: Any, tmp_path: Path) -> None:
    assert lost(source, tmp_path) == {}


def test_the_stub_earns_nothing_anywhere(stub: Any, with_hidden_tests: Callable[[Any], Any], tmp_path: Path) -> None:
    notebook = with_hidden_tests(stub)
    marks = notebook.run(tmp_path)
    assert marks
    assert {name: mark.points for name, mark in marks.items()} == dict.fromkeys(marks, 0.0)


def test_an_untouched_exercise_says_what_to_do(
    stub: Any, with_hidden_tests: Callable[[Any], Any], tmp_path: Path
) -> None:
    """Every check of the untouched exercise fails with one of our sentences, not with a Python error."""
    marks = with_hidden_tests(stub).run(tmp_path)
    said = {name: mark.error for name, mark in marks.items() if not name.startswith("roleplay_")}
    assert set(said.values()) == {"CheckFailed"}, said


def test_a_wrong_answer_loses_exactly_its_own_test(wrong: Any, sources: Any, tmp_path: Path) -> None:
    notebook = sources[wrong.module].answered(wrong.task, wrong.source)
    assert sorted(lost(notebook, tmp_path)) == [wrong.loses]


def test_a_wrong_answer_is_told_its_misconception(wrong: Any, sources: Any, tmp_path: Path) -> None:
    """The message is ours, names what was looked at and a next step, and gives no line of the hidden test away."""
    notebook = sources[wrong.module].answered(wrong.task, wrong.source)
    mark = lost(notebook, tmp_path)[wrong.loses]
    assert mark.error == "CheckFailed", mark.message
    assert mark.message.startswith(("Called ", "Read "))
    assert "; wanted " in mark.message
    assert mark.message.endswith((".", "?"))
    assert ".." not in mark.message
    assert len(mark.message) < 500
    hidden = [line.strip() for cell in notebook.automatic for line in cell.source.splitlines()]
    assert [line for line in hidden if len(line) >= 6 and line in mark.message] == []


@pytest.mark.filterwarnings("ignore::Warning:__main__")  # learners' code may warn: a right answer stays right
def test_another_right_answer_earns_everything(right: Any, sources: Any, tmp_path: Path) -> None:
    assert lost(sources[right.module].answered(right.task, right.source), tmp_path) == {}


def test_every_hidden_test_has_a_wrong_answer(source: Any) -> None:
    here = Path(__file__).parent / "wrong" / source.module
    planted = {path.name.split(".")[0] for path in here.glob("*.py")}
    assert planted == {cell.name for cell in source.automatic if "__" in cell.name}


def test_every_task_has_three_other_right_answers(source: Any) -> None:
    here = Path(__file__).parent / "right" / source.module
    tasks = {cell.task for cell in source.automatic}
    planted = [path.name.split(".")[0] for path in here.glob("*.py")]
    assert {task: planted.count(task) >= 3 for task in tasks} == dict.fromkeys(tasks, True)
    assert set(planted) <= tasks
