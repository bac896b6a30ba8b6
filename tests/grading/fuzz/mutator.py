"""Notebooks as accidents leave them: a seeded mutator of files as bytes and as JSON.

`mutant(notebook, seed)` is the same for the same seed for ever, so that a failure can be made again from its number.
"""

from __future__ import annotations

import codecs
import json
import random
from collections.abc import Callable
from typing import Any

__all__ = ["mutant", "name_of"]

Chance = random.Random

_TOKENS = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"-0", b"null", b"true", b"{}", b"[]"),
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\r\n", b"\xe2\x80\xa8", b"[" * 3000, b'"a":', b"9" * 400),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", "x", "\0", "\ud800", "9" * 5000),
    *([], {}, [[]], [None], {"": None}, ["a", 1, None], {"a": {"b": []}}, "markdown", "code", "raw", 4, "4"),
)
_LINES = (
    *("return", "    pass", "assert False", "1 / 0", "%%bash", "%reset -f", "!true", "?", "del energy", "yield 1"),
    *("import does_not_exist", "raise SystemExit", "'''", "(", "\t x", "### BEGIN SOLUTION", "### END HIDDEN TESTS"),
    *(
        "### BEGIN HIDDEN TESTS",
        "exit()",
        "\f",
        "#\u2028x = 1",
        "print('x' * 10000)",
        "global x",
        "import os; os._exit(3)",
    ),
)


def mutant(notebook: dict[str, Any], seed: int) -> bytes:
    """A damaged file: one to four changes of one kind or of both."""
    chance = Chance(seed)
    book = json.loads(json.dumps(notebook))
    kind = chance.random()
    if kind < 0.7:
        for _ in range(chance.randint(1, 4)):
            book = chance.choice(_IN_JSON)(book, chance)
    text = json.dumps(book, indent=chance.choice([None, 1]), ensure_ascii=chance.random() < 0.5)
    data = text.encode("utf-8", "surrogatepass")
    if kind >= 0.55:
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(_IN_BYTES)(data, chance)
    return data


def name_of(seed: int) -> str:
    """How to make it again, for the message of a failure."""
    return f"mutant(notebook, {seed})"


# -- as bytes --------------------------------------------------------------------------------------------------------


def _place(data: bytes, chance: Chance) -> int:
    return chance.randint(0, len(data))


def _span(data: bytes, chance: Chance) -> tuple[int, int]:
    start = _place(data, chance)
    return start, min(len(data), start + chance.choice([1, 2, 8, 64, 512, 4096]))


def _flip(data: bytes, chance: Chance) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        if made:
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _cut_out(data: bytes, chance: Chance) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _repeat(data: bytes, chance: Chance) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.randint(1, 3) + data[end:]


def _move(data: bytes, chance: Chance) -> bytes:
    start, end = _span(data, chance)
    rest = data[:start] + data[end:]
    place = _place(rest, chance)
    return rest[:place] + data[start:end] + rest[place:]


def _insert(data: bytes, chance: Chance) -> bytes:
    place = _place(data, chance)
    return data[:place] + chance.choice([*_TOKENS, chance.randbytes(chance.choice([1, 7, 200]))]) + data[place:]


def _zeros(data: bytes, chance: Chance) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + bytes(end - start) + data[end:]


def _cut_short(data: bytes, chance: Chance) -> bytes:
    return data[: _place(data, chance)]


def _encode(data: bytes, chance: Chance) -> bytes:
    text = data.decode("utf-8", "replace")
    how = chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-7", "cp437"])
    return chance.choice([b"", codecs.BOM_UTF8]) + text.encode(how, "replace")


_IN_BYTES: tuple[Callable[[bytes, Chance], bytes], ...] = (
    *(_flip, _cut_out, _repeat, _move, _insert, _insert, _zeros, _cut_short, _encode),
)

# -- as JSON ---------------------------------------------------------------------------------------------------------


