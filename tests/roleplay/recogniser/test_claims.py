"""Which claim does a pitch make, does it go beyond the data sheet, does it run a rival down?"""

from __future__ import annotations

import pytest

from techsell.roleplay.load import load_scenario
from techsell.roleplay.model import Scenario
from techsell.roleplay.recogniser import Situation
from techsell.roleplay.recogniser.claims import attacks, claim_in
from techsell.roleplay.recogniser.matcher import matcher_of

WHERE = Situation(present=("tomasz",), speaker="tomasz", heard=("want_warning",))


@pytest.fixture(scope="module")
def cobalt() -> Scenario:
    return load_scenario("cobalt_ridge")


@pytest.mark.parametrize(
    ("line", "claim"),
    [
        ("we see a seal 7 to 21 days before it fails, median 12", "lead_time"),
        ("it clamps on while the pump runs, nothing gets opened", "clamp_on"),
        ("about one false alarm per pump and quarter", "false_alarms"),
        ("you can read the whole alarm log of a reference site before ordering", "open_log"),
        ("paid back in six months", "payback"),
        ("rated to 85 degrees and ph 12.5", "rating"),
    ],
)
def test_a_claim_is_known_in_other_words(cobalt: Scenario, line: str, claim: str) -> None:
    assert claim_in(line, cobalt, WHERE, matcher_of(cobalt)).claim == claim


@pytest.mark.parametrize(
    "line",
    [
        "our sensor never gives false alarms",
        "you will always know in time, guaranteed",
        "there will be no more unplanned stops with us",
        "a warning 60 days before the seal fails",
        "it is 100 percent reliable",
        "every failure is seen, we promise",
    ],
)
def test_promises_beyond_any_sheet_are_overclaims(cobalt: Scenario, line: str) -> None:
    made = claim_in(line, cobalt, WHERE, matcher_of(cobalt))
    unsupported = {claim.id for claim in cobalt.datasheet if not claim.supported}
    assert made.overclaims or made.claim in unsupported


@pytest.mark.parametrize(
    "line",
    [
        "I can not promise that there are none, it was about one a pump and quarter",
        "a warning 7 to 21 days before a slurry seal fails",
        "it is not guaranteed, but the median is 12 days",
        "you said 10 days; ours has been 7 to 21",
        "we would never say that it sees every failure",
    ],
)
def test_honest_words_are_none(cobalt: Scenario, line: str) -> None:
    assert not claim_in(line, cobalt, WHERE, matcher_of(cobalt)).overclaims


@pytest.mark.parametrize(
    ("line", "attack"),
    [
        ("torvane makes junk", True),
        ("the hexaflow pumps are cheap rubbish if you ask me", True),
        ("no wonder, your current supplier is useless", True),
        ("what happened with the torvane sensors", False),
        ("ostrand makes good seals", False),
        ("i worked with pellgrim once", False),
        ("the pumps are in a bad state", False),
    ],
)
def test_only_a_rival_run_down_is_an_attack(line: str, attack: bool) -> None:
    assert attacks(line) is attack
