"""The `techsell` command: collects the commands and turns errors into one sentence and an exit code."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from techsell import __version__, commands
from techsell.errors import TechsellError

__all__ = ["build_app", "main"]


def _print_version(wanted: bool) -> None:
    if wanted:
        commands.console.out.print(f"techsell {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """The whole command line: a learner's commands, and the trainer's where their package is importable."""
    app = typer.Typer(
        name="techsell",
        help="Technical selling for engineers: lessons, simulated customers, exercises, reports.",
        epilog="First command: techsell learn",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    @app.callback()
    def options(
        debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback when something fails.")] = False,
        version: Annotated[
            bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        """Technical selling for engineers."""

    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)
    if importlib.util.find_spec("techsell_grading") is not None:
        importlib.import_module("techsell_grading.cli").register(app)
    return app


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command. Exit codes: 0 done, 1 the thing failed (said why), 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    words = ["--debug", *(word for word in words if word != "--debug")] if debug else words
    try:
        build_app()(args=words, prog_name="techsell")
    except TechsellError as error:
        if debug:
            raise
        commands.console.err.print(str(error), markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        commands.console.err.print("Stopped. What was finished is kept.")
        sys.exit(130)


if __name__ == "__main__":
    main()
