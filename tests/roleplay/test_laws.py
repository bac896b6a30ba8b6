"""What must hold for every conversation, whatever is picked."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from techsell.roleplay import Conversation, MemoryJournal, Transcript, list_scenarios, load_scenario, score, verify
from techsell.roleplay.engine import fold, step
from techsell.roleplay.events import Chain, dump
from techsell.roleplay.menu import PAGE, candidates, pages, sayable
from techsell.roleplay.model import Scenario
from techsell.roleplay.moves import find_fact
from techsell.roleplay.replay import replay
from techsell.roleplay.rubric import score_state
from techsell.roleplay.state import State

WASH_DOWN = load_scenario(Path(__file__).parent / "data" / "wash_down.yaml")
SCENARIOS = {"wash_down": WASH_DOWN} | {name: load_scenario(name) for name in list_scenarios()}

few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from(sorted(SCENARIOS))
seeds = st.integers(0, 2**49)
walks = st.lists(st.integers(0, 10**6), max_size=45)
"""Each number is a choice among what can be done."""


def walk(scenario: Scenario, seed: int, choices: list[int], ears: Any = None) -> Conversation:
    """Play by numbers: mostly lines of the menu, now and then a hint, an undo, at last perhaps hanging up.

    With `ears`, the recogniser for tests, half of the lines are typed: clear ones, unclear ones, nonsense.
    """
    talk = Conversation.start(scenario, seed=seed, recogniser=ears)
    for choice in choices:
        if talk.over:
            break
        lines = [line for page in range(talk.pages) for line in talk.menu(page)]
        asking = talk.state.asking
        if asking is not None and asking.kind == "confirm" and choice % 5:
            talk.choose(choice % (len(asking.choices) + 1) - 1)
        elif ears is not None and lines and choice % 2:
            talk.say(typed([line.option for line in lines], choice // 2))
        elif choice % 11 == 0:
            talk.hint()
        elif choice % 13 == 0 and talk.can_undo:
            talk.undo()
        elif choice % 97 == 0:
            talk.hang_up()
        elif lines:
            talk.pick(lines[choice % len(lines)].option)
    return talk


def typed(options: list[str], choice: int) -> str:
    """A text for the recogniser of the tests."""
    one, two = options[choice % len(options)], options[choice // 7 % len(options)]
    kinds = [one, one, f"{one}+{two}", f"{one}/{two}", f"{one}|{two}", f"{one}: {'word ' * 80}"]
    kinds += ["qwertz", "rude: you", "foreign: guten Tag", "x" * 2500, "😀 ok", f"{two}|{one}|{one}"]
    return kinds[choice // 49 % len(kinds)]


@few
@given(names, seeds, walks)
def test_a_call_with_typed_text_scores_the_same_live_reloaded_and_replayed(
    ears: Any, name: str, seed: int, choices: list[int]
) -> None:
    scenario = SCENARIOS[name]
    talk = walk(scenario, seed, choices, ears)
    live = score_state(scenario, talk.state)
    lines = talk.transcript().splitlines()
    again = Conversation.resume(scenario, MemoryJournal(lines), recogniser=ears)
    assert again.state == talk.state
    assert again.view() == talk.view()
    assert score_state(scenario, again.state) == live
    (session,) = Transcript.parse(talk.transcript()).sessions
    replayed = replay(scenario, session, lambda nlu: ears)
    assert replayed.findings == ()
    assert replayed.state == talk.state
    assert score(scenario, talk.events, ears) == live
    assert verify(talk.transcript(), lambda sha: scenario, lambda nlu: ears).sound
    assert live.low <= live.total <= live.high
    assert live.needs_person <= (live.low != live.high or live.blocked_by is not None or not live.passed)


@few
@given(names, seeds, walks)
def test_a_call_with_typed_text_stands_as_it_stood_when_its_recogniser_has_gone(
    ears: Any, name: str, seed: int, choices: list[int]
) -> None:
    """All that was read is noted: a recogniser that nobody may ask is enough to take the call up again."""

    class Gone:
        def fingerprint(self) -> str:
            return "another"

        def recognise(self, text: str, *_: Any) -> Any:
            raise AssertionError(f"asked about {text!r}")

    scenario = SCENARIOS[name]
    talk = walk(scenario, seed, choices, ears)
    again = Conversation.resume(scenario, MemoryJournal(talk.transcript().splitlines()), recogniser=Gone())
    assert again.state == talk.state
    assert again.log == talk.log
    assert score_state(scenario, again.state) == score_state(scenario, talk.state)
    assert again.transcript() == talk.transcript()


@few
@given(names, seeds, walks)
def test_whatever_is_typed_the_rules_hold(ears: Any, name: str, seed: int, choices: list[int]) -> None:
    """Trust adds up, trouble earns nothing, everybody who speaks is or was in the call, ids name what is said."""
    scenario = SCENARIOS[name]
    talk = walk(scenario, seed, choices, ears)
    trust = scenario.trust.start
    for turn in talk.state.history:
        trust += sum(reacted.trust for reacted in turn.reactions)
        assert trust == turn.trust
        assert 0 <= trust <= 10
        if any(move.trouble for move in turn.moves):
            assert (turn.facts, turn.slots) == ((), ())
            assert all(reacted.trust <= 0 for reacted in turn.reactions)
        assert all(line.line for line in turn.lines if line.speaker != "you")
        assert (turn.source == "picked") == (turn.raw == "") or not turn.moves
    assert talk.state.turn <= scenario.budget.turns
    assert json.loads(json.dumps(talk.view())) == talk.view()


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
        opens(scenario, state, index, alone=False) for index in first
    )
    families = {compiled.options[index].family for index in shown}
    if not any((compiled.options[i].pending | compiled.options[i].objections) & state.flags for i in shown):
        assert {compiled.options[index].family for index in first} == families, "no page is all of one kind"
    if state.pending and not state.over:
        answers = {index for index in shown if compiled.options[index].option.when.pending == state.pending}
        assert first & answers or not answers


def opens(scenario: Scenario, state: State, index: int, *, alone: bool = True) -> bool:
    """Whether a question would bring out a fact now; `alone`: a line that does nothing else."""
    option = scenario.compiled.options[index].option
    if alone and len(option.moves) > 1:
        return False
    for move in option.moves:
        if move.label not in {"situation", "problem", "implication", "payoff", "clarify"}:
            continue
        if move.label == "implication" and not state.warm and option.moves[0].label not in {"reflect", "acknowledge"}:
            continue
        topics = scenario.compiled.topic_mask(move.topics)
        found = find_fact(scenario.compiled, move.label, topics, move.past, state.flags, state.trust, option.to or "")
        if found is not None and found[0] == "opens":
            return True
    return False


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


def edited(text: str, dice: random.Random) -> str:
    """The text with one careless edit: letters, words, lines, numbers."""
    lines = text.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]) - 1)
    kind = dice.choice(["letter", "letter", "insert", "delete", "swap", "drop", "double", "move", "value", "cut"])
    line = lines[at]
    if kind == "letter":
        lines[at] = line[:place] + dice.choice('abcxyz0189{}",: ') + line[place + 1 :]
    elif kind == "insert":
        lines[at] = line[:place] + dice.choice("ab01 é") + line[place:]
    elif kind == "delete":
        lines[at] = line[:place] + line[place + 1 :]
    elif kind == "swap":
        lines[at] = line[:place] + line[place + 1] + line[place] + line[place + 2 :]
    elif kind == "drop":
        at = dice.randrange(len(lines) - 1)
        del lines[at]
    elif kind == "double":
        lines.insert(at, line)
    elif kind == "move":
        other = dice.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "value":
        event = json.loads(line)
        key = dice.choice(sorted(event["data"]) or ["new"])
        event["data"][key] = dice.choice([0, -1, "ask_change", "practice", [], 10**9])
        lines[at] = dump(event) + "\n"
    else:
        lines[at] = line[: max(1, place)]  # at the end of a line it is a call that was not ended, see below
        del lines[at + 1 :]
    return "".join(lines)


def test_a_thousand_random_edits_are_all_noticed(ears: Any) -> None:
    """Typed and picked calls, edited without writing the hashes anew."""
    dice = random.Random(20260322)
    texts = []
    for seed in range(20):
        talk = walk(WASH_DOWN, seed, [dice.randrange(10**6) for _ in range(14)], ears)
        texts.append(talk.transcript())
    assert sum('"LearnerSaid"' in text for text in texts) >= 15
    made, unnoticed = 0, []
    while made < 1000:
        text = dice.choice(texts)
        other = edited(text, dice)
        if other == text:
            continue
        made += 1
        found = verify(other, lambda sha: WASH_DOWN, lambda nlu: ears)
        if not found.findings and not any(session.findings for session in found.sessions):
            unnoticed.append(other)
    assert unnoticed == []


@pytest.mark.parametrize("keep", [2, 4, 6])
def test_cut_off_at_the_end_of_a_line_it_is_a_call_that_was_not_ended(keep: int) -> None:
    talk = walk(WASH_DOWN, 3, [2, 4, 6, 8])
    talk.hang_up()
    found = verify("".join(talk.transcript().splitlines(keepends=True)[:keep]), lambda sha: WASH_DOWN)
    assert found.sound
    assert [session.finished for session in found.sessions] == [False]


@few
@given(seeds, walks, st.integers(0, 10**6))
def test_written_anew_from_end_to_end_it_is_another_valid_play(
    ears: Any, seed: int, choices: list[int], choice: int
) -> None:
    """What the author's guide says of transcripts: right hashes prove nothing but that the play is possible."""
    talk = walk(WASH_DOWN, seed, choices, ears)
    inputs = [event for event in talk.events if event["type"] in {"LearnerPicked", "LearnerSaid", "LearnerChose"}]
    other = Conversation.start(WASH_DOWN, seed=seed, recogniser=ears)
    for number, event in enumerate(inputs):
        if other.over or number == choice % (len(inputs) + 1):
            break
        if event["type"] == "LearnerPicked":
            lines = [line.option for page in range(other.pages) for line in other.menu(page)]
            other.pick(lines[choice % len(lines)])
        elif event["type"] == "LearnerSaid":
            other.say(event["data"]["raw"])
    chain = Chain()
    anew = "".join(dump(chain.make(event["type"], event["data"])) + "\n" for event in other.events)
    found = verify(anew, lambda sha: WASH_DOWN, lambda nlu: ears)
    assert found.sound
    assert found.sessions[0].scorecard == score_state(WASH_DOWN, other.state)


@pytest.mark.parametrize("name", SCENARIOS)
def test_seeds_one_two_three_play_the_variants(name: str) -> None:
    scenario = SCENARIOS[name]
    played = {Conversation.start(scenario, seed=seed).state.variant for seed in (1, 2, 3)}
    assert played == set(range(len(scenario.variants)))


def test_a_view_is_plain_json() -> None:
    talk = walk(WASH_DOWN, 3, [1, 2, 3, 11, 13, 4, 97])
    assert json.loads(json.dumps(talk.view())) == talk.view()
