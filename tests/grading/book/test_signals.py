"""Does a run that is told to stop end in order: promptly, with what was ready, nobody left behind?"""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from contextlib import suppress
from queue import SimpleQueue

import psutil
import pytest

from techsell_grading.records import read_verdict
from techsell_grading.signals import asked_to_stop


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_told_to_stop_ends_in_order_and_is_continued(
    classroom, started, finished, whole_book, all_files, copies, number, code
):
    course = classroom(12, lambda number: "SLEEP 20" if number < 6 else "HANG")
    calm = copies(course)
    with started(course, "--workers", "2", "--json") as grader:
        while not (course.path("autograded", "L-0003", "valves") / "verdict.json").exists():
            with suppress(subprocess.TimeoutExpired):
                grader.wait(timeout=0.02)
        workers = psutil.Process(grader.pid).children(recursive=True)
        grader.send_signal(number)
        out, _ = grader.communicate(timeout=30)
    assert grader.returncode == code
    said = json.loads(out)
    assert said["stopped"] == number
    done = [line["learner"] for line in said["lines"]]
    assert {"L-0000", "L-0001", "L-0002", "L-0003"} <= set(done)
    assert len(done) + said["left"] == 12
    assert {line["status"] for line in said["lines"]} == {"graded"}
    assert all((read_verdict(course, "valves", learner) is not None) == (learner in done) for learner in _all(12))
    assert len(workers) >= 2
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []
    assert not [name for name in all_files(course) if name.endswith((".part", "-wal", "-shm", "-journal"))]

    for place in (course, calm):  # what hung can be graded now
        for learner in _all(12)[6:]:
            path = place.path("submitted", learner, "valves") / "valves.ipynb"
            path.write_text(path.read_text(encoding="utf-8").replace("HANG", ""), encoding="utf-8")
    again = json.loads(finished(course, "--json").stdout)
    assert {line["learner"] for line in again["lines"] if line["status"] == "unchanged"} == set(done)
    finished(calm)
    assert whole_book(course) == whole_book(calm)
    assert all_files(course) == all_files(calm)


def _all(size: int) -> list[str]:
    return [f"L-{number:04}" for number in range(size)]


def test_the_summary_says_what_is_left_and_how_to_go_on(classroom, started):
    course = classroom(5, lambda _: "HANG")
    with started(course, "--workers", "1") as grader:
        grader.send_signal(signal.SIGINT)
        out, err = grader.communicate(timeout=30)
    assert "Stopped by SIGINT: 5 hand-ins left. Run the same command again; it continues." in out
    assert "Traceback" not in err
    assert grader.returncode == 130


def test_the_second_signal_acts_as_usual():
    heard: SimpleQueue[int] = SimpleQueue()
    with asked_to_stop(heard.put):
        signal.raise_signal(signal.SIGINT)
        assert heard.get(timeout=1) == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_signal_that_was_switched_off_stays_off():
    """As for a command that `nohup` or a shell's `&` started."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with asked_to_stop(lambda _: pytest.fail("not asked")):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_leaves_the_signals_alone():
    found = []

    def elsewhere() -> None:
        with asked_to_stop(lambda _: None):
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]
