"""The id of every text that players see, so that texts can be translated and their use counted.

An id is `<scenario>.<place>.<first 8 hex digits of SHA-256 of the text as the file has it>`, such as
`cobalt_ridge.facts.slurry.says.1f0c9a3e` or `cobalt_ridge.personas.tomasz.lines.greets.77ab01d2`. Places name things by
their own ids and never by their number in a list, so that another order of the file changes no id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Scenario
    from .yaml_source import Node

__all__ = ["line_id", "line_ids", "placed", "twins", "written"]

_FIELDS = {
    "personas": ("name", "role", "voice"),
    "topics": ("label",),
    "facts": ("says", "note", "guarded"),
    "plant": ("says",),
    "datasheet": ("text",),
    "questions": ("says",),
    "objections": ("says", "settled", "unsettled"),
    "commitments": ("granted", "refused"),
    "endings": ("says", "summary"),
    "options": ("text",),
    "rubric": ("title", "advice"),
    "rumours": ("says",),
}
"""texts of the things that stand in lists and have an id"""

Told = tuple[str, str, int]
"""place, text, line in the file (0 where there is none)"""


def line_id(scenario: str, place: str, text: str) -> str:
    """The id of a text at its place."""
    return f"{scenario}.{place}.{sha256(text.encode()).hexdigest()[:8]}"


def line_ids(scenario: Scenario) -> dict[str, str]:
    """Every text that players see, by its id, in the order of the file; `{fact.number}` is not filled in."""
    return {own: text for (_, text), own in placed(scenario).items()}


def placed(scenario: Scenario) -> dict[tuple[str, str], str]:
    """The id of every text by its place and its words."""
    data = scenario.model_dump(mode="json", by_alias=True)
    return {(place, text): line_id(scenario.id, place, text) for place, text, _ in _walk(data)}


def twins(root: Node) -> Iterator[tuple[str, str, int, int]]:
    """Texts that stand twice in one place and so would share their id: place, text, first line, second line."""
    seen: dict[tuple[str, str], int] = {}
    for place, text, line in _walk(root):
        if (place, text) in seen:
            yield place, text, seen[place, text], line
        seen.setdefault((place, text), line)


def written(root: Node) -> Iterator[Told]:
    """Every text that players see as a file has it: place, text, line."""
    return _walk(root)


def _walk(root: Any) -> Iterator[Told]:
    yield from _field(root, "title", "title")
    for name, text in _children(_get(root, "brief")):
        yield from _told(f"brief.{name}", text)
    for space, fields in _FIELDS.items():
        for thing in _items(_get(root, space)):
            own = f"{space}.{_plain(_get(thing, 'id'))}"
            for name in fields:
                yield from _field(thing, name, f"{own}.{name}")
            if space == "personas":
                yield from _persona(thing, own)
    for hint in _items(_get(root, "hints")):
        yield from _field(hint, "says", "hints.says")
    for variant in _items(_get(root, "variants")):
        for name in ("says", "notes"):
            for fact, text in _children(_get(variant, name)):
                yield from _told(f"variants.{_plain(_get(variant, 'id'))}.{name}.{fact}", text)
    for line in _items(_get(_get(root, "worked"), "lines")):
        yield from _field(line, "why", f"worked.{_plain(_get(line, 'option'))}.why")


def _persona(persona: Any, own: str) -> Iterator[Told]:
    yield from _field(_get(persona, "veto"), "says", f"{own}.veto.says")
    for reaction, lines in _children(_get(persona, "lines")):
        for line in _items(lines):
            yield from _told(f"{own}.lines.{reaction}", line)


def _field(thing: Any, name: str, place: str) -> Iterator[Told]:
    return _told(place, _get(thing, name))


def _told(place: str, value: Any) -> Iterator[Told]:
    text = _plain(value)
    if isinstance(text, str):
        yield place, text, getattr(value, "line", 0)


# The same walk for a model's plain data and for the tree of a file


def _get(thing: Any, name: str) -> Any:
    if thing is None or isinstance(thing, Mapping):
        return (thing or {}).get(name)
    return thing.get(name) if hasattr(thing, "keys") else None


def _children(thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, Mapping):
        yield from thing.items()
    else:
        yield from ((name, child) for name, (_, child) in (getattr(thing, "keys", None) or {}).items())


def _items(thing: Any) -> list[Any]:
    found = thing if isinstance(thing, list) else getattr(thing, "items", None)
    return list(found) if isinstance(found, list) else []


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else getattr(value, "value", None)
