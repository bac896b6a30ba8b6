"""Does the file have the shape of a scenario? pydantic's findings in an author's words, each with its line.

Codes: TS201 unknown key · TS202 missing key · TS203 wrong kind of value · TS204 value not allowed.
"""

from __future__ import annotations

import difflib
import json
import re
import types
from collections.abc import Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from techsell.errors import Problem

from .model import Scenario
from .yaml_source import Node

__all__ = ["check_shape", "did_you_mean"]

Loc = Sequence[int | str]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint with the nearest known word, or the known words where there are few."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    if known and len(known) <= 14:
        return f"Known here: {', '.join(sorted(known))}."
    return ""


def check_shape(root: Node, file: str) -> tuple[Scenario | None, list[Problem]]:
    """Validate the tree strictly; unknown keys are refused.

    Returns:
        The scenario (None when anything is off) and all problems.
    """
    try:
        # From JSON, since strict validation takes tuples only from JSON arrays.
        return Scenario.model_validate_json(json.dumps(root.plain()), strict=True), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=True)
        # A list whose items are all wrong is reported as empty too; that would only confuse.
        real = [fault for fault in found if not (fault["type"] == "too_short" and fault["input"])]
        return None, list({_problem(root, file, fault): None for fault in real or found})


def _problem(root: Node, file: str, fault: Any) -> Problem:
    loc: Loc = fault["loc"]
    kind: str = fault["type"]
    context = fault.get("ctx") or {}
    where = _path(loc)
    if kind == "extra_forbidden":
        line = _find(root, loc, key_line=True)
        hint = did_you_mean(str(loc[-1]), _allowed(loc[:-1]))
        return Problem(file, line, "TS201", f"unknown key {str(loc[-1])!r} in {_path(loc[:-1])}.", hint)
    if kind in {"missing", "union_tag_not_found"}:
        name = "kind" if kind == "union_tag_not_found" else str(loc[-1])
        place = loc if kind == "union_tag_not_found" else loc[:-1]
        return Problem(file, _find(root, place), "TS202", f"{_path(place)} has no {name!r}.", f"Add '{name}: …'.")
    line = _find(root, loc, key_line=bool(loc) and loc[-1] == "[key]")
    if kind == "json_invalid":
        return Problem(file, 1, "TS104", "a character that no text may hold (half of a pair).", "Retype it.")
    if kind.endswith(("_type", "_parsing")) or kind == "int_from_float":
        message = f"{where} must be {_wanted(kind)}, not {_got(fault['input'])}."
        return Problem(file, line, "TS203", message, _quote(kind))
    return Problem(file, line, "TS204", f"{where}: {_refusal(kind, fault, context)}.", _near(fault, context))


def _path(loc: Loc) -> str:
    """`('options', 3, 'moves', 0, 'label')` -> `options[4].moves[1].label`, counted as people count."""
    parts: list[str] = []
    for step in loc:
        if isinstance(step, int):
            parts.append(f"[{step + 1}]")
        elif step != "[key]":
            parts.append(f".{step}" if parts else str(step))
    return "".join(parts) or "the file"


def _find(root: Node, loc: Loc, *, key_line: bool = False) -> int:
    """The line of `loc`; steps that do not stand in the file (union tags, missing keys) are passed over."""
    node, line = root, root.line
    for step in loc:
        if isinstance(step, int) and node.items is not None and step < len(node.items):
            node = node.items[step]
            line = node.line
        elif isinstance(step, str) and node.keys is not None and step in node.keys:
            line, node = node.keys[step]
            if not key_line and node.items is None and node.keys is None:
                line = node.line
    return line


def _allowed(loc: Loc) -> list[str]:
    """The keys that may stand at `loc`."""
    kinds: list[Any] = [Scenario]
    for step in loc:
        following: list[Any] = []
        for kind in kinds:
            following.extend(_enter(kind, step))
        kinds = following
    names = [field.alias or name for kind in kinds if _is_model(kind) for name, field in kind.model_fields.items()]
    return sorted(set(names))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _enter(kind: Any, step: int | str) -> list[Any]:
    """What the annotation `kind` holds under a field name, a list index, a dictionary key or a union's tag."""
    if _is_model(kind):
        fields = kind.model_fields
        match = [f.annotation for name, f in fields.items() if step in {name, f.alias}]
        if match:
            return _spread(match[0])
        tag = fields.get("kind")
        return [kind] if tag is not None and step in get_args(tag.annotation) else []
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(step, int):
        return _spread(args[0])
    if origin is dict and isinstance(step, str):
        return _spread(args[1])
    return []


def _spread(kind: Any) -> list[Any]:
    if get_origin(kind) is Annotated:
        return _spread(get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        return [part for arm in get_args(kind) for part in _spread(arm)]
    return [kind]


_WANTED = {
    "string": "text",
    "int": "a whole number",
    "bool": "true or false",
    "tuple": "a list",
    "dict": "keys with values",
    "model": "keys with values",
    "none": "left out",
}


def _wanted(kind: str) -> str:
    return _WANTED.get(kind.split("_", maxsplit=1)[0], "another kind of value")


def _got(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return "a list" if isinstance(value, list) else "keys with values"


def _quote(kind: str) -> str:
    return "Put it in quotes." if kind == "string_type" else ""


def _refusal(kind: str, fault: Any, context: dict[str, Any]) -> str:
    value = _got(fault["input"])
    if kind in {"literal_error", "enum", "union_tag_invalid"}:
        return f"{value} is not one of the words allowed here" if kind != "union_tag_invalid" else "unknown 'kind'"
    if kind == "string_pattern_mismatch":
        return f"{value} does not have the form wanted ({context.get('pattern')})"
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context.get('le')}"
        return f"{value} is out of range; {bound}"
    if kind in {"string_too_long", "too_long"}:
        return f"too long; at most {context.get('max_length')}"
    if kind in {"string_too_short", "too_short"}:
        return "must not be empty"
    return str(fault["msg"])


def _near(fault: Any, context: dict[str, Any]) -> str:
    expected = str(context.get("expected") or context.get("expected_tags") or "")
    known = re.findall(r"'([^']+)'", expected)
    value = context.get("tag") or fault["input"]
    return did_you_mean(str(value), known) if known else ""
