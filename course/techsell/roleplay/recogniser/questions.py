"""Which fact or plant fact a question asks for, and with which label.

The labels that open a fact are a prior: a question that clearly means a fact takes that one of the fact's labels that
the labeller finds likeliest, provided it gives it a fair chance. Facts go before plant facts, these before ordinary
topics, what can be had now before what cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .chances import ASKS, Chances
from .forms import asks_more
from .framing import asks_past, tells_of_now
from .ordinary import ordinary_topics
from .wording import QUIET_STEMS, stems

if TYPE_CHECKING:
    from techsell.roleplay.model import Fact, Move, PlantFact, Scenario

    from .matcher import Match, Matcher
    from .situation import Situation

__all__ = ["Asked", "Target", "ask", "targets"]

BONUS = 150
"""a fact that can be had goes before the plant sheet by so much; 180 opens more right facts and more wrong ones"""
MILDER = 3
NEAR = 70
"""weight of shared words from which a plant fact is near to an ordinary topic"""
ENOUGH = 270
"""a target that fits less is not what was meant"""
PLAINLY = 600
"""a question that means a fact so plainly asks for what happened unless it says that it does not"""
PLAIN = ("situation", "problem")
SURE_COST, COLD = 700, 250
"""pressing on consequences may cost trust: below this fit of words the labeller has to see them so"""
_FAIR = ((700, 8), (560, 30), (430, 80), (0, 160))
"""score from, share of the label that is a fair chance"""


@dataclass(frozen=True, slots=True)
class Target:
    """A fact or plant fact that a question may mean; `reachable`: it can be had now."""

    kind: str
    id: str
    score: int
    label: str
    topics: tuple[str, ...]
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A question read: the move, how sure, and what else it may have meant."""

    move: Move
    score: int
    targets: tuple[Target, ...]


def targets(
    text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher, to: str
) -> tuple[Target, ...]:
    """Everything that a question may mean, best first."""
    facts = {fact.id: fact for fact in scenario.facts}
    plants = {plant.id: plant for plant in scenario.plant}
    present = situation.present or tuple(persona.id for persona in scenario.personas)
    past = asks_past(text)
    found: list[tuple[int, int, Target]] = []
    for order, match in enumerate(matcher.rank(text)[:24]):
        entry = match.entry
        if entry.kind == "fact":
            target = _fact(facts[entry.id], match, chances, situation, present, past)
        elif entry.kind == "plant":
            target = _plant(plants[entry.id], match.score + 80, chances, present)
        else:
            target = _ordinary(match, scenario, matcher, text, chances, present)
        if target is None:
            continue
        score = target.score
        if to and _holder(target, facts, plants) not in {"", to}:
            score -= 150
        found.append(
            (-score, order, Target(target.kind, target.id, score, target.label, target.topics, target.reachable))
        )
    found.sort(key=lambda one: one[:2])
    seen: dict[tuple[str, str], Target] = {}
    for _, _, target in found:
        seen.setdefault((target.kind, target.id), target)
    return tuple(seen.values())


def _holder(target: Target, facts: dict[str, Fact], plants: dict[str, PlantFact]) -> str:
    if target.kind == "fact":
        return facts[target.id].holder
    return plants[target.id].holder if target.kind == "plant" else ""


def _fact(
    fact: Fact, match: Match, chances: Chances, situation: Situation, present: tuple[str, ...], past: bool
) -> Target | None:
    labels = tuple(label for label in fact.unlock.labels if label in ASKS)
    if not labels:
        return None
    label, share = chances.best_of(labels)
    label = _milder(label, labels, chances)
    if "problem" in labels and label != "situation":
        # What happened is asked with the words of how things are.
        asked = chances["situation"] // (1 if past else 4)
        if asked > share:
            label, share = "problem", asked
    if label == "situation" and "problem" in labels and chances["problem"] * (30 if past else 3) >= share:
        label = "problem"  # trouble is asked about, or what happened, not how things are
    least = next(least for score, least in _FAIR if match.score >= score)
    if label == "implication" and match.score < SURE_COST:
        least = max(least, COLD)
    if share < least:
        return None
    heard = fact.id in situation.heard
    waits = not set(fact.unlock.after) <= set(situation.heard)
    away = fact.holder not in present
    score = (
        match.score
        + (BONUS if not (heard or waits or away) else 120)
        + share // 12
        - 140 * heard
        - 70 * waits
        - 200 * away
    )
    if situation.heard and situation.heard[-1] in fact.unlock.after and not heard:
        score += 30
    return Target("fact", fact.id, score, label, match.entry.topics, not (heard or waits or away))


def _plant(plant: PlantFact, score: int, chances: Chances, present: tuple[str, ...]) -> Target:
    away = plant.holder not in present
    label = _milder(chances.best_of(ASKS)[0], ASKS, chances)
    return Target("plant", plant.id, score - 220 * away, label, plant.topics, not away)


def _milder(label: str, labels: tuple[str, ...], chances: Chances) -> str:
    """Pressing on consequences may cost trust: where the question may as well be about the trouble, it is."""
    if label != "implication":
        return label
    other, share = chances.best_of(tuple(name for name in labels if name in {"problem", "situation"}) or labels)
    return other if share * MILDER >= chances["implication"] else label


