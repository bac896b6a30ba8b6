"""A store whose clock the test moves, and a small syllabus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from techsell import syllabus
from techsell.progress import Store
from techsell.syllabus import Syllabus


class Clock:
    """Stands still until it is moved, so that nothing has to wait."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a store belongs; nothing is there yet."""
    return tmp_path / ".techsell" / "progress.db"


@pytest.fixture
def store(database: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(database, learner="L-7F3K2Q", clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def course_syllabus(repository: Path) -> Syllabus:
    """The course's own syllabus."""
    return syllabus.load(repository / "course")
