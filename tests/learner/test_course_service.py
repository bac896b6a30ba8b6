"""Does a hand-in reach the course service, and is it still there when the service is not?"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from techsell import cli, hand_in
from techsell.commands import _Consoles, console
from techsell.course_service import Away, CourseService, Refused, connect, named
from techsell.errors import UsageError
from techsell.workspace import Workspace

M3 = "discovery_conversation"
RESULT: dict[str, Any] = {
    "module": M3,
    "learner": "L-7F3K2Q",
    "graded": True,
    "score": 71.0,
    "max": 100.0,
    "waiting": [],
    "notes": ["from the service"],
    "tasks": [],
    "page": f"/api/v1/feedback/{M3}",
}


class Room:
    """A course service that answers as it is told and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []
        room = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                room.asked.append((self.command, self.path, body))
                room.headers.append(dict(self.headers.items()))
                usual = json.dumps(RESULT).encode() if self.command == "POST" else b"<p>the page</p>"
                status, said = room.answers.pop(0) if room.answers else (200, usual)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = answer  # noqa: N815 - the library's names

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def refuse(self, status: int, problem: str = "It is not yours") -> None:
        error = {"problem": problem, "place": None, "cure": "Use your own token"}
        self.answers.append((status, json.dumps({"error": error, "message": "…"}).encode()))

    @property
    def sent(self) -> list[bytes]:
        return [body for method, _, body in self.asked if method == "POST"]


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def run(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run a command in the workspace: (exit code, standard output, standard error)."""
    monkeypatch.setattr(console, "_made", _Consoles()._made)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(workspace.root)
    for name in ("TECHSELL_SERVER", "TECHSELL_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str) -> tuple[int, str, str]:
        code: Any = 0
        try:
            cli.main(list(words))
        except SystemExit as ended:
            code = ended.code or 0
        return code, *capsys.readouterr()

    return call


def test_a_hand_in_travels_whole_with_the_token_and_its_page_comes_back(room: Room, workspace: Workspace) -> None:
    done = hand_in.submit(workspace, M3, service=CourseService(f"{room.address}/services/techsell", "secret"))
    data = done.kept.read_bytes()
    assert room.asked[0] == ("POST", f"/services/techsell/api/v1/hand-ins/{M3}", data)
    assert room.headers[0]["Authorization"] == "Bearer secret"
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert room.headers[0]["Content-Digest"] == f"sha-256=:{digest}:"
    page = workspace.feedback / f"{M3}.html"
    assert page.read_bytes() == b"<p>the page</p>"
    assert (done.result["score"], done.result["sent"], done.result["page"]) == (71.0, True, str(page))
    assert done.result["notes"][-1] == "from the service"
    assert json.loads(done.feedback.read_text()) == done.result
    assert hand_in.outbox(workspace).waiting() == []
    with workspace.store() as store:
        assert [event.verb for event in store.events(f"{M3}/exercise")] == ["submitted", "scored"]
    assert "secret" not in repr(CourseService(room.address, "secret"))


def test_while_it_is_away_hand_ins_are_kept_and_the_next_one_takes_them_along(
    room: Room, nobody: str, run: Callable[..., tuple[int, str, str]], workspace: Workspace, monkeypatch: Any
) -> None:
    monkeypatch.setenv("TECHSELL_TOKEN", "secret")
    code, out, _ = run("submit", M3, "--server", nobody)
    assert code == 1
    assert f"{M3}: kept, NOT handed in yet. Hand in again" in out
    assert f"The course service does not answer (Connection refused) ({nobody})" in out
    kept = workspace.hand_ins / f"{M3}-001.zip"
    assert str(kept) in out
    code, out, _ = run("submit", M3, "--server", nobody, "--json")
    said = json.loads(out)
    assert (code, said["sent"], said["graded"]) == (1, False, False)
    monkeypatch.setenv("TECHSELL_SERVER", room.address)
    code, out, _ = run("submit", M3)
    assert code == 0
    assert "71 of 100 points" in out
    assert f"{M3}-001.zip, which could not be sent earlier, has arrived." in out
    assert room.sent == [(workspace.hand_ins / f"{M3}-00{number}.zip").read_bytes() for number in (1, 2, 3)]
    code, out, _ = run("submit", M3)
    assert "could not be sent" not in out
    assert len(room.sent) == 4


def test_a_hand_in_that_is_cut_off_waits_and_is_sent_with_the_same_bytes(room: Room, workspace: Workspace) -> None:
    """It may have arrived: the service tells by the bytes that it is the same."""
    service = CourseService(room.address, "secret")
    room.answers.append((200, b'{"module": "disc'))
    assert hand_in.submit(workspace, M3, service=service).result["sent"] is False
    assert hand_in.submit(workspace, M3, service=service).result["sent"] is True
    assert room.sent[0] == room.sent[1] != room.sent[2]


def test_what_will_never_be_taken_is_said_once_and_stands_in_nobodys_way(room: Room, workspace: Workspace) -> None:
    service = CourseService(room.address, "secret")
    room.answers.append((503, b"not json"))
    assert "answers with error 503" in hand_in.submit(workspace, M3, service=service).result["notes"][-1]
    room.refuse(422, "The hand-in is of 'pumps'")
    second = hand_in.submit(workspace, M3, service=service).result
    assert second["sent"] is True
    assert f"{M3}-001.zip from an earlier time was not taken. The hand-in is of 'pumps'" in second["notes"][1]
    room.refuse(403)
    third = hand_in.submit(workspace, M3, service=service).result
    assert (third["sent"], third["graded"]) == (False, False)
    assert "It is not yours" in third["notes"][-1]
    assert hand_in.outbox(workspace).waiting() == []
    assert len(list(workspace.hand_ins.glob("*.zip"))) == 3


def test_a_token_that_is_refused_is_forgotten_and_the_hand_in_waits(room: Room, workspace: Workspace) -> None:
    tokens = hand_in.tokens(workspace)
    tokens.keep(room.address, "old")
    service = connect(tokens, room.address)
    assert service is not None
    room.refuse(401, "The token is not one of this course")
    assert hand_in.submit(workspace, M3, service=service).result["sent"] is False
    assert tokens.get(room.address) == ""
    assert len(hand_in.outbox(workspace).waiting()) == 1


def test_a_copy_that_was_thrown_away_is_not_waited_for(nobody: str, room: Room, workspace: Workspace) -> None:
    hand_in.submit(workspace, M3, service=CourseService(nobody, "secret")).kept.unlink()
    assert hand_in.submit(workspace, M3, service=CourseService(room.address, "secret")).result["sent"] is True
    assert len(room.sent) == 1


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b"{}", json.dumps({**RESULT, "module": "../../x"}).encode(), b'{"module": "x"}']
)
def test_an_answer_of_something_else_is_no_result(room: Room, answer: bytes) -> None:
    room.answers.append((200, answer))
    with pytest.raises(Away, match="not a course service of this version"):
        CourseService(room.address, "secret").hand_in(M3, b"zip")


def test_a_redirect_is_not_followed_with_the_token(room: Room) -> None:
    room.answers.append((302, b""))
    with pytest.raises(Away, match="error 302"):
        CourseService(room.address, "secret").page(M3)
    assert len(room.asked) == 1


def test_a_refusal_has_the_services_own_sentence(room: Room) -> None:
    room.refuse(403)
    with pytest.raises(Refused, match=r"^It is not yours .*\. Use your own token\.$") as caught:
        CourseService(room.address, "secret").page(M3)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "address", ["http://localhost:8765", "http://127.0.0.1:1/x", "http://[::1]:8765", "https://room.example"]
)
def test_addresses_that_are_good(address: str) -> None:
    assert named(f" {address}/ ") == address


@pytest.mark.parametrize(
    "address",
    ["room.example", "ftp://127.0.0.1", "http://", "https://a:b@room.example", "http://127.0.0.1:x", "https://r?x=1"],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a course service"):
        named(address)


@pytest.mark.parametrize("host", ["room.example", "192.168.0.7", "localhost.example", "0.0.0.1"])
def test_beyond_this_machine_only_with_tls(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"readable on the way.*https://"):
        CourseService(f"http://{host}:8765", "secret")
    monkeypatch.setenv("TECHSELL_SERVER", f"http://{host}")
    with pytest.raises(UsageError, match="readable"):
        named(None)
    assert named("") == ""


def test_the_token_is_asked_for_once_and_kept_for_its_owner_alone(
    room: Room, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TECHSELL_TOKEN", raising=False)
    tokens, asked = hand_in.tokens(workspace), []

    def ask(address: str) -> str:
        asked.append(address)
        return " typed \n"

    for _ in range(2):
        service = connect(tokens, room.address, ask)
        assert service is not None
        assert service.token == "typed"
    assert asked == [room.address]
    assert tokens.path.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("TECHSELL_TOKEN", "mine")
    service = connect(tokens, room.address, ask)
    assert service is not None
    assert service.token == "mine"
    assert connect(tokens, "") is None


def test_without_a_token_and_nobody_to_ask_it_is_wrong_usage(
    room: Room, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run("submit", M3, "--server", room.address, "--json")
    assert code == 2
    assert "asks for your personal token" in err
    assert "TECHSELL_TOKEN" in err
    monkeypatch.setenv("TECHSELL_TOKEN", "two words")
    code, _, err = run("submit", M3, "--server", room.address)
    assert (code, "Copy it once more" in err) == (2, True)
    assert room.asked == []
