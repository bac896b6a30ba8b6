"""Writes `ordinary.json` from `ordinary.yaml`: the questions that any visitor may ask.

Run `python -m techsell.roleplay.recogniser.make_ordinary` after a change of the YAML file; `--check` only compares
and ends with 1 when they differ.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from techsell.errors import ContentError

__all__ = ["built", "main"]

HERE = Path(__file__).resolve().parent
_ID = re.compile(r"^o_[a-z_]+$")
_FIELDS = {"id": str, "group": str, "label": str, "keywords": list, "utterances": list}


def built(source: Path = HERE / "ordinary.yaml") -> str:
    """The text of `ordinary.json`: one topic a line, in the order of the YAML file.

    Raises:
        ContentError: an entry lacks a field, has one of the wrong type, or an id or line stands there twice.
    """
    from ruamel.yaml import YAML

    entries = YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8"))
    seen: set[str] = set()
    lines: list[str] = []
    for entry in entries:
        _check(entry, seen, source.name)
        lines.append(json.dumps(entry, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _check(entry: dict[str, Any], seen: set[str], name: str) -> None:
    where = f"{name}: {entry.get('id', 'an entry without id')}"
    for field, kind in _FIELDS.items():
        if not isinstance(entry.get(field), kind):
            problem = f"{field!r} is missing or no {kind.__name__}"
            raise ContentError(problem, place=where, cure="Write it as in the other entries")
    if not _ID.match(entry["id"]):
        raise ContentError("the id does not begin with 'o_'", place=where, cure="Begin it so")
    for line in (entry["id"], *entry["utterances"]):
        if line in seen:
            raise ContentError(f"{line!r} stands there twice", place=where, cure="Keep it in one place")
        seen.add(line)
    if not all(isinstance(text, str) for text in (*entry["keywords"], *entry["utterances"])):
        raise ContentError("a keyword or line is no text", place=where, cure="Put it in quotes")


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` say whether it is up to date. Returns the exit status."""
    target = HERE / "ordinary.json"
    text = built()
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8", newline="\n")
        return 0
    return 0 if target.is_file() and target.read_text(encoding="utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
