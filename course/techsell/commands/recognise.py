"""`techsell recognise`: what typed sentences do in a conversation, as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from techsell.commands import console

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

MOST_LINE = 1_000_000
"""characters of a line; more is no sentence"""


def register(main: typer.Typer) -> None:
    """Add `recognise` to the command line."""
    main.command(epilog="""Example: techsell recognise <<< '{"id": 1, "text": "so you lose four hours"}'""")(recognise)


def recognise(
    scenario: Annotated[
        str | None, typer.Option("--scenario", metavar="ID", help="Also its topics; a scenario id or a YAML file.")
    ] = None,
) -> None:
    """Say what sentences do: question, playback, pitch and so on.

    Reads JSON lines from standard input, each with `text` and, if wanted, `id` and `ctx` (what the other side had just
    said). Writes one JSON line for each, at once: `id`, `labels` (one to three of the twelve moves, in their order),
    `probabilities` over the twelve moves, `topics` with scores, `decision` (accept, confirm, rephrase) and `trouble`
    (rude, unclear, foreign, overlong or null). A line that cannot be read is named on standard error and passed over;
    the exit code is then 1.
    """
    loaded = _loaded(scenario)
    bad = 0
    for number, found in _rows(sys.stdin):
        if isinstance(found, str):
            bad += 1
            console.err.print(f"Line {number}: {found}", markup=False, soft_wrap=True)
            continue
        answer = {"id": found.get("id", number)} | _answer(found["text"], found.get("ctx") or "", loaded)
        sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    if bad:
        raise typer.Exit(1)


def _loaded(name: str | None) -> Scenario | None:
    if name is None:
        return None
    from techsell.roleplay import load_scenario

    return load_scenario(name)


def _rows(source: TextIO) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each line as an object, or as what is wrong with it. Bytes that are no UTF-8 are replaced, not fatal."""
    lines = getattr(source, "buffer", source)
    for number, raw in enumerate(lines, 1):
        line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        if number == 1:
            line = line.removeprefix("\ufeff")
        if line.strip():
            yield number, _row(line)


def _row(line: str) -> dict[str, Any] | str:
    if len(line) > MOST_LINE:
        return f"it has {len(line):,} characters. Send at most {MOST_LINE:,} in a line."
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply or out of range"
        return f'this is no JSON ({reason}). Write one object in a line, such as {{"id": 1, "text": "how many pumps"}}.'
    if not isinstance(found, dict):
        return 'this is JSON, but no object. Write {"id": 1, "text": "…"}.'
    if not isinstance(found.get("text"), str):
        return 'there is no text. Add "text": "…", a string.'
    if not isinstance(found.get("ctx", ""), str | None):
        return '"ctx" is no string. Write what the other side had just said, or leave it out.'
    return found


def _answer(text: str, ctx: str, scenario: Scenario | None) -> dict[str, Any]:
    from techsell.roleplay.labels import LABELS
    from techsell.roleplay.recogniser import recognise as read
    from techsell.roleplay.recogniser.labeller import decision, label, labels_of, whole
    from techsell.roleplay.recogniser.rules import trouble

    found = read(text, scenario)
    clauses = label(text, ctx)
    problem = trouble(text)
    if scenario is None:
        labels, shares = labels_of(clauses), whole(clauses)
        verdict = "rephrase" if problem == "unclear" else decision(clauses)
    else:
        labels = tuple(dict.fromkeys(move.label for move in found.moves)) or ("other",)
        shares, verdict = found.probabilities, found.decision
    return {
        "labels": list(labels),
        "probabilities": {name: share / 1000 for name, share in zip(LABELS, shares, strict=True)},
        "topics": [{"topic": name, "score": score / 1000} for name, score in found.topics],
        "decision": verdict,
        "trouble": problem,
    }
