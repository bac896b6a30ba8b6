"""Does a call typed in own words end as the picked one does, in 85 of 100 or more?

How a call is typed is told at the top of recogniser/play_paraphrases.py. All calls take more than half a minute, so one
variant of each scenario is played here, and all three under `slow`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.model import Move
from techsell.roleplay.recogniser import Choice

# first_call is the short example of the first lesson; it has no scripted ways.
SCENARIOS = [name for name in list_scenarios() if name != "first_call"]
MOST_WORDS = 32


@pytest.fixture(scope="module")
def room(repository: Path) -> Iterator[ModuleType]:
    """The script; recogniser/ is no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "recogniser"))
        import play_paraphrases

        yield play_paraphrases


@pytest.fixture(
    scope="module",
    params=[pytest.param((1,), id="seed 1"), pytest.param((1, 2, 3), id="all seeds", marks=pytest.mark.slow)],
)
def played(room: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The calls of all scenarios, in the words of both halves."""
    return {name: room.play_all(name, seeds=request.param) for name in SCENARIOS}


def share(plays: Sequence[Any]) -> float:
    return 100 * sum(bool(one.same) for one in plays) / len(plays)


# The words


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_of_a_way_has_two_paraphrases_in_each_half(room: Any, scenario: str) -> None:
    """No line is left out, none stands twice, none is the canonical one, none is a page."""
    loaded = load_scenario(scenario)
    found = room.paraphrases(scenario)
    assert all(room.covered(way) for way in room.ways(scenario))
    texts = [text for halves in found.values() for lines in halves.values() for text in lines]
    assert len(set(texts)) == len(texts)
    assert not {option.text for option in loaded.options} & set(texts)
    assert [text for text in texts if len(text.split()) > MOST_WORDS] == []
    for option, halves in found.items():
        assert option in loaded.compiled.option_by_id
        assert {half: len(lines) for half, lines in halves.items()} == {"dev": 2, "test": 2}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_figures_are_those_of_the_line(room: Any, scenario: str) -> None:
    """A paraphrase names numbers of the variant only where the line does, and none stays unfilled."""
    compiled = load_scenario(scenario).compiled
    for option, halves in room.paraphrases(scenario).items():
        canonical = compiled.options[compiled.option_by_id[option]].option.text
        for text in (text for lines in halves.values() for text in lines):
            assert set(re.findall(r"{[^}]+}", text)) <= set(re.findall(r"{[^}]+}", canonical)), option
            assert all("{" not in compiled.text(variant, text) for variant in range(len(compiled.numbers)))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_paraphrase_is_used_in_training(room: Any, repository: Path, scenario: str) -> None:
    """Neither the labelled set nor the scenario's own examples hold one of them."""
    loaded = load_scenario(scenario)
    known = {text.casefold() for option in loaded.options for text in option.paraphrases}
    for group in (loaded.facts, loaded.plant, loaded.datasheet, loaded.questions, loaded.objections):
        known |= {text.casefold() for entry in group for text in entry.utterances}
    known |= {text.casefold() for entry in loaded.commitments for text in entry.utterances}
    for path in (repository / "recogniser").glob("*/*.jsonl"):
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        known |= {line["text"].casefold() for line in lines if "text" in line}
    texts = {text for halves in room.paraphrases(scenario).values() for lines in halves.values() for text in lines}
    assert not {text.casefold() for text in texts} & known


# The calls


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_picked_calls_end_as_their_ways_say(room: Any, played: dict[str, Any], scenario: str) -> None:
    path = room.PLAYS / "ways" / f"{scenario}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for one in played[scenario]:
        assert one.picked.state.ending == known.get(one.way.name, {}).get("ending", one.picked.state.ending)


def test_nothing_is_picked_in_a_typed_call(played: dict[str, Any]) -> None:
    """Every turn is typed, or confirmed after 'Did you mean'."""
    for plays in played.values():
        for one in plays:
            turns = one.typed.state.history[1:]
            assert {turn.source for turn in turns if turn.moves} <= {"typed", "confirmed"}
            assert not [turn.option for turn in turns if turn.option]
            assert one.typed.over


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_typed_calls_end_as_picked_ones(room: Any, played: dict[str, Any], scenario: str) -> None:
    """In 85 of 100 calls or more, both halves together."""
    lost = sorted({one.way.name for one in played[scenario] if not one.same and one.half == "dev"})
    found = share(played[scenario])
    assert found >= room.LEAST, f"{found:.1f} percent; of the development half: {lost}"


def test_typed_calls_end_as_picked_ones_overall(room: Any, played: dict[str, Any]) -> None:
    """In 85 of 100 calls or more, all scenarios and in each half by itself."""
    every = [one for plays in played.values() for one in plays]
    shares = {half: share([one for one in every if one.half == half]) for half in room.HALVES["all"]}
    assert min(shares.values()) >= room.LEAST, shares


def test_figures_stored_are_those_of_today(room: Any, played: dict[str, Any]) -> None:
    """After a change to the recogniser or a scenario: python recogniser/play_paraphrases.py --write."""
    stored, today = room.stored(), room.figures(played)
    assert list(stored) == list(today)
    for name, halves in today.items():
        for half, found in halves.items():
            kept = stored[name][half]
            seeds = found.pop("seeds")
            assert {seed: kept["seeds"][seed] for seed in seeds} == seeds, name
            if list(seeds) == list(kept["seeds"]):
                assert found == {key: kept[key] for key in found}, name


# The sensible person


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([Move(label="problem", topics=("losses",)), Move(label="situation", topics=("meetings",))], 0),
        ([Move(label="situation", topics=("losses",)), Move(label="problem", fact_wanted="three_losses")], 1),
        ([Move(label="situation", topics=("losses",)), Move(label="problem", topics=("meetings",))], -1),
        ([], -1),
    ],
)
def test_a_reading_is_chosen_that_does_the_same(room: Any, offered: list[Move], chosen: int) -> None:
    """Same label and about the same, else none of these."""
    wanted = [Move(label="problem", topics=("losses",), past=True)]
    choices = [Choice("…", (move,), "") for move in offered]
    assert room.sensible(load_scenario("spec_war"), choices, wanted) == chosen


