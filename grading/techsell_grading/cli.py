"""The trainer's and the manager's commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell_grading.course import Course
    from techsell_grading.grade import Line, Run, Status

Modules = Annotated[
    list[str] | None, typer.Argument(metavar="MODULE", help="Which modules. Default: all.", show_default=False)
]
CourseDir = Annotated[
    Path | None,
    typer.Option(
        "--course", metavar="DIR", help="An nbgrader course directory. Default: this checkout's.", show_default=False
    ),
]

_STATUS: dict[Status, str] = {
    "graded": "graded",
    "unchanged": "as before",
    "written": "written again",
    "outdated": "earlier tests",
    "failed": "not graded",
}


def register(app: typer.Typer) -> None:
    """Add the trainer's commands to the one `techsell` command."""
    app.command(epilog="Example: techsell release discovery_conversation")(release)
    app.command(epilog="Example: techsell collect ~/Downloads/hand_ins")(collect)
    app.command(epilog="Example: techsell grade discovery_conversation --workers 4")(grade)
    app.command(epilog="Example: techsell mark discovery_conversation")(mark)
    app.command(epilog="Example: techsell feedback")(feedback)
    app.command(epilog="Example: techsell report --out ~/report")(report)


def release(modules: Modules = None, course: CourseDir = None) -> None:
    """Make the learners' versions and write their cells into the gradebook."""
    from techsell_grading import release as step

    place = _open(course)
    with console.err.status("Releasing …"):
        done = step.release(place, modules or ())
    for module in done:
        _say(f"Released {module}: {place.path('release', module=module)}")


def collect(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER", help="Hand-ins, or folders with them.")],
    course: CourseDir = None,
) -> None:
    """Take in hand-ins that were sent. The newest of each learner counts; all are kept."""
    from techsell.errors import HandInError
    from techsell_grading.take_in import collect as take

    taken = take(_open(course), paths)
    for one in taken:
        whose = f" {one.learner} {one.module}" if one.learner else ""
        _say(f"{one.file}:{whose} {one.how}. {one.said}".strip())
    count = sum(one.how == "new" for one in taken)
    _say(f"{count} new of {_count(len(taken), 'file')}." + (" Next: techsell grade" if count else ""))
    if refused := sum(one.how == "refused" for one in taken):
        raise HandInError(
            f"{_count(refused, 'file')} could not be taken in",
            cure="Ask the senders to hand in again with 'techsell submit MODULE'",
        )


def grade(
    modules: Modules = None,
    course: CourseDir = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="Processes at a time. Default: one per core.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what has been graded already.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Grade what was handed in: only new or changed work, resumable at any point."""
    from rich import progress as rich

    from techsell.errors import GradingError
    from techsell_grading.grade import grade as run_grading

    place = _open(course)
    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    times = (rich.TimeElapsedColumn(), rich.TimeRemainingColumn())
    with rich.Progress(*columns, *times, console=console.err, transient=True) as bar:
        task = bar.add_task("Looking …", total=None)

        def show(done: int, total: int, line: Line) -> None:
            bar.update(task, description=f"Graded {line.learner}", completed=done, total=total)

        run = run_grading(place, modules or (), workers=workers, force=force, progress=show)
    if json:
        console.out.print_json(data=_as_json(run))
    else:
        _summary(run, place)
    if failed := run.count("failed"):
        raise GradingError(
            f"{_count(failed, 'hand-in')} not graded, through no fault of the learner",
            place=place.home,
            cure="See the last column, mend that, and run 'techsell grade' again",
        )


def mark(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="Whose hand-ins to show first.")] = "",
    course: CourseDir = None,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Default: a free one.", show_default=False)] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Mark work samples in nbgrader's own formgrader, in a browser. Ctrl-C ends it."""
    from techsell_grading.mark import serve

    place = _open(course)
    if module:
        place.chosen([module])

    def announce(url: str) -> None:
        _say(f"Formgrader: {url}")
        _say("Marks are saved as you type. Ctrl-C here ends it; then: techsell feedback, techsell report.")

    serve(place, port=port, module=module, open_browser=browser, announce=announce)


def feedback(modules: Modules = None, course: CourseDir = None) -> None:
    """Write a feedback page for each learner and module, without the hidden tests."""
    from techsell_grading.feedback import feedback as write_all

    place = _open(course)
    with console.err.status("Writing pages …"):
        pages = write_all(place, modules or ())
    for page in pages:
        _say(f"{page.learner} {page.module}: {page.path}")
    _say(f"{_count(len(pages), 'page')}." if pages else "Nothing is graded yet. Run 'techsell grade' first.")


def report(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where. Default: 'reports' in the course.", show_default=False),
    ] = None,
    course: CourseDir = None,
) -> None:
    """Write the manager's report: every learner by task and by competency, as static pages."""
    from techsell_grading.reports.site import write_report

    with console.err.status("Writing the report …"):
        written = write_report(_open(course), out)
    _say(f"{_count(written.learners, 'learner')}, {_count(written.submissions, 'hand-in')}. Open {written.index}")


def _open(path: Path | None) -> Course:
    from techsell_grading.course import Course

    return Course.open(path)


def _say(text: str) -> None:
    console.out.print(text, markup=False, soft_wrap=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _summary(run: Run, course: Course) -> None:
    from rich.table import Table
    from rich.text import Text

    for module in run.released:
        _say(f"Released {module} first: the gradebook did not have it as it is now.")
    if not run.lines:
        _say(
            f"Nothing has been handed in. Take hand-ins in with 'techsell collect FOLDER' ({course.path('submitted')})."
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Learner", "Module", "Points", "Waits", "", "Unusual"):
        table.add_column(title, justify="right" if title in ("Points", "Waits") else "left", overflow="fold")
    for line in run.lines:
        unusual = [*line.unusual, *([_change(line)] if _change(line) else [])]
        table.add_row(
            Text(line.learner),
            Text(line.module),
            f"{line.score:g} / {line.max:g}" if line.max else "–",
            str(len(line.waiting)) if line.waiting else "",
            _STATUS[line.status],
            Text("\n".join(unusual)),
        )
    console.out.print(table)
    seconds = sum(line.seconds for line in run.lines if line.status == "graded")
    counts = ", ".join(f"{run.count(status)} {word}" for status, word in _STATUS.items() if run.count(status))
    _say(f"{counts}. {seconds:.1f} s of grading. Points of work samples come from people: techsell mark.")
    if run.count("outdated"):
        _say("Hand-ins graded with earlier tests keep their points; --force grades them again.")


def _change(line: Line) -> str:
    if line.before is None or line.before == line.score:
        return ""
    return f"{line.score - line.before:+g} points against before"


def _as_json(run: Run) -> dict[str, Any]:
    from dataclasses import asdict

    return {"released": list(run.released), "lines": [asdict(line) for line in run.lines]}
