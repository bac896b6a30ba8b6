"""What the database knows of a conversation without understanding it: its lines, how far it is, whose turn it was.

The lines are the engine's events as JSON (`{"seq", "type", "data", …}`); this file reads `type` and `data.to_seq`
and nothing else, so the store needs no engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["DECLARED_ATTEMPTS", "MODES", "ConversationInfo", "outline"]

MODES = ("practice", "declared")
DECLARED_ATTEMPTS = 3
"""Practice is unlimited; of the declared attempts the best counts."""


@dataclass(frozen=True)
class ConversationInfo:
    """One conversation in the store. `turns` counts the learner's turns that still stand after undoing."""

    key: str
    scenario: str
    mode: str
    attempt: int
    over: bool
    turns: int
    touched: str
    """UTC time of the last line"""


def outline(lines: Iterable[str]) -> tuple[bool, int]:
    """`(over, turns)` of a conversation's lines. A line that is no event counts for nothing."""
    said: list[int] = []
    ended: int | None = None
    typed = 0
    for position, line in enumerate(lines):
        kind, seq, number = _read(line, position)
        to_seq = number if kind == "Undone" else None
        if kind == "LearnerPicked":
            said.append(seq)
        elif kind in {"LearnerSaid", "LearnerChose"}:
            typed = seq
        elif kind == "CustomerRendered" and number is not None and number > len(said):
            said.append(typed)  # a typed line takes a turn or is asked back about: its answer says which turn it is
        elif kind == "Ended":
            ended = seq
        elif kind == "Undone" and to_seq is not None:
            said = [earlier for earlier in said if earlier <= to_seq]
            ended = ended if ended is not None and ended <= to_seq else None
    return ended is not None, len(said)


def _read(line: str, position: int) -> tuple[str, int, int | None]:
    try:
        event = json.loads(line)
        data = event.get("data", {})
        number = data.get("to_seq", data.get("turn")) if isinstance(data, dict) else None
        seq = event.get("seq", position)
        return (
            str(event.get("type", "")),
            seq if isinstance(seq, int) else position,
            number if isinstance(number, int) else None,
        )
    except (ValueError, AttributeError):
        return "", position, None
