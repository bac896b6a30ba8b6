"""Does a real Dask cluster of two workers give the same book, and does it say what is wrong when it cannot?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from techsell.errors import GradingError
from techsell_grading import grade as grading
from techsell_grading.grade import grade
from techsell_grading.grader import Limits, grade_one

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two worker processes, each with a nurse that replaces it when it dies."""
    place = tmp_path_factory.mktemp("dask")
    paths = os.pathsep.join([str(HERE), *(path for path in sys.path if path)])
    environment = {**os.environ, "PYTHONPATH": paths, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    file = str(place / "scheduler.json")
    with (place / "log").open("w") as log:
        common: dict[str, Any] = {"env": environment, "cwd": place, "stdout": log, "stderr": log}
        tool = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--scheduler-file", file]
        with subprocess.Popen([*tool, "--host", "127.0.0.1", "--port", "0"], **common) as scheduler:
            tool = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard", "--scheduler-file", file]
            size = ["--nworkers", "2", "--nthreads", "1", "--local-directory", str(place)]
            with (
                distributed.Client(scheduler_file=file, set_as_default=False, timeout=60) as client,
                subprocess.Popen([*tool, *size], **common) as workers,
            ):
                client.wait_for_workers(2, timeout=60)
                yield client.scheduler.address
                _end(workers)
            _end(scheduler)


def _end(process: subprocess.Popen[str]) -> None:
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in family:
        one.kill()
    process.wait()


def test_a_cluster_of_two_workers_gives_the_book_of_this_machine(
    cluster, classroom, copies, whole_book: Callable[..., Any], all_files: Callable[..., Any]
):
    course = classroom(20)
    here = copies(course)
    grade(here, workers=2)
    seen: list[tuple[int, int]] = []
    run = grade(course, cluster=cluster, progress=lambda done, total, line: seen.append((done, total)))
    assert {line.status for line in run.lines} == {"graded"}
    assert seen == [(number + 1, 20) for number in range(20)]
    assert whole_book(course) == whole_book(here)
    assert all_files(course) == all_files(here)
    assert {line.status for line in grade(course, cluster=cluster).lines} == {"unchanged"}


def test_a_hand_in_that_kills_the_clusters_workers_gets_0_and_nobody_else_does(cluster, classroom):
    course = classroom(6, lambda number: "KILL" if number == 2 else "")
    lines = {line.learner: line for line in grade(course, cluster=cluster).lines}
    assert "brought the grading process down" in lines.pop("L-0002").unusual[0]
    assert {(line.status, line.unusual) for line in lines.values()} == {("graded", ())}


def test_the_command_grades_on_a_cluster(cluster, classroom, finished):
    done = finished(classroom(3), "--cluster", cluster)
    assert done.returncode == 0, done.stderr
    assert "3 graded." in done.stdout


def test_the_real_work_unit_gives_the_same_book_there(
    cluster, released, exercise, good, copies, need_program, whole_book: Callable[..., Any], all_files: Any
):
    """Sandboxes start in the cluster's processes too."""
    from datetime import UTC, datetime

    from techsell_grading.take_in import take_in

    need_program("bwrap", hint="'apt-get install bubblewrap'")
    wrong = {**good, "double_answer": "def double(x):\n    return abs(2 * x)"}
    work = {"L-A": exercise.answered(), "L-B": exercise.answered(wrong), "L-C": exercise.released()}
    for learner, notebook in work.items():
        take_in(released, exercise.submission(notebook), learner, "valves", datetime(2026, 3, 2, tzinfo=UTC))
    assert grading.grade_one is grade_one
    here = copies(released)
    run = grade(released, cluster=cluster, limits=Limits(sandbox="require"))
    assert {line.learner: (line.status, line.score) for line in run.lines} == {
        "L-A": ("graded", 10.0),
        "L-B": ("graded", 7.0),
        "L-C": ("graded", 0.0),
    }
    with ThreadPoolExecutor(1) as thread:
        grade(here, executor=thread)
    assert whole_book(released) == whole_book(here)
    assert all_files(released) == all_files(here)


def test_no_scheduler_is_a_sentence_with_the_cure(classroom, monkeypatch):
    monkeypatch.setattr("techsell_grading.cluster._ANSWER", 0.5)
    course = classroom(1)
    with pytest.raises(GradingError, match=r"no Dask scheduler.*tcp://127.0.0.1:9.*dask scheduler"):
        grade(course, cluster="tcp://127.0.0.1:9")
    with pytest.raises(GradingError, match="no Dask scheduler"):
        grade(course, cluster="not an address")
    assert not list(course.path("autograded").rglob("verdict.json"))


def test_workers_of_another_version_are_refused(cluster, classroom, monkeypatch):
    monkeypatch.setattr("techsell.__version__", "99.0")
    with pytest.raises(GradingError, match=r"workers have techsell .*same techsell"):
        grade(classroom(1), cluster=cluster)


def test_without_the_package_it_says_what_to_install(classroom, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(GradingError, match=r"needs the package 'distributed'.*techsell\[cluster\]"):
        grade(classroom(1), cluster="tcp://127.0.0.1:9")