def test_the_reading_with_more_of_the_line_is_chosen(room: Any) -> None:
    """Both parts rather than one, and nothing beside them."""
    play, ask = Move(label="reflect", facts=("three_losses",)), Move(label="problem", topics=("losses",))
    more = Move(label="pitch", claim="size_cell")
    choices = [Choice("…", moves, "") for moves in ((ask,), (play, ask, more), (play, ask))]
    assert room.sensible(load_scenario("spec_war"), choices, (play, ask)) == 2


def test_the_last_try_is_the_first_sentence(room: Any) -> None:
    assert room.first_sentence("So 4.5 hours, and then? What else?") == "So 4.5 hours, and then?"
    assert room.first_sentence("One plug, and that is all") == "One plug, and that is all"


# The script


def test_test_half_is_never_shown(room: Any) -> None:
    """Failures of the development half only, and asking for the others is refused."""
    with pytest.raises(SystemExit, match="never shown"):
        room.main(["--half", "test", "--show"])


def test_what_is_shown_is_of_the_development_half(room: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Calls that ended elsewhere, each under its own heading; no word of the test half."""
    room.main(["ninety_seconds", "--show"])
    shown = capsys.readouterr().out
    lost = [one for one in room.play_all("ninety_seconds", "dev") if not one.same]
    assert shown.count("== ninety_seconds") == len(lost)
    kept = [text for halves in room.paraphrases("ninety_seconds").values() for text in halves["test"]]
    assert not [text for text in kept if "{" not in text and text in shown]


@pytest.mark.parametrize("words", [["nowhere"], ["--write", "--half", "dev"], ["--write", "spec_war"]])
def test_what_cannot_be_done_is_refused(room: Any, words: list[str]) -> None:
    """Unknown scenarios have no paraphrases, and part of the figures is not stored."""
    before = room.FIGURES.read_bytes()
    with pytest.raises(SystemExit):
        room.main(words)
    assert room.FIGURES.read_bytes() == before
