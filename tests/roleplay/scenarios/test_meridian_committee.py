"""Meridian's committee: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("meridian_committee")
OPTIONS = {option.id: option for option in SCENARIO.options}
SEEDS = {entry.id: index or len(SCENARIO.variants) for index, entry in enumerate(SCENARIO.variants)}
"""a seed for each variant"""
TESTS = Path(__file__).parents[1]
WAYS: dict[str, Any] = json.loads((TESTS / "ways" / "meridian_committee.json").read_text(encoding="utf-8"))
CLAIMS = {claim.id: claim for claim in SCENARIO.datasheet}
UNSUPPORTED = {claim.id for claim in SCENARIO.datasheet if not claim.supported}
GIVES_AWAY = {"send_offer", "meet_table"}


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


def reactions(talk: Conversation) -> list[tuple[str, str]]:
    """Who reacted, and how, over the whole call."""
    return [(reacted.speaker, reacted.reaction) for turn in talk.state.history for reacted in turn.reactions]


def harmless(name: str) -> bool:
    """Whether a line does no harm wherever it is said."""
    return not any(
        move.wrong
        or move.attacks_rival
        or move.bypasses
        or move.label in {"pitch", "commit"}
        or move.manner in {"lecture", "dodge"}
        or move.claim in UNSUPPORTED
        or "wishes" in move.topics
        for move in OPTIONS[name].moves
    )


# Sums


@pytest.mark.parametrize("variant", SEEDS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("pressure_charge.total") == n("pressure_charge.properties") * n("pressure_charge.charge")
    assert n("charges_booked.total") == n("charges_booked.nights") * n("pressure_charge.total")
    assert n("charges_booked.inflated") == n("blind_calls.calls") * n("pressure_charge.total")
    assert n("blind_calls.inflated") == n("blind_calls.calls") * n("blind_calls.stations")
    assert n("two_failures.total_k") == n("two_failures.leak_k") + n("two_failures.pump_k")


@pytest.mark.parametrize("variant", SEEDS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("charges_booked.nights") < n("blind_calls.calls"), "not every drive takes an hour too long"
    assert n("night_drive.minutes") < 60, "the drive alone does not fill the hour"
    assert 1 <= n("night_drive.pump") <= 3, "three pumps on the hill"
    assert n("chair_rule.week") == n("stopped_two.weeks"), "operations and IT security speak of the same week"
    days = {4, 5, 6, 7, 8, 9, *range(10, 21)}
    assert {n("want_cause.start_day"), n("inside_only.day"), n("correction_day.day")} <= days, "the text writes 'th'"


@pytest.mark.parametrize("variant", SEEDS)
def test_the_data_sheet_can_meet_what_the_four_need(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    price = CLAIMS["price"].numbers["price"]
    assert CLAIMS["latency"].numbers["most"] + 30 <= 60 * n("want_cause.minutes"), "with their polling of 30 s"
    pump, trips = CLAIMS["right_pump"].numbers["pump"], CLAIMS["right_pump"].numbers["trips"]
    assert 10 * pump >= trips * n("want_stop.right"), "the stop figure is within what was counted"
    assert n("want_stop.weeks") <= CLAIMS["trial_terms"].numbers["weeks"], "it can be stopped at no cost that late"
    assert 1000 * n("sign_limit.limit_k") < price <= 1000 * n("sign_limit.left_k"), "finance signs, and has the money"


def test_nobody_in_the_room_needs_the_bait() -> None:
    """IP69K stands in the table and in the story of how it got there, never in anybody's need."""
    needs = [fact for fact in SCENARIO.facts if fact.kind in {"payoff", "constraint"}]
    assert needs
    assert not any("69" in fact.says or "jet" in fact.says.lower() for fact in needs)
    assert "housing" in CLAIMS
    assert CLAIMS["meets_table"].supported is False
    strike = next(entry for entry in SCENARIO.commitments if entry.id == "strike_line")
    pilot = next(entry for entry in SCENARIO.commitments if entry.id == "pilot_date")
    assert strike.giver == "procurement"
    assert "strike_line" in pilot.needs.granted


