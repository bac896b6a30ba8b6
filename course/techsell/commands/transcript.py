"""`techsell transcript score|replay|verify`: derive everything again from the inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell.roleplay.replay import SessionReport, Verification

app = typer.Typer(
    no_args_is_help=True, help="Read a role-play's transcript: its score, its course, whether it was edited."
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A transcript, such as cobalt_ridge.transcript.jsonl.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def register(main: typer.Typer) -> None:
    """Add `transcript` to the command line."""
    main.add_typer(app, name="transcript")


def _read(path: Path) -> Verification:
    from techsell.errors import TranscriptInvalid
    from techsell.roleplay import verify

    try:
        raw = path.read_bytes()
    except OSError as error:
        cure = f"The system says: {error.strerror or error}. Check the path"
        raise TranscriptInvalid("The transcript cannot be read", place=path, cure=cure) from error
    found = verify(raw)
    if not found.sessions:
        reason = found.findings[0] if found.findings else "nothing in it"
        cure = "Use the file that 'techsell play' or the lesson wrote"
        raise TranscriptInvalid(f"This is no transcript: {reason}", place=path, cure=cure)
    return found


def _about(session: SessionReport) -> str:
    who = f", declared attempt {session.attempt} of {session.learner}" if session.mode == "declared" else ", practice"
    state = "" if session.finished else ", not finished"
    return f"{session.scenario} (version {session.version}), seed {session.seed}{who}{state}"


def _doubts(session: SessionReport) -> None:
    """What keeps it from being derived again; it is then shown as it was noted when it was played."""
    for finding in session.findings if session.scorecard is None else ():
        _out(f"  {finding}")


def _out(text: str) -> None:
    console.out.print(text, markup=False, soft_wrap=True)


def _as_dict(session: SessionReport) -> dict[str, Any]:
    from dataclasses import asdict

    data = asdict(session)
    data["scorecard"] = session.scorecard.as_dict() if session.scorecard else None
    return data | {"sound": session.sound}


@app.command(epilog="Example: techsell transcript score cobalt_ridge.transcript.jsonl")
def score(file: File, as_json: Json = False) -> None:
    """Score every conversation of a transcript again, with the turns that earned the points."""
    found = _read(file)
    if as_json:
        console.out.print_json(data=[_as_dict(session) for session in found.sessions])
        return
    for session in found.sessions:
        _out(_about(session))
        card = session.scorecard
        if card is None:
            _doubts(session)
            _out("  It has no score here; a person has to look.")
            continue
        verdict = "passed" if card.passed else "not passed"
        _out(f"  {card.total:.2f} of 100, {verdict}" if card.lines else "  not scored")
        for sentence in card.remarks:
            _out(f"  {sentence}")
        for line in card.lines:
            _out(f"  {line.id:<4}{line.points:6.2f} of {line.weight:>3}  {line.title}: {line.why}")


@app.command(epilog="Example: techsell transcript replay cobalt_ridge.transcript.jsonl")
def replay(file: File) -> None:
    """Play a transcript again and show the conversation as it was."""
    from techsell.roleplay.conversation import Conversation
    from techsell.roleplay.events import dump
    from techsell.roleplay.journal import MemoryJournal
    from techsell.roleplay.replay import shipped
    from techsell.roleplay.transcript import Transcript

    found = _read(file)
    sessions = Transcript.parse(file.read_bytes()).sessions
    for report, session in zip(found.sessions, sessions, strict=True):
        _out(_about(report))
        _doubts(report)
        scenario = shipped(session.start["scenario_sha"])
        if scenario is None:
            continue
        talk = Conversation.resume(scenario, MemoryJournal([dump(event) for event in session.events]))
        for line in talk.log:
            _out(f"{line.turn:>4}  {line.speaker or '·'}: {line.text}")


@app.command(epilog="Example: techsell transcript verify cobalt_ridge.transcript.jsonl")
def verify(file: File, as_json: Json = False) -> None:
    """Check the chain, replay and compare. A transcript rewritten from end to end is just another play."""
    found = _read(file)
    if as_json:
        data = {
            "sound": found.sound,
            "findings": [str(finding) for finding in found.findings],
            "sessions": [_as_dict(session) for session in found.sessions],
        }
        console.out.print_json(data=data)
    else:
        for finding in found.findings:
            _out(str(finding))
        for session in found.sessions:
            _out(f"{_about(session)}: {'as it was played' if session.sound else 'changed since, or not known here'}")
            for finding in session.findings:
                _out(f"  {finding}")
    if not found.sound:
        raise typer.Exit(1)


@app.command(epilog="Example: techsell transcript debrief cobalt_ridge.transcript.jsonl")
def debrief(file: File, as_json: Json = False) -> None:
    """At most three points with better lines and what would have been answered; facts found and missed; an expert.

    Every answer that is told here is the engine's own: the better line is said in the call as it stood before its turn.
    """
    import shutil
    import textwrap

    from techsell.roleplay.conversation import Conversation
    from techsell.roleplay.debrief import debrief as look_back
    from techsell.roleplay.debrief.words import paragraphs
    from techsell.roleplay.events import dump
    from techsell.roleplay.journal import MemoryJournal
    from techsell.roleplay.replay import shipped
    from techsell.roleplay.transcript import Transcript

    found = _read(file)
    sessions = Transcript.parse(file.read_bytes()).sessions
    told: list[dict[str, Any]] = []
    width = min(shutil.get_terminal_size().columns, 100) if console.out.is_terminal else 100
    for report, session in zip(found.sessions, sessions, strict=True):
        scenario = shipped(session.start["scenario_sha"])
        if not as_json:
            _out(_about(report))
            _doubts(report)
        if scenario is None:
            told.append({"scenario": report.scenario, "debrief": None})
            continue
        talk = Conversation.resume(scenario, MemoryJournal([dump(event) for event in session.events]))
        plain = look_back(scenario, talk.state).as_dict()
        told.append({"scenario": report.scenario, "debrief": plain})
        for text, first, then in paragraphs(plain) if not as_json else ():
            _out(textwrap.fill(text, width, initial_indent=first, subsequent_indent=then))
    if as_json:
        console.out.print_json(data=told)
