"""The `techsell` command in a process of its own, as a trainer runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["techsell"]

_SECONDS = 300


def techsell(*words: str) -> tuple[int, str]:
    """Exit code, and all that was said."""
    program = Path(sys.executable).with_name("techsell")
    command = [str(program)] if program.exists() else [sys.executable, "-m", "techsell"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=_SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr
