"""The command that starts a sandbox, and whether this machine can run it.

Two ways, both with namespaces of their own for processes, network, mounts, queues and host name:

own user     where the grader is root: no user namespace; children become a user that nobody else is, so that the kernel
             counts their processes, and the server, still root in name with a few capabilities, is out of their reach.
namespace    for an ordinary user: a user namespace, no capabilities at all; server and children are one user, so the
             system call filter keeps them apart. A root who may not create mounts starts this as a user that nobody
             is: root itself, even without capabilities, owns too much (the machine's devices, for one).
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from . import layout
from .inside import seccomp
from .inside.surroundings import environment
from .users import spare_user

__all__ = [
    *("CODE", "PLACES", "TEMPORARY", "Mode", "Way"),
    *("available", "command", "packages", "searched", "stepping_down", "way"),
]

Mode = Literal["require", "auto", "off"]

CODE, TEMPORARY = "/code", "/tmp"  # noqa: S108 - a file system of its own inside
PLACES = {TEMPORARY: 0o1777, "/dev/shm": 0o1777}  # noqa: S108 - likewise
"""all that can be written inside, with permissions"""

_LINKED = "/packages/linked-{}"
_SHARED_MEMORY = 64 << 20
_CAPABILITIES = ("SETUID", "SETGID", "SETPCAP", "KILL", "DAC_OVERRIDE", "FOWNER", "SYS_PTRACE")
"""of the server where it is root: to become another user in a child, to end, measure and clear away what that did"""
_TRIAL_SECONDS = 20

_NAMESPACES = (
    "Allow user namespaces: outside a container 'sysctl -w kernel.unprivileged_userns_clone=1', on Ubuntu also "
    "'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'; in a container '--security-opt seccomp=unconfined' "
    "or '--cap-add SYS_ADMIN'"
)
_CURES = (
    ("nknown option", "Install bubblewrap 0.6 or later"),
    ("mount proc", "Let the container mount /proc ('--security-opt systempaths=unconfined'), or grade outside one"),
    ("source path", "Let other users read Python and the checkout ('chmod -R o+rX'), or grade as an ordinary user"),
    *((sign, _NAMESPACES) for sign in ("namespace", "uid map", "RTM_NEWADDR", "Operation not permitted")),
)
"""words of bubblewrap, and what to do then"""
_OTHERWISE = "Run 'python -m techsell_grading.grader.sandbox' to see what this machine allows"


@dataclass(frozen=True)
class Way:
    """How this machine confines, as above; `path` of bwrap. With `step_down` bwrap itself is started as a user that
    nobody is."""

    path: str
    own_user: bool = False
    step_down: bool = False

    @property
    def name(self) -> str:
        return "own user" if self.own_user else "namespace of a passing user" if self.step_down else "namespace"


def available() -> str:
    """Empty when code can be confined here; otherwise why not, and what to do about it."""
    found = _try()
    return found if isinstance(found, str) else ""


def way() -> Way | None:
    """How code is confined here; None when it cannot be."""
    found = _try()
    return None if isinstance(found, str) else found


def command(chosen: Way, code: Mapping[str, Path], words: Sequence[str], *, disk: int) -> list[str]:
    """The complete command.

    Args:
        code: files and folders of ours by their place below `/code`.
        words: what to start inside.
        disk: bytes that may be written below `/tmp`.
    """
    shown = list(_shown(code))
    places = [*_folders(shown), *(word for words in shown for word in words), *_written(disk)]
    return [chosen.path, *_spaces(chosen), *places, "--chdir", TEMPORARY, "--", *words]


def stepping_down(user: int | None) -> dict[str, Any]:
    """Arguments for `subprocess` that start a program as this user; None: as oneself."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": ()}


def packages() -> dict[Path, str]:
    """Folders of libraries, and where they are seen inside."""
    known = (*(place for place in layout.system_places() if not place.is_symlink()), *layout.python_places())
    found = layout.packages()
    inside = [any(folder.is_relative_to(place) for place in known) for folder in found]
    both = zip(found, inside, strict=True)
    # Beside the standard library they stay where they are: some find shared libraries relative to their own place.
    return {folder: str(folder) if stays else f"/packages/{n}" for n, (folder, stays) in enumerate(both)}


def searched() -> list[str]:
    """Where Python looks for libraries inside."""
    return [*packages().values(), *(_LINKED.format(number) for number in range(len(layout.linked())))]


