"""Do the customers have something to say to questions by somebody who has only read the brief?

What is asked, and when, is told at the top of recogniser/ask_blind.py. All 2,000 questions take about ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from techsell.roleplay import list_scenarios

# first_call is the short example of the first lesson; nobody is left alone in it with a keyboard.
SCENARIOS = [name for name in list_scenarios() if name != "first_call"]
LATER = 18


@pytest.fixture(scope="module")
def room(repository: Path) -> Iterator[ModuleType]:
    """The script; recogniser/ is no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "recogniser"))
        import ask_blind

        yield ask_blind


@pytest.fixture(scope="module")
def asked(room: Any) -> dict[str, Any]:
    """All questions of all scenarios, with what came of them."""
    return {name: room.ask_all(name) for name in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_there_are_two_hundred_questions(room: Any, scenario: str) -> None:
    """200 different lines, and in each half 18 that make sense only after some talk."""
    found = room.questions(scenario)
    assert len({question.text.lower() for question in found}) == len(found) == 2 * room.HALF
    for half in ("dev", "test"):
        assert sum(question.later for question in found if question.half == half) == LATER


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_few_questions_meet_a_generic_line(room: Any, asked: dict[str, Any], scenario: str) -> None:
    """At most one in ten meets a shrug, a mumble, 'say that again' or the menu."""
    generic = [one for one in asked[scenario] if one.result == "generic"]
    shown = [one.question.text for one in generic if one.question.half == "dev"]
    count, most = len(generic), room.MOST_GENERIC * len(asked[scenario]) // 100
    assert count <= most, f"{count} of {len(asked[scenario])}; of the development half: {shown}"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_mid_call_is_a_moment_for_a_question(room: Any, scenario: str) -> None:
    """Some turns in, nobody waits for an answer, the call goes on."""
    for seed in room.SEEDS:
        first, middle = room.moments(scenario, seed)
        assert first.turn == 0
        assert middle.turn >= 2
        assert not middle.pending
        assert not middle.over


def test_figures_stored_are_those_of_today(room: Any, asked: dict[str, Any]) -> None:
    """After a change to the recogniser or a scenario: python recogniser/ask_blind.py --write."""
    assert room.stored() == room.figures(asked)


def test_every_question_is_counted_once(room: Any, asked: dict[str, Any]) -> None:
    """Answered, asked back or generic, and nothing twice; what is misread or in set words was answered."""
    for every in asked.values():
        found = room.counts(every)
        assert sum(found[name] for name in room.RESULTS) == found["questions"] == len(every)
        assert max(found["misread"], found["stock"], found["partly"]) <= found["answered"]


def test_test_half_is_never_shown(room: Any, asked: dict[str, Any]) -> None:
    """Failures are shown of lines 1 to 100 only, and asking for the others is refused."""
    for scenario, every in asked.items():
        numbers = [int(line.split(":")[1].split()[0]) for line in room.failures(scenario, every)]
        assert all(number <= room.HALF for number in numbers)
    with pytest.raises(SystemExit, match="never shown"):
        room.main(["--half", "test", "--show"])


def test_table_has_a_row_for_each_scenario(room: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One scenario, one half: its percentages, and no other scenario."""
    room.main(["spec_war", "--half", "dev"])
    shown = capsys.readouterr().out
    assert "development half" in shown
    assert "spec_war" in shown
    assert "quillon" not in shown


@pytest.mark.parametrize("words", [["nowhere"], ["--write", "--half", "dev"], ["--write", "spec_war"]])
def test_what_cannot_be_done_is_refused(room: Any, words: list[str]) -> None:
    """Unknown scenarios have no questions, and part of the figures is not stored."""
    before = room.FIGURES.read_bytes()
    with pytest.raises(SystemExit):
        room.main(words)
    assert room.FIGURES.read_bytes() == before
