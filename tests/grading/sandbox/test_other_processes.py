"""What code inside can do to other processes: nothing, not even to the server that it was forked from."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

TRY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *words):
    ctypes.set_errno(0)
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in (number, *words)]
    done = libc.syscall(*words)
    return 0 if done >= 0 else ctypes.get_errno()
"""
"""`call(number, ...)` makes a system call and gives its error number, or 0"""

NUMBERS = {
    "x86_64": {
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "kcmp": 312,
        "process_madvise": 440,
        "setpriority": 141,
        "ioprio_set": 251,
        "sched_setattr": 314,
        "prlimit64": 302,
    },
    "aarch64": {
        "ptrace": 117,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "kcmp": 272,
        "process_madvise": 440,
        "setpriority": 140,
        "ioprio_set": 30,
        "sched_setattr": 274,
        "prlimit64": 261,
    },
}[os.uname().machine]
EPERM = 1


def test_it_sees_itself_and_the_server_and_nobody_else(box):
    own, seen = box.run("import os; out = [os.getpid(), sorted(int(n) for n in os.listdir('/proc') if n.isdigit())]")
    assert seen == [1, own]
    assert own < 1000 or own not in (os.getpid(), box.server.pid), "these are numbers of its own namespace"


@pytest.mark.parametrize(
    "name",
    ["mem", "maps", "smaps", "environ", "auxv", "stack", "syscall", "personality", "io", "pagemap", "clear_refs"],
)
def test_the_servers_memory_and_secrets_cannot_be_read(box, name):
    own = box.run(f"import os; out = os.path.exists('/proc/self/{name}')")
    assert own, "the file must exist for the test to mean anything"
    for flags in ("os.O_RDONLY", "os.O_WRONLY", "os.O_RDWR"):
        said = box.run(
            f"import os\ntry:\n    fd = os.open('/proc/1/{name}', {flags})\n    out = len(os.read(fd, 64))\n"
            "except OSError as error:\n    out = 0"
        )
        assert said == 0, (name, flags)


@pytest.mark.parametrize(
    "name", ["fd", "map_files", "cwd", "root", "exe", "ns/net", "ns/mnt", "task/1/fd", "task/1/mem"]
)
def test_the_servers_open_files_cannot_be_reached(box, name):
    said = box.run(
        f"import os\nout = []\nfor look in (os.listdir, os.readlink, lambda place: os.open(place, os.O_RDONLY)):\n"
        f"    try: out.append(str(look('/proc/1/{name}')))\n    except OSError: pass"
    )
    assert said == []


def test_the_servers_memory_cannot_be_reached_by_system_calls(box):
    numbers = NUMBERS
    buffer = "data = ctypes.create_string_buffer(8)\nvector = (ctypes.c_void_p * 2)(ctypes.addressof(data), 8)\n"
    said = box.run(
        TRY + buffer + f"out = [call({numbers['ptrace']}, 16, 1, 0, 0), call({numbers['ptrace']}, 0x4206, 1, 0, 0),\n"
        f"call({numbers['process_vm_readv']}, 1, vector, 1, vector, 1, 0),\n"
        f"call({numbers['process_vm_writev']}, 1, vector, 1, vector, 1, 0),\n"
        f"call({numbers['kcmp']}, os.getpid(), 1, 2, 0, 0), call({numbers['process_madvise']}, 0, vector, 1, 4, 0)]"
    )
    assert said == [EPERM] * 6
    fd = box.run(
        TRY + f"fd = libc.syscall({numbers['pidfd_open']}, 1, 0)\n"
        f"out = [fd >= 0, *(call({numbers['pidfd_getfd']}, fd, other, 0) for other in range(3, 20))]"
    )
    assert fd[0], "the descriptor of the process must be there for the test to mean anything"
    assert set(fd[1:]) == {EPERM}


def test_no_signal_reaches_the_server(box):
    with box.child() as child:
        box.do(
            child,
            "import os\nfor number in range(1, 65):\n    for _ in range(3):\n        try: os.kill(1, number)\n"
            "        except OSError: pass",
        )
        assert box.do(child, "out = open('/proc/1/stat').read().split()[2]") in "SR"
    before = box.server.pid
    assert box.run("out = 1 + 1") == 2
    assert box.server.pid == before, "it must be the same server"


