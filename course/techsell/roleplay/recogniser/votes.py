"""What the scenario itself says about a clause's label: lines like it stand in the file, and what they do is known.

The votes are mixed into the labeller's chances, the more, the more alike the lines and the clearer the vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell.roleplay.labels import LABELS

from .chances import ASKS, FAMILIES, Chances
from .forms import wishes

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

    from .matcher import Matcher

__all__ = ["with_votes", "with_wish"]

LEAST = 500
"""lines less alike have no vote"""
CLEAR = 60
SAME = 760
"""so much alike, lines are the same for our purpose"""
STUBBORN = 1150
"""a labeller that is sure gives way less"""
SMALL_TALK = 400
"""what may well be small talk is not made a question by an ordinary topic"""
MOST = 750
"""share of the votes at best, per mille"""


WISHED = 350
"""share that a wish in so many words moves to the question about what a solution would be worth"""


def with_wish(text: str, chances: Chances) -> Chances:
    """'What must it do', 'what would you want instead': whoever asks so asks what a solution would have to be."""
    if not wishes(text) or chances.family("ask") < WISHED:
        return chances
    at = LABELS.index("payoff")
    mixed = [share * (1000 - WISHED) // 1000 for share in chances.of]
    mixed[at] += 1000 - sum(mixed)
    return Chances(tuple(mixed))


def with_votes(text: str, chances: Chances, scenario: Scenario, matcher: Matcher) -> Chances:
    """The labeller's chances, mixed with the votes of the scenario's own lines."""
    votes = _votes(text, chances, scenario, matcher)
    if not votes:
        return chances
    label = max(votes, key=lambda name: (votes[name], -LABELS.index(name)))
    family = next(name for name, labels in FAMILIES.items() if label in labels)
    others = max((score for name, score in votes.items() if name not in FAMILIES[family]), default=0)
    lead = votes[label] - max(others, LEAST - CLEAR)
    if votes[label] < LEAST or lead < CLEAR:
        return chances
    doubt = 1000 if votes[label] >= SAME else min(1000, STUBBORN - max(chances.of))
    share = min(MOST, (votes[label] - LEAST) + 2 * lead) * doubt // 1000
    mixed = [part * (1000 - share) // 1000 for part in chances.of]
    mixed[LABELS.index(label)] += 1000 - sum(mixed)
    return Chances(tuple(mixed))


def _votes(text: str, chances: Chances, scenario: Scenario, matcher: Matcher) -> dict[str, int]:
    facts = {fact.id: fact for fact in scenario.facts}
    found: dict[str, int] = {}

    def vote(label: str, score: int) -> None:
        found[label] = max(found.get(label, 0), score)

    for (kind, name), score in matcher.examples(text).items():
        if score < LEAST - 2 * CLEAR:
            continue
        if kind == "fact":
            labels = tuple(label for label in facts[name].unlock.labels if label in ASKS)
            if labels:
                vote(chances.best_of(labels)[0], score)
        elif kind == "plant" or (kind == "ordinary" and chances["rapport"] < SMALL_TALK):
            vote(chances.best_of(ASKS)[0], score)
        elif kind == "ask":
            vote("commit", score)
        elif kind == "claim":
            vote(chances.best_of(("pitch", "evidence"))[0], score)
        elif kind == "line":
            label = matcher.entry(kind, name).topics[0]
            vote("evidence" if label == "answer" else label, score)
    return found
