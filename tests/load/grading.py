"""How much faster than nbgrader a class is graded, with the same scores, and where the time goes.

    python -m tests.load.grading [--module long|short] [--submissions 100] [--sample 8] [--workers 0] [--json FILE]
                                 [--keep FOLDER]

One run on one machine: `--submissions` hand-ins of one module (pandas and matplotlib, `exercise.py`; how much its own
cells compute decides what any grader can reach, hence two sizes) through
`techsell_grading.grade.grade` with the sandbox on, gradebook and autograded notebooks included, then their feedback
pages; the first `--sample` of the same hand-ins through stock `nbgrader autograde` and `nbgrader generate_feedback`.
The scores of the sample must be equal, cell by cell. Besides, the floor: the same cells, bare, in a fork.

Throughput is that of the whole program from start to end; nbgrader's time for the whole class is that of its start plus
the median of the sample for each hand-in. Processor seconds stand beside the wall clock, since other programs may want
the machine: the ratio of the two programs' processor time does not depend on how many cores each one uses.

README: `python -m tests.load.grading` says how the grader compares with `nbgrader autograde` on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.load import courses
from tests.load.exercise import MODULE, POINTS, SIZES, VARIABLE
from tests.load.watch import Watched, watch
from tests.load.where import STEPS

__all__ = ["compare", "main", "measure"]

_HERE = Path(__file__).resolve().parents[2]
_STARTS = "Creating/updating student with ID"
"""what `nbgrader autograde` says once for each submission"""


def main(words: Sequence[str] | None = None) -> int:
    """Print the tables; returns the exit code: 1 where scores differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.grading", description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--sample", type=int, default=8, help="how many of them nbgrader grades too")
    parser.add_argument("--workers", type=int, default=0, help="hand-ins at a time; 0: one for each core")
    parser.add_argument("--json", type=Path, help="where to write the figures too")
    parser.add_argument("--keep", type=Path, help="an empty folder for the courses; without it they are thrown away")
    parser.add_argument("--module", choices=SIZES, default=os.environ.get(VARIABLE, SIZES[0]))
    chosen = parser.parse_args(words)
    if os.environ.get(VARIABLE, SIZES[0]) != chosen.module:  # the size is read when the exercise is imported
        os.environ[VARIABLE] = chosen.module
        arguments = sys.argv[1:] if words is None else list(words)
        return subprocess.call([sys.executable, "-m", "tests.load.grading", *arguments], cwd=_HERE)
    with tempfile.TemporaryDirectory(prefix="techsell-load-") as passing:
        facts = measure(chosen.keep or Path(passing), chosen.submissions, chosen.sample, chosen.workers)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(_table(facts)) + "\n")
    return 1 if facts["differences"] else 0


def measure(folder: Path, submissions: int, sample: int, workers: int = 0) -> dict[str, Any]:
    """Everything that is measured, as plain data; `differences` names the cells whose scores are not the same.

    Args:
        folder: for the courses.

    Raises:
        RuntimeError: one of the programs failed, or hand-ins were not graded.
    """
    facts = compare(folder, submissions, sample, workers)
    ours, stock, steps, number = folder / "ours", folder / "stock", folder / "steps", str(min(submissions, 40))
    pages = watch([sys.executable, "-m", "nbgrader", "generate_feedback", MODULE], stock)
    facts["nbgrader"]["with_pages"] = facts["nbgrader"]["per_submission"] + pages.seconds / facts["sample"]
    for name, course in (("floor", ours), ("where", steps)):
        said = watch([sys.executable, "-m", f"tests.load.{name}", str(course), number], _HERE)
        facts[name] = json.loads(said.lines[-1][1])
    return facts


def compare(folder: Path, submissions: int, sample: int, workers: int = 0) -> dict[str, Any]:
    """The two graders alone; see `measure`."""
    sample = min(sample, submissions)
    ours, stock = folder / "ours", folder / "stock"
    courses.lay_out(ours, submissions)
    courses.copied(ours, stock, sample)
    courses.copied(ours, folder / "steps", min(submissions, 40))
    graded = watch([sys.executable, "-m", "tests.load.ours", str(ours), str(workers)], _HERE)
    autograde = watch([sys.executable, "-m", "nbgrader", "autograde", MODULE], stock)
    theirs, own = courses.scores(stock, sample), courses.scores(ours, sample)
    wrong = [
        f"{who} {cell}" for who, cells in theirs.items() for cell, points in cells.items() if own[who][cell] != points
    ]
    return {
        "module": os.environ.get(VARIABLE, SIZES[0]),
        "cores": os.cpu_count(),
        "submissions": submissions,
        "sample": sample,
        "points": POINTS,
        "scores": {who: sum(cells.values()) for who, cells in own.items()},
        "differences": wrong,
        "compared": sum(map(len, theirs.values())),
        "ours": _ours(graded, submissions),
        "nbgrader": _theirs(autograde, sample, submissions),
    }


