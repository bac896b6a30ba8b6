"""Would the bench notice? Each kind of damage is done here on purpose, and each kind of mistake in a file of tricks."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hostile.bench.exercises import HIDDEN, discovery, plant
from tests.hostile.bench.machine import Machine
from tests.hostile.bench.notebook import SAVES, edited, grade_id
from tests.hostile.bench.tricks import load, load_all

from techsell_grading.grader import Check, Verdict


@pytest.fixture
def bench(monkeypatch) -> Iterator[Machine]:
    monkeypatch.setattr("tests.hostile.bench.machine._PATIENCE", 0.2)
    made = Machine()
    made.look()
    yield made
    made.close()


def test_a_machine_that_nobody_touched_is_untouched(bench):
    assert bench.touched(thoroughly=True) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda place: place.write_text("x"), "was changed"),
        (lambda place: place.unlink(), "is gone"),
        (lambda place: place.with_name("new").write_text(""), "is new"),
        (lambda place: os.utime(place, (1, 1)), "was changed"),
        (lambda place: place.chmod(0o600), "was changed"),
        (lambda place: os.link(place, place.with_name("twin")), "was changed"),
        (lambda place: place.with_name("link").symlink_to(place), "is new"),
    ],
    ids=["content", "deleted", "new", "time", "mode", "hard link", "link"],
)
@pytest.mark.parametrize("where", ["course/gradebook.db", "home/notes.txt", "tmp/of_the_grader.txt"])
def test_a_changed_file_is_noticed(where, damage, said, bench):
    damage(bench.root / where)
    assert said in " ".join(bench.touched())


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "/var/tmp"])  # noqa: S108
def test_a_file_left_somewhere_else_is_noticed(place, bench):
    left = Path(place, f"{bench.token}-x")
    left.write_text("")
    try:
        assert f"{left} was left" in bench.touched()
    finally:
        left.unlink()


def test_processes_are_noticed_with_or_without_parents(bench):
    child = subprocess.Popen(["sleep", "60"])
    try:
        assert any("sleep 60" in said for said in bench.touched())
    finally:
        child.kill()
        child.wait()
    orphan = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    print(os.getpid(), flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", orphan], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.wait()
        try:
            assert any("a process is left" in said for said in bench.touched())
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    assert bench.touched() == []


def test_a_killed_or_stopped_neighbour_is_noticed(bench):
    os.kill(int(bench.places["BYSTANDER"]), signal.SIGSTOP)
    assert "a neighbour's process was stopped" in bench.touched()
    os.kill(int(bench.places["BYSTANDER"]), signal.SIGKILL)
    assert "a neighbour's process was killed" in " ".join(bench._awaited(bench.touched))


@pytest.mark.parametrize("way", ["TCP", "UDP", "TCP over IPv6", "Unix socket", "abstract Unix socket"])
def test_a_call_is_noticed(way, bench):
    port, port6 = int(bench.places["PORT"]), int(bench.places["PORT6"])
    if way == "UDP":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", port))
    elif way.startswith("TCP"):
        if way.endswith("IPv6") and not port6:
            pytest.skip("this machine has no IPv6")
        socket.create_connection(("::1", port6) if way.endswith("IPv6") else ("127.0.0.1", port)).close()
    else:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(bench.listener.path) if way == "Unix socket" else f"\0{bench.listener.abstract}")
    assert f"somebody called the listener: {way}" in bench.touched()


def test_shared_memory_is_noticed(bench):
    libc = ctypes.CDLL(None)
    number = libc.shmget(0x74731234, 4096, 0o1600)
    try:
        assert "shared memory, semaphores or queues are left" in " ".join(bench.touched())
    finally:
        libc.shmctl(number, 0, None)


def test_a_secret_is_found_where_a_learner_sees_it_and_only_there(bench):
    def verdict(message: str, **cell: object) -> Verdict:
        test = {"nbgrader": {"grade": True, "solution": False}}
        book = {"cells": [{"cell_type": "code", "metadata": test, "source": bench.secret, **cell}]}
        check = Check("plant", "energy", "test", 0.0, 1.0, False, message)
        return Verdict("plant", "L-1", "", "", (check,), autograded=(("plant", json.dumps(book)),))

    def output(kind: str, text: str) -> dict[str, object]:
        return {"output_type": kind, "name": "stdout", "text": text, "evalue": text}

    for shown in (bench.secret, bench.secret[::-1], bench.secret.encode().hex()):
        assert bench.read_out(verdict(shown)) != []
        assert bench.read_out(verdict("", outputs=[output("stream", shown)])) != []
    assert bench.read_out(verdict("wrong", outputs=[output("error", bench.secret)])) == [], "the trainer's own test"
    assert bench.read_out(verdict(HIDDEN), HIDDEN) != []


def test_every_file_of_tricks_can_be_read_and_used():
    tricks = load_all()
    assert len([trick for trick in tricks if not trick.honest]) > 150
    assert len({trick.name for trick in tricks}) == len(tricks)
    makers = {"plant": plant, "discovery": discovery}
    for trick in tricks:
        for name in trick.on:
            assert makers[name]().hand_in(trick, right=trick.honest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tricks: []", "wants title"),
        ("title: x\ntricks: [{id: a}]", "at least an id and what it says"),
        ("title: x\ntricks: [{id: a, says: b, frist: c}]", "does not know ['frist']"),
        ("title: x\ntricks: [{id: a, says: b, naive: maybe}]", "naive is one of"),
        ("title: x\ntricks: [{id: a, says: b, on: [moon]}]", "no exercise ['moon']"),
        ("title: x\ntricks: [{id: a, says: b}, {id: a, says: b}]", "is there twice"),
        ("title: x\nhonset: []", "found also ['honset']"),
    ],
)
def test_a_mistake_in_a_file_of_tricks_is_named(text, said, tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"new\.yaml") as caught:
        list(load(path))
    assert said in str(caught.value)


def test_notebooks_are_edited_as_described():
    book = plant().released
    count = len(book["cells"])
    assert len(edited(book, ({"cells": "energy", "delete": True},))["cells"]) == count - 1
    assert edited(book, ({"cells": "energy", "set": {"metadata.nbgrader.points": 9}},)) != book
    twin = edited(book, ({"cells": "energy", "copy": "start", "set": {"source": "1"}},))["cells"][0]
    assert (grade_id(twin), twin["source"]) == ("energy", "1")
    assert grade_id(edited(book, ({"cells": "unit", "move": "start"},))["cells"][0]) == "unit"
    assert edited(book, ({"notebook": {"nbformat": 9}},))["nbformat"] == 9
    with pytest.raises(ValueError, match="No cell 'enregy'"):
        edited(book, ({"cells": "enregy", "delete": True},))
    assert all(isinstance(save(json.dumps(book)), bytes) for save in SAVES.values())
