"""Do many calls come to the same figures on one processor and on two, and do sums hold?"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsell.errors import UsageError
from techsell.roleplay import load_scenario
from techsell.roleplay.bots import BOTS, Stage, Tally, certify, simulate
from techsell.roleplay.bots.simulate import share
from techsell.roleplay.bots.tally import tally

SCENARIOS = {name: load_scenario(name) for name in ("cobalt_ridge", "first_call")}


def figures(found: Tally) -> dict[str, object]:
    """Everything but the time."""
    return {name: value for name, value in vars(found).items() if name != "seconds"}


def test_one_process_and_two_find_the_same() -> None:
    told: list[int] = []
    one = simulate(SCENARIOS, runs=900, workers=1)
    two = simulate(SCENARIOS, runs=900, workers=2, progress=told.append)
    for name, scenario in SCENARIOS.items():
        assert {bot: figures(one[name][bot]) for bot in BOTS} == {bot: figures(two[name][bot]) for bot in BOTS}
        assert certify(scenario, one[name]).as_dict() == certify(scenario, two[name]).as_dict()
    assert sum(told) == 2 * sum(share(bot, 900) for bot in BOTS)


def test_pieces_add_up_in_any_order() -> None:
    stage = Stage(SCENARIOS["cobalt_ridge"])
    whole = tally(stage, "random", 0, 60)
    pieces = [tally(stage, "random", start, start + 12) for start in range(0, 60, 12)]
    random.Random(4).shuffle(pieces)
    total = Tally()
    for piece in pieces:
        total.add(piece)
    assert figures(total) == figures(whole)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=80), st.integers(1, 100))
def test_a_quantile_is_the_lowest_value_with_so_many_at_or_below(points: list[int], percent: int) -> None:
    found = Tally(runs=len(points), scores=Counter(points))
    value = round(found.quantile(percent) * 100)
    below = [point for point in points if point <= value]
    assert len(below) * 100 >= percent * len(points)
    lower = [point for point in points if point < value]
    assert len(lower) * 100 < percent * len(points)


def test_shares_of_the_bots() -> None:
    assert share("explorer", 1000) == 4 * share("expert", 1000) == 400
    assert share("dumper", 1) == 1


@pytest.mark.parametrize(("runs", "workers"), [(0, 1), (10, 0)])
def test_nothing_to_do_is_said(runs: int, workers: int) -> None:
    with pytest.raises(UsageError, match="at least one call"):
        simulate(SCENARIOS, runs=runs, workers=workers)
