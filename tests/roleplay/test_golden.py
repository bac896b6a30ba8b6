"""Are the golden transcripts still sound, and worth and ending what they were?

`python tests/roleplay/make_golden.py` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, MemoryJournal, Transcript, list_scenarios, load_scenario, score, verify

GOLDEN = Path(__file__).parent / "golden"
# first_call is the short example of the first lesson; it has no scripted ways.
SCENARIOS = [name for name in list_scenarios() if name != "first_call"]
CALLS = [f"{name}.{kind}" for name in SCENARIOS for kind in ("expert", "typed")]
RESULTS: dict[str, Any] = json.loads((GOLDEN / "results.json").read_text(encoding="utf-8"))


def test_every_scenario_has_its_two_calls() -> None:
    """A transcript and a result for each, and none of a scenario that is gone."""
    assert sorted(RESULTS) == sorted(CALLS)
    assert sorted(path.stem for path in GOLDEN.glob("*.jsonl")) == sorted(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_a_golden_transcript_is_sound(call: str) -> None:
    """Known scenario, known recogniser, no edit, and the customers say today what is noted there."""
    report = verify((GOLDEN / f"{call}.jsonl").read_text(encoding="utf-8"))
    findings = [str(finding) for session in report.sessions for finding in session.findings]
    assert report.sound, findings
    assert findings == []
    (session,) = report.sessions
    assert session.finished
    assert session.seed == 1


@pytest.mark.parametrize("call", CALLS)
def test_a_golden_transcript_is_worth_what_it_was(call: str) -> None:
    """Replayed from its events and resumed from its lines: the score kept beside it, and its ending."""
    text = (GOLDEN / f"{call}.jsonl").read_text(encoding="utf-8")
    scenario = load_scenario(call.partition(".")[0])
    (session,) = Transcript.parse(text).sessions
    talk = Conversation.resume(scenario, MemoryJournal(text.splitlines()))
    assert talk.transcript() == text
    assert talk.scorecard() == score(scenario, session.events)
    found = {"ending": talk.state.ending, "total": round(talk.scorecard().total, 1), "turns": talk.state.turn}
    assert found == RESULTS[call]


@pytest.mark.parametrize("call", CALLS)
def test_how_a_golden_call_was_played(call: str) -> None:
    """The expert's is picked line by line, the other one typed without the menu."""
    lines = (GOLDEN / f"{call}.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = {json.loads(line)["type"] for line in lines}
    shown = {"SessionStarted", "CustomerRendered", "Ended"}
    if call.endswith(".expert"):
        assert kinds <= shown | {"LearnerPicked"}
        assert RESULTS[call]["total"] >= 85
    else:
        assert kinds <= shown | {"LearnerSaid", "LearnerChose"}
        assert "LearnerSaid" in kinds
