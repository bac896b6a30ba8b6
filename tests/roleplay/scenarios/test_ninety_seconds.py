"""Ninety seconds: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

COBALT = load_scenario("cobalt_ridge")
SCENARIO = load_scenario("ninety_seconds")
OPTIONS = {option.id: option for option in SCENARIO.options}
SEEDS = {entry.id: index or len(SCENARIO.variants) for index, entry in enumerate(SCENARIO.variants)}
"""a seed for each variant"""
TESTS = Path(__file__).parents[1]
WAYS: dict[str, Any] = json.loads((TESTS / "ways" / "ninety_seconds.json").read_text(encoding="utf-8"))
UNSUPPORTED = {claim.id for claim in SCENARIO.datasheet if not claim.supported}
GIVES_UP = {"send_deck", "send_proposal"}


def number(variant: str, key: str) -> int:
    """A number of a fact as it is in a variant."""
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    fact, _, name = key.partition(".")
    own = next(entry.numbers[name] for entry in SCENARIO.facts if entry.id == fact)
    return entry.numbers.get(key, own)


def say(lines: list[str], seed: int) -> Conversation:
    """A call with these lines; who has none left hangs up."""
    talk = Conversation.start(SCENARIO, seed=seed)
    for line in lines:
        talk.pick(line)
    if not talk.over:
        talk.hang_up()
    return talk


def menu(talk: Conversation) -> list[str]:
    return [line.option for page in range(talk.pages) for line in talk.menu(page)]


def total(way: str, seed: int) -> float:
    return say(WAYS[way]["lines"], seed).scorecard().total


def kind(name: str) -> bool:
    """Whether a line does no harm wherever it is said."""
    return not any(
        move.wrong
        or move.attacks_rival
        or move.bypasses
        or move.trouble
        or (move.label == "pitch" and not move.facts)
        or move.manner in {"lecture", "dodge"}
        or move.claim in UNSUPPORTED
        or move.ask in GIVES_UP
        or "wishes" in move.topics
        for move in OPTIONS[name].moves
    )


# Sums


@pytest.mark.parametrize("variant", SEEDS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    fee = next(claim for claim in SCENARIO.datasheet if claim.id == "hand_back").numbers["fee"]
    assert n("stop_rule.worst_k") * 1000 == n("stop_rule.pumps") * fee
    assert n("forecast_missed.total_k") == n("forecast_missed.trains") * n("forecast_missed.per_train_k")
    assert n("stop_rule.worst_k") * 4 < n("last_project.cost_k"), "the comparison carries the sentence"
    assert n("last_project.left_k") < n("last_project.cost_k")
    assert n("last_project.weeks") < n("nobody_told.months") * 4 + n("last_project.weeks")


@pytest.mark.parametrize("variant", SEEDS)
def test_a_clip_as_good_as_its_data_sheet_would_stay_within_her_rule(variant: str) -> None:
    """Eight weeks of a quarter's thirteen, one false alarm a pump and quarter: the rule leaves twice as much room."""
    expected = number(variant, "stop_rule.pumps") * 8 / 13
    assert 1 <= expected <= 3, "'one to three of them', says the honest line"
    assert number(variant, "stop_rule.allowed") >= 2 * expected - 0.5
    assert 7 <= number(variant, "want_days.days") <= 21, "the data sheet must be able to meet the need"


@pytest.mark.parametrize("variant", SEEDS)
def test_it_is_the_same_site_as_in_cobalt_ridge(variant: str) -> None:
    other = next(entry for entry in COBALT.variants if entry.id == variant)

    def there(key: str) -> int:
        fact, _, name = key.partition(".")
        return other.numbers.get(key, next(entry.numbers[name] for entry in COBALT.facts if entry.id == fact))

    same = {
        "last_project.years": "burned_before.years",
        "last_project.weeks": "burned_before.weeks",
        "false_alarms.alarms": "burned_before.alarms",
        "false_alarms.real": "burned_before.real",
        "stop_rule.pumps": "no_standby.pumps",
        "forecast_missed.trains": "late_trains.trains",
        "forecast_missed.per_train_k": "penalties.per_train_k",
        "forecast_missed.total_k": "penalties.per_year_k",
        "want_days.days": "want_warning.days",
        "want_days.planned": "want_warning.planned",
        "limit.dana_k": "cfo_threshold.limit_k",
    }
    assert {key: number(variant, key) for key in same} == {key: there(value) for key, value in same.items()}
    names = {persona.id: persona.name for persona in COBALT.personas}
    assert {persona.id: persona.name for persona in SCENARIO.personas}["tomasz"] == names["tomasz"]


