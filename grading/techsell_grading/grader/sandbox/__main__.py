"""What this machine can do to confine graded code, and how quick it is: the operator's first look.

    python -m techsell_grading.grader.sandbox [--sandbox require|auto|off] [--submissions N]

Exit code 0: code can be confined. 1: it cannot, with what to do about it. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from techsell.errors import TechsellError
from techsell_grading.grader.verdict import Limits

from . import bubblewrap, layout
from .inside import seccomp
from .measure import Figures, measure
from .warm import Warm

__all__ = ["main"]

_SWITCHES = (
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
)


def main(words: Sequence[str] | None = None) -> int:
    """Print the diagnosis; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m techsell_grading.grader.sandbox", description=__doc__)
    parser.add_argument("--sandbox", choices=("require", "auto", "off"), default="require")
    parser.add_argument("--submissions", type=int, default=50, help="how many empty ones to time (0: none)")
    options = parser.parse_args(words)
    _say(_machine())
    why = bubblewrap.available()
    _say([("confined", "no" if why else "yes"), *([("why", why)] if why else _way())])
    if (why and options.sandbox == "require") or options.submissions < 1:
        return 1 if why else 0
    limits = Limits()
    pair = Warm(options.sandbox, limits)
    try:
        figures = measure(pair, limits, options.submissions)
        _say(_figures(figures, options.submissions, pair))
    except TechsellError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        pair.close()
    return 1 if why else 0


def _machine() -> Iterator[tuple[str, str]]:
    yield "machine", f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} processors"
    yield "python", f"{platform.python_version()} {layout.python()}"
    if hasattr(os, "geteuid"):
        yield "user", "root" if os.geteuid() == 0 else f"an ordinary user ({os.geteuid()})"
    known = platform.machine() in seccomp.ARCHITECTURES
    yield "system call filter", "known for this machine" if known else "not known for this machine"
    for switch in map(Path, _SWITCHES):
        if switch.exists():
            yield switch.name, switch.read_text("ascii").strip()


def _way() -> Iterator[tuple[str, str]]:
    chosen = bubblewrap.way()
    if chosen is not None:
        yield "bubblewrap", chosen.path
        yield "children run as", chosen.name
    yield "libraries", ", ".join(map(str, bubblewrap.packages()))


def _figures(figures: Figures, number: int, pair: Warm) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "submissions", f"{number} empty ones, candidate and judge, {'confined' if pair.confined else 'in the open'}"
    yield (
        "start of a warm server",
        "{:.2f} s candidate, {:.2f} s judge, side by side".format(*figures.start_seconds),
    )
    yield "fork to ready", f"{figures.ready:.1f} ms for both (19 of 20 under {figures.ready_slow:.1f} ms)"
    yield "end and wipe", f"{figures.end:.1f} ms for both (19 of 20 under {figures.end_slow:.1f} ms)"
    yield "processor time", f"{figures.processor:.1f} ms a submission"
    yield "memory of a server", "{:.0f} MB candidate, {:.0f} MB judge".format(*(size / 1e6 for size in figures.memory))
    yield "largest child", f"{figures.largest / 1e6:.0f} MB, most of it shared with its server"
    for server in (pair.candidate, pair.judge):
        if server.missing:
            yield "not installed", f"{', '.join(server.missing)} (for {server.program.module})"


def _say(lines: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> None:
    for name, value in lines:
        sys.stdout.write(f"{name:<40}{value}".rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
