"""How a server is started: confined by bubblewrap, or in the open with the same programs and no protection."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from techsell.errors import SandboxMissing

from . import bubblewrap, fonts, layout
from .bubblewrap import CODE, PLACES, TEMPORARY, Mode
from .inside.surroundings import environment
from .layout import Program
from .users import counted_for_this_user, spare_user

__all__ = ["Limits", "Start", "prepare"]

_INSIDE = "techsell_grading/grader/sandbox/inside/start.py"
_log = logging.getLogger(__name__)


class Limits(Protocol):
    """What a server and its children may use; `grader.Limits` has all of it. Seconds and bytes."""

    @property
    def start_seconds(self) -> float: ...
    @property
    def total_seconds(self) -> float: ...
    @property
    def memory(self) -> int: ...
    @property
    def file_bytes(self) -> int: ...
    @property
    def processes(self) -> int: ...


@dataclass(frozen=True)
class Start:
    """What starts one server. `words` makes the command for a descriptor; `told` is the first message to it.

    `others` counts the processes that the kernel adds to a child's own. `clear` removes what lies on this machine's
    disk for it. `user` are the arguments of `subprocess.Popen` that say as whom.
    """

    words: Callable[[int], list[str]]
    env: Mapping[str, str]
    told: Mapping[str, Any]
    confined: bool
    others: Callable[[], int]
    clear: Callable[[], None]
    user: Mapping[str, Any] = field(default_factory=dict)


def prepare(program: Program, mode: Mode, limits: Limits) -> Start:
    """How to start `program` here.

    Raises:
        SandboxMissing: the mode asks for what this machine cannot do.
    """
    if not hasattr(os, "fork"):
        raise SandboxMissing(
            "Notebooks are graded by programs that fork, which this operating system cannot",
            place=sys.platform,
            cure="Grade on Linux or inside WSL2",
        )
    if mode == "off":
        return _open(program)
    why = bubblewrap.available()
    if not why:
        return _confined(program, limits)
    if mode == "require":
        problem, _, cure = why.partition(". ")
        raise SandboxMissing(problem, cure=(cure or problem).rstrip("."))
    _warn(why)
    return _open(program)


@functools.cache
def _warn(why: str) -> None:
    """Once in a process."""
    _log.warning("Nothing protects this machine from the code that is graded: %s", why)


def _confined(program: Program, limits: Limits) -> Start:
    way = bubblewrap.way()
    if way is None:
        raise SandboxMissing("The sandbox was there a moment ago and is gone", cure="Install bubblewrap again")
    number = spare_user() if way.own_user or way.step_down else None
    user = number if way.own_user else None
    told = _told(program, places=PLACES, temporary=TEMPORARY, user=user, sandboxed=True)
    folders = bubblewrap.searched()

    def words(fd: int) -> list[str]:
        inside = [*_python(), f"{CODE}/{_INSIDE}", str(fd), CODE, *folders]
        return bubblewrap.command(way, program.code, inside, disk=2 * limits.file_bytes)

    count = 0 if user is not None else counted_for_this_user(namespace=True)
    as_whom = bubblewrap.stepping_down(number if way.step_down else None)
    return Start(words, os.environ, told, True, lambda: count, lambda: None, as_whom)


def _open(program: Program) -> Start:
    """Without protection. The code is laid out by links, so that the same things can be imported."""
    folder = Path(tempfile.mkdtemp(prefix="techsell-open-"))
    code, temporary = folder / "code", folder / "tmp"
    temporary.mkdir()
    for name, source in program.code.items():
        place = code / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(source.resolve())
    told = _told(program, places={str(temporary): 0o700}, temporary=str(temporary), user=None, sandboxed=False)
    folders = [str(place) for place in (*layout.packages(), *layout.linked())]

    def words(fd: int) -> list[str]:
        return [*_python(), str(code / _INSIDE), str(fd), str(code), *folders]

    def clear() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    return Start(words, environment(str(temporary)), told, False, lambda: counted_for_this_user(namespace=False), clear)


def _told(
    program: Program, *, places: Mapping[str, int], temporary: str, user: int | None, sandboxed: bool
) -> dict[str, Any]:
    visible = (*layout.system_places(), *layout.python_places())
    return {
        "module": program.module,
        "libraries": list(program.libraries),
        "fonts": fonts.lend(visible),
        "places": dict(places),
        "temporary": temporary,
        "user": user,
        "sandboxed": sandboxed,
    }


def _python() -> list[str]:
    """The interpreter: no user's packages, no current folder, no site, no compiled files written."""
    return [str(layout.python()), "-s", "-P", "-S", "-B"]
