"""Is a typed call read by the recogniser it was played with, whatever became of the recogniser since?"""

from __future__ import annotations

import pytest

from techsell.roleplay import Conversation, MemoryJournal, assess_hand_in, declared_seed, load_scenario
from techsell.roleplay.recogniser.identity import fingerprint, fingerprint_of, own_files
from techsell_grading.grader.recognisers import finder, packed

LINE = "what happened the last time a pump stopped"
LEARNER = "L-OLD111"


@pytest.fixture(scope="module")
def old() -> tuple[str, bytes]:
    """An earlier recogniser, which took every line for small talk about the weather."""
    files = own_files()
    files["recognition.py"] += b"""

_now = recognise


def recognise(text, scenario=None, situation=None):
    return _now("nice weather today", scenario, situation)
"""
    return fingerprint_of(files), packed(files)


def test_an_earlier_recogniser_reads_as_it_did(old: tuple[str, bytes]) -> None:
    name, content = old
    ears = finder({name: content})(name)
    assert ears is not None
    assert ears.fingerprint() == name != fingerprint()
    scenario = load_scenario("cobalt_ridge")
    now = finder({})(fingerprint())
    assert now is not None
    assert [move.label for move in ears.recognise(LINE, scenario).moves] == ["rapport"]
    assert [move.label for move in now.recognise(LINE, scenario).moves] == ["problem"]


def test_a_declared_call_is_scored_with_the_recogniser_of_its_day(old: tuple[str, bytes]) -> None:
    scenario = load_scenario("cobalt_ridge")
    find = finder({old[0]: old[1]})
    seed = declared_seed(LEARNER, scenario.id, 1)
    call = Conversation.start(scenario, seed=seed, mode="declared", learner=LEARNER, attempt=1, recogniser=find(old[0]))
    for _ in range(3):
        call.say(LINE)
    call.hang_up()
    own = call.scorecard().total

    def pins(sha: str):
        return scenario if sha == scenario.fingerprint else None

    text = call.transcript()
    kept = assess_hand_in(text, scenario_id=scenario.id, learner=LEARNER, pins=pins, recognisers=find)
    assert (kept.best, kept.needs_person) == (own, False)
    lost = assess_hand_in(text, scenario_id=scenario.id, learner=LEARNER, pins=pins, recognisers=finder({}))
    assert lost.best is None
    assert lost.needs_person


def test_a_declared_call_with_an_update_in_the_middle_is_read_by_both(old: tuple[str, bytes]) -> None:
    """Begun with the earlier recogniser and gone on with the present one: the grader asks each for its own lines."""
    scenario = load_scenario("cobalt_ridge")
    find = finder({old[0]: old[1]})
    seed = declared_seed(LEARNER, scenario.id, 1)
    call = Conversation.start(scenario, seed=seed, mode="declared", learner=LEARNER, attempt=1, recogniser=find(old[0]))
    call.say(LINE)
    call = Conversation.resume(scenario, MemoryJournal(call.transcript().splitlines()))
    call.say(LINE)
    call.hang_up()
    assert [turn.moves[0].label for turn in call.state.history[1:3]] == ["rapport", "problem"]

    def pins(sha: str):
        return scenario if sha == scenario.fingerprint else None

    text = call.transcript()
    kept = assess_hand_in(text, scenario_id=scenario.id, learner=LEARNER, pins=pins, recognisers=find)
    assert (kept.best, kept.needs_person) == (call.scorecard().total, False)
    assert f"{old[0][:12]} from line 3 on, {fingerprint()[:12]} from line 6 on" in kept.reasons[0]
    lost = assess_hand_in(text, scenario_id=scenario.id, learner=LEARNER, pins=pins, recognisers=finder({}))
    assert (lost.best, lost.needs_person) == (None, True)
    assert f"the recogniser that read it ({old[0][:12]}) is not known here" in lost.reasons[-1]


def test_a_pin_that_is_not_what_it_says_does_not_count(old: tuple[str, bytes]) -> None:
    assert finder({"0" * 64: old[1]})("0" * 64) is None
    assert finder({old[0]: b"no zip"})(old[0]) is None
    assert finder({old[0]: packed(own_files())})(old[0]) is None


def test_one_whose_surroundings_have_gone_goes_to_a_person() -> None:
    files = own_files()
    files["recognition.py"] += b"\nfrom techsell.roleplay.gone import away\n"
    name = fingerprint_of(files)
    assert finder({name: packed(files)})(name) is None
