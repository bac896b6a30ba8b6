"""Same pump, twice: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("saltmarsh_no_fit")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "ways" / "saltmarsh_no_fit.json").read_text(encoding="utf-8")
)


def number(variant: str, key: str) -> int:
    """A number of a fact as it is in a variant."""
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    fact, _, name = key.partition(".")
    own = next(entry.numbers[name] for entry in SCENARIO.facts if entry.id == fact)
    return entry.numbers.get(key, own)


def claimed(claim: str, name: str) -> int:
    """A figure of the data sheet."""
    return next(entry.numbers[name] for entry in SCENARIO.datasheet if entry.id == claim)


def say(seed: int, lines: list[str]) -> Conversation:
    """These lines in this order; who has none left hangs up."""
    talk = Conversation.start(SCENARIO, seed=seed)
    for option in lines:
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    return talk


def lines_of(way: str) -> list[str]:
    return list(WAYS[way]["lines"])


def whole_menu(talk: Conversation) -> list[str]:
    return [line.option for page in range(talk.pages) for line in talk.menu(page)]


def first_page(talk: Conversation) -> list[str]:
    return [line.option for line in talk.menu()]


def at_random(seed: int, choose: Callable[[Conversation], list[str]]) -> Conversation:
    talk = Conversation.start(SCENARIO, seed=seed)
    chance = random.Random(seed)
    while not talk.over:
        talk.pick(chance.choice(choose(talk)))
    return talk


def reactions_of(talk: Conversation, turn: int) -> list[str]:
    return [reacted.reaction for reacted in talk.state.history[turn].reactions]


# Sums


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("lost_bath.per_year_k") == n("lost_bath.cost_k") * n("lost_bath.leaks")
    assert n("lost_bath.inflated") == n("lost_bath.cost_k") * 12, "the wrong playback makes it a leak a month"
    assert n("brine.times") == n("brine.grams") * 1000 // claimed("chloride_limit", "limit")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    density = 1 + 0.0073 * n("brine.salt")
    chloride = 10 * n("brine.salt") * density * 0.607
    assert n("brine.grams") == pytest.approx(chloride, rel=0.03), "grams of chloride in a litre of brine"
    assert n("brine.times") > 100, "nobody may think that this is near the limit"
    assert n("brine.temp") <= claimed("chloride_limit", "temp")
    assert n("sponge.first") < n("sponge.months")
    assert n("want_bath.years") * 12 > n("sponge.months"), "the need is more than the old pump gave"
    assert n("standing.hours") > n("want_white.hours"), "a weekend is longer than the cheese stands"
    assert 2 * claimed("delivery_price", "price") <= n("month_end.k") * 1000, "two pumps would have fitted the budget"
    assert n("month_end.day") in {*range(24, 31)}, "the text writes 'th', and it is the end of the month"


# Ways


def test_blind_picking_stays_far_below() -> None:
    totals = [at_random(seed, whole_menu).scorecard().total for seed in range(60)]
    totals += [at_random(seed, first_page).scorecard().total for seed in range(60)]
    assert statistics.median(totals) < 35
    assert max(totals) < SCENARIO.pass_mark


# What is particular to this call


def test_the_best_end_is_no_order() -> None:
    kinds = {end.id: end.kind for end in SCENARIO.endings}
    assert [name for name, kind in kinds.items() if kind == "no_fit"] == ["sent_next_door"]
    assert "advance" not in kinds.values()
    worth = next(line.evidence for line in SCENARIO.rubric if line.id == "R10")
    assert worth.kind == "outcome"
    assert {kind for kind, percent in worth.percent.items() if percent} == {"no_fit"}


def test_nobody_passes_without_the_honest_end() -> None:
    weight = next(line.weight for line in SCENARIO.rubric if line.id == "R10")
    assert 100 - weight < SCENARIO.pass_mark
    assert not say(1, lines_of("never_says_it")).scorecard().passed
    assert not say(1, lines_of("honest_and_alone")).scorecard().passed


def test_an_order_needs_the_untruth_and_rules_out_a_pass() -> None:
    asked = say(1, ["open_take_order"])
    assert reactions_of(asked, 1) == ["refuses"]
    sold = say(1, [*lines_of("expert")[:6], "will_yes_order"])
    assert sold.state.ending == "sold_anyway"
    assert (sold.scorecard().ending, sold.scorecard().blocked_by) == ("ejected", "R9")


def test_a_name_before_the_no_and_a_name_that_is_not_on_the_list_are_refused() -> None:
    expert = lines_of("expert")
    early = say(1, [*expert[:6], "com_somebody"])
    assert reactions_of(early, 7) == ["refuses"]
    listed = expert.index("play_man_ask_list") + 1
    without_no = say(1, [*expert[:listed], "com_pellgrim"])
    assert reactions_of(without_no, listed + 1) == ["refuses"]


def test_no_alone_leaves_her_without_a_name() -> None:
    talk = say(1, lines_of("honest_and_alone"))
    assert talk.scorecard().ending == "polite_no"


def test_the_project_engineer_comes_with_the_date_and_leaves_with_the_answer() -> None:
    expert = lines_of("expert")
    dated = expert.index("play_same_ask_hurry") + 1
    assert say(1, expert[:dated]).state.present == ("priya", "project")
    answered = expert.index("form_ack_limit") + 1
    talk = say(1, expert[:answered])
    assert talk.state.present == ("priya",)
    assert "parts" in reactions_of(talk, answered)


def test_the_plain_question_can_be_answered_in_four_ways() -> None:
    trust = {
        line: say(1, ["ask_medium", line]).state.history[2].reactions[0].trust
        for line in ("will_short", "will_unknown", "will_lecture", "will_dodge")
    }
    assert trust == {"will_short": 1, "will_unknown": 1, "will_lecture": -1, "will_dodge": -1}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_played_back_as_trouble_is_corrected(seed: int) -> None:
    talk = say(seed, ["ask_medium", "will_short_ask_old", "ask_standing", "play_standing"])
    noise = "standing" in SCENARIO.variants[talk.state.variant].decoys
    assert reactions_of(talk, 4)[0] == ("corrects" if noise else "confirms")
