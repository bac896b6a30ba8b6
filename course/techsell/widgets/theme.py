"""The front end's files: which ones make up each widget, and in what order.

anywidget loads one module and one style sheet per widget, without relative imports. Ours are written as several
plain files and put together here by joining whole files in the order given. Nothing is filled in or rewritten:
what runs in the browser is, line by line, what stands in `static/`. Only the last file of a widget has `export`.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["COMPARE", "PREDICTION", "QUIZ", "ROLE_PLAY", "STATIC", "compose"]

STATIC = Path(__file__).with_name("static")

ROLE_PLAY = (
    "dom.js",
    "transcript.js",
    "start.js",
    "field.js",
    "menu.js",
    "say.js",
    "watch.js",
    "selfscore.js",
    "points.js",
    "table.js",
    "debrief.js",
    "roleplay.js",
)
QUIZ = ("dom.js", "quiz.js")
PREDICTION = ("dom.js", "prediction.js")
COMPARE = ("dom.js", "compare.js")


def compose(*names: str) -> str:
    """The named files of `static/`, one after the other."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)