def _nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document as (container, key)."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        inside = waiting.pop()
        keys = list(inside) if isinstance(inside, dict) else range(len(inside)) if isinstance(inside, list) else ()
        for key in keys:
            found.append((inside, key))
            waiting.append(inside[key])
    return found


def _delete(book: Any, chance: Chance) -> Any:
    if nodes := _nodes(book):
        inside, key = chance.choice(nodes)
        del inside[key]
    return book


def _replace(book: Any, chance: Chance) -> Any:
    if nodes := _nodes(book):
        inside, key = chance.choice(nodes)
        inside[key] = chance.choice(_VALUES)
    return book


def _swap(book: Any, chance: Chance) -> Any:
    if nodes := _nodes(book):
        (one, key), (other, place) = chance.choice(nodes), chance.choice(nodes)
        first, second = json.dumps(one[key]), json.dumps(other[place])
        one[key] = json.loads(second)
        if len(first) < 100_000:
            other[place] = json.loads(first)
    return book


def _wrap(book: Any, chance: Chance) -> Any:
    if nodes := _nodes(book):
        inside, key = chance.choice(nodes)
        inside[key] = [inside[key]] if chance.random() < 0.5 else {"source": inside[key]}
    return book


def _rename(book: Any, chance: Chance) -> Any:
    nodes = [(inside, key) for inside, key in _nodes(book) if isinstance(inside, dict)]
    if nodes:
        inside, key = chance.choice(nodes)
        inside[chance.choice(["", "cells", "source", "id", "nbgrader", "grade_id", key.upper()])] = inside.pop(key)
    return book


def _cells(book: Any) -> list[Any]:
    found = book.get("cells") if isinstance(book, dict) else None
    return found if isinstance(found, list) else []


def _some_cell(book: Any, chance: Chance) -> dict[str, Any] | None:
    cells = [cell for cell in _cells(book) if isinstance(cell, dict)]
    return chance.choice(cells) if cells else None


def _repeat_cell(book: Any, chance: Chance) -> Any:
    cells, found = _cells(book), _some_cell(book, chance)
    if found is not None:
        cells.insert(chance.randint(0, len(cells)), json.loads(json.dumps(found)))
    return book


def _shuffle_cells(book: Any, chance: Chance) -> Any:
    chance.shuffle(_cells(book))
    return book


def _grade_metadata(book: Any, chance: Chance) -> Any:
    """A flag, an id or the points of a cell."""
    found = _some_cell(book, chance)
    grade = found.get("metadata", {}) if found is not None else {}
    grade = grade.get("nbgrader") if isinstance(grade, dict) else None
    if isinstance(grade, dict):
        key = chance.choice(
            ["grade", "solution", "locked", "task", "grade_id", "points", "schema_version", "cell_type"]
        )
        grade[key] = chance.choice([*_VALUES, "energy", "limits", "energy_answer", "plan", True, 3, 99])
    return book


def _line_of_code(book: Any, chance: Chance) -> Any:
    """A line of a cell is lost, repeated, indented or new."""
    found = _some_cell(book, chance)
    if found is not None and isinstance(found.get("source"), str):
        lines = found["source"].split("\n")
        place = chance.randrange(len(lines))
        change = chance.randrange(4)
        if change == 0:
            del lines[place]
        elif change == 1:
            lines.insert(place, lines[place])
        elif change == 2:
            lines[place] = chance.choice(["  ", "\t", ""]) + lines[place].lstrip()
        else:
            lines.insert(place, chance.choice(_LINES))
        found["source"] = "\n".join(lines) if chance.random() < 0.8 else [line + "\n" for line in lines]
    return book


_IN_JSON: tuple[Callable[[Any, Chance], Any], ...] = (
    *(_delete, _replace, _swap, _wrap, _rename, _repeat_cell, _shuffle_cells, _grade_metadata, _grade_metadata),
    *(_line_of_code, _line_of_code, _line_of_code),
)
