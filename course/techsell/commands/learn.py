"""`techsell learn`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from techsell.commands import console


def register(app: typer.Typer) -> None:
    """Add `learn` to the command line."""

    @app.command(epilog="Example: techsell learn --workspace ~/selling --no-browser")
    def learn(
        workspace: Annotated[
            Path | None,
            typer.Option("--workspace", metavar="DIR", help="The folder for your work. Default: ~/techsell."),
        ] = None,
        port: Annotated[
            int | None,
            typer.Option("--port", metavar="N", min=0, max=65535, help="Listen here. Default: the next free port."),
        ] = None,
        no_browser: Annotated[
            bool, typer.Option("--no-browser", help="Print the address instead of opening the browser.")
        ] = False,
        ip: Annotated[
            str, typer.Option("--ip", metavar="ADDRESS", help="Listen on this address of the machine.")
        ] = "127.0.0.1",
        server: Annotated[
            str | None,
            typer.Option("--server", metavar="URL", help="Hand in to this course service. Default: TECHSELL_SERVER."),
        ] = None,
        content: Annotated[
            Path | None, typer.Option("--content", metavar="DIR", help="Take the course's content from this folder.")
        ] = None,
    ) -> None:
        """Open the course: makes your workspace, or resumes it, and shows the course home in JupyterLab."""
        from techsell import course_service, hand_in
        from techsell import learn as lab
        from techsell.commands.submit import ask_for_token
        from techsell.workspace import Workspace

        content = content.expanduser().resolve() if content else None  # kernels work in other folders
        course_service.named(server)
        address = lab.choose_address(ip, port)
        with console.err.status("Preparing your workspace …"):
            place = Workspace.create_or_resume(workspace, content_root=content)
        if service := course_service.connect(hand_in.tokens(place), server, ask_for_token()):
            os.environ[course_service.SERVER] = service.address  # for the hand-in button
        for path in place.report.offered if place.report else ():
            console.out.print(f"A new version lies beside the one you edited: {path}", markup=False, soft_wrap=True)

        starting = console.err.status("Starting JupyterLab …")

        def announce(url: str) -> None:
            starting.stop()
            console.out.print(f"Your work is in {place.root}", markup=False, soft_wrap=True)
            console.out.print(f"Course home: {url}", markup=False, soft_wrap=True)
            console.out.print("Ctrl-C here ends the course. Notebooks save themselves every 10 seconds.", markup=False)

        with starting:
            lab.serve(place.root, address=address, open_browser=not no_browser, content=content, announce=announce)
