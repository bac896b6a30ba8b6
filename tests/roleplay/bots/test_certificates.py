"""Does every shipped scenario tell a listener from a talker, and would we notice if it did not?"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.bots import BOTS, Certificate, Tally, certify, simulate
from techsell.roleplay.bots.coverage import must_be_heard
from techsell.roleplay.load import scenario_from_canonical
from techsell.roleplay.model import Scenario

RUNS = 2400


@cache
def certificate(name: str, runs: int = RUNS, workers: int = 1) -> Certificate:
    scenario = load_scenario(name)
    return certify(scenario, simulate({name: scenario}, runs=runs, workers=workers)[name])


@pytest.mark.parametrize("name", list_scenarios())
def test_a_scenario_earns_its_certificate(name: str) -> None:
    found = certificate(name)
    sys.stdout.write(f"{name}: {found.rate:.0f} calls of 20 turns a second and core\n")
    assert [(check.name, check.detail) for check in found.checks if not check.holds] == []
    assert [missing.place for missing in found.missing] == []


@pytest.mark.parametrize("name", [name for name in list_scenarios() if load_scenario(name).graded])
def test_the_distances_are_those_asked_for(name: str) -> None:
    """Said here once more in plain figures, apart from the certificate's own code."""
    by = {entry.bot: entry for entry in certificate(name).standings}
    mark = load_scenario(name).pass_mark
    assert by["expert"].mean - by["dumper"].mean >= 40
    assert by["expert"].mean > by["listener"].mean > by["interrogator"].mean > by["dumper"].mean
    assert by["rubric_gamer"].mean < mark
    assert by["random"].quantiles[2] <= mark - 25


@pytest.mark.slow
def test_ten_thousand_calls_of_each_scenario() -> None:
    """The figures for print, on all processors; and the speed of one."""
    scenarios = {name: load_scenario(name) for name in list_scenarios()}
    results = simulate(scenarios, runs=10_000, workers=os.cpu_count() or 1)
    found = [certify(scenario, results[name]) for name, scenario in scenarios.items()]
    assert [entry.scenario for entry in found if not entry.holds] == []
    assert sum(entry.rate for entry in found) / len(found) >= 500


# Would we notice?


def without(scenario: Scenario, **other: Any) -> Scenario:
    """The scenario with other parts, as read from a file."""
    from techsell.roleplay.load import canonical

    return scenario_from_canonical(canonical(scenario.model_copy(update=other)))


def missed(scenario: Scenario, runs: int = 600) -> set[str]:
    found = certify(scenario, simulate({scenario.id: scenario}, runs=runs)[scenario.id])
    return {check.name for check in found.checks if not check.holds}


def test_a_scenario_that_forgives_telling_is_not_certified() -> None:
    """Nobody is thrown out, pitching costs nothing, and points come for turning up."""
    cobalt = load_scenario("cobalt_ridge")
    trust = cobalt.trust.model_copy(update={"early_pitch": 0, "unsupported_claim": 0, "attacks_rival": 0})
    endings = tuple(end for end in cobalt.endings if end.kind != "ejected" or end.id == "no_trust_left")
    rubric = tuple(
        line.model_copy(
            update={
                "evidence": line.evidence.model_copy(update={"percent": dict.fromkeys(line.evidence.percent, 100)}),
                "weight": 90,
            }
        )
        if line.evidence.kind == "outcome"
        else line.model_copy(update={"weight": 1})
        for line in cobalt.rubric
    )
    assert {"gap", "order"} <= missed(without(cobalt, trust=trust, endings=endings, rubric=rubric))


def test_a_text_that_cannot_come_up_is_missed_with_its_place() -> None:
    first = load_scenario("first_call")
    fact = first.facts[0].model_copy(
        update={"unlock": first.facts[0].unlock.model_copy(update={"min_trust": 10}), "guarded": "Not now."}
    )
    hidden = without(
        first,
        facts=(
            fact.model_copy(update={"unlock": fact.unlock.model_copy(update={"after": (fact.id,)})}),
            *first.facts[1:],
        ),
    )
    found = certify(hidden, simulate({"first_call": hidden}, runs=600)["first_call"])
    assert f"facts.{fact.id}.says" in {missing.place for missing in found.missing}
    assert {"lines", "facts"} <= {check.name for check in found.checks if not check.holds}


