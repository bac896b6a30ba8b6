"""Do the bots keep their habits, and does a call depend on nothing but scenario, bot and number?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techsell.roleplay import canonical, load_scenario, scenario_from_canonical
from techsell.roleplay.bots import BOTS, Stage, play
from techsell.roleplay.bots.habits import harms, scan
from techsell.roleplay.bots.policies import Dice
from techsell.roleplay.menu import candidates
from techsell.roleplay.state import State
from techsell.roleplay.turns import open_call, take_turn

COBALT = Stage(load_scenario("cobalt_ridge"))
FIRST = Stage(load_scenario("first_call"))
PINNED = {stage.scenario.id: Stage(scenario_from_canonical(canonical(stage.scenario))) for stage in (COBALT, FIRST)}
"""as other processes read them: keys sorted, defaults written out"""


def reactions(state: State) -> list[str]:
    return [reacted.reaction for turn in state.history for reacted in turn.reactions]


def labels(state: State) -> list[str]:
    return [move.label for turn in state.history for move in turn.moves]


@settings(max_examples=60, deadline=None)
@given(bot=st.sampled_from(BOTS), number=st.integers(0, 10**6), stage=st.sampled_from([COBALT, FIRST]))
def test_a_call_depends_on_its_number_only(bot: str, number: int, stage: Stage) -> None:
    play(stage, bot, number + 1)
    first, second = play(stage, bot, number), play(stage, bot, number)
    assert first == second
    copy = PINNED[stage.scenario.id]
    assert play(copy, bot, number)[0].history == first[0].history


@pytest.mark.parametrize("bot", BOTS)
def test_every_call_comes_to_an_end(bot: str) -> None:
    for number in range(40):
        state, dead = play(COBALT, bot, number)
        assert state.over
        assert not dead
        assert state.turn <= COBALT.scenario.budget.turns


def test_every_bot_meets_the_same_customers() -> None:
    for number in range(12):
        met = {(state.seed, state.variant) for state in (play(COBALT, bot, number)[0] for bot in BOTS)}
        assert met == {(number, number % 3)}


def test_the_dumper_tells_before_anything_else() -> None:
    for number in range(30):
        state, _ = play(COBALT, "dumper", number)
        first = state.history[1]
        assert (
            first.moves[0].label == "pitch" or first.moves[0].attacks_rival or first.reactions[0].reaction == "doubts"
        )


def test_the_interrogator_never_plays_back_or_tells() -> None:
    for number in range(30):
        assert set(labels(play(COBALT, "interrogator", number)[0])) <= {"situation", "problem"}


def test_the_listener_does_no_harm_on_purpose() -> None:
    barren = {option.id: harms(COBALT.scenario, option) for option in COBALT.scenario.options}
    for number in range(30):
        state, _ = play(COBALT, "listener", number)
        assert not any(barren[turn.option] for turn in state.history if turn.option)


def test_the_expert_is_never_corrected_and_ends_well() -> None:
    for number in range(30):
        state, _ = play(COBALT, "expert", number)
        assert not {"corrects", "doubts", "winces", "told_early", "bristles"} & set(reactions(state))
        assert state.ending == "audit_booked"


def test_the_gamer_plays_back_right_and_wrong_without_telling_them_apart() -> None:
    met = [word for number in range(40) for word in reactions(play(COBALT, "rubric_gamer", number)[0])]
    assert met.count("corrects") > 20
    assert met.count("confirms") > 20


def test_the_explorer_types_what_no_menu_offers() -> None:
    troubles = {
        move.trouble
        for number in range(len(COBALT.goals))
        for turn in play(COBALT, "explorer", number)[0].history
        for move in turn.moves
    }
    assert troubles >= {"rude", "unclear", "foreign", "overlong"}


@settings(max_examples=200, deadline=None)
@given(roll=st.integers(0, 2**32 - 1), number=st.integers(0, 50), turns=st.integers(0, 8))
def test_a_scan_finds_a_line_that_can_be_said_exactly_when_there_is_one(roll: int, number: int, turns: int) -> None:
    compiled = COBALT.compiled
    state = open_call(compiled, seed=number, mode="practice", learner="", attempt=0, seq=0)
    group = COBALT.habits.groups.everything
    for _ in range(turns):
        if state.over:
            break
        index, moves, to = COBALT.habits.actions[candidates(compiled, state)[roll % 3]]
        state = take_turn(compiled, state, moves, to=to, option=index)
    found = candidates(compiled, state)
    index = scan(compiled, state, group, roll)
    assert index in found if found else index == -1
    assert scan(compiled, state, (), roll) == -1


def test_the_bots_load_without_heavy_libraries() -> None:
    heavy = "pydantic numpy pandas ruamel rich typer"
    code = f"import sys, techsell.roleplay.bots; print(sorted(set({heavy!r}.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_dice_are_different_for_every_bot_scenario_and_number() -> None:
    rolls = {
        tuple(dice.roll() for _ in range(3))
        for scenario in ("a", "b")
        for bot in ("c", "d")
        for number in range(50)
        for dice in [Dice(scenario, bot, number)]
    }
    assert len(rolls) == 200
