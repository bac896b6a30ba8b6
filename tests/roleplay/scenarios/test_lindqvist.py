"""Requirement ping-pong: sums that hold in every variant, and what callers of known habits reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, load_scenario

SCENARIO = load_scenario("lindqvist")
VARIANTS = [entry.id for entry in SCENARIO.variants]
WAYS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "ways" / "lindqvist.json").read_text(encoding="utf-8"))


def number(variant: str, key: str) -> int:
    """A number of a fact as it is in a variant."""
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    fact, _, name = key.partition(".")
    own = next(entry.numbers[name] for entry in SCENARIO.facts if entry.id == fact)
    return entry.numbers.get(key, own)


def claimed(claim: str, name: str) -> int:
    """A figure of the data sheet."""
    return next(entry.numbers[name] for entry in SCENARIO.datasheet if entry.id == claim)


def say(seed: int, lines: list[str]) -> Conversation:
    """These lines in this order; who has none left hangs up."""
    talk = Conversation.start(SCENARIO, seed=seed)
    for option in lines:
        talk.pick(option)
    if not talk.over:
        talk.hang_up()
    return talk


def lines_of(way: str, seed: int) -> list[str]:
    lines = WAYS[way]["lines"]
    return list(lines if isinstance(lines, list) else lines[str(seed)])


# Sums


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sums_agree(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("broke.per_month") == n("broke.per_change") * n("grade_changes.per_month")
    assert n("broke_cost.per_month") == n("broke.per_month") * n("broke_cost.per_tonne")
    assert n("broke.inflated") != n("broke.per_month"), "the wrong playback must be wrong"
    assert n("last_change.inflated") == 2 * n("last_change.minutes")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_figures_are_plausible(variant: str) -> None:
    def n(key: str) -> int:
        return number(variant, key)

    assert n("want_settle.minutes") >= claimed("settle", "minutes"), "the data sheet must be able to meet the need"
    assert n("want_settle.minutes") < n("last_change.minutes")
    assert n("want_settle.tonnes") < n("broke.per_change")
    off_the_reel = 760 * 6 * n("grade_changes.heavy") * n("last_change.minutes") / 1e6
    assert 0.8 * off_the_reel <= n("broke.per_change") <= off_the_reel, "760 m/min and 6 m, as the plant sheet says"
    assert n("loop_24.volts") >= claimed("loop_supply", "volts")
    assert n("starch_room.zone") == claimed("dust_version", "zone")
    assert n("temp_drift.low") < n("temp_drift.high") <= claimed("temperature_effect", "max")
    assert n("grade_changes.light") < n("grade_changes.heavy")
    assert n("old_sheet.year") < n("starch_room.year"), "the sheet is older than the starch"
    assert n("lab_limit.tenths") > 1, "a tenth of a per cent can not be checked"
    assert n("certificate.before_k") < n("certificate.after_k")
    assert n("certificate.day") in {4, 5, 6, 7, 8, 9, *range(10, 21)}, "the text writes 'th'"


# What is particular to this call


def reactions_of(talk: Conversation, turn: int) -> list[str]:
    return [reacted.reaction for reacted in talk.state.history[turn].reactions]


def test_a_quotation_for_the_copied_figure_is_granted_at_once_and_moves_nothing() -> None:
    talk = say(1, lines_of("quotation", 1))
    assert talk.scorecard().ending == "continuation"
    assert "0.1 per cent, as on the sheet" in " ".join(said.text for said in talk.state.history[-1].lines)


def test_mocking_the_copied_figure_rules_out_a_pass() -> None:
    start = lines_of("expert", 1)
    mocked = start.index("play_sheet_ask_room")
    talk = say(1, [*start[:mocked], "mock_copied"])
    assert "offended" in reactions_of(talk, mocked + 1)
    assert talk.scorecard().blocked_by == "R9"


def test_nobody_fixes_a_date_past_the_surveyor() -> None:
    start = lines_of("expert", 1)
    asked = start.index("play_glow_ask_folder")
    talk = say(1, [*start[:asked], "com_rewrite"])
    assert reactions_of(talk, asked + 1)[0] == "vetoes"
    assert not any(reacted.reaction == "grants" for reacted in talk.state.history[asked + 1].reactions)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_played_back_as_trouble_is_corrected(seed: int) -> None:
    way = ["open_frame", "open_exit_ask", "play_change_ask_broke", "ask_lab", "play_lab"]
    talk = say(seed, way)
    noise = "lab_limit" in SCENARIO.variants[talk.state.variant].decoys
    assert reactions_of(talk, 5)[0] == ("corrects" if noise else "confirms")
