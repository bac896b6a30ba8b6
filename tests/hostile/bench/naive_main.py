"""Started as a program: grades as most graders do, all cells in one IPython shell, the tests among them.

One JSON object a line on standard input: `cells` ([source, name, points or null]), `folder`, `files`, `home`,
`seconds`. One line comes back: points by name. Each job runs in a fork, and where this is root as somebody who may read
everything and write nothing. It is here to be fooled: it proves that tricks are alive.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

NOBODY = 65534
_MEMORY = 3 << 30
_KEEP_CAPABILITIES, _CAPABILITY_VERSION, _MAY_READ = 8, 0x20080522, 1 << 2


def main() -> None:
    import IPython
    import matplotlib
    import matplotlib.pyplot
    import numpy as np
    import pandas as pd

    import techsell.check
    import techsell.datasets

    matplotlib.use("agg")
    _ = IPython, matplotlib.pyplot, np, pd, techsell.check, techsell.datasets
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_in_a_fork(json.loads(line))) + "\n")
        sys.stdout.flush()


def _in_a_fork(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job; `{"ended": …}` when it did not come to its end in time."""
    listen, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(listen)
        try:
            _become_harmless(job)
            told = json.dumps({"points": _grade(job)}).encode()
            os.write(say, told)
        finally:
            os._exit(0)
    os.close(say)
    deadline = time.monotonic() + job["seconds"]
    os.set_blocking(listen, False)
    said = b""
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.005)
    else:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    try:
        said = os.read(listen, 1 << 20)
    except BlockingIOError:
        said = b""
    finally:
        os.close(listen)
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"ended": "it did not come to its end"}


def _become_harmless(job: dict[str, Any]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115 - for as long as this process is there
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, data in job["files"].items():
        place = Path(job["folder"], name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(data))
    os.chdir(job["folder"])
    if os.geteuid() == 0:
        _become_nobody()
    resource.setrlimit(resource.RLIMIT_NPROC, (256, 256))
    os.environ.update(HOME=job["home"], IPYTHONDIR=job["folder"] + "/.ipython", MPLCONFIGDIR=job["folder"])
    sys.path.insert(0, "")


def _become_nobody() -> None:
    """Another user, who keeps the right to read (the interpreter may lie in a home) and no other: capset(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(_MAY_READ, _MAY_READ, 0, 0, 0, 0)
    if libc.capset(head, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _grade(job: dict[str, Any]) -> dict[str, float]:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.interactiveshell import InteractiveShell

    shown: list[str] = []

    class Hook(DisplayHook):
        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            shown.append(str(format_dict.get("text/plain", "")))

    class Shell(InteractiveShell):
        displayhook_class = Hook

    shell: Any = Shell.instance()
    found: dict[str, float] = {}
    for source, name, points in job["cells"]:
        del shown[:]
        try:
            failed = not shell.run_cell(source, store_history=True).success
        except BaseException:  # a cell can leave the shell itself with anything
            failed = True
        if points is not None:
            found[name] = 0.0 if failed else _points(shown, points)
    return found


def _points(shown: list[str], most: float) -> float:
    """nbgrader's rule: the first result that is a number is partial credit, anything else full marks."""
    for text in shown:
        try:
            return float(text)
        except ValueError:
            return most
    return most


if __name__ == "__main__":
    main()
