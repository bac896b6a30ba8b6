"""Does a scenario tell a listener from a talker? What the bots' scores must look like, and whether they do.

The rules, for a graded scenario:

- expert: mean at least 40 above the dumper's, and at least 95 % of the calls pass.
- order: expert, listener, interrogator, dumper, each mean at least 3 points above the next.
- rubric-gamer: mean below the pass mark, and at most 5 % of the calls pass.
- random: median at least 25 below the pass mark, and at most 2 % of the calls pass.
- rubric: every line of it is earned in full by some call.

For every scenario: each ending is reached, each fact is heard in each variant, each text is heard, no menu is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .coverage import Missing, unheard
from .play import BOTS, RANKED

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .tally import Tally

__all__ = ["Certificate", "Check", "Standing", "certify"]

GAP, STEP = 40.0, 3.0
EXPERTS_PASS = 0.95
GAMERS_PASS, RANDOM_PASS = 0.05, 0.02
RANDOM_BELOW = 25.0
QUANTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True)
class Standing:
    """How one bot fared. Points of 100; `quantiles` at 5, 25, 50, 75, 95 percent."""

    bot: str
    runs: int
    mean: float
    quantiles: tuple[float, ...]
    pass_share: float
    endings: dict[str, int]


@dataclass(frozen=True)
class Check:
    """One rule: whether it holds, and the figures or names behind it."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Certificate:
    """What the bots say about a scenario."""

    scenario: str
    version: str
    graded: bool
    runs: int
    standings: tuple[Standing, ...]
    checks: tuple[Check, ...]
    missing: tuple[Missing, ...]
    """texts that nobody heard"""
    rate: float
    """conversations of 20 turns in a second on one processor, bots and scoring included"""

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)

    def standing(self, bot: str) -> Standing:
        return next(entry for entry in self.standings if entry.bot == bot)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types. `rate` is left out: it is the one figure that another run would not repeat."""
        data = asdict(self)
        del data["rate"]
        data["standings"] = [entry | {"quantiles": list(entry["quantiles"])} for entry in data["standings"]]
        return data | {"checks": list(data["checks"]), "missing": list(data["missing"]), "holds": self.holds}


def certify(scenario: Scenario, tallies: Mapping[str, Tally]) -> Certificate:
    """Hold the tallies of `simulate` against the rules."""
    standings = tuple(_standing(bot, tallies[bot]) for bot in BOTS)
    missing = unheard(scenario, tallies.values())
    checks = _ranking(scenario, {entry.bot: entry for entry in standings}, tallies) if scenario.graded else []
    turns = sum(tally.turns for tally in tallies.values())
    seconds = sum(tally.seconds for tally in tallies.values())
    return Certificate(
        scenario=scenario.id,
        version=scenario.version,
        graded=scenario.graded,
        runs=sum(tally.runs for tally in tallies.values()),
        standings=standings,
        checks=(*checks, *_reach(scenario, tallies, missing)),
        missing=missing,
        rate=turns / 20 / seconds if seconds else 0.0,
    )


def _standing(bot: str, tally: Tally) -> Standing:
    return Standing(
        bot=bot,
        runs=tally.runs,
        mean=round(tally.mean, 2),
        quantiles=tuple(tally.quantile(percent) for percent in QUANTILES),
        pass_share=round(tally.pass_share, 4),
        endings=dict(sorted(tally.endings.items(), key=lambda item: (-item[1], item[0]))),
    )


def _ranking(scenario: Scenario, by: Mapping[str, Standing], tallies: Mapping[str, Tally]) -> list[Check]:
    mark = scenario.pass_mark
    expert, dumper, gamer, chance = by["expert"], by["dumper"], by["rubric_gamer"], by["random"]
    means = [by[bot].mean for bot in RANKED]
    median = tallies["random"].quantile(50)
    best: dict[str, int] = {}
    for tally in tallies.values():
        for line, percent in tally.best.items():
            best[line] = max(percent, best.get(line, 0))
    unearned = [line.id for line in scenario.rubric if best.get(line.id, 0) < 100]
    return [
        Check("gap", expert.mean - dumper.mean >= GAP, f"{expert.mean:.1f} to {dumper.mean:.1f}, {GAP:.0f} wanted"),
        Check("expert", expert.pass_share >= EXPERTS_PASS, f"{expert.pass_share:.0%} pass"),
        Check(
            "order",
            all(high - low >= STEP for high, low in pairwise(means)),
            " > ".join(f"{mean:.1f}" for mean in means),
        ),
        Check(
            "rubric-gamer",
            gamer.mean < mark and gamer.pass_share <= GAMERS_PASS,
            f"{gamer.mean:.1f}, {gamer.pass_share:.1%} pass",
        ),
        Check(
            "random",
            median <= mark - RANDOM_BELOW and chance.pass_share <= RANDOM_PASS,
            f"median {median:.1f}, {chance.pass_share:.1%} pass",
        ),
        Check("rubric", not unearned, _listed(unearned, "never earned in full") or "all earned in full"),
    ]


def _reach(scenario: Scenario, tallies: Mapping[str, Tally], missing: tuple[Missing, ...]) -> list[Check]:
    reached = {ending for tally in tallies.values() for ending in tally.endings}
    heard = {key for tally in tallies.values() for key in tally.facts}
    endings = [end.id for end in scenario.endings if end.id not in reached]
    facts = [
        f"{fact.id} ({variant.id})"
        for fact in scenario.facts
        for number, variant in enumerate(scenario.variants)
        if (number, fact.id) not in heard
    ]
    dead = [f"{bot} {number}" for bot in BOTS for number in tallies[bot].dead_ends]
    places = list(dict.fromkeys(entry.place for entry in missing))
    return [
        Check("endings", not endings, _listed(endings, "not reached") or f"all {len(scenario.endings)}"),
        Check("facts", not facts, _listed(facts, "not heard") or f"all {len(scenario.facts)} in every variant"),
        Check("lines", not places, _listed(places, "not heard") or "every text heard"),
        Check("dead ends", not dead, _listed(dead, "with an empty menu") or "none"),
    ]


def _listed(names: list[str], what: str) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{what}: {', '.join(names[:5])}{more}" if names else ""
