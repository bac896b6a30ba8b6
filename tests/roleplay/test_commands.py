"""`techsell play`, `techsell transcript`, `techsell scenario` as a shell meets them.

Calls are played in real processes, by `run`. What only reads what was played is told in this one, by `told`: a process
needs the better part of a second to load a scenario and the recogniser.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.cli import main
from techsell.errors import Problem
from techsell.roleplay import Conversation, list_scenarios, load_scenario, verify
from techsell.roleplay.load import scenario_path
from techsell.workspace import Workspace

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Told = Callable[..., tuple[int, str]]
KEYS = "1\n2\nh\n0\n3\nu\n1\nn\n4\n0\n0\n2\n1\n1\n5\nb\n6\nq\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("play", "cobalt_ridge", keys="1\\nq\\n")` in an empty folder outside any workspace."""

    def techsell(
        *words: str, keys: str = "", cwd: Path = tmp_path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if key != "TECHSELL_WORKSPACE"}
        return subprocess.run(
            [sys.executable, "-m", "techsell", *words],
            input=keys,
            capture_output=True,
            encoding="utf-8",
            cwd=cwd,
            env=environment | {"PYTHONIOENCODING": "utf-8", "HOME": str(tmp_path)} | variables,
            check=False,
        )

    return techsell


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """`told("transcript", "verify", path)`: exit code and what the command says, without a process of its own."""

    def techsell(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main(list(words))
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, capsys.readouterr().out

    return techsell


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """As much of a workspace as a conversation needs: whose it is and where things go."""
    root = tmp_path / "course"
    for folder in (".techsell", "transcripts"):
        (root / folder).mkdir(parents=True)
    (root / ".techsell" / "learner.json").write_text('{"schema": 1, "learner": "L-TEST22"}')
    return Workspace.find(root)


def without_clock(path: Path) -> list[str]:
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [json.dumps({key: value for key, value in event.items() if key != "clock"}) for event in events]


def test_the_same_keys_give_the_same_bytes_and_the_same_score(run: Run, tmp_path: Path) -> None:
    """Two processes with different hash seeds; only the clock differs."""
    screens, bare, scores = [], [], []
    for name, hash_seed in (("a", "1"), ("b", "4242")):
        folder = tmp_path / name
        folder.mkdir()
        done = run("play", "cobalt_ridge", "--seed", "1", keys=KEYS, cwd=folder, PYTHONHASHSEED=hash_seed)
        assert done.returncode == 0, done.stderr
        screens.append(done.stdout.replace(str(folder), ""))
        path = folder / "cobalt_ridge.transcript.jsonl"
        bare.append(without_clock(path))
        scored = run("transcript", "score", str(path), "--json", PYTHONHASHSEED=hash_seed)
        scores.append(json.loads(scored.stdout)[0]["scorecard"])
    assert screens[0] == screens[1]
    assert bare[0] == bare[1]
    assert scores[0] == scores[1]


def test_a_transcript_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    for _ in range(3):
        done = run("play", "cobalt_ridge", "--seed", "1", keys="q\n")
        assert done.returncode == 0
    names = sorted(path.name for path in tmp_path.glob("*.jsonl"))
    assert names == [f"cobalt_ridge{number}.transcript.jsonl" for number in ("-2", "-3", "")]
    assert done.stdout.splitlines()[-1] == f"Transcript: {tmp_path / 'cobalt_ridge-3.transcript.jsonl'}"
    done = run("play", "cobalt_ridge", "--out", names[0], keys="q\n")
    assert (done.returncode, "never overwritten" in done.stderr) == (2, True)
    assert not list(tmp_path.glob("*.lock"))


def test_a_call_cut_off_is_gone_on_with(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    assert run("play", "cobalt_ridge", "--seed", "2", "--out", str(path), keys="1\n1\n").returncode == 0
    done = run("play", "cobalt_ridge", "--resume", str(path), keys="1\nq\n")
    assert done.returncode == 0, done.stderr
    assert "turn 2 of 24" in done.stdout
    found = verify(path.read_bytes())
    assert found.sound
    assert found.sessions[0].finished


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["play", "cobalt_rigde"], 1, "Did you mean 'cobalt_ridge'"),
        (["play", "cobalt_ridge", "--mode", "exam"], 2, "no mode 'exam'"),
        (["play", "cobalt_ridge", "--seed", "-1"], 2, "--seed"),
        (["play", "cobalt_ridge", "--mode", "declared"], 1, "techsell learn"),
        (["play", "cobalt_ridge", "--mode", "declared", "--seed", "1"], 2, "its own seed"),
        (["play", "cobalt_ridge", "--resume", "no.jsonl"], 2, "no transcript to go on with"),
        (["play", "cobalt_ridge", "--resume", "no.jsonl", "--seed", "1"], 2, "as it was begun"),
        (["play", "cobalt_ridge", "--out", "no/such/folder.jsonl"], 2, "no such folder"),
        (["transcript", "score", "no.jsonl"], 1, "cannot be read"),
        (["transcript", "verify", "bad.jsonl"], 1, "is no transcript"),
        (["scenario", "lint", "no.yaml"], 1, "no scenario file"),
        (["scenario", "schema", "--out", "no/such/file.json"], 2, "cannot be written"),
    ],
)
def test_a_wrong_word_gets_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    message: str,
) -> None:
    (tmp_path / "bad.jsonl").write_text("hello\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TECHSELL_WORKSPACE", str(tmp_path / "none"))
    with pytest.raises(SystemExit) as stopped:
        main(words)
    said = capsys.readouterr().err
    assert stopped.value.code == code, said
    assert message in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("cobalt_ridge*"))