def _ours(run: Watched, submissions: int) -> dict[str, float]:
    said = [json.loads(text) for _, text in run.lines if text.startswith("{")]
    at = [fact["at"] for fact in said if fact["what"] == "graded"]
    done = next(fact for fact in said if fact["what"] == "run")
    pages = next(fact for fact in said if fact["what"] == "feedback")
    if len(at) != submissions or done["failed"] or pages["pages"] != submissions:
        raise RuntimeError(f"{len(at)} of {submissions} graded, {done['failed']} failed, {pages['pages']} pages")
    grading = run.seconds - pages["seconds"]
    return {
        "seconds": grading,
        "start": at[0],
        "per_submission": grading / submissions,
        "warm_per_submission": (at[-1] - at[0]) / max(1, submissions - 1),
        "with_pages": run.seconds / submissions,
        "processor": run.processor / submissions,
        "memory": run.memory,
    }


def _theirs(run: Watched, sample: int, submissions: int) -> dict[str, float]:
    begun = [at for at, text in run.lines if _STARTS in text]
    if len(begun) != sample:
        raise RuntimeError(f"nbgrader began {len(begun)} of {sample}")
    each = [after - before for before, after in zip(begun, [*begun[1:], run.seconds], strict=True)]
    median = statistics.median(each)
    return {
        "seconds": run.seconds,
        "start": begun[0],
        "median": median,
        "per_submission": begun[0] / submissions + median,
        "processor": run.processor / sample,
        "memory": run.memory,
    }


def _table(facts: dict[str, Any]) -> Iterator[str]:
    ours, theirs, floor, where = facts["ours"], facts["nbgrader"], facts["floor"], facts["where"]
    yield f"{facts['submissions']} hand-ins of the {facts['module']} module, {facts['cores']} cores"
    yield f"nbgrader graded the first {facts['sample']}"
    same = "all the same" if not facts["differences"] else f"DIFFERENT: {', '.join(facts['differences'])}"
    yield f"scores of {facts['compared']} cells: {same}"
    yield ""
    yield f"{'a hand-in, in seconds':<44}{'nbgrader':>10}{'ours':>10}{'ratio':>8}"
    rows = (
        ("graded, with book and notebooks, start included", theirs["per_submission"], ours["per_submission"]),
        ("the same once it is warm", theirs["median"], ours["warm_per_submission"]),
        ("with feedback pages, against nbgrader without", theirs["per_submission"], ours["with_pages"]),
        ("with feedback pages, both", theirs["with_pages"], ours["with_pages"]),
        ("processor seconds (user and system)", theirs["processor"], ours["processor"]),
    )
    for name, one, other in rows:
        yield f"{name:<50}{one:>8.3f}{other:>9.3f}{one / other:>8.1f}"
    yield f"{'memory of all processes at once, MB':<50}{theirs['memory'] / 1e6:>8.0f}{ours['memory'] / 1e6:>9.0f}"
    yield ""
    yield "the floor, processor milliseconds: the same cells in a fork, no isolation, no capture, nothing written down"
    yield f"  with the pictures as IPython makes them {floor['with_processor'] * 1000:8.1f}"
    yield f"  without pictures                        {floor['without_processor'] * 1000:8.1f}"
    spent = sum(where[f"processor_{name}"] for name in ("grader", "candidate", "judge"))
    yield f"  ours, one after the other               {spent:8.1f}  ({_parts(where)})"
    yield ""
    yield "where the time goes, milliseconds of wall clock, one hand-in after the other in one process"
    for name, what in STEPS.items():
        yield f"  {what:<56}{where[name]:8.1f}"
    yield f"  {'together, without the pages':<56}{where['total']:8.1f}"


def _parts(where: dict[str, float]) -> str:
    return ", ".join(f"{name} {where[f'processor_{name}']:.0f}" for name in ("candidate", "judge", "grader"))


if __name__ == "__main__":
    sys.exit(main())
