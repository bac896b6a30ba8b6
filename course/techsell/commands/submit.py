"""`techsell submit`."""

from __future__ import annotations

import sys
from collections.abc import Callable
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
        server: Annotated[
            str | None,
            typer.Option("--server", metavar="URL", help="The course service. Default: that of TECHSELL_SERVER."),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    ) -> None:
        """Hand in a module's exercises and role-play; graded at once by a course service or a grader at hand."""
        from techsell import hand_in
        from techsell.course_service import connect
        from techsell.workspace import Workspace

        place = Workspace.resolve(workspace)
        service = connect(hand_in.tokens(place), server, None if json else ask_for_token())
        if json:
            done = hand_in.submit(place, module, service=service)
            console.out.print_json(data=done.as_dict())
        else:
            with console.err.status(f"Handing in {module} …"):
                done = hand_in.submit(place, module, service=service)
            for line in _lines(done):
                console.out.print(line, markup=False, soft_wrap=True)
        if done.result.get("sent") is False:
            raise typer.Exit(1)


def ask_for_token() -> Callable[[str], str] | None:
    """Asks for a token in a terminal; None where nobody can answer."""
    if not sys.stdin.isatty():
        return None
    return lambda address: str(typer.prompt(f"Your personal token for {address}", hide_input=True, err=True))


def _lines(done: SubmitResult) -> list[str]:
    result = done.result
    lines = [_headline(result), ""]
    for task in result["tasks"]:
        lines += _task(task, waits=task["id"] in result["waiting"])
    lines += [f"Note: {note}" for note in result["notes"]]
    page = f" and {result['page']}" if "page" in result else ""
    return [*lines, f"Feedback: {done.feedback}{page}", f"Copy of the hand-in: {done.kept}"]


def _headline(result: dict[str, Any]) -> str:
    if result.get("sent") is False:
        return f"{result['module']}: kept, NOT handed in yet. Hand in again, and it goes along."
    if not result["graded"]:
        return f"{result['module']}: handed in, not graded yet."
    waiting = sum(task["max"] for task in result["tasks"] if task["id"] in result["waiting"])
    rest = f"; {waiting:g} more wait for a person" if waiting else ""
    return f"{result['module']}: {result['score'] or 0:g} of {result['max']:g} points{rest}."


def _task(task: dict[str, Any], *, waits: bool) -> list[str]:
    points = "waits for a person" if waits else f"{task['points'] or 0:g} of {task['max']:g}"
    said = [f"  {_MARKS[check['passed']]} {check['message']}" for check in task["checks"] if check["message"]]
    return [f"{task['title']}: {points}", *dict.fromkeys(said), ""]  # what several checks say is said once
