"""Do the warm processes survive what happens to one of them?"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from techsell_grading.grader import Limits, pack
from techsell_grading.service import hands as module
from techsell_grading.service.hands import Gone, Hands
from techsell_grading.sources import Packed
from techsell_grading.supervise import Work


@pytest.fixture
def made(dying: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """One hand with a unit that dies; it starts no sandbox, since none of these has anything to confine."""
    monkeypatch.setenv("TECHSELL_TEST_MARKS", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(dying), *sys.path])
    monkeypatch.setattr(module, "_get_ready", units_of(dying).nothing)

    @contextmanager
    def make(unit: str, **more: Any) -> Iterator[Hands]:
        found = Hands(1, Limits(sandbox="off"), unit=getattr(units_of(dying), unit), **more)
        try:
            found.start()
            yield found
        finally:
            found.close()

    return make


def work(name: str, source: bytes = b"source") -> Work:
    return Work(name.encode(), Packed(source, f"sha of {source!r}"))


def test_a_process_that_dies_is_replaced_and_its_hand_in_graded_again(made):
    with made("dies_once") as hands:
        before = hands.pids()
        assert hands.grade(work("a")).learner == "a"
        assert hands.pids() != before
        assert hands.grade(work("b", b"another")).learner == "b"


def test_one_that_dies_while_nothing_is_asked_of_it_costs_the_next_hand_in_nothing(made):
    """Its first death is not held against the hand-in, which may then bring the process down once by itself."""
    with made("dies_once") as hands:
        process = psutil.Process(hands.pids()[0])
        process.send_signal(signal.SIGKILL)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            threading.Event().wait(0.001)
        assert hands.grade(work("a")).learner == "a"


def test_a_hand_in_that_brings_it_down_twice_is_zero_with_the_reason(made, exercise):
    who = pack({"hand_in.json": b'{"module": "valves", "learner": "L-1"}'})
    with made("dies") as hands:
        verdict = hands.grade(Work(who, Packed(exercise.source, "sha")))
        assert (verdict.learner, verdict.score, verdict.max) == ("L-1", 0.0, 15.0)
        assert "brought the grading process down, twice" in verdict.reasons[0]


def test_one_that_does_not_end_is_ended(made):
    with made("hangs_once", patience=0.5) as hands:
        assert hands.grade(work("a")).learner == "a"


def test_closing_breaks_off_what_is_under_way_and_leaves_no_process(made, tmp_path: Path):
    ended: list[BaseException] = []

    def grade() -> None:
        try:
            hands.grade(work("a"))
        except Gone as gone:
            ended.append(gone)

    with made("hangs_once") as hands:
        thread = threading.Thread(target=grade)
        thread.start()
        while not (tmp_path / "a").exists():
            thread.join(0.01)
        pids = hands.pids()
        hands.close()
        thread.join(30)
        with pytest.raises(Gone):
            hands.grade(work("b"))
    assert len(ended) == 1
    assert not any(psutil.pid_exists(pid) for pid in pids)


def units_of(folder: Path) -> Any:
    """The units, under the name by which the processes find them."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module("dying_units")
