"""Does a typed call go on when another recogniser is installed, with nothing lost and every line read as it was?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.errors import MoveNotAllowed, TranscriptInvalid
from techsell.progress.conversations import outline
from techsell.roleplay import Conversation, MemoryJournal, Transcript, assess_hand_in, declared_seed, fork, verify
from techsell.roleplay.events import Chain, Event, dump
from techsell.roleplay.model import Scenario
from techsell.roleplay.reading import Noted, note_of
from techsell.roleplay.replay import read_by
from techsell.roleplay.view import CHANGED

Start = Callable[..., Any]
TYPED = ("ask_seals/hello: what about the seals", "nonsense", "hello|frame")


class Deaf:
    """The next version: it makes rapport of everything, also of what the one before understood well."""

    def __init__(self, ears: Any) -> None:
        self._ears = ears

    def fingerprint(self) -> str:
        return "deaf"

    def recognise(self, _text: str, *where: Any) -> Any:
        return self._ears.recognise("hello", *where)


@pytest.fixture
def deaf(ears: Any) -> Deaf:
    return Deaf(ears)


@pytest.fixture
def known(ears: Any, deaf: Deaf) -> Callable[[str], Any]:
    """What a grader has: both versions."""
    return {"ears": ears, "deaf": deaf}.get


@pytest.fixture
def begun(wash_down: Scenario, ears: Any) -> Conversation:
    """A call of the version before, in the middle of 'Did you mean'."""
    talk = Conversation.start(wash_down, seed=3, recogniser=ears)
    talk.pick("small_talk")
    for text in TYPED:
        talk.say(text)
    return talk


def updated(talk: Conversation, recogniser: Any) -> Conversation:
    return Conversation.resume(talk.scenario, MemoryJournal(talk.transcript().splitlines()), recogniser=recogniser)


def kinds(talk: Conversation) -> list[str]:
    return [event["type"] for event in talk.events]


def rehashed(talk: Conversation, change: Callable[[list[Event]], object]) -> str:
    """Changed and written anew with right hashes, as somebody would who knows how."""
    events: list[Event] = Transcript.parse(talk.transcript()).sessions[0].events
    change(events)
    chain = Chain()
    return "".join(dump(chain.make(event["type"], event["data"])) + "\n" for event in events)


def test_a_call_stands_after_an_update_as_it_stood_before(begun: Conversation, deaf: Deaf) -> None:
    again = updated(begun, deaf)

    assert again.state == begun.state
    assert again.log == begun.log
    assert again.transcript() == begun.transcript(), "looking at it writes nothing"
    assert again.state.history[2].uncertain is not None
    assert {**again.view(), "news": ""} == begun.view()
    assert "your next typed line is read by the new version" in again.view()["news"]


def test_what_the_old_version_had_asked_can_still_be_answered(begun: Conversation, deaf: Deaf, ears: Any) -> None:
    again = updated(begun, deaf)
    again.choose(1)
    begun.choose(1)

    assert again.state == begun.state
    assert "RecogniserChanged" not in kinds(again), "the reading is that of the version before"


def test_picked_lines_need_no_recogniser(begun: Conversation, deaf: Deaf, wash_down: Scenario, ears: Any) -> None:
    again = updated(begun, deaf)
    again.pick("ask_change")
    again.hang_up()

    assert read_by(Transcript.parse(again.transcript()).sessions[0]) == {"ears": 5}
    assert verify(again.transcript(), lambda sha: wash_down, {"ears": ears}.get).sound


def test_the_next_typed_line_is_read_by_the_new_version_and_that_is_on_the_record(
    begun: Conversation, deaf: Deaf, known: Any, wash_down: Scenario
) -> None:
    again = updated(begun, deaf)
    reply = again.say("ask_change")
    again.say("ask_change")

    assert [line.text for line in reply.lines][:2] == [CHANGED, "ask_change"]
    assert kinds(again).count("RecogniserChanged") == 1
    assert again.view()["news"] == ""
    assert again.state.facts == begun.state.facts, "the new version took the line for rapport"
    assert outline(again.transcript().splitlines()) == (False, again.state.turn)
    once_more = updated(again, deaf)
    assert (once_more.state, once_more.log) == (again.state, again.log)
    found = verify(again.transcript(), lambda sha: wash_down, known)
    assert found.sound
    assert found.sessions[0].findings == ()


@pytest.mark.parametrize(("missing", "line"), [("ears", 5), ("deaf", 11)])
def test_a_version_that_is_not_known_is_named_with_its_first_line(
    begun: Conversation, deaf: Deaf, known: Any, wash_down: Scenario, missing: str, line: int
) -> None:
    again = updated(begun, deaf)
    again.say("ask_change")
    (session,) = verify(
        again.transcript(), lambda sha: wash_down, lambda name: None if name == missing else known(name)
    ).sessions

    assert session.scorecard is None, "nothing is scored by what is only noted"
    assert [str(finding) for finding in session.findings] == [
        f"line {line}: the recogniser {missing} that read this is not known here"
    ]


def test_going_back_and_forth_between_versions_reads_each_line_as_it_was(
    begun: Conversation, deaf: Deaf, known: Any, ears: Any, wash_down: Scenario
) -> None:
    again = updated(begun, deaf)
    again.say("ask_change")
    back = updated(again, ears)
    assert back.state == again.state
    back.say("ask_change: now it is understood")
    assert kinds(back).count("RecogniserChanged") == 2
    assert back.state.facts == (*begun.state.facts, "planned_change")
    assert verify(back.transcript(), lambda sha: wash_down, known).sound


def test_taking_back_a_line_does_not_bring_the_old_version_back(
    begun: Conversation, deaf: Deaf, known: Any, wash_down: Scenario
) -> None:
    again = updated(begun, deaf)
    again.say("ask_change")
    again.undo()
    again.undo()
    again.say("frame")

    assert kinds(again).count("RecogniserChanged") == 1
    assert again.state.history[-1].moves[0].label == "rapport"
    assert verify(again.transcript(), lambda sha: wash_down, known).sound


def test_nothing_to_say_is_no_reason_to_note_a_change(begun: Conversation, deaf: Deaf) -> None:
    again = updated(begun, deaf)
    with pytest.raises(MoveNotAllowed, match="nothing to say"):
        again.say("   ")
    assert again.transcript() == begun.transcript()


def test_a_call_over_is_looked_back_at_after_an_update(begun: Conversation, deaf: Deaf) -> None:
    begun.hang_up()
    again = updated(begun, deaf)
    assert again.state == begun.state
    assert again.scorecard() == begun.scorecard()
    assert again.view()["news"] == ""


def test_a_call_without_typed_lines_just_goes_on(wash_down: Scenario, ears: Any, deaf: Deaf, known: Any) -> None:
    talk = Conversation.start(wash_down, seed=3, recogniser=ears)
    talk.pick("hello")
    again = updated(talk, deaf)
    assert again.view()["news"] == ""
    again.say("frame")
    assert read_by(Transcript.parse(again.transcript()).sessions[0]) == {"deaf": 6}
    assert verify(again.transcript(), lambda sha: wash_down, known).sound


def test_a_fork_keeps_every_line_as_it_was_read(begun: Conversation, deaf: Deaf, known: Any) -> None:
    again = updated(begun, deaf)
    again.choose(0)
    again.say("ask_change")
    for turn, versions in ((2, ["deaf"]), (3, ["ears", "deaf"]), (4, ["ears", "deaf"]), (5, ["ears", "deaf"])):
        taken = fork(again, turn)
        assert taken.state.history == again.state.history[:turn]
        assert taken.log == again.log[: len(taken.log)]
        taken.say("ask_change")
        assert taken.state.facts == again.state.history[2].facts * (turn > 2), "the new version hears rapport"
        assert list(read_by(Transcript.parse(taken.transcript()).sessions[0])) == versions
        assert verify(taken.transcript(), lambda sha: begun.scenario, known).sound


# Declared attempts


def declared(scenario: Scenario, ears: Any) -> Conversation:
    seed = declared_seed("L", scenario.id, 1)
    talk = Conversation.start(scenario, seed=seed, mode="declared", learner="L", attempt=1, recogniser=ears)
    for text in ("frame", "ask_seals"):
        talk.say(text)
    return talk


def test_a_declared_attempt_goes_on_and_each_line_is_scored_as_it_was_read(
    wash_down: Scenario, ears: Any, deaf: Deaf, known: Any
) -> None:
    again = updated(declared(wash_down, ears), deaf)
    assert "each line is scored by the version that read it" in again.view()["news"]
    again.say("ask_change")
    again.hang_up()

    def assess(recognisers: Any) -> Any:
        text = again.transcript()
        return assess_hand_in(text, scenario_id="wash_down", learner="L", pins=pin, recognisers=recognisers)

    def pin(sha: str) -> Scenario:
        return wash_down

    found = assess(known)
    assert (found.best, found.needs_person) == (again.scorecard().total, False)
    assert "techsell was updated during the call" in found.reasons[0]
    assert "ears from line 3 on, deaf from line 8 on" in found.reasons[0]
    lost = assess({"ears": ears}.get)
    assert (lost.best, lost.needs_person) == (None, True)
    assert "the recogniser that read it (deaf) is not known here" in lost.reasons[-1]


def test_a_note_that_was_forged_earns_nothing(wash_down: Scenario, ears: Any, deaf: Deaf, known: Any) -> None:
    """Whoever writes a better reading beside a line moves the learner's own machine and not the grader."""
    honest = declared(wash_down, ears)
    honest.hang_up()
    better = note_of(ears.recognise("ask_audit", wash_down, object()))

    text = rehashed(honest, lambda events: events[2]["data"].update(read=better))

    found = assess_hand_in(text, scenario_id="wash_down", learner="L", pins=lambda sha: wash_down, recognisers=known)
    assert found.best == honest.scorecard().total
    assert "the reading noted here is not what the recogniser makes of the line" in found.reasons[0]


