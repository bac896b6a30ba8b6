"""`techsell doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from techsell.commands import console

WORDS = {"ok": "[green]● works[/]", "missing": "[yellow]○ missing[/]", "failed": "[red]✗ fails[/]"}


def register(app: typer.Typer) -> None:
    @app.command(epilog="Example: techsell doctor")
    def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False) -> None:
        """Try what this machine can do; say what is missing and the cure.

        Exit code 1 when something that every learner needs does not work.
        """
        from rich.table import Table

        from techsell.doctor import CHECKS, examine

        with console.err.status("Trying this machine …"):
            findings = list(examine(CHECKS))
        if as_json:
            typer.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            table = Table("what", "for", "state", "found", "cure")
            for finding in findings:
                table.add_row(finding.name, finding.needed, WORDS[finding.state], finding.detail, finding.cure)
            console.out.print(table)
        if any(finding.needed == "everybody" and finding.state != "ok" for finding in findings):
            raise typer.Exit(1)
