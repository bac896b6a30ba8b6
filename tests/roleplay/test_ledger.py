"""Does what was claimed and promised in one call reach the next practice call, and never a declared one?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.errors import UsageError
from techsell.roleplay import Conversation, Transcript, assess_hand_in, declared_seed, verify
from techsell.roleplay.events import Chain, dump
from techsell.roleplay.ledger import ledger_for, left_behind, read_ledger
from techsell.roleplay.model import Scenario

Start = Callable[..., Any]

HEARD = [{"about": "overclaim", "company": "Lindqvist Paper"}, {"about": "honest_no", "company": "Saltmarsh Dairies"}]


@pytest.fixture(scope="session")
def gossip(changed: Any) -> Scenario:
    """Priya has heard of claims and of honest refusals, Omar of broken promises and of claims as well."""

    def change(data: dict[str, Any]) -> None:
        rumours = [
            ("claims", "overclaim", "priya", "At {from} you promised the moon.", -1),
            ("honest", "honest_no", "priya", "You told {from} no. I like that.", 1),
            ("broken", "promise_broken", "omar", "{from} still waits.", -2),
            ("claims_too", "overclaim", "omar", "Claims, I hear, at {from}.", -2),
        ]
        data["rumours"] = [
            dict(zip(("id", "about", "teller", "says", "trust"), entry, strict=True)) for entry in rumours
        ]
        data["customer"] = "Saltmarsh Dairies"

    made: Scenario = changed(change)
    return made


def test_what_was_heard_is_brought_up_after_the_greeting(call: Start, gossip: Scenario) -> None:
    now = call(gossip, ledger=HEARD)
    assert now.spoken() == ["Nand here.", "At Lindqvist Paper you promised the moon."]
    assert (now.reactions(), now.state.trust) == (["greets", "recalls"], 3)
    assert now.talk.events[0]["data"]["ledger"] == HEARD
    assert now.talk.log[1].line.startswith("wash_down.rumours.claims.says.")


def test_the_newest_entry_that_means_something_here_goes_first(call: Start, gossip: Scenario) -> None:
    ledger = [{"about": "attack", "company": "X"}, HEARD[1], HEARD[0]]
    now = call(gossip, ledger=ledger)
    assert now.spoken()[1] == "You told Saltmarsh Dairies no. I like that."
    assert now.state.trust == 5


def test_everybody_brings_up_one_thing_when_they_come(call: Start, gossip: Scenario) -> None:
    now = call(gossip, ledger=HEARD)
    now.say("ask_seals", "back_seals", "price_short", "ask_audit")
    assert now.spoken()[-2:] == ["Hale, quality.", "Claims, I hear, at Lindqvist Paper."]
    assert now.state.recalled == {"claims", "claims_too"}


def test_nothing_heard_nothing_said(call: Start, gossip: Scenario) -> None:
    assert call(gossip).spoken() == ["Nand here."]
    assert "ledger" not in call(gossip).talk.events[0]["data"]


def test_a_declared_attempt_starts_with_a_clean_sheet(gossip: Scenario) -> None:
    seed = declared_seed("L", "wash_down", 1)
    talk = Conversation.start(gossip, seed=seed, mode="declared", learner="L", attempt=1, ledger=HEARD)
    assert talk.state.trust == 4
    assert "ledger" not in talk.events[0]["data"]
    data = talk.events[0]["data"] | {"ledger": HEARD}
    chain = Chain()
    sneaked = "".join(
        dump(chain.make(event["type"], data if index == 0 else event["data"])) + "\n"
        for index, event in enumerate(talk.events)
    )
    found = verify(sneaked, lambda sha: gossip)
    assert not found.sound
    assert "clean sheet" in str(found.sessions[0].findings[0])
    assert read_ledger(data) == ()
    assessed = assess_hand_in(sneaked, scenario_id="wash_down", learner="L", pins=lambda sha: gossip)
    assert any("clean sheet" in reason for reason in assessed.reasons)


@pytest.mark.parametrize(
    "ledger",
    [
        [HEARD[0]] * 4,
        [{"about": "gossip", "company": "X"}],
        [{"about": "attack"}],
        [{"about": "attack", "company": ""}],
        [{"about": "attack", "company": "x" * 61}],
        [{"about": "attack", "company": "a\nb"}],
    ],
)
def test_what_is_no_ledger_is_refused(gossip: Scenario, ledger: Any) -> None:
    with pytest.raises(UsageError, match="no ledger"):
        Conversation.start(gossip, seed=3, ledger=ledger)
    talk = Conversation.start(gossip, seed=3)
    chain = Chain()
    event = chain.make("SessionStarted", talk.events[0]["data"] | {"ledger": ledger})
    assert Transcript.parse(dump(event)).all_findings[0].kind == "break"


# What a call leaves behind


@pytest.mark.parametrize(
    ("lines", "about"),
    [
        ("brag", ["overclaim"]),
        ("gossip hello brag", ["overclaim", "attack"]),
        ("hello", []),
        ("hello small_talk price_unknown", ["promise_broken"]),
        ("ask_seals ask_change dear_ack dear_ask dear_proof ask_visit", ["promise_kept"]),
        ("hello pitch pitch", []),
    ],
)
def test_a_call_leaves_its_deeds_behind(call: Start, gossip: Scenario, lines: str, about: list[str]) -> None:
    now = call(gossip)
    for line in lines.split():
        if not now.talk.over:
            now.say(line)
    assert left_behind(gossip, now.state) == () or now.talk.over
    if not now.talk.over:
        now.do("hang_up")
    found = left_behind(gossip, now.state)
    assert [entry["about"] for entry in found] == about
    assert all(entry["company"] == "Saltmarsh Dairies" for entry in found)
    again = Conversation.start(gossip, seed=3, ledger=list(found)[:3])
    assert again.state.ledger == tuple((entry["about"], "Saltmarsh Dairies") for entry in found)


def test_the_ledger_is_made_of_the_latest_calls_with_others(gossip: Scenario) -> None:
    def call(about: str, company: str) -> dict[str, Any]:
        return {"ending": "advance", "ledger": [{"about": about, "company": company}]}

    results = [
        call("attack", "Quillon Semiconductors"),
        call("overclaim", "Lindqvist Paper"),
        {"ending": "polite_no"},
        {"ledger": "odd"},
        call("overclaim", "Lindqvist Paper"),
        call("overclaim", "Saltmarsh Dairies"),
        call("honest_no", "Cobalt Ridge"),
        call("promise_kept", "Meridian Water Board"),
    ]
    assert [(entry["about"], entry["company"]) for entry in ledger_for(gossip, results)] == [
        ("promise_kept", "Meridian Water Board"),
        ("honest_no", "Cobalt Ridge"),
        ("overclaim", "Lindqvist Paper"),
    ]
    assert ledger_for(gossip, []) == []


def test_an_honest_no_is_remembered(changed: Any, call: Start) -> None:
    def change(data: dict[str, Any]) -> None:
        data["endings"].insert(0, data["endings"][0] | {"id": "no_fit", "kind": "no_fit", "when": {"min_turn": 1}})

    now = call(changed(change))
    now.say("hello")
    assert left_behind(now.scenario, now.state) == ({"about": "honest_no", "company": "another customer"},)