# Where nothing can be done


def test_typed_lines_without_notes_cannot_be_gone_on_with(begun: Conversation, deaf: Deaf, ears: Any) -> None:
    """As calls were kept before there were notes; with their own recogniser they are as good as ever."""
    text = rehashed(begun, lambda events: [event["data"].pop("read", None) for event in events])
    lines = text.splitlines()

    with pytest.raises(TranscriptInvalid, match="read by another recogniser, and how is not noted") as caught:
        Conversation.resume(begun.scenario, MemoryJournal(lines), recogniser=deaf)
    assert "this one is kept" in caught.value.cure
    again = Conversation.resume(begun.scenario, MemoryJournal(lines), recogniser=ears)
    assert again.state == begun.state
    assert verify(text, lambda sha: begun.scenario, lambda name: ears).sound


@pytest.mark.parametrize(
    "note",
    [
        {},
        {"decision": "accept"},
        {"decision": "accept", "moves": 3},
        {"decision": "accept", "moves": [{"label": "sing"}]},
        {"decision": "accept", "moves": [{"label": "problem", "score": 100}]},
        {"decision": "accept", "moves": [{"label": "reflect", "facts": ["no_such_fact"]}]},
        {"decision": "accept", "moves": [{"label": "commit", "ask": "no_such_ask"}]},
        {"decision": "accept", "moves": [{"label": "acknowledge", "objection": "none"}]},
        {"decision": "accept", "moves": [{"label": "rapport"}], "low": [{"label": "pitch", "claim": "none"}]},
        {"decision": "confirm", "moves": [], "choices": [{"text": "hello"}]},
        {"decision": "confirm", "moves": [], "choices": [{"text": "x", "to": "", "moves": [{"label": "sing"}]}]},
    ],
)
def test_a_damaged_note_is_a_sentence(begun: Conversation, deaf: Deaf, note: dict[str, Any]) -> None:
    text = rehashed(begun, lambda events: events[4]["data"].update(read=note))
    with pytest.raises(TranscriptInvalid, match=r"cannot be played again: the note .* is damaged"):
        Conversation.resume(begun.scenario, MemoryJournal(text.splitlines()), recogniser=deaf)


def test_a_note_says_all_that_the_engine_needs(wash_down: Scenario, ears: Any) -> None:
    for text in ("ask_record", "ask_seals/hello", "hello|ask_record", "rude", "nonsense", "price_short+ask_seals"):
        found = ears.recognise(text, wash_down, object())
        again = Noted("ears", note_of(found)).recognise("whatever")
        for part in ("moves", "decision", "choices", "low", "to"):
            assert getattr(again, part) == getattr(found, part), (text, part)


def test_a_call_from_before_typing_knows_no_change(wash_down: Scenario, ears: Any) -> None:
    talk = Conversation.start(wash_down, seed=3, recogniser=ears, engine=1)
    text = talk.transcript() + dump(Chain(last=talk.events[-1]).make("RecogniserChanged", {"nlu": "deaf"})) + "\n"
    (session,) = verify(text, lambda sha: wash_down).sessions
    assert "begun before typing was possible" in str(session.findings[0])
