"""What a learner's program meets over HTTP: the result, or a sentence; and never anybody else's."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from techsell_grading.grade import grade
from techsell_grading.gradebook import Book
from techsell_grading.service import Hands
from techsell_grading.take_in import LARGEST

WRONG = "def double(x):\n    return 2 * abs(x)"
SLOW = "import time\ntime.sleep(1.5)\n\ndef double(x):\n    return 2 * x"


def points(service: Any, learner: str) -> float:
    with Book(service.course) as book:
        marks = book.marks("valves", learner)
    return sum(mark.points or 0.0 for mark in marks.values())


def test_a_hand_in_is_kept_graded_and_written_down_and_its_page_is_there(service, zipped):
    data = zipped(double_answer=WRONG)
    answer = service.hand_in(data)
    assert answer.status == 200
    said = answer.said
    assert (said["learner"], said["graded"], said["score"], said["max"]) == ("L-AAAAAA", True, 7.0, 15.0)
    assert said["waiting"] == ["plan"]
    assert said["page"] == "/api/v1/feedback/valves"
    assert service.originals() == [data]
    assert points(service, "L-AAAAAA") == 7.0
    page = service.ask("GET", said["page"], token=service.token("L-AAAAAA"))
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "7 of 15 points" in page.body.decode()
    assert "secret_cases" not in page.body.decode() + json.dumps(said)
    assert str(service.course.home) not in json.dumps(said)
    for found in (answer, page):
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Cache-Control"] == "no-store"
        assert found.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Server" not in found.headers
    assert service.ask("GET", "/api/v1/health").said["status"] == "ok"
    assert [line.status for line in grade(service.course, workers=1).lines] == ["unchanged"]


def test_the_same_bytes_again_are_the_same_hand_in(service, zipped, hands: Hands, monkeypatch: pytest.MonkeyPatch):
    first, second = zipped(double_answer=WRONG), zipped(note="again")
    before = service.hand_in(first).said
    service.hand_in(second)
    monkeypatch.setattr(hands, "grade", lambda work: pytest.fail("it was graded again"))
    again = service.hand_in(second).said
    assert (again["score"], again["notes"]) == (10.0, [])
    late = service.hand_in(first).said
    assert (before["score"], late["score"]) == (7.0, 10.0)
    assert late["notes"][0].startswith("You have handed in again since")
    assert sorted(service.originals()) == sorted([first, second])


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic {token}", "Bearer", "Bearer {token}x"])
def test_without_a_token_of_the_course_nothing_is_taken(service, zipped, header: str):
    said = {"Authorization": header.format(token=service.token("L-AAAAAA"))} if header else {}
    for method, path, body in (("POST", "hand-ins", zipped()), ("GET", "feedback", None)):
        answer = service.ask(method, f"/api/v1/{path}/valves", body, **said)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "TECHSELL_TOKEN" in answer.message
    assert service.originals() == []


def test_a_token_is_its_learners_from_the_first_hand_in_on(service, zipped):
    assert service.hand_in(zipped()).status == 200
    strangers = service.hand_in(zipped("L-BBBBBB"), token=service.token("L-AAAAAA"))
    assert strangers.status == 403
    assert "'L-BBBBBB' and the token of 'L-AAAAAA'" in strangers.message
    second = service.hand_in(zipped(note="mine?"), token=service.token("L-BBBBBB"))
    assert second.status == 403
    assert "has another token" in second.message
    assert (len(service.originals()), service.originals("L-BBBBBB")) == (1, [])
    page = service.ask("GET", "/api/v1/feedback/valves", token=service.token("L-BBBBBB"))
    assert page.status == 404
    assert "techsell submit valves" in page.message
    kept = json.loads(service.people.path.read_text())["people"]
    assert [one["learner"] for one in kept if one["learner"]] == ["L-AAAAAA"]
    assert service.people.path.stat().st_mode & 0o777 == 0o600


def test_what_is_too_large_is_refused_before_it_is_in_memory(service):
    token = service.token("L-AAAAAA")
    answer = service.hand_in(bytes(LARGEST + 1))
    assert answer.status == 413
    assert answer.message.startswith("The hand-in has 50 MB; 50 MB can be handed in. Clear the outputs")
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as line:  # says far more than it sends
        head = f"POST /api/v1/hand-ins/valves HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        line.sendall(f"{head}Content-Length: {1 << 40}\r\n\r\n".encode())
        assert b" 400 " in line.recv(100)
    chunked = service.ask("POST", "/api/v1/hand-ins/valves", b"0\r\n\r\n", token, Transfer_Encoding="chunked")
    assert chunked.status in (400, 411)
    assert service.counter.waiting == 0
    assert service.originals() == []


def test_a_zip_bomb_and_half_a_file_are_zero_with_the_reason_and_kept(service, zipped):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("hand_in.json", json.dumps({"module": "valves", "learner": "L-AAAAAA"}))
        made.writestr("valves.ipynb", bytes(120 << 20))
    assert service.hand_in(zipped()).status == 200
    bomb = service.hand_in(target.getvalue()).said
    assert (bomb["score"], bomb["graded"]) == (0.0, True)
    assert "unpacks to more than 100 MB" in bomb["notes"][0]
    half = zipped(note="half")[:400]
    cut = service.hand_in(half).said
    assert cut["score"] == 0.0
    assert "cut short on its way" in cut["notes"][0]
    assert half in service.originals()
    assert target.getvalue() in service.originals()


def test_what_was_damaged_on_the_way_is_said_and_not_graded(service, zipped):
    data, token = zipped(), service.token("L-AAAAAA")
    answer = service.ask("POST", "/api/v1/hand-ins/valves", data, token, Content_Digest="sha-256=:AAAA:")
    assert answer.status == 400
    assert "damaged on its way" in answer.message
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.putrequest("POST", "/api/v1/hand-ins/valves")
    for name, value in (("Authorization", f"Bearer {token}"), ("Content-Length", str(len(data)))):
        connection.putheader(name, value)
    connection.endheaders(data[:100])
    until(lambda: service.counter.waiting == 1)
    connection.close()  # the learner's machine has gone to sleep
    until(lambda: service.counter.waiting == 0)
    assert service.hand_in(data).status == 200
    assert service.originals() == [data]


def test_another_module_than_it_says_is_refused(service, zipped):
    other = service.hand_in(zipped(module="pumps"))
    assert other.status == 422
    assert "is of 'pumps' and was sent as 'valves'. Hand in again with 'techsell submit valves'" in other.message
    unknown = service.hand_in(zipped(module="pumps"), module="pumps")
    assert unknown.status == 404
    assert "Name one of: valves" in unknown.message
    nobody = service.hand_in(b"not a zip at all")
    assert nobody.status == 422  # by a token that is nobody's yet
    assert "does not say whose it is" in nobody.message
    odd = service.hand_in(zipped("../../etc"))
    assert odd.status == 422
    assert service.originals() == []
    assert service.hand_in(zipped()).status == 200  # none of these has made the token somebody else's


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/v1/hand-ins/valves", 405),
        ("POST", "/api/v1/hand-ins/../../gradebook.db", 404),
        ("GET", "/api/v1/feedback/..%2f..%2fgradebook.db", 404),
        ("GET", "/api/v1/feedback/%2e%2e", 404),
        ("DELETE", "/api/v1/feedback/valves", 405),
    ],
)
def test_other_addresses_are_a_sentence_too(service, zipped, method: str, path: str, status: int):
    service.hand_in(zipped())
    answer = service.ask(method, path, b"x" if method == "POST" else None, service.token("L-AAAAAA"))
    assert answer.status == status
    assert set(answer.said["error"]) == {"problem", "place", "cure"}
    assert answer.message.count(". ") >= 1


def test_two_at_once_are_graded_side_by_side_and_ones_own_in_order(service, zipped):
    """Each result is that of the hand-in it answers, also when the next one waits behind it."""
    sent = [(learner, turn) for turn in range(2) for learner in ("L-AAAAAA", "L-BBBBBB", "L-CCCCCC")]
    for learner in ("L-AAAAAA", "L-BBBBBB", "L-CCCCCC"):
        service.token(learner)
    with ThreadPoolExecutor(6) as threads:
        first = [
            threads.submit(service.hand_in, zipped(who, double_answer=SLOW), who) for who, turn in sent if not turn
        ]
        until(lambda: service.counter.waiting == 3)
        second = [threads.submit(service.hand_in, zipped(who, double_answer=WRONG), who) for who, turn in sent if turn]
        assert {future.result().said["score"] for future in first} == {10.0}
        assert {future.result().said["score"] for future in second} == {7.0}
    assert [points(service, who) for who in ("L-AAAAAA", "L-BBBBBB", "L-CCCCCC")] == [7.0, 7.0, 7.0]


def test_a_process_killed_in_the_middle_costs_nobody_anything(service, zipped, hands: Hands):
    before = hands.pids()
    with ThreadPoolExecutor(2) as threads:
        going = [
            threads.submit(service.hand_in, zipped(who, double_answer=SLOW), who) for who in ("L-AAAAAA", "L-BBBBBB")
        ]
        until(lambda: hands.busy == 2)
        os.kill(before[0], signal.SIGKILL)
        assert [future.result().said["score"] for future in going] == [10.0, 10.0]
    assert before[0] not in hands.pids()
    assert before[1] in hands.pids()
    assert service.hand_in(zipped(note="next")).said["score"] == 10.0


def test_a_book_that_cannot_be_written_is_said_and_the_hand_in_stands(service, zipped, monkeypatch: pytest.MonkeyPatch):
    """As root files are never read-only, so it is SQLite that is told to write nothing."""
    from techsell_grading.gradebook import gradebook

    real = gradebook.post

    def refuse(connection: Any, *arguments: Any, **named: Any) -> None:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            real(connection, *arguments, **named)
        finally:
            connection.exec_driver_sql("PRAGMA query_only = OFF")

    data = zipped()
    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "post", refuse)
        answer = service.hand_in(data)
    assert answer.status == 503
    assert answer.message.startswith("The hand-in is kept and could not be graded: The gradebook cannot be written")
    assert str(service.course.home) not in answer.message
    assert answer.headers["Retry-After"] == "30"
    assert service.originals() == [data]
    assert points(service, "L-AAAAAA") == 0.0
    assert service.hand_in(data).said["score"] == 10.0
    assert points(service, "L-AAAAAA") == 10.0


def test_a_full_room_is_asked_to_come_back(released, hands: Hands, zipped, start_service: Any):
    with start_service(released, hands, places=2, each=1) as service:
        for who in ("L-AAAAAA", "L-BBBBBB", "L-CCCCCC"):
            service.token(who)
        with ThreadPoolExecutor(2) as threads:
            slow = [
                threads.submit(service.hand_in, zipped(who, double_answer=SLOW), who)
                for who in ("L-AAAAAA", "L-BBBBBB")
            ]
            until(lambda: service.counter.waiting == 2)
            full = service.hand_in(zipped("L-CCCCCC"), "L-CCCCCC")
            mine = service.hand_in(zipped(note="more"))
            assert [future.result().status for future in slow] == [200, 200]
        assert (full.status, mine.status) == (503, 429)
        assert int(full.headers["Retry-After"]) > 0
        assert service.hand_in(zipped("L-CCCCCC"), "L-CCCCCC").status == 200


def test_a_service_that_is_started_anew_grades_what_was_left(released, hands: Hands, zipped, start_service: Any):
    """What was kept and not graded is graded; what was graded and not in the book is put there; tokens stay."""
    from datetime import UTC, datetime

    from techsell_grading.service.serve import _catch_up
    from techsell_grading.take_in import take_in

    with start_service(released, hands) as service:
        token = service.token("L-AAAAAA")
        assert service.hand_in(zipped()).status == 200
    with sqlite3.connect(released.home / "gradebook.db") as book:
        book.execute("DELETE FROM grade")
    book.close()
    take_in(released, zipped("L-BBBBBB"), "L-BBBBBB", "valves", datetime.now(UTC))
    with start_service(released, hands) as service:
        _catch_up(service.clerk, service.counter, service.people)
        again = service.hand_in(zipped(note="again"), token=token)
        assert again.said["learner"] == "L-AAAAAA"
        until(lambda: (released.path("feedback", "L-BBBBBB", "valves") / "valves.html").is_file())
        until(lambda: not any(thread.name == "catch-up" for thread in threading.enumerate()))
        assert (points(service, "L-AAAAAA"), points(service, "L-BBBBBB")) == (10.0, 10.0)


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that another thread brings about."""
    done = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        done.wait(0.01)
    raise AssertionError("it did not come about")


def test_the_folder_of_a_learner_holds_nothing_half_done(service, zipped):
    service.hand_in(zipped())
    left = [path for path in Path(service.course.home).rglob("*") if path.name.endswith((".part", ".new", ".old"))]
    assert left == []
