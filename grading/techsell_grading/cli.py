"""The trainer's and the manager's commands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell_grading.course import Course
    from techsell_grading.grader import Limits

Modules = Annotated[
    list[str] | None, typer.Argument(metavar="MODULE", help="Which modules. Default: all.", show_default=False)
]
CourseDir = Annotated[
    Path | None,
    typer.Option(
        "--course", metavar="DIR", help="An nbgrader course directory. Default: this checkout's.", show_default=False
    ),
]


class Sandbox(StrEnum):
    """What to do where code cannot be confined."""

    REQUIRE = "require"
    AUTO = "auto"
    OFF = "off"


def register(app: typer.Typer) -> None:
    """Add the trainer's commands to the one `techsell` command."""
    app.command(epilog="Example: techsell release discovery_conversation")(release)
    app.command(epilog="Example: techsell collect ~/Downloads/hand_ins")(collect)
    app.command(epilog="Example: techsell grade discovery_conversation --workers 4")(grade)
    app.command(epilog="Example: techsell mark discovery_conversation")(mark)
    app.command(epilog="Example: techsell feedback")(feedback)
    app.command(epilog="Example: techsell report --out ~/report")(report)
    app.command(epilog="Example: techsell serve --seats 12")(serve)


def release(modules: Modules = None, course: CourseDir = None) -> None:
    """Make the learners' versions and write their cells into the gradebook."""
    from techsell_grading import release as step

    place = _open(course)
    with console.err.status("Releasing …"):
        done = step.release(place, modules or ())
    for module in done:
        _say(f"Released {module}: {place.path('release', module=module)}")


def collect(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER", help="Hand-ins, or folders with them.")],
    course: CourseDir = None,
) -> None:
    """Take in hand-ins that were sent. The newest of each learner counts; all are kept."""
    from techsell.errors import HandInError
    from techsell_grading.take_in import collect as take

    taken = take(_open(course), paths)
    for one in taken:
        whose = f" {one.learner} {one.module}" if one.learner else ""
        _say(f"{one.file}:{whose} {one.how}. {one.said}".strip())
    count = sum(one.how == "new" for one in taken)
    _say(f"{count} new of {_count(len(taken), 'file')}." + (" Next: techsell grade" if count else ""))
    if refused := sum(one.how == "refused" for one in taken):
        raise HandInError(
            f"{_count(refused, 'file')} could not be taken in",
            cure="Ask the senders to hand in again with 'techsell submit MODULE'",
        )


