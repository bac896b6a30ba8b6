"""`techsell scenario cards`: a scenario on paper, for three people in a room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from techsell.commands import console
from techsell.commands.scenario import app


def register(main: typer.Typer) -> None:
    """Nothing of its own: the command below belongs to `techsell scenario`."""


@app.command(epilog="Example: techsell scenario cards saltmarsh --variant north --pdf")
def cards(
    file: Annotated[str, typer.Argument(metavar="ID|FILE", help="A scenario's id, or a YAML file.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(),
    variant: Annotated[str, typer.Option(metavar="ID", help="Only this variant. Default: all, a set each.")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="A PDF as well; needs the extra 'report'.")] = False,
) -> None:
    """Print a role-play: cards for seller, each buyer and observer, one a page, A4, black on white."""
    from techsell.errors import UsageError
    from techsell.roleplay.cards import cards as make
    from techsell.roleplay.cards import document, pdf_of
    from techsell.roleplay.load import load_scenario

    scenario = load_scenario(file)
    made = make(scenario, variant)
    html = document(f"{scenario.title}: cards", made)
    files: list[tuple[Path, bytes]] = [(out / f"{scenario.id}.cards.html", html.encode("utf-8"))]
    if pdf:
        files.append((out / f"{scenario.id}.cards.pdf", pdf_of(html)[0]))
    for path, content in files:
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise UsageError("The cards cannot be written", place=path, cure=f"The system says: {reason}") from error
        console.out.print(f"Written: {path} ({len(made)} cards)", markup=False, soft_wrap=True)
