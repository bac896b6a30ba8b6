"""A new scenario from an old one: the same file, comments kept, with a mark at every place that an author changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from techsell.errors import UsageError

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario
    from techsell.roleplay.yaml_source import Node

__all__ = ["MARK", "SCHEMA_FILE", "fresh_copy", "proper_names"]

MARK = "# CHANGE:"
SCHEMA_FILE = "scenario.schema.json"
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_NAME = re.compile(r"(?<![.?!:;'\"“] )(?<!['\"“])(?<!^)\b([A-Z][a-zé]+(?: [A-Z][a-zé]+)*)\b")
_ORDINARY = {"I", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October"}
_ORDINARY |= {
    "We",
    "English",
    "Mondays",
    "Saturdays",
    "Sundays",
    "Fridays",
    "November",
    "December",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
}

_FIGURE = re.compile(r"\d[\d.,:]*\d|\d")

SPOKEN = ("plant", "questions", "objections", "commitments", "endings", "options", "hints", "rubric", "rumours")
"""sections in which names and figures of the old story are pointed out"""
SECTIONS = {
    "brief": "who calls whom, and what the data sheet of your product carries",
    "personas": "names, roles and voices of your people; keep one line or more for each reaction",
    "topics": "what can be talked about; keywords are words of typed questions",
    "facts": "what there is to find out. Numbers first, then the words around them",
    "plant": "ordinary answers about your plant; they unlock nothing",
    "datasheet": "what can be claimed about your product, and whether the sheet carries it",
    "questions": "what your customers ask themselves",
    "objections": "what they hold against it",
    "commitments": "what they can be asked for",
    "endings": "how the call can end",
    "options": "what the learner can say; keep families equally long and equally polite",
    "hints": "a direction, never the line to pick",
    "rubric": "usually stays; look at the facts it names",
    "variants": "the same story in other factories: other numbers, other facts that are noise",
    "rumours": "what this customer has heard of earlier calls",
    "worked": "the expert's way, line by line; play it again after every change",
}


def proper_names(scenario: Scenario) -> tuple[str, ...]:
    """Names of people, companies and products in the texts, the most frequent first."""
    data = scenario.model_dump(mode="json", by_alias=True)
    people = [persona.name for persona in scenario.personas]
    people += [word for name in people if name.istitle() for word in name.split()]
    found: Counter[str] = Counter()
    for text in _strings(data):
        found.update(name for name in _NAME.findall(text) if name not in _ORDINARY)
    brief = {name for text in _strings(data["brief"]) for name in _NAME.findall(text)}
    known = [name for name, count in found.most_common() if count >= 2 or name in brief]
    own = [scenario.customer] if scenario.customer else []
    return tuple(dict.fromkeys([*own, *known, *people]))


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def fresh_copy(raw: bytes, name: str) -> str:
    """The text of a new scenario file.

    Args:
        raw: a scenario file without problems.
        name: id of the new scenario and name of its file.

    Raises:
        UsageError: `name` cannot be an id.
        ScenarioInvalid: the source has problems.
    """
    from techsell.errors import ScenarioInvalid
    from techsell.roleplay.load import check_text
    from techsell.roleplay.yaml_source import read_tree

    if not _ID.match(name):
        cure = "Use small letters, digits and _, such as harbour_pumps"
        raise UsageError(f"{name!r} cannot be the id of a scenario", cure=cure)
    scenario, problems = check_text(raw, "source")
    root, _ = read_tree(raw, "source")
    if scenario is None or root is None:
        raise ScenarioInvalid("source", problems)
    lines = raw.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    marks = _marks(root, scenario)
    own = {"id": name, "code": f'"{name.upper().replace("_", " ")}"', "version": "1.0.0"}
    keys = root.keys or {}
    for key, value in own.items():
        number = keys[key][0] - 1
        lines[number] = f"{key}: {value}"
    title = keys["title"]
    lines[title[0] - 1] = f'title: "{_quoted(name)}: a copy of {_quoted(scenario.title)}"'
    body: list[str] = []
    for number, line in enumerate(lines, start=1):
        indent = line[: len(line) - len(line.lstrip())]
        body += [f"{indent}{MARK} {mark}" for mark in marks.get(number, ())]
        body.append(line)
    return "\n".join((*_header(scenario, name), *body))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _header(scenario: Scenario, name: str) -> tuple[str, ...]:
    names = ", ".join(proper_names(scenario)[:16])
    return (
        f"# yaml-language-server: $schema={SCHEMA_FILE}",
        f"# {name}, begun as a copy of {scenario.id} {scenario.version}.",
        f"# Go through the lines that say '{MARK[2:]}', then delete those marks. Replace these names everywhere:",
        f"#   {names}",
        f"# After each round: techsell scenario lint {name}.yaml, then techsell scenario simulate {name}.yaml",
        "#",
    )


def _marks(root: Node, scenario: Scenario) -> dict[int, list[str]]:
    """Line of the source -> marks that go above it."""
    found: dict[int, list[str]] = {}

    def mark(line: int, text: str) -> None:
        found.setdefault(line, []).append(text)

    keys = root.keys or {}
    mark(keys["code"][0], "a short name for your course")
    mark(keys["title"][0], "your company and the story in three words")
    if "customer" in keys:
        mark(keys["customer"][0], "the customer's company, as later calls will speak of it")
    if "module" in keys:
        mark(keys["module"][0], "the module in which it is played")
    for section, text in SECTIONS.items():
        if section in keys:
            mark(keys[section][0], text)
    numbers = {fact.id: fact.numbers for fact in scenario.facts}
    for space in ("personas", "facts", "datasheet", "variants"):
        section_node = root.get(space)
        for thing in (section_node.items or ()) if section_node else ():
            text = _thing(space, thing.text("id") or "", numbers)
            if text:
                mark(_first_line(thing), text)
    names = re.compile(rf"\b({'|'.join(re.escape(name) for name in proper_names(scenario))})\b")
    for space in SPOKEN:
        section_node = root.get(space)
        for thing in (section_node.items or ()) if section_node else ():
            text = _own_words(" ".join(_texts(thing)), names)
            if text:
                mark(_first_line(thing), text)
    return found


def _texts(node: Node) -> Iterator[str]:
    """Words, not ids: every text with a blank in it."""
    if isinstance(node.value, str) and " " in node.value:
        yield node.value
    for item in node.items or ():
        yield from _texts(item)
    for _, child in (node.keys or {}).values():
        yield from _texts(child)


def _own_words(text: str, names: re.Pattern[str]) -> str:
    """The names and figures of the old story in a text, or nothing."""
    own = list(dict.fromkeys(names.findall(text)))
    figures = list(dict.fromkeys(_FIGURE.findall(re.sub(r"\{[^}]*\}", "", text))))
    parts = [f"names {', '.join(own[:5])}"] if own else []
    if figures:
        parts.append(f"figures {', '.join(figures[:5])}")
    return "; ".join(parts)


def _first_line(thing: Node) -> int:
    return min([thing.line, *(line for line, _ in (thing.keys or {}).values())])


def _thing(space: str, name: str, numbers: dict[str, dict[str, int]]) -> str:
    if space == "personas":
        return f"person {name}: name, role, voice, and every line in that voice"
    if space == "datasheet":
        return f"claim {name}"
    if space == "variants":
        return f"numbers and noise of the variant {name}; sums must agree here too"
    own = ", ".join(f"{key} {value}" for key, value in numbers.get(name, {}).items())
    return f"fact {name}: what happens in your story" + (f"; numbers {own}" if own else "")
