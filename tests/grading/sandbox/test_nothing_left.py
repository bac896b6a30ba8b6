"""What one submission leaves behind for the next: nothing. Looked for from inside and on this machine."""

from __future__ import annotations

import os
import secrets
import signal
import time
from pathlib import Path

import pytest

from techsell_grading.grader.wire import Closed


def running(word: str) -> list[int]:
    """Processes on this machine whose command line holds `word`."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in place.read_bytes() and int(place.parent.name) != os.getpid():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def wait_for(holds, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


DAEMON = """
import os, signal, sys, time
ready, go = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        os.write(go, b'.')
        os.execv(sys.executable, ['python', '-S', '-c', 'import time\\nwhile True: time.sleep(60)', {word!r}])
    os._exit(0)
os.read(ready, 1)
"""


def test_a_daemon_is_gone_before_the_next_submission(box):
    word = secrets.token_hex(8)
    with box.child() as child:
        box.do(child, DAEMON.format(word=word))
        wait_for(lambda: running(word))
        pids = running(word)
        child.end()
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert running(word) == []
    assert box.run("import os; out = [name for name in os.listdir('/proc') if name.isdigit()]")[0] == "1"


def test_a_daemon_does_not_outlive_the_process_that_made_it(box):
    """The main process ends; the grader sees it at once although a daemon holds its sockets open."""
    word = secrets.token_hex(8)
    child = box.fork()
    box.do(child, DAEMON.format(word=word).replace("os.execv", "time.sleep(60) or os.execv"))
    child.channel.send({"code": "import os; os._exit(7)"})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 20)
    end = child.end()
    assert (end.status, end.killed) == (7, False)
    assert box.server.alive


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTSTP])
def test_a_stopped_child_is_ended(box, number):
    with box.child() as child:
        child.channel.send({"code": f"import os; os.kill(os.getpid(), {int(number)})"})
        began = time.monotonic()
        assert child.end().signal == signal.SIGKILL
        assert time.monotonic() - began < 5


def test_a_whole_tree_of_stopped_sessions_is_ended(box):
    tree = """
import os, signal
ready, go = os.pipe()
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        os.fork()
        os.write(go, b'.')
        os.kill(os.getpid(), signal.SIGSTOP)
for _ in range(10): os.read(ready, 1)
"""
    with box.child() as child:
        box.do(child, tree)
        assert child.end().killed
    assert box.run("import os; out = len([n for n in os.listdir('/proc') if n.isdigit()])") == 2


WRITE = """
import os, stat, socket
for place in ('/tmp', '/dev/shm', os.environ['HOME'], '.'):
    with open(place + '/left', 'w') as file: file.write('x')
    os.makedirs(place + '/a/b/c', exist_ok=True)
    with open(place + '/a/b/c/hidden', 'w') as file: file.write('x')
    os.chmod(place + '/a/b/c/hidden', 0)
    os.chmod(place + '/a/b/c', 0)
    os.chmod(place + '/a/b', 0)
    os.mkfifo(place + '/fifo')
    os.symlink('/', place + '/everything')
    os.symlink('nowhere', place + '/nothing')
    open(os.fsencode(place) + b'/\\xff\\n-rf *', 'w').close()
    server = socket.socket(socket.AF_UNIX); server.bind(place + '/socket')
    os.mkdir(place + '/sticky', 0o700); os.chmod(place + '/sticky', 0o1700)
    open(place + '/sticky/file', 'w').close()
os.mkdir('/tmp/-'); os.mkdir('/tmp/...')
for place in ('/tmp', '/dev/shm'):
    try: os.chmod(place, 0)
    except PermissionError: pass
