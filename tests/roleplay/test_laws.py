"""What must hold for every conversation, whatever is picked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from techsell.roleplay import Conversation, MemoryJournal, list_scenarios, load_scenario, score, verify
from techsell.roleplay.engine import fold, step
from techsell.roleplay.menu import PAGE, candidates, pages, sayable
from techsell.roleplay.model import Scenario
from techsell.roleplay.moves import find_fact
from techsell.roleplay.rubric import score_state
from techsell.roleplay.state import State

WASH_DOWN = load_scenario(Path(__file__).parent / "data" / "wash_down.yaml")
SCENARIOS = {"wash_down": WASH_DOWN} | {name: load_scenario(name) for name in list_scenarios()}

few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from(sorted(SCENARIOS))
seeds = st.integers(0, 2**49)
walks = st.lists(st.integers(0, 10**6), max_size=45)
"""Each number is a choice among what can be done."""


def walk(scenario: Scenario, seed: int, choices: list[int]) -> Conversation:
    """Play by numbers: mostly lines of the menu, now and then a hint, an undo, at last perhaps hanging up."""
    talk = Conversation.start(scenario, seed=seed)
    for choice in choices:
        if talk.over:
            break
        lines = [line for page in range(talk.pages) for line in talk.menu(page)]
        if choice % 11 == 0:
            talk.hint()
        elif choice % 13 == 0 and talk.can_undo:
            talk.undo()
        elif choice % 97 == 0:
            talk.hang_up()
        elif lines:
            talk.pick(lines[choice % len(lines)].option)
    return talk


@few
@given(names, seeds, walks)
def test_folding_at_once_in_steps_and_after_saving_agree(name: str, seed: int, choices: list[int]) -> None:
    scenario = SCENARIOS[name]
    talk = walk(scenario, seed, choices)
    state: State | None = None
    for event in talk.events:
        state = step(scenario, state, event)
    assert state == talk.state == fold(scenario, talk.events)
    half = len(talk.events) // 2
    assert fold(scenario, talk.events[half:], fold(scenario, talk.events[:half]) if half else None) == state
    again = Conversation.resume(scenario, MemoryJournal(talk.transcript().splitlines()))
    assert again.state == state
    assert again.view() == talk.view()
    assert again.transcript() == talk.transcript()
    assert score(scenario, talk.events) == score_state(scenario, talk.state)


@few
@given(names, seeds, walks)
def test_trust_stays_on_its_scale_and_adds_up(name: str, seed: int, choices: list[int]) -> None:
    scenario = SCENARIOS[name]
    state = walk(scenario, seed, choices).state
    trust = scenario.trust.start
    for turn in state.history:
        trust += sum(reacted.trust for reacted in turn.reactions)
        assert trust == turn.trust
        assert 0 <= trust <= 10
    assert state.trust == trust
    assert state.ending or trust > 0, "at trust 0 the call is over"


@few
@given(names, seeds, st.lists(st.integers(0, 10**6), min_size=70, max_size=70))
def test_every_walk_through_the_menu_ends_in_time(name: str, seed: int, choices: list[int]) -> None:
    scenario = SCENARIOS[name]
    talk = Conversation.start(scenario, seed=seed)
    said = 0
    while not talk.over:
        assert talk.pages, "a dead end: nothing left to say before the time is up"
        menu = talk.menu(choices[said] % 97)
        talk.pick(menu[choices[said] % len(menu)].option)
        said += 1
        assert said <= scenario.budget.turns
    card = talk.scorecard()
    assert 0 <= card.total <= 100
    assert sum(line.weight for line in card.lines) == (100 if scenario.graded else 0)
    for line in card.lines:
        assert 0 <= line.percent <= 100
        assert list(line.turns) == sorted(line.turns)
        assert set(line.turns) <= set(range(1, talk.state.turn + 1))
        assert line.points == 0 or line.turns, f"{line.id} earned points and cites no turn"


@few
@given(names, seeds, walks)
def test_the_menu_shows_everything_once_and_helps_on_its_first_page(name: str, seed: int, choices: list[int]) -> None:
    scenario = SCENARIOS[name]
    talk = walk(scenario, seed, choices)
    compiled, state = scenario.compiled, talk.state
    found = pages(compiled, state)
    shown = [index for page in found for index in page]
    assert sorted(shown) == candidates(compiled, state)
    assert all(1 <= len(page) <= PAGE for page in found)
    assert all(len(page) == PAGE for page in found[:-1])
    assert all(sayable(compiled, state, index) == (index in shown) for index in range(len(compiled.options)))
    assert found == pages(compiled, state)
    first = set(found[0]) if found else set()
    assert not {index for index in shown if opens(scenario, state, index)} or any(
        opens(scenario, state, index) for index in first
    )
    families = {compiled.options[index].family for index in shown}
    if not any((compiled.options[i].pending | compiled.options[i].objections) & state.flags for i in shown):
        assert {compiled.options[index].family for index in first} == families, "no page is all of one kind"
    if state.pending and not state.over:
        answers = {index for index in shown if compiled.options[index].option.when.pending == state.pending}
        assert first & answers or not answers


def opens(scenario: Scenario, state: State, index: int) -> bool:
    """Whether a single question would bring out a fact now."""
    option = scenario.compiled.options[index].option
    move = option.moves[0]
    if len(option.moves) > 1 or (move.label == "implication" and not state.warm):
        return False
    if move.label not in {"situation", "problem", "implication", "payoff", "clarify"}:
        return False
    topics = scenario.compiled.topic_mask(move.topics)
    found = find_fact(scenario.compiled, move.label, topics, move.past, state.flags, state.trust, option.to or "")
    return found is not None and found[0] == "opens"


@few
@given(seeds, walks, st.data())
def test_no_edit_of_a_transcript_goes_unnoticed(seed: int, choices: list[int], data: Any) -> None:
    talk = walk(WASH_DOWN, seed, choices)
    text = talk.transcript()
    assert verify(text, lambda sha: WASH_DOWN).sound
    place = data.draw(st.integers(0, len(text) - 2))
    kind = data.draw(st.sampled_from(["replace", "insert", "delete", "swap"]))
    letter = data.draw(st.characters(codec="utf-8", exclude_characters="\n"))
    if kind == "replace":
        edited = text[:place] + letter + text[place + 1 :]
    elif kind == "insert":
        edited = text[:place] + letter + text[place:]
    elif kind == "delete":
        edited = text[:place] + text[place + 1 :]
    else:
        edited = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assume(edited != text)
    found = verify(edited, lambda sha: WASH_DOWN)
    assert found.findings or any(session.findings for session in found.sessions)


@few
@given(seeds, walks, st.data())
def test_no_line_can_be_dropped_doubled_or_moved(seed: int, choices: list[int], data: Any) -> None:
    lines = walk(WASH_DOWN, seed, choices).transcript().splitlines()
    place = data.draw(st.integers(0, len(lines) - 2)) if len(lines) > 1 else 0
    kind = data.draw(st.sampled_from(["drop", "double", "move"]))
    edited = list(lines)
    if kind == "drop":
        del edited[place]
    elif kind == "double":
        edited.insert(place, lines[place])
    else:
        edited[place], edited[-1] = edited[-1], edited[place]
    assume(edited != lines)
    found = verify("\n".join(edited), lambda sha: WASH_DOWN)
    assert not found.sound


@pytest.mark.parametrize("name", SCENARIOS)
def test_seeds_one_two_three_play_the_variants(name: str) -> None:
    scenario = SCENARIOS[name]
    played = {Conversation.start(scenario, seed=seed).state.variant for seed in (1, 2, 3)}
    assert played == set(range(len(scenario.variants)))


def test_a_view_is_plain_json() -> None:
    talk = walk(WASH_DOWN, 3, [1, 2, 3, 11, 13, 4, 97])
    assert json.loads(json.dumps(talk.view())) == talk.view()
