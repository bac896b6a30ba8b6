"""Do the verbs keep their promises: journal first, resume anywhere, one writer, a view for any player?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from techsell.errors import ConversationOver, MoveNotAllowed, RoleplayError, TranscriptInvalid, UsageError
from techsell.roleplay import Conversation, MemoryJournal, declared_seed, scenario_from_canonical, verify
from techsell.roleplay.events import Chain, dump
from techsell.roleplay.lines import line_id
from techsell.roleplay.load import canonical
from techsell.roleplay.model import Scenario

Start = Callable[..., Any]


class Failing(MemoryJournal):
    """A disk that is full from the second write on."""

    def append(self, lines: Sequence[str]) -> None:
        if self._lines:
            raise TranscriptInvalid("The transcript cannot be written", cure="Free some space")
        super().append(lines)


class Counting(MemoryJournal):
    def __init__(self) -> None:
        super().__init__()
        self.writes: list[list[str]] = []

    def append(self, lines: Sequence[str]) -> None:
        self.writes.append([json.loads(line)["type"] for line in lines])
        super().append(lines)


def test_a_turn_and_its_answer_are_written_in_one_go(wash_down: Scenario) -> None:
    journal = Counting()
    talk = Conversation.start(wash_down, seed=3, journal=journal)
    talk.pick("hello")
    talk.hint()
    talk.undo()
    talk.pick("brag")
    talk.pick("pitch")
    assert journal.writes == [
        ["SessionStarted", "CustomerRendered"],
        ["LearnerPicked", "CustomerRendered"],
        ["HintTaken"],
        ["Undone"],
        ["LearnerPicked", "CustomerRendered"],
        ["LearnerPicked", "CustomerRendered", "Ended"],
    ]
    assert talk.events[-1]["data"] == {"by": "customer"}


def test_what_cannot_be_written_has_not_happened(wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=3, journal=Failing())
    before = (talk.state, talk.events, talk.log)
    with pytest.raises(TranscriptInvalid):
        talk.pick("hello")
    assert (talk.state, talk.events, talk.log) == before


def test_what_is_not_allowed_leaves_no_trace(wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=3)
    with pytest.raises(MoveNotAllowed):
        talk.pick("price_short")
    assert len(talk.events) == 2


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5, 6, 7, 8, 9])
def test_a_crash_between_two_lines_costs_nothing(wash_down: Scenario, cut: int) -> None:
    """The customer's answer is derived again from what was picked."""
    talk = Conversation.start(wash_down, seed=3)
    talk.pick("hello")
    talk.hint()
    talk.pick("brag")
    talk.pick("pitch")
    lines = talk.transcript().splitlines()
    assert len(lines) == 10
    journal = MemoryJournal(lines[:cut])
    again = Conversation.resume(wash_down, journal)
    kinds = [json.loads(line)["type"] for line in journal.read()]
    assert kinds == [event["type"] for event in again.events]
    assert again.transcript() == "".join(line + "\n" for line in journal.read())
    data = [(event["type"], event["data"]) for event in again.events]
    assert data == [(event["type"], event["data"]) for event in talk.events][: len(data)]
    assert kinds[-1] != "LearnerPicked"
    assert verify(again.transcript(), lambda sha: wash_down).sound


def test_the_learner_hangs_up(call: Start) -> None:
    now = call()
    now.say("ask_seals")
    now.do("hang_up")
    assert (now.talk.ending.id, now.state.turn) == ("bye", 1)
    assert now.talk.menu() == ()
    assert now.talk.pages == 0
    assert [event["type"] for event in now.talk.events[-2:]] == ["Ended", "CustomerRendered"]
    for verb in ("hang_up", "hint", "undo"):
        with pytest.raises(ConversationOver):
            now.do(verb)


def test_a_declared_attempt_has_its_own_seed_and_no_way_back(call: Start) -> None:
    seed = declared_seed("L-TEST", "wash_down", 2)
    now = call(mode="declared", learner="L-TEST", attempt=2, seed=seed)
    now.say("hello")
    assert not now.talk.can_undo
    with pytest.raises(MoveNotAllowed, match="no way back"):
        now.do("undo")
    data = now.talk.events[0]["data"]
    assert (data["learner"], data["attempt"], data["mode"]) == ("L-TEST", 2, "declared")


def test_three_attempts_meet_three_variants(wash_down: Scenario) -> None:
    for learner in ("L-TEST", "L-7F3K2Q", "x"):
        seeds = [declared_seed(learner, "wash_down", attempt) for attempt in (1, 2, 3)]
        assert {seed % len(wash_down.variants) for seed in seeds} == {0, 1, 2}
        assert all(0 <= seed < 2**49 for seed in seeds)


