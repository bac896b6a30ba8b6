"""Grade a course directory as `techsell grade` does, and say what took how long: started by the benchmark.

`python -m tests.load.ours COURSE WORKERS` prints one line of JSON for each thing that is done.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(home: Path, workers: int) -> None:
    began = time.monotonic()
    from techsell_grading.course import Course
    from techsell_grading.grade import grade
    from techsell_grading.grader import Limits

    course = Course.open(home)

    def note(done: int, total: int, line: object) -> None:
        del total, line
        _say(what="graded", number=done, at=time.monotonic() - began)

    run = grade(course, workers=workers or None, limits=Limits(sandbox="require"), progress=note)
    _say(what="run", seconds=time.monotonic() - began, failed=run.count("failed"))
    from techsell_grading.feedback import feedback

    began = time.monotonic()
    pages = feedback(course)
    _say(what="feedback", seconds=time.monotonic() - began, pages=len(pages))


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
