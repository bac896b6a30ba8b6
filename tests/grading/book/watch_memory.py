"""Grades a course and prints, as JSON, the memory of the grader and of its processes on the way, and what it took.

Kilobytes; memory that several processes share counts once (their proportional set sizes).

python watch_memory.py COURSE real|standin WORKERS
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))

EVERY = 100
"""hand-ins between two looks"""


def size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss) >> 10
    except psutil.Error:
        return 0


def main() -> None:
    from techsell_grading import grade as grading
    from techsell_grading.course import Course

    folder, unit, workers = sys.argv[1:]
    if unit == "standin":
        import standin_grader

        grading.grade_one = standin_grader.grade_one
    own = psutil.Process()
    looks: list[tuple[int, int]] = []

    def look(done: int, total: int, line: object) -> None:
        if done % EVERY == 0:
            looks.append((size(own), sum(map(size, own.children(recursive=True)))))

    began = time.monotonic()
    run = grading.grade(Course.open(folder), workers=int(workers), progress=look)
    seconds = time.monotonic() - began
    statuses = {status: run.count(status) for status in ("graded", "failed")}
    cpu = sum(os.times()[:4])
    sys.stdout.write(json.dumps({"looks": looks, "seconds": seconds, "cpu": cpu, **statuses}))


if __name__ == "__main__":
    main()
