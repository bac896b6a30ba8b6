"""Does every detector see what it is for, and keep quiet where nothing of the kind happened?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from techsell.roleplay import load_scenario
from techsell.roleplay.debrief.call import Call
from techsell.roleplay.debrief.ends import ends
from techsell.roleplay.debrief.faults import FAULTS, faults
from techsell.roleplay.debrief.gaps import gaps, openings
from techsell.roleplay.labels import REACTIONS
from techsell.roleplay.model import Scenario
from techsell.roleplay.state import State

SEEN = {
    "no_contract": ("lindqvist", "dumper"),
    "told_early": ("spec_war", "dumper"),
    "too_many_situation_questions": ("lindqvist", "interrogator"),
    "nothing_played_back": ("lindqvist", "interrogator"),
    "advance_not_asked": ("spec_war", "review_without_rnd"),
    "thread_dropped": ("lindqvist", "gold"),
    "objection_out_of_order": ("lindqvist", "interrogator"),
    "left_early": ("spec_war", "walked_out"),
    "dodged": ("procurement_friday", "interrogator"),
    "nobody_asked_who_decides": ("lindqvist", "form"),
    "easy_yes": ("lindqvist", "quotation"),
    "overclaim": ("saltmarsh_no_fit", "sells_anyway"),
    "veto_ignored": ("saltmarsh", "asks_past_the_rule"),
    "asked_too_early": ("cobalt_ridge", "interrogator"),
    "never_asked_again": ("procurement_friday", "interrogator"),
    "bypassed": ("saltmarsh", "goes_round"),
    "twisted_playback": ("spec_war", "heard_you_out"),
    "lectured": ("saltmarsh", "polite"),
    "pressed_cold": ("spec_war", "heard_you_out"),
}
TYPED: dict[str, dict[str, Any]] = {
    "rude": {"label": "other", "trouble": "rude"},
    "unclear": {"label": "other", "trouble": "unclear"},
    "ran_down_a_rival": {"label": "pitch", "attacks_rival": True},
    "unsaid_playback": {"label": "reflect", "facts": ("lost_milk",)},
}


def kinds(scenario: Scenario, state: State) -> set[str]:
    call = Call(scenario, state)
    return {sign.kind for sign in (*faults(call), *gaps(call, openings(call)), *ends(call))}


@pytest.mark.parametrize("kind", sorted(SEEN))
def test_a_detector_sees_it_in_one_call_and_not_in_the_experts(kind: str, way: Callable[..., State]) -> None:
    name, which = SEEN[kind]
    scenario = load_scenario(name)
    assert kind in kinds(scenario, way(name, which))
    quiet = "lindqvist" if kind == "dodged" else name
    assert kind not in kinds(load_scenario(quiet), way(quiet, "expert"))


@pytest.mark.parametrize("kind", sorted(TYPED))
def test_what_no_menu_offers_is_seen_in_typed_lines(
    kind: str, wash_down: Scenario, spoken: Callable[..., State], picked: Callable[..., State]
) -> None:
    assert kind in kinds(wash_down, spoken(wash_down, ["ask_seals"], **TYPED[kind]))
    assert kind not in kinds(wash_down, picked(wash_down, ["ask_seals", "back_seals"]))


@pytest.mark.parametrize("trouble", ["foreign", "overlong"])
def test_a_page_and_another_language_are_unclear_too(
    trouble: str, wash_down: Scenario, spoken: Callable[..., State]
) -> None:
    assert "unclear" in kinds(wash_down, spoken(wash_down, [], label="other", trouble=trouble))


def test_every_reaction_that_costs_or_wastes_something_has_a_detector_or_is_meant_to_have_none() -> None:
    harmless = {"repeats", "shrugs", "mumbles", "guards", "recalls", "parts", "greets", "chats", "answers", "discloses"}
    harmless |= {"confirms", "hears_pitch", "hears_proof", "thanks", "respects", "settles", "grants", "acknowledged"}
    assert set(REACTIONS) == set(FAULTS) | harmless | {"agrees_frame"}


def test_a_dodge_by_silence_is_put_where_it_could_have_been_answered(way: Callable[..., State]) -> None:
    scenario = load_scenario("procurement_friday")
    call = Call(scenario, way("procurement_friday", "interrogator"))
    silent = [turn for turn, one in call.reactions("notes_dodge") if one.move < 0]
    signs = [sign for sign in faults(call) if sign.kind == "dodged"]
    assert silent
    assert all(any(sign.turn < turn.number for sign in signs) for turn in silent)


def test_what_was_held_back_and_asked_for_again_is_no_gap(way: Callable[..., State]) -> None:
    """The detector says which trust it took and which there was."""
    scenario = load_scenario("procurement_friday")
    call = Call(scenario, way("procurement_friday", "interrogator"))
    signs = [sign for sign in gaps(call, openings(call)) if sign.kind == "never_asked_again"]
    for sign in signs:
        assert "trust stood at" in sign.why
        assert any(turn.number < sign.turn for turn, _ in call.reactions("guards"))


def test_openings_are_lines_that_open(way: Callable[..., State]) -> None:
    scenario = load_scenario("spec_war")
    call = Call(scenario, way("spec_war", "interrogator"))
    found = openings(call)
    assert set(found) == set(call.card.facts_missed)
    for name, tries in found.items():
        assert all(name in one.record.facts for one in tries)
