"""YAML text -> a tree that remembers the line of every key and value, with the tricks of YAML refused.

Codes: TS101 not UTF-8 · TS102 empty · TS103 too large · TS104 syntax · TS105 anchor or alias · TS106 merge key ·
TS107 key written twice · TS108 tag or directive · TS109 more than one document · TS110 nested too deep ·
TS111 the top is not a mapping · TS112 a key that is not text.

Plain scalars follow the core schema of YAML 1.2 without its odd corners: `yes`, `0x1f`, `.inf` and dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from techsell.errors import Problem

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Node", "read_tree"]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{0,18}([eE][-+]?[0-9]{1,2})?\Z")
_OTHERWISE = re.compile("[\t\x85\u2028\u2029\ufeff]")
"""signs that YAML 1.1, which libyaml reads, takes for something else than YAML 1.2"""
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass
class Node:
    """One value of the file: a scalar, a list (`items`) or a mapping (`keys`: name -> (line of the key, value))."""

    line: int
    value: bool | int | float | str | None = None
    items: list[Node] | None = None
    keys: dict[str, tuple[int, Node]] | None = None

    def plain(self) -> Any:
        """The same as lists, dicts and scalars."""
        if self.items is not None:
            return [item.plain() for item in self.items]
        if self.keys is not None:
            return {key: node.plain() for key, (_, node) in self.keys.items()}
        return self.value

    def get(self, key: str) -> Node | None:
        found = (self.keys or {}).get(key)
        return found[1] if found else None

    def text(self, key: str) -> str | None:
        """The text under `key`, or None when there is none or it is something else."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, str) else None


@dataclass
class _Reader:
    """Builds the tree from the parser's events; faults are collected in `problems`."""

    file: str
    events: Iterator[Any]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, code, message, hint))

    def build(self, event: Any, depth: int) -> Node:
        """The value that begins with `event`."""
        line = event.start_mark.line + 1
        kind = type(event).__name__
        if depth > MAX_DEPTH:
            raise _TooDeep(line)
        if getattr(event, "anchor", None):
            what = "an alias (*)" if kind == "AliasEvent" else "an anchor (&)"
            self.fault(line, "TS105", f"{what} is not allowed.", "Write the value out where it is needed.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.fault(line, "TS108", f"the tag {str(tag)!r} is not allowed.", "Remove it; quotes make text.")
        if kind == "SequenceStartEvent":
            return self._list(line, depth)
        if kind == "MappingStartEvent":
            return self._mapping(line, depth)
        if kind == "AliasEvent":
            return Node(line)
        plain = event.implicit[0] and not event.style
        return Node(line, value=_scalar(event.value) if plain else event.value)

    def _list(self, line: int, depth: int) -> Node:
        items: list[Node] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self.build(event, depth + 1))
        return Node(line, items=items)

    def _mapping(self, line: int, depth: int) -> Node:
        keys: dict[str, tuple[int, Node]] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key_line = event.start_mark.line + 1
            key_node = self.build(event, depth + 1)
            value = self.build(next(self.events), depth + 1)
            key = getattr(event, "value", None)
            if key_node.items is not None or key_node.keys is not None or not isinstance(key, str) or not key:
                self.fault(key_line, "TS112", "a key must be one word of text.")
            elif key == "<<":
                self.fault(key_line, "TS106", "a merge key (<<) is not allowed.", "Write the keys out.")
            elif key in keys:
                first = keys[key][0]
                self.fault(key_line, "TS107", f"the key {key!r} is written twice.", f"First on line {first}.")
            else:
                keys[key] = (key_line, value)
        return Node(line, keys=keys)

    def documents(self) -> Node | None:
        """The first document; any further one is a problem."""
        root: Node | None = None
        count = 0
        for event in self.events:
            kind = type(event).__name__
            line = event.start_mark.line + 1
            if kind == "DocumentStartEvent":
                count += 1
                if event.version or event.tags:
                    self.fault(line, "TS108", "a directive (%) is not allowed.", "Remove the line.")
                if count == 2:
                    self.fault(line, "TS109", "a second document begins here.", "One file holds one scenario.")
            elif kind in {"StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"}:
                continue
            else:
                node = self.build(event, 0)
                root = node if root is None else root
        return root


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _scalar(text: str) -> bool | int | float | str | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def read_tree(raw: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """Parse one YAML document.

    Args:
        raw: the bytes of the file.
        file: its name, for the problems.

    Returns:
        The tree (None where nothing can be read) and every problem found, in no particular order.
    """

    def only(line: int, code: str, message: str, hint: str) -> tuple[None, list[Problem]]:
        return None, [Problem(file, line, code, message, hint)]

    if len(raw) > MAX_BYTES:
        return only(1, "TS103", f"the file has {len(raw):,} bytes.", f"At most {MAX_BYTES:,} are read.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return only(line, "TS101", "the file is not UTF-8 text.", "Save it with the encoding UTF-8.")
    if not text.strip():
        return only(1, "TS102", "the file is empty.", "Start from another scenario file.")
    return _parse(text, file)


def _parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree by the fast parser where there is one; a file that it cannot read is read again for a better message."""
    fast = _fast_events(text)
    if fast is not None:
        from yaml import YAMLError  # type: ignore[import-untyped]

        try:
            root, problems = _tree(_Reader(file, fast))
            if not problems:
                return root, []
        except (YAMLError, ValueError, RecursionError):
            pass
    return _slowly(text, file)


def _fast_events(text: str) -> Iterator[Any] | None:
    """Events of libyaml, ten times as fast as those of Python; None where it is not there, or reads otherwise."""
    try:
        import yaml
    except ImportError:
        return None
    loader = getattr(yaml, "CSafeLoader", None)
    return None if loader is None or _OTHERWISE.search(text) else iter(yaml.parse(text, Loader=loader))


def _tree(reader: _Reader) -> tuple[Node | None, list[Problem]]:
    """What `read_tree` gives; errors of the parser pass."""
    root: Node | None = None
    try:
        root = reader.documents()
    except _TooDeep as deep:
        reader.fault(deep.line, "TS110", f"more than {MAX_DEPTH} levels inside one another.", "Nothing needs that.")
        return None, reader.problems
    if root is None or (root.value is None and root.items is None and root.keys is None):
        reader.fault(1, "TS102", "the file holds only comments.", "Start from another scenario file.")
        return None, reader.problems
    if root.keys is None:
        reader.fault(root.line, "TS111", "the file must begin with keys such as 'schema: 1'.")
        return None, reader.problems
    return root, reader.problems


def _slowly(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = _Reader(file, iter(()))
    try:
        reader.events = iter(YAML(typ="safe", pure=True).parse(text))
        return _tree(reader)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line + 1) if mark else 1
        reader.fault(line, "TS104", f"not readable as YAML: {_reason(error)}.", _cure(text, mark))
        return None, reader.problems
    except (YAMLError, ValueError, RecursionError) as error:  # characters YAML forbids, broken escapes
        at = getattr(error, "position", None)
        line = text.count("\n", 0, at) + 1 if isinstance(at, int) else 1
        reader.fault(line, "TS104", "not readable as YAML: a character that may not stand here.", "Retype the line.")
        return None, reader.problems


def _reason(error: Any) -> str:
    words = [part for part in (error.problem, error.context) if part]
    return str(words[0]) if words else "syntax error"


def _cure(text: str, mark: Any) -> str:
    if mark is None:
        return ""
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line:
        return "Use spaces, never tabs."
    return "Put text that holds ':' or '#' in quotes." if line.count(":") > 1 else "Check indentation and quotes."
