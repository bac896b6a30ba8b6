"""What does the command line say and return?"""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from techsell import cli
from techsell.errors import UsageError, WorkspaceMissing


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "techsell", *words], capture_output=True, text=True, check=False)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = run("bogus")
    assert done.returncode == 2
    assert "bogus" in done.stderr
    assert "Traceback" not in done.stderr


def test_version() -> None:
    from techsell import __version__

    assert run("--version").stdout.strip() == f"techsell {__version__}"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def build() -> typer.Typer:
        app = typer.Typer()

        @app.callback()
        def options(debug: bool = False) -> None: ...

        @app.command()
        def lost() -> None:
            raise WorkspaceMissing("There is no workspace", place="~/[bold]", cure="Run 'techsell learn'")

        @app.command()
        def wrong() -> None:
            raise UsageError("Two modules were named", cure="Name one")

        return app

    monkeypatch.setattr(cli, "build_app", build)


@pytest.mark.usefixtures("failing")
def test_an_error_is_one_sentence_with_thing_place_and_cure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["lost"])
    assert stopped.value.code == 1
    assert capsys.readouterr().err.strip() == "There is no workspace (~/[bold]). Run 'techsell learn'."


@pytest.mark.usefixtures("failing")
def test_wrong_usage_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["wrong"])
    assert stopped.value.code == 2


@pytest.mark.usefixtures("failing")
def test_debug_shows_the_traceback_wherever_it_stands() -> None:
    with pytest.raises(WorkspaceMissing):
        cli.main(["lost", "--debug"])


def test_every_command_has_help_with_an_example() -> None:
    import click

    group = typer.main.get_command(cli.build_app())

    def leaves(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
        children = getattr(command, "commands", None)
        if children is None:
            return [(path, command)]
        return [leaf for name, child in children.items() for leaf in leaves(child, f"{path} {name}")]

    for path, command in leaves(group, "techsell"):
        assert command.help, path
        assert f"Example: {path}" in (command.epilog or ""), path
