"""What do picked lines earn in a declared attempt, and what hangs on lines that were not quite clear?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from techsell.roleplay import Conversation, Scorecard, assess_hand_in, declared_seed
from techsell.roleplay.interval import read_again
from techsell.roleplay.model import Scenario
from techsell.roleplay.rubric import score_state

Start = Callable[..., Any]
GOOD = "frame ask_seals back_and_ask price_short ask_audit ask_night ask_change dear_ack dear_ask dear_proof ask_visit"


def declared(scenario: Scenario, ears: Any, lines: Sequence[str], typed: Sequence[int] = (), attempt: int = 1) -> Any:
    """A declared call; the lines of these numbers (from 0) are typed, and one with `/` always is."""
    seed = declared_seed("L", scenario.id, attempt)
    talk = Conversation.start(scenario, seed=seed, mode="declared", learner="L", attempt=attempt, recogniser=ears)
    for number, line in enumerate(lines):
        if number in typed or "/" in line or "|" in line:
            talk.say(line)
        else:
            talk.pick(line)
        if talk.state.asking is not None:
            talk.choose(0)
    if not talk.over:
        talk.hang_up()
    return talk


def percents(card: Scorecard) -> dict[str, int]:
    return {line.id: line.percent for line in card.lines}


def test_a_declared_call_from_the_menu_alone_earns_seventy_in_a_hundred(wash_down: Scenario, ears: Any) -> None:
    card = declared(wash_down, ears, GOOD.split()).scorecard()
    assert (card.total, card.picked, card.capped, card.passed) == (70.0, 100, True, True)
    assert all("Picked lines count 70 %." in line.why for line in card.lines)
    assert all(line.advice == "" for line in card.lines), "nothing else was missing"


def test_the_same_call_typed_earns_everything(wash_down: Scenario, ears: Any) -> None:
    lines = GOOD.replace("price_short", "price_short+hello").split()
    card = declared(wash_down, ears, lines, range(len(lines))).scorecard()
    assert (card.total, card.picked) == (100.0, 0)
    assert not any("Picked" in line.why for line in card.lines)


def test_confirmed_lines_count_like_typed_ones(wash_down: Scenario, ears: Any) -> None:
    lines = ["frame|hello", "ask_seals|hello", "back_seals|hello"]
    talk = declared(wash_down, ears, lines)
    assert [turn.source for turn in talk.state.history[1:4]] == ["confirmed"] * 3
    assert talk.scorecard().picked == 0


def test_practice_has_no_cap(call: Start) -> None:
    now = call()
    now.say(*GOOD.split())
    card = now.talk.scorecard()
    assert (card.total, card.picked, card.capped) == (100.0, 100, False)


def test_each_line_of_the_rubric_is_capped_by_what_earned_it(wash_down: Scenario, ears: Any) -> None:
    """Typed: the frame, the playback and the visit; eight of eleven turns were picked."""
    lines = GOOD.split()
    card = declared(wash_down, ears, lines, (0, 2, 10)).scorecard()
    whole = (3 * 100 + 8 * 70) // 11
    assert percents(card) == {
        "R1": 100,  # the frame, typed
        "R2": whole,  # nothing told early: the whole call
        "R3": 100,  # the playback, typed
        "R4": 25 + 70 * 75 // 100,  # one of four needs came with the typed line
        "R5": 70,  # asked for what happened, picked
        "R6": whole,  # clean: the whole call
        "R7": whole,  # the outcome: the whole call
    }
    assert card.picked == 100 * 8 // 11
    assert card.total == sum(line.points for line in card.lines)


def test_a_twist_counts_whether_picked_or_typed(wash_down: Scenario, ears: Any) -> None:
    """One typed playback is right, a picked one is twisted: nothing is left of the line."""
    card = declared(wash_down, ears, ["ask_seals", "back_seals", "back_wrong"], (1,)).scorecard()
    assert percents(card)["R3"] == 0


def test_nonsense_does_not_raise_the_share_of_what_was_typed(wash_down: Scenario, ears: Any) -> None:
    plain = declared(wash_down, ears, ["hello", "ask_seals"]).scorecard()
    noisy = declared(wash_down, ears, ["hello", "rude", "foreign", "ask_seals"], (1, 2)).scorecard()
    assert noisy.picked == plain.picked == 100
    assert percents(noisy)["R2"] <= percents(plain)["R2"] == 70


# The interval


def test_a_clear_call_has_no_interval(call: Start, ears: Any) -> None:
    now = call(recogniser=ears)
    now.type(*GOOD.replace("price_short", "price_short+hello").split())
    card = now.talk.scorecard()
    assert (card.low, card.high, card.depends_on, card.needs_person) == (card.total, card.total, (), False)


def test_an_unclear_line_makes_an_interval(call: Start, ears: Any) -> None:
    """The playback may have been small talk: the line of the rubric hangs on turn 3, and so does a little trust."""
    now = call(recogniser=ears)
    now.type("frame/hello", "ask_seals", "back_seals/small_talk", "hello")
    now.do("hang_up")
    card = now.talk.scorecard()
    assert card.high == card.total
    assert card.low == card.total - 30, "R1 and R3 are lost"
    assert card.depends_on == (1, 3)
    assert card.as_dict()["depends_on"] == [1, 3]
    assert card.needs_person, "one reading passes and the other does not"


def test_a_reading_that_changes_nothing_is_not_named(call: Start, ears: Any) -> None:
    now = call(recogniser=ears)
    now.type("hello/small_talk", "ask_seals")
    now.do("hang_up")
    assert now.talk.scorecard().depends_on == ()


def test_the_less_favourable_reading_may_end_the_call_or_leave_it_open(call: Start, ears: Any) -> None:
    now = call(recogniser=ears)
    now.say("ask_seals", "ask_change", "dear_ack", "dear_ask", "dear_proof")
    now.type("ask_visit/hello")
    assert now.talk.over
    open_end = read_again(now.scenario, now.state, {6})
    assert not open_end.over
    assert now.talk.scorecard().low < now.talk.scorecard().total
    other = call(recogniser=ears)
    other.type("hello/brag", "hello/brag", "ask_seals")
    assert read_again(other.scenario, other.state, {1, 2}).ending == "thrown_out"


def test_read_again_as_it_was_it_is_the_same_call(call: Start, ears: Any) -> None:
    now = call(recogniser=ears)
    now.type("frame/hello")
    now.say("ask_seals", "back_and_ask")
    now.type("price_short+hello", "ask_audit|hello")
    now.do("choose", 0)
    now.do("hang_up")
    again = read_again(now.scenario, now.state, ())
    assert score_state(now.scenario, again).lines == now.talk.scorecard().lines
    assert [turn.reactions for turn in again.history] == [turn.reactions for turn in now.state.history]


def assess(scenario: Scenario, ears: Any, *texts: str, known: bool = True) -> Any:
    return assess_hand_in(
        "".join(texts),
        scenario_id=scenario.id,
        learner="L",
        pins=lambda sha: scenario,
        recognisers=lambda name: ears if known and name == ears.fingerprint() else None,
    )


BARELY = [*GOOD.replace("price_short", "price_short+hello").split()]


def test_a_pass_that_hangs_on_a_reading_goes_to_a_person(wash_down: Scenario, ears: Any) -> None:
    lines = list(BARELY)
    lines[2], lines[6] = "back_seals/small_talk", "ask_change/hello"
    lines[7:] = ["hello/brag"]
    talk = declared(wash_down, ears, lines, range(len(lines)))
    card = talk.scorecard()
    assert card.passed
    assert card.low < card.pass_mark <= card.high
    assert card.needs_person
    found = assess(wash_down, ears, talk.transcript())
    assert (found.needs_person, found.undecided, found.best) == (True, True, card.total)
    assert f"between {card.low:.2f} and {card.high:.2f}, 60 pass" in found.reasons[-1]
    assert found.as_dict()["undecided"] is True


def test_another_attempt_that_passes_for_sure_settles_it(wash_down: Scenario, ears: Any) -> None:
    lines = list(BARELY)
    lines[2], lines[6] = "back_seals/small_talk", "ask_change/hello"
    lines[7:] = ["hello/brag"]
    doubtful = declared(wash_down, ears, lines, range(len(lines)))
    sure = declared(wash_down, ears, BARELY, range(len(BARELY)), attempt=2)
    found = assess(wash_down, ears, doubtful.transcript(), sure.transcript())
    assert (found.needs_person, found.undecided, found.passed) == (False, False, True)


def test_an_unknown_recogniser_goes_to_a_person_and_is_never_nought(wash_down: Scenario, ears: Any) -> None:
    talk = declared(wash_down, ears, BARELY, range(len(BARELY)))
    found = assess(wash_down, ears, talk.transcript(), known=False)
    assert (found.best, found.needs_person, found.undecided) == (None, True, False)
    assert "the recogniser that read it (ears) is not known here" in found.reasons[0]


def test_a_menu_call_needs_no_recogniser(wash_down: Scenario, ears: Any) -> None:
    found = assess(wash_down, ears, declared(wash_down, ears, GOOD.split()).transcript(), known=False)
    assert (found.best, found.needs_person) == (70.0, False)


@pytest.mark.parametrize("known", [True, False])
def test_the_package_s_own_recogniser_is_the_one_at_hand(wash_down: Scenario, ears: Any, known: bool) -> None:
    """By default a typed attempt is read by the recogniser of this package, and by no other."""
    seed = declared_seed("L", "wash_down", 1)
    chosen = {} if known else {"recogniser": ears}
    talk = Conversation.start(wash_down, seed=seed, mode="declared", learner="L", attempt=1, **chosen)
    talk.say("frame")
    if talk.state.asking is None or talk.state.asking.kind != "confirm":
        talk.say("What troubles you about the seals?")
    talk.hang_up()
    found = assess_hand_in(talk.transcript(), scenario_id="wash_down", learner="L", pins=lambda sha: wash_down)
    assert (found.best is not None) is known
