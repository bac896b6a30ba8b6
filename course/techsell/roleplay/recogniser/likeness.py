"""How near a typed line is to every line of the menu, and to the example questions of the facts, per mille.

A line is compared with an example by the Sørensen–Dice coefficient over weighted features (`wording.features`): a
feature weighs the more, the fewer options and facts have it. An option is as near as the mean of its three nearest
examples: its own words and its `paraphrases`. Whole numbers only.

Source of the method: Dice 1945; nearest neighbours over examples rather than one more trained model, so that authors
teach the recogniser by writing examples and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .topics import plain
from .wording import features, log16, stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Option, Scenario

    from .matcher import Matcher
    from .situation import Situation

__all__ = ["Owner", "likeness"]

EXAMPLES = 3
"""so many of the nearest examples are averaged, or as many as there are"""

Owner = tuple[str, int]
"""option, fact or plant, and its place in the file"""


@dataclass(frozen=True, slots=True)
class _Index:
    """Every example by number: whose it is and what it weighs; what a feature weighs and who has it."""

    owners: tuple[Owner, ...]
    totals: tuple[int, ...]
    counts: dict[Owner, int]
    postings: dict[str, tuple[int, ...]]
    weights: dict[str, int]
    strange: int
    """weight of a feature that no example has"""


def likeness(
    text: str, scenario: Scenario, situation: Situation, matcher: Matcher
) -> tuple[dict[int, int], dict[Owner, int]]:
    """How near a line is.

    Returns:
        Each option that can be meant at this point of the call, by its place in the file; each fact and plant fact,
        by its own examples. What shares no word with the line is left out.
    """
    index = matcher.remembered("examples", lambda: _make(scenario))
    whole = 0
    shared: dict[int, int] = defaultdict(int)
    for name in features(matcher.read(text)):
        weight = index.weights.get(name, index.strange)
        whole += weight
        for number in index.postings.get(name, ()):
            shared[number] += weight
    nearest: dict[Owner, list[int]] = defaultdict(list)
    for number, common in shared.items():
        nearest[index.owners[number]].append(2000 * common // (whole + index.totals[number]))
    options: dict[int, int] = {}
    rest: dict[Owner, int] = {}
    for owner, found in nearest.items():
        many = min(EXAMPLES, index.counts[owner])
        score = sum(sorted(found, reverse=True)[:many]) // many
        if owner[0] != "option":
            rest[owner] = score
        elif _possible(scenario.options[owner[1]], situation):
            options[owner[1]] = score
    return options, rest


def _make(scenario: Scenario) -> _Index:
    texts: list[tuple[Owner, str]] = []
    for at, option in enumerate(scenario.options):
        texts += [(("option", at), text) for text in (option.text, *option.paraphrases)]
    for at, fact in enumerate(scenario.facts):
        texts += [(("fact", at), text) for text in fact.utterances]
    for at, entry in enumerate(scenario.plant):
        texts += [(("plant", at), text) for text in entry.utterances]
    lines = [(owner, features(stems(plain(text)))) for owner, text in texts]
    counts = Counter(owner for owner, _ in lines)
    users: dict[str, set[Owner]] = defaultdict(set)
    postings: dict[str, list[int]] = defaultdict(list)
    for number, (owner, found) in enumerate(lines):
        for name in found:
            users[name].add(owner)
            postings[name].append(number)
    strange = log16(2 * len(counts) + 2)
    weights = {name: max(1, strange - log16(2 * len(owners) + 1)) for name, owners in users.items()}
    return _Index(
        tuple(owner for owner, _ in lines),
        tuple(sum(weights[name] for name in found) for _, found in lines),
        dict(counts),
        {name: tuple(numbers) for name, numbers in postings.items()},
        weights,
        strange,
    )


def _possible(option: Option, situation: Situation) -> bool:
    """Whether what an option builds on has been said, and whom it is for is there."""
    when = option.when
    return (
        (not option.to or option.to in situation.present)
        and (when.pending is None or when.pending == situation.pending)
        and set(when.facts) <= set(situation.heard)
        and set(when.open) <= set(situation.open_objections)
    )
