"""What do `techsell progress` and `techsell submit` print, and with which exit code?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from techsell import cli, hand_in, syllabus
from techsell.commands import _Consoles, console
from techsell.progress import summary
from techsell.workspace import Workspace

M3 = "discovery_conversation"


@pytest.fixture(autouse=True)
def fresh_consoles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consoles are made at first use; here they must write to what pytest captures."""
    monkeypatch.setattr(console, "_made", _Consoles()._made)
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command: (exit code, standard output, standard error)."""

    def call(*words: str) -> tuple[int, str, str]:
        try:
            cli.main(list(words))
            code: object = 0
        except SystemExit as ended:
            code = ended.code or 0
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        return code, out, err

    return call


@pytest.fixture
def inside(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(workspace.root)
    return workspace


RESULT = {
    "module": M3,
    "learner": "L-7F3K2Q",
    "graded": True,
    "score": 56.5,
    "max": 100.0,
    "waiting": ["call_plan"],
    "notes": [],
    "tasks": [
        {
            "id": "talk_metrics",
            "title": "Who talked, and how",
            "kind": "code",
            "points": 5.0,
            "max": 10.0,
            "checks": [
                {"id": "talk_metrics", "passed": True, "points": 5.0, "max": 5.0, "message": ""},
                {
                    "id": "talk_metrics__turns",
                    "passed": False,
                    "points": 0.0,
                    "max": 5.0,
                    "message": "Turns were counted [not time]: a short yes weighs as much as a speech.",
                },
            ],
        },
        {
            "id": "qualify",
            "title": "Qualify four deals",
            "kind": "decision",
            "points": 0.0,
            "max": 15.0,
            "checks": [
                {"id": name, "passed": False, "points": 0.0, "max": 7.5, "message": "Not answered yet."}
                for name in ("qualify", "qualify__champion")
            ],
        },
        {"id": "call_plan", "title": "Call plan", "kind": "work_sample", "points": None, "max": 15.0, "checks": []},
    ],
}


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_in, "_grader_at_hand", lambda: True)
    grader = SimpleNamespace(submit_now=lambda _data, _learner: json.loads(json.dumps(RESULT)))
    monkeypatch.setitem(sys.modules, "techsell_grading.take_in", grader)


def test_progress_says_where_and_what_next(inside: Workspace, run: Any) -> None:
    with inside.store() as store:
        store.append("predicted", f"{M3}/closing_effect", result={"probability": 80})
        store.append("scored", f"{M3}/exercise", result={"score": 71, "max": 100, "waiting": ["call_plan"]})
    code, out, err = run("progress")
    assert (code, err) == (0, "")
    row = next(line for line in out.splitlines() if "The discovery conversation" in line and "Next" not in line)
    assert "◐ 61 %" in row
    assert "71 of 100 (1 to mark)" in row
    assert "50 min" in row
    assert "Next: 3 The discovery conversation › Four kinds of question" in out
    assert out.count("planned") == 8


def test_progress_in_json_is_the_summary(inside: Workspace, run: Any, small_course: Any) -> None:
    with inside.store() as store:
        store.append("answered", f"{M3}/spin_kinds/q1")
        wanted = summary.course(syllabus.load(small_course.root), store).as_dict()
    code, out, _ = run("progress", "--json")
    assert (code, json.loads(out)) == (0, wanted)


def test_progress_with_everything_done(inside: Workspace, run: Any) -> None:
    with inside.store() as store:
        for step in ("closing_effect:predicted", "spin_kinds:completed", "exercise:submitted"):
            store.append(step.split(":")[1], f"{M3}/{step.split(':')[0]}")
        store.append("completed", f"{M3}/cobalt_ridge", result={"mode": "declared"})
        store.append("completed", "start/first_call", result={"mode": "practice"})
    _, out, _ = run("progress")
    assert "● done" in out
    assert "Everything that is ready is done" in out


def test_progress_of_another_workspace(workspace: Workspace, run: Any, tmp_path: Path) -> None:
    code, out, _ = run("progress", "--workspace", str(workspace.root))
    assert code == 0
    assert "Next: Your first call" in out
    code, _, err = run("progress", "--workspace", str(tmp_path / "nowhere"))
    assert code == 1
    assert "There is no course workspace here" in err
    assert "techsell learn" in err


def test_progress_on_a_damaged_store_is_a_sentence(inside: Workspace, run: Any) -> None:
    inside.progress.write_bytes(b"oh no")
    code, _, err = run("progress")
    assert code == 1
    assert "Move the file away" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("graded")
def test_submit_shows_score_tasks_and_where_the_feedback_is(inside: Workspace, run: Any) -> None:
    code, out, _ = run("submit", M3)
    assert code == 0
    assert f"{M3}: 56.5 of 100 points; 15 more wait for a person." in out
    assert "Who talked, and how: 5 of 10" in out
    assert "  - Turns were counted [not time]: a short yes weighs as much as a speech." in out
    assert out.count("Not answered yet.") == 1, "what two checks say is said once"
    assert "Call plan: waits for a person" in out
    assert "Note: No role-play" in out
    assert f"Feedback: {inside.feedback / M3}.json" in out
    assert f"{M3}-001.zip" in out


@pytest.mark.usefixtures("graded")
def test_submit_in_json_is_what_the_feedback_holds(inside: Workspace, run: Any) -> None:
    code, out, _ = run("submit", M3, "--json", "--workspace", str(inside.root))
    shown = json.loads(out)
    assert code == 0
    assert shown == json.loads((inside.feedback / f"{M3}.json").read_text())
    assert shown["tasks"] == RESULT["tasks"]


def test_submit_without_a_grader_says_what_to_send(
    inside: Workspace, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_in, "_grader_at_hand", lambda: False)
    code, out, _ = run("submit", M3)
    assert code == 0
    assert "handed in, not graded yet" in out
    assert "Send this file to your trainer" in out


def test_submit_of_a_module_that_is_not_there_is_wrong_usage(inside: Workspace, run: Any) -> None:
    code, _, err = run("submit", "discovery")
    assert code == 2
    assert "Perhaps you meant" in err or "lists them" in err
    code, _, err = run("submit", "capstone")
    assert (code, "planned" in err) == (2, True)
    assert list(inside.hand_ins.iterdir()) == []


def test_submit_with_the_notebook_gone_is_a_sentence(inside: Workspace, run: Any) -> None:
    inside.exercise(M3).unlink()
    code, _, err = run("submit", M3)
    assert code == 1
    assert "techsell learn" in err


@pytest.mark.parametrize("command", ["progress", "submit"])
def test_help_has_an_example(run: Any, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: techsell {command}" in " ".join(out.split())


def test_the_commands_cost_nothing_until_they_run() -> None:
    """Importing the command files loads neither pydantic nor the store."""
    code = (
        "import sys, techsell.commands.progress, techsell.commands.submit\n"
        "print(sorted({'pydantic', 'ruamel', 'sqlite3', 'techsell.progress'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
