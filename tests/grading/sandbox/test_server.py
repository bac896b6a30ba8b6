"""The life of a server: starting, interrupting, ending, dying, and being replaced."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from techsell_grading.grader.sandbox import Program, SandboxFailed, Server
from techsell_grading.grader.wire import Channel, Closed


def test_a_child_ends_by_itself(box):
    child = box.fork()
    child.channel.send({"code": "import os; os._exit(3)"})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 20)
    end = child.end()
    assert (end.status, end.signal, end.killed, end.limit) == (3, None, False, "")
    assert end.peak_memory > 5 << 20
    assert 0 < end.seconds < 20
    assert child.end() is end, "a second call does nothing"


def test_a_child_that_is_still_there_is_killed(box):
    with box.child() as child:
        box.do(child, "out = 1")
        end = child.end()
    assert (end.status, end.signal, end.killed) == (None, signal.SIGKILL, True)


def test_a_busy_child_can_be_interrupted_and_goes_on(box):
    loop = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\ncontrol.send({'out': 'now'})\n"
    loop += "try:\n    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})\n    while True: pass\n"
    loop += "except KeyboardInterrupt: out = 1"
    with box.child() as child:
        child.channel.send({"code": loop})
        assert child.channel.receive(time.monotonic() + 20) == {"out": "now"}
        child.interrupt()
        assert child.channel.receive(time.monotonic() + 20) == {"out": 1}
        assert box.do(child, "out = 2") == 2


def test_a_program_that_fails_says_why_to_the_grader(box):
    with box.child() as child:
        child.channel.send({"code": "raise SystemExit('no more')"})
        with pytest.raises(Closed):
            child.channel.receive(time.monotonic() + 20)
        end = child.end()
    assert end.status == 1
    assert "no more" in end.said


def test_only_one_child_at_a_time(box):
    with box.child() as child:
        box.do(child, "out = 1")
        with pytest.raises(SandboxFailed, match="a child is there already"):
            box.fork()
        assert not box.server.alive
        assert child.end().limit == "server"
        box.server.start()


def test_a_server_that_dies_in_the_middle_ends_its_child_and_can_start_again(box):
    child = box.fork()
    box.do(child, "out = 1")
    os.kill(box.server.pid, signal.SIGKILL)
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 20)
    end = child.end()
    assert (end.killed, end.limit) == (True, "server")
    assert not box.server.alive
    assert box.run("out = 3") == 3


def test_the_server_is_started_anew_when_it_cannot_prove_itself_clean(box, monkeypatch):
    """Its answer is changed on the way, as a server with something left would give it."""
    child = box.fork()
    pid = box.server.pid
    hear = box.server._hear
    monkeypatch.setattr(box.server, "_hear", lambda: {**hear(), "clean": "2 processes did not end"})
    assert child.end().killed
    monkeypatch.undo()
    assert not box.server.alive
    assert not Path(f"/proc/{pid}").exists()
    assert box.run("out = 4") == 4


def test_a_server_ends_with_everything_inside(box):
    child = box.fork()
    pids = box.do(
        child,
        "import os, time\npid = os.fork()\nif pid == 0:\n    os.setsid(); time.sleep(600)\nout = [os.getpid(), pid]",
    )
    assert len(pids) == 2
    outside = [int(word) for word in Path(f"/proc/{box.server.pid}/task/{box.server.pid}/children").read_text().split()]
    assert outside
    box.server.close()
    assert [pid for pid in (*outside, box.server.pid) if Path(f"/proc/{pid}").exists()] == []
    child.channel.close()


@pytest.mark.parametrize("helper", [False, True])
def test_a_grader_that_is_killed_takes_its_sandbox_along(box, repository, helper):
    """Killed without a word: no exit handler runs. With a helper that was forked off it, the sandbox's socket stays
    open, and only the kernel can know."""
    lines = [
        "import os, sys, time",
        "from pathlib import Path",
        f"sys.path[:0] = {[str(repository / 'course'), str(repository / 'grading')]!r}",
        "from techsell_grading.grader import Limits",
        "from techsell_grading.grader.sandbox import Program, Server",
        f"code = {{name: Path(place) for name, place in {_text(box.program)!r}}}",
        "program = Program('probe', code, ())",
        "server = Server(program, 'require', Limits())",
        "server.start()",
        "child = server.fork(memory=1 << 30, cpu_seconds=9, file_bytes=1 << 20, processes=20)",
        "busy = 'import os\\nif os.fork() == 0:\\n    os.setsid()\\n    while True: pass\\nout = 1'",
        "child.channel.send({'code': busy})",
        "child.channel.receive(time.monotonic() + 20)",
        f"helper = os.fork() if {helper} else 1",
        "if helper: print(server.pid, helper, flush=True)",
        "time.sleep(600)",
    ]
    grader = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    pid, other = map(int, grader.stdout.readline().split())
    watching = os.pidfd_open(pid)
    try:
        grader.kill()
        grader.wait()
        assert select.select([watching], (), (), 20)[0], "the sandbox lives on"
    finally:
        os.close(watching)
        grader.stdout.close()
        if helper:
            os.kill(other, signal.SIGKILL)


def _text(program: Program) -> list[tuple[str, str]]:
    return [(name, str(place)) for name, place in program.code.items()]


def test_a_server_outlives_the_thread_that_started_it(box):
    box.server.close()
    thread = threading.Thread(target=box.server.start)
    thread.start()
    thread.join()
    task = Path(f"/proc/self/task/{thread.native_id}")
    deadline = time.monotonic() + 20
    while task.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not task.exists()
    assert box.server.alive
    assert box.run("out = 5") == 5


def test_a_process_forked_off_the_grader_leaves_the_server_alone(box):
    box.run("out = 0")
    pid = os.fork()
    if pid == 0:
        try:
            box.server.close()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert box.server.alive
    assert box.run("out = 6") == 6


def test_a_program_that_cannot_be_loaded_is_named_with_its_error(box):
    wrong = Server(Program("no_such_program", box.program.code, ()), "require", box.limits)
    with pytest.raises(SandboxFailed, match=r"'no_such_program' did not start: ModuleNotFoundError.*sandbox'"):
        wrong.start()
    assert not wrong.alive


def test_a_library_that_is_not_installed_is_no_trouble(box):
    server = Server(Program("probe", box.program.code, ("json", "no_such_library")), "require", box.limits)
    server.start()
    try:
        assert server.missing == ("no_such_library",)
    finally:
        server.close()


def test_a_program_that_leaves_a_thread_running_is_refused(box, readable):
    """A fork would lose the thread with whatever lock it holds."""
    place = readable / "threaded.py"
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    place.write_text(text + "def serve(control, other): pass\n")
    server = Server(Program("threaded", {**box.program.code, "threaded.py": place}, ()), "require", box.limits)
    with pytest.raises(SandboxFailed, match="2 threads are running"):
        server.start()


def test_a_second_channel_reaches_another_process(box):
    left, right = socket.socketpair()
    with left, box.child(extra_fd=right) as child:
        right.close()
        child.channel.send({"code": "out = other.receive()['question'] * 2\nother.send({'answer': out})"})
        channel = Channel(left)
        channel.send({"question": 21})
        assert channel.receive(time.monotonic() + 20) == {"answer": 42}
        assert child.channel.receive(time.monotonic() + 20) == {"out": 42}


def test_what_the_grader_has_open_is_not_open_inside(box, tmp_path):
    with (tmp_path / "secret").open("w+") as secret:
        os.set_inheritable(secret.fileno(), True)
        box.server.close()
        links = box.run(
            "import os\nout = []\nfor name in os.listdir('/proc/self/fd'):\n"
            "    try: out.append(os.readlink('/proc/self/fd/' + name))\n    except OSError: pass"
        )
        assert not [link for link in links if "secret" in link]
