"""Lint: the words of a scenario.

Codes: TS419 an exclamation mark or a worn phrase · TS420 a decoy without words or a note of its own · TS421 a frequent
reaction with a single line (warning) · TS422 a number and its unit that a line break can part · TS423 a number without
a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .places import Found, Places

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.yaml_source import Node

__all__ = ["check_frequent", "check_words"]

_WORN = re.compile(
    r"!|game.?chang|win.win|synerg|cutting.edge|world.class|low.hanging|solution provider", re.IGNORECASE
)
_LOOSE = re.compile(r"[\d}] (°C|%|h|min|bar|kg|t)(?![\w])")
DERIVED = {"inflated"}
"""numbers for wrong playbacks, which need no unit"""


def check_words(scenario: Scenario, places: Places) -> Iterator[Found]:
    """TS419, TS420, TS422, TS423."""
    yield from _worn(places.root)
    yield from _decoys(scenario, places)
    yield from _loose(scenario, places)
    for fact in scenario.facts:
        for name in fact.numbers:
            if name not in fact.unit and name not in DERIVED:
                at = places.of("facts", fact.id, "numbers", name)
                hint = f"Add '{name}' to its 'unit'."
                yield at, "TS423", f"the number {fact.id}.{name} has no unit.", hint


def _worn(root: Node) -> Iterator[Found]:
    for name, (_, section) in (root.keys or {}).items():
        for node in _texts(section, skip=name == "options"):
            found = _WORN.search(str(node.value))
            if found:
                what = "an exclamation mark" if found[0] == "!" else f"a worn phrase, {found[0]!r}"
                yield node.line, "TS419", f"{what} in {str(node.value)[:40]!r}.", "Say it as a colleague would."


def _texts(node: Node, skip: bool = False) -> Iterator[Node]:
    """Texts that players see; what learners are expected to type is left as it is."""
    if isinstance(node.value, str):
        yield node
    for item in node.items or ():
        yield from _texts(item, skip)
    for key, (_, child) in (node.keys or {}).items():
        if key not in {"utterances", "paraphrases", "keywords", "voice"}:
            yield from _texts(child, skip)


def _decoys(scenario: Scenario, places: Places) -> Iterator[Found]:
    for variant in scenario.variants:
        for name in variant.decoys:
            lacking = [part for part, texts in (("says", variant.says), ("notes", variant.notes)) if name not in texts]
            if lacking:
                message = f"{name!r} is noise in {variant.id!r} and has no {' and no '.join(lacking)} there."
                yield (
                    places.of("variants", variant.id, "decoys"),
                    "TS420",
                    message,
                    "Write that there is nothing in it.",
                )
        for part, texts in (("says", variant.says), ("notes", variant.notes)):
            for name in texts:
                if name not in variant.decoys:
                    at = places.of("variants", variant.id, part, name)
                    message = f"{name!r} has other {part} in {variant.id!r} and is no decoy there."
                    yield at, "TS420", message, "Let numbers change the words, or list it under 'decoys'."


def _loose(scenario: Scenario, places: Places) -> Iterator[Found]:
    hint = "Put a narrow no-break space (U+202F) between them."
    for fact in scenario.facts:
        if _LOOSE.search(fact.note):
            yield places.of("facts", fact.id, "note"), "TS422", "a number and its unit can be parted.", hint
    for variant in scenario.variants:
        for name, note in variant.notes.items():
            if _LOOSE.search(note):
                yield (
                    places.of("variants", variant.id, "notes", name),
                    "TS422",
                    "a number and its unit can be parted.",
                    hint,
                )
    if _LOOSE.search(scenario.brief.product):
        at = (places.root.get("brief") or places.root).keys
        line = at["product"][0] if at and "product" in at else places.section("brief")
        yield line, "TS422", "a number and its unit can be parted.", hint


def check_frequent(scenario: Scenario, places: Places) -> Iterator[Found]:
    """TS421: what is said often wants more than one way of saying it."""
    frequent = ["confirms", "told_early"] + (["corrects", "repeats", "shrugs"] if scenario.graded else [])
    for persona in scenario.personas:
        few = [name for name in frequent if len(persona.lines.get(name, ())) < 2]  # type: ignore[call-overload]
        if few:
            at = places.of("personas", persona.id, "lines", few[0])
            yield at, "TS421", f"{persona.id!r} has one line only for: {', '.join(few)}.", "Two or more, or he parrots."
