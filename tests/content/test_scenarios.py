"""The shipped scenarios as texts: complete, documented, plausible, and no line that gives itself away."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from techsell.roleplay import Conversation, list_scenarios, load_scenario
from techsell.roleplay.labels import Reaction
from techsell.roleplay.load import scenario_path
from techsell.roleplay.model import Option, Scenario

IDS = list_scenarios()
OWN_TEXT = {"discloses", "answers", "settles", "insists", "grants", "refuses"}
"""reactions whose words stand with the fact, plant fact, objection or commitment"""


@cache
def scenario(name: str) -> Scenario:
    return load_scenario(name)


def number(of: Scenario, variant: str, key: str) -> int:
    """A number as it is in a variant."""
    fact, _, name = key.partition(".")
    overrides = next(entry.numbers for entry in of.variants if entry.id == variant)
    return overrides.get(key, next(entry.numbers[name] for entry in of.facts if entry.id == fact))


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a scenario with its path."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from texts(value, f"{path}[{index}]")


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
def test_the_voice_has_no_exclamation_marks_and_no_cliches(name: str) -> None:
    data = scenario(name).model_dump(mode="json", by_alias=True)
    worn = re.compile(r"!|game.?chang|win.win|synerg|cutting.edge|world.class|low.hanging|solution provider", re.I)
    assert [(path, text) for path, text in texts(data) if worn.search(text)] == []


@pytest.mark.parametrize("name", IDS)
def test_a_number_and_its_unit_stay_together_in_notes(name: str) -> None:
    loose = re.compile(r"[\d}] (°C|%|h|min|bar|kg|t)(?![\w])")
    found = scenario(name)
    notes = [fact.note for fact in found.facts] + [note for entry in found.variants for note in entry.notes.values()]
    assert [note for note in [*notes, found.brief.product] if loose.search(note)] == []


@pytest.mark.parametrize("name", IDS)
def test_every_decoy_has_words_and_a_note_of_its_own(name: str) -> None:
    for entry in scenario(name).variants:
        assert set(entry.says) == set(entry.decoys), entry.id
        assert set(entry.notes) == set(entry.decoys), entry.id


@pytest.mark.parametrize("name", IDS)
def test_every_fact_has_an_option_that_opens_it(name: str) -> None:
    found = scenario(name)
    for fact in found.facts:
        unlock = fact.unlock
        openers = [
            option.id
            for option in found.options
            if option.to in {None, fact.holder}
            and any(
                move.label in unlock.labels
                and not set(unlock.topics).isdisjoint(move.topics)
                and (move.past or not unlock.past)
                for move in option.moves
            )
        ]
        assert openers, f"no option opens {fact.id}"


@pytest.mark.parametrize("name", IDS)
def test_every_plant_topic_can_be_asked_for_and_fifteen_answers_are_within_reach(name: str) -> None:
    found = scenario(name)
    asked = [
        set(move.topics) for option in found.options for move in option.moves if move.label in {"situation", "clarify"}
    ]
    reachable = [entry for entry in found.plant if any(topics & set(entry.topics) for topics in asked)]
    if found.graded:
        assert len(reachable) >= 15
    assert all(set(entry.topics) <= {topic.id for topic in found.topics} for entry in found.plant)


@pytest.mark.parametrize("name", IDS)
def test_facts_explain_their_numbers(name: str) -> None:
    for fact in scenario(name).facts:
        derived = {"inflated"}
        assert set(fact.numbers) - derived == set(fact.unit), fact.id


# The menu gives nothing away


def harms(found: Scenario, option: Option) -> bool:
    """Whether a line does harm wherever it is said."""
    ends = {
        entry.id
        for entry in found.commitments
        if any(end.id == entry.ends and end.kind != "advance" for end in found.endings)
    }
    unsupported = {claim.id for claim in found.datasheet if not claim.supported}
    return any(
        (move.label == "pitch" and not option.when.facts)
        or move.wrong
        or move.attacks_rival
        or move.bypasses is not None
        or move.manner in {"lecture", "dodge"}
        or move.claim in unsupported
        or move.ask in ends
        or "wishes" in move.topics
        for move in option.moves
    )


def families(found: Scenario, variant: int) -> dict[str, list[tuple[int, bool, str]]]:
    """Family (label of the first move, one move or more) -> length, harm, id of each line."""
    result: dict[str, list[tuple[int, bool, str]]] = {}
    for option in found.options:
        family = option.moves[0].label + ("" if len(option.moves) == 1 else " and more")
        length = len(found.compiled.text(variant, option.text))
        result.setdefault(family, []).append((length, harms(found, option), option.id))
    return result


@pytest.mark.parametrize("name", IDS)
def test_lines_of_a_family_are_about_equally_long(name: str) -> None:
    found = scenario(name)
    for variant in range(len(found.variants)):
        for family, lines in families(found, variant).items():
            shortest, longest = min(lines), max(lines)
            assert longest[0] <= 1.5 * shortest[0], (family, shortest, longest)


@pytest.mark.parametrize("name", IDS)
def test_harmful_lines_are_neither_longer_nor_shorter(name: str) -> None:
    found = scenario(name)
    for family, lines in families(found, 0).items():
        good = [length for length, harm, _ in lines if not harm]
        bad = [length for length, harm, _ in lines if harm]
        if len(good) > 1 and len(bad) > 1:
            ratio = statistics.median(bad) / statistics.median(good)
            assert 0.85 <= ratio <= 1.18, (family, ratio)


@pytest.mark.parametrize("name", IDS)
def test_harmful_lines_are_as_polite_as_the_others(name: str) -> None:
    """Questions, thanks and softeners are spread over both kinds; no kind is all questions."""
    found = scenario(name)
    asks = {True: [0, 0], False: [0, 0]}
    for option in found.options:
        kind = asks[harms(found, option)]
        kind[0] += 1
        kind[1] += "?" in option.text
    assert all(0 < questions < count for count, questions in asks.values())
    rude = re.compile(r"\b(stupid|nonsense|obviously|idiot|rubbish|ridiculous)\b", re.I)
    assert [option.id for option in found.options if rude.search(option.text)] == []


@pytest.mark.parametrize("name", IDS)
def test_a_right_playback_uses_the_plant_s_own_figures(name: str) -> None:
    found = scenario(name)
    with_numbers = {fact.id for fact in found.facts if fact.numbers}
    for option in found.options:
        for move in option.moves:
            if move.label != "reflect" or move.wrong or not with_numbers & set(move.facts):
                continue
            assert re.search(r"\{\w+\.\w+\}", option.text), option.id
            literal = re.findall(r"\d[\d:,.]*\d|\d", re.sub(r"\{[^}]*\}", "", option.text))
            assert set(literal) <= {"02:40"}, (option.id, literal)


@pytest.mark.parametrize("name", IDS)
def test_a_wrong_playback_stands_beside_a_right_one(name: str) -> None:
    found = scenario(name)
    right = {fact for option in found.options for move in option.moves if not move.wrong for fact in move.facts}
    wrong = {fact for option in found.options for move in option.moves if move.wrong for fact in move.facts}
    assert wrong <= right
    assert len(wrong) >= 0.75 * len(right)


@pytest.mark.parametrize("name", IDS)
def test_claims_of_options_are_words_of_the_data_sheet(name: str) -> None:
    """Every claim is used, and a customer's technical question can be answered with a supported one."""
    found = scenario(name)
    used = {move.claim for option in found.options for move in option.moves if move.claim}
    assert {claim.id for claim in found.datasheet if not claim.supported} <= used
    for question in found.questions:
        answers = [option for option in found.options if option.when.pending == question.id]
        manners = {move.manner for option in answers for move in option.moves if move.manner}
        assert manners >= {"short", "lecture", "dodge"}, question.id
        if question.technical:
            assert "honest_unknown" in manners


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


@pytest.mark.parametrize("name", IDS)
def test_frequent_reactions_have_more_than_one_line(name: str) -> None:
    found = scenario(name)
    frequent: list[Reaction] = ["confirms", "told_early"]
    if found.graded:
        frequent += ["corrects", "repeats", "shrugs"]
    for persona in found.personas:
        assert [reaction for reaction in frequent if len(persona.lines[reaction]) < 2] == [], persona.id


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
