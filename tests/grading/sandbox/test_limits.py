"""Code that uses more than it may ends within its limits, and neither the server nor the machine feels it."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from techsell_grading.grader.wire import Closed

MIB = 1 << 20


def test_a_fork_bomb_stays_small_and_is_gone(box):
    """Every process forks two; all of them at once."""
    bomb = """
import os, time
reader, writer = os.pipe()
pid = os.fork()
if pid == 0:
    os.setsid()
    while True:
        try: os.fork()
        except OSError: os.write(writer, b'.'); time.sleep(0.01)
os.read(reader, 1)
out = len([name for name in os.listdir('/proc') if name.isdigit()])
"""
    with box.child(processes=12) as child:
        assert 2 <= box.do(child, bomb) <= 14
        assert sum(_inside(box.server.pid).values()) <= 14
    assert _inside(box.server.pid) == {}
    assert box.run("out = 1 + 1") == 2


def test_threads_count_as_processes(box):
    many = "import threading, time\nmade = []\ntry:\n    for _ in range(50):\n"
    many += "        thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)\n"
    many += "        thread.start(); made.append(1)\n"
    many += "except RuntimeError: pass\nout = len(made)"
    assert 3 <= box.run(many, processes=10) <= 10


def test_one_process_that_wants_too_much_memory_is_told(box):
    assert box.ask_once("block = bytearray(2 << 30)") == {"error": "MemoryError: "}
    assert box.run("out = 1 + 1") == 2


def test_many_processes_that_take_too_much_together_are_ended(box):
    share = """
import os, time
for _ in range(10):
    if os.fork() == 0:
        block = bytearray(60 << 20)
        for place in range(0, len(block), 4096): block[place] = 1
        time.sleep(600)
time.sleep(600)
"""
    child = box.fork(memory=300 * MIB)
    began = time.monotonic()
    child.channel.send({"code": share})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 60)
    end = child.end()
    assert (end.limit, end.killed, end.signal) == ("memory", True, signal.SIGKILL)
    assert time.monotonic() - began < 30
    assert box.server.alive


def test_memory_that_is_shared_counts_once(box):
    """Forks share what their parent had: ten of them are no more than one."""
    shared = """
import os, time
block = bytearray(100 << 20)
pids = []
for _ in range(10):
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
    pids.append(pid)
time.sleep(0.5)
out = [os.waitpid(pid, os.WNOHANG)[0] for pid in pids]
"""
    with box.child(memory=400 * MIB) as child:
        assert box.do(child, shared) == [0] * 10
    assert child.exit.limit == ""


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "."])  # noqa: S108 - inside
def test_a_disk_filler_meets_a_full_disk(box, place):
    fill = f"""
import errno, os
written, number = 0, 0
try:
    while written < (1 << 30):
        with open({place!r} + f'/f{{number}}', 'wb', buffering=0) as file:
            for _ in range(8): written += file.write(bytes(1 << 20))
        number += 1
except OSError as error:
    out = [errno.errorcode[error.errno], written]
"""
    name, written = box.run(fill)
    assert name == "ENOSPC"
    assert 8 * MIB <= written <= 64 * MIB
    assert box.run(f"import os; out = os.statvfs({place!r}).f_bavail * os.statvfs({place!r}).f_bsize") >= 31 * MIB


def test_one_file_has_a_largest_size(box):
    grow = "import errno\ntry:\n    with open('f', 'wb') as file:\n        file.truncate(1 << 30)\n"
    grow += "except OSError as error: out = errno.errorcode[error.errno]"
    assert box.run(grow) == "EFBIG"


def test_a_million_small_files_are_noticed(box):
    child = box.fork()
    child.channel.send({"code": "number = 0\nwhile True:\n    open(f'{number}', 'w').close(); number += 1"})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 60)
    assert child.end().limit == "files"
    assert box.server.alive
    assert box.run("import os; out = os.listdir('.')") == []


def test_open_files_are_limited(box):
    hog = "import os, errno\nheld = []\ntry:\n    while True: held.append(os.dup(0))\n"
    hog += "except OSError as error: out = [errno.errorcode[error.errno], len(held)]\nfor fd in held: os.close(fd)"
    name, number = box.run(hog)
    assert name == "EMFILE"
    assert number < 256
    assert box.run("out = 1 + 1") == 2


def test_memory_without_a_process_is_refused(box):
    """What no limit counts: files in memory that no file system holds, and queues of the kernel."""
    assert box.run("import os; out = hasattr(os, 'memfd_create')") is False
    make = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    make += "out = [libc.memfd_create(b'x', 0), ctypes.get_errno()]"
    assert box.run(make) == [-1, 1]
    assert box.run("import resource; out = resource.getrlimit(resource.RLIMIT_MSGQUEUE)") == (0, 0)


def test_endless_computing_is_ended_by_the_kernel_too(box):
    child = box.fork(total_seconds=1)
    child.channel.send({"code": "while True: pass"})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 60)
    end = child.end()
    assert end.signal == signal.SIGXCPU
    assert not end.killed, "it ended before anybody ended it"


def test_a_flood_on_stdout_does_not_block(box):
    flood = (
        "import os, sys\nfor _ in range(2000):\n    os.write(1, b'x' * 65536); os.write(2, b'x' * 65536)\nout = 'done'"
    )
    assert box.run(flood) == "done"


def test_a_flood_of_last_words_does_no_harm(box):
    """The pipe for last words is known to the child; nobody reads more of it than a little."""
    flood = "import os\nfor name in os.listdir('/proc/self/fd'):\n    try:\n"
    flood += "        if 'pipe' in os.readlink('/proc/self/fd/' + name):\n"
    flood += "            while True: os.write(int(name), b'x' * 4096)\n    except OSError: pass\nout = 'done'"
    with box.child() as child:
        assert box.do(child, flood) == "done"
        assert len(child.end().said) <= 4000


def test_a_deep_recursion_ends_its_own_process_at_most(box):
    deep = "import sys\nsys.setrecursionlimit(10**9)\ndef down(n): return down(n + 1)\ndown(0)"
    child = box.fork(memory=150 * MIB)
    child.channel.send({"code": deep})
    try:
        said = child.channel.receive(time.monotonic() + 60)
    except Closed:
        said = {"error": "it ended"}
    assert "error" in said
    child.end()
    assert box.run("out = 1 + 1") == 2


def _inside(pid: int) -> dict[int, int]:
    """Processes below the server as this machine sees them, with their threads."""
    found: dict[int, int] = {}
    waiting = [pid]
    while waiting:
        here = waiting.pop()
        try:
            for thread in Path(f"/proc/{here}/task").iterdir():
                for child in (thread / "children").read_text().split():
                    found[int(child)] = len(list(Path(f"/proc/{child}/task").iterdir()))
                    waiting.append(int(child))
        except OSError:
            continue
    return found
