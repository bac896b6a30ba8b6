"""Running the course service until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from techsell.errors import GradingError, TechsellError, UsageError
from techsell_grading.course import Course
from techsell_grading.grader import Limits
from techsell_grading.pool import cores
from techsell_grading.service.app import MOST_READ, Service, application
from techsell_grading.service.clerk import Clerk
from techsell_grading.service.counter import Closing, Counter
from techsell_grading.service.hands import Gone, Hands
from techsell_grading.service.people import People
from techsell_grading.signals import asked_to_stop

__all__ = ["DEFAULT_PORT", "Announced", "Listen", "serve", "tokens_of"]

DEFAULT_PORT = 8765
_BODY_SECONDS = 120.0
_IDLE_SECONDS = 60.0
_LAST_SECONDS = 20.0
"""for hand-ins that are being graded when the service is told to stop"""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listen:
    """Where to listen. Beyond this machine itself only with a certificate."""

    ip: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True)
class Announced:
    """What the trainer is told: where it is, and the tokens that are nobody's yet."""

    address: str
    tokens: tuple[str, ...]
    file: Path


def tokens_of(course: Course) -> Path:
    """The file with the tokens of a course."""
    return course.home / ".techsell" / "tokens.json"


def serve(
    course: Course,
    listen: Listen,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
    seats: int = 1,
    announce: Callable[[Announced], None],
) -> None:
    """Serve a course until SIGTERM or Ctrl-C; what is being graded then is finished, the rest is kept by its sender.

    Args:
        workers: hand-ins graded at a time; one per core without it.
        limits: time, size and protection of each hand-in; a sandbox is required where they are not given.
        seats: how many personal tokens there shall be.
        announce: called once hand-ins are taken.

    Raises:
        UsageError: beyond this machine without TLS, or an address that is none.
        GradingError: nobody can grade here, or the course cannot be written.
    """
    tls = _tls(listen)
    sockets = _bound(listen)
    within = replace(limits or Limits(sandbox="require"), cell_seconds=course.cell_seconds)
    with ExitStack() as stack:
        for listening in sockets:
            stack.callback(listening.close)
        hands = Hands(workers or cores(), within)
        stack.callback(hands.close)
        clerk = stack.enter_context(Clerk(course, hands, within))
        people = People(tokens_of(course))
        tokens = people.issue(seats)
        clerk.get_ready(hands.start(clerk.prepare()))
        counter: Counter[dict[str, Any]] = Counter(2 * hands.size + 2)
        stack.callback(counter.close)
        stack.callback(hands.close)  # before the threads are waited for
        _catch_up(clerk, counter, people)
        port = sockets[0].getsockname()[1]
        host = f"[{listen.ip}]" if ":" in listen.ip else listen.ip
        address = f"{'http' if tls is None else 'https'}://{host}:{port}"
        service = Service(people, clerk, counter)
        server = HTTPServer(
            application(service),
            ssl_options=tls,
            max_body_size=MOST_READ,
            body_timeout=_BODY_SECONDS,
            idle_connection_timeout=_IDLE_SECONDS,
        )

        async def run() -> None:
            loop, told = asyncio.get_running_loop(), asyncio.Event()

            def stop(_: int) -> None:
                loop.call_soon_threadsafe(told.set)

            with asked_to_stop(stop):
                server.add_sockets(sockets)
                announce(Announced(address, tuple(tokens), people.path))
                await told.wait()
                server.stop()
                await asyncio.to_thread(counter.stop, _LAST_SECONDS)
                hands.close()  # what is not done by now is said to be kept
                with suppress(TimeoutError):
                    await asyncio.wait_for(service.answering.done(), _IDLE_SECONDS)
                await server.close_all_connections()

        asyncio.run(run())


def _catch_up(clerk: Clerk, counter: Counter[dict[str, Any]], people: People) -> None:
    """Grade what an earlier run kept and did not come to, one by one, while new hand-ins come in."""

    def work() -> None:
        for module, learner in left:
            try:
                counter.later(people.key(learner), partial(clerk.grade, module, learner)).result()
            except (Gone, Closing, CancelledError):
                return
            except TechsellError as error:
                _LOG.error("%s of %s was not graded: %s", module, learner, error)

    left = clerk.unfinished()
    if left:
        threading.Thread(target=work, name="catch-up", daemon=True).start()


def _tls(listen: Listen) -> ssl.SSLContext | None:
    if listen.certificate is None:
        if not _loopback(listen.ip):
            raise UsageError(
                f"Beyond this machine ({listen.ip}) the service needs TLS: tokens and answers would be readable",
                cure="Give --certificate FILE and --key FILE, or leave out --ip",
            )
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(listen.certificate, listen.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"The certificate cannot be used: {error.strerror or error}",
            place=listen.certificate,
            cure="Give a PEM file with --certificate and its key with --key",
        ) from error
    return context


def _loopback(ip: str) -> bool:
    try:
        return ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def _bound(listen: Listen) -> list[socket.socket]:
    try:
        return bind_sockets(listen.port, listen.ip)
    except OSError as error:
        raise GradingError(
            f"The service cannot listen on port {listen.port}: {error.strerror or error}",
            place=listen.ip,
            cure="Choose another --port, or leave out --ip",
        ) from error
