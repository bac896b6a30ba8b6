"""Are the learner's own marks asked before the score, and does the debrief stand below it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from techsell.cli import main
from techsell.roleplay import Conversation, load_scenario
from techsell.roleplay.debrief import debrief
from techsell.roleplay.terminal import Terminal


def ended(name: str = "spec_war") -> Conversation:
    talk = Conversation.start(load_scenario(name), seed=1)
    for _ in range(3):
        talk.pick(talk.menu()[0].option)
    return talk


def screen(talk: Conversation, *keys: str) -> str:
    typed: Iterator[str] = iter(keys)
    shown: list[str] = []
    Terminal(talk, lambda: next(typed, None), shown.append, width=90).play()
    return "".join(shown)


def test_marks_come_first_then_the_score_then_the_points() -> None:
    shown = screen(ended(), "q", *["4"] * 10)
    places = [shown.index(text) for text in ("Before the score", "0-4 > ", "Score ", "Your own marks are", "Better: ")]
    assert places == sorted(places)
    assert shown.count("0-4 > ") == len(load_scenario("spec_war").rubric)


def test_enter_skips_a_line_and_q_the_rest() -> None:
    shown = screen(ended(), "q", "", "2", "q")
    assert shown.count("0-4 > ") == 3
    assert "Your own marks are" in shown


def test_nobody_has_to_give_a_mark() -> None:
    lines = len(load_scenario("spec_war").rubric)
    shown = screen(ended(), "q", *[""] * lines)
    assert shown.count("0-4 > ") == lines
    assert "Your own marks" not in shown
    assert "Found out:" in shown


@pytest.mark.parametrize("odd", ["5", "x", "-1", "2.5", "²"])
def test_what_is_no_mark_is_asked_again(odd: str) -> None:
    shown = screen(ended(), "q", odd, "3", "q")
    assert shown.count("0-4 > ") == 3, "twice for the first line, once for the second"


def test_where_the_input_ends_the_score_is_told_all_the_same() -> None:
    shown = screen(ended(), "q")
    assert "Score " in shown
    assert "Found out:" in shown


def test_a_call_without_a_score_asks_for_no_marks() -> None:
    shown = screen(ended("first_call"), "q", "4")
    assert "Before the score" not in shown
    assert "This call is not scored." in shown


def test_no_line_of_a_debrief_is_wider_than_the_screen() -> None:
    typed: Iterator[str] = iter(["q", "1", "q"])
    shown: list[str] = []
    Terminal(ended(), lambda: next(typed, None), shown.append, width=60).play()
    assert max(len(line) for line in "".join(shown).splitlines()) <= 60


def test_a_transcript_has_its_debrief_in_words_and_for_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = ended()
    talk.hang_up()
    path = tmp_path / "spec_war.transcript.jsonl"
    path.write_text(talk.transcript(), encoding="utf-8", newline="\n")
    with pytest.raises(SystemExit) as ended_well:
        main(["transcript", "debrief", str(path)])
    assert ended_well.value.code == 0
    words = " ".join(capsys.readouterr().out.split())
    found = debrief(talk.scenario, talk.state)
    for point in found.points:
        assert " ".join(point.why.split()) in words
    with pytest.raises(SystemExit):
        main(["transcript", "debrief", str(path), "--json"])
    assert json.loads(capsys.readouterr().out) == [{"scenario": "spec_war", "debrief": found.as_dict()}]


def test_what_is_no_transcript_has_no_debrief(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("hello\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended_badly:
        main(["transcript", "debrief", str(path)])
    assert ended_badly.value.code == 1
    assert "This is no transcript" in " ".join(capsys.readouterr().err.split())
