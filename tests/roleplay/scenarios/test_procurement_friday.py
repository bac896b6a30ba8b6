"""Procurement Friday: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
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


# Ways


def test_a_discount_for_nothing_is_granted_at_once_and_is_no_advance() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    talk.pick("open_give")
    assert talk.over
    assert talk.scorecard().ending == "continuation"
    assert talk.state.ending == "twelve_for_nothing"