def test_killing_everybody_hits_only_oneself(box):
    with box.child() as child:
        child.channel.send({"code": "import os, signal; os.kill(-1, signal.SIGKILL); os.kill(0, signal.SIGKILL)"})
        assert child.end().signal == signal.SIGKILL
    assert box.run("out = 1 + 1") == 2


def test_the_server_cannot_be_slowed_down_or_limited(box):
    """In a user namespace it has the same user as the child, and these calls ask for nothing else."""
    numbers = NUMBERS
    box.run("out = 0")
    before = _how(box.server.pid)
    said = box.run(
        TRY + "import resource, struct\nlimit = struct.pack('QQ', 8, 8)\n"
        "attribute = struct.pack('IIQiIQQQ', 48, 3, 0, 19, 0, 0, 0, 0)\n"
        f"out = [call({numbers['setpriority']}, 0, 1, 19), call({numbers['setpriority']}, 2, 0, 19),\n"
        f"call({numbers['setpriority']}, 2, os.getuid(), 19), call({numbers['setpriority']}, 1, 1, 19),\n"
        f"call({numbers['ioprio_set']}, 1, 1, 3 << 13), call({numbers['ioprio_set']}, 3, os.getuid(), 3 << 13),\n"
        f"call({numbers['sched_setattr']}, 1, attribute, 0), call({numbers['prlimit64']}, 1, 7, limit, 0)]\n"
        "for act in (lambda: os.sched_setaffinity(1, {0}), lambda: os.sched_setscheduler(1, 5, os.sched_param(0)),\n"
        "            lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (4, 4))):\n"
        "    try: act(); out.append(0)\n    except PermissionError as error: out.append(error.errno)"
    )
    assert said == [EPERM] * 11
    assert _how(box.server.pid) == before


def _how(pid: int) -> dict[str, str]:
    """Priority, processors and limits of a process, as this machine sees them."""
    assert pid, "the server's number must be known for the test to mean anything"
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    found = {"nice": fields[16], "policy": fields[38], "cpus": status["Cpus_allowed"].strip()}
    if os.geteuid() == 0:
        found["limits"] = Path(f"/proc/{pid}/limits").read_text()
    return found


def test_its_own_priority_and_processors_are_its_own(box):
    said = box.run(
        "import os, resource\nos.nice(5)\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\nout = [os.nice(0), len(os.sched_getaffinity(0))]"
    )
    assert said == [5, 1]
    assert box.run("import os, resource; out = [os.nice(0), resource.getrlimit(resource.RLIMIT_NOFILE)[0]]") == [0, 256]


def test_it_has_no_rights_and_cannot_get_any(box):
    status = dict(line.split(":", 1) for line in box.run("out = open('/proc/self/status').read()").splitlines())
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    assert status["Groups"].split() in ([], ["65534"])
    assert box.run("import os\ntry: os.setuid(0); out = os.getuid()\nexcept OSError: out = None") is None


def test_outside_it_is_nobody_who_owns_anything(box, way):
    """Its user on this machine, seen from outside, while it runs."""
    with box.child() as child:
        box.do(child, "out = 0")
        inner = _grandchildren(box.server.pid)
        assert len(inner) == 1
        user = int(
            next(
                line.split()[1]
                for line in Path(f"/proc/{inner[0]}/status").read_text().splitlines()
                if line.startswith("Uid")
            )
        )
    if os.geteuid() == 0:
        assert user > 60000
    else:
        assert user == os.geteuid()


def _grandchildren(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_program_with_the_right_to_be_root_gains_nothing(box):
    """Programs of the system are there, but their set-user bit counts nothing."""
    said = box.run(
        "import os, subprocess\nfound = [place for name in ('su', 'mount', 'passwd', 'newgrp')\n"
        "         if os.path.exists(place := '/usr/bin/' + name) and os.stat(place).st_mode & 0o4000]\n"
        "out = [found, open('/proc/self/mountinfo').read()]"
    )
    assert all("nosuid" in line for line in said[1].splitlines() if " /usr" in line.split(" - ")[0])