out = 'written'
"""


def test_files_are_gone_whatever_they_are(box):
    assert box.run(WRITE) == "written"
    look = "import os\nout = [[name, os.listdir(name), oct(os.stat(name).st_mode)] for name in ('/tmp', '/dev/shm')]"
    found = {name: (sorted(entries), mode) for name, entries, mode in box.run(look)}
    assert found == {
        "/tmp": (["home", "work"], "0o41777"),  # noqa: S108 - inside
        "/dev/shm": ([], "0o41777"),  # noqa: S108
    }
    assert box.run("import os; out = os.listdir('.') + os.listdir(os.environ['HOME'])") == []


def test_a_tree_deeper_than_any_path_is_gone(box):
    deep = "import os\nfor _ in range(3000): os.mkdir('d'); os.chdir('d')\nopen('bottom', 'w').close()\nout = 'deep'"
    assert box.run(deep) == "deep"
    assert box.run("import os; out = os.listdir('.')") == []


def test_files_that_are_open_or_mapped_take_no_space_afterwards(box):
    hold = "import os, mmap\nfd = os.open('f', os.O_CREAT | os.O_RDWR)\nos.truncate(fd, 8 << 20)\n"
    hold += "held = mmap.mmap(fd, 8 << 20)\nheld[:] = bytes(8 << 20)\nos.unlink('f')\nout = 'held'"
    before = box.run("import os; out = os.statvfs('/tmp').f_bfree")
    assert box.run(hold) == "held"
    assert box.run("import os; out = os.statvfs('/tmp').f_bfree") == before


def test_marks_on_the_folders_themselves_are_gone(box):
    mark = "import os\ntry: os.setxattr('/tmp', 'user.mark', b'1')\nexcept OSError: pass\nout = 1"
    box.run(mark)
    assert box.run("import os; out = [name for name in os.listxattr('/tmp') if name.startswith('user.')]") == []


IPC = {
    "shmget": "call(29 if x86 else 194, 4242, 4096, 0o1666)",
    "msgget": "call(68 if x86 else 186, 4242, 0o1666)",
    "semget": "call(64 if x86 else 190, 4242, 1, 0o1666)",
    "mq_open": "call(240 if x86 else 180, ctypes.c_char_p(b'mine'), 0o102, 0o666, 0)",
    "add_key": "call(248 if x86 else 217, *map(ctypes.c_char_p, (b'user', b'mine', b'1')), 1, -4)",
}
CALL = """
import ctypes, os
x86 = os.uname().machine == 'x86_64'
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *words):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), *(ctypes.c_long(word) if isinstance(word, int) else word for word in words))
    return ctypes.get_errno()
"""


@pytest.mark.parametrize("name", sorted(IPC))
def test_queues_shared_memory_and_keys_of_the_kernel_are_refused(box, name):
    assert box.run(f"{CALL}out = {IPC[name]}") == 1, "EPERM"


def test_the_kernels_tables_are_empty(box):
    for table in ("shm", "msg", "sem"):
        assert len(box.run(f"out = open('/proc/sysvipc/{table}').read()").splitlines()) == 1


def test_a_connection_that_keeps_its_port_makes_the_sandbox_be_replaced(box):
    """A closed connection occupies a port for a minute: the next submission would find it taken."""
    talk = "import socket\nserver = socket.create_server(('127.0.0.1', 8000))\n"
    talk += "mine = socket.create_connection(('127.0.0.1', 8000))\n"
    talk += (
        "other, _ = server.accept()\nother.close(); mine.close(); server.close()\nout = open('/proc/net/tcp').read()"
    )
    child = box.fork()
    first = box.server.pid
    table = box.do(child, talk)
    assert len(table.splitlines()) > 1, "the port must be occupied for the test to mean anything"
    child.end()
    assert not box.server.alive
    assert box.run("import socket; socket.create_server(('127.0.0.1', 8000)); out = 'free'") == "free"
    assert box.server.pid != first


def test_random_numbers_are_fresh_in_each_child(box):
    draw = "import random, secrets; out = [random.random(), secrets.token_hex()]"
    drawn = [box.run(draw) for _ in range(3)]
    assert len({number for pair in drawn for number in pair}) == 6


def test_the_order_of_sets_is_the_same_every_day(box):
    show = "out = str(set('a b c d e f g h'.split()))"
    first = box.run(show)
    box.server.close()
    assert box.run(show) == first


@pytest.mark.slow
def test_a_thousand_submissions_leave_everything_flat(box):
    measured = _many(box, 1000)
    early, late = measured[100], measured[-1]
    assert late["fds"] == early["fds"]
    assert late["server fds"] == early["server fds"]
    assert late["processes"] == early["processes"] == 0
    assert late["server memory"] - early["server memory"] < 1 << 20
    assert late["memory"] - early["memory"] < 2 << 20


def test_a_hundred_submissions_leave_everything_flat(box):
    measured = _many(box, 100)
    early, late = measured[20], measured[-1]
    assert late["fds"] == early["fds"]
    assert late["server fds"] == early["server fds"]
    assert late["processes"] == 0
    assert late["server memory"] - early["server memory"] < 1 << 20


def _many(box, number: int) -> list[dict[str, int]]:
    """Measures after each of so many submissions that fork and write a little; all by one server."""
    work = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\nopen('f', 'w').write('x' * 10000)\nout = 1"
    measured = []
    box.run("out = 0")
    pid = box.server.pid
    for _ in range(number):
        box.run(work)
        status = Path(f"/proc/{pid}/status").read_text()
        readable = os.geteuid() == 0
        measured.append(
            {
                "fds": len(list(Path("/proc/self/fd").iterdir())),
                "server fds": len(list(Path(f"/proc/{pid}/fd").iterdir())) if readable else 0,
                "memory": _resident(Path("/proc/self/status").read_text()),
                "server memory": _resident(status),
                "processes": len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()),
            }
        )
    assert box.server.pid == pid, "it must be the same server all the time"
    return measured


def _resident(status: str) -> int:
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) * 1024
