"""The launch nobody wants: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("unwanted_launch")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "ways" / "unwanted_launch.json").read_text(encoding="utf-8")
)


def number(variant: str, key: str) -> int:
    """A number of a fact as it is in a variant."""
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    fact, _, name = key.partition(".")
    own = next(entry.numbers[name] for entry in SCENARIO.facts if entry.id == fact)
    return entry.numbers.get(key, own)


def lines_of(way: str, seed: int) -> list[str]:
    lines = WAYS[way]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


# Sums


RATES = (0.38, 0.55, 0.24)
"""of the brief: qualified, quoted, ordered"""
ORDER = 64_000
"""pounds, average order of the brief"""


def claim(name: str) -> dict[str, int]:
    return next(entry.numbers for entry in SCENARIO.datasheet if entry.id == name)


def test_the_claims_are_the_figures_of_the_brief() -> None:
    product = SCENARIO.brief.product
    assert claim("winloss_gap") == {"deals": 240, "reps": 50, "buyers": 17, "agree": 30}
    assert claim("forecasts") == {"launches": 48, "warned": 85, "right": 69}
    assert {f"0.{value}" for value in claim("pooled").values()} == {"0.189", "0.245", "0.179"}
    assert all(f"0.{value}" in product for value in claim("pooled").values())
    assert claim("pooled")["both"] < min(claim("pooled")["sales"], claim("pooled")["marketing"])
    rates = claim("rates")
    assert (rates["qualify"], rates["quoted"], rates["order"]) == tuple(round(100 * rate) for rate in RATES)
    assert rates["leads_an_order"] == round(1 / math.prod(RATES))
    assert rates["value"] == ORDER


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("ad_plan.left_k") == n("ad_plan.spend_k") - n("ad_plan.paid_k")
    assert n("ad_plan.inflated") == n("ad_plan.spend_k") + n("ad_plan.paid_k")
    assert 100 * n("tested_how.inflated") == n("tested_how.people") * n("tested_how.liked")
    assert n("no_winloss.inflated") == 100 - n("no_winloss.won")
    assert n("leads_cost.unrung") == n("leads_unrung.leads") - n("leads_unrung.rung")
    assert n("leads_unrung.inflated") == n("leads_unrung.leads") + n("leads_unrung.rung")
    assert n("leads_cost.wasted") == n("leads_cost.unrung") * n("leads_cost.per_lead")
    assert n("leads_cost.inflated") == n("leads_unrung.leads") * n("leads_cost.per_lead")
    orders = n("want_orders.goal") * n("want_orders.share") / 100 / ORDER
    assert n("want_orders.leads") == math.ceil(orders / math.prod(RATES))
    assert n("want_orders.per_order") == round(1 / math.prod(RATES))
    assert n("want_orders.inflated") == math.ceil(100 * n("want_orders.leads") / n("want_orders.share")), "all of it"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("want_test.day") < n("deadline.close"), "the test is done before print closes"
    assert n("deadline.change_k") < n("md_decides.limit_k"), "another headline is within her own limit"
    assert n("deadline.change_k") < n("deadline.late_k")
    assert n("deadline.change_k") <= n("ad_plan.left_k")
    assert n("no_visits.taken") < n("no_visits.asked")
    assert n("mail.years") <= n("no_winloss.years") <= 5, "it happened in her time"
    assert n("md_board.spend") > 1000 * n("ad_plan.spend_k"), "a year is more than one launch"
    assert 0.15 <= n("leads_unrung.rung") / n("leads_unrung.leads") <= 0.3, "`sum_orders` says a quarter"
    for key in ("want_test.day", "deadline.close"):
        assert n(key) in {*range(4, 21), *range(24, 31)}, "the text writes 'th'"


def test_a_dozen_shows_a_half_and_not_one_in_twenty() -> None:
    """What `many_short` says of twelve people: binomial, exact."""
    half = sum(math.comb(12, k) for k in range(4, 13)) / 2**12
    rare = 0.95**12
    assert half > 0.9, "if half would laugh, four or more of twelve do"
    assert rare > 0.5, "if one in twenty would, most dozens show nobody"


# Ways


@pytest.mark.parametrize("line", ["com_run_late", "com_comments"])
def test_an_easy_yes_is_no_advance(line: str) -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    for option in [*lines_of("expert", 1)[:5], line]:
        talk.pick(option)
    assert talk.scorecard().ending == "continuation"


def test_keeping_the_file_back_costs_trust() -> None:
    """The same question, answered and withheld; at full trust the answer gains nothing, holding back costs."""
    trust = {}
    for line in ("writing_short", "writing_dodge"):
        talk = Conversation.start(SCENARIO, seed=1)
        for option in lines_of("expert", 1)[:7]:
            talk.pick(option)
        before = talk.state.trust
        talk.pick(line)
        trust[line] = talk.state.trust - before
    assert trust["writing_short"] > trust["writing_dodge"]


def test_the_managing_director_stops_everything_until_he_has_said_what_he_needs() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    lines = lines_of("expert", 1)
    for option in [*lines[: lines.index("com_md") + 1], "com_test"]:
        talk.pick(option)
    assert "vetoes" in [reacted.reaction for reacted in talk.state.history[-1].reactions]
    assert not talk.over


def test_the_managing_director_is_not_fetched_for_a_wish_alone() -> None:
    lines = lines_of("expert", 1)
    talk = Conversation.start(SCENARIO, seed=1)
    for option in [*lines[: lines.index("rain_play_record") + 1], "com_md"]:
        talk.pick(option)
    assert "want_test" in talk.state.facts
    assert [reacted.reaction for reacted in talk.state.history[-1].reactions] == ["refuses"]
