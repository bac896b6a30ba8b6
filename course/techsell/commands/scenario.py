"""`techsell scenario lint|schema|simulate|graph|diff|new`: an author's tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell.errors import Problem
    from techsell.roleplay.bots import Results
    from techsell.roleplay.model import Scenario

app = typer.Typer(no_args_is_help=True, help="Write and check scenarios, the files behind simulated customers.")

Files = Annotated[list[str] | None, typer.Argument(metavar="FILE…", help="YAML files or scenario ids; default: all.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def register(main: typer.Typer) -> None:
    main.add_typer(app, name="scenario")


def _read(path: Path) -> bytes:
    from techsell.errors import ContentMissing

    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        cure = f"The system says: {reason}. Check the path and its rights"
        raise ContentMissing("The file cannot be read", place=path, cure=cure) from error


def _write(path: Path, text: str, what: str) -> None:
    from techsell.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise UsageError(f"The {what} cannot be written", place=path, cure=f"The system says: {reason}") from error
    console.out.print(f"Written: {path}", markup=False, soft_wrap=True)


def _check(name: str, play: bool) -> tuple[str, tuple[Problem, ...]]:
    from techsell.roleplay.author.lint import lint as lint_file
    from techsell.roleplay.load import scenario_path

    path = scenario_path(name)
    return path.name, lint_file(_read(path), path.name, path.stem, play=play)


def _verdict(found: tuple[Problem, ...]) -> str:
    counts = [(sum(problem.grade == grade for problem in found), grade) for grade in ("error", "warning")]
    words = [
        f"{count} {'problem' if grade == 'error' else grade}{'' if count == 1 else 's'}" for count, grade in counts
    ]
    told = [word for word, (count, _) in zip(words, counts, strict=True) if count]
    return ", ".join(told) or "no problems"


@app.command(epilog="Example: techsell scenario lint my_customer.yaml --strict")
def lint(
    files: Files = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail as well.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Without bots and recogniser: no search for dead ends, no typed examples.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List every problem and warning with file, line, code and cure. Exit code 1 when there is a problem."""
    import json
    from dataclasses import asdict

    from techsell.roleplay.load import list_scenarios

    checked = [_check(name, not quick) for name in (files or list_scenarios())]
    problems = [problem for _, found in checked for problem in found]
    if as_json:
        report = {"files": [name for name, _ in checked], "problems": [asdict(problem) for problem in problems]}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem) + (" (warning)" if problem.grade == "warning" else ""))
        for name, found in checked:
            console.out.print(f"{name}: {_verdict(found)}", markup=False, style=None if found else "green")
    if any(strict or problem.grade == "error" for problem in problems):
        raise typer.Exit(1)


@app.command(epilog="Example: techsell scenario schema --out scenario.schema.json")
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the screen.")] = None,
) -> None:
    """The JSON schema of a scenario file, for completion in editors."""
    text = _schema()
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text, "schema")


def _schema() -> str:
    import json

    from techsell.roleplay.load import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


@app.command(epilog="Example: techsell scenario simulate --all --runs 10000")
def simulate(
    files: Files = None,
    everything: Annotated[bool, typer.Option("--all", help="All scenarios that come with the course.")] = False,
    runs: Annotated[int, typer.Option(min=1, help="Calls for each scenario, shared among the bots.")] = 2400,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one for each processor.")] = 0,
    as_json: Json = False,
) -> None:
    """Let bots play and hold their scores against the rules of a certificate. Exit code 1 when one is missed.

    Dumper, interrogator, listener, expert, rubric-gamer and random are ranked; an explorer looks for lines that nobody
    hears. The same number of calls gives the same figures, whatever the number of processes.
    """
    import os

    from techsell.errors import UsageError
    from techsell.roleplay.author.report import certificates_table, line_numbers, remarks, with_lines
    from techsell.roleplay.bots import certify
    from techsell.roleplay.load import list_scenarios, load_scenario, scenario_path

    if not files and not everything:
        raise UsageError("Nothing to play", cure="Name scenarios or files, or use --all")
    names = list(files or []) + (list(list_scenarios()) if everything else [])
    paths = {load_scenario(path).id: path for path in dict.fromkeys(scenario_path(name) for name in names)}
    scenarios = {name: load_scenario(path) for name, path in paths.items()}
    results = _simulated(scenarios, runs, workers or os.cpu_count() or 1)
    certificates = [certify(scenario, results[name]) for name, scenario in scenarios.items()]
    lines = [line_numbers(_read(path), path.name, name) for name, path in paths.items()]
    if as_json:
        console.out.print_json(data=[with_lines(entry, at) for entry, at in zip(certificates, lines, strict=True)])
    else:
        console.out.print("Mean points of 100", style="bold")
        for row in certificates_table(certificates):
            console.out.print(row, markup=False, soft_wrap=True)
        for entry, path, at in zip(certificates, paths.values(), lines, strict=True):
            for remark in remarks(entry, at, path.name):
                console.out.print(remark, markup=False, soft_wrap=True)
    if not all(entry.holds for entry in certificates):
        raise typer.Exit(1)


