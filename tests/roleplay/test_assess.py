"""Does a hand-in earn what it proves, no more and no less, with a reason for everything odd?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay import Assessment, Conversation, assess_hand_in, declared_seed
from techsell.roleplay.assess import AttemptResult
from techsell.roleplay.events import START, Chain, Event, dump, event_hash
from techsell.roleplay.model import Scenario

ME = "L-TEST"
GOOD = "frame ask_seals back_and_ask price_short ask_audit ask_night ask_change dear_ack dear_ask dear_proof ask_visit"
MIDDLING = "frame ask_seals back_seals"


MENU_ONLY = 70.0
"""what a perfect declared call earns that was picked from the menu line by line"""


def played(scenario: Scenario, words: str, *, attempt: int = 1, learner: str = ME, end: bool = True) -> str:
    seed = declared_seed(learner, scenario.id, attempt)
    talk = Conversation.start(scenario, seed=seed, mode="declared", learner=learner, attempt=attempt)
    for word in words.split():
        talk.pick(word)
    if end and not talk.over:
        talk.hang_up()
    return talk.transcript()


def rehashed(text: str, change: Callable[[list[Event]], None]) -> str:
    """A transcript changed and consistently written anew, as somebody would who knows how."""
    events = [json.loads(line) for line in text.splitlines()]
    change(events)
    chain = Chain()
    return "".join(dump(chain.make(event["type"], event["data"])) + "\n" for event in events)


@pytest.fixture
def assess(wash_down: Scenario) -> Callable[..., Assessment]:
    def run(text: str | bytes, *, learner: str = ME, scenario_id: str = "wash_down", known: bool = True) -> Assessment:
        def pins(sha: str) -> Scenario | None:
            return wash_down if known and sha == wash_down.fingerprint else None

        found = assess_hand_in(text, scenario_id=scenario_id, learner=learner, pins=pins)
        assert json.loads(json.dumps(found.as_dict())) == found.as_dict()
        assert found.reasons or (found.best is not None and found.attempts)
        return found

    return run


def only(found: Assessment) -> AttemptResult:
    assert len(found.attempts) == 1
    return found.attempts[0]


def test_the_best_of_three_attempts_counts(assess: Any, wash_down: Scenario) -> None:
    text = "".join(played(wash_down, words, attempt=n) for n, words in enumerate((MIDDLING, GOOD, "hello"), start=1))
    found = assess(text)
    assert [attempt.attempt for attempt in found.attempts] == [1, 2, 3]
    assert found.best == max(attempt.total for attempt in found.attempts) == MENU_ONLY
    assert (found.passed, found.needs_person, found.reasons) == (True, False, ())


def test_a_broken_chain_is_scored_as_far_as_it_stands(assess: Any, wash_down: Scenario) -> None:
    lines = played(wash_down, GOOD).splitlines()
    lines[8] = lines[8].replace("price_short", "price_dodge")
    found = assess("\n".join(lines))
    whole = assess(played(wash_down, "frame ask_seals back_and_ask", end=False))
    assert found.best == whole.best > 0
    assert not found.needs_person
    assert any("line 9: the line was edited" in reason for reason in found.reasons)
    assert any("not ended" in reason for reason in found.reasons)


@pytest.mark.parametrize("kind", ["forged line", "dropped line", "moved line", "foreign line", "cut short", "binary"])
def test_careless_edits_are_named_with_their_line(assess: Any, wash_down: Scenario, kind: str) -> None:
    lines = played(wash_down, GOOD).splitlines()
    assert len(lines) == 25
    if kind == "forged line":
        lines[4] = lines[4].replace("ask_seals", "ask_audit")
    elif kind == "dropped line":
        del lines[4]
    elif kind == "moved line":
        lines[4], lines[6] = lines[6], lines[4]
    elif kind == "foreign line":
        lines.insert(4, '{"score": 100}')
    elif kind == "cut short":
        lines[4] = lines[4][:40]
        del lines[5:]
    else:
        lines[4] = "\udcff"
    found = assess("\n".join(lines).encode("utf-8", errors="surrogateescape"))
    assert found.best is not None
    assert 0 < found.best < 100
    assert any("line 5" in reason for reason in found.reasons)


def test_an_unknown_version_goes_to_a_person_and_is_never_nought(assess: Any, wash_down: Scenario) -> None:
    found = assess(played(wash_down, GOOD), known=False)
    assert (found.best, found.needs_person) == (None, True)
    assert "not among those released" in found.reasons[0]
    both = played(wash_down, MIDDLING) + rehashed(
        played(wash_down, GOOD, attempt=2), lambda events: events[0]["data"].update(scenario_sha="0" * 64)
    )
    found = assess(both)
    assert found.best == only(assess(played(wash_down, MIDDLING))).total
    assert found.needs_person


def test_a_later_version_of_the_rules_goes_to_a_person(assess: Any, wash_down: Scenario) -> None:
    for key in ("schema", "engine"):

        def later(events: list[Event], key: str = key) -> None:
            events[0]["data"][key] = 99

        found = assess(rehashed(played(wash_down, GOOD), later))
        assert (found.best, found.needs_person) == (None, True)


def test_older_rules_do_not_lift_the_cap(assess: Any, wash_down: Scenario) -> None:
    """Version 1 of the rules never met a scenario with words for typed nonsense: somebody wrote that number."""

    def older(events: list[Event]) -> None:
        events[0]["data"]["engine"] = 1

    found = assess(rehashed(played(wash_down, GOOD), older))
    assert (found.best, found.needs_person) == (0.0, True)
    assert "rules are older than the version of the scenario" in found.reasons[0]


def test_a_transcript_of_somebody_else_earns_nothing_and_goes_to_a_person(assess: Any, wash_down: Scenario) -> None:
    found = assess(played(wash_down, GOOD, learner="L-OTHER"))
    assert (found.best, found.needs_person) == (0.0, True)
    assert "played by 'L-OTHER', handed in by 'L-TEST'" in found.reasons[0]
    renamed = rehashed(played(wash_down, GOOD, learner="L-OTHER"), lambda events: events[0]["data"].update(learner=ME))
    found = assess(renamed)
    assert (found.best, found.needs_person) == (0.0, True)
    assert "seed is not the one" in found.reasons[0]


def test_a_friendlier_seed_is_noticed(assess: Any, wash_down: Scenario) -> None:
    found = assess(rehashed(played(wash_down, GOOD), lambda events: events[0]["data"].update(seed=4)))
    assert (found.best, found.needs_person) == (0.0, True)


def test_another_scenario_proves_nothing_here(assess: Any, wash_down: Scenario) -> None:
    found = assess(played(wash_down, GOOD), scenario_id="cobalt_ridge")
    assert (found.best, found.needs_person, found.attempts) == (0.0, False, ())
    assert "'wash_down' proves nothing about 'cobalt_ridge'" in found.reasons[0]


def test_an_easier_scenario_under_the_right_name_proves_nothing(wash_down: Scenario) -> None:
    """The start says `cobalt_ridge`, but the fingerprint is that of another released scenario."""
    learner_seed = declared_seed(ME, "cobalt_ridge", 1)
    text = rehashed(
        played(wash_down, GOOD),
        lambda events: events[0]["data"].update(scenario="cobalt_ridge", seed=learner_seed),
    )
    found = assess_hand_in(text, scenario_id="cobalt_ridge", learner=ME, pins=lambda sha: wash_down)
    assert (found.best, found.needs_person) == (0.0, True)
    assert "proves nothing about" in found.reasons[0]


def test_practice_does_not_count(assess: Any, wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=3)
    talk.hang_up()
    found = assess(talk.transcript())
    assert (found.best, found.attempts) == (0.0, ())
    assert "a practice run does not count" in found.reasons[0]
    assert assess(talk.transcript() + played(wash_down, GOOD)).best == MENU_ONLY


def test_a_stored_score_is_passed_over(assess: Any, wash_down: Scenario) -> None:
    def add(event: Event) -> Event:
        return event | {"score": 100, "total": 100}

    lines = played(wash_down, MIDDLING).splitlines()
    lines[-1] = dump(add(json.loads(lines[-1])))
    found = assess("\n".join(lines))
    assert found.best == assess(played(wash_down, MIDDLING)).best
    assert any("'score', 'total' does not belong there and is ignored" in reason for reason in found.reasons)
    inside = rehashed(played(wash_down, MIDDLING), lambda events: events[-1]["data"].update(score=100))
    found = assess(inside)
    assert found.best == assess(played(wash_down, MIDDLING)).best
    assert any("'score' does not belong" in reason for reason in found.reasons)


def test_forged_answers_are_found_by_the_replay(assess: Any, wash_down: Scenario) -> None:
    def flatter(events: list[Event]) -> None:
        events[3]["data"]["lines"][0]["text"] = "You are the best seller I ever met."

    found = assess(rehashed(played(wash_down, MIDDLING), flatter))
    assert found.best == assess(played(wash_down, MIDDLING)).best
    assert any("line 4: the answer noted here is not what the customer says" in reason for reason in found.reasons)


def test_a_line_that_could_not_be_said_ends_the_replay(assess: Any, wash_down: Scenario) -> None:
    found = assess(rehashed(played(wash_down, MIDDLING), lambda events: events[4]["data"].update(option="ask_record")))
    assert any("line 5: The line 'ask_record' cannot be said now" in reason for reason in found.reasons)
    assert found.best == assess(played(wash_down, "frame", end=False)).best


def test_a_consistently_rewritten_transcript_is_just_another_play(assess: Any, wash_down: Scenario) -> None:
    """What the documentation says: the chain proves nothing against somebody who writes it anew."""
    found = assess(rehashed(played(wash_down, GOOD), lambda events: None))
    assert (found.best, found.reasons) == (MENU_ONLY, ())


def test_taking_back_in_a_declared_attempt_is_refused(assess: Any, wash_down: Scenario) -> None:
    def sneak(events: list[Event]) -> None:
        events.insert(4, {"type": "Undone", "data": {"to_seq": 1}})

    found = assess(rehashed(played(wash_down, MIDDLING), sneak))
    assert any("no way back" in reason for reason in found.reasons)


@pytest.mark.parametrize("number", [0, 4, -1, 10**30])
def test_attempts_beyond_three_do_not_count(assess: Any, wash_down: Scenario, number: int) -> None:
    text = rehashed(played(wash_down, GOOD), lambda events: events[0]["data"].update(attempt=number))
    assert assess(text).best == 0.0


def test_the_same_attempt_twice_counts_once(assess: Any, wash_down: Scenario) -> None:
    found = assess(played(wash_down, MIDDLING) + played(wash_down, GOOD))
    assert len(found.attempts) == 1
    assert any("attempt 1 stands here twice; the first counts" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "",
        b"",
        "\n \n",
        "hello",
        b"\xff\xfe\x00",
        b"\x00" * 1000,
        "{}",
        "[]",
        "null",
        '{"seq": 0}',
        "[" * 100_000,
        '{"seq":' + "9" * 5000 + "}",
        '{"seq":0,"type":"SessionStarted","data":{},"prev":"","hash":"","clock":{"at":"","seal":""}}',
        '{"seq":0,"seq":0}',
        '{"seq":NaN}',
        '{"seq":1e999,"type":"","data":{},"prev":"","hash":"","clock":{"at":"","seal":""}}',
        '{"seq":0,"type":"\\ud800","data":{},"prev":"","hash":"","clock":{"at":"","seal":""}}',
        b"x" * 4_100_000,
        "x" * 200_000,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_transcript_earns_nothing_and_says_so(assess: Any, text: str | bytes) -> None:
    found = assess(text)
    assert (found.best, found.needs_person, found.attempts) == (0.0, False, ())
    assert found.reasons


def test_the_times_are_sealed_too(assess: Any, wash_down: Scenario) -> None:
    lines = played(wash_down, MIDDLING).splitlines()
    event = json.loads(lines[2])
    event["clock"]["at"] = "2020-01-01T00:00:00.000Z"
    lines[2] = dump(event)
    found = assess("\n".join(lines))
    assert any("line 3: the time was edited" in reason for reason in found.reasons)
    assert found.best == assess(played(wash_down, MIDDLING)).best


def test_the_chain_begins_with_nought(wash_down: Scenario) -> None:
    first = json.loads(played(wash_down, MIDDLING).splitlines()[0])
    assert first["prev"] == START == "0" * 64
    assert first["hash"] == event_hash(first)
