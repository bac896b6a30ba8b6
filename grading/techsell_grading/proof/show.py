"""What an author sees: a table with one line for each proof, then every finding with its cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich import progress as rich
from rich.table import Table
from rich.text import Text

from techsell.commands import console
from techsell_grading.proof.outcome import Proved
from techsell_grading.proof.trials import Progress

__all__ = ["as_json", "bar", "show"]

_STYLE = {"holds": "green", "fails": "bold red", "not asked": "dim"}


@contextmanager
def bar(module: str) -> Iterator[Progress]:
    """A bar on standard error while the block runs."""
    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeElapsedColumn(),
        rich.TimeRemainingColumn(compact=True),
    )
    with rich.Progress(*columns, console=console.err, transient=True) as shown:
        task = shown.add_task(f"Proving {module}", total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


def show(proved: Sequence[Proved]) -> None:
    """The tables, the findings, and one sentence of sums."""
    for one in proved:
        console.out.print(_table(one))
        for outcome in one.outcomes:
            for finding in outcome.findings:
                console.out.print(f"{outcome.id}: {finding}", markup=False, soft_wrap=True)
    failing = sum(not one.holds for one in proved)
    count = sum(len(one.findings) for one in proved)
    took = sum(one.seconds for one in proved)
    modules = "1 assignment" if len(proved) == 1 else f"{len(proved)} assignments"
    found = f"{count} finding{'' if count == 1 else 's'} in {failing}" if count else "every proof that was asked holds"
    console.out.print(f"{modules}, {found}. {took:.1f} s.", markup=False, soft_wrap=True)


def as_json(proved: Sequence[Proved]) -> dict[str, Any]:
    """For machines."""
    modules = [
        {
            "module": one.module,
            "holds": one.holds,
            "seconds": round(one.seconds, 2),
            "proofs": [asdict(outcome) | {"verdict": outcome.verdict} for outcome in one.outcomes],
        }
        for one in proved
    ]
    return {"holds": all(one.holds for one in proved), "modules": modules}


def _table(one: Proved) -> Table:
    table = Table(
        box=None, pad_edge=False, header_style="bold", title=one.module, title_justify="left", title_style="bold"
    )
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Proof")
    table.add_column("What was seen")
    for outcome in one.outcomes:
        count = len(outcome.findings)
        verdict = outcome.verdict if count < 2 else f"{outcome.verdict}: {count}"
        table.add_row(Text(verdict, _STYLE[outcome.verdict]), Text(outcome.title), Text(outcome.said))
    return table
