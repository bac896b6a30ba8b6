"""Lint: does the menu give the answer away?

Codes: TS407 a tag of the model in a text that players see · TS408 a line of a family far longer than another ·
TS409 lines that do harm are longer or shorter than the rest · TS410 lines that do harm are more or less polite ·
TS416 a right playback with a figure typed out · TS417 a wrong playback without a right one, or too few wrong ones ·
TS418 a customer's question without its good and bad answers.

A family is a label of the first move, with one move or with more. `bots.habits.harms` says what does harm.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.roleplay.bots.habits import barren_topics, harms
from techsell.roleplay.labels import LABELS

from .places import Found, Places

if TYPE_CHECKING:
    from techsell.roleplay.model import Option, Scenario

__all__ = ["check_menu"]

LONGEST = 1.5
"""the longest line of a family, measured in its shortest"""
HARM_BETWEEN = (0.85, 1.18)
"""median length of harmful lines over that of the others"""
WRONG_SHARE = 0.75
"""of the facts that can be played back right, so many can be played back wrong"""
_BARE = re.compile(r"\d[\d:,.]*\d|\d")
_TIMES = re.compile(r"\d\d:\d\d")
_RUDE = re.compile(r"\b(stupid|nonsense|obviously|idiot|rubbish|ridiculous)\b", re.IGNORECASE)
_TAG = re.compile(
    rf"[\[(<]\s*({'|'.join(LABELS)}|good|bad|right|wrong|correct|harmful|decoy|trap)\s*[\])>]"
    rf"|^\s*({'|'.join(LABELS)})\s*:|\b(implication|payoff|rapport)\b|\bopen question\b|\b(decoy|distractor)\b",
    re.IGNORECASE,
)


def check_menu(scenario: Scenario, places: Places) -> Iterator[Found]:
    """All seven codes."""
    barren = barren_topics(scenario)
    harm = {option.id: harms(scenario, option, barren) for option in scenario.options}
    yield from _tags(scenario, places)
    yield from _lengths(scenario, places)
    yield from _harm_shows(scenario, places, harm)
    yield from _politeness(scenario, places, harm)
    yield from _figures(scenario, places)
    yield from _twisted(scenario, places)
    yield from _answers(scenario, places)


def _tags(scenario: Scenario, places: Places) -> Iterator[Found]:
    spaces = (
        scenario.facts,
        scenario.options,
        scenario.commitments,
        scenario.endings,
        scenario.topics,
        scenario.personas,
    )
    ids = {thing.id for space in spaces for thing in space if "_" in thing.id}
    for option in scenario.options:
        words = re.sub(r"\{[^}]*\}", "", option.text)
        found = _TAG.search(words)
        tag = found[0] if found else next((word for word in re.findall(r"\w+", words) if word in ids), None)
        if tag is not None:
            at = places.of("options", option.id, "text")
            hint = "Say it as an engineer would; the label and the ids stand in 'moves'."
            yield at, "TS407", f"the line {option.id!r} shows a tag: {tag.strip()!r}.", hint


def _family(option: Option) -> str:
    return option.moves[0].label + ("" if len(option.moves) == 1 else " and more")


def _families(scenario: Scenario, variant: int) -> dict[str, list[tuple[int, Option]]]:
    """Family -> length and option, as the lines read in a variant."""
    found: dict[str, list[tuple[int, Option]]] = {}
    for option in scenario.options:
        length = len(scenario.compiled.text(variant, option.text))
        found.setdefault(_family(option), []).append((length, option))
    return found


def _lengths(scenario: Scenario, places: Places) -> Iterator[Found]:
    told: set[str] = set()
    for variant in range(len(scenario.variants)):
        for family, lines in _families(scenario, variant).items():
            middle = statistics.median(length for length, _ in lines)
            shortest, longest = min(lines, key=lambda entry: entry[0]), max(lines, key=lambda entry: entry[0])
            if longest[0] <= LONGEST * shortest[0] or family in told:
                continue
            told.add(family)
            odd = max(shortest, longest, key=lambda entry: max(entry[0] / middle, middle / entry[0]))
            message = (
                f"among the lines that begin with {family!r}, {shortest[1].id!r} has {shortest[0]} characters "
                f"and {longest[1].id!r} has {longest[0]}."
            )
            yield (
                places.of("options", odd[1].id, "text"),
                "TS408",
                message,
                f"At most {LONGEST} to 1; the rest have about {middle:.0f}.",
            )


def _harm_shows(scenario: Scenario, places: Places, harm: dict[str, bool]) -> Iterator[Found]:
    low, high = HARM_BETWEEN
    for family, lines in _families(scenario, 0).items():
        bad = [(length, option) for length, option in lines if harm[option.id]]
        good = [length for length, option in lines if not harm[option.id]]
        if len(bad) < 2 or len(good) < 2:
            continue
        ratio = statistics.median(length for length, _ in bad) / statistics.median(good)
        if low <= ratio <= high:
            continue
        longer = ratio > 1
        _, odd = (max if longer else min)(bad, key=lambda entry: entry[0])
        what = "longer" if longer else "shorter"
        message = f"lines that do harm are {what} than the others among {family!r}: {ratio:.2f} to 1."
        hint = f"Between {low} and {high}; {odd.id!r} stands out."
        yield places.of("options", odd.id, "text"), "TS409", message, hint


def _politeness(scenario: Scenario, places: Places, harm: dict[str, bool]) -> Iterator[Found]:
    for kind, what in ((True, "do harm"), (False, "do no harm")):
        lines = [option for option in scenario.options if harm[option.id] is kind]
        asks = sum("?" in option.text for option in lines)
        if lines and asks in {0, len(lines)} and len(scenario.options) > 3:
            amount = "none" if not asks else "all"
            message = f"of the lines that {what}, {amount} ask something."
            yield places.section("options"), "TS410", message, "Spread question marks over both kinds."
    for option in scenario.options:
        found = _RUDE.search(option.text)
        if found:
            at = places.of("options", option.id, "text")
            yield at, "TS410", f"the line {option.id!r} is rude: {found[0]!r}.", "A near miss is as polite as the rest."


def _figures(scenario: Scenario, places: Places) -> Iterator[Found]:
    """Figures of a right playback are the plant's own, so they change with the variant."""
    told = " ".join(fact.says for fact in scenario.facts)
    times = set(_TIMES.findall(told))
    numbered = {fact.id for fact in scenario.facts if fact.numbers}
    for option in scenario.options:
        for move in option.moves:
            if move.label != "reflect" or move.wrong or not numbered.intersection(move.facts):
                continue
            bare = set(_BARE.findall(re.sub(r"\{[^}]*\}", "", option.text))) - times
            at = places.of("options", option.id, "text")
            if bare:
                message = f"the playback {option.id!r} has {sorted(bare)[0]!r} typed out."
                yield at, "TS416", message, "Write {fact_id.name}, so that it is right in every variant."
            elif "{" not in option.text:
                message = f"the playback {option.id!r} has none of the customer's figures."
                yield at, "TS416", message, "Write one of them as {fact_id.name}."


