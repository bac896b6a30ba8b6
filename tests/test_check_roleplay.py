"""Does the role-play cell tell a learner what the best declared call is worth, whatever lies beside it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.check import roleplay_points
from techsell.check.roleplay import roleplay_preview
from techsell.roleplay import Conversation, MemoryJournal, assess_hand_in, declared_seed, load_scenario
from techsell.workspace import Workspace

NAME = "cobalt_ridge.transcript.jsonl"
LEARNER = "L-TEST42"


def play(attempt: int, picks: int, learner: str = LEARNER, mode: str = "declared") -> str:
    """A call in which the first line of the menu is picked so many times, as its transcript."""
    scenario, journal = load_scenario("cobalt_ridge"), MemoryJournal()
    seed = declared_seed(learner, scenario.id, attempt)
    call = Conversation.start(scenario, seed=seed, mode=mode, learner=learner, attempt=attempt, journal=journal)
    for _ in range(picks):
        if not call.over:
            call.pick(call.menu()[attempt % 2].option)
    if not call.over:
        call.hang_up()
    return "".join(f"{line}\n" for line in journal.read())


def best_of(transcript: str) -> float:
    scenario = load_scenario("cobalt_ridge")
    found = assess_hand_in(transcript, scenario_id="cobalt_ridge", learner=LEARNER, pins=lambda sha: scenario)
    assert found.best is not None
    return found.best


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a transcript (and whose hand-in it is) beside the notebook; returns the transcript's path."""
    monkeypatch.delenv("TECHSELL_LEARNER", raising=False)

    def put(transcript: str | bytes | None, learner: str = LEARNER) -> Path:
        if transcript is not None:
            data = transcript.encode() if isinstance(transcript, str) else transcript
            (tmp_path / NAME).write_bytes(data)
        (tmp_path / "hand_in.json").write_text(json.dumps({"learner": learner}), encoding="utf-8")
        return tmp_path / NAME

    return put


def test_the_best_declared_call_counts(beside: Callable[..., Path]) -> None:
    transcript = play(1, 2) + play(2, 12) + play(3, 5)
    best = best_of(transcript)
    assert best > 0
    points, text = roleplay_preview("cobalt_ridge", beside(transcript), 35)
    assert points == pytest.approx(best * 0.35, abs=0.006)
    assert text.startswith("cobalt_ridge: ")
    assert f"The best counts: {points:g} of 35 points here." in text
    assert "Where most can be gained" in text


def test_points_are_printed_and_returned(beside: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    points = roleplay_points("cobalt_ridge", beside(play(1, 8)), 35)
    assert type(points) is float
    assert 0.0 <= points <= 35.0
    shown = capsys.readouterr()
    assert "of 35 points here" in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(
    ("transcript", "words"),
    [
        (None, "No declared call with cobalt_ridge yet"),
        ("", "No declared call with cobalt_ridge yet"),
        ("\n \n", "No declared call with cobalt_ridge yet"),
        ("not a transcript", "line 1"),
        (b"\xff\xfe\x00", "line 1"),
        (b"\x00" * 100, "line 1"),
    ],
)
def test_without_a_call_one_sentence_says_what_to_do(
    transcript: str | bytes | None, words: str, beside: Callable[..., Path]
) -> None:
    points, text = roleplay_preview("cobalt_ridge", beside(transcript), 35)
    assert points == 0.0
    assert words in text


def test_practice_earns_nothing_and_says_so(beside: Callable[..., Path]) -> None:
    points, text = roleplay_preview("cobalt_ridge", beside(play(1, 8, mode="practice")), 35)
    assert points == 0.0
    assert "practice" in text


def test_another_learners_call_goes_to_a_person(beside: Callable[..., Path]) -> None:
    points, text = roleplay_preview("cobalt_ridge", beside(play(1, 8), learner="L-OTHER2"), 35)
    assert points == 0.0
    assert "A person looks at this" in text


def test_the_learner_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NAME).write_text(play(1, 8), encoding="utf-8")
    monkeypatch.setenv("TECHSELL_LEARNER", LEARNER)
    assert roleplay_preview("cobalt_ridge", tmp_path / NAME, 35)[0] > 0


@pytest.mark.parametrize("about", ["", "[]", "{}", '{"learner": 3}', "\x00"])
def test_a_damaged_note_beside_it_is_survived(about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHSELL_LEARNER", LEARNER)
    (tmp_path / NAME).write_text(play(1, 8), encoding="utf-8")
    (tmp_path / "hand_in.json").write_text(about, encoding="utf-8")
    assert roleplay_preview("cobalt_ridge", tmp_path / NAME, 35)[0] > 0


def test_a_scenario_nobody_knows_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "nowhere.transcript.jsonl").write_text(play(1, 2), encoding="utf-8")
    points, text = roleplay_preview("nowhere", tmp_path / "nowhere.transcript.jsonl", 35)
    assert points == 0.0
    assert "nowhere" in text


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path) -> Any:
    """A workspace with the exercise in it, and the folder of its notebook."""
    monkeypatch.delenv("TECHSELL_LEARNER", raising=False)
    monkeypatch.setenv("TECHSELL_CONTENT", str(repository / "course"))
    for name in (".techsell", "transcripts", "exercises/discovery_conversation"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".techsell" / "learner.json").write_text(json.dumps({"learner": LEARNER}), encoding="utf-8")
    found = Workspace.find(tmp_path)
    found.exercise("discovery_conversation").write_text("{}", encoding="utf-8")
    return found


def test_in_a_workspace_the_declared_calls_are_found(workspace: Any) -> None:
    """They lie in the progress database; what would be handed in now is what the preview looks at."""
    path = workspace.exercise("discovery_conversation").parent / NAME
    assert roleplay_preview("cobalt_ridge", path, 35)[1].startswith("No declared call")
    transcript = play(1, 12)
    with workspace.store() as store:
        key = store.new_conversation("cobalt_ridge", "declared")
        store.journal(key, holder="test").append(transcript.splitlines())
    points, _ = roleplay_preview("cobalt_ridge", path, 35)
    assert points == pytest.approx(best_of(transcript) * 0.35, abs=0.006)
