"""Grades courses in forked processes that end by SIGKILL just before a given step on the disk or in the database.

Reads JSON lines `{"step", "kinds", "force", "course"}` from standard input (step 0: never; kinds: the calls that
count) and answers each with the number of steps taken, or `killed`. Loaded once: a process costs a fork, no imports.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import standin_grader

from techsell_grading import grade as grading
from techsell_grading.course import Course


def grade(course: Course, die_at: int, kinds: list[str], *, force: bool) -> int:
    """Grade, counting the steps; the process ends before the step of this number."""
    count = 0

    def step(frame: Any, event: str, called: Any) -> None:
        nonlocal count
        if event == "c_call" and called.__name__ in kinds and _is_step(called):
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    grading.grade_one = standin_grader.grade_one
    threading.setprofile(step)
    sys.setprofile(step)
    with ThreadPoolExecutor(1) as here:
        grading.grade(course, executor=here, force=force)
    sys.setprofile(None)
    return count


def _is_step(called: Any) -> bool:
    """Whether a call is one of the operating system, of a file, or of the database, and not `str.replace`."""
    owner = getattr(called, "__self__", None)
    return owner is os or getattr(owner, "__name__", "") == "posix" or type(owner).__module__ in ("_io", "sqlite3")


def main() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.close(reading)
            count = grade(Course.open(told["course"]), told["step"], told["kinds"], force=told["force"])
            os.write(writing, str(count).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        sys.stdout.write(f"{said or 'killed'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
