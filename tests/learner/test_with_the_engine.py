"""The store, the engine and the hand-in together: is a real conversation the same after a kill and after the post?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from techsell.errors import ConversationInUse
from techsell.hand_in import pack, unpack
from techsell.progress import Store
from techsell.roleplay import Conversation, assess_hand_in, declared_seed, load_scenario
from techsell.workspace import Workspace

SCENARIO = "cobalt_ridge"

PLAY = """
import sys
from techsell.progress import Store
from techsell.roleplay import Conversation, load_scenario
store = Store.open(sys.argv[1])
journal = store.journal(sys.argv[2], holder="the kernel that dies")
talk = Conversation.start(load_scenario("cobalt_ridge"), seed=5, journal=journal)
while not talk.over:
    talk.pick(talk.menu()[0].option)
    print(talk.state.turn, flush=True)
input()
"""


@pytest.fixture(scope="module")
def scenario() -> Any:
    return load_scenario(SCENARIO)


def play_on(conversation: Conversation, turns: int) -> None:
    for _ in range(turns):
        if conversation.over:
            return
        conversation.pick(conversation.menu()[0].option)


@pytest.mark.parametrize("turn", [1, 4])
def test_a_killed_kernel_costs_at_most_the_turn_being_typed(tmp_path: Path, scenario: Any, turn: int) -> None:
    """Resumed and played to the end, the call is the one that was never interrupted."""
    path = tmp_path / "progress.db"
    with Store.open(path) as store:
        key = store.new_conversation(SCENARIO, "practice")
        words = [sys.executable, "-c", PLAY, str(path), key]
        child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        while int(child.stdout.readline()) < turn:
            continue
        child.kill()
        printed = child.communicate()[0].splitlines()
        journal = store.journal(key, holder="the kernel that comes after")
        resumed = Conversation.resume(scenario, journal)
        assert resumed.state.turn >= max([turn, *map(int, printed)])
        assert store.conversations()[0].turns == resumed.state.turn
        play_on(resumed, 60)
        undisturbed = Conversation.start(scenario, seed=5)
        play_on(undisturbed, 60)
        assert [event["hash"] for event in resumed.events] == [event["hash"] for event in undisturbed.events]
        assert store.conversations()[0].over


def test_two_windows_with_the_same_call_open(tmp_path: Path, scenario: Any) -> None:
    with Store.open(tmp_path / "progress.db") as store:
        key = store.new_conversation(SCENARIO, "practice")
        first = Conversation.start(scenario, seed=5, journal=store.journal(key, holder="one"))
        play_on(first, 2)
        with pytest.raises(ConversationInUse):
            store.journal(key, holder="two")
        second = Conversation.resume(scenario, store.journal(key, holder="one"))
        play_on(second, 1)
        before = first.events
        with pytest.raises(ConversationInUse):
            play_on(first, 1)
        assert first.events == before, "what could not be written did not happen"
        assert Conversation.resume(scenario, store.journal(key, holder="one")).state == second.state


def test_taking_back_a_line_takes_back_a_turn(tmp_path: Path, scenario: Any) -> None:
    with Store.open(tmp_path / "progress.db") as store:
        key = store.new_conversation(SCENARIO, "practice")
        talk = Conversation.start(scenario, seed=5, journal=store.journal(key, holder="one"))
        play_on(talk, 3)
        talk.undo()
        assert store.conversations()[0].turns == talk.state.turn == 2
        talk.hang_up()
        assert store.conversations()[0].over


@pytest.mark.usefixtures("small_course")
def test_what_was_played_is_what_the_grader_scores(workspace: Workspace, scenario: Any) -> None:
    """Two declared attempts and one practice run: the hand-in holds the two, and every line of them stands."""
    totals = []
    with workspace.store() as store:
        for mode, attempt in (("practice", 0), ("declared", 1), ("declared", 2)):
            key = store.new_conversation(SCENARIO, mode)
            seed = declared_seed(workspace.learner, SCENARIO, attempt) if attempt else 5
            who = {"learner": workspace.learner, "attempt": attempt} if attempt else {}
            journal = store.journal(key, holder="lesson")
            talk = Conversation.start(scenario, seed=seed, mode=mode, journal=journal, **who)
            play_on(talk, 60)
            totals += [talk.scorecard().total] if attempt else []
    read = unpack(pack(workspace, "discovery_conversation").data)
    pins = {scenario.fingerprint: scenario}
    found = assess_hand_in(
        read.files[f"{SCENARIO}.transcript.jsonl"], scenario_id=SCENARIO, learner=read.learner, pins=pins.get
    )
    assert (found.best, found.needs_person, found.reasons) == (max(totals), False, ())
    assert [attempt.total for attempt in found.attempts] == totals
