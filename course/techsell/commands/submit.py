"""`techsell submit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell.hand_in import SubmitResult

_MARKS = {True: "+", False: "-", None: "·"}


def register(app: typer.Typer) -> None:
    """Add `submit` to the command line."""

    @app.command(epilog="Example: techsell submit discovery_conversation")
    def submit(
        module: Annotated[str, typer.Argument(metavar="MODULE", help="Which one, such as discovery_conversation.")],
        workspace: Annotated[
            Path | None,
            typer.Option("--workspace", metavar="DIR", help="Your workspace. Default: the one around here."),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    ) -> None:
        """Hand in a module's exercises and role-play; graded at once where a grader is at hand."""
        from techsell import hand_in
        from techsell.workspace import Workspace

        place = Workspace.resolve(workspace)
        if json:
            console.out.print_json(data=hand_in.submit(place, module).as_dict())
            return
        with console.err.status(f"Handing in {module} …"):
            done = hand_in.submit(place, module)
        for line in _lines(done):
            console.out.print(line, markup=False, soft_wrap=True)


def _lines(done: SubmitResult) -> list[str]:
    result = done.result
    lines = [_headline(result), ""]
    for task in result["tasks"]:
        lines += _task(task, waits=task["id"] in result["waiting"])
    lines += [f"Note: {note}" for note in result["notes"]]
    return [*lines, f"Feedback: {done.feedback}", f"Copy of the hand-in: {done.kept}"]


def _headline(result: dict[str, Any]) -> str:
    if not result["graded"]:
        return f"{result['module']}: handed in, not graded yet."
    waiting = sum(task["max"] for task in result["tasks"] if task["id"] in result["waiting"])
    rest = f"; {waiting:g} more wait for a person" if waiting else ""
    return f"{result['module']}: {result['score'] or 0:g} of {result['max']:g} points{rest}."


def _task(task: dict[str, Any], *, waits: bool) -> list[str]:
    points = "waits for a person" if waits else f"{task['points'] or 0:g} of {task['max']:g}"
    said = [f"  {_MARKS[check['passed']]} {check['message']}" for check in task["checks"] if check["message"]]
    return [f"{task['title']}: {points}", *dict.fromkeys(said), ""]  # what several checks say is said once
