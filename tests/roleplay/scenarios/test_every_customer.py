"""What holds for every graded customer with scripted ways; sums and story of each stand in a file of its own."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario
from techsell.roleplay.model import Scenario

FOLDER = Path(__file__).parents[1] / "ways"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
UTTERANCES = Path(__file__).parents[3] / "recogniser" / "utterances"
SEEDS = (1, 2, 3)
"""one for each variant"""

SPREAD = {"saltmarsh": 25, "saltmarsh_no_fit": 20, "meridian_committee": 25}
"""numbers that differ between all variants, where more than 15 are agreed"""
TOLD_BY_CHANCE = {"cobalt_ridge", "meridian_committee", "ninety_seconds", "spec_war"}
"""whose facts no script exhausts: their own files find all of them by kind people of changing curiosity"""
WITHOUT_A_WAY = {
    "cobalt_ridge": {
        "past_the_engineer",
        "send_the_form",
        "proposal_on_the_pile",
        "a_box_at_the_gate",
        "ring_again",
        "polite_brochure",
        "polite_promises",
    },
    "ninety_seconds": {"without_you"},
}
"""endings that no script has, since nobody wrote other words for their lines: their own files reach them"""


@cache
def ways(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def lines_of(name: str, way: str, seed: int) -> list[str]:
    lines = ways(name)[way]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


def say(scenario: Scenario, seed: int, lines: list[str]) -> Conversation:
    """These lines in this order; who has none left hangs up."""
    talk = Conversation.start(scenario, seed=seed)
    for option in lines:
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    return talk


@cache
def played(name: str, way: str, seed: int) -> Conversation:
    return say(load_scenario(name), seed, lines_of(name, way, seed))


def whole_menu(talk: Conversation) -> list[str]:
    return [line.option for page in range(talk.pages) for line in talk.menu(page)]


def first_page(talk: Conversation) -> list[str]:
    return [line.option for line in talk.menu()]


def at_random(scenario: Scenario, seed: int, choose: Callable[[Conversation], list[str]]) -> Conversation:
    talk = Conversation.start(scenario, seed=seed)
    chance = random.Random(seed)
    while not talk.over:
        talk.pick(chance.choice(choose(talk)))
    return talk


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scenario(name: str) -> Scenario:
    return load_scenario(name)


# Ways


@pytest.mark.parametrize(("name", "way"), [(name, way) for name in NAMES for way in sorted(ways(name))])
def test_a_way_ends_where_it_should(name: str, way: str) -> None:
    expected = ways(name)[way]
    for seed in expected["seeds"]:
        talk = played(name, way, seed)
        assert talk.state.ending == expected["ending"], seed
        assert expected["least"] <= talk.scorecard().total <= expected["most"], (seed, talk.scorecard().total)


def test_every_ending_has_a_way(name: str, scenario: Scenario) -> None:
    wanted = {end.id for end in scenario.endings} - WITHOUT_A_WAY.get(name, set())
    assert {way["ending"] for way in ways(name).values()} == wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_habits_keep_their_order(name: str, seed: int) -> None:
    expert, asking, telling = (played(name, way, seed).scorecard() for way in ("expert", "interrogator", "dumper"))
    assert expert.total >= 85
    assert expert.passed
    assert expert.ending == ("no_fit" if name == "saltmarsh_no_fit" else "advance")
    assert telling.total < 30
    assert telling.ending in {"ejected", "polite_no"}
    assert telling.total < asking.total < expert.total
    assert not asking.passed
    assert expert.total - telling.total >= 40


def test_blind_picking_stays_far_below(scenario: Scenario) -> None:
    totals = [at_random(scenario, seed, whole_menu).scorecard().total for seed in range(60)]
    totals += [at_random(scenario, seed, first_page).scorecard().total for seed in range(60)]
    assert statistics.median(totals) < 35
    assert max(totals) < 85


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TOLD_BY_CHANCE])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_fact_comes_out_in_every_variant(name: str, seed: int) -> None:
    heard = {fact for way in ways(name) for fact in played(name, way, seed).state.facts}
    assert heard == {fact.id for fact in load_scenario(name).facts}


def test_the_worked_example_ends_well_with_a_reason_for_every_line(name: str, scenario: Scenario) -> None:
    worked = scenario.worked
    assert worked is not None
    assert all(line.why for line in worked.lines)
    talk = say(scenario, worked.seed, [line.option for line in worked.lines])
    assert talk.state.ending == ways(name)["expert"]["ending"]
    assert talk.scorecard().total >= 85


def test_the_menu_stays_readable(name: str, scenario: Scenario) -> None:
    talk = Conversation.start(scenario, seed=1)
    sizes = []
    for line in lines_of(name, "expert", 1):
        sizes.append(len(whole_menu(talk)))
        talk.pick(line)
    assert min(sizes) >= 6
    assert max(sizes) <= 40


# Texts


def test_the_variants_cannot_be_learned_by_heart(name: str, scenario: Scenario) -> None:
    decoys = [frozenset(entry.decoys) for entry in scenario.variants]
    assert len(set(decoys)) == len(decoys) == 3
    assert all(2 <= len(found) <= 3 for found in decoys)
    own = {f"{fact.id}.{key}": value for fact in scenario.facts for key, value in fact.numbers.items()}
    spread = [key for key in own if len({entry.numbers.get(key, own[key]) for entry in scenario.variants}) == 3]
    assert len(spread) >= SPREAD.get(name, 15)


def test_no_sentence_of_the_labelled_set_teaches_the_matcher(name: str, scenario: Scenario) -> None:
    text = (UTTERANCES / f"{name}.jsonl").read_text(encoding="utf-8")
    labelled = {json.loads(line)["text"] for line in text.splitlines()}
    groups = (scenario.facts, scenario.plant, scenario.datasheet, scenario.questions, scenario.commitments)
    own = [text for group in groups for entry in group for text in entry.utterances]
    own += [text for option in scenario.options for text in option.paraphrases]
    assert len(own) > 300
    assert set(own).isdisjoint(labelled)
    assert len(own) == len(set(own))


def test_facts_and_plant_sheet_are_as_rich_as_agreed(scenario: Scenario) -> None:
    assert all(8 <= len(fact.utterances) <= 15 for fact in scenario.facts)
    own = [entry for entry in scenario.plant if entry.keywords]
    assert len(own) >= 45
    assert all(2 <= len(entry.utterances) <= 8 for entry in own)
    known = {topic.id for topic in scenario.topics}
    assert len({topic for entry in scenario.plant for topic in entry.topics if topic not in known}) >= 55
