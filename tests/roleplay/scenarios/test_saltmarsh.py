"""A better seal: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario
from techsell.roleplay.labels import Reaction

SCENARIO = load_scenario("saltmarsh")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "ways" / "saltmarsh.json").read_text(encoding="utf-8"))


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

    assert n("seal_count.seals") == n("seal_count.planned") + n("seal_count.stops")
    assert n("seal_count.inflated") == 2 * n("seal_count.stops")
    assert n("callout.hours") == n("callout.wait") + n("callout.repair") + n("callout.clean")
    assert n("lost_milk.per_stop") * 100 == n("lost_milk.litres") * n("lost_milk.pence")
    assert n("lost_milk.per_year") == n("lost_milk.per_stop") * n("seal_count.stops")
    assert n("lost_milk.inflated") == n("lost_milk.per_stop") * n("seal_count.seals")
    assert n("late_lorries.per_year") == n("late_lorries.lorries") * n("late_lorries.charge")
    assert n("trace_files.files") == n("seal_count.seals"), "each opened pump is a file"
    assert n("lance.bar") == n("washdown.bar"), "the lance is the hose"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    dry = n("pumps.total") - n("pumps.wet")
    by_life = n("pumps.wet") * 52 / n("seal_life.weeks") + dry * 12 / n("seal_life.dry_months")
    assert n("seal_count.seals") == pytest.approx(by_life, abs=1.0), "seals a year from pumps and seal life"
    assert n("seal_life.weeks") / 4.3 < n("seal_life.maker_months") <= n("seal_life.dry_months")
    assert n("callout.nights") < n("seal_count.stops"), "not every stop is at night"
    assert n("late_lorries.lorries") < n("seal_count.stops")
    assert n("drip.hours") < 24 * claimed("lead_time", "latest"), (
        "the drip comes later than the sensing's latest warning"
    )
    assert claimed("lead_time", "latest") <= n("want_nights.days") <= claimed("lead_time", "median")
    assert n("washdown.temp") <= claimed("hose_rating", "temp"), "the data sheet must be able to meet the hose"
    assert n("washdown.bar") <= claimed("hose_rating", "bar")
    assert n("shock.cold") < n("washdown.temp")
    assert n("audit_finding.gaps") < n("audit_finding.drawn") <= n("trace_files.files")
    assert n("drowned.dead") < n("drowned.units")
    assert n("pumps.wet") * 2400 > n("who_signs.limit_k") * 1000, "even the lower price goes beyond Priya's signature"
    assert n("want_nights.visit_day") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"


# Ways


def test_blind_picking_stays_far_below() -> None:
    totals = [at_random(seed, whole_menu).scorecard().total for seed in range(60)]
    totals += [at_random(seed, first_page).scorecard().total for seed in range(60)]
    assert statistics.median(totals) < 35
    assert max(totals) < SCENARIO.pass_mark


# What is particular to this call


def test_the_shift_office_puts_through_and_leaves() -> None:
    talk = say(1, ["gate_reason"])
    assert reactions_of(talk, 1) == ["grants", "parts", "greets"]
    assert talk.state.present == ("priya",)


def test_the_shift_office_answers_and_still_tires_of_a_survey() -> None:
    """What it knows it tells, what it does not know it hands on, and the fifth question finds it busy."""
    talk = Conversation.start(SCENARIO, seed=1)
    for asked in ("how many lines do you have", "what do the seals cost", "is there parking", "do you make yoghurt"):
        talk.say(asked)
    turns = talk.state.history[1:]
    assert all([one.reaction for one in turn.reactions] == ["answers"] for turn in turns)
    assert not talk.state.facts
    trust = talk.state.trust
    for asked in ("how many people work on a shift", "what do they clean with"):
        talk.say(asked)
    assert all(turn.reactions[0].reaction == "tires" for turn in talk.state.history[5:])
    assert talk.state.trust == trust - 2
    assert talk.state.ending == "number_in_the_book"


def test_a_small_untruth_to_the_shift_office_opens_no_door() -> None:
    talk = say(1, ["gate_expecting"])
    assert talk.state.present == ("office",)
    assert talk.state.trust == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_night_is_told_only_after_something_that_happened(seed: int) -> None:
    """It wants trust 5, one more than strangers have, and a past-specific question."""
    cold = say(seed, ["gate_reason", "ask_last_night"])
    assert "guards" in reactions_of(cold, 2)
    assert "callout" not in cold.state.facts
    general = say(seed, ["gate_reason", "ask_seals_year", "ask_usual_night"])
    assert "callout" not in general.state.facts
    warm = say(seed, ["gate_reason", "ask_seals_year", "ask_last_night"])
    assert "callout" in warm.state.facts


def test_a_banked_compliment_is_a_continuation() -> None:
    talk = say(1, lines_of("banks_the_compliment"))
    assert talk.scorecard().ending == "continuation"
    assert not talk.scorecard().passed


def test_the_request_taken_literally_ends_the_call_with_samples() -> None:
    talk = say(1, lines_of("takes_the_request"))
    assert talk.state.ending == "a_dearer_seal"
    assert "callout" not in talk.state.facts


def test_would_you_use_meets_a_shrug() -> None:
    talk = say(1, ["gate_reason", "ask_seals_year", "ask_better", "ask_would_you_use"])
    assert reactions_of(talk, 4)[0] == "shrugs"


def test_nothing_is_agreed_while_quality_objects() -> None:
    expert = lines_of("expert")
    objected = expert.index("wet_ack_clarify")
    talk = say(1, [*expert[:objected], "com_both"])
    assert reactions_of(talk, objected + 1) == ["vetoes", "vetoes"]


def test_a_claim_beyond_the_data_sheet_rules_out_a_pass() -> None:
    expert = lines_of("expert")
    at = expert.index("sill_proof_ask_story")
    talk = say(1, [*expert[:at], "sill_promise"])
    assert talk.scorecard().blocked_by == "R9"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_played_back_as_trouble_is_corrected(seed: int) -> None:
    talk = say(seed, ["gate_reason", "ask_seals_year", "ask_last_night", "ask_shock", "play_shock"])
    noise = "shock" in SCENARIO.variants[talk.state.variant].decoys
    assert reactions_of(talk, 5)[0] == ("corrects" if noise else "confirms")


# Texts


def test_people_and_plant_agree_with_the_other_call_at_saltmarsh() -> None:
    """The same people say and sound the same in both files."""
    other = load_scenario("saltmarsh_no_fit")
    here, there = (next(one for one in scenario.personas if one.id == "priya") for scenario in (SCENARIO, other))
    assert (here.name, here.role, here.patience, here.technicality) == (
        there.name,
        there.role,
        there.patience,
        there.technicality,
    )
    shared: tuple[Reaction, ...] = ("corrects", "thanks", "respects", "bristles")
    assert all(set(here.lines[name]) & set(there.lines[name]) for name in shared)
    said = {entry.id: entry.says for entry in other.plant}
    same = [entry.id for entry in SCENARIO.plant if said.get(entry.id) == entry.says]
    assert {"o_boss_p", "o_contact_p", "o_sites_p", "o_payment_p"} <= set(same)


def test_quality_objects_before_anybody_has_asked_her_anything() -> None:
    expert = lines_of("expert")
    fetched = expert.index("play_want_bring_qa") + 1
    talk = Conversation.start(SCENARIO, seed=1)
    for line in [*expert[:fetched], "com_night"]:
        talk.pick(line)
    assert "audit_finding" not in talk.state.facts
    talk.pick("com_review")
    assert reactions_of(talk, fetched + 2) == ["vetoes"]
