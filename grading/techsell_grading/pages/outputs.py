"""What a learner's cell showed, ready for a page: text, figures, and where it stopped. Bounded for each cell and page.

Of a traceback only the learner's own lines are kept, and those are taken from the cells and not from the traceback.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from techsell_grading.grader.source import scrub
from techsell_grading.pages.notebook import Own
from techsell_grading.pages.picture import Picture, picture
from techsell_grading.pages.text import cut, visible

__all__ = ["Call", "Room", "Shown", "Stopped", "shown", "stopped"]

_FIRST, _LAST = 60, 20
_MOST_OUTPUTS = 20
_NARROW = 34
"""signs of a line that fits the narrowest screen"""

_FRAME = re.compile(r"Cell In\[\d+\], line (\d+)(?:, in (.+))?")
_ARROW = re.compile(r"-+> (\d+) (.*)")
_SYNTAX = re.compile(r" ?\([^()]*\.py, line (\d+)\)")
_TITLES = {"stdout": "Printed", "stderr": "Written to stderr", "execute_result": "Last value", "display_data": "Shown"}
_OUR_NAMES = frozenset(name for name, kind in vars(builtins).items() if isinstance(kind, type)) | {"Stopped"}
_WITHHELD = "What came out here is not shown: in this notebook the cell ran behind tests that stay hidden."


@dataclass
class Room:
    """What is left of a page for text (signs) and pictures (signs of base64)."""

    text: int = 250_000
    pictures: int = 4_000_000


@dataclass(frozen=True)
class Shown:
    """One output: a text under its title, or a picture. `wide`: it may need to be scrolled sideways."""

    title: str
    text: str = ""
    picture: Picture | None = None
    wide: bool = False
    note: str = ""


@dataclass(frozen=True)
class Call:
    """A line of the learner's on the way to an error: the number of the cell on the page, the line, the function."""

    cell: int
    line: int
    inside: str = ""


@dataclass(frozen=True)
class Stopped:
    """Why a cell stopped, and the way there through the learner's own lines, the line that stopped last."""

    name: str
    text: str
    way: tuple[Call, ...] = field(default=())


def shown(own: Own, room: Room, secrets: frozenset[str], *, in_kernel: bool = False) -> list[Shown]:
    """The cell's outputs but for its error.

    Args:
        secrets: lines that no output may hold.
        in_kernel: the tests ran in the learner's own process, so that what comes behind one may repeat it in any form.
    """
    outputs = [output for output in own.outputs if output.get("output_type") != "error"]
    if outputs and in_kernel and own.after_hidden:
        return [Shown("", note=_WITHHELD)]
    found: list[Shown] = []
    for output in outputs[:_MOST_OUTPUTS]:
        found += _one(output, room, secrets)
    if len(outputs) > _MOST_OUTPUTS:
        found.append(Shown("", note=f"{len(outputs) - _MOST_OUTPUTS:,} more outputs are not shown."))
    return found


def _one(output: Mapping[str, Any], room: Room, secrets: frozenset[str]) -> list[Shown]:
    kind = str(output.get("output_type"))
    data = output.get("data")
    data = data if isinstance(data, dict) else {}
    title = _TITLES.get(str(output.get("name")) if kind == "stream" else kind, "Shown")
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            return [_figure(mime, _joined(data[mime]), room)]
    text = _joined(output.get("text") if kind == "stream" else data.get("text/plain"))
    if not text.strip():
        return []
    if room.text <= 0:
        return [Shown(title, note="Not shown: the page is full.")]
    text = _clean(text, secrets)
    room.text -= len(text)
    return [Shown(title, text, wide=max(map(len, text.split("\n"))) > _NARROW)]


def _figure(mime: str, data: str, room: Room) -> Shown:
    found = picture(mime, data) if len(data) <= room.pictures else None
    if found is None:
        return Shown("Figure", note="A figure is not shown: it is damaged or too large for this page.")
    room.pictures -= len(found.address)
    return Shown("Figure", picture=found)


def _clean(text: str, secrets: frozenset[str]) -> str:
    """Cut first, so that a flood costs little; scrubbed line by line only where there is something to take out."""
    text = visible(cut(text.strip("\n"), first=_FIRST, last=_LAST)[0])
    return scrub(text, secrets) if any(secret in text for secret in secrets) else text


def _joined(text: object) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def stopped(cells: Sequence[Own], number: int, secrets: frozenset[str], *, in_kernel: bool = False) -> Stopped | None:
    """Why the cell of that number stopped, or None.

    Args:
        cells: all cells of the page, where lines of a traceback may come from.
    """
    own = cells[number]
    error = next((output for output in own.outputs if output.get("output_type") == "error"), None)
    if error is None:
        return None
    name, text = _joined(error.get("ename"))[:100], _joined(error.get("evalue"))[:2000]
    way = tuple(call for row in _rows(error) if (call := _call(row, cells, number)) is not None)
    if in_kernel and own.after_hidden:
        return Stopped(name if name in _OUR_NAMES else "Error", "", way)
    if not way and (place := _SYNTAX.search(text)):
        way = (Call(number, int(place.group(1))),)
    return Stopped(visible(name), _clean(_SYNTAX.sub("", text), secrets).strip(), way[-8:])


def _rows(error: Mapping[str, Any]) -> list[str]:
    rows = error.get("traceback")
    return [row for row in rows if isinstance(row, str)][:200] if isinstance(rows, list) else []


def _call(row: str, cells: Sequence[Own], number: int) -> Call | None:
    """The call that a row of a traceback tells of, if its line stands in a cell of the page: there or not at all."""
    frame = _FRAME.match(row)
    arrow = next((found for line in row.split("\n")[1:8] if (found := _ARROW.match(line))), None)
    if frame is None or arrow is None or len(frame.group(1)) > 6:
        return None
    line, text = int(frame.group(1)), arrow.group(2)
    for place in (number, *range(len(cells))):
        lines = cells[place].cell.source.split("\n")
        if 0 < line <= len(lines) and lines[line - 1][:200] == text:
            return Call(place, line, visible((frame.group(2) or "")[:100]))
    return None