def _ordinary(
    match: Match, scenario: Scenario, matcher: Matcher, text: str, chances: Chances, present: tuple[str, ...]
) -> Target:
    """An ordinary topic stands for the plant fact that answers it best; unanswered, it goes to the end."""
    name = match.entry.id
    scores = matcher.scores(text)
    answers = [plant for plant in scenario.plant if name in plant.topics]
    here = [plant for plant in answers if plant.holder in present] or answers
    less = 0
    if not here:
        near = matcher.remembered(("near", name), lambda: near_to(name, scenario.plant, matcher))
        typed = set(_content(text))
        here = [plant for plant in near if plant.holder in present and typed & set(stems(plant.says))]
        less = 150
    if not here:
        return Target("ordinary", name, match.score - 260, chances.best_of(ASKS)[0], (name,), False)
    best = max(here, key=lambda plant: scores.get(("plant", plant.id), 0))
    return _plant(best, match.score + 10 - less, chances, present)


def near_to(name: str, plants: tuple[PlantFact, ...], matcher: Matcher) -> tuple[PlantFact, ...]:
    """Plant facts whose words are those of an ordinary topic that no plant fact names."""
    wanted = {word for keyword in ordinary_topics()[name].keywords for word in stems(keyword)} - QUIET_STEMS
    found = []
    for order, plant in enumerate(plants):
        words = set(stems(" . ".join((plant.says, *plant.keywords)))) & wanted
        weight = sum(matcher.weight(word) for word in words)
        if weight >= NEAR:
            found.append((-weight, order, plant))
    return tuple(plant for _, _, plant in sorted(found, key=lambda one: one[:2])[:3])


def ask(text: str, chances: Chances, scenario: Scenario, situation: Situation, matcher: Matcher, to: str) -> Asked:
    """Read a question: which fact is wanted, which plant fact answers if it does not open, with which label."""
    from techsell.roleplay.model import Move

    found = targets(text, chances, scenario, situation, matcher, to)
    words = [] if asks_more(text) else _content(text)
    if situation.said and (not words or (len(words) <= 3 and (not found or found[0].score < ENOUGH + 120))):
        found = _in_context(text, found, chances, scenario, situation, matcher, to)
    wanted = next((one for one in found if one.kind == "fact" and one.score >= ENOUGH), None)
    plant = next((one for one in found if one.kind == "plant" and one.reachable and one.score >= ENOUGH - 40), None)
    other = next((one for one in found if one.kind == "ordinary" and one.score >= ENOUGH), None)
    if wanted and plant and plant.score > wanted.score + (0 if wanted.reachable else -60):
        wanted = None
    if plant and wanted and wanted.reachable and plant.score < wanted.score - 350:
        plant = None
    best = wanted or plant or other
    label = best.label if best else chances.best_of(ASKS)[0]
    if label == "implication" and wanted and not wanted.reachable and chances.best_of(ASKS)[0] != "implication":
        best, wanted = plant or wanted, None if plant else wanted
        label = chances.best_of(PLAIN)[0]
    if label == "implication" and not wanted:
        # No consequence of anything told is pressed: a plain question, whatever it begins with.
        label = "problem" if chances["problem"] > chances["situation"] else "situation"
    told_past = wanted is not None and _of(wanted, scenario).unlock.past
    past = asks_past(text) and (told_past or label in _PAST_LABELS)
    if told_past and not past and wanted and wanted.score >= PLAINLY:
        past = not tells_of_now(text)
    names = dict.fromkeys((*(wanted.topics if wanted else ()), *(plant.topics if plant and not wanted else ())))
    topics = tuple(names) or (other.topics if other else ())
    move = Move(
        label=label,  # type: ignore[arg-type]
        topics=topics[:6],
        past=past,
        fact_wanted=wanted.id if wanted else None,
        plant=plant.id if plant else None,
    )
    return Asked(move, best.score if best else 0, found)


_PAST_LABELS = ("situation", "problem", "clarify")
"""what consequences were and what would be different are other questions, though about the past"""


def _of(target: Target, scenario: Scenario) -> Fact:
    return next(fact for fact in scenario.facts if fact.id == target.id)


def _content(text: str) -> list[str]:
    return [word for word in stems(text) if word not in QUIET_STEMS]


def _in_context(
    text: str,
    found: tuple[Target, ...],
    chances: Chances,
    scenario: Scenario,
    situation: Situation,
    matcher: Matcher,
    to: str,
) -> tuple[Target, ...]:
    """'Why is that?', 'and how often?': what it asks hangs on what was said last."""
    last = situation.heard[-1] if situation.heard else ""
    facts = {fact.id: fact for fact in scenario.facts}
    present = situation.present
    more: list[Target] = []
    said = facts.get(last)
    if said is not None and _content(situation.said) and set(_content(said.says)) & set(_content(situation.said)):
        for fact in scenario.facts:
            labels = tuple(label for label in fact.unlock.labels if label in ASKS)
            if fact.id in situation.heard or last not in fact.unlock.after or fact.holder not in present or not labels:
                continue
            label, share = chances.best_of(labels)
            if share >= 120 and set(fact.unlock.after) <= set(situation.heard):
                likely = ENOUGH + 60 + share // 20 + (400 if asks_more(text) or not _content(text) else 0)
                more.append(Target("fact", fact.id, likely, label, tuple(fact.unlock.topics)))
    wider = targets(f"{text} . {situation.said}", chances, scenario, situation, matcher, to)
    more += [
        Target(one.kind, one.id, min(one.score, ENOUGH + 90), one.label, one.topics, one.reachable)
        for one in wider
        if one.score >= ENOUGH and one.kind == "plant" and one.reachable
    ][:2]
    rest = [one for one in found if (one.kind, one.id) not in {(two.kind, two.id) for two in more}]
    return tuple(sorted([*more, *rest], key=lambda one: -one.score))
