"""`techsell grade …` as a trainer starts it, with the work unit named first: `real`, or the stand-in.

python announced_grader.py real|standin OPTION…

Says on standard error when the work begins, and `1 of 30` and so on for each hand-in that is written down.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


class Spoken:
    def starting(self, total: int) -> None:
        say("the work begins")

    def __call__(self, done: int, total: int, line: object) -> None:
        say(f"{done} of {total}")


@contextmanager
def bar() -> Iterator[Spoken]:
    yield Spoken()


def main() -> None:
    from techsell.cli import main as techsell
    from techsell_grading import grade, screen

    if sys.argv[1] == "standin":
        import standin_grader

        grade.grade_one = standin_grader.grade_one
    screen.bar = bar
    techsell(["grade", *sys.argv[2:]])


if __name__ == "__main__":
    main()
