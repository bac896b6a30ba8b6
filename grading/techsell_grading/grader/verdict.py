"""What the grader says about one submission: plain frozen data that survives JSON unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["IN_KERNEL", "NOT_ANSWERED", "SCHEMA", "Check", "Kind", "Limits", "Verdict", "task_of"]

SCHEMA = 1

NOT_ANSWERED = "Not answered yet."
"""The message of every check of a task that was left as it was released."""

IN_KERNEL = "The tests ran in the learner's own process"
"""How a note to the trainer begins where learner and tests shared one process; feedback then shows less output."""

Kind = Literal["test", "work_sample", "role_play"]


def task_of(cell: str) -> str:
    """The task that a grade cell belongs to: `talk_metrics__overlap_twice` checks the task `talk_metrics`."""
    return cell.split("__", 1)[0]


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in bytes."""

    cell_seconds: float = 30.0
    total_seconds: float = 180.0
    start_seconds: float = 60.0
    """for the kernel to say that it is there"""
    memory: int = 4 << 30
    """address space of the kernel, where the operating system can limit it"""
    output: int = 200_000
    """of one cell, kept; the rest is dropped"""
    notebook: int = 20 << 20
    unpacked: int = 100 << 20
    files: int = 500
    transcript: int = 4 << 20
    sandbox: str = "auto"
    """`require`: refuse to run without one; `auto`: warn; `off`: run without any protection"""
    strict_nbgrader: bool = False
    """nbgrader's own scoring rule, where text on stderr costs all points of a test"""
    processes: int = 64
    """of one submission at a time"""
    file_bytes: int = 256 << 20
    """that one file of the submission may grow to while it runs"""


@dataclass(frozen=True)
class Check:
    """The points of one grade cell and the reason for them.

    `points` is None when a person has to give them; `passed` is None then too. `message` is for the learner's eyes and
    empty where there is nothing to say. `lines` of a role-play hold its rubric: id, title, percent, points, max, turns,
    why, advice.
    """

    notebook: str
    cell: str
    kind: Kind
    points: float | None
    max: float
    passed: bool | None
    message: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()

    @property
    def task(self) -> str:
        return task_of(self.cell)

    @property
    def misconception(self) -> str:
        """The wrong idea that a hidden check looks for, in words; empty for the visible check of a task."""
        return self.cell.partition("__")[2].replace("_", " ").strip()


@dataclass(frozen=True)
class Verdict:
    """Every submission ends as one of these: points per grade cell, and reasons.

    `reasons` say to the learner what happened to the hand-in as a whole; `notes` say to the trainer what was unusual.
    `unanswered` are solution cells left as they were released, as (notebook, cell). `autograded` are the notebooks
    with the outputs of this run, as (name, JSON text). `submission` and `source` are the sha256 of the two inputs.
    `trouble` is set when the machine or the exercise failed, not the hand-in: such a verdict is no grade and is not
    written down.
    """

    module: str
    learner: str
    submission: str
    source: str
    checks: tuple[Check, ...]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unanswered: tuple[tuple[str, str], ...] = ()
    trouble: str = ""
    seconds: float = 0.0
    autograded: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    schema: int = SCHEMA

    @property
    def score(self) -> float:
        """Points given so far; what waits for a person counts nothing yet."""
        return round(sum(check.points for check in self.checks if check.points is not None), 6)

    @property
    def max(self) -> float:
        return round(sum(check.max for check in self.checks), 6)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Cells that a person has to mark."""
        return tuple(check.cell for check in self.checks if check.points is None)

    def to_json(self, *, notebooks: bool = True) -> str:
        """As JSON text; without `notebooks` the autograded notebooks are left out (they lie beside it as files)."""
        content = asdict(self)
        if not notebooks:
            content["autograded"] = []
        return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read back what `to_json` wrote.

        Raises:
            ValueError: not a verdict, or one of another schema.
        """
        try:
            content = json.loads(text)
            if content["schema"] != SCHEMA:
                raise ValueError(f"a verdict of schema {content['schema']}, this program reads {SCHEMA}")
            checks = tuple(Check(**{**check, "lines": tuple(check["lines"])}) for check in content["checks"])
            for name in ("unanswered", "autograded"):
                content[name] = tuple((first, second) for first, second in content[name])
            for name in ("reasons", "notes"):
                content[name] = tuple(content[name])
            return cls(**{**content, "checks": checks})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a verdict: {error}") from error
