"""The shipped scenarios as texts: complete, documented, plausible, and no line that gives itself away."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from techsell.errors import Problem
from techsell.roleplay import Conversation, list_scenarios, load_scenario
from techsell.roleplay.load import scenario_path
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser.ordinary import ordinary_topics

IDS = list_scenarios()
OWN_TEXT = {"discloses", "answers", "settles", "insists", "grants", "refuses", "vetoes", "recalls"}
"""reactions whose words stand with the fact, plant fact, objection or commitment"""


@cache
def scenario(name: str) -> Scenario:
    return load_scenario(name)


def number(of: Scenario, variant: str, key: str) -> int:
    """A number as it is in a variant."""
    fact, _, name = key.partition(".")
    overrides = next(entry.numbers for entry in of.variants if entry.id == variant)
    return overrides.get(key, next(entry.numbers[name] for entry in of.facts if entry.id == fact))


# The author's guide


def classes_of(kind: Any, found: dict[str, type[BaseModel]]) -> None:
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__ not in found:
        found[kind.__name__] = kind
        for field in kind.model_fields.values():
            classes_of(field.annotation, found)
    for inner in get_args(kind):
        classes_of(inner, found)


def guide() -> str:
    return scenario_path(IDS[0]).with_name("README.md").read_text(encoding="utf-8")


def guide_tables() -> dict[str, list[str]]:
    """Heading of each class in the guide -> the field names of its table."""
    sections = re.split(r"^### ", guide(), flags=re.MULTILINE)[1:]
    return {
        part.split("\n", 1)[0].strip(): re.findall(r"^\| `(\w+)`", part.split("\n## ")[0], re.MULTILINE)
        for part in sections
    }


def test_the_guide_explains_every_field_and_nothing_else() -> None:
    found: dict[str, type[BaseModel]] = {}
    classes_of(Scenario, found)
    tables = guide_tables()
    assert set(tables) == set(found)
    for name, kind in found.items():
        fields = {field.alias or own for own, field in kind.model_fields.items()}
        assert set(tables[name]) == fields, name
        assert len(tables[name]) == len(fields), f"{name} explains a field twice"


def test_the_guide_marks_required_fields() -> None:
    found: dict[str, type[BaseModel]] = {}
    classes_of(Scenario, found)
    parts = {part.split("\n", 1)[0].strip(): part for part in re.split(r"^### ", guide(), flags=re.MULTILINE)[1:]}
    for name, kind in found.items():
        required = {field.alias or own for own, field in kind.model_fields.items() if field.is_required()}
        assert set(re.findall(r"^\| `(\w+)` •", parts[name], re.MULTILINE)) == required, name


# Every scenario


@pytest.mark.parametrize("name", IDS)
def test_it_loads(name: str) -> None:
    assert scenario(name).id == name


@pytest.mark.parametrize("name", IDS)
def test_a_graded_scenario_has_a_hundred_points_with_listening_and_not_telling_first(name: str) -> None:
    found = scenario(name)
    if not found.graded:
        assert not found.rubric
        return
    assert sum(line.weight for line in found.rubric) == 100
    by_weight = sorted(found.rubric, key=lambda line: -line.weight)
    assert {line.id for line in by_weight[:2]} == {"R2", "R3"}
    assert len(found.variants) >= 3
    assert len(found.plant) >= 40
    assert any(question.technical for question in found.questions)
    assert len(found.questions) >= 2


@pytest.mark.parametrize("name", IDS)
def test_every_plant_topic_can_be_asked_for_and_fifteen_answers_are_within_reach(name: str) -> None:
    found = scenario(name)
    asked = [
        set(move.topics) for option in found.options for move in option.moves if move.label in {"situation", "clarify"}
    ]
    reachable = [entry for entry in found.plant if any(topics & set(entry.topics) for topics in asked)]
    if found.graded:
        assert len(reachable) >= 15
    known = {topic.id for topic in found.topics} | set(ordinary_topics())
    assert all(set(entry.topics) <= known for entry in found.plant)


@pytest.mark.parametrize("name", IDS)
def test_lint_has_nothing_to_object_to(name: str, linted: Callable[[str], tuple[Problem, ...]]) -> None:
    """Nothing out of reach, no menu that gives itself away, no figure typed out, no dead end."""
    problems = linted(name)
    assert [str(problem) for problem in problems if problem.grade == "error"] == []
    assert [str(problem) for problem in problems if problem.code == "TS421"] == [], "frequent words in one way only"


# Played at random: nobody is left without words


@pytest.mark.parametrize("name", IDS)
def test_everybody_has_words_for_every_reaction_that_is_shown(name: str) -> None:
    found = scenario(name)
    for seed in range(60):
        talk = Conversation.start(found, seed=seed)
        turn = 0
        while not talk.over:
            lines = talk.menu(seed % 3)
            talk.pick(lines[(seed * 7 + turn * 3) % len(lines)].option)
            turn += 1
        shown = {(reacted.speaker, reacted.reaction) for made in talk.state.history for reacted in made.reactions}
        for persona, reaction in shown:
            lines_of = found.compiled.personas[persona].lines
            assert reaction in OWN_TEXT or reaction in lines_of, (persona, reaction)


# Cobalt Ridge: sums and plausibility


VARIANTS = [entry.id for entry in load_scenario("cobalt_ridge").variants]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_of_cobalt_ridge_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(scenario("cobalt_ridge"), variant, key)

    assert n("last_stop.hours") == n("last_stop.repair") + n("last_stop.digging")
    assert n("last_stop.repair") != n("last_stop.digging"), "the wrong playback swaps them"
    assert n("lost_tonnes.per_stop") == n("lost_tonnes.per_hour") * n("last_stop.hours")
    assert abs(n("seal_interval.stops") - 52 / n("seal_interval.weeks")) <= 0.5
    assert n("seal_interval.inflated") == n("seal_interval.stops") * n("no_standby.pumps")
    assert n("lost_tonnes.per_year") == n("lost_tonnes.per_stop") * n("seal_interval.stops")
    assert n("lost_tonnes.inflated") == n("lost_tonnes.per_year") * n("no_standby.pumps")
    assert n("overtime.per_year_k") == n("overtime.per_stop_k") * n("seal_interval.stops")
    assert n("penalties.per_year_k") == n("penalties.per_train_k") * n("late_trains.trains")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_of_cobalt_ridge_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(scenario("cobalt_ridge"), variant, key)

    month = n("no_standby.pumps") * n("lost_tonnes.per_hour") * 720 * 0.92 / 1000
    assert n("tonnes_bonus.target_k") == pytest.approx(month, rel=0.02), "lines x t/h x 720 h x 92 % running"
    assert 30 <= n("overtime.per_stop_k") * 1000 / (n("overtime.people") * 12) <= 70, "pounds an hour, double pay"
    assert n("late_trains.trains") < n("seal_interval.stops"), "not every stop delays a train"
    assert n("burned_before.real") < n("burned_before.alarms")
    assert n("want_warning.planned") <= n("last_stop.repair"), "planned work is no slower"
    assert 7 <= n("want_warning.days") <= 21, "the data sheet must be able to meet the need"
    assert n("run_to_leak.days") < 7, "the weep alone comes too late"
    assert n("slurry.temp") <= 85
    assert n("slurry.ph") <= 12
    assert n("gland_water.low") < n("gland_water.good")
    assert 14 * n("no_standby.pumps") > n("cfo_threshold.limit_k"), "even the lower price needs the CFO's signature"
    assert n("want_trains.audit_day") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"


def test_the_variants_of_cobalt_ridge_cannot_be_learned_by_heart() -> None:
    found = scenario("cobalt_ridge")
    assert len({frozenset(entry.decoys) for entry in found.variants}) == len(found.variants)
    spread = [key for key in found.variants[1].numbers if len({number(found, v, key) for v in VARIANTS}) == 3]
    assert len(spread) >= 12


def test_first_call_agrees_with_itself() -> None:
    found = scenario("first_call")
    assert number(found, "main", "lots.wafers") == 25 * number(found, "main", "lots.lots")
    assert number(found, "main", "rounds.pumps") == 6, "the plant sheet says six pumps"
    assert found.budget.turns == 6
    first = [line.option for line in Conversation.start(found, seed=1).menu()]
    assert {"tell_clip", "tell_screen"} & set(first), "a tempting pitch stands on the first page"
