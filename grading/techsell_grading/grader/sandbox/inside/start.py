"""Started as a program, not imported: becomes the server of a sandbox and, in each fork, the program of that sandbox.

`python start.py SOCKET CODE PACKAGES...`: number of the socket to the grader, folder of our own code, folders of the
libraries. It says `{"here": True}`, is told the rest, and is ready:

    {"module", "libraries", "fonts", "places", "temporary", "user", "sandboxed"} -> {"missing", "fonts"}
"""

from __future__ import annotations

import importlib
import os
import random
import socket
import sys
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from techsell_grading.grader.sandbox.inside.forkserver import ForkServer, Job

_HELD: list[ForkServer] = []
"""In a child the server's sockets are closed under its objects; if those were ever collected, they would close whatever
has these numbers by then."""


def main() -> NoReturn:
    sys.path += sys.argv[2:]
    # Our own modules are found only from here on.
    from techsell_grading.grader.sandbox.inside.cleaning import wipe
    from techsell_grading.grader.sandbox.inside.confine import confine_server
    from techsell_grading.grader.sandbox.inside.forkserver import ForkServer
    from techsell_grading.grader.sandbox.inside.preload import load, made_fonts, settle
    from techsell_grading.grader.wire import Bounds, Channel, prepare

    channel = Channel(socket.socket(fileno=int(sys.argv[1])), Bounds(items=5000, libraries=False))
    channel.send({"here": True})
    told = channel.receive()
    confine_server(sandboxed=told["sandboxed"])
    missing = load(told["libraries"], told["fonts"])
    program = importlib.import_module(told["module"])
    if hasattr(program, "prepare"):
        program.prepare()
    prepare()  # what crosses the wire
    settle()
    fonts = made_fonts(told["fonts"])
    for place, mode in told["places"].items():
        wipe(place, mode, 10.0)
    server = ForkServer(channel, told["places"], sandboxed=told["sandboxed"])
    _HELD.append(server)
    channel.send({"missing": list(missing), "fonts": fonts})
    job = server.serve()
    if job is None:
        os._exit(0)
    _become(job, program, told)


def _become(job: Job, program: Any, told: dict[str, Any]) -> NoReturn:
    """Be the program of this sandbox for one submission; never returns, whatever the program does."""
    status = 1
    try:
        try:
            _confine(job, told)
        except BaseException as error:
            os.write(job.words, f"-{type(error).__name__}: {error}".encode()[:500])
            raise
        os.write(job.words, b"+")
        from techsell_grading.grader.wire import Bounds, Channel

        between = (Bounds(libraries=False), Bounds())  # with the grader, with the other child
        ends = [Channel(socket.socket(fileno=fd), bounds) for fd, bounds in zip(job.sockets, between, strict=False)]
        program.serve(ends[0], ends[1] if len(ends) > 1 else None)
        status = 0
    except BaseException:
        os.write(job.words, traceback.format_exc()[-1500:].encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _confine(job: Job, told: dict[str, Any]) -> None:
    from techsell_grading.grader.sandbox.inside.confine import confine_child
    from techsell_grading.grader.sandbox.inside.surroundings import lay_out

    confine_child(job.bounds, (*job.sockets, job.words), told["user"])
    for place in (os.__file__, __file__, *sys.argv[2:]):
        if not os.access(place, os.R_OK):
            raise PermissionError(f"other users may not read {place}; 'chmod -R o+rX' on Python and on the checkout")
    lay_out(told["temporary"])
    random.seed()
    if "numpy" in sys.modules:  # otherwise every child would draw the same "random" numbers
        sys.modules["numpy"].random.seed()


if __name__ == "__main__":
    main()
