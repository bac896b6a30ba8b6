"""Never heard of you: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
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
        talk = say(seed, lines_of(way, seed))
        assert talk.state.ending == expected["ending"], (way, seed)
        assert expected["least"] <= talk.scorecard().total <= expected["most"], (way, seed, talk.scorecard().total)


def test_every_ending_has_a_way() -> None:
    assert {way["ending"] for way in WAYS.values()} == {end.id for end in SCENARIO.endings}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_habits_keep_their_order(seed: int) -> None:
    expert, asking, telling = (
        say(seed, lines_of(way, seed)).scorecard() for way in ("expert", "interrogator", "dumper")
    )
    assert expert.total >= 85
    assert (expert.ending, expert.passed) == ("advance", True)
    assert telling.total < 30
    assert telling.ending in {"ejected", "polite_no"}
    assert telling.total < asking.total < expert.total
    assert expert.total - telling.total >= 40


def test_blind_picking_stays_far_below() -> None:
    totals = [at_random(seed, whole_menu).scorecard().total for seed in range(60)]
    totals += [at_random(seed, first_page).scorecard().total for seed in range(60)]
    assert statistics.median(totals) < 35


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fact_comes_out_in_every_variant(seed: int) -> None:
    heard = {fact for way in WAYS for fact in say(seed, lines_of(way, seed)).state.facts}
    assert heard == {fact.id for fact in SCENARIO.facts}


def test_the_worked_example_is_an_advance_with_a_reason_for_every_line() -> None:
    worked = SCENARIO.worked
    assert worked is not None
    assert all(line.why for line in worked.lines)
    talk = say(worked.seed, [line.option for line in worked.lines])
    assert talk.state.ending == "trial_dated"
    assert talk.scorecard().total >= 85


def test_the_menu_stays_readable() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    sizes = []
    for line in lines_of("expert", 1):
        sizes.append(len(whole_menu(talk)))
        talk.pick(line)
    assert min(sizes) >= 6
    assert max(sizes) <= 40


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


# Texts


def test_no_sentence_of_the_labelled_set_teaches_the_matcher() -> None:
    path = Path(__file__).parents[3] / "recogniser" / "utterances" / "quillon.jsonl"
    labelled = {json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()}
    own = [
        text
        for group in (SCENARIO.facts, SCENARIO.plant, SCENARIO.datasheet, SCENARIO.questions, SCENARIO.commitments)
        for entry in group
        for text in entry.utterances
    ]
    own += [text for option in SCENARIO.options for text in option.paraphrases]
    assert len(own) > 300
    assert set(own).isdisjoint(labelled)
    assert len(own) == len(set(own))


def test_facts_and_plant_sheet_are_as_rich_as_agreed() -> None:
    assert all(8 <= len(fact.utterances) <= 15 for fact in SCENARIO.facts)
    own = [entry for entry in SCENARIO.plant if entry.keywords]
    assert len(own) >= 45
    assert all(2 <= len(entry.utterances) <= 8 for entry in own)
    known = {topic.id for topic in SCENARIO.topics}
    ordinary = {topic for entry in SCENARIO.plant for topic in entry.topics if topic not in known}
    assert len(ordinary) >= 55
