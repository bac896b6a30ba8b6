"""Spec war: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("spec_war")
OPTIONS = {option.id: option for option in SCENARIO.options}
SEEDS = {entry.id: index or len(SCENARIO.variants) for index, entry in enumerate(SCENARIO.variants)}
"""a seed for each variant"""
TESTS = Path(__file__).parents[1]
WAYS: dict[str, Any] = json.loads((TESTS / "ways" / "spec_war.json").read_text(encoding="utf-8"))
UNSUPPORTED = {claim.id for claim in SCENARIO.datasheet if not claim.supported}
GIVES_UP = {"agree_redesign", "send_study"}


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
        or move.label == "pitch"
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

    deals = [n(f"three_losses.{name}_k") for name in ("quillon", "meridian", "lindqvist")]
    assert n("three_losses.total_k") == sum(deals)
    assert n("three_losses.never_k") == deals[0] + deals[1], "the two that had never listed us"
    assert n("quote_hours.total") == n("quote_hours.quotes") * n("quote_hours.hours")
    assert n("quote_hours.inflated") == 3 * n("quote_hours.total")


@pytest.mark.parametrize("variant", SEEDS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("three_losses.never_k") > n("three_losses.total_k") / 2, "most of the money went before any quote"
    assert n("quillon_before.own") < n("quillon_before.days") < 7 * n("quillon_before.weeks"), "in time, and too late"
    assert n("quillon_before.own") != n("quillon_before.weeks"), "the wrong playback mixes them up"
    assert n("lindqvist_before.theirs") < n("lindqvist_before.ours")
    assert n("redesign_cost.cost_k") > 5 * n("three_losses.lindqvist_k")
    assert n("redesign_cost.cost_k") < 610, "the last one, in the folder, was dearer"
    assert n("redesign_cost.months") * 4 > n("md_date.weeks")
    assert n("aware_few.ours") < n("aware_few.torvane") < n("aware_few.asked")
    assert n("aware_few.torvane") + n("aware_few.ours") != n("aware_few.asked"), "buyers may name both, or neither"
    assert n("md_date.review_day") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"
    assert 7 * (n("md_date.weeks") - 1) > 14, "time for a review before the paper is due"


def test_the_folder_carries_the_figures_of_the_course_s_share_model() -> None:
    model = next(claim for claim in SCENARIO.datasheet if claim.id == "share_model")
    assert model.numbers == {"share": 19, "performance": 22, "awareness": 25}
    assert all(str(value) in SCENARIO.brief.product for value in model.numbers.values())


def test_two_of_three_were_never_listed_whatever_the_variant() -> None:
    story = {"quillon_before", "meridian_before", "lindqvist_before", "no_reason", "cut_show", "bonus_fear"}
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
        for line in WAYS["expert"]["lines"][: chance.randrange(16)]:
            talk.pick(line)
        while not talk.over and (lines := [line for line in menu(talk) if kind(line)]):
            talk.pick(chance.choice(lines))
        missing -= set(talk.state.facts)
        if not missing:
            break
    assert missing == set()


# What people do


def test_r_and_d_stops_everything_after_a_promise_that_nobody_measured() -> None:
    lines = [*WAYS["expert"]["lines"][:3], "tell_smaller_wins", *WAYS["expert"]["lines"][3:]]
    lines = [line for line in lines if line != "ask_brochure" and line != "fluff_ack_clarify"]
    talk = say(lines, 1)
    said = [reacted for turn in talk.state.history for reacted in turn.reactions]
    assert any(reacted.reaction == "vetoes" and reacted.speaker == "rnd" for reacted in said)
    assert talk.state.ending != "review_booked"
    assert talk.scorecard().blocked_by == "R9"


def test_the_others_come_only_when_gus_fetches_them() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    assert talk.state.present == ("gus",)
    for line in WAYS["expert"]["lines"][:15]:
        talk.pick(line)
    assert set(talk.state.present) == {"gus", "rnd", "mark"}


def test_going_round_gus_costs_trust_and_brings_nothing() -> None:
    talk = Conversation.start(SCENARIO, seed=2)
    for line in WAYS["expert"]["lines"][:5]:
        talk.pick(line)
    before = talk.state.trust
    talk.pick("com_past_gus")
    assert talk.state.trust == before + SCENARIO.trust.bypass
    assert "bristles" in {reacted.reaction for reacted in talk.state.history[-1].reactions}


def test_the_marketing_assistant_goes_for_the_box_once_asked_about_it() -> None:
    talk = Conversation.start(SCENARIO, seed=3)
    for line in [*WAYS["expert"]["lines"][:16], "mark_ask_cards"]:
        talk.pick(line)
    assert "mark" not in talk.state.present
    assert {"gus", "rnd"} <= set(talk.state.present)


def test_nobody_is_fetched_before_it_is_known_what_they_should_hear() -> None:
    lines = WAYS["expert"]["lines"]
    for cut, reaction in ((5, "refuses"), (6, "grants")):
        talk = Conversation.start(SCENARIO, seed=1)
        for line in [*lines[:cut], "com_bring"]:
            talk.pick(line)
        assert talk.state.history[-1].reactions[0].reaction == reaction
