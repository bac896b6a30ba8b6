"""Do typed moves meet the engine's rules: objections, facts that come too early, several questions in a line?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay.model import Move, Scenario
from techsell.roleplay.state import State
from techsell.roleplay.turns import open_call, take_turn


@pytest.fixture
def start(wash_down: Scenario) -> State:
    return open_call(wash_down.compiled, seed=3, mode="practice", learner="", attempt=1, seq=1)


@pytest.fixture
def say(wash_down: Scenario) -> Callable[..., State]:
    def typed(state: State, *moves: Move, source: Any = "typed") -> State:
        return take_turn(wash_down.compiled, state, moves, said="typed", seq=state.seq + 1, source=source)

    return typed


def _reactions(state: State) -> list[str]:
    return [one.reaction for one in state.history[-1].reactions if one.move >= 0]


def test_several_situation_questions_in_a_typed_line_count_once(start: State, say: Callable[..., State]) -> None:
    two = (Move(label="situation", topics=("shifts",)), Move(label="situation", topics=("seals",)))
    assert say(start, *two).situations == 1
    assert say(start, *two, source="picked").situations == 2


def test_a_typed_question_that_the_plant_sheet_answers_presses_nothing(
    wash_down: Scenario, start: State, say: Callable[..., State]
) -> None:
    plant = next(one for one in wash_down.plant if one.holder in start.present)
    move = Move(label="implication", topics=plant.topics, plant=plant.id)
    assert _reactions(say(start, move)) == ["answers"]
    assert _reactions(say(start, move, source="picked")) == ["cools"]


def test_a_typed_question_for_a_guarded_fact_before_its_time_meets_its_guarded_words(
    wash_down: Scenario, start: State, say: Callable[..., State]
) -> None:
    waiting = [fact for fact in wash_down.facts if fact.unlock.after and fact.holder in start.present]
    assert waiting
    for fact in waiting:
        label = fact.unlock.labels[0]
        if label == "implication":
            continue
        move = Move(label=label, topics=("nothing_known",), past=fact.unlock.past, fact_wanted=fact.id)
        after = say(start, move)
        assert _reactions(after) == (["guards"] if fact.guarded else ["shrugs"])
        assert after.trust == start.trust
        assert after.facts == ()
        assert _reactions(say(start, move.model_copy(update={"fact_wanted": None}))) == ["shrugs"]


def test_a_question_about_something_else_leaves_an_objection_alone(
    wash_down: Scenario, start: State, say: Callable[..., State]
) -> None:
    bits = wash_down.compiled.bits
    for_it = Move(label="clarify", topics=("seals",))
    plant = next(one for one in wash_down.plant if one.holder in start.present)
    import dataclasses

    opened = dataclasses.replace(
        start, flags=start.flags | bits["open", "too_dear"], progress=(("too_dear", 1),), pending=""
    )
    assert dict(say(opened, for_it).progress)["too_dear"] == 2
    asked = say(opened, for_it.model_copy(update={"plant": plant.id}))
    assert dict(asked.progress)["too_dear"] == 1
    assert _reactions(asked) == ["answers"]
