"""The service's HTTP: thin, versioned, JSON; every refusal names the thing, the place and the cure.

A request is let in before its body is read: who asks, how large it is and whether there is room. Routes of other parts
of the course service stand beside these and use the same `Handler`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass, field
from typing import Any

from tornado import web
from tornado.routing import Rule

from techsell import __version__
from techsell.errors import GradingError, HandInError, TechsellError, UsageError
from techsell_grading.service.clerk import Clerk, NotTheirs
from techsell_grading.service.counter import Busy, Closing, Counter, Place
from techsell_grading.service.hands import Gone
from techsell_grading.service.people import People, Person, Taken
from techsell_grading.take_in import LARGEST

__all__ = ["MOST_READ", "Handler", "Service", "application"]

MOST_READ = 4 * LARGEST
"""bytes of a body that are read and thrown away, so that the refusal arrives; of a larger one the rest is cut off"""

_LOG = logging.getLogger(__name__)
_MODULE = r"([A-Za-z0-9][A-Za-z0-9_.-]{0,127})"
_PAGE_MAY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ASIDE = "Hand in again in a moment; what was handed in before is kept"


class Answering:
    """Counts the answers under way, so that the service does not end in the middle of one. Of one loop."""

    def __init__(self) -> None:
        self._count = 0
        self._none: asyncio.Future[None] | None = None

    def __enter__(self) -> None:
        self._count += 1

    def __exit__(self, *error: object) -> None:
        self._count -= 1
        if not self._count and self._none is not None and not self._none.done():
            self._none.set_result(None)

    async def done(self) -> None:
        """Wait until none is under way."""
        while self._count:
            self._none = asyncio.get_running_loop().create_future()
            await self._none


@dataclass(frozen=True)
class Service:
    """What the handlers are given."""

    people: People
    clerk: Clerk
    counter: Counter[dict[str, Any]]
    answering: Answering = field(default_factory=Answering)


class Refusal(web.HTTPError):
    """An answer that is a sentence."""

    def __init__(self, status: int, problem: str, *, place: str | None = None, cure: str, wait: int = 0) -> None:
        super().__init__(status, reason=None)
        self.problem, self.place, self.cure, self.wait = problem, place, cure, wait


class Handler(web.RequestHandler):
    """Errors as JSON, careful headers, and who is asking."""

    service: Service

    def initialize(self, service: Service) -> None:
        self.service = service

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in (
            ("Content-Type", "application/json; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _PAGE_MAY),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ):
            self.set_header(name, value)

    @property
    def token(self) -> str:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def person(self) -> Person:
        """Who is asking.

        Raises:
            Refusal: nobody known.
        """
        found = self.service.people.who(self.token)
        if found is None:
            raise Refusal(
                401,
                "The token is not one of this course" if self.token else "The request has no token",
                cure="Ask the trainer for your personal token and give it as TECHSELL_TOKEN",
            )
        return found

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if not isinstance(error, Refusal):
            error = _general(status_code, self.request.path)
        if status_code == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        if error.wait:
            self.set_header("Retry-After", str(error.wait))
        said = TechsellError(error.problem, place=error.place, cure=error.cure)
        content = {"problem": error.problem, "place": error.place, "cure": error.cure}
        self.finish(as_json({"error": content, "message": str(said)}))

    def log_exception(self, *about: Any) -> None:
        if about[0] is not None and not issubclass(about[0], web.HTTPError):
            _LOG.error("%s %s", self.request.method, self.request.path, exc_info=about)


class HealthHandler(Handler):
    def get(self) -> None:
        self.finish(as_json({"status": "ok", "techsell": __version__, "waiting": self.service.counter.waiting}))


@web.stream_request_body
class HandInHandler(Handler):
    """A hand-in: a zip, answered by the learner's result."""

    _place: Place[dict[str, Any]] | None = None
    _refusal: Refusal | None = None

    def prepare(self) -> None:
        self._body = bytearray()
        try:
            if self.request.method == "POST":
                self._let_in()
        except Refusal as refusal:
            self._refusal = refusal  # said when the body is through: a reset connection would swallow it

    def data_received(self, chunk: bytes) -> None:
        if self._refusal is None:
            self._body += chunk

    async def post(self, module: str) -> None:
        if self._refusal is not None:
            raise self._refusal
        data, self._body = bytes(self._body), bytearray()
        self._whole(data)
        with self.service.answering:
            result = await self._result(module, data)
            await self.finish(as_json({**result, "page": f"/api/v1/feedback/{module}"}))

    def on_finish(self) -> None:
        self._leave()

    def on_connection_close(self) -> None:
        self._leave()

    def _let_in(self) -> None:
        person = self.person()
        size = self.request.headers.get("Content-Length", "")
        if not size.isdecimal():
            raise Refusal(411, "The request does not say how large the hand-in is", cure="Send a Content-Length")
        if int(size) > LARGEST:
            raise Refusal(
                413,
                f"The hand-in has {int(size) >> 20} MB; {LARGEST >> 20} MB can be handed in",
                cure="Clear the outputs of all cells (menu Edit), save, and hand in again",
            )
        try:
            self._place = self.service.counter.place(person.key, int(size))
        except Busy as busy:
            problem = "Your hand-ins are too many at a time" if busy.yours else "Very many hand in at this moment"
            raise Refusal(429 if busy.yours else 503, problem, cure=_ASIDE, wait=busy.seconds) from busy
        except Closing as closing:
            raise _ending() from closing

    def _whole(self, data: bytes) -> None:
        """Whether it arrived as it was sent, where the sender says how (RFC 9530)."""
        said = self.request.headers.get("Content-Digest", "")
        expected = f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
        if not data or (said.startswith("sha-256=") and not hmac.compare_digest(said, expected)):
            raise Refusal(400, "The hand-in was damaged on its way", cure="Hand in again; nothing was graded")

    async def _result(self, module: str, data: bytes) -> dict[str, Any]:
        service, person, token = self.service, self.person(), self.token
        if self._place is None:
            raise RuntimeError("nobody was let in")

        def work() -> dict[str, Any]:
            learner = service.clerk.owner(module, data, person.learner)
            return service.clerk.serve(service.people.claim(token, learner).learner, module, data)

        try:
            return await asyncio.wrap_future(self._place.take_turn(work))
        except UsageError as error:
            raise Refusal(404, error.problem, cure=error.cure) from error
        except (NotTheirs, Taken) as error:
            problem = error.problem if isinstance(error, NotTheirs) else "The learner of this hand-in has another token"
            cure = "Use your own token; somebody who has changed the machine needs a new one from the trainer"
            raise Refusal(403, problem, cure=cure) from error
        except HandInError as error:
            raise Refusal(422, error.problem, cure=error.cure) from error
        except (Gone, Closing) as error:
            raise _ending() from error
        except GradingError as error:
            _LOG.error("%s was not graded: %s", module, error)  # with the place, which is not the learner's business
            problem = f"The hand-in is kept and could not be graded: {error.problem}"
            cure = "Tell the trainer; handing in again is safe and may help"
            raise Refusal(503, problem, place="the course service", cure=cure, wait=30) from error

    def _leave(self) -> None:
        if self._place is not None:
            self._place.leave()


