"""Is the whole conversation playable with keys on a plain terminal?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from techsell.roleplay import Conversation, MemoryJournal, declared_seed
from techsell.roleplay.model import Scenario
from techsell.roleplay.terminal import Terminal

Play = Callable[..., tuple[str, bool, Conversation]]


@pytest.fixture
def play(wash_down: Scenario) -> Play:
    """`play("1", "0", "q")` returns what stood on the screen, whether the call ended, and the conversation."""

    def run(*keys: str, talk: Conversation | None = None, width: int = 80) -> tuple[str, bool, Conversation]:
        talk = talk or Conversation.start(wash_down, seed=3)
        typed: Iterator[str] = iter(keys)
        screen: list[str] = []
        over = Terminal(talk, lambda: next(typed, None), screen.append, width=width).play()
        return "".join(screen), over, talk

    return run


def key_of(talk: Conversation, option: str) -> list[str]:
    """The keys that say an option: `0` for each page before it, then its number."""
    for page in range(talk.pages):
        for line in talk.menu(page):
            if line.option == option:
                return ["0"] * page + [str(line.key)]
    raise AssertionError(option)


def test_everything_is_on_the_screen(play: Play, wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=3)
    screen, over, talk = play(*key_of(talk, "ask_seals"), "n", "h", "b", "q", talk=talk)
    assert over
    for text in (
        "Wash-down at Saltmarsh · practice",
        "You sell pumps for Brackwater.",
        "Priya Nand (maintenance lead) · turn 0 of 12 · guarded ◔ 4/10",
        "Nand here.",
        "What troubles you about the seals?",
        "Seals last 6 weeks.",
        "- Seals last 6 weeks. (turn 1)",
        "The call has ended: polite no. You ended the call.",
        "You found out 1 of 7 things.",
        "60 pass. Not passed.",
        "Next time: ",
    ):
        assert text in screen, text


def test_the_end_of_the_input_stops_without_ending_the_call(play: Play) -> None:
    _, over, talk = play("1")
    assert (over, talk.over, talk.state.turn) == (False, False, 1)
    again, _, _ = play("q", talk=talk)
    assert "Nand here." in again, "who comes back sees what was said"


@pytest.mark.parametrize("key", ["7", "x", "１", "\x00", "-1", "1 2", "12"])
def test_a_key_that_is_none_is_said_and_does_no_harm(play: Play, key: str) -> None:
    screen, _, talk = play(key)
    assert "is no key here" in screen
    assert talk.state.turn == 0


def test_capitals_and_blanks_do_not_matter(play: Play) -> None:
    _, over, _ = play("", "  ", " Q \n")
    assert over


def test_pages_go_round(play: Play) -> None:
    talk = play()[2]
    screen, _, _ = play(*["0"] * talk.pages, talk=talk)
    assert f"page {talk.pages} of {talk.pages}" in screen
    assert screen.count(f"page 1 of {talk.pages}") == 2


def test_what_is_not_allowed_is_one_sentence(play: Play, wash_down: Scenario) -> None:
    assert "There is nothing to take back. Say a line first." in play("u")[0]
    seed = declared_seed("L", "wash_down", 1)
    talk = Conversation.start(wash_down, seed=seed, mode="declared", learner="L", attempt=1)
    screen, _, _ = play("1", "u", talk=talk)
    assert "A declared attempt has no way back. Go on from here." in screen
    assert "declared attempt 1 of 3" in screen


def test_a_passed_and_a_blocked_call_say_so(play: Play, wash_down: Scenario) -> None:
    talk = Conversation.start(wash_down, seed=3)
    talk.pick("ask_seals")
    talk.pick("brag")
    assert "Not passed: R6 rules it out, whatever the total." in play("q", talk=talk)[0]
    plain = wash_down.model_copy(update={"rubric": (), "graded": False})
    assert "This call is not scored." in play("q", talk=Conversation.start(plain, seed=1))[0]


@pytest.mark.parametrize("width", [1, 40, 80, 500])
def test_no_line_is_wider_than_the_screen(play: Play, width: int) -> None:
    screen, _, _ = play("1", "1", "n", "h", "q", width=width)
    assert max(len(line) for line in screen.splitlines()) <= max(40, min(width, 100))


# Typing


@pytest.fixture
def typing(wash_down: Scenario, ears: Any) -> Conversation:
    return Conversation.start(wash_down, seed=3, recogniser=ears)


def test_what_is_no_key_is_said(play: Play, typing: Conversation) -> None:
    screen, _, talk = play("ask_seals", "Back_Seals: Six weeks", talk=typing)
    assert "You  ask_seals" in screen
    assert [turn.source for turn in talk.state.history[1:]] == ["typed"]
    assert "Back_Seals: Six weeks" in screen, "capitals are kept"


def test_readings_are_numbered_and_nought_is_none_of_them(play: Play, typing: Conversation) -> None:
    screen, _, talk = play("hello|ask_seals|frame", "2", talk=typing)
    for text in ("Did you mean", "  1  Meant: hello.", "  2  Meant: ask_seals.", "  3  Meant: frame.", "  0  None of"):
        assert text in screen
    assert talk.state.facts == ("seal_life",)
    screen, _, talk = play("hello|frame", "0", "back_seals", talk=talk)
    assert "Say it in other words" in screen
    assert talk.state.turn == 2


def test_other_keys_still_work_while_something_is_asked(play: Play, typing: Conversation) -> None:
    screen, over, _ = play("hello|frame", "n", "3", "q", talk=typing)
    assert "No notes yet" in screen
    assert over, "3 is no reading here: it picked line 3, and q ended the call"


def test_what_is_not_understood_leads_to_the_menu(play: Play, typing: Conversation) -> None:
    screen, _, talk = play("qwertz", "asdf jkl", talk=typing)
    assert "Not understood; no turn is lost" in screen
    assert "Pick one of these lines, or try other words" in screen
    assert talk.state.turn == 1


def test_a_bare_number_is_an_answer_where_something_was_asked(play: Play, typing: Conversation) -> None:
    play("hello", "small_talk", talk=typing)
    assert typing.state.pending == "q_price"
    screen, _, _ = play("900", talk=typing)
    assert "no key" not in screen
    assert typing.state.asking is not None


def test_where_typing_is_not_possible_the_keys_are_named(play: Play, wash_down: Scenario, ears: Any) -> None:
    old = Conversation.start(wash_down, seed=3, recogniser=ears, engine=1)
    screen, _, _ = play("hello there", talk=old)
    assert "is no key here" in screen
    assert "Type what you say" not in screen


def test_an_update_in_the_middle_of_a_call_is_said_and_the_call_goes_on(
    play: Play, typing: Conversation, other_ears: Any
) -> None:
    play("ask_seals", "hello|frame", talk=typing)
    again = Conversation.resume(typing.scenario, MemoryJournal(typing.transcript().splitlines()), recogniser=other_ears)
    screen, over, _ = play("2", "1", talk=again)
    told = " ".join(screen.split())
    assert told.count("techsell has been updated since you typed here last.") == 1
    assert "What was said stays as it was understood" in told
    assert "another version of techsell" not in told, "nothing has been typed yet"
    screen, over, _ = play("ask_change", "q", talk=again)
    assert screen.count("From here on another version of techsell reads what you type.") == 1
    assert over
    assert again.state.facts == ("seal_life", "planned_change")


def test_the_end_tells_what_hangs_on_a_reading_and_what_was_picked(play: Play, wash_down: Scenario, ears: Any) -> None:
    talk = Conversation.start(wash_down, seed=3, recogniser=ears)
    screen, _, _ = play("frame/hello", "ask_seals", "back_seals/hello", "q", talk=talk)
    assert "Between 35.00 and 65.00, as unclear lines are read (turns: 1, 3)." in screen
    assert "a person looks at it" in screen
    seed = declared_seed("L", "wash_down", 1)
    talk = Conversation.start(wash_down, seed=seed, mode="declared", learner="L", attempt=1, recogniser=ears)
    screen, _, _ = play("1", "ask_seals", "q", talk=talk)
    assert "50 % of the turns were picked from the menu; what they earn counts 70 % in a" in screen
