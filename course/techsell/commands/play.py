"""`techsell play`: the role-play in a terminal."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from techsell.progress import Store
    from techsell.roleplay import Conversation
    from techsell.roleplay.model import Scenario
    from techsell.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add `play` to the command line."""

    @app.command(epilog="Example: techsell play cobalt_ridge --seed 1")
    def play(
        scenario: Annotated[str, typer.Argument(help="A scenario's id, or the path of a scenario file.")],
        seed: Annotated[int | None, typer.Option(min=0, help="Same seed, same customer. Default: drawn.")] = None,
        mode: Annotated[str, typer.Option(help="practice, or declared for one of the three that count.")] = "practice",
        out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the transcript goes; a new file.")] = None,
        resume: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Go on with the conversation in this transcript.")
        ] = None,
    ) -> None:
        """Talk to a simulated customer: type what you say, or pick a line with 1-6; 0 shows more, h b n u q the rest.

        Reads standard input line by line, so it can be piped. The transcript is safe after every turn. In a declared
        attempt picked lines count 70 %.
        """
        from techsell.errors import UsageError
        from techsell.roleplay import load_scenario

        if mode not in {"practice", "declared"}:
            raise UsageError(f"There is no mode {mode!r}", cure="Use --mode practice or --mode declared")
        known = load_scenario(scenario)
        if resume is not None:
            if out is not None or seed is not None or mode == "declared":
                raise UsageError("--resume goes on as it was begun", cure="Leave --seed, --mode and --out away")
            _resume(known, resume)
        elif mode == "declared":
            if seed is not None:
                raise UsageError("A declared attempt has its own seed", cure="Leave --seed away, or practise")
            _declared(known, out)
        else:
            _practice(known, seed if seed is not None else secrets.randbelow(2**31), out)


def _practice(scenario: Scenario, seed: int, out: Path | None) -> None:
    from techsell.roleplay import Conversation, FileJournal

    path = _new_file(out) if out is not None else _free_name(_folder(), scenario.id)
    with FileJournal(path) as journal:
        _run(Conversation.start(scenario, seed=seed, journal=journal, ledger=_ledger(scenario)))
    _say(f"Transcript: {path}")


def _ledger(scenario: Scenario) -> list[dict[str, str]]:
    """What earlier calls left behind, where the command runs inside a workspace."""
    from techsell.errors import TechsellError
    from techsell.roleplay.ledger import ledger_for
    from techsell.workspace import Workspace

    try:
        with Workspace.find().store() as store:
            return ledger_for(scenario, [event.result for event in store.events(verb="completed")])
    except TechsellError:  # a practice call needs no workspace
        return []


def _resume(scenario: Scenario, path: Path) -> None:
    from techsell.errors import UsageError
    from techsell.roleplay import Conversation, FileJournal

    if not path.is_file():
        raise UsageError("There is no transcript to go on with", place=path, cure="Check the path")
    with FileJournal(path) as journal:
        journal.hold()
        _run(Conversation.resume(scenario, journal))
    _say(f"Transcript: {path}")


def _declared(scenario: Scenario, out: Path | None) -> None:
    """Through the workspace's store, which counts the attempts; an unfinished one is gone on with."""
    from techsell.errors import UsageError
    from techsell.workspace import Workspace

    if not scenario.graded:
        raise UsageError(f"{scenario.title!r} is not graded", cure="Play it with --mode practice")
    workspace = Workspace.resolve()
    path = _new_file(out) if out is not None else None
    with workspace.store() as store:
        key, journal, conversation = _declared_conversation(scenario, workspace, store)
        try:
            _run(conversation)
        finally:
            journal.close()
        if conversation.over:
            _record(store, scenario, key, conversation)
    path = path or _free_name(workspace.transcripts, scenario.id)
    path.write_text(conversation.transcript(), encoding="utf-8", newline="\n")
    if not conversation.over:
        _say("Not finished: the same command goes on with it.")
    _say(f"Transcript: {path}")


def _declared_conversation(scenario: Scenario, workspace: Workspace, store: Store) -> tuple[str, Any, Conversation]:
    """The attempt that was begun and not ended, else the next: its key, its journal, the conversation."""
    from techsell.errors import TranscriptInvalid
    from techsell.roleplay import Conversation, declared_seed

    holder = f"terminal-{os.getpid()}"
    for info in reversed(store.conversations(scenario.id)):
        if info.mode == "declared" and not info.over and store.lines(info.key):
            journal = store.journal(info.key, holder=holder)
            try:
                return info.key, journal, Conversation.resume(scenario, journal)
            except TranscriptInvalid as error:  # it stays as it is, and is handed in as far as it goes
                journal.close()
                _say(f"Attempt {info.attempt} cannot be gone on with: {error.problem}.")
    key = store.new_conversation(scenario.id, "declared")
    journal = store.journal(key, holder=holder)
    attempt = int(key.rsplit("/", 1)[1])
    seed = declared_seed(workspace.learner, scenario.id, attempt)
    words: dict[str, Any] = {"mode": "declared", "learner": workspace.learner, "attempt": attempt}
    return key, journal, Conversation.start(scenario, seed=seed, journal=journal, **words)


def _record(store: Store, scenario: Scenario, key: str, conversation: Conversation) -> None:
    """The end of a declared attempt, for the learner's progress; the same event as from the lesson."""
    thing = f"{scenario.module}/{scenario.id}"
    if any(event.context.get("conversation") == key for event in store.events(object=thing, verb="completed")):
        return
    from techsell.roleplay.ledger import left_behind

    card = conversation.scorecard()
    result = {"mode": "declared", "attempt": conversation.state.attempt, "ending": card.ending, "total": card.total}
    result["ledger"] = list(left_behind(scenario, conversation.state))
    store.append("completed", thing, result=result, context={"conversation": key})


def _run(conversation: Conversation) -> None:
    from techsell.roleplay.terminal import Terminal

    with _any_character():
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 80
        Terminal(conversation, _typed, _put, width=width).play()


def _typed() -> str | None:
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return "?"  # no key has such bytes
    return line if line else None


def _put(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _say(text: str) -> None:
    _put(f"{text}\n")


@contextmanager
def _any_character() -> Iterator[None]:
    """Icons and dashes become question marks where the console cannot show them, instead of stopping the call."""
    for stream in (sys.stdout, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    yield


def _folder() -> Path:
    """The workspace's transcripts when the command runs inside one, else the working directory."""
    from techsell.errors import WorkspaceMissing
    from techsell.workspace import Workspace

    try:
        return Workspace.find().transcripts
    except WorkspaceMissing:
        return Path.cwd()


def _free_name(folder: Path, scenario: str) -> Path:
    """`cobalt_ridge.transcript.jsonl`, or with `-2`, `-3` … when that is taken."""
    path = folder / f"{scenario}.transcript.jsonl"
    number = 2
    while path.exists():
        path = folder / f"{scenario}-{number}.transcript.jsonl"
        number += 1
    return path


def _new_file(path: Path) -> Path:
    from techsell.errors import UsageError

    if path.exists():
        raise UsageError("A transcript is never overwritten", place=path, cure="Choose another name, or use --resume")
    if not path.parent.is_dir():
        raise UsageError("There is no such folder", place=path.parent, cure="Make it first")
    return path
