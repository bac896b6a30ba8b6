"""How long is it from handing in to the feedback page, over HTTP, against a warm service in another process?

    python -m tests.load.submit [--count 200] [--at-once 4] [--workers N]

Hand-ins of the real discovery conversation, right, half right and wrong, each with transcripts of calls that were
played. A submission is timed from its first byte until the learner's feedback page has been fetched.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any

import psutil
from tests.grading.conftest import REAL, RealExercise

from techsell_grading.course import Course
from techsell_grading.grader import pack
from techsell_grading.pool import cores
from techsell_grading.release import release

REPOSITORY = Path(__file__).resolve().parents[2]
LEARNERS = 40
SECONDS = 300.0
KINDS = ("right", "half right", "wrong")


@dataclass(frozen=True)
class Timed:
    """One submission: its kind, seconds until the result and until the page, the score."""

    kind: str
    result: float
    page: float
    score: float


class Work:
    """Hand-ins by kind and learner; no two have the same bytes."""

    def __init__(self, course: Course) -> None:
        self._real = real = RealExercise(REPOSITORY)
        released = course.path("release", module=REAL) / f"{REAL}.ipynb"
        wrong = REPOSITORY / "tests" / "exercises" / "wrong" / REAL
        slips = {path.name.split("__")[0] + "_answer": path.read_text("utf-8") for path in sorted(wrong.glob("*.py"))}
        self._notebooks = {
            "right": real.notebook(released, real.reference()),
            "half right": real.notebook(released, real.reference("talk_metrics", "pain_chain", "next_move")),
            "wrong": real.notebook(released, {**real.reference(), **slips}),
        }
        self._ways = {"right": "expert", "half right": "interrogator", "wrong": "dumper"}

    def make(self, number: int, learner: str) -> tuple[str, bytes]:
        kind = KINDS[number % len(KINDS)]
        transcript = self._real.transcript(learner, self._ways[kind])
        about = {"schema": 1, "module": REAL, "learner": learner, "made_at": f"2026-03-02T09:00:00.{number:03d}+00:00"}
        files = {"hand_in.json": json.dumps(about).encode(), "cobalt_ridge.transcript.jsonl": transcript}
        return kind, pack({**files, f"{REAL}.ipynb": self._notebooks[kind]})


@contextmanager
def service(course: Course, seats: int, workers: int) -> Iterator[tuple[int, int, Sequence[str]]]:
    """A service on this course in another process; its number, its port and tokens."""
    words = ["-m", "techsell", "serve", "--course", str(course.home), "--port", "0"]
    words += ["--seats", str(seats), "--workers", str(workers)]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("no output")
        first = process.stdout.readline()
        found = re.search(r":(\d+)\s*$", first)
        if found is None:
            raise RuntimeError(f"the service did not start: {first!r}")
        tokens = json.loads((course.home / ".techsell" / "tokens.json").read_text(encoding="utf-8"))
        yield process.pid, int(found[1]), [person["token"] for person in tokens["people"]]
    finally:
        process.terminate()
        process.wait(60)


class Client:
    """Sends hand-ins; each thread over a connection of its own, as each learner has one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._mine = local()

    def submit(self, kind: str, data: bytes, token: str) -> Timed:
        began = time.perf_counter()
        answer = self._ask("POST", f"/api/v1/hand-ins/{REAL}", token, data)
        result = json.loads(answer)
        graded = time.perf_counter()
        page = self._ask("GET", str(result["page"]), token)
        done = time.perf_counter()
        if not result["graded"] or result["learner"].encode() not in page:
            raise RuntimeError(f"not the learner's page: {page[:200]!r}")
        return Timed(kind, graded - began, done - began, result["score"])

    def _ask(self, method: str, path: str, token: str, body: bytes | None = None) -> bytes:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        content = bytes(response.read())
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content[:300]!r}")
        return content


def used(process: int) -> float:
    """Seconds of processor time of the service and all below it so far."""
    whole = psutil.Process(process)
    times = [one.cpu_times() for one in (whole, *whole.children(recursive=True))]
    return float(sum(one.user + one.system + one.children_user + one.children_system for one in times))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def report(timed: Sequence[Timed], seconds: float, processor: float, arguments: argparse.Namespace) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    say(
        f"{len(timed)} submissions of {REAL}, {arguments.at_once} at a time, {arguments.workers} workers, "
        f"{cores()} cores; load of the machine at the end {load}"
    )
    for name, values in (("result", [one.result for one in timed]), ("feedback page", [one.page for one in timed])):
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        say(f"request to {name}: p50 {cuts[49]:.3f} s  p95 {cuts[94]:.3f} s  max {max(values):.3f} s")
    say(f"{len(timed) / seconds:.2f} submissions a second, {processor / len(timed):.3f} s of processor time each")
    scores: dict[str, Counter[float]] = {}
    for one in timed:
        scores.setdefault(one.kind, Counter())[one.score] += 1
    for kind, found in scores.items():
        say(f"{kind}: {', '.join(f'{score:g} points x {count}' for score, count in sorted(found.items()))}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.submit")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--workers", type=int, default=cores())
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="techsell-load-") as folder:
        course = Course.create(Path(folder) / "course")
        release(course, [REAL])
        work = Work(course)
        learners = [f"L-SEAT{number:02d}" for number in range(LEARNERS)]
        made: list[Any] = [work.make(number, learners[number % LEARNERS]) for number in range(arguments.count)]
        with service(course, LEARNERS, arguments.workers) as (process, port, tokens):
            client = Client(port)
            began, before = time.perf_counter(), used(process)
            with ThreadPoolExecutor(arguments.at_once) as threads:
                waiting = [
                    threads.submit(client.submit, kind, data, tokens[number % LEARNERS])
                    for number, (kind, data) in enumerate(made)
                ]
                timed = [one.result() for one in waiting]
            report(timed, time.perf_counter() - began, used(process) - before, arguments)


if __name__ == "__main__":
    main()
