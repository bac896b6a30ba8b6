"""The system call filter: as a program that a small interpreter runs for both machines, and as the kernel runs it."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from techsell_grading.grader.sandbox.inside import seccomp

ALLOW = 0x7FFF0000
HEADERS = {
    "x86_64": (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), r"__NR_(\w+) (\d+)"),
    "aarch64": (Path("/usr/include/asm-generic/unistd.h"), r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}
PLACE = {"x86_64": 0, "aarch64": 1}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
NEW_USER, NEW_NET, THREAD = 0x10000000, 0x40000000, 0x003D0F00


def verdict(machine: str, number: int, *arguments: int, arch: int | None = None) -> int | str:
    """What the filter says: "allow", or the error number."""
    words = {0: number, 4: seccomp.ARCHITECTURES[machine] if arch is None else arch}
    for place, argument in enumerate(arguments):
        words[16 + 8 * place] = argument & 0xFFFFFFFF
        words[20 + 8 * place] = (argument >> 32) & 0xFFFFFFFF
    steps = seccomp.instructions(machine)
    at = held = 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        if code == 0x20:
            held = words.get(value, 0)
        elif code == 0x06:
            return "allow" if value == ALLOW else value & 0xFFFF
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
            at += yes if holds else no


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_jump_lands_inside_and_every_path_ends(machine):
    steps = seccomp.instructions(machine)
    assert len(steps) < 4096
    for at, (code, yes, no, _) in enumerate(steps):
        assert 0 <= yes < 256
        assert 0 <= no < 256
        if code != 0x06:
            assert at + 1 + max(yes, no) < len(steps)
    assert steps[-1][0] == 0x06


def test_the_numbers_are_those_of_the_kernels_headers(machine):
    header, pattern = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"the kernel's headers are not here ('apt-get install linux-libc-dev' brings {header})")
    known = {name: int(number) for name, number in re.findall(pattern, header.read_text())}
    tables = {**seccomp._REFUSED, **seccomp._SELF_ONLY}
    compared = {name: (known[name], numbers[PLACE[machine]]) for name, numbers in tables.items() if name in known}
    assert {name: pair for name, pair in compared.items() if pair[0] != pair[1]} == {}
    assert len(compared) > 50


def test_ordinary_calls_are_allowed(machine):
    numbers = {"x86_64": (0, 1, 9, 39, 57, 59, 61, 202, 257), "aarch64": (63, 64, 222, 172, 221, 260, 98, 56)}[machine]
    assert {verdict(machine, number) for number in numbers} == {"allow"}


def test_dangerous_calls_are_refused(machine):
    for name, numbers in seccomp._REFUSED.items():
        number = numbers[PLACE[machine]]
        if number is not None:
            assert verdict(machine, number) == errno.EPERM, name


def test_another_machines_calls_are_refused(machine):
    i386 = 0x40000003
    assert verdict(machine, 1, arch=i386) == errno.EPERM
    if machine == "x86_64":
        assert verdict(machine, 0x40000000 + 1) == errno.EPERM


def test_threads_and_forks_are_allowed_but_no_namespaces(machine):
    assert verdict(machine, CLONE[machine], THREAD) == "allow"
    assert verdict(machine, CLONE[machine], 17) == "allow"
    for flag in (NEW_USER, NEW_NET, 0x20000, 0x20000000, 0x08000000, 0x04000000, 0x02000000):
        assert verdict(machine, CLONE[machine], flag | 17) == errno.EPERM, hex(flag)
    assert verdict(machine, CLONE3) == errno.ENOSYS


def test_only_three_families_of_sockets(machine):
    for numbers in seccomp._SOCKETS:
        number = numbers[PLACE[machine]]
        assert [family for family in range(60) if verdict(machine, number, family) == "allow"] == [1, 2, 10]
        assert verdict(machine, number, 40) == errno.EAFNOSUPPORT


def test_scheduling_and_limits_are_for_oneself_only(machine):
    for name, numbers in seccomp._SELF_ONLY.items():
        number = numbers[PLACE[machine]]
        assert verdict(machine, number, 0) == "allow", name
        assert verdict(machine, number, 1) == errno.EPERM, name
        assert verdict(machine, number, 4242) == errno.EPERM, name
    setpriority, ioprio = seccomp._SETPRIORITY[PLACE[machine]], seccomp._IOPRIO_SET[PLACE[machine]]
    assert [verdict(machine, setpriority, what, who) for what, who in ((0, 0), (0, 1), (1, 0), (2, 0))] == [
        "allow",
        errno.EPERM,
        errno.EPERM,
        errno.EPERM,
    ]
    assert [verdict(machine, ioprio, what, who) for what, who in ((1, 0), (1, 1), (2, 0), (3, 0))] == [
        "allow",
        errno.EPERM,
        errno.EPERM,
        errno.EPERM,
    ]


def test_the_personality_may_be_asked_for_but_not_changed(machine):
    number = seccomp._PERSONALITY[PLACE[machine]]
    assert verdict(machine, number, 0xFFFFFFFF) == "allow"
    assert verdict(machine, number, 0x0040000) == errno.EPERM


def test_an_unknown_machine_is_an_error():
    with pytest.raises(KeyError):
        seccomp.instructions("pdp11")


def test_the_kernel_runs_the_same_filter(box):
    """Every refused call is made for real, with arguments that could do no harm if it were allowed."""
    code = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nout = {}\n"
        f"for name, numbers in {seccomp._REFUSED!r}.items():\n"
        "    number = numbers[0 if os.uname().machine == 'x86_64' else 1]\n"
        "    if number is not None:\n"
        "        ctypes.set_errno(0)\n"
        "        libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 6)\n"
        "        out[name] = ctypes.get_errno()"
    )
    found = box.run(code)
    assert {name: number for name, number in found.items() if number != errno.EPERM} == {}
    assert len(found) > 60


def test_ordinary_programs_work(box):
    """Threads, pipes to a shell, pools of processes, servers on its own loopback, waiting for all of them."""
    code = """
import asyncio, concurrent.futures, multiprocessing, os, resource, socket, subprocess, tempfile, threading
out = []
thread = threading.Thread(target=out.append, args=('thread',)); thread.start(); thread.join()
out.append(subprocess.run('echo shell | cat', shell=True, capture_output=True, text=True).stdout.strip())
with multiprocessing.get_context('fork').Pool(2) as pool: out.append(pool.map(abs, [-1, -2]))
with concurrent.futures.ThreadPoolExecutor(2) as pool: out.append(list(pool.map(abs, [-3])))
async def talk():
    async def answer(reader, writer): writer.write(await reader.readline()); writer.close()
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b'loopback\\n'); said = await reader.readline(); writer.close(); server.close()
    return said.decode().strip()
out.append(asyncio.run(talk()))
with tempfile.NamedTemporaryFile() as file: file.write(b'x'); out.append(file.name.startswith('/tmp/'))
out.append(os.cpu_count() >= 1 and bool(os.sched_getaffinity(0)) and resource.getrlimit(resource.RLIMIT_CORE) == (0, 0))
from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=100)
block.buf[0] = 7
out.append(block.buf[0])
block.close(); block.unlink()
"""
    child = box.fork()
    assert box.do(child, code) == ["thread", "shell", [1, 2], [3], "loopback", True, True, 7]
    child.end()
