"""`techsell serve` as a trainer runs it: what it says, how it ends, and that a learner's program reaches it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from techsell.course_service import Away, CourseService, Refused
from techsell.errors import GradingError, UsageError
from techsell_grading.course import Course
from techsell_grading.service.serve import Listen, serve

SLOW = "import time\ntime.sleep(2)\n\ndef double(x):\n    return 2 * x"


@contextmanager
def serving(course: Course, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address that it prints."""
    command = [sys.executable, "-m", "techsell", "serve", "--course", str(course.home), "--port", "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.fullmatch(r"Course service: (https?://\S+:\d+)\n", first)
        assert found, first + (process.stderr.read() if process.stderr and not first else "")
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


def test_it_ends_in_order(released: Course, zipped: Callable[..., bytes], need_program: Callable[..., str]) -> None:
    """What is being graded when SIGTERM comes is finished, and nothing of it stays running."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    answers: list[dict[str, Any]] = []
    with serving(released, "--workers", "1") as (process, address):
        assert process.stdout is not None
        token = process.stdout.readline().removeprefix("Token: ").strip()
        service = CourseService(address, token)
        sender = threading.Thread(target=lambda: answers.append(service.hand_in("valves", zipped(double_answer=SLOW))))
        sender.start()
        below = psutil.Process(process.pid).children(recursive=True)
        assert len(below) >= 3
        kept = released.path("submitted", "L-AAAAAA") / ".originals"
        while not list(kept.glob("*/*.zip")):
            sender.join(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        sender.join(10)
        assert psutil.wait_procs(below, 30)[1] == []
    assert [answer["score"] for answer in answers] == [10.0]
    with pytest.raises(Away, match=r"does not answer.*Hand in again when it is back"):
        service.hand_in("valves", zipped())


@pytest.mark.slow
def test_it_may_be_killed_and_goes_on_where_it_was(
    released: Course, zipped: Callable[..., bytes], need_program: Callable[..., str]
) -> None:
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    people = released.home / ".techsell" / "tokens.json"
    with serving(released, "--workers", "1") as (process, address):
        token = str(json.loads(people.read_text())["people"][0]["token"])
        assert CourseService(address, token).hand_in("valves", zipped())["score"] == 10.0
        below = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert psutil.wait_procs(below, 30)[1] == []
    with serving(released, "--workers", "1", "--seats", "2") as (process, address):
        again = CourseService(address, token)
        assert again.hand_in("valves", zipped(note="again"))["score"] == 10.0
        assert b"10 of 15 points" in again.page("valves")
        with pytest.raises(Refused, match="not one of this course") as stranger:
            CourseService(address, "somebody").page("valves")
        assert stranger.value.status == 401
        assert [one["learner"] for one in json.loads(people.read_text())["people"]] == ["L-AAAAAA", ""]


@pytest.mark.slow
def test_with_a_certificate_it_speaks_tls(
    released: Course,
    zipped: Callable[..., bytes],
    need_program: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    openssl = need_program("openssl", hint="'apt-get install openssl'")
    paper, key = tmp_path / "room.pem", tmp_path / "room.key"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    words += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(paper), "-keyout", str(key)]
    subprocess.run([openssl, *words], check=True, capture_output=True)
    with serving(released, "--workers", "1", "--certificate", str(paper), "--key", str(key)) as (_, address):
        assert address.startswith("https://127.0.0.1:")
        tokens = json.loads((released.home / ".techsell" / "tokens.json").read_text())
        service = CourseService(address, tokens["people"][0]["token"])
        with pytest.raises(Away, match="certificate verify failed"):
            service.hand_in("valves", zipped())
        monkeypatch.setenv("SSL_CERT_FILE", str(paper))
        assert service.hand_in("valves", zipped())["score"] == 10.0


def refused(course: Course, listen: Listen) -> str:
    """What the service says instead of starting."""
    with pytest.raises((UsageError, GradingError)) as caught:
        serve(course, listen, announce=lambda _: pytest.fail("it listens"))
    return str(caught.value)


@pytest.mark.parametrize("ip", ["0.0.0.0", "::", "192.0.2.7", "room.example"])  # noqa: S104 - refused
def test_beyond_this_machine_it_wants_tls(released: Course, ip: str) -> None:
    assert "needs TLS" in refused(released, Listen(ip, 0))
    assert "--certificate" in refused(released, Listen(ip, 0))


def test_a_certificate_that_is_none_and_a_port_that_is_taken_are_said(released: Course, tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    assert "The certificate cannot be used" in refused(released, Listen(certificate=tmp_path / "broken.pem"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert "cannot listen on port" in refused(released, Listen(port=other.getsockname()[1]))
