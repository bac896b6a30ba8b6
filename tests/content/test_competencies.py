"""Is everything that is scored evidence of something, and nothing mapped that does not exist?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from techsell import competencies
from techsell.competencies import Framework
from techsell.errors import ContentMissing, SyllabusInvalid
from techsell.roleplay import list_scenarios, load_scenario


@pytest.fixture(scope="module")
def framework(repository: Path) -> Framework:
    return competencies.load(repository / "course")


@pytest.fixture(scope="module")
def tasks(repository: Path) -> dict[str, str]:
    """`<module>/<task>` -> kind, from the grade cells of every exercise notebook."""
    found: dict[str, str] = {}
    for path in sorted((repository / "exercises").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            meta = cell["metadata"].get("nbgrader", {})
            if meta.get("grade"):
                task = meta["grade_id"].split("__")[0]
                kind = "role_play" if task.startswith("roleplay_") else "work_sample" if meta["solution"] else "machine"
                found[f"{path.stem}/{task}"] = kind
    return found


@pytest.fixture(scope="module")
def rubrics() -> dict[str, Any]:
    """Scenario id -> its criteria, graded scenarios only."""
    scenarios = (load_scenario(name) for name in list_scenarios())
    return {scenario.id: scenario.rubric for scenario in scenarios if scenario.graded}


def test_the_six_competencies_of_the_curriculum(framework: Framework) -> None:
    assert [competency.id for competency in framework.competencies] == ["C1", "C2", "C3", "C4", "C5", "C6"]


def test_every_task_and_every_rubric_line_is_mapped_and_nothing_else(
    framework: Framework, tasks: dict[str, str], rubrics: dict[str, Any]
) -> None:
    lines = {f"{scenario}/{line.id}" for scenario, rubric in rubrics.items() for line in rubric}
    assert tasks
    assert lines
    assert set(framework.items) == set(tasks) | lines


def test_kinds_agree_with_the_notebooks(framework: Framework, tasks: dict[str, str]) -> None:
    for item in framework.items.values():
        expected = {"machine": ("decision", "code")}.get(tasks.get(item.id, "rubric"), (tasks.get(item.id, "rubric"),))
        assert item.kind in expected, item.id


def test_weights_divide_a_whole(framework: Framework) -> None:
    for item in framework.items.values():
        assert all(weight > 0 for weight in item.weights.values()), item.id
        assert sum(item.weights.values()) == pytest.approx(1.0)


def test_a_role_play_is_worth_what_its_lines_are(framework: Framework, rubrics: dict[str, Any]) -> None:
    for item in framework.items.values():
        if item.kind != "role_play":
            continue
        scenario = item.name.removeprefix("roleplay_")
        whole = sum(line.weight for line in rubrics[scenario])
        expected: dict[str, float] = {}
        for line in rubrics[scenario]:
            for competency, weight in framework.item(f"{scenario}/{line.id}").weights.items():
                expected[competency] = expected.get(competency, 0.0) + weight * line.weight / whole
        assert dict(item.weights) == pytest.approx(expected), item.id


def test_items_know_where_they_belong(framework: Framework) -> None:
    item = framework.item("cobalt_ridge/R10")
    assert (item.owner, item.name, item.kind) == ("cobalt_ridge", "R10", "rubric")
    assert item in framework.of("cobalt_ridge")
    assert framework.of("nowhere") == ()


def test_an_item_that_is_not_mapped_is_named(framework: Framework) -> None:
    with pytest.raises(SyllabusInvalid, match="cobalt_ridge/R7"):
        framework.item("cobalt_ridge/R7")


def test_what_was_read_cannot_be_changed(framework: Framework) -> None:
    with pytest.raises(TypeError):
        framework.items["x/y"] = framework.item("cobalt_ridge/R1")  # type: ignore[index]
    with pytest.raises(TypeError):
        framework.item("cobalt_ridge/R1").weights["C1"] = 2.0  # type: ignore[index]


HEAD = "schema: 1\ncompetencies:\n  - {id: C1, title: One}\nitems:\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEAD + "  m/t: {title: T, kind: code, competencies: {C2: 1}}", ["no competency 'C2'"]),
        (HEAD + "  m/t: {title: T, kind: code, competencies: {C1: 0.5}}", ["add up to 0.5"]),
        (HEAD + "  m/t: {title: T, kind: code, competencies: {C1: -1}}", ["greater than 0"]),
        (HEAD + "  m/t: {title: T, kind: code, competencies: {C1: .nan}}", ["greater than 0"]),
        (HEAD + "  m/t: {title: T, kind: code, competencies: {}}", ["items.m/t.competencies"]),
        (HEAD + "  m/t: {title: T, kind: quiz, competencies: {C1: 1}, note: x}", [".kind", ".note"]),
        (
            HEAD + "  t: {title: T, kind: code, competencies: {C1: 1}}\n  u: {title: T, kind: code}",
            ["items.u.competencies"],
        ),
        (HEAD + "  t: {title: T, kind: code, competencies: {C1: 1}}", ["'t' is neither"]),
        (
            HEAD.replace("items", "  - {id: C1, title: Two}\nitems")
            + "  m/t: {title: T, kind: code, competencies: {C1: 1}}",
            ["twice"],
        ),
        ("schema: 2\ncompetencies: []\n", ["schema", "competencies", "items"]),
        ("schema: [1\n", ["line 2"]),
        ("", ["the file"]),
        ("schema: 1\nschema: 1\n", ["line 2"]),
        (" " * 1_000_001, ["larger"]),
    ],
)
def test_every_problem_is_named(text: str, problems: list[str]) -> None:
    with pytest.raises(SyllabusInvalid) as caught:
        competencies.parse(text.encode())
    for problem in problems:
        assert problem in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match="competency map"):
        competencies.load(tmp_path)


def test_importing_loads_neither_pydantic_nor_yaml() -> None:
    code = "import sys, techsell.competencies; print({'pydantic', 'ruamel'} & {n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