def grade(
    modules: Modules = None,
    course: CourseDir = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="Processes at a time. Default: one per core.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what has been graded already.")] = False,
    sandbox: Annotated[
        Sandbox, typer.Option("--sandbox", help="Refuse to run without a sandbox, warn, or run without any.")
    ] = Sandbox.AUTO,
    cluster: Annotated[
        str,
        typer.Option("--cluster", metavar="ADDRESS", help="Grade on the Dask cluster there.", show_default=False),
    ] = "",
    strict: Annotated[
        bool,
        typer.Option(
            "--strict-nbgrader", help="nbgrader's own rule: text on stderr costs a test's points. With --force."
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="For authors: grade no hand-in, prove the assignments. Exit code 1 if any fails."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Grade what was handed in: only new or changed work, resumable at any point. With --check, prove assignments."""
    import time

    from techsell.errors import GradingError
    from techsell_grading import screen
    from techsell_grading.grade import grade as run_grading
    from techsell_grading.grade import protection
    from techsell_grading.grader import Limits

    place = _open(course)
    limits = Limits(sandbox=sandbox.value, strict_nbgrader=strict)
    began = time.monotonic()
    if not cluster and (warning := protection(limits)):
        console.err.print(warning, markup=False, soft_wrap=True)
    if check:
        _check(place, modules or [], limits, workers, json=json, refused={"--force": force, "--cluster": bool(cluster)})
        return
    with screen.bar() as show:
        run = run_grading(
            place,
            modules or (),
            workers=workers,
            force=force,
            limits=limits,
            progress=show,
            starting=show.starting,
            cluster=cluster,
        )
    if json:
        console.out.print_json(data=screen.as_json(run))
    else:
        screen.summary(run, place, time.monotonic() - began)
    if run.stopped:
        raise typer.Exit(128 + run.stopped)
    if failed := run.count("failed"):
        raise GradingError(
            f"{screen.count(failed, 'hand-in')} not graded, through no fault of the learner",
            place=place.home,
            cure="See the last column, mend that, and run 'techsell grade' again",
        )


def _check(
    place: Course, modules: list[str], limits: Limits, workers: int | None, *, json: bool, refused: dict[str, bool]
) -> None:
    from techsell.errors import UsageError
    from techsell_grading.pool import cores
    from techsell_grading.proof import show
    from techsell_grading.proof.command import check

    if words := [word for word, given in refused.items() if given]:
        raise UsageError(
            f"{' and '.join(words)} cannot be used with --check", cure="Leave it out: nothing is handed in"
        )
    proved = check(place, modules, limits, workers or cores())
    if json:
        console.out.print_json(data=show.as_json(proved))
    else:
        show.show(proved)
    if not all(one.holds for one in proved):
        raise typer.Exit(1)


def mark(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="Whose hand-ins to show first.")] = "",
    course: CourseDir = None,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Default: a free one.", show_default=False)] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Mark work samples in nbgrader's own formgrader, in a browser. Ctrl-C ends it."""
    from techsell_grading.mark import serve

    place = _open(course)
    if module:
        place.chosen([module])

    def announce(url: str) -> None:
        _say(f"Formgrader: {url}")
        _say("Marks are saved as you type. Ctrl-C here ends it; then: techsell feedback, techsell report.")

    serve(place, port=port, module=module, open_browser=browser, announce=announce)


def feedback(modules: Modules = None, course: CourseDir = None) -> None:
    """Write a feedback page for each learner and module, without the hidden tests."""
    from techsell_grading.feedback import feedback as write_all

    place = _open(course)
    with console.err.status("Writing pages …"):
        pages = write_all(place, modules or ())
    for page in pages:
        _say(f"{page.learner} {page.module}: {page.path}")
    _say(f"{_count(len(pages), 'page')}." if pages else "Nothing is graded yet. Run 'techsell grade' first.")


def report(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where. Default: 'reports' in the course.", show_default=False),
    ] = None,
    course: CourseDir = None,
) -> None:
    """Write the manager's report: every learner by task and by competency, as static pages."""
    from techsell_grading.reports.site import write_report

    with console.err.status("Writing the report …"):
        written = write_report(_open(course), out)
    _say(f"{_count(written.learners, 'learner')}, {_count(written.submissions, 'hand-in')}. Open {written.index}")


def serve(
    course: CourseDir = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Default: 8765. 0: a free one.")
    ] = None,
    ip: Annotated[
        str, typer.Option("--ip", metavar="ADDRESS", help="Listen there; beyond this machine only with TLS.")
    ] = "127.0.0.1",
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", help="For TLS, as PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The certificate's key.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="Processes at a time. Default: one per core.")
    ] = None,
    sandbox: Annotated[
        Sandbox, typer.Option("--sandbox", help="Refuse to run without a sandbox, warn, or run without any.")
    ] = Sandbox.REQUIRE,
    seats: Annotated[
        int, typer.Option("--seats", min=1, metavar="N", help="How many personal tokens there shall be.")
    ] = 1,
) -> None:
    """Run the course service: takes hand-ins over HTTP and grades them at once. Ctrl-C ends it."""
    from techsell_grading.grade import protection
    from techsell_grading.grader import Limits
    from techsell_grading.service.serve import DEFAULT_PORT, Announced, Listen
    from techsell_grading.service.serve import serve as run_service

    limits = Limits(sandbox=sandbox.value)
    if warning := protection(limits):
        console.err.print(warning, markup=False, soft_wrap=True)
    starting = console.err.status("Warming up …")

    def announce(made: Announced) -> None:
        starting.stop()
        _say(f"Course service: {made.address}")
        for token in made.tokens[:1] if seats == 1 else ():
            _say(f"Token: {token}")
        free = (
            f"{len(made.tokens)} nobody's yet; the first hand-in with one makes it that learner's"
            if made.tokens
            else ""
        )
        _say(f"Tokens: {made.file} ({free or f'all have owners; --seats {seats + 1} makes another one'})")
        _say(f"Learners: techsell submit MODULE --server {made.address}. Ctrl-C here ends it.")

    listen = Listen(ip, DEFAULT_PORT if port is None else port, certificate, key)
    with starting:
        run_service(_open(course), listen, workers=workers, limits=limits, seats=seats, announce=announce)


def _open(path: Path | None) -> Course:
    from techsell_grading.course import Course

    return Course.open(path)


def _say(text: str) -> None:
    console.out.print(text, markup=False, soft_wrap=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
