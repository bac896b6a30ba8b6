"""Emptying a folder whatever is in it, and the guard that keeps "kill everybody" inside a namespace."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from techsell_grading.grader.sandbox.inside import cleaning
from techsell_grading.grader.sandbox.inside.cleaning import end_everybody, first_look, not_clean, wipe


def test_a_folder_is_emptied_and_gets_its_permissions_back(tmp_path):
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "file").write_text("x")
    (top / "a" / "b").chmod(0)
    (top / "link").symlink_to(tmp_path)
    os.mkfifo(top / "fifo")
    top.chmod(0o300)
    wipe(str(top), 0o700, 10)
    assert list(top.iterdir()) == []
    assert stat.S_IMODE(top.stat().st_mode) == 0o700


def test_what_links_point_to_is_left_alone(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    top = tmp_path / "top"
    (top / "inner").mkdir(parents=True)
    for place in (top / "link", top / "inner" / "link"):
        place.symlink_to(kept, target_is_directory=True)
    wipe(str(top), 0o700, 10)
    assert (kept / "file").read_text() == "mine"
    assert list(top.iterdir()) == []


def test_it_stops_in_time_and_says_what_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(cleaning, "descendants", lambda: iter(()))  # other tests have left some running, a browser say
    top = tmp_path / "top"
    top.mkdir()
    empty = first_look([str(top)])
    for number in range(3):
        (top / f"{number}").write_text("x")
    wipe(str(top), 0o700, -1)
    assert not_clean(empty, sandboxed=False) == f"3 entries are left in {top}"
    wipe(str(top), 0o700, 10)
    assert not_clean(empty, sandboxed=False) == ""


def test_outside_a_namespace_nobody_is_killed_but_ones_own(monkeypatch):
    """`kill(-1)` here would end everything that this user runs."""
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(cleaning.os, "kill", lambda *words: killed.append(words))
    with pytest.raises(RuntimeError, match="not PID 1"):
        end_everybody(None, sandboxed=True, seconds=1, wait=time.sleep)
    assert killed == []


def test_in_the_open_only_descendants_are_ended():
    """Run in a process of its own, since it also collects every child."""
    code = (
        "import os, subprocess, sys, time\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from techsell_grading.grader.sandbox.inside.cleaning import end_everybody\n"
        "from techsell_grading.grader.sandbox.inside.confine import confine_server\n"
        "confine_server(sandboxed=False)\n"
        "ready, go = os.pipe()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        os.write(go, str(os.getpid()).encode())\n"
        "        time.sleep(600)\n"
        "    time.sleep(600)\n"
        "daemon = int(os.read(ready, 20))\n"
        "gone = end_everybody(pid, sandboxed=False, seconds=10, wait=time.sleep)\n"
        "print(sorted(gone) == sorted([pid, daemon]), [found.status for found in gone.values()])\n"
    )
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.split(" ", 1) == ["True", f"[{int(signal.SIGKILL)}, {int(signal.SIGKILL)}]\n"]
        assert bystander.poll() is None
        assert Path("/proc/self").exists()
    finally:
        bystander.kill()
        bystander.wait()