def test_no_support_is_enough_without_finance_and_the_rules_of_it_security() -> None:
    weights = {entry.id: entry.influence for entry in SCENARIO.personas}
    needs = next(entry for entry in SCENARIO.commitments if entry.id == "pilot_date").needs
    assert needs.min_support > sum(weights.values()) - weights["finance"]
    assert needs.min_support > max(weights.values())
    assert "inside_only" in needs.facts


def test_the_variants_cannot_be_learned_by_heart() -> None:
    assert len({frozenset(entry.decoys) for entry in SCENARIO.variants}) == len(SCENARIO.variants)
    story = {"night_drive", "pressure_charge", "charges_booked", "two_failures", "net_rules", "copied_table"}
    assert all(story.isdisjoint(entry.decoys) for entry in SCENARIO.variants)
    keys = {key for entry in SCENARIO.variants for key in entry.numbers}
    assert len([key for key in keys if len({number(name, key) for name in SEEDS}) == 3]) >= 25


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
        for line in WAYS["expert"]["lines"][: chance.randrange(15)]:
            talk.pick(line)
        while not talk.over and (lines := [line for line in menu(talk) if harmless(line)]):
            talk.pick(chance.choice(lines))
        missing -= set(talk.state.facts)
        if not missing:
            break
    assert missing == set()


# What people do


def test_it_security_comes_in_later_and_stops_everything_until_her_rules_are_asked_for() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    assert "security" not in talk.state.present
    for line in WAYS["expert"]["lines"][:7]:
        talk.pick(line)
    assert "security" in talk.state.present
    before = talk.state.trust
    talk.pick("com_stop")
    assert ("security", "vetoes") in reactions(talk)
    assert talk.state.trust == before + SCENARIO.trust.premature_ask
    assert not talk.over, "the first no is a warning"


def test_her_veto_is_gone_once_the_rules_are_kept() -> None:
    talk = Conversation.start(SCENARIO, seed=2)
    for line in WAYS["expert"]["lines"][:14]:
        talk.pick(line)
    talk.pick("com_strike")
    assert ("security", "vetoes") not in reactions(talk)


def test_the_line_comes_out_only_when_operations_has_said_that_nobody_needs_it() -> None:
    lines = WAYS["expert"]["lines"]
    talk = Conversation.start(SCENARIO, seed=3)
    for line in [*lines[:13], "point_ack_clarify"]:
        talk.pick(line)
    talk.pick("com_strike")
    assert ("procurement", "refuses") in reactions(talk)
    talk.pick("ask_jets")
    talk.pick("com_strike")
    assert ("procurement", "grants") in reactions(talk)


def test_without_the_line_out_there_is_no_date() -> None:
    lines = [line for line in WAYS["expert"]["lines"] if line != "play_dry_com_strike"]
    talk = say(lines, 1)
    assert ("operations", "refuses") in reactions(talk)
    assert talk.state.ending != "pilot_dated"


def test_promising_the_whole_table_cannot_pass() -> None:
    lines = [
        "point_comply" if line == "point_ack_clarify_ask_jets" else line
        for line in WAYS["expert"]["lines"]
        if line != "play_dry_com_strike"
    ]
    card = say(lines, 2).scorecard()
    assert not card.passed
    assert card.blocked_by == "R9"


def test_finance_goes_to_her_auditors_when_the_talk_is_bad() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    for line in ("open_box", "ask_night_usual", "sit_stations", "sit_pumps", "sit_telemetry"):
        talk.pick(line)
    assert "finance" in talk.state.present
    talk.pick("ask_useful")
    assert not talk.over
    assert "finance" not in talk.state.present
    assert ("finance", "parts") in reactions(talk)


def test_going_round_finance_costs_trust_and_brings_nothing() -> None:
    talk = Conversation.start(SCENARIO, seed=2)
    for line in WAYS["expert"]["lines"][:11]:
        talk.pick(line)
    before = talk.state.trust
    talk.pick("com_past_finance")
    assert talk.state.trust == before + SCENARIO.trust.bypass
    assert ("finance", "bristles") in reactions(talk)
