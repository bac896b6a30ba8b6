"""Does the manifest say what the curriculum says, and is everything listed there and everything there listed?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from techsell import syllabus
from techsell.errors import ContentMissing, SyllabusInvalid, UsageError
from techsell.syllabus import Syllabus

# Curriculum, section 0: role-plays, decisions, code tasks, and whether a person marks a work sample.
CURRICULUM = {
    "mousetrap": (1, 2, 2, False),
    "finding_needs": (2, 2, 2, False),
    "discovery_conversation": (1, 2, 2, True),
    "voice_to_spec": (1, 2, 2, False),
    "brand_perception": (1, 2, 2, False),
    "value_in_money": (1, 2, 2, False),
    "value_messaging": (1, 2, 2, True),
    "brand_custodians": (1, 2, 2, False),
}
LESSON, DECISION, ROLE_PLAY, CODE, WORK_SAMPLE = 40, 25, 40, 40, 30


@pytest.fixture(scope="module")
def root(repository: Path) -> Path:
    return repository / "course"


@pytest.fixture(scope="module")
def course(root: Path) -> Syllabus:
    return syllabus.load(root)


def test_modules_are_those_of_the_curriculum_in_order(course: Syllabus) -> None:
    assert [module.id for module in course.modules] == [*CURRICULUM, "capstone"]
    assert [module.number for module in course.modules] == list(range(1, 10))
    assert [module.id for module in course.modules if module.state == "ready"] == ["discovery_conversation"]


@pytest.mark.parametrize("module_id", CURRICULUM)
def test_minutes_and_points_follow_the_rule(course: Syllabus, module_id: str) -> None:
    role_plays, decisions, code, marked = CURRICULUM[module_id]
    module = course.module(module_id)
    core = LESSON + decisions * DECISION + role_plays * ROLE_PLAY
    assert (module.minutes.core, module.minutes.full) == (core, core + code * CODE + WORK_SAMPLE)
    assert len(module.scenarios) == role_plays
    wanted = (50, 35, 15) if marked else (60, 40, 0)
    assert (module.points.exercises, module.points.role_play, module.points.work_sample) == wanted


def test_the_core_path_takes_at_most_thirty_hours(course: Syllabus) -> None:
    minutes = sum(module.minutes.core for module in course.modules) + sum(item.minutes for item in course.start)
    assert minutes <= 30 * 60


def test_derived_paths_and_numbers(course: Syllabus) -> None:
    module = course.module("discovery_conversation")
    assert module.folder == "03_discovery_conversation"
    assert module.lesson == "03_discovery_conversation/discovery_conversation.ipynb"
    assert module.exercise == "exercises/discovery_conversation/discovery_conversation.ipynb"
    assert [(step.id, step.notebook) for step in module.steps][-2:] == [
        ("cobalt_ridge", module.lesson),
        ("exercise", module.exercise),
    ]
    assert course.start[0].notebook == "00_start_here/first_call.ipynb"
    assert course.start[0].object == "start/first_call"


def test_everything_listed_as_ready_exists(course: Syllabus, root: Path, repository: Path) -> None:
    wanted = [root / "modules" / item.notebook for item in course.start]
    scenarios = [item.scenario for item in course.start if item.scenario]
    for module in course.modules:
        if module.state == "ready":
            wanted += [root / "modules" / module.lesson, repository / module.exercise]
            scenarios += module.scenarios
    wanted += [root / "techsell" / "scenarios" / f"{scenario}.yaml" for scenario in scenarios]
    assert [str(path.relative_to(repository)) for path in wanted if not path.is_file()] == []


def test_everything_that_exists_is_listed(course: Syllabus, root: Path, repository: Path) -> None:
    ready = [module for module in course.modules if module.state == "ready"]
    folders = {path.name for path in (root / "modules").iterdir() if path.is_dir()}
    assert folders == {syllabus.START_FOLDER, *(module.folder for module in ready)}
    notebooks = {path.relative_to(root / "modules").as_posix() for path in (root / "modules").glob("*/*.ipynb")}
    assert notebooks == {item.notebook for item in course.start} | {module.lesson for module in ready}
    assert {path.name for path in (repository / "exercises").iterdir() if path.is_dir()} == {
        module.id for module in ready
    }
    listed = {item.scenario for item in course.start} | {name for module in course.modules for name in module.scenarios}
    assert {path.stem for path in (root / "techsell" / "scenarios").glob("*.yaml")} <= listed


def test_every_cell_to_continue_at_is_in_its_notebook(course: Syllabus, root: Path) -> None:
    places = [(item.notebook, item.cell) for item in course.start if item.cell]
    places += [(step.notebook, step.cell) for module in course.modules for step in module.steps if step.cell]
    for notebook, cell in places:
        content = json.loads((root / "modules" / notebook).read_text(encoding="utf-8"))
        assert cell in [found["id"] for found in content["cells"]], f"{notebook} has no cell {cell!r}"


def test_turns_are_the_scenarios_budgets(course: Syllabus) -> None:
    from techsell.roleplay import load_scenario

    told = {item.scenario: item.turns for item in course.start if item.scenario}
    told |= {step.id: step.turns for module in course.modules for step in module.steps if step.kind == "role_play"}
    assert told == {name: load_scenario(name).budget.turns for name in told}


def test_an_unknown_module_gets_a_suggestion(course: Syllabus) -> None:
    with pytest.raises(
        UsageError, match=r"no module 'discovery_conversaton'\. Perhaps you meant 'discovery_conversation'"
    ):
        course.module("discovery_conversaton")
    with pytest.raises(UsageError, match="'techsell progress' lists them"):
        course.module("zzz")


def test_a_planned_module_cannot_be_worked_on(course: Syllabus) -> None:
    with pytest.raises(UsageError, match=r"planned and not written yet.*discovery_conversation"):
        course.ready("capstone")
    assert course.ready("discovery_conversation").number == 3


@pytest.fixture
def edited(root: Path, tmp_path: Path) -> Path:
    (tmp_path / "syllabus.yaml").write_text((root / "syllabus.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema: 1", "schema: 2", "schema: input should be less than or equal to 1"),
        ("state: ready", "state: almost", r"modules\[2\]\.state: input should be 'ready' or 'planned'"),
        (
            "    minutes: {core: 130, full: 240}",
            "    minuts: {core: 130, full: 240}",
            r"modules\[0\]\.minuts: there is no such key",
        ),
        ("prerequisites: [finding_needs]", "prerequisites: [capstone]", "'capstone' is not a module before it"),
        ("{exercises: 50, role_play: 35,", "{exercises: 55, role_play: 35,", "the points add up to 105"),
        ("        minutes: 25", "        minutes: 20", r"the steps take 125 minutes \(core\) and 235 \(full\)"),
        ("kind: exercise", "kind: reading", "exactly one exercise step"),
        ("      - id: cobalt_ridge", "      - id: cobalt", "named after one of the module's scenarios"),
        ("        turns: 24", "        turns: 0", "has turns"),
        ("  - id: mousetrap", "  - id: capstone", "the id 'capstone' is used twice"),
        ("  - id: mousetrap", "  - id: Mouse-trap", r"modules\[0\]\.id"),
        ("title: Technical selling for engineers", "title: [1", "line 1"),
        ("schema: 1", "schema: 1\nschema: 1", 'line 11: found duplicate key "schema"'),
        ("title: Technical selling for engineers", "title: !!python/name:os.system x", "could not determine"),
    ],
)
def test_a_fault_in_the_manifest_is_named(edited: Path, old: str, new: str, message: str) -> None:
    path = edited / "syllabus.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SyllabusInvalid, match=message) as caught:
        syllabus.load(edited)
    assert caught.value.place == str(path)


def test_all_faults_are_named_at_once(edited: Path) -> None:
    path = edited / "syllabus.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("state: planned", "state: soon").replace("schema: 1", "schema: one"), encoding="utf-8")
    with pytest.raises(SyllabusInvalid, match="The syllabus has 9 problems"):
        syllabus.load(edited)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"- 1", b"x" * 1_000_001, b"\x00"])
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "syllabus.yaml").write_bytes(data)
    with pytest.raises(SyllabusInvalid):
        syllabus.load(tmp_path)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match=r"no syllabus.yaml"):
        syllabus.load(tmp_path)


def test_a_changed_manifest_is_read_again(edited: Path) -> None:
    path = edited / "syllabus.yaml"
    assert syllabus.load(edited) is syllabus.load(edited)
    path.write_text(path.read_text(encoding="utf-8").replace("title: Finding needs", "title: Needs"), encoding="utf-8")
    assert syllabus.load(edited).modules[1].title == "Needs"