def test_bytes_that_are_no_letters_do_no_harm(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "techsell", "play", "cobalt_ridge", "--seed", "1"],
        input=b"\xff\xfe\n1\nq\n",
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"turn 1 of 24" in done.stdout


def test_a_transcript_is_scored_replayed_and_verified_again(run: Run, told: Told, tmp_path: Path) -> None:
    run("play", "cobalt_ridge", "--seed", "1", keys=KEYS)
    path = tmp_path / "cobalt_ridge.transcript.jsonl"
    scored = told("transcript", "score", str(path))[1]
    assert "of 100, " in scored
    assert "R3" in scored
    replayed = told("transcript", "replay", str(path))[1]
    assert "You took back turn" in replayed
    assert "Tomasz Wrona: " in replayed
    assert told("transcript", "verify", str(path))[0] == 0
    lines = path.read_text("utf-8").splitlines()
    lines[3] = lines[3].replace("text", "texd", 1)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    done = run("transcript", "verify", str(path))
    assert done.returncode == 1
    assert "line 4: the line was edited" in done.stdout
    plain = json.loads(told("transcript", "verify", str(path), "--json")[1])
    assert plain["sound"] is False
    assert told("transcript", "score", str(path))[0] == 0, "what stands is still scored"


@pytest.mark.slow
def test_lint_without_names_is_of_all_that_is_shipped(
    told: Told, linted: Callable[[str], tuple[Problem, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With bots and examples, which takes long: what lint says of each file is found once for all tests."""

    def known(raw: bytes, file: str, stem: str, *, play: bool) -> tuple[Problem, ...]:
        assert (raw, file, play) == (scenario_path(stem).read_bytes(), f"{stem}.yaml", True)
        return linted(stem)

    monkeypatch.setattr("techsell.roleplay.author.lint.lint", known)
    code, said = told("scenario", "lint")
    assert code == 0, "what is shipped is clean"
    assert re.findall(r"^(\w+)\.yaml: (?:no problems|\d+ warnings?)$", said, re.MULTILINE) == list(list_scenarios())
    good = shutil.copy(scenario_path("cobalt_ridge"), tmp_path)
    assert told("scenario", "lint", str(good))[0] == 0


def test_lint_lists_every_problem(run: Run, told: Told, tmp_path: Path) -> None:
    good = shutil.copy(scenario_path("cobalt_ridge"), tmp_path)
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        Path(good).read_text("utf-8").replace("pass_mark", "pass_mrak").replace("holder: dana", "holder: dnaa", 1)
    )
    done = run("scenario", "lint", str(good), str(bad))
    assert done.returncode == 1
    assert "Did you mean 'pass_mark'?" in done.stdout
    assert "bad.yaml: 3 problems" in done.stdout
    assert re.search(r"cobalt_ridge.yaml: (no problems|\d+ warnings?)", done.stdout)
    plain: dict[str, Any] = json.loads(told("scenario", "lint", str(bad), "--json")[1])
    assert [problem["code"] for problem in plain["problems"]] == ["TS307", "TS201", "TS301"]
    assert all(problem["file"] == "bad.yaml" and problem["line"] > 0 for problem in plain["problems"])


def test_the_schema_is_written_or_printed(run: Run, told: Told, tmp_path: Path) -> None:
    code, printed = told("scenario", "schema")
    assert code == 0
    assert run("scenario", "schema", "--out", "schema.json").returncode == 0
    assert (tmp_path / "schema.json").read_text("utf-8") == printed
    assert json.loads(printed)["title"] == "Scenario"


def test_the_score_of_typed_lines_comes_with_its_interval(run: Run, told: Told, tmp_path: Path) -> None:
    """What is typed is read by the package's recogniser; score, verify and replay read it alike."""
    keys = "What troubles you about the seals?\nSo it is always the seals.\nqwertz uiop\nyxcvb nm\nq\n"
    done = run("play", "cobalt_ridge", "--seed", "3", keys=keys)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "cobalt_ridge.transcript.jsonl"
    assert '"LearnerSaid"' in path.read_text("utf-8")
    card = json.loads(told("transcript", "score", str(path), "--json")[1])[0]["scorecard"]
    assert card["low"] <= card["total"] <= card["high"]
    assert card["picked"] == 0
    assert told("transcript", "verify", str(path))[0] == 0
    assert "Tomasz Wrona: " in told("transcript", "replay", str(path))[1]


@pytest.mark.parametrize("words", [("score",), ("replay",), ("verify",), ("debrief",)])
def test_a_call_read_by_a_recogniser_that_is_gone_says_so_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ears: Any, words: tuple[str, ...]
) -> None:
    """It is not scored or verified by what is only noted; what was said can still be looked at."""
    scenario = load_scenario("first_call")
    talk = Conversation.start(scenario, seed=1, recogniser=ears)
    talk.pick(talk.menu()[0].option)
    talk.say(talk.menu()[0].option)
    path = tmp_path / "old.jsonl"
    path.write_text(talk.transcript())

    with pytest.raises(SystemExit) as stopped:
        main(["transcript", *words, str(path)])

    shown = capsys.readouterr().out
    assert "line 5: the recogniser ears that read this is not known here" in shown
    assert stopped.value.code == (1 if words == ("verify",) else 0)
    if words == ("score",):
        assert "It has no score here; a person has to look." in shown
    if words == ("replay",):
        assert talk.log[-1].text in shown


def test_a_practice_call_hears_of_earlier_ones(run: Run, workspace: Workspace) -> None:
    """Inside a workspace the terminal's practice begins with the ledger of finished calls."""
    entry = {"about": "overclaim", "company": "Lindqvist Paper"}
    with workspace.store() as store:
        store.append("completed", "value_in_money/lindqvist", result={"ledger": [entry]})
    done = run("play", "cobalt_ridge", "--seed", "1", keys="q\n", cwd=workspace.root)
    assert done.returncode == 0, done.stderr
    first = json.loads((workspace.transcripts / "cobalt_ridge.transcript.jsonl").read_text("utf-8").splitlines()[0])
    assert first["data"]["ledger"] == [entry]


def test_a_declared_attempt_is_counted_by_the_workspace(run: Run, tmp_path: Path, workspace: Workspace) -> None:
    """Stopped half way it goes on; ended it is in the store, in the transcripts and in the learner's progress."""
    words = ("play", "cobalt_ridge", "--mode", "declared")
    run(*words, keys="", cwd=workspace.root)
    first = run(*words, keys="1\n1\n", cwd=workspace.root)
    assert first.returncode == 0, first.stderr
    assert "Not finished: the same command goes on with it." in first.stdout
    second = run(*words, keys="1\nq\n", cwd=workspace.root)
    assert "turn 2 of 24" in second.stdout
    third = run(*words, keys="q\n", cwd=workspace.root)
    assert "declared attempt 2 of 3" in third.stdout
    with workspace.store() as store:
        infos = [(info.key, info.over, info.turns) for info in store.conversations("cobalt_ridge")]
        assert infos == [("cobalt_ridge/declared/1", True, 3), ("cobalt_ridge/declared/2", True, 0)]
        done = store.events(object="discovery_conversation/cobalt_ridge", verb="completed")
        assert [event.result["attempt"] for event in done] == [1, 2]
        assert [event.result["ledger"] for event in done] == [[], []]
    played = next(path for path in workspace.transcripts.glob("*.jsonl") if len(path.read_bytes().splitlines()) > 6)
    scored = run("transcript", "score", str(played), cwd=workspace.root)
    assert "100 % of the turns were picked from the menu; what they earn counts 70 %" in scored.stdout
    assert len(list(workspace.transcripts.glob("cobalt_ridge*.jsonl"))) == 4
    run(*words, keys="q\n", cwd=workspace.root)
    fourth = run(*words, keys="q\n", cwd=workspace.root)
    assert fourth.returncode == 1
    assert "All 3 declared attempts" in fourth.stderr