class FeedbackHandler(Handler):
    """The learner's own feedback page."""

    async def get(self, module: str) -> None:
        person, clerk = self.person(), self.service.clerk
        page = None
        if person.learner and clerk.known(module):
            page = await asyncio.to_thread(clerk.page, module, person.learner)
        if page is None:
            raise Refusal(
                404, f"There is no feedback of yours on {module!r}", cure=f"Run 'techsell submit {module}' first"
            )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)


class _NothingHere(Handler):
    def prepare(self) -> None:
        raise web.HTTPError(404)


def application(service: Service, *others: Rule) -> web.Application:
    """All routes; `others` are those of other parts of the course service."""
    given = {"service": service}
    return web.Application(
        [
            web.url(r"/api/v1/health", HealthHandler, given),
            web.url(rf"/api/v1/hand-ins/{_MODULE}", HandInHandler, given),
            web.url(rf"/api/v1/feedback/{_MODULE}", FeedbackHandler, given),
            *others,
        ],
        default_handler_class=_NothingHere,
        default_handler_args=given,
        log_function=lambda handler: None,
    )


def as_json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def _ending() -> Refusal:
    return Refusal(503, "The course service is being stopped", cure=_ASIDE, wait=30)


def _general(status: int, path: str) -> Refusal:
    """The sentence for what Tornado refuses by itself, and for a fault of ours."""
    if status == 404:
        return Refusal(status, "There is nothing at this address", place=path, cure="Check the address of the service")
    if status == 405:
        return Refusal(status, "This address does not answer such requests", place=path, cure="Use techsell submit")
    if status < 500:
        return Refusal(status, "The request cannot be read", place=path, cure="Use 'techsell submit MODULE --server'")
    return Refusal(status, "The course service met a fault of its own", place=path, cure="Tell the trainer")
