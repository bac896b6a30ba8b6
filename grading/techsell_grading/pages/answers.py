"""The learner's cells as a page shows them, each in the part of its task."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from techsell_grading.pages.code import highlighted
from techsell_grading.pages.notebook import Own, Part, Sheet
from techsell_grading.pages.outputs import Call, Room, Shown, Stopped, shown, stopped
from techsell_grading.pages.prose import prose
from techsell_grading.pages.text import visible

__all__ = ["Answer", "Answers", "Line", "answers"]

_MOST_LINES = 250
_LONGEST = 16_000

_TITLES = {"answer": "Your answer", "added": "A cell of your own", "exercise": "A cell of the exercise"}
_NOTHING = Markup()
_NAME = re.compile(r"#+ *([^\n:.(]{3,40})")
_ABSENT = "is missing from the hand-in."


@dataclass(frozen=True)
class Line:
    """One line of code; `stopped`: the run ended in it."""

    code: Markup
    stopped: bool = False


@dataclass(frozen=True)
class Answer:
    """A cell: code by lines or written text, and what came of it. `empty` says why there is neither."""

    title: str
    whose: str
    lines: tuple[Line, ...] = ()
    more: int = 0
    text: Markup = _NOTHING
    outputs: tuple[Shown, ...] = ()
    stopped: Stopped | None = None
    way: tuple[str, ...] = ()
    empty: str = ""

    @property
    def marked_itself(self) -> bool:
        """The line that stopped is one of its own, and marked there."""
        return any(line.stopped for line in self.lines)


@dataclass(frozen=True)
class Answers:
    """One part of a notebook: its cells, the graded cells that look at them, how a person marks it."""

    graded: tuple[tuple[str, str], ...]
    cells: tuple[Answer, ...]
    anchors: Markup


@dataclass(frozen=True)
class _Placed:
    own: Own
    title: str
    empty: str


def answers(
    sheets: Mapping[str, Sheet], unanswered: frozenset[tuple[str, str]], *, in_kernel: bool = False
) -> list[Answers]:
    """The parts of all notebooks in order.

    Args:
        unanswered: answer cells left as they were released, as (notebook, cell).
        in_kernel: the tests ran in the learner's own process.
    """
    found: list[Answers] = []
    room = Room()
    for notebook, sheet in sheets.items():
        placed = [_placed(part, notebook, unanswered) for part in sheet.parts]
        cells = [one for part in placed for one in part]
        owns = [one.own for one in cells]
        stops = [
            None if one.empty else stopped(owns, n, sheet.secrets, in_kernel=in_kernel) for n, one in enumerate(cells)
        ]
        marked: dict[int, set[int]] = defaultdict(set)
        for stop in stops:
            if stop is not None and stop.way:
                marked[stop.way[-1].cell].add(stop.way[-1].line)
        at = 0
        for part, inside in zip(sheet.parts, placed, strict=True):
            made = []
            for number, one in enumerate(inside, at):
                outputs = () if one.empty else shown(one.own, room, sheet.secrets, in_kernel=in_kernel)
                stop = stops[number]
                way = tuple(_place(call, number, cells) for call in stop.way) if stop is not None else ()
                made.append(_answer(one, tuple(outputs), stop, way, marked[number], room))
            at += len(inside)
            graded = tuple((notebook, name) for name in part.graded)
            found.append(Answers(graded, tuple(made), _anchors(part.anchors)))
    return found


@lru_cache(maxsize=64)
def _anchors(text: str) -> Markup:
    """The author's text, the same for a whole class."""
    return prose(text) if text else _NOTHING


def _placed(part: Part, notebook: str, unanswered: frozenset[tuple[str, str]]) -> list[_Placed]:
    """The cells of a part with their titles; cells of the exercise only where there is an answer for them to run."""
    given = [own for own in part.cells if own.whose == "answer"]
    left = [own for own in given if (notebook, own.cell.name) in unanswered]
    cells = (
        part.cells if len(left) < len(given) or not given else [own for own in part.cells if own.whose != "exercise"]
    )
    found = []
    for own in cells:
        title = _TITLES[own.whose]
        if own.whose == "answer" and len(given) > 1:
            title += f", cell {given.index(own) + 1} of {len(given)}"
        elif own.whose == "exercise":
            title += _named(own)
        found.append(_Placed(own, title, _why_empty(own) if own in left else ""))
    return found


def _named(own: Own) -> str:
    """What a cell of the exercise calls itself in its first line: `# Try it: the example from above`."""
    name = _NAME.match(own.cell.source)
    return f": {visible(name.group(1).strip())}" if name else ""


def _why_empty(own: Own) -> str:
    missing = _ABSENT in own.cell.source and len(own.cell.source) < 300
    return "This cell is not in what you handed in." if missing else "This cell is as it was when you got it."


def _place(call: Call, number: int, cells: Sequence[_Placed]) -> str:
    where = "this cell" if call.cell == number else _the(cells[call.cell].title)
    inside = f", in {call.inside}" if call.inside else ""
    return f"line {call.line} of {where}{inside}"


def _the(title: str) -> str:
    title = title[0].lower() + title[1:]
    return f"the {title[2:]}" if title.startswith("a ") else title


def _answer(
    one: _Placed, outputs: tuple[Shown, ...], stop: Stopped | None, way: tuple[str, ...], marked: set[int], room: Room
) -> Answer:
    cell = one.own.cell
    if one.empty:
        return Answer(one.title, one.own.whose, empty=one.empty)
    if room.text <= 0:
        return Answer(one.title, one.own.whose, empty="Not shown: the page is full.")
    room.text -= min(len(cell.source), _LONGEST)
    if cell.kind != "code":
        return Answer(one.title, one.own.whose, text=prose(cell.source))
    source = cell.source.rstrip()
    lines = highlighted(visible(source[:_LONGEST]))
    return Answer(
        title=one.title,
        whose=one.own.whose,
        lines=tuple(Line(line, number in marked) for number, line in enumerate(lines[:_MOST_LINES], 1)),
        more=source.count("\n") + 1 - min(len(lines), _MOST_LINES),
        outputs=outputs,
        stopped=stop,
        way=way,
    )
