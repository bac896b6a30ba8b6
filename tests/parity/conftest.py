"""The graded courses of the parity table, and the table itself at the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.parity.courses import GradedCourse, Marks, empty_book, grade, hand_in, lay_out, released
from tests.parity.own import ALL_COURSES, OWN_ROWS
from tests.parity.rows import ODD, ODD_COURSE, ROWS, Row

_TABLE: list[tuple[str, str, str, str]] = []


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, need_program: Callable[..., str]) -> Mapping[str, GradedCourse]:
    """The courses by name: laid out, released and graded once in this run by the `techsell` command."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    place = tmp_path_factory.mktemp("parity")
    book = empty_book(place / "empty.db")
    homes = {name: place / name for name in ALL_COURSES}
    for name, home in homes.items():
        lay_out(home, ALL_COURSES[name], book)
    released(homes.values())
    odd = [Row(ODD_COURSE, "hidden", Path(path).name.replace(".", "_"), {"p1.ipynb": path}, 0, 3) for path in ODD]
    for row in (*ROWS, *OWN_ROWS, *odd):
        hand_in(homes[row.course], row)
    with ThreadPoolExecutor() as pool:  # one of them mostly waits for the answer that takes five seconds
        return dict(zip(homes, pool.map(lambda name: grade(homes[name], ALL_COURSES[name]), homes), strict=True))


@pytest.fixture(scope="session")
def note_row() -> Callable[[Row, Marks | None], None]:
    """Remember a line for the table at the end of the run."""

    def note(row: Row, marks: Marks | None) -> None:
        ours = "no score" if marks is None else f"{marks.points:g} / {marks.of:g}"
        good = marks is not None and (marks.points, marks.of) == (row.points, row.of)
        _TABLE.append((row.course, row.name, f"{row.points:g} / {row.of:g}", ours + ("" if good else "  <-")))

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _TABLE:
        return
    lines = [("course", "hand-in", "nbgrader 0.9.6", "techsell"), *_TABLE]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    terminalreporter.section("parity with nbgrader's own notebooks")
    for line in lines:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        terminalreporter.write_line("  ".join(padded).rstrip())
    terminalreporter.write_line("Left out: Otter's notebooks, which its wheel does not ship.")
