"""Whole calls for the debrief: the scripted ways of the shipped scenarios, and lines said one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import load_scenario
from techsell.roleplay.model import Move, Scenario
from techsell.roleplay.state import State
from techsell.roleplay.turns import hang_up, open_call, take_turn

WAYS = Path(__file__).parents[1] / "ways"


def begin(scenario: Scenario, seed: int, mode: str = "practice") -> State:
    return open_call(scenario.compiled, seed=seed, mode=mode, learner="", attempt=0, seq=0)


def pick(scenario: Scenario, now: State, option: str) -> State:
    compiled = scenario.compiled
    index = compiled.option_by_id[option]
    line = compiled.options[index].option
    words = compiled.text(now.variant, line.text)
    return take_turn(compiled, now, line.moves, to=line.to or "", said=words, option=index, seq=now.seq + 1)


def say(scenario: Scenario, now: State, move: Move, words: str = "so what now") -> State:
    return take_turn(scenario.compiled, now, (move,), said=words, seq=now.seq + 1, source="typed", raw=words)


@cache
def _way(name: str, way: str, seed: int) -> State:
    scenario = load_scenario(name)
    lines = json.loads((WAYS / f"{name}.json").read_text(encoding="utf-8"))[way]["lines"]
    now = begin(scenario, seed)
    for option in lines if isinstance(lines, list) else lines[str(seed)]:
        now = now if now.over else pick(scenario, now, option)
    return now if now.over else hang_up(scenario.compiled, now, now.seq)


@pytest.fixture(scope="session")
def way() -> Callable[..., State]:
    """`way("lindqvist", "expert", seed=1)`: a scripted call, hung up where the script does not end it."""

    def play(name: str, which: str, seed: int = 1) -> State:
        return _way(name, which, seed)

    return play


@pytest.fixture(scope="session")
def picked() -> Callable[[Scenario, Sequence[str]], State]:
    """A call from option ids, seed 3, left where the list ends."""

    def play(scenario: Scenario, options: Sequence[str]) -> State:
        now = begin(scenario, 3)
        for option in options:
            now = pick(scenario, now, option)
        return now

    return play


@pytest.fixture(scope="session")
def spoken() -> Callable[..., State]:
    """A call with one typed line after some picked ones: `spoken(scenario, ["ask_seals"], label="other", …)`."""

    def play(scenario: Scenario, options: Sequence[str], words: str = "so what now", **move: Any) -> State:
        now = begin(scenario, 3)
        for option in options:
            now = pick(scenario, now, option)
        return say(scenario, now, Move(**move), words)

    return play
