"""`techsell scenario lint|schema`: an author's tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell.errors import Problem

app = typer.Typer(no_args_is_help=True, help="Write and check scenarios, the files behind simulated customers.")


def register(main: typer.Typer) -> None:
    main.add_typer(app, name="scenario")


def _check(name: str) -> tuple[str, tuple[Problem, ...]]:
    from techsell.errors import ContentMissing
    from techsell.roleplay.load import check_text, scenario_path

    path = scenario_path(name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        cure = f"The system says: {reason}. Check the path and its rights"
        raise ContentMissing("The scenario file cannot be read", place=path, cure=cure) from error
    return path.name, check_text(raw, path.name, path.stem)[1]


@app.command(epilog="Example: techsell scenario lint my_customer.yaml")
def lint(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE…", help="YAML files or scenario ids; default: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Problems as JSON, for machines.")] = False,
) -> None:
    """Check scenario files and list every problem with file, line, code and cure."""
    import json
    from dataclasses import asdict

    from techsell.roleplay.load import list_scenarios

    checked = [_check(name) for name in (files or list_scenarios())]
    problems = [problem for _, found in checked for problem in found]
    if as_json:
        report = {"files": [name for name, _ in checked], "problems": [asdict(problem) for problem in problems]}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem))
        for name, found in checked:
            count = len(found)
            verdict = "no problems" if not count else f"{count} problem{'' if count == 1 else 's'}"
            console.out.print(f"{name}: {verdict}", markup=False, style=None if count else "green")
    if problems:
        raise typer.Exit(1)


@app.command(epilog="Example: techsell scenario schema --out scenario.schema.json")
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the screen.")] = None,
) -> None:
    """The JSON schema of a scenario file, for completion in editors."""
    import json

    from techsell.errors import UsageError
    from techsell.roleplay.load import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise UsageError("The schema cannot be written", place=out, cure=f"The system says: {reason}") from error
    console.out.print(f"Written: {out}", markup=False)
