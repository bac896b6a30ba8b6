"""The proof that the learner's version gives nothing away: no hidden test, no solution, no planted answer."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from techsell_grading.grader.source import Markers, public
from techsell_grading.proof.assignment import Assignment
from techsell_grading.proof.outcome import Finding, Seen, not_asked, seen

__all__ = ["release"]

_SHORT = 6
"""a shorter line (`try:`, `)`) says nothing"""
_LONG = 13
"""from here on a line is also found inside another one"""
_MARK_SCHEME = ("BEGIN MARK SCHEME", "END MARK SCHEME")
_LEFTOVER = re.compile(r"(?i:\b(?:BEGIN|END)\s+(?:SOLUTION|HIDDEN\s+TESTS?|MARK\s+SCHEME))")
_MISSPELT = re.compile(r"#{2,}\s*(?:BEGIN|END)\b.*")
"""in our own notebooks nothing else looks like that"""
_IMPORT = ("import ", "from ")
_HINT = "<details>"


class _Text(NamedTuple):
    """A piece of the release. `hint`: a hint to open, which may nearly give a solution away."""

    place: str
    text: str
    hint: bool = False


def release(assignment: Assignment) -> Seen:
    """No line of a hidden region, of a solution or of a planted answer that says something is in the release."""
    if assignment.unreleased:
        cure = "Mend the exercise; 'techsell release' says the same"
        return seen([Finding(assignment.unreleased, assignment.folder, cure)])
    if not assignment.released:
        return not_asked("there is no release to look at")
    texts = list(_texts(assignment))
    secrets = {
        "hidden tests": _hidden(assignment),
        "marking scheme": _lines(_MARK_SCHEME, (cell.source for _, cell in assignment.cells)),
        "solutions": _solutions(assignment),
    }
    found = [
        *_markers(texts, _MISSPELT if assignment.own else _LEFTOVER),
        *(finding for what, lines in secrets.items() for finding in _found(what, lines, texts)),
        *_planted(assignment, texts),
    ]
    hidden, solved = len(secrets["hidden tests"]), len(secrets["solutions"])
    return seen(found, f"{hidden} lines of tests, {solved} of solutions looked for")


def _texts(assignment: Assignment) -> Iterator[_Text]:
    """Every text of the release and where it stands: cells, metadata, outputs, other files."""
    for path, data in sorted(assignment.released.items()):
        place = f"release, {path}"
        if not path.endswith(".ipynb"):
            yield _Text(place, data.decode("utf-8", errors="replace"))
            continue
        book = json.loads(data)
        yield _Text(f"{place}, its metadata", "\n".join(_strings(book.get("metadata", {}))))
        for cell in book["cells"]:
            name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id", "?")
            source = "".join(cell["source"])
            where = f"{place}, cell '{name}'"
            yield _Text(where, source, cell["cell_type"] == "markdown" and _HINT in source)
            rest = {key: value for key, value in cell.items() if key != "source"}
            yield _Text(f"{where}, beside its text", "\n".join(_strings(rest)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield str(name)
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _hidden(assignment: Assignment) -> frozenset[str]:
    """Lines of hidden tests, without those that a visible check or a locked cell says as well.

    A line that goes on (`columns=["cause", "effect"],`) is also no secret where an example in code has it.
    """
    markers = assignment.opened.markers
    cells = [cell for _, cell in assignment.cells]
    secret = _lines((markers.begin_hidden, markers.end_hidden), (cell.source for cell in cells))
    code = [cell for cell in cells if cell.kind == "code" and not cell.is_("solution")]
    shown = "\n".join(public(cell, markers) for cell in code if cell.is_("locked"))
    examples = "\n".join(cell.source for cell in code if not cell.grade)
    return frozenset(line for line in secret if line not in shown and not (line.endswith(",") and line in examples))


def _solutions(assignment: Assignment) -> frozenset[str]:
    """Lines of solutions; where a solution has no markers it is the whole cell."""
    markers = assignment.opened.markers
    cells = [cell for _, cell in assignment.cells if cell.is_("solution")]
    inside = _lines((markers.begin_solution, markers.end_solution), (cell.source for cell in cells))
    whole = (cell.source for cell in cells if markers.begin_solution not in cell.source)
    stub = {line.strip() for text in (markers.code_stub, markers.text_stub) for line in text.splitlines()}
    lines = inside | {line.strip() for text in whole for line in text.splitlines() if _says(line.strip())}
    return frozenset(line for line in lines - stub if len(line) >= _LONG)


def _lines(region: tuple[str, str], sources: Iterable[str]) -> frozenset[str]:
    """The lines between two markers that say something, stripped."""
    begin, end = region
    found: set[str] = set()
    for source in sources:
        inside = False
        for line in source.splitlines():
            if begin in line:
                inside = True
            elif end in line:
                inside = False
            elif inside and _says(line.strip()):
                found.add(line.strip())
    return frozenset(found)


def _says(line: str) -> bool:
    return (
        len(line) >= _SHORT and line[-1] not in "{[(" and not line.startswith(_IMPORT) and any(map(str.isalnum, line))
    )


def _found(what: str, lines: frozenset[str], texts: list[_Text]) -> Iterator[Finding]:
    """One finding for each place that holds lines of a kind."""
    long = [line for line in lines if len(line) >= _LONG]
    for place, text, hint in texts:
        if hint and what == "solutions":
            continue
        whole = {line.strip() for line in text.splitlines()}
        shown = sorted({line for line in long if line in text} | (lines & whole), key=lambda line: (-len(line), line))
        if shown:
            count = f"{len(shown)} line{'' if len(shown) == 1 else 's'}"
            problem = f"Learners can read {count} of the {what}, such as {shown[0][:80]!r}"
            yield Finding(problem, place, "Say it otherwise there, or take it out")


def _markers(texts: list[_Text], misspelt: re.Pattern[str]) -> Iterator[Finding]:
    """A marker that was left says that what it marks was left too: it is misspelt, or has no partner."""
    known = Markers()
    cure = f"Write '### {known.begin_hidden}' or '### {known.begin_solution}' and its END, each on its own line"
    for place, text, _ in texts:
        left = sorted({found.group(0)[:40] for sign in (_LEFTOVER, misspelt) for found in sign.finditer(text)})
        if left:
            yield Finding(f"Markers are left in the release: {', '.join(left)}", place, cure)


def _planted(assignment: Assignment, texts: list[_Text]) -> Iterator[Finding]:
    """A planted answer that lies where it is released."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in assignment.planted:
        if len(one.source.strip()) < _LONG:
            continue
        for place, text, _ in texts:
            if one.source.strip() in text:
                places[place].append(one.name)
    for place, names in places.items():
        cure = f"Keep planted answers in {assignment.planted_home}"
        yield Finding(f"Learners can read the planted answer '{names[0]}'", place, cure)
