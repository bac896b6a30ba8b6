"""matplotlib's list of fonts, lent to sandboxes: making it afresh takes a second, somewhere a minute.

Taken from matplotlib's own cache of this user, or from ours, where the first sandbox leaves what it had to make itself
(before it ran anything of a learner).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

__all__ = ["keep", "lend"]

_PATTERN = "fontlist-*.json"
_KINDS = ("ttflist", "afmlist")


def lend(visible: Sequence[Path]) -> dict[str, str]:
    """The lists by file name (one for each version of matplotlib), without fonts that lie outside `visible`."""
    found: dict[str, str] = {}
    for place in (*_of_matplotlib(), _ours()):
        for file in sorted(place.glob(_PATTERN)):
            try:
                known = json.loads(file.read_text("utf-8"))
                for kind in _KINDS:
                    known[kind] = [font for font in known[kind] if _seen(Path(font["fname"]), visible)]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            found.setdefault(file.name, json.dumps(known))
    return found


def keep(made: Mapping[str, str]) -> None:
    """Remember lists that a sandbox has made; where nothing can be written, the next sandbox makes its own."""
    for name, text in made.items():
        place = _ours() / Path(name).name
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            fd, new = tempfile.mkstemp(dir=place.parent)
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                file.write(text)
            Path(new).replace(place)


def _of_matplotlib() -> list[Path]:
    home = Path(os.environ.get("HOME") or os.curdir)
    chosen = os.environ.get("MPLCONFIGDIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "matplotlib"
    return [*([Path(chosen)] if chosen else []), cache, home / ".matplotlib"]


def _ours() -> Path:
    return Path(platformdirs.user_cache_dir("techsell")) / "fonts"


def _seen(font: Path, visible: Sequence[Path]) -> bool:
    """Whether a font is there inside; matplotlib's own are named relative to its folder."""
    return not font.is_absolute() or any(font.is_relative_to(place) for place in visible)