@functools.cache
def _try() -> Way | str:
    """What works, found by doing it once."""
    if sys.platform != "linux":
        return (
            "The sandbox needs Linux. On Windows use WSL2; elsewhere say '--sandbox off' and grade without protection"
        )
    if os.uname().machine not in seccomp.ARCHITECTURES:
        known = " and ".join(seccomp.ARCHITECTURES)
        return f"The sandbox's system call filter knows {known}, not {os.uname().machine}. Grade on such a machine"
    path = shutil.which("bwrap")
    if path is None:
        return (
            "bubblewrap is not installed (no 'bwrap' on the PATH). Install it: 'apt-get install bubblewrap', "
            "'dnf install bubblewrap' or 'pacman -S bubblewrap'"
        )
    said = ""
    for chosen in ways(path):
        found = trial(chosen)
        if not found:
            return chosen
        said = said or found
    cure = next((cure for sign, cure in _CURES if sign in said), _OTHERWISE)
    return f"bubblewrap is installed but cannot confine here (it says '{said}'). {cure}"


def ways(path: str) -> tuple[Way, ...]:
    """What may work for this user, best first."""
    return (Way(path, own_user=True), Way(path, step_down=True)) if os.geteuid() == 0 else (Way(path),)


def trial(chosen: Way) -> str:
    """Starts Python inside; what was said when that failed, else empty."""
    user = spare_user()
    if user is None and (chosen.own_user or chosen.step_down):
        return "this user namespace has no number for another user"
    try:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            command(chosen, {}, [str(layout.python()), "-S", "-V"], disk=1 << 20),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRIAL_SECONDS,
            check=False,
            **stepping_down(user if chosen.step_down else None),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _spaces(chosen: Way) -> Iterator[str]:
    yield from ("--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL")
    if chosen.own_user:
        yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
        for name in _CAPABILITIES:
            yield from ("--cap-add", f"CAP_{name}")
    else:
        yield "--unshare-all"
    yield from ("--hostname", "sandbox")
    for name, value in environment(TEMPORARY).items():
        yield from ("--setenv", name, value)


def _folders(shown: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The folders above all that is shown: those that bwrap makes by itself are closed to other users."""
    above = {parent for words in shown for parent in Path(words[-1]).parents}
    for place in sorted(above - {Path("/")}):
        yield from ("--perms", "0755", "--dir", str(place))


def _shown(code: Mapping[str, Path]) -> Iterator[tuple[str, ...]]:
    """Everything that can be read; nothing of it can be written. Each ends with its place inside."""
    for place in layout.system_places():
        if place.is_symlink() and place.parent == Path("/"):
            yield ("--symlink", str(place.readlink()), str(place))
        else:
            yield ("--ro-bind", str(place.resolve()), str(place))
    for place in layout.python_places():
        yield ("--ro-bind", str(place), str(place))
    seen = packages()
    for folder, inside in seen.items():
        if str(folder) != inside:
            yield ("--ro-bind", str(folder), inside)
    for number, parts in enumerate(layout.linked().values()):
        for part in parts:
            yield ("--ro-bind", str(part.resolve()), f"{_LINKED.format(number)}/{part.name}")
    for place in layout.hidden_from(tuple(seen)):
        around = next((folder for folder in seen if place.is_relative_to(folder)), None)
        covered = place if around is None else Path(seen[around]) / place.relative_to(around)
        if around is not None or any(place.is_relative_to(shown) for shown in _bound()):
            yield ("--perms", "0755", "--size", "4096", "--tmpfs", str(covered))
            yield ("--remount-ro", str(covered))
    for name, source in code.items():
        yield ("--ro-bind", str(source.resolve()), f"{CODE}/{name}")


def _bound() -> Iterator[Path]:
    yield from (place for place in layout.system_places() if not place.is_symlink())
    yield from layout.python_places()


def _written(disk: int) -> Iterator[str]:
    """Kernel's folders, then what can be written; everything else becomes read-only."""
    yield from ("--proc", "/proc", "--dev", "/dev")
    for place, size in ((TEMPORARY, disk), ("/dev/shm", _SHARED_MEMORY)):  # noqa: S108 - of its own
        yield from ("--perms", f"{PLACES[place]:o}", "--size", str(size), "--tmpfs", place)
    for place in ("/dev", "/proc", "/"):
        yield from ("--remount-ro", place)
