"""Is a playback held against what was said: figures, units, rates, places, negations, and what nobody said?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.roleplay.load import load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import Situation
from techsell.roleplay.recogniser.figures import explained, figures
from techsell.roleplay.recogniser.matcher import matcher_of
from techsell.roleplay.recogniser.playback import Played, hear, play_back
from techsell.roleplay.recogniser.topics import segments

HEARD = ("no_standby", "seal_interval", "last_stop", "run_to_leak", "lost_tonnes", "late_trains")


@pytest.fixture(scope="module")
def cobalt() -> Scenario:
    return load_scenario("cobalt_ridge")


def _played(cobalt: Scenario, line: str, heard: tuple[str, ...] = HEARD, variant: int = 0) -> Played:
    where = Situation(present=("tomasz", "dana"), speaker="tomasz", heard=heard, variant=variant)
    return play_back(line, cobalt, where, matcher_of(cobalt))


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("so seven hours down and four of them digging out sand", {"last_stop"}),
        ("7 hrs in total, the seal was only 3 of it", {"last_stop"}),
        ("420 minutes, most of it shovelling slurry", {"last_stop"}),
        ("roughly 1700 tonnes gone in that stop", {"lost_tonnes"}),
        ("240 tonnes an hour and you never get them back", {"lost_tonnes"}),
        ("one seal every five weeks, ten stops last year", {"seal_interval"}),
        ("so it weeps for three days and the pump just runs on", {"run_to_leak"}),
        ("no standby, so when a pump stops the line stops", {"no_standby"}),
        ("six trains late last year, each in a week with a stop", {"late_trains"}),
    ],
)
def test_what_was_said_may_be_said_back_in_other_words(cobalt: Scenario, line: str, facts: set[str]) -> None:
    played = _played(cobalt, line)
    assert not played.wrong, played.why
    assert facts <= set(played.facts)


@pytest.mark.parametrize(
    "line",
    [
        "so nine hours down and four of them digging",
        "so 4 hours for the seal and 3 of digging",
        "1680 tonnes an hour gone",
        "one seal every five weeks on each pump, thirty last year",
        "so you have a standby beside each pump",
        "twenty trains late last year",
        "7 minutes, most of it digging slurry",
    ],
)
def test_a_figure_or_a_no_that_is_changed_is_noticed(cobalt: Scenario, line: str) -> None:
    assert _played(cobalt, line).wrong


def test_figures_are_those_of_the_variant_being_played(cobalt: Scenario) -> None:
    line = "so 6 hours, and 4 of those you were digging slurry"
    assert _played(cobalt, line).wrong
    assert not _played(cobalt, line, variant=1).wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ten stops at 1680 tonnes make 16800 tonnes a year", False),
        ("ten stops at 1680 tonnes make 50400 tonnes a year", True),
        ("7 hours less 3 for the seal leaves 4 of digging", False),
        ("10 stops at 7 hours each is 70 hours a year", False),
    ],
)
def test_sums_of_what_was_said_are_allowed_and_checked(cobalt: Scenario, line: str, wrong: bool) -> None:
    assert _played(cobalt, line).wrong is wrong


def test_a_sum_carries_the_topic_that_the_author_gave_to_sums(cobalt: Scenario) -> None:
    assert "yearly_cost" in _played(cobalt, "ten stops at 1680 tonnes make 16800 tonnes a year").topics


def test_what_nobody_has_said_yet_is_premature(cobalt: Scenario) -> None:
    played = _played(cobalt, "so 12 percent of everybody's pay hangs on the tonnes a month", heard=("last_stop",))
    assert played.premature
    assert played.facts == ("tonnes_bonus",)


@pytest.mark.parametrize("line", ["that sounds exhausting", "so you are fed up with it", "sounds like a long night"])
def test_sympathy_plays_back_no_fact(cobalt: Scenario, line: str) -> None:
    played = _played(cobalt, line, heard=("seal_interval",))
    assert played.facts == ()
    assert not played.wrong


def test_the_menus_own_playbacks_are_read_as_they_are_meant(cobalt: Scenario) -> None:
    wrongly: list[str] = []
    for variant, play in enumerate(cobalt.variants):
        for option in cobalt.options:
            for move, text in segments(option):
                if move.label != "reflect" or not move.facts or (not move.wrong and set(play.decoys) & set(move.facts)):
                    continue
                heard = tuple(fact.id for fact in cobalt.facts if fact.id in {*move.facts, *option.when.facts})
                played = _played(cobalt, cobalt.compiled.text(variant, text), heard, variant)
                if played.wrong is not move.wrong:
                    wrongly.append(f"{option.id} in {play.id}: {played.why}")
    assert wrongly == []


def test_a_pitch_is_linked_to_the_facts_that_it_names(cobalt: Scenario) -> None:
    where = Situation(present=("tomasz",), speaker="tomasz", heard=("last_stop", "want_warning"))
    line = "you need ten days for the liner stop, our median is twelve"
    assert "want_warning" in hear(line, cobalt, where, matcher_of(cobalt))


@given(st.integers(2, 400), st.sampled_from(["hours", "tonnes", "percent", "weeks"]))
def test_a_figure_that_was_said_explains_itself(value: int, unit: str) -> None:
    (typed,) = figures(f"{value} {unit}")
    assert explained(typed, figures(f"it was {value} {unit}, more or less"), (), rounded=False)


@given(st.integers(10, 400), st.integers(10, 400))
def test_a_figure_nobody_said_is_explained_by_nothing(said: int, typed: int) -> None:
    known = figures(f"{said} tonnes")
    (one,) = figures(f"{typed} tonnes")
    assert explained(one, known, (), rounded=False) is (said == typed)
    assert explained(one, known, (), rounded=True) is (abs(said - typed) * 10 <= said)


@given(st.integers(2, 60), st.integers(2, 60))
def test_products_and_sums_of_two_figures_in_the_line_are_explained(one: int, other: int) -> None:
    known = figures(f"{one} stops, {other} hours")
    for result in (one + other, one * other):
        line = figures(f"{one} stops, {other} hours, {result} kilos")
        assert explained(line[2], known, line[:2], rounded=False)
