"""Do the figures of a debrief show the call they were given, in words too?"""

from __future__ import annotations

import itertools
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from techsell.lessons.roleplay_figures import facts_figure, figures, questions_figure, trust_figure, words_figure
from techsell.lessons.style import MUTED, OURS, PROBLEM, REACHED, alt_text
from techsell.roleplay import load_scenario
from techsell.roleplay.debrief import expert_state, series
from techsell.roleplay.state import State
from techsell.roleplay.turns import hang_up, open_call, take_turn

WAYS = Path(__file__).parents[1] / "roleplay" / "ways" / "spec_war.json"


def played(which: str) -> State:
    scenario = load_scenario("spec_war")
    compiled = scenario.compiled
    now = open_call(compiled, seed=1, mode="practice", learner="", attempt=0, seq=0)
    for name in json.loads(WAYS.read_text(encoding="utf-8"))[which]["lines"]:
        index = compiled.option_by_id[name]
        option = compiled.options[index].option
        words = compiled.option_text(now.variant, index)
        if not now.over:
            now = take_turn(compiled, now, option.moves, to=option.to or "", said=words, option=index, seq=now.seq + 1)
    return now if now.over else hang_up(compiled, now, now.seq)


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    scenario = load_scenario("spec_war")
    own = played("heard_you_out")
    return series(scenario, own, expert=expert_state(scenario, own.seed), earlier=[played("dumper")])


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    return series(load_scenario("spec_war"), played("walked_out"))


def steps(figure: Any, colour: str) -> list[tuple[list[float], list[float]]]:
    """The stepped lines of a colour: turns and heights."""
    return [
        (list(line.get_xdata()), list(line.get_ydata()))
        for line in figure.axes[0].lines
        if line.get_color() == colour and line.get_drawstyle() == "steps-post"
    ]


def texts(figure: Any) -> list[str]:
    return [text.get_text().strip() for text in (*figure.axes[0].texts, *figure.texts)]


def test_trust_is_drawn_as_it_was(data: dict[str, Any]) -> None:
    figure = trust_figure(data)
    trust = data["own"]["trust"]
    assert steps(figure, OURS) == [([step["turn"] for step in trust], [step["trust"] for step in trust])]
    assert len(steps(figure, MUTED)) == 1
    losses = [one for one in figure.axes[0].lines if one.get_marker() == "v"]
    fell = [b["turn"] for a, b in itertools.pairwise(trust) if b["trust"] < a["trust"]]
    assert list(losses[0].get_xdata()) == fell
    assert losses[0].get_color() == PROBLEM
    assert "told early (−2)" in texts(figure)
    assert {"you", "expert", "earlier"} <= set(texts(figure))


def test_the_words_of_the_trust_figure_say_where_it_fell(data: dict[str, Any]) -> None:
    finding = alt_text(trust_figure(data))
    assert finding.startswith("Trust went from 4 to 3 in 23 turns. It fell in turn 6 (told early, −2)")
    assert "expert ended at" in finding


def test_a_call_in_which_trust_never_fell_says_so(alone: dict[str, Any]) -> None:
    assert "It never fell." in alt_text(trust_figure(alone))
    assert steps(trust_figure(alone), MUTED) == []


def test_bars_are_the_counts(data: dict[str, Any]) -> None:
    figure = questions_figure(data)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    labels = ("situation", "problem", "implication", "payoff", "clarify", "reflect", "pitch")
    assert widths == [data["own"]["moves"][label] for label in labels]
    diamonds = next(line for line in figure.axes[0].lines if line.get_marker() == "D")
    assert list(diamonds.get_xdata()) == [data["expert"]["moves"][label] for label in labels]
    assert "information, not marks" in " ".join(texts(figure))


def test_words_fill_the_bar(data: dict[str, Any]) -> None:
    figure = words_figure(data)
    mine, expert = data["own"]["words"], data["expert"]["words"]
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == [mine["share"], expert["share"], 100 - mine["share"], 100 - expert["share"]]
    assert f"longest turn had {mine['longest']} words (turn {mine['longest_turn']})" in alt_text(figure)


def test_facts_are_counted_up_to_what_was_missed(data: dict[str, Any]) -> None:
    figure = facts_figure(data)
    own = data["own"]
    drawn = steps(figure, OURS)[0][1]
    assert drawn == [0, *(one["facts"] for one in own["found"]), own["found_count"]]
    assert f"{own['facts'] - own['found_count']} missed" in texts(figure)
    level = next(line for line in figure.axes[0].lines if line.get_color() == REACHED)
    assert set(level.get_ydata()) == {own["facts"]}


def test_a_call_without_a_fact_is_drawn_too(alone: dict[str, Any]) -> None:
    bare = json.loads(json.dumps(alone))
    bare["own"] |= {"found": [], "found_count": 0, "facts": 0}
    assert "0 of 0 facts" in alt_text(facts_figure(bare))


def test_all_four_come_as_svg_with_words_and_a_watermark(data: dict[str, Any], alone: dict[str, Any]) -> None:
    before = dict(mpl.rcParams)
    for given in (data, alone):
        made = figures(given)
        assert [one["id"] for one in made] == ["trust", "questions", "words", "facts"]
        for one in made:
            root = ET.fromstring(one["svg"])  # noqa: S314 - our own drawing
            assert root.get("aria-label") == one["alt"]
            assert "simulation" in one["svg"]
            assert len(one["alt"]) > 40
    assert figures(data) == figures(data)
    assert dict(mpl.rcParams) == before