def test_what_the_expert_needs_is_real_in_every_variant() -> None:
    story = {"last_project", "fear_second", "nobody_told", "network_incident", "false_alarms"}
    assert all(story.isdisjoint(entry.decoys) for entry in SCENARIO.variants)
    assert len({frozenset(entry.decoys) for entry in SCENARIO.variants}) == len(SCENARIO.variants)


# Ways


def test_the_worked_example_is_the_expert_s_way() -> None:
    assert SCENARIO.worked is not None
    lines = [line.option for line in SCENARIO.worked.lines]
    assert lines == WAYS["expert"]["lines"]
    assert say(lines, SCENARIO.worked.seed).scorecard().ending == "advance"


@pytest.mark.parametrize("variant", SEEDS)
def test_every_fact_can_be_found_out(variant: str) -> None:
    """Kind people of changing curiosity find everything between them."""
    missing = {fact.id for fact in SCENARIO.facts}
    for attempt in range(200):
        chance = random.Random(attempt)
        talk = Conversation.start(SCENARIO, seed=SEEDS[variant])
        for line in WAYS["expert"]["lines"][: chance.randrange(7)]:
            talk.pick(line)
        while not talk.over and (lines := [line for line in menu(talk) if kind(line)]):
            talk.pick(chance.choice(lines))
        missing -= set(talk.state.facts)
        if not missing:
            break
    assert missing == set()


# What people do


def reactions(talk: Conversation) -> list[tuple[str, str]]:
    return [(reacted.speaker, reacted.reaction) for turn in talk.state.history for reacted in turn.reactions]


def test_nobody_repeats_a_claim_that_was_not_made() -> None:
    lines = [line for line in WAYS["expert"]["lines"] if line != "claim_linked_hour"]
    talk = say(lines, 1)
    assert ("elise", "refuses") in reactions(talk)
    assert talk.scorecard().ending != "advance"


@pytest.mark.parametrize("line", ["condescend_cfo", "open_acronyms", "tell_never"])
def test_a_trap_costs_more_than_it_looks(line: str) -> None:
    """One line out of place in an expert's call, the answers to questions still in time."""
    lines = list(WAYS["expert"]["lines"])
    lines.insert(2, line)
    talk = Conversation.start(SCENARIO, seed=3)
    for option in lines:
        if talk.over:
            break
        if option in menu(talk):
            talk.pick(option)
    if not talk.over:
        talk.hang_up()
    card = talk.scorecard()
    assert card.ending != "advance"
    assert card.total <= total("expert", 3) - 15


def test_condescension_rules_out_a_pass() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    for option in ["open_frame", "condescend_cfo"]:
        talk.pick(option)
    assert ("elise", "offended") in reactions(talk)
    talk.hang_up()
    assert talk.scorecard().blocked_by == "R9"


def test_she_leaves_after_two_lectures() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    for option in ["open_frame_ask_last", "play_last_ask_fear", "hangs_lecture", "differ_ack_ask_stop", "sit_projects"]:
        talk.pick(option)
    assert talk.state.pending == "if_it_fails"
    talk.pick("fails_lecture")
    assert ("elise", "parts") in reactions(talk)
    assert talk.state.present == ("tomasz",)


def test_tomasz_stops_everything_after_a_claim_that_no_sheet_carries() -> None:
    lines = list(WAYS["expert"]["lines"][:9])
    lines.insert(3, "tell_no_false")
    talk = say([*lines], 2)
    assert ("tomasz", "vetoes") in reactions(talk)
    assert talk.scorecard().blocked_by == "R9"


def test_whoever_talked_down_to_her_is_left_out_of_what_they_agree() -> None:
    lines = list(WAYS["expert"]["lines"])
    lines.insert(2, "condescend_cfo")
    talk = say(lines, 3)
    assert talk.state.ending == "without_you"
    assert talk.scorecard().ending == "continuation"


def test_half_a_drawing_stops_everything_until_tomasz_has_been_answered() -> None:
    lines = list(WAYS["expert"]["lines"])
    lines.insert(2, "open_acronyms")
    assert ("elise", "vetoes") in reactions(say(lines, 2))
    lines.insert(8, "drawing_ack_clarify")
    cleared = say(lines, 2)
    assert ("elise", "vetoes") not in reactions(cleared)
    assert cleared.state.ending == "both_repeat"