def test_an_empty_menu_is_a_dead_end() -> None:
    first = load_scenario("first_call")
    options = tuple(
        option.model_copy(update={"when": option.when.model_copy(update={"max_turn": 2})}) for option in first.options
    )
    assert "dead ends" in missed(without(first, options=options))


def test_a_committee_with_support_and_a_veto_is_played_to_its_best_ending() -> None:
    """Nobody decides alone: the visit needs both on one's side, and Tomasz stops it until his bonus was heard."""
    from techsell.roleplay.model import Condition, Veto

    cobalt = load_scenario("cobalt_ridge")
    own = {
        "tomasz": {
            "supports": Condition(facts=("burned_before",)),
            "veto": Veto(
                when=Condition(not_facts=("tonnes_bonus",), present=("dana",)), says="Not before you know why."
            ),
        },
        "dana": {"supports": Condition(facts=("want_trains",), min_trust=5)},
    }
    personas = tuple(persona.model_copy(update=own[persona.id]) for persona in cobalt.personas)
    commitments = tuple(
        entry.model_copy(update={"needs": entry.needs.model_copy(update={"min_support": 15})})
        if entry.id == "site_audit"
        else entry
        for entry in cobalt.commitments
    )
    committee = without(cobalt, personas=personas, commitments=commitments)
    tallies = simulate({"cobalt_ridge": committee}, runs=2400)["cobalt_ridge"]
    assert tallies["expert"].endings["audit_booked"] >= 0.9 * tallies["expert"].runs
    assert [missing.place for missing in certify(committee, tallies).missing] == []


def standing(bot: str, mean: float, passes: float) -> Tally:
    points = round(mean * 100)
    return Tally(runs=100, passed=round(passes * 100), scores=Counter({points: 100}), turns=2000)


@pytest.mark.parametrize(
    ("bot", "mean", "passes", "check"),
    [
        ("expert", 39.0, 1.0, "gap"),
        ("expert", 90.0, 0.9, "expert"),
        ("listener", 20.0, 0.0, "order"),
        ("interrogator", 59.0, 0.0, "order"),
        ("dumper", 60.0, 0.0, "gap"),
        ("rubric_gamer", 61.0, 0.0, "rubric-gamer"),
        ("rubric_gamer", 40.0, 0.1, "rubric-gamer"),
        ("random", 36.0, 0.0, "random"),
        ("random", 10.0, 0.1, "random"),
    ],
)
def test_each_rule_is_missed_by_its_own_figures(bot: str, mean: float, passes: float, check: str) -> None:
    good = {"expert": 90.0, "listener": 60.0, "interrogator": 30.0, "dumper": 5.0, "rubric_gamer": 20.0, "random": 8.0}
    tallies = {name: standing(name, good.get(name, 0.0), float(name == "expert")) for name in BOTS}
    scenario = load_scenario("cobalt_ridge")
    before = {entry.name for entry in certify(scenario, tallies).checks if not entry.holds}
    assert check not in before
    tallies[bot] = standing(bot, mean, passes)
    after = {entry.name for entry in certify(scenario, tallies).checks if not entry.holds}
    assert check in after


def test_texts_that_must_be_heard_are_those_of_the_call() -> None:
    cobalt = load_scenario("cobalt_ridge")
    places = {line.split(".", 1)[1].rpartition(".")[0] for line in must_be_heard(cobalt)}
    assert {"facts.slurry.says", "plant.p_height.says", "endings.hung_up.summary", "hints.says"} <= places
    assert {"options.open_frame.text", "personas.dana.lines.offended", "objections.full_drawer.unsettled"} <= places
    assert not {place for place in places if place.startswith(("rubric", "brief", "topics", "worked"))}
    assert not {place for place in places if place.endswith((".note", ".voice", ".label", "lines.grants"))}


def test_a_certificate_is_plain_data_and_says_so_without_the_speed() -> None:
    found = certificate("first_call")
    data = found.as_dict()
    assert data["holds"] is found.holds
    assert "rate" not in data
    assert replace(found, rate=1.0).as_dict() == data
    assert [entry["bot"] for entry in data["standings"]] == list(BOTS)
