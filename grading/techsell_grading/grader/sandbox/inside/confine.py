"""What a process does to itself before it runs anything that a stranger wrote. Each step can only take rights away.

`confine_server` once, when a sandbox starts: no other process may look into this one, and the system call filter holds
from here on. `confine_child` after every fork: own session, own user where there is one, limits, nothing of the
server's open files.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from . import seccomp

__all__ = ["Bounds", "confine_child", "confine_server"]

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER = 4, 24, 36
_SYS_KEYCTL = {"x86_64": 250, "aarch64": 219}
_KEYCTL_JOIN_SESSION_KEYRING = 1
_CAPABILITIES, _CAPABILITY_VERSION = 64, 0x20080522
_THIS_THREAD = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()
_libc = ctypes.CDLL(None, use_errno=True)  # made before any fork: making such things takes milliseconds
_OPEN_FILES = 256
_QUEUED_SIGNALS = 256
_LOCKED = 64 << 10
_STACK = 64 << 20
_CPU_GRACE = 2
"""seconds between the signal that says "too much CPU" and the one that kills"""


@dataclass(frozen=True)
class Bounds:
    """Limits of one child. Sizes in bytes; `processes` counts threads too."""

    memory: int
    cpu_seconds: int
    file_bytes: int
    processes: int


def confine_server(*, sandboxed: bool) -> None:
    """Close this process to all others and refuse dangerous system calls from here on, also to all descendants.

    Without a sandbox nothing can be promised; then only orphans are kept, so that they can be found and ended.

    Raises:
        OSError: the kernel refuses; nothing may be run then.
    """
    # Ctrl-C is for the grader; and a child of the same user could interrupt PID 1 by a signal that PID 1 handles.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sandboxed:
        if sys.platform == "linux":
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        return
    _leave_keyring()
    for number in range(_CAPABILITIES):
        with contextlib.suppress(OSError):  # not there in this kernel, or no right to, because there is nothing to drop
            _prctl(_PR_CAPBSET_DROP, number)
    _prctl(_PR_SET_DUMPABLE, 0)
    seccomp.install()
    if hasattr(os, "memfd_create"):
        del os.memfd_create  # it is refused now; who looks whether it is there takes an ordinary file instead


def confine_child(bounds: Bounds, keep: Iterable[int], user: int | None) -> None:
    """Turn a fresh fork into somebody who can do nothing but compute and write into the temporary folder.

    Args:
        keep: descriptors that stay open besides 0, 1 and 2, which lead nowhere.
        user: becomes its user and group; None: there is only one user here.

    Raises:
        OSError: a right could not be given up; the process must end then.
    """
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _close_all_but(keep)
    os.umask(0o077)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if sys.platform == "linux":
        _drop_capabilities()
        _prctl(_PR_SET_DUMPABLE, 1)  # its own /proc/self is its own again
    _limit(bounds)


def _limit(bounds: Bounds) -> None:
    for name, most in (
        ("RLIMIT_AS", bounds.memory),
        ("RLIMIT_FSIZE", bounds.file_bytes),
        ("RLIMIT_NPROC", bounds.processes),
        ("RLIMIT_NOFILE", _OPEN_FILES),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_SIGPENDING", _QUEUED_SIGNALS),
        ("RLIMIT_MEMLOCK", _LOCKED),
        ("RLIMIT_RTPRIO", 0),
        ("RLIMIT_NICE", 0),
    ):
        _set(name, most, most)
    _set("RLIMIT_CPU", bounds.cpu_seconds, bounds.cpu_seconds + _CPU_GRACE)
    stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
    _set("RLIMIT_STACK", _STACK if stack == resource.RLIM_INFINITY else min(stack, _STACK), _STACK)


def _set(name: str, soft: int, hard: int) -> None:
    """Lower one limit; what the operating system does not know is left out, what it knows must work."""
    what = getattr(resource, name, None)
    if what is None:
        return
    ceiling = resource.getrlimit(what)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(what, (soft, hard))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def _close_all_but(keep: Iterable[int]) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number, inheritable=True)
    low = 3
    for number in sorted(keep):
        os.closerange(low, number)
        low = number + 1
    os.closerange(low, max(os.sysconf("SC_OPEN_MAX"), 4096))


def _leave_keyring() -> None:
    """Join a new, empty session keyring: the one of whoever started the grader may hold keys."""
    machine = os.uname().machine
    if machine in _SYS_KEYCTL:
        _libc.syscall(_SYS_KEYCTL[machine], _KEYCTL_JOIN_SESSION_KEYRING, None)


def _drop_capabilities() -> None:
    """Give up all three sets of this thread (Linux `capset(2)`, version 3: two halves of three words)."""
    if _libc.capset(_THIS_THREAD, _NO_CAPABILITIES) != 0:
        raise OSError(ctypes.get_errno(), "capset: the capabilities could not be given up")


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")
