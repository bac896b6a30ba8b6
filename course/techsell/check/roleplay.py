"""The learner's own look at a role-play hand-in: what the best declared call is worth.

A preview only. The grader plays the transcript again itself and takes nothing from this cell.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techsell.errors import TechsellError

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["roleplay_points", "roleplay_preview"]

VARIABLE = "TECHSELL_LEARNER"
_ABOUT = "hand_in.json"


def roleplay_points(scenario: str, path: str | Path, points: float) -> float:
    """Points of the best declared call with `scenario`, 0.0 … `points`; prints a preview for the learner.

    Args:
        scenario: its id.
        path: the transcript beside the notebook. Where there is none, the learner's workspace is asked.
        points: worth of 100 in the role-play.

    Never raises for what is in the files: whatever is wrong is said in the preview and earns 0.0.
    """
    earned, text = roleplay_preview(scenario, Path(path), points)
    sys.stdout.write(text + "\n")
    return earned


def roleplay_preview(scenario: str, path: Path, points: float) -> tuple[float, str]:
    """`(points, text)` of `roleplay_points`, without printing."""
    transcript, learner = _hand_in(scenario, path)
    if not transcript.strip():
        return 0.0, (
            f"No declared call with {scenario} yet: play one in the lesson (choose 'declared') or with "
            f"'techsell play {scenario} --mode declared', then run this cell again."
        )
    try:
        roleplay = importlib.import_module("techsell.roleplay")
        known = roleplay.load_scenario(scenario)
        found = roleplay.assess_hand_in(transcript, scenario_id=scenario, learner=learner, pins=_pins(known))
    except TechsellError as error:
        return 0.0, str(error)
    earned = 0.0 if found.best is None else round(min(max(found.best, 0.0), 100.0) * points / 100.0, 2)
    return earned, "\n".join(_told(scenario, found, earned, points))


def _hand_in(scenario: str, path: Path) -> tuple[bytes, str]:
    """The transcript and whose it is: from beside the notebook, else from the workspace around it."""
    if path.is_file():
        return path.read_bytes(), _learner_beside(path) or os.environ.get(VARIABLE, "") or _workspace(scenario, path)[1]
    return _workspace(scenario, path)


def _learner_beside(path: Path) -> str:
    try:
        about = json.loads((path.parent / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    learner = about.get("learner", "") if isinstance(about, dict) else ""
    return learner if isinstance(learner, str) else ""


def _workspace(scenario: str, path: Path) -> tuple[bytes, str]:
    """What the workspace would hand in now. Its modules stand above this one, so they are looked up by name."""
    try:
        space = importlib.import_module("techsell.workspace").Workspace.find(path.resolve().parent)
        hand_in = importlib.import_module("techsell.hand_in")
        root = importlib.import_module("techsell.content").root()
        modules = importlib.import_module("techsell.syllabus").load(root).modules
        module = next((module for module in modules if scenario in module.scenarios), None)
        if module is None:
            return b"", space.learner
        packed = hand_in.unpack(hand_in.pack(space, module).data, hand_in.LIMITS)
        return packed.files.get(f"{scenario}.transcript.jsonl", b""), space.learner
    except (ImportError, TechsellError):  # a grader has no workspace, and a damaged one has told so elsewhere
        return b"", ""


def _pins(known: Scenario) -> Any:
    fingerprint = importlib.import_module("techsell.roleplay").fingerprint(known)
    return lambda sha: known if sha == fingerprint else None


def _told(scenario: str, found: Any, earned: float, points: float) -> list[str]:
    cards = [attempt.scorecard for attempt in found.attempts if attempt.scorecard is not None]
    lines = []
    if cards and found.best is not None:
        scores = ", ".join(f"{card.total:.0f}" for card in cards)
        lines.append(f"{scenario}: {scores} of 100. The best counts: {earned:g} of {points:g} points here.")
        best = max(cards, key=lambda card: card.total)
        lines += best.remarks
        lines += [f"Where most can be gained (the call ended in {(best.ending or 'nothing').replace('_', ' ')}):"]
        lines += [f"  {_line(line)}" for line in sorted(best.lines, key=lambda line: line.points - line.weight)[:3]]
    else:
        lines.append(f"{scenario}: nothing can be counted by the machine alone.")
    lines += found.reasons
    if found.needs_person:
        lines.append("A person looks at this after you hand in.")
    return lines


def _line(line: Any) -> str:
    turns = f" (turn {', '.join(str(turn) for turn in line.turns[:5])})" if line.turns else ""
    return f"{line.title}: {line.points:g} of {line.weight:g}{turns}. {line.advice or line.why}"
