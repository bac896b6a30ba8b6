"""`techsell progress`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from rich.table import Table

    from techsell.progress.summary import CourseSummary, ModuleSummary

_SIGNS = {"planned": "○ planned", "new": "○ not begun", "started": "◐ begun", "done": "● done"}


def register(app: typer.Typer) -> None:
    """Add `progress` to the command line."""

    @app.command(epilog="Example: techsell progress --json")
    def progress(
        workspace: Annotated[
            Path | None,
            typer.Option("--workspace", metavar="DIR", help="Your workspace. Default: the one around here."),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    ) -> None:
        """Where you are in the course, and what comes next."""
        from techsell import content, syllabus
        from techsell.progress import summary
        from techsell.workspace import Workspace

        place = Workspace.resolve(workspace)
        with place.store() as store:
            found = summary.course(syllabus.load(content.root()), store)
        if json:
            console.out.print_json(data=found.as_dict())
            return
        console.out.print(_table(found))
        console.out.print(_next(found), markup=False, soft_wrap=True)


def _table(found: CourseSummary) -> Table:
    from rich.table import Table

    table = Table(title=found.title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("", justify="right")
    table.add_column("module", overflow="fold")
    table.add_column("state")
    table.add_column("score", justify="right")
    table.add_column("left (estimate)", justify="right")
    for item in found.start:
        table.add_row("", item.title, _SIGNS[item.state], "", _time(0 if item.state == "done" else item.minutes))
    for module in found.modules:
        table.add_row(str(module.number), module.title, _state(module), _score(module), _time(module.minutes_left))
    return table


def _state(module: ModuleSummary) -> str:
    return f"◐ {module.percent} %" if module.state == "started" else _SIGNS[module.state]


def _score(module: ModuleSummary) -> str:
    if module.score is None:
        return "–"
    waiting = f" ({module.waiting} to mark)" if module.waiting else ""
    return f"{module.score:g} of {module.max or 0:g}{waiting}"


def _time(minutes: int) -> str:
    if minutes == 0:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"


def _next(found: CourseSummary) -> str:
    if found.continue_at is None:
        return "\nEverything that is ready is done. The planned modules follow with the next version."
    return f"\nNext: {found.continue_at.title}\n      {found.continue_at.notebook}, opened by 'techsell learn'"
