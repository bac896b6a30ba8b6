"""Do calls from before typing keep their score, to the hundredth?

`data/engine1` holds calls as version 1 of the rules wrote them, the scenarios they were played with in canonical form,
and the scorecards of that time.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from techsell.roleplay import Transcript, assess_hand_in, scenario_from_canonical
from techsell.roleplay.model import Scenario
from techsell.roleplay.replay import replay, score, verify

DATA = Path(__file__).parent / "data" / "engine1"
NAMES = ("wash_down", "cobalt_ridge")


def pinned(name: str) -> Scenario:
    return scenario_from_canonical((DATA / f"{name}.json").read_bytes())


def text(name: str) -> bytes:
    return (DATA / f"{name}.transcript.jsonl").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_call_of_version_1_scores_as_it_did(name: str) -> None:
    scenario = pinned(name)
    cards = json.loads((DATA / f"{name}.scores.json").read_text("utf-8"))
    sessions = Transcript.parse(text(name)).sessions
    assert len(sessions) == len(cards) >= 7
    for session, before in zip(sessions, cards, strict=True):
        assert session.start["engine"] == 1
        now = score(scenario, session.events).as_dict()
        assert {key: now[key] for key in before} == before
        assert (now["low"], now["high"], now["needs_person"]) == (now["total"], now["total"], False)


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_of_version_1_is_given_again_word_by_word(name: str) -> None:
    scenario = pinned(name)
    assert verify(text(name), lambda sha: scenario if sha == scenario.fingerprint else None).sound
    for session in Transcript.parse(text(name)).sessions:
        assert replay(scenario, session).findings == ()


def test_an_old_declared_attempt_is_not_capped() -> None:
    scenario = pinned("wash_down")
    declared = text("wash_down").split(b'{"clock"')
    found = assess_hand_in(text("wash_down"), scenario_id="wash_down", learner="L-GOLD", pins=lambda sha: scenario)
    assert len(declared) > 1
    assert found.best == 100.0
    assert found.passed
    card = found.attempts[0].scorecard
    assert card is not None
    assert (card.picked, card.capped) == (100, False)
