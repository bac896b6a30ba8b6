"""Procurement Friday: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("procurement_friday")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "ways" / "procurement_friday.json").read_text(encoding="utf-8")
)
PRICE = 36_000
"""pounds: the quotation of the brief"""
ASKED = 12
"""percent that the buyer wants off"""
KILOWATTS = (20.4, 23.3)
"""from the mains, new pump and old, as the brief has them"""


def number(variant: str, key: str) -> int:
    """A number of a fact as it is in a variant."""
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    fact, _, name = key.partition(".")
    own = next(entry.numbers[name] for entry in SCENARIO.facts if entry.id == fact)
    return entry.numbers.get(key, own)


def lines_of(way: str, seed: int) -> list[str]:
    lines = WAYS[way]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


def play(way: str, seed: int, scenario: Any = SCENARIO) -> Conversation:
    """One way with one seed; who has no line left hangs up."""
    talk = Conversation.start(scenario, seed=seed)
    for option in lines_of(way, seed):
        if talk.over:
            break
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    return talk


def at_random(seed: int, choose: Callable[[Conversation], list[str]]) -> Conversation:
    talk = Conversation.start(SCENARIO, seed=seed)
    chance = random.Random(seed)
    while not talk.over:
        talk.pick(chance.choice(choose(talk)))
    return talk


def whole_menu(talk: Conversation) -> list[str]:
    return [line.option for page in range(talk.pages) for line in talk.menu(page)]


def first_page(talk: Conversation) -> list[str]:
    return [line.option for line in talk.menu()]


# Sums


def mains_power(pump: float, motor: float) -> float:
    """Kilowatts from the mains at 120 m³/h and 45 m: density times gravity times flow times head over efficiencies."""
    return 1000 * 9.81 * (120 / 3600) * 45 / (pump * motor) / 1000


def test_the_kilowatts_of_the_brief_follow_from_the_duty() -> None:
    new, old = KILOWATTS
    assert mains_power(0.76, 0.95) == pytest.approx(new, abs=0.05)
    assert mains_power(0.68, 0.93) == pytest.approx(old, abs=0.05)
    assert round(old - new, 1) == 2.9
    power = next(claim for claim in SCENARIO.datasheet if claim.id == "power")
    assert power.numbers == {"ours_w": 20400, "old_w": 23300, "less_w": 2900}
    assert power.numbers["old_w"] - power.numbers["ours_w"] == power.numbers["less_w"]


def test_the_economic_value_of_the_brief_is_the_one_of_the_module() -> None:
    """18,000 next best; energy, stops, upkeep, subscription over ten years at 8 %; spares and cut-over at once."""
    energy = (mains_power(0.68, 0.93) - mains_power(0.76, 0.95)) * 7500 * 0.18
    a_year = energy + (0.8 - 0.5) * 6 * 1400 + 500 - 900
    annuity = (1 - 1.08**-10) / 0.08
    value = 18_000 + a_year * annuity - 3200 - 4 * 1400
    assert value == pytest.approx(49_583, abs=1)
    assert round(value, -2) == 49_600
    claim = next(claim for claim in SCENARIO.datasheet if claim.id == "evc_price")
    assert claim.numbers == {"value": 49_600, "gap": 49_600 - PRICE}
    assert not claim.supported


def test_twelve_percent_is_what_is_missing_and_what_can_be_traded() -> None:
    assert PRICE * ASKED // 100 == 4320
    assert "£4,320" in SCENARIO.brief.call
    assert PRICE - 4320 == 31_680
    gives = next(claim for claim in SCENARIO.datasheet if claim.id == "house_list").numbers
    assert sum(gives.values()) == ASKED, "all three together are what he asks for"
    trade = next(entry for entry in SCENARIO.commitments if entry.id == "trade")
    assert gives["frame"] + gives["pumps"] == 9
    assert "nine percent" in trade.granted


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("rival_offer.gap_k") == n("rival_offer.ours_k") - n("rival_offer.rival_k")
    assert n("rival_offer.ours_k") * 1000 == PRICE
    assert n("tariff.kwh") * 10 == 29 * n("tariff.hours"), "2.9 kW times the hours"
    assert n("tariff.per_year") * 100 == n("tariff.kwh") * n("tariff.pence")
    assert n("tariff.five_years") == 5 * n("tariff.per_year")
    assert n("tariff.inflated") == 2 * n("tariff.five_years")
    assert n("twelve_why.missing_k") == n("twelve_why.target_k") - n("twelve_why.reached_k")
    assert n("twelve_why.missing_k") == PRICE * ASKED // 100_000
    assert n("stop_cost.per_stop") == n("stop_cost.per_hour") * n("stops.hours")
    assert n("stop_cost.five_years") == n("stop_cost.per_stop") * n("stops.stops")
    assert n("stops.inflated") == 5 * n("stops.stops"), "the wrong playback takes five years for one"
    assert n("stop_cost.inflated") == 5 * n("stop_cost.five_years")
    assert n("next_pumps.inflated") == n("next_pumps.pumps") * n("next_pumps.years")
    assert n("booking.inflated") == 12 * (n("booking.inflated") // 12), "whole years"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("tariff.hours") <= 8760
    assert n("last_cheap.years") >= 5, "the loss book speaks of five years with this pump"
    assert n("opex_line.left_k") * 1000 >= 800 * 12, "a year's rent fits into the line"
    assert n("who_signs.limit_k") * 1000 < PRICE, "so the controller initials"
    assert n("booking.months") >= 3, "the data sheet's notice must be able to meet the rule"
    assert n("next_pumps.pumps") >= 2, "the trade asks for two of them"
    assert n("want_warning.days") < 15, "two wash days a month"
    extra = 1000 * n("rival_offer.gap_k") + 3200 + 5 * 900 + 4 * n("stop_cost.per_hour")
    assert n("tariff.five_years") < extra, "energy alone does not carry the dearer pump: `sum_gap` says so"
    assert n("tariff.five_years") + n("stop_cost.five_years") > extra, "with the stops it can"
    assert n("booking.day") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"


def test_the_variants_cannot_be_learned_by_heart() -> None:
    decoys = [frozenset(entry.decoys) for entry in SCENARIO.variants]
    assert len(set(decoys)) == len(decoys) == 3
    assert all(2 <= len(found) <= 3 for found in decoys)
    spread = [key for key in SCENARIO.variants[1].numbers if len({number(v, key) for v in VARIANTS}) == 3]
    assert len(spread) >= 15


# Ways


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_way_ends_where_it_should(way: str) -> None:
    expected = WAYS[way]
    for seed in expected["seeds"]:
        talk = play(way, seed)
        total = talk.scorecard().total
        assert talk.state.ending == expected["ending"], (way, seed)
        assert expected["least"] <= total <= expected["most"], (way, seed, total)


def test_every_ending_has_a_way() -> None:
    assert {way["ending"] for way in WAYS.values()} == {end.id for end in SCENARIO.endings}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_habits_keep_their_order(seed: int) -> None:
    expert, asking, telling = (play(way, seed).scorecard() for way in ("expert", "interrogator", "dumper"))
    assert expert.total >= 85
    assert expert.ending == "advance"
    assert expert.passed
    assert telling.total < 30
    assert telling.ending in {"ejected", "polite_no"}
    assert telling.total < asking.total < expert.total
    assert expert.total - telling.total >= 40


def test_a_discount_for_nothing_is_granted_at_once_and_is_no_advance() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    talk.pick("open_give")
    assert talk.over
    assert talk.scorecard().ending == "continuation"
    assert talk.state.ending == "twelve_for_nothing"


def test_blind_picking_stays_far_below() -> None:
    totals = [at_random(seed, whole_menu).scorecard().total for seed in range(60)]
    totals += [at_random(seed, first_page).scorecard().total for seed in range(60)]
    assert statistics.median(totals) < 35
    assert max(totals) < 85


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_fact_comes_out_in_every_variant(variant: str) -> None:
    index = VARIANTS.index(variant)
    seed = index or len(VARIANTS)
    heard = {fact for way in WAYS for fact in play(way, seed).state.facts}
    assert heard == {fact.id for fact in SCENARIO.facts}


def test_the_worked_example_is_an_advance_with_a_reason_for_every_line() -> None:
    worked = SCENARIO.worked
    assert worked is not None
    talk = Conversation.start(SCENARIO, seed=worked.seed)
    for line in worked.lines:
        assert line.why
        talk.pick(line.option)
    assert talk.state.ending == "traded"
    assert talk.scorecard().total >= 85


# Texts


def test_no_sentence_of_the_labelled_set_teaches_the_matcher() -> None:
    path = Path(__file__).parents[3] / "recogniser" / "utterances" / "procurement_friday.jsonl"
    labelled = {json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()}
    own = [
        text
        for group in (SCENARIO.facts, SCENARIO.plant, SCENARIO.datasheet, SCENARIO.questions, SCENARIO.commitments)
        for entry in group
        for text in entry.utterances
    ]
    own += [text for option in SCENARIO.options for text in option.paraphrases]
    assert len(own) > 300
    assert sorted(set(own) & labelled) == []
    assert len(own) == len(set(own))


def test_facts_and_plant_sheet_are_as_rich_as_agreed() -> None:
    assert all(8 <= len(fact.utterances) <= 15 for fact in SCENARIO.facts)
    own = [entry for entry in SCENARIO.plant if entry.keywords]
    assert len(own) >= 45
    assert all(2 <= len(entry.utterances) <= 8 for entry in own)
    known = {topic.id for topic in SCENARIO.topics}
    ordinary = {topic for entry in SCENARIO.plant for topic in entry.topics if topic not in known}
    assert len(ordinary) >= 55
