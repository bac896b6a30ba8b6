"""The graded courses of the parity table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.parity.courses import GradedCourse, Marks, empty_book, grade, hand_in, lay_out, released
from tests.parity.own import ALL_COURSES, OWN_ROWS
from tests.parity.rows import ODD, ODD_COURSE, ROWS, Row


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


@pytest.fixture
def note_row(record_property: Callable[[str, object], None]) -> Callable[[Row, Marks | None], None]:
    """Remember a line for the table that `tests/conftest.py` prints at the end of the run."""

    def note(row: Row, marks: Marks | None) -> None:
        ours = "no score" if marks is None else f"{marks.points:g} / {marks.of:g}"
        good = marks is not None and (marks.points, marks.of) == (row.points, row.of)
        wanted = f"{row.points:g} / {row.of:g}"
        record_property("parity", [row.course, row.name, wanted, ours + ("" if good else "  <-")])

    return note