def test_practice_keeps_names_out_of_the_transcript(wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=1, learner="L-TEST", attempt=1)
    assert "L-TEST" not in talk.transcript()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"mode": "exam"}, "no mode 'exam'"),
        ({"mode": "declared", "attempt": 1}, "whose it is"),
        ({"mode": "declared", "attempt": 4, "learner": "L"}, "Attempt 4 does not exist"),
        ({"mode": "declared", "attempt": 1, "learner": "L"}, "seed is not the one"),
    ],
)
def test_starts_that_cannot_count(wash_down: Scenario, words: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Conversation.start(wash_down, seed=1, **words)


def test_a_journal_holds_one_conversation_and_the_right_one(wash_down: Scenario) -> None:
    lines = Conversation.start(wash_down, seed=1).transcript().splitlines()
    with pytest.raises(TranscriptInvalid, match="already holds"):
        Conversation.start(wash_down, seed=1, journal=MemoryJournal(lines))
    with pytest.raises(TranscriptInvalid, match="no conversation"):
        Conversation.resume(wash_down, MemoryJournal())
    changed = json.loads(canonical(wash_down)) | {"title": "Another title"}
    newer = scenario_from_canonical(json.dumps(changed).encode())
    with pytest.raises(TranscriptInvalid, match="scenario has changed"):
        Conversation.resume(newer, MemoryJournal(lines))
    other = scenario_from_canonical(json.dumps(changed | {"id": "other"}).encode())
    with pytest.raises(TranscriptInvalid, match="with 'wash_down', not 'other'"):
        Conversation.resume(other, MemoryJournal(lines))
    for key in ("schema", "engine"):
        chain = Chain()
        data = json.loads(lines[0])["data"] | {key: 99}
        with pytest.raises(TranscriptInvalid, match="later techsell"):
            Conversation.resume(wash_down, MemoryJournal([dump(chain.make("SessionStarted", data))]))
    chain = Chain()
    impossible = [chain.make("SessionStarted", json.loads(lines[0])["data"]), chain.make("Undone", {"to_seq": 0})]
    with pytest.raises(TranscriptInvalid, match="cannot be played again"):
        Conversation.resume(wash_down, MemoryJournal([dump(event) for event in impossible]))
    with pytest.raises(TranscriptInvalid, match="was changed: line 2"):
        Conversation.resume(wash_down, MemoryJournal([lines[0], lines[1].replace("Nand", "Band")]))


def test_the_last_of_several_conversations_is_gone_on_with(wash_down: Scenario) -> None:
    first, second = Conversation.start(wash_down, seed=1), Conversation.start(wash_down, seed=2)
    second.pick("hello")
    journal = MemoryJournal((first.transcript() + second.transcript()).splitlines())
    again = Conversation.resume(wash_down, journal)
    assert again.state == second.state
    again.pick("ask_seals")
    assert len(verify("\n".join(journal.read()), lambda sha: wash_down).sessions) == 2


def test_there_is_no_score_before_the_end(call: Start) -> None:
    with pytest.raises(RoleplayError, match="before the end"):
        call().talk.scorecard()


def test_the_view_has_all_that_a_player_paints(call: Start) -> None:
    now = call()
    now.say("ask_seals", "back_seals")
    view = now.talk.view()
    assert set(view) == {
        *("scenario", "title", "graded", "mode", "attempt", "brief", "turn", "budget", "with", "trust", "mood"),
        *(
            "lines",
            "menu",
            "pages",
            "page",
            "notes",
            "over",
            "ending",
            "can_undo",
            "scorecard",
            "level",
            "asking",
            "news",
        ),
    }
    assert view["mood"] == {"word": "listening", "icon": "◑"}
    assert view["brief"]["call"] == "A call about seals that last 6 weeks."
    assert view["with"] == [{"id": "priya", "name": "Priya Nand", "role": "maintenance lead"}]
    assert view["notes"] == [{"id": "seal_life", "text": "Seals last 6 weeks.", "turn": 1}]
    assert [line["n"] for line in view["lines"]] == list(range(1, len(view["lines"]) + 1))
    assert view["lines"][1] == {
        "n": 2,
        "turn": 1,
        "speaker": "You",
        "who": "you",
        "text": "What troubles you about the seals?",
        "line": line_id("wash_down", "options.ask_seals.text", "What troubles you about the seals?"),
    }
    assert [line["key"] for line in view["menu"]] == [1, 2, 3, 4, 5, 6]
    assert now.talk.view(page=view["pages"])["page"] == 0
    assert view["scorecard"] is None
    now.do("hang_up")
    view = now.talk.view()
    assert view["ending"] == {"kind": "polite_no", "says": "Bye then.", "summary": "You ended the call."}
    assert view["scorecard"]["total"] == now.talk.scorecard().total


def test_lines_of_the_log_are_never_taken_out(wash_down: Scenario) -> None:
    """A screen reader has already said them."""
    talk = Conversation.start(wash_down, seed=3)
    seen: list[Any] = []
    for step in ("ask_seals", "hint", "undo", "brag", "undo", "hello", "hang_up"):
        if step in {"hint", "undo", "hang_up"}:
            getattr(talk, step)()
        else:
            talk.pick(step)
        assert list(talk.log[: len(seen)]) == seen
        seen = list(talk.log)


def test_one_play_differs_from_the_next_only_in_its_clock(call: Start, wash_down: Scenario) -> None:
    now = call()
    later = Conversation.start(wash_down, seed=3)
    now.say("ask_seals", "hello")
    later.pick("ask_seals")
    later.pick("hello")
    bare = [[{k: v for k, v in event.items() if k != "clock"} for event in talk.events] for talk in (now.talk, later)]
    assert bare[0] == bare[1]
    assert now.talk.events != later.events
    assert all(dump(event).isascii() for event in later.events)
