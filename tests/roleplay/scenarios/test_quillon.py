"""Never heard of you: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("quillon")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "ways" / "quillon.json").read_text(encoding="utf-8"))


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


def lines_of(way: str, seed: int) -> list[str]:
    lines = WAYS[way]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


# Sums


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("wafers.total") == n("wafers.per_day") * n("recall.days")
    assert n("wafers.inflated") == 10 * n("wafers.total")
    assert n("finance_paid.left_k") == n("finance_paid.cost_k") - n("finance_paid.back_k")
    assert n("expedite.year_k") == n("expedite.flights") * n("expedite.each_k")
    assert n("single_source.inflated") == 2 * n("single_source.now")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("reference.months") <= claimed("saltmarsh_reference", "months"), "the data sheet can meet the wish"
    assert n("want_days.days") <= claimed("warning", "from"), "and the shortest warning is long enough"
    assert n("single_source.then") < n("single_source.now")
    assert n("expedite.flights") < n("shortlist.per_year")
    assert n("recall.months") != n("recall.days"), "the wrong playback puts one for the other"
    assert n("silence.days") > n("recall.days"), "they knew before the tool stood"
    assert n("metals.low") < n("metals.high")
    assert 1 <= n("safe_loop.loop") <= 9, "the plant sheet says nine loops"
    assert n("exit_cost.cap_k") < n("fab_signs.limit_k") < n("finance_paid.left_k")
    assert n("want_trial.start") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"


# What is particular to this call


def reactions_of(talk: Conversation, turn: int) -> list[str]:
    return [reacted.reaction for reacted in talk.state.history[turn].reactions]


def test_money_off_is_taken_for_what_it_is() -> None:
    card = say(1, lines_of("discount", 1)).scorecard()
    assert card.ending == "polite_no"
    assert not card.passed


def test_saying_that_we_never_had_a_recall_rules_out_a_pass() -> None:
    start = lines_of("expert", 1)
    told = start.index("wetted_short_ask_name")
    talk = say(1, [*start[:told], "tell_no_recall"])
    assert "doubts" in reactions_of(talk, told + 1)
    assert talk.scorecard().blocked_by == "R9"


def test_the_scar_stays_shut_to_a_question_about_suppliers_in_general() -> None:
    assert "recall" not in say(1, ["ask_usual_new"]).state.facts
    early = say(1, ["ask_last_new"])
    assert "recall" not in early.state.facts, "too early: trust 4"
    assert reactions_of(early, 1) == ["guards"]
    assert "recall" in say(1, ["ask_supply", "play_supply_ask_new"]).state.facts


def test_no_monday_before_the_fab_manager_has_said_where() -> None:
    start = lines_of("expert", 1)
    asked = start.index("alarm_short_ask_where")
    talk = say(1, [*start[:asked], "com_trial"])
    assert reactions_of(talk, asked + 1)[0] == "vetoes"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_played_back_as_trouble_is_corrected(seed: int) -> None:
    way = ["open_frame", "open_exit_ask", "ask_spare", "play_spare"]
    talk = say(seed, way)
    noise = "spare_borrowed" in SCENARIO.variants[talk.state.variant].decoys
    assert reactions_of(talk, 4)[0] == ("corrects" if noise else "confirms")


def test_her_small_yes_twisted_is_corrected_and_opens_nothing() -> None:
    start = lines_of("expert", 1)
    wished = start.index("play_exit_ask_trial") + 1
    talk = say(1, [*start[:wished], "play_trial_wrong"])
    assert reactions_of(talk, wished + 1) == ["corrects"]
    assert "fab_signs" not in talk.state.facts


def test_the_fab_manager_is_fetched_for_a_reason_only() -> None:
    start = lines_of("expert", 1)
    told = start.index("play_silence_ask_contract") + 1
    talk = say(1, [*start[:told], "com_fab"])
    assert reactions_of(talk, told + 1) == ["refuses"]
