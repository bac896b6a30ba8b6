"""The service over real HTTP: hands that are started once, and for each test a course, a book and a port of its own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from techsell_grading.course import Course
from techsell_grading.grader import Limits, pack
from techsell_grading.service import Clerk, Counter, Hands, People
from techsell_grading.service.app import MOST_READ, Service, application

MODULE = "valves"
LIMITS = Limits(cell_seconds=30, sandbox="require")


@pytest.fixture(scope="session")
def hands(need_program: Callable[..., str]) -> Iterator[Hands]:
    """Two warm processes with their sandboxes, for all tests of this room."""
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    made = Hands(2, LIMITS)
    made.start()
    yield made
    made.close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def message(self) -> str:
        return str(self.said["message"])


@dataclass
class Running:
    """A service that answers on a port of this machine."""

    course: Course
    clerk: Clerk
    counter: Counter[dict[str, Any]]
    people: People
    port: int
    tokens: list[str]
    learners: dict[str, str] = field(default_factory=dict)

    def token(self, learner: str) -> str:
        """The same for the same learner."""
        return self.learners.setdefault(learner, self.tokens[len(self.learners)])

    def ask(self, method: str, path: str, body: bytes | None = None, token: str = "", **headers: str) -> Answer:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            said["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, said)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def hand_in(self, data: bytes, learner: str = "L-AAAAAA", module: str = MODULE, token: str | None = None) -> Answer:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        mine = self.token(learner) if token is None else token
        return self.ask("POST", f"/api/v1/hand-ins/{module}", data, mine, Content_Digest=f"sha-256=:{digest}:")

    def originals(self, learner: str = "L-AAAAAA") -> list[bytes]:
        folder = self.course.path("submitted", learner, MODULE).parent / ".originals" / MODULE
        return [path.read_bytes() for path in sorted(folder.glob("*.zip"))]


@contextmanager
def running(course: Course, hands: Hands, **rules: int) -> Iterator[Running]:
    people = People(course.home / ".techsell" / "tokens.json")
    tokens = people.issue(9)
    listening, port = bind_unused_port(address="127.0.0.1")
    with Clerk(course, hands, LIMITS) as clerk:
        clerk.prepare()
        counter: Counter[dict[str, Any]] = Counter(4, **rules)
        loop = asyncio.new_event_loop()

        async def begin() -> HTTPServer:
            server = HTTPServer(application(Service(people, clerk, counter)), max_body_size=MOST_READ)
            server.add_socket(listening)
            return server

        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
        try:
            yield Running(course, clerk, counter, people, port, tokens)
        finally:
            counter.stop(30)
            counter.close()

            async def end() -> None:
                server.stop()
                await server.close_all_connections()

            asyncio.run_coroutine_threadsafe(end(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(30)
            loop.close()


@pytest.fixture
def service(released: Course, hands: Hands) -> Iterator[Running]:
    """A service on a released course of the tiny module."""
    with running(released, hands) as made:
        yield made


@pytest.fixture(scope="session")
def start_service() -> Any:
    return running


@pytest.fixture(scope="session")
def zipped(exercise: Any, good: Mapping[str, str]) -> Callable[..., bytes]:
    """A hand-in of the tiny module as `techsell submit` packs it; the answers are right but for those named."""

    def make(learner: str = "L-AAAAAA", module: str = MODULE, note: str = "", **answers: str) -> bytes:
        about = {
            "schema": 1,
            "module": module,
            "learner": learner,
            "made_at": "2026-03-02T09:00:00+00:00",
            "note": note,
        }
        content = json.dumps(exercise.answered({**good, **answers})).encode()
        return pack({f"{MODULE}.ipynb": content, "hand_in.json": json.dumps(about).encode()})

    return make


@pytest.fixture(scope="session")
def dying() -> Path:
    """The folder of the work units that die."""
    return Path(__file__).parent
