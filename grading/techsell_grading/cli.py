"""The trainer's commands."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the trainer's commands to the one `techsell` command."""
