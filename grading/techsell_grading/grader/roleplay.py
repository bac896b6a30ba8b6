"""Role-play points: the transcript is played again against its pinned scenario, out of any learner's reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .cells import Cell
from .recognisers import finder
from .source import Source
from .verdict import Check, Limits

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["PREFIX", "assess", "scenario_of"]

PREFIX = "roleplay_"

_MOST_LINES = 5000
"""of a transcript: a hundred calls have fewer"""
_MOST_REASONS = 10


def scenario_of(cell: Cell, source: Source) -> str:
    """The scenario whose transcript a grade cell stands for, or empty: only pinned scenarios are played again."""
    name = cell.name.removeprefix(PREFIX)
    return name if cell.name.startswith(PREFIX) and name in source.scenarios else ""


def assess(
    cell: Cell, notebook: str, files: Mapping[str, bytes], source: Source, learner: str, limits: Limits
) -> tuple[Check, str]:
    """The check of one role-play cell, and a note for the trainer (mostly empty).

    A valid attempt is scored by what it proves, whatever else is odd about the file; the cell waits for a person where
    no attempt proves anything and the transcript alone cannot say why, and where a pass hangs on how a typed line that
    was not quite clear is read.
    """
    from techsell.roleplay import assess_hand_in

    scenario = scenario_of(cell, source)
    transcript = _transcript(files, f"{scenario}.transcript.jsonl")
    if len(transcript) > limits.transcript:
        text = f"The transcript has {len(transcript) >> 20} MB; {limits.transcript >> 20} MB are allowed."
        return Check(notebook, cell.name, "role_play", 0.0, cell.points, False, text), text
    if (lines_in := transcript.count(b"\n")) > _MOST_LINES:
        text = f"The transcript has {lines_in:,} lines; {_MOST_LINES:,} are allowed."
        return Check(notebook, cell.name, "role_play", 0.0, cell.points, False, text), text
    if not transcript.strip():
        text = (
            f"No declared call is in the hand-in. Play one in the lesson or with 'techsell play {scenario} "
            "--mode declared', and hand in again."
        )
        return Check(notebook, cell.name, "role_play", 0.0, cell.points, False, text), ""
    found = assess_hand_in(
        transcript,
        scenario_id=scenario,
        learner=learner,
        pins=_pins(source),
        recognisers=finder(source.recognisers),
    )
    message = _sentence(found.reasons)
    lines = tuple(_best_lines(found))
    if found.best is None or (found.needs_person and found.best == 0) or found.undecided:
        text = f"{message} A person looks at this.".strip()
        return Check(notebook, cell.name, "role_play", None, cell.points, None, text, lines), text
    points = round(min(max(found.best, 0.0), 100.0) * cell.points / 100, 2)
    check = Check(notebook, cell.name, "role_play", points, cell.points, points >= cell.points, message, lines)
    return check, message if found.needs_person else ""


def _sentence(reasons: tuple[str, ...]) -> str:
    kept = [
        *reasons[:_MOST_REASONS],
        *([f"and {len(reasons) - _MOST_REASONS} more"] if reasons[_MOST_REASONS:] else []),
    ]
    text = "; ".join(reason.rstrip(".") for reason in kept)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _transcript(files: Mapping[str, bytes], name: str) -> bytes:
    """The file of that name, in whatever folder it was packed; the least deep one counts."""
    places = sorted((path for path in files if path == name or path.endswith(f"/{name}")), key=lambda p: p.count("/"))
    return files[places[0]] if places else b""


def _pins(source: Source) -> Callable[[str], Scenario | None]:
    def pinned(sha: str) -> Scenario | None:
        content = source.pins.get(sha)
        return None if content is None else _scenario(content)

    return pinned


@lru_cache(maxsize=32)
def _scenario(content: bytes) -> Scenario:
    """Read once in each process, for reading and compiling it takes as long as replaying a call."""
    from techsell.roleplay import scenario_from_canonical

    return scenario_from_canonical(content)


def _best_lines(found: Any) -> list[Mapping[str, Any]]:
    """The rubric lines of the attempt that counts."""
    cards = [attempt.scorecard for attempt in found.attempts if attempt.scorecard is not None]
    if not cards:
        return []
    best = max(cards, key=lambda card: card.total)
    return [
        {
            "id": line.id,
            "title": line.title,
            "percent": line.percent,
            "points": line.points,
            "max": line.weight,
            "turns": list(line.turns),
            "why": line.why,
            "advice": line.advice,
        }
        for line in best.lines
    ]