def _simulated(scenarios: dict[str, Scenario], runs: int, workers: int) -> Results:
    """With a progress bar on standard error, where somebody looks at it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from techsell.roleplay.bots import BOTS
    from techsell.roleplay.bots import simulate as run
    from techsell.roleplay.bots.simulate import share

    total = len(scenarios) * sum(share(bot, runs) for bot in BOTS)
    columns = (TextColumn("calls"), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as bar:
        task = bar.add_task("calls", total=total)
        return run(scenarios, runs=runs, workers=workers, progress=lambda done: bar.advance(task, done))


@app.command(epilog="Example: techsell scenario graph cobalt_ridge --out cobalt_ridge.svg")
def graph(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A YAML file or a scenario id.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the screen.")] = None,
    text: Annotated[bool, typer.Option("--text", help="A tree of text instead of a drawing (SVG).")] = False,
) -> None:
    """What leads to what: people, facts by trust and prerequisites, objections, commitments, endings."""
    from techsell.roleplay.author.chart import chart_of
    from techsell.roleplay.author.outline import outline
    from techsell.roleplay.author.svg import svg
    from techsell.roleplay.load import load_scenario

    scenario = load_scenario(file)
    drawn = outline(scenario) if text else svg(chart_of(scenario))
    if out is None:
        typer.echo(drawn, nl=False)
    else:
        _write(out, drawn, "graph")


@app.command(epilog="Example: techsell scenario diff old/saltmarsh.yaml saltmarsh --transcripts *.transcript.jsonl")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A YAML file or a scenario id.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later version.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE…]", help="Further transcripts.")] = None,
    transcripts: Annotated[
        list[Path] | None, typer.Option("--transcripts", metavar="FILE…", help="Stored calls to play in both versions.")
    ] = None,
    runs: Annotated[int, typer.Option(min=0, help="Calls by bots in each version; 0: none.")] = 900,
    as_json: Json = False,
) -> None:
    """What a new version changes: things, what can be reached, bot scores, and which stored calls change grade."""
    from techsell.errors import UsageError
    from techsell.roleplay.author.compare import compare, regrade
    from techsell.roleplay.author.difference import sentences
    from techsell.roleplay.load import load_scenario

    if more and not transcripts:
        raise UsageError("There are more than two scenarios", cure="Put transcripts after --transcripts")
    before, after = load_scenario(old), load_scenario(new)
    stored = [*(transcripts or []), *(more or [])]
    graded = tuple(entry for path in stored for entry in regrade(before, after, path.name, _read(path)))
    found = compare(before, after, runs=runs, transcripts=graded)
    if as_json:
        console.out.print_json(data=found.as_dict())
        return
    for sentence in sentences(found):
        console.out.print(sentence, markup=False, soft_wrap=True)


@app.command(epilog="Example: techsell scenario new --from saltmarsh harbour_pumps")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the new scenario and name of its file.")],
    source: Annotated[str, typer.Option("--from", metavar="ID", help="The scenario to begin with.")] = "first_call",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the file.")] = Path(),
) -> None:
    """Begin a scenario as a commented copy: everything that is yours to change is marked."""
    from techsell.errors import UsageError
    from techsell.roleplay.author.fresh import SCHEMA_FILE, fresh_copy
    from techsell.roleplay.load import scenario_path

    path = out / f"{name}.yaml"
    if path.exists():
        raise UsageError("There is a file of this name", place=path, cure="Choose another name")
    text = fresh_copy(_read(scenario_path(source)), name)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise UsageError("The folder cannot be made", place=out, cure=f"The system says: {reason}") from error
    _write(path, text, "scenario")
    if not (out / SCHEMA_FILE).exists():
        _write(out / SCHEMA_FILE, _schema(), "schema")
    console.out.print(f"Next: techsell scenario lint {path}", markup=False, soft_wrap=True)
