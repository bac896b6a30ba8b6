"""Up the chain: what people of known habits reach, in every variant."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from techsell.roleplay import Conversation, Scorecard, load_scenario
from techsell.roleplay.model import Option

SCENARIO = load_scenario("cobalt_ridge")
OPTIONS = {option.id: option for option in SCENARIO.options}
SEEDS = {entry.id: index or len(SCENARIO.variants) for index, entry in enumerate(SCENARIO.variants)}
"""a seed for each variant: 3 north, 1 south, 2 east"""

WAYS: dict[str, Any] = json.loads((Path(__file__).parent / "ways" / "cobalt_ridge.json").read_text(encoding="utf-8"))
"""option ids: good discovery, telling first, only asking, and more; `test_cobalt_ridge_keys.py` types three of them"""
DISCOVERY, DUMPING, QUESTIONS = (WAYS[name]["lines"] for name in ("expert", "dumper", "interrogator"))

Policy = Callable[[Conversation], str | None]


def offered(talk: Conversation) -> list[str]:
    """Every line on the menu, page by page."""
    return [line.option for page in range(talk.pages) for line in talk.menu(page)]


def play(seed: int, policy: Policy) -> Conversation:
    """A whole call; a policy that has nothing to say hangs up."""
    talk = Conversation.start(SCENARIO, seed=seed)
    while not talk.over:
        option = policy(talk)
        if option is None:
            talk.hang_up()
        else:
            talk.pick(option)
    return talk


def scripted(options: Sequence[str]) -> Policy:
    left = list(options)

    def policy(talk: Conversation) -> str | None:
        return left.pop(0) if left else None

    return policy


def first_or_scripted(lines: Sequence[str]) -> Policy:
    """The script, leaving out what can not be said."""
    left = list(lines)

    def policy(talk: Conversation) -> str | None:
        while left:
            line = left.pop(0)
            if line in offered(talk):
                return line
        return None

    return policy


def first_of(*groups: set[str]) -> Policy:
    """The first line on the menu that belongs to the first group that has one."""

    def policy(talk: Conversation) -> str | None:
        lines = offered(talk)
        return next((line for group in groups for line in lines if line in group), None)

    return policy


def any_of(seed: int, *groups: set[str], first_page: bool = False) -> Policy:
    """A random line of the first group that has one."""
    chance = random.Random(seed)

    def policy(talk: Conversation) -> str | None:
        lines = [line.option for line in talk.menu()] if first_page else offered(talk)
        for group in groups:
            if found := [line for line in lines if line in group]:
                return chance.choice(found)
        return None

    return policy


def of_habit(wanted: Callable[[Option], bool]) -> set[str]:
    return {name for name, option in OPTIONS.items() if wanted(option)}


EVERYTHING = set(OPTIONS)
ONLY_ASKS = of_habit(lambda option: all(move.label in {"situation", "problem"} for move in option.moves))
TELLS = of_habit(lambda option: option.moves[0].label == "pitch" or option.moves[0].attacks_rival)
PLAYS_BACK = of_habit(lambda option: option.moves[0].label == "reflect")
CONTINUES = {entry.id for entry in SCENARIO.commitments if entry.ends}
UNSUPPORTED = {claim.id for claim in SCENARIO.datasheet if not claim.supported}
HARMLESS = of_habit(
    lambda option: (
        not any(
            (move.label == "pitch" and not option.when.facts)
            or move.wrong
            or move.attacks_rival
            or move.bypasses
            or move.manner in {"lecture", "dodge"}
            or move.claim in UNSUPPORTED
            or move.ask in CONTINUES
            or "wishes" in move.topics
            for move in option.moves
        )
    )
)
ATTENTIVE = {name for name in HARMLESS if OPTIONS[name].moves[0].label != "situation"}


def percent(card: Scorecard, line: str) -> int:
    return next(entry.percent for entry in card.lines if entry.id == line)


# People of known habits


@pytest.mark.parametrize("variant", SEEDS)
def test_careful_discovery_reaches_an_advance(variant: str) -> None:
    talk = play(SEEDS[variant], scripted(DISCOVERY))
    card = talk.scorecard()
    assert SCENARIO.variants[talk.state.variant].id == variant
    assert (card.ending, talk.state.ending) == ("advance", "audit_booked")
    assert card.total >= 85
    assert card.passed
    assert talk.state.turn <= SCENARIO.budget.turns


@pytest.mark.parametrize("skipped", ["drawer", "frame", "decision"])
@pytest.mark.parametrize("variant", SEEDS)
def test_discovery_may_leave_something_out(variant: str, skipped: str) -> None:
    """One thing forgotten still passes and still ends in an advance."""
    without = {
        "drawer": {"ask_belief", "ask_pilot", "drawer_ack_clarify", "drawer_proof"},
        "frame": {"open_frame"},
        "decision": {"play_want_ask_decision"},
    }[skipped]
    card = play(SEEDS[variant], first_or_scripted([line for line in DISCOVERY if line not in without])).scorecard()
    assert card.ending == "advance"
    assert card.passed


@pytest.mark.parametrize("variant", SEEDS)
def test_telling_first_is_shown_the_door(variant: str) -> None:
    for policy in (scripted(DUMPING), first_of(TELLS, EVERYTHING)):
        card = play(SEEDS[variant], policy).scorecard()
        assert card.ending in {"ejected", "polite_no"}
        assert card.total <= 30
        assert not card.passed


@pytest.mark.parametrize("variant", SEEDS)
def test_only_asking_ends_in_a_continuation(variant: str) -> None:
    card = play(SEEDS[variant], scripted(QUESTIONS)).scorecard()
    assert card.ending == "continuation"
    assert 30 <= card.total <= 55
    assert percent(card, "R3") == 0


def test_whoever_reads_questions_off_the_menu_ends_in_a_continuation() -> None:
    cards = [play(seed, first_of(ONLY_ASKS)).scorecard() for seed in range(45)]
    assert all(card.total <= 55 and not card.passed for card in cards)
    assert sum(card.ending == "continuation" for card in cards) >= 43
    assert sorted(card.total for card in cards)[len(cards) // 2] >= 30


def test_only_circumstances_wear_him_out() -> None:
    situations = of_habit(lambda option: option.moves[0].label == "situation")
    talk = play(3, first_of(situations))
    assert talk.state.ending == "send_the_form"
    assert talk.scorecard().total <= 30


def test_blind_picking_does_not_pass() -> None:
    cards = [play(seed, any_of(seed, EVERYTHING, first_page=seed % 2 == 0)).scorecard() for seed in range(120)]
    assert sum(card.passed for card in cards) <= 2
    assert sum(card.total for card in cards) / len(cards) < 25


def test_playing_back_everything_earns_nothing() -> None:
    """Right and twisted playbacks come in pairs; who says both has not listened."""
    cards = [play(seed, any_of(seed, PLAYS_BACK, ONLY_ASKS)).scorecard() for seed in range(60)]
    assert sum(percent(card, "R3") for card in cards) / len(cards) <= 15
    assert sum(card.passed for card in cards) <= 1


def test_habits_keep_their_order() -> None:
    """Discovery over attentive talk over bare questions over telling, by a clear distance."""

    def mean(policy: Callable[[int], Policy]) -> float:
        totals = [play(seed, policy(seed)).scorecard().total for seed in range(30)]
        return sum(totals) / len(totals)

    careful = mean(lambda seed: scripted(DISCOVERY))
    attentive = mean(lambda seed: any_of(seed, ATTENTIVE, HARMLESS))
    asking = mean(lambda seed: any_of(seed, ONLY_ASKS))
    telling = mean(lambda seed: first_of(TELLS, EVERYTHING))
    assert careful - attentive >= 25
    assert attentive - asking >= 10
    assert asking - telling >= 10


# What is particular to this call


@pytest.mark.parametrize("variant", SEEDS)
def test_dana_is_fetched_by_tomasz_and_not_called(variant: str) -> None:
    start = DISCOVERY[:5]
    early = play(SEEDS[variant], scripted([*start[:4], "com_bring_dana"])).state
    assert [reacted.reaction for reacted in early.history[5].reactions if reacted.move == 0] == ["refuses"]
    past_him = play(SEEDS[variant], scripted([*start, "com_dana_number"])).state
    assert ("bristles", -2) in [(reacted.reaction, reacted.trust) for reacted in past_him.history[6].reactions]
    assert past_him.present == ("tomasz",)
    fetched = play(SEEDS[variant], scripted([*start, "com_bring_dana"])).state
    assert fetched.present == ("tomasz", "dana")


@pytest.mark.parametrize("ask", ["com_proposal", "com_free_trial", "com_call_again"])
def test_an_easy_yes_is_a_continuation(ask: str) -> None:
    filler = ["open_frame", "open_exit_ask_stop", "play_stop_ask_tonnes", "ask_seals_year", "play_interval_ask_warning"]
    filler += ["hot_short", "play_weep_ask_why", "play_bonus_ask_payoff", "ask_belief", "ask_pilot", "play_pilot"]
    filler += ["drawer_ack_clarify", "drawer_proof"]
    card = play(1, scripted([*filler, ask])).scorecard()
    assert card.ending == "continuation"
    assert percent(card, "R10") == 25


def test_a_claim_that_the_data_sheet_does_not_carry_rules_out_a_pass() -> None:
    lines = list(DISCOVERY)
    lines[lines.index("drawer_proof")] = "drawer_promise"
    talk = play(1, first_or_scripted(lines))
    card = talk.scorecard()
    assert card.blocked_by == "R9"
    assert not card.passed


@pytest.mark.parametrize("variant", SEEDS)
def test_noise_played_back_as_trouble_is_corrected(variant: str) -> None:
    entry = next(entry for entry in SCENARIO.variants if entry.id == variant)
    ways = {
        "gland_water": ("ask_cause_water", "play_water"),
        "dry_starts": ("ask_cause_starts", "play_starts"),
        "spare_seals": ("ask_cause_spares", "play_spares"),
    }
    for fact, (ask, playback) in ways.items():
        talk = play(SEEDS[variant], scripted(["ask_last_stop", "ask_seals_year", ask, playback]))
        asked, played = talk.state.history[3], talk.state.history[4]
        noise = fact in entry.decoys
        assert fact in asked.facts
        assert [reacted.reaction for reacted in played.reactions if reacted.move == 0] == (
            ["corrects"] if noise else ["confirms"]
        )
        note = next(note["text"] for note in talk.view()["notes"] if note["id"] == fact)
        assert ("no trouble" in note) == noise
        assert (fact in talk.scorecard().facts_found) != noise


def test_the_technical_question_can_be_answered_in_four_ways() -> None:
    start = DISCOVERY[:5]
    trust = {}
    for line in ("hot_short", "hot_unknown", "hot_lecture", "hot_dodge"):
        turn = play(1, scripted([*start, line])).state.history[6]
        trust[line] = turn.reactions[0].trust
    assert trust == {"hot_short": 1, "hot_unknown": 1, "hot_lecture": -1, "hot_dodge": -1}


# Nothing is written in vain


@pytest.fixture(scope="module")
def many_calls() -> list[Conversation]:
    """Scripts, random calls and harmless random calls over all variants."""
    calls = [play(seed, first_or_scripted(way["lines"])) for way in WAYS.values() for seed in SEEDS.values()]
    calls += [play(seed, any_of(seed, EVERYTHING)) for seed in range(120)]
    calls += [play(seed, any_of(seed, EVERYTHING, first_page=True)) for seed in range(120)]
    for groups in ((ATTENTIVE, HARMLESS), (HARMLESS,), (PLAYS_BACK & HARMLESS, ATTENTIVE, HARMLESS)):
        calls += [play(seed, any_of(seed, *groups)) for seed in range(150)]
    return calls


@pytest.mark.parametrize("variant", SEEDS)
def test_every_fact_comes_out_in_every_variant(many_calls: list[Conversation], variant: str) -> None:
    index = [entry.id for entry in SCENARIO.variants].index(variant)
    heard = {fact for talk in many_calls if talk.state.variant == index for fact in talk.state.facts}
    assert heard == {fact.id for fact in SCENARIO.facts}


@pytest.mark.parametrize("variant", SEEDS)
def test_every_rubric_line_can_be_earned_in_every_variant(many_calls: list[Conversation], variant: str) -> None:
    index = [entry.id for entry in SCENARIO.variants].index(variant)
    best: dict[str, int] = {}
    for talk in many_calls:
        if talk.state.variant == index:
            for line in talk.scorecard().lines:
                best[line.id] = max(best.get(line.id, 0), line.percent)
    assert best == {line.id: 100 for line in SCENARIO.rubric}


def test_every_ending_is_reached(many_calls: list[Conversation]) -> None:
    others = [
        ["open_frame"],
        DISCOVERY[:8],
        [*DISCOVERY[:-3], "com_audit"],
        [*DISCOVERY[:6], "tell_screen", "tell_lead_time", "tell_demo"],
        [*DISCOVERY[:5], "com_dana_number", "hot_unknown", "pay_warning", "play_want", "ask_belief", "com_dana_mail"],
        [*QUESTIONS[:3], "tell_pump", *(line for line in QUESTIONS[3:] if line != "hot_short"), "ack_alone"],
        [*QUESTIONS[:7], "tell_no_false", *QUESTIONS[7:]],
    ]
    reached = {talk.state.ending for talk in many_calls}
    reached |= {play(1, first_or_scripted(lines)).state.ending for lines in others}
    assert {end.id for end in SCENARIO.endings} - reached == set()


def test_every_line_comes_onto_some_menu() -> None:
    """Calls by attentive people see all of it, the traps included."""
    seen: set[str] = set()

    def noting(policy: Policy) -> Policy:
        def noted(talk: Conversation) -> str | None:
            seen.update(offered(talk))
            return policy(talk)

        return noted

    for seed in SEEDS.values():
        for way in WAYS.values():
            play(seed, noting(scripted(way["lines"])))
    for seed in range(90):
        play(seed, noting(any_of(seed, ATTENTIVE, HARMLESS)))
    assert EVERYTHING - seen == set()


def test_the_menu_stays_readable() -> None:
    talk = Conversation.start(SCENARIO, seed=1)
    sizes = []
    for line in DISCOVERY:
        sizes.append(len(offered(talk)))
        talk.pick(line)
    assert max(sizes) <= 36
    assert min(sizes) >= 6
