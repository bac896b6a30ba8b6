"""Without a sandbox the same processes run; nothing is protected, but nothing is left behind either."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from techsell_grading.grader.sandbox import SandboxMissing, Server, bubblewrap, ways
from techsell_grading.grader.wire import Closed


def test_the_same_program_runs_and_is_not_confined(open_box):
    assert open_box.run("out = 1 + 1") == 2
    assert not open_box.server.confined
    assert open_box.run("import os; out = os.getuid()") == os.getuid()


def test_the_environment_and_the_view_of_our_code_are_the_same(open_box, monkeypatch):
    monkeypatch.setenv("A_SECRET_OF_THE_TRAINER", "grue")
    open_box.server.close()
    seen = open_box.run("import os; out = dict(os.environ)")
    assert "A_SECRET_OF_THE_TRAINER" not in seen
    assert Path(seen["HOME"]).parent == Path(seen["TMPDIR"])
    assert open_box.run("import importlib.util; out = importlib.util.find_spec('techsell.lessons') is None")


def test_a_daemon_is_ended_and_files_are_gone(open_box):
    word = secrets.token_hex(8)
    code = f"""
import os, sys, time
ready, go = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(go, str(os.getpid()).encode())
        time.sleep(600)
    os._exit(0)
open(os.environ['HOME'] + '/{word}', 'w').close()
out = [int(os.read(ready, 20)), os.environ['TMPDIR']]
"""
    with open_box.child() as child:
        pid, folder = open_box.do(child, code)
        assert Path(f"/proc/{pid}").exists()
        assert child.end().signal == signal.SIGKILL
        assert not Path(f"/proc/{pid}").exists()
        assert list(Path(folder).iterdir()) == []


def test_a_stopped_child_is_ended(open_box):
    with open_box.child() as child:
        child.channel.send({"code": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"})
        assert child.end().signal == signal.SIGKILL


def test_limits_hold_in_the_open_too(open_box):
    assert open_box.ask_once("block = bytearray(2 << 30)") == {"error": "MemoryError: "}
    child = open_box.fork(memory=200 << 20)
    share = "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        block = bytearray(60 << 20)\n"
    share += (
        "        for place in range(0, len(block), 4096): block[place] = 1\n        time.sleep(600)\ntime.sleep(600)"
    )
    child.channel.send({"code": share})
    with pytest.raises(Closed):
        child.channel.receive(time.monotonic() + 60)
    assert child.end().limit == "memory"


def test_closing_removes_its_folder_and_its_processes(open_box):
    folder = Path(open_box.run("import os; out = os.environ['TMPDIR']")).parent
    assert folder.is_dir()
    child = open_box.fork()
    pid = open_box.do(child, "import os, time\nout = os.fork()\nif out == 0:\n    os.setsid(); time.sleep(600)")
    open_box.server.close()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()
    child.channel.close()


def test_require_says_what_to_install(open_box, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(bubblewrap, "_try", bubblewrap._try.__wrapped__)
    with pytest.raises(SandboxMissing, match=r"bubblewrap is not installed.*'apt-get install bubblewrap'"):
        Server(open_box.program, "require", open_box.limits).start()


def test_auto_goes_on_in_the_open_and_warns(open_box, monkeypatch, caplog):
    monkeypatch.setattr(bubblewrap, "available", lambda: "bubblewrap is not installed. Install it")
    ways._warn.cache_clear()
    server = Server(open_box.program, "auto", open_box.limits)
    with caplog.at_level(logging.WARNING):
        server.start()
    try:
        assert not server.confined
        assert "Nothing protects this machine" in caplog.text
    finally:
        server.close()


def test_where_nothing_can_fork_the_cure_is_named(open_box, monkeypatch):
    monkeypatch.delattr(ways.os, "fork")
    with pytest.raises(SandboxMissing, match="inside WSL2"):
        Server(open_box.program, "off", open_box.limits).start()


def test_a_system_without_unix_can_import_it_and_is_told_what_to_do():
    """As Windows: none of these modules, no fork. Its learners check themselves in an ordinary process."""
    code = (
        "import os, sys\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "import concurrent.futures.thread, logging, platformdirs, random, subprocess, tempfile, threading\n"
        "for name in ('resource', 'fcntl', 'pwd', 'grp', 'termios'): sys.modules[name] = None\n"
        "for name in ('fork', 'geteuid', 'getuid', 'register_at_fork', 'sysconf'): delattr(os, name)\n"
        "from techsell_grading.grader.sandbox import SandboxMissing, Server, available\n"
        "from techsell_grading.grader.verdict import Limits\n"
        "for mode in ('off', 'auto', 'require'):\n"
        "    try: Server('candidate', mode, Limits()).start()\n"
        "    except SandboxMissing as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.count("WSL2") == 3


FAKES = {
    "bwrap: Unknown option --size": "Install bubblewrap 0.6 or later",
    "bwrap: No permissions to create new namespace, likely because the kernel does not allow": "user namespaces",
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted": "systempaths=unconfined",
    "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted": "user namespaces",
    "bwrap: setting up uid map: Permission denied": "apparmor_restrict_unprivileged_userns",
    "bwrap: Can't find source path /home/me/python: Permission denied": "chmod -R o+rX",
    "bwrap: something new": "python -m techsell_grading.grader.sandbox",
}


@pytest.mark.parametrize("said", sorted(FAKES))
def test_why_it_cannot_confine_is_said_with_a_cure(said, tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!{sys.executable}\nimport sys\nsys.exit({said!r})\n")
    tmp_path.chmod(0o755)
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    why = bubblewrap._try.__wrapped__()
    assert isinstance(why, str)
    assert said in why
    assert FAKES[said] in why


def test_other_systems_and_machines_are_told_what_to_do(monkeypatch):
    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")
    assert "WSL2" in bubblewrap._try.__wrapped__()
