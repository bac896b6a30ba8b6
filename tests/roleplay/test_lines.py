"""Has every text one id that no re-ordering changes, and does what is said carry it?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay import canonical, list_scenarios, load_scenario, scenario_from_canonical
from techsell.roleplay.lines import line_id, line_ids
from techsell.roleplay.load import check_text
from techsell.roleplay.model import Scenario

Start = Callable[..., Any]


def test_an_id_is_scenario_place_and_the_beginning_of_a_hash(wash_down: Scenario) -> None:
    text = "Seals last {seal_life.weeks} weeks."
    own = f"wash_down.facts.seal_life.says.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    assert line_id("wash_down", "facts.seal_life.says", text) == own
    assert line_ids(wash_down)[own] == text


@pytest.mark.parametrize("name", list_scenarios())
def test_every_text_that_is_said_or_shown_has_an_id_of_its_own(name: str) -> None:
    scenario = load_scenario(name)
    found = line_ids(scenario)
    texts = [line for persona in scenario.personas for lines in persona.lines.values() for line in lines]
    texts += [entry.says for entry in (*scenario.facts, *scenario.plant, *scenario.questions, *scenario.endings)]
    texts += [option.text for option in scenario.options] + [hint.says for hint in scenario.hints]
    texts += [line.advice for line in scenario.rubric] + [scenario.brief.product, scenario.title]
    texts += [says for variant in scenario.variants for says in (*variant.says.values(), *variant.notes.values())]
    assert set(texts) <= set(found.values())
    assert len(found) > len(set(found.values())) * 0.9
    assert all(own.startswith(f"{name}.") for own in found)


def test_another_order_changes_no_id(wash_down: Scenario) -> None:
    data = json.loads(canonical(wash_down))
    for key, value in data.items():
        if isinstance(value, list):
            data[key] = value[::-1]
    for persona in data["personas"]:
        persona["lines"] = {reaction: lines[::-1] for reaction, lines in persona["lines"].items()}
    turned = scenario_from_canonical(json.dumps(data).encode())
    assert line_ids(turned) == line_ids(wash_down)


def test_another_word_changes_one_id(wash_down: Scenario) -> None:
    data = json.loads(canonical(wash_down))
    data["plant"][0]["says"] = "Three shifts."
    other = line_ids(scenario_from_canonical(json.dumps(data).encode()))
    assert len(set(other) ^ set(line_ids(wash_down))) == 2


def test_everything_said_carries_the_id_of_its_text(call: Start) -> None:
    """Over a whole call every customer's line names texts of the scenario, and filled in they are what was said."""
    now = call(seed=5)
    now.say("frame", "ask_seals", "back_and_ask", "price_short", "ask_audit", "ask_night", "ask_change", "brag")
    now.say("small_talk")
    ids = line_ids(now.scenario)
    said = [line for turn in now.state.history for line in turn.lines]
    assert len(said) > 15
    for line in said:
        texts = [now.scenario.compiled.text(now.state.variant, ids[own]) for own in line.line.split()]
        assert " ".join(texts) == line.text
    assert [entry["line"] for entry in now.talk.view()["lines"]] == [line.line for line in said]


def test_a_word_before_a_fact_has_its_own_id(wash_down: Scenario, call: Start) -> None:
    """Priya now and then says 'Well.' before she tells something: both texts are named."""
    for seed in range(30):
        now = call(seed=seed)
        now.say("ask_seals")
        line = now.state.history[1].lines[1]
        if line.text.startswith("Well. "):
            first, second = line.line.split()
            assert first.startswith("wash_down.personas.priya.lines.discloses.")
            assert ".seal_life" in second
            return
    pytest.fail("in thirty calls she never said it")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('["I said that."]', '["I said that.", "I said that."]', "personas.priya.lines.repeats"),
        ("hints:\n", 'hints:\n  - {when: {min_turn: 3}, says: "Ask about the seals."}\n', "hints.says"),
    ],
)
def test_the_same_text_twice_in_one_place_is_a_fault(wash_down_path: Any, old: str, new: str, place: str) -> None:
    text = wash_down_path.read_text("utf-8")
    assert old in text
    problems = check_text(text.replace(old, new, 1).encode(), "wash_down.yaml")[1]
    assert [(problem.code, place in problem.message) for problem in problems] == [("TS315", True)]
    assert "First on line" in problems[0].hint
