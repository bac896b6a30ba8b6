"""What a trainer sees of a run: the bar with throughput and remaining time, the tables, one sentence of sums."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from statistics import mean
from typing import TYPE_CHECKING, Any, Protocol

from rich import progress as rich
from rich.table import Table
from rich.text import Text

from techsell.commands import console

if TYPE_CHECKING:
    from techsell_grading.course import Course
    from techsell_grading.grade import Line, Run, Status

__all__ = ["Shown", "as_json", "bar", "change", "count", "say", "summary"]

_STATUS: dict[Status, str] = {
    "graded": "graded",
    "unchanged": "as before",
    "written": "written again",
    "outdated": "earlier tests",
    "failed": "not graded",
}
_EVERY = 10.0
"""seconds between two lines where the bar goes into a file"""
_LONGEST = 160
"""letters of one remark in the table; machines get all of it"""


def say(text: str) -> None:
    """One line for the trainer, as it is."""
    console.out.print(text, markup=False, soft_wrap=True)


def count(number: int, word: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


class _Throughput(rich.ProgressColumn):
    """Hand-ins a second, over the last while."""

    def render(self, task: rich.Task) -> Text:
        return Text(_pace(task.speed))


class _Left(rich.ProgressColumn):
    """The time that the rest will take."""

    def render(self, task: rich.Task) -> Text:
        return Text("" if task.time_remaining is None else f"{_clock(task.time_remaining)} left")


class Shown(Protocol):
    """How far a run is: `starting` once with the number of hand-ins, then a call after each."""

    def starting(self, total: int) -> None: ...
    def __call__(self, done: int, total: int, line: Line) -> None: ...


@contextmanager
def bar() -> Iterator[Shown]:
    """A bar on standard error while the block runs. Where that is no terminal it is a line every ten seconds."""
    if not console.err.is_terminal:
        yield _Lines()
        return
    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(bar_width=20),
        rich.MofNCompleteColumn(),
        _Throughput(),
        rich.TimeElapsedColumn(),
        _Left(),
    )
    with rich.Progress(*columns, console=console.err, transient=True, speed_estimate_period=10) as shown:
        yield _Bar(shown)


class _Bar:
    def __init__(self, shown: rich.Progress) -> None:
        self._shown = shown
        self._task = shown.add_task("Looking …", total=None)

    def starting(self, total: int) -> None:
        self._shown.update(self._task, description="Starting …", completed=0, total=total)

    def __call__(self, done: int, total: int, line: Line) -> None:
        self._shown.update(self._task, description=f"Graded {line.learner}", completed=done, total=total)


class _Lines:
    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def starting(self, total: int) -> None:
        self._began = self._last = time.monotonic()

    def __call__(self, done: int, total: int, line: Line) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY or done == total:
            return
        self._last = now
        speed = done / (now - self._began)
        left = _clock((total - done) / speed)
        console.err.print(f"{done} of {total} graded, {_pace(speed)}, {left} left", markup=False, soft_wrap=True)


def _pace(speed: float | None) -> str:
    return "" if not speed else f"{speed:.1f}/s" if speed >= 1 else f"{1 / speed:.0f} s each"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def summary(run: Run, course: Course, seconds: float) -> None:
    """One line for each learner and module, the table of the modules, the sums. `seconds`: how long the run took."""
    for module in run.released:
        say(f"Released {module} first: the gradebook did not have it as it is now.")
    if not run.lines and not run.left:
        say(
            f"Nothing has been handed in. Take hand-ins in with 'techsell collect FOLDER' ({course.path('submitted')})."
        )
        return
    modules = {name: tuple(lines) for name, lines in groupby(run.lines, lambda line: line.module)}
    for name, lines in modules.items():
        console.out.print(Text(name, style="bold"))
        console.out.print(_learners(lines))
        console.out.print()
    if modules:
        console.out.print(_modules(modules))
        console.out.print()
    _sums(run, seconds)


def _sums(run: Run, seconds: float) -> None:
    graded = run.count("graded")
    counts = ", ".join(f"{run.count(status)} {word}" for status, word in _STATUS.items() if run.count(status))
    pace = f" {graded / seconds:.1f} a second." if graded and seconds > 0 else ""
    say(f"{counts or 'Nothing graded'}. {seconds:.1f} s.{pace}")
    if changed := [line for line in run.lines if change(line)]:
        same = sum(line.before is not None for line in run.lines) - len(changed)
        up = sum(change(line) > 0 for line in changed)
        say(f"Against before: {up} gain, {len(changed) - up} lose, {same} stay as they were.")
    if run.count("outdated"):
        say("Hand-ins graded with earlier tests keep their points; --force grades them again.")
    if waiting := sum(bool(line.waiting) for line in run.lines):
        say(f"{count(waiting, 'hand-in')} with work samples: their points come from a person, with 'techsell mark'.")
    if run.stopped:
        name = signal.Signals(run.stopped).name
        say(f"Stopped by {name}: {count(run.left, 'hand-in')} left. Run the same command again; it continues.")


def change(line: Line) -> float:
    """Points more or less than the verdict before, on the same work; 0 where there was none."""
    return 0.0 if line.before is None else round(line.score - line.before, 6)


def as_json(run: Run) -> dict[str, Any]:
    """The run for machines."""
    lines = [asdict(line) | {"change": change(line)} for line in run.lines]
    return {"released": list(run.released), "stopped": run.stopped, "left": run.left, "lines": lines}


def _learners(lines: Sequence[Line]) -> Table:
    changes = any(change(line) for line in lines)
    table = _table("Learner", "Points", *(("Change",) if changes else ()), "To mark", "Status", "Unusual")
    for line in lines:
        table.add_row(
            Text(line.learner),
            f"{line.score:g} / {line.max:g}" if line.max else "–",
            *((f"{change(line):+g}" if change(line) else "",) if changes else ()),
            str(len(line.waiting)) if line.waiting else "",
            _STATUS[line.status],
            Text("\n".join(map(_short, line.unusual))),
        )
    return table


def _modules(modules: dict[str, tuple[Line, ...]]) -> Table:
    table = _table("Module", "Hand-ins", "Mean", "Lowest", "Highest", "Of", "To mark", "Unusual")
    for name, lines in modules.items():
        scores = [line.score for line in lines if line.status != "failed"]
        points = (f"{mean(scores):.1f}", f"{min(scores):g}", f"{max(scores):g}") if scores else ("–", "–", "–")
        table.add_row(
            Text(name),
            str(len(lines)),
            *points,
            f"{max(line.max for line in lines):g}",
            str(sum(bool(line.waiting) for line in lines)),
            str(sum(bool(line.unusual) for line in lines)),
        )
    return table


def _table(*titles: str) -> Table:
    """Names and numbers stay on one line; only the last column of words gives way."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(
            title,
            justify="left" if title in ("Learner", "Module", "Status", "Unusual") else "right",
            overflow="fold",
            no_wrap=title not in ("Module", "Unusual"),
        )
    return table


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
