"""Started as a program by the tests: prepares once, then forks a candidate for each pair of sockets it is sent."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

from techsell_grading.grader.candidate import prepare, serve
from techsell_grading.grader.wire import Channel, Closed


def main() -> None:
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    prepare()
    channel.send({"tasks": len(list(Path("/proc/self/task").iterdir())), "threads": threading.active_count()})
    while True:
        try:
            folder = channel.receive()["folder"]
        except Closed:
            return
        ends = channel.fds
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                channel.close()
                os.chdir(folder)
                serve(*(Channel(socket.socket(fileno=end)) for end in ends))
                status = 0
            finally:
                os._exit(status)
        for end in ends:
            os.close(end)
        channel.send({"pid": pid})
        os.waitpid(pid, 0)
        channel.send({"gone": pid})


if __name__ == "__main__":
    main()
