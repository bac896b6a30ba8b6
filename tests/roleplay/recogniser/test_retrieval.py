"""Is a line of the menu known in other words, and never believed for more than the typed line carries?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from techsell.roleplay import list_scenarios
from techsell.roleplay.load import load_scenario
from techsell.roleplay.model import Option, Scenario
from techsell.roleplay.recogniser import Recognition, Situation, recognise
from techsell.roleplay.recogniser.likeness import likeness
from techsell.roleplay.recogniser.matcher import matcher_of

ASKS = {"situation", "problem", "implication", "payoff", "clarify"}
SPOKEN_FIGURE = re.compile(r"(?<![:.\d])\b\d{2,}\b(?![:.]\d)")

SALTMARSH = load_scenario("saltmarsh")


def moment(scenario: Scenario, option: Option, variant: int = 0) -> Situation:
    """The call when all that an option builds on has been said."""
    heard = (*option.when.facts, *(fact for move in option.moves for fact in move.facts))
    return Situation(
        present=tuple(persona.id for persona in scenario.personas),
        speaker=option.to or scenario.personas[0].id,
        heard=tuple(dict.fromkeys(heard)),
        pending=option.when.pending or "",
        open_objections=option.when.open,
        steps=("",) * len(option.when.open),
        trust=7,
        variant=variant,
    )


def option_of(scenario: Scenario, name: str) -> Option:
    return next(option for option in scenario.options if option.id == name)


def plays_back_rightly(found: Recognition) -> bool:
    return found.decision == "accept" and any(
        move.label == "reflect" and move.facts and not move.wrong for move in found.moves
    )


# Likeness


def test_an_example_is_likest_to_its_own_option() -> None:
    """Per mille, whole numbers, none above a thousand."""
    option = option_of(SALTMARSH, "open_exit_ask_seals")
    options, rest = likeness(option.paraphrases[0], SALTMARSH, moment(SALTMARSH, option), matcher_of(SALTMARSH))
    best = max(options, key=lambda at: options[at])
    assert SALTMARSH.options[best] == option
    assert all(isinstance(score, int) and 0 < score <= 1000 for score in (*options.values(), *rest.values()))


def test_what_cannot_be_meant_now_is_left_out() -> None:
    """A playback of what nobody has said, a word to who is not there, an answer to a question nobody asked."""
    matcher = matcher_of(SALTMARSH)
    places = {option.id: at for at, option in enumerate(SALTMARSH.options)}
    for option in SALTMARSH.options:
        now = moment(SALTMARSH, option)
        others = []
        if option.when.facts:
            others.append(replace(now, heard=()))
        if option.to:
            others.append(replace(now, present=()))
        if option.when.pending:
            others.append(replace(now, pending=""))
        assert places[option.id] in likeness(option.text, SALTMARSH, now, matcher)[0]
        for other in others:
            assert places[option.id] not in likeness(option.text, SALTMARSH, other, matcher)[0], option.id


def test_one_example_more_makes_a_line_known() -> None:
    """What an author writes under `paraphrases` is all that it takes."""
    text = "could the man with the wet socks on that evening tell me from the ringing on how it all went please"
    option = option_of(SALTMARSH, "ask_last_night")
    before = recognise(text, SALTMARSH, moment(SALTMARSH, option))
    taught = option.model_copy(update={"paraphrases": (*option.paraphrases, text.replace("please", "then"))})
    options = tuple(taught if one.id == option.id else one for one in SALTMARSH.options)
    after = recognise(text, SALTMARSH.model_copy(update={"options": options}), moment(SALTMARSH, option))
    assert before.moves != option.moves
    assert after.decision == "accept"
    assert after.moves == option.moves


# Taken


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (
            "open_exit_ask_seals",
            "til ur meeting, go or no go at the end and no is ok. how many seals went on line four past year",
        ),
        (
            "ask_last_night",
            "the phone rang for one of those pumps lately, what happened from then until milk went through it again",
        ),
        ("open_praise", "been buying your milk for years, good to talk to the one who keeps those pumps going"),
    ],
)  # fmt: skip
def test_a_line_in_other_words_does_what_the_menu_says(option: str, text: str) -> None:
    wanted = option_of(SALTMARSH, option)
    found = recognise(text, SALTMARSH, moment(SALTMARSH, wanted))
    assert (found.decision, found.moves) == ("accept", wanted.moves)


def test_a_rule_is_not_an_event() -> None:
    """Nothing is opened that needs something that happened by asking how it usually is."""
    option = option_of(SALTMARSH, "ask_last_night")
    assert any(move.past for move in option.moves)
    text = "when the phone rings for one of them, what usually happens until milk goes through that pump again"
    found = recognise(text, SALTMARSH, moment(SALTMARSH, option))
    assert not any(move.past for move in found.moves)


# Not believed for more than it carries


def versions(scenario: Scenario) -> Iterator[tuple[Option, str]]:
    for option in scenario.options:
        for text in (option.text, *option.paraphrases[-2:]):
            yield option, scenario.compiled.text(0, text)


@pytest.mark.parametrize("name", list_scenarios())
def test_a_playback_with_another_figure_is_no_right_one(name: str) -> None:
    """Every playback of every scenario, its first figure of two digits made another that nobody has said.

    Five of a hundred may still pass: the new figure can be a sum of what was said.
    """
    scenario = load_scenario(name)
    passed: list[str] = []
    tried = 0
    for option, text in versions(scenario):
        right = any(move.label == "reflect" and move.facts and not move.wrong for move in option.moves)
        figure = SPOKEN_FIGURE.search(text)
        if right and figure:
            other = f"{text[: figure.start()]}{int(figure[0]) * 8 // 5 + 7}{text[figure.end() :]}"
            tried += 1
            if plays_back_rightly(recognise(other, scenario, moment(scenario, option))):
                passed.append(other)
    assert len(passed) * 20 <= tried, passed


@pytest.mark.parametrize("name", list_scenarios())
def test_a_promise_behind_a_good_question_is_heard(name: str) -> None:
    """As often as without any menu: 'our sensor never fails' does not hide behind a line that is known."""
    scenario = load_scenario(name)
    unheard: list[str] = []
    tried = 0
    for option, text in versions(scenario):
        if all(move.label in ASKS for move in option.moves):
            more = f"{text.rstrip('?. ')}. our sensor never fails, i guarantee you no more leaks."
            found = recognise(more, scenario, moment(scenario, option))
            tried += 1
            if found.decision == "accept" and not any(move.overclaims for move in found.moves):
                unheard.append(more)
    assert len(unheard) * 20 <= tried, unheard


def test_a_rival_run_down_behind_a_good_question_is_heard() -> None:
    option = option_of(SALTMARSH, "ask_last_night")
    text = f"{option.paraphrases[0]} - torvane sold you junk, no wonder"
    found = recognise(text, SALTMARSH, moment(SALTMARSH, option))
    assert any(move.attacks_rival for move in found.moves)


# Asked back


def test_a_long_line_that_is_like_several_is_asked_back_about() -> None:
    """Two half lines in one: asked back with at most three lines of the menu, each another thing, all possible now."""
    singles = [option for option in SALTMARSH.options if len(option.moves) == 1 and not option.when.facts][:30]
    lines = {option.text for option in SALTMARSH.options}
    offered = 0
    for one, other in itertools.pairwise(singles):
        now = moment(SALTMARSH, one)
        text = " ".join((*one.text.split()[:8], "and", *other.text.split()[-8:]))
        found = recognise(text, SALTMARSH, now)
        if found.decision == "confirm":
            ours = [choice for choice in found.choices if choice.text in lines]
            offered += len(ours)
            assert len(found.choices) <= 3
            assert len({choice.moves for choice in ours}) == len(ours)
            possible, _ = likeness(text, SALTMARSH, now, matcher_of(SALTMARSH))
            assert {choice.text for choice in ours} <= {SALTMARSH.options[at].text for at in possible}
    assert offered