def _twisted(scenario: Scenario, places: Places) -> Iterator[Found]:
    played = [(option, move) for option in scenario.options for move in option.moves if move.label == "reflect"]
    right = {fact for _, move in played if not move.wrong for fact in move.facts}
    wrong = {fact for _, move in played if move.wrong for fact in move.facts}
    for option, move in played:
        alone = [fact for fact in move.facts if move.wrong and fact not in right]
        if alone:
            message = f"{option.id!r} plays back {alone[0]!r} wrongly, and no line plays it back right."
            yield places.of("options", option.id), "TS417", message, "Put the right one beside it."
    if len(wrong & right) < WRONG_SHARE * len(right):
        missing = sorted(right - wrong)
        hint = f"Write one for: {', '.join(missing[:4])}."
        message = f"of {len(right)} facts that are played back right, {len(wrong & right)} are also played back wrong."
        yield places.section("options"), "TS417", message, hint


def _answers(scenario: Scenario, places: Places) -> Iterator[Found]:
    for question in scenario.questions:
        answers = [option for option in scenario.options if option.when.pending == question.id]
        manners = {move.manner for option in answers for move in option.moves if move.manner}
        wanted = ["short", "lecture", "dodge"] + (["honest_unknown"] if question.technical else [])
        missing = [manner for manner in wanted if manner not in manners]
        if missing:
            hint = f"Write options with 'when: {{pending: {question.id}}}' and that 'manner'."
            at = places.of("questions", question.id)
            yield at, "TS418", f"no answer to {question.id!r} is: {', '.join(missing)}.", hint
