"""The launch nobody wants: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import math
import random
import statistics
from collections.abc import Callable
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
    assert talk.state.ending == "tested_together"
    assert talk.scorecard().total >= 85


# Texts


def test_no_sentence_of_the_labelled_set_teaches_the_matcher() -> None:
    path = Path(__file__).parents[3] / "recogniser" / "utterances" / "unwanted_launch.jsonl"
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
