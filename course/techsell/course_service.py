"""The learner's end of the course service: hand-ins and feedback pages over HTTP, with the standard library alone.

The token is that of one learner, so it travels through TLS or stays on this machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from techsell.errors import HandInError, UsageError
from techsell.files import write_atomic

__all__ = ["SERVER", "TOKEN", "Away", "CourseService", "Refused", "Tokens", "connect", "named"]

SERVER = "TECHSELL_SERVER"
TOKEN = "TECHSELL_TOKEN"  # noqa: S105 - the name of a variable

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 600.0
"""longer than any grading may take, with everybody before us"""
_LONGEST_ANSWER = 20 << 20
_PRINTED = re.compile(r"[!-~]+")
_FOR_GOOD = (401, 403, 404, 413, 422)
"""answers that would be the same tomorrow; 401 until there is another token"""
_RESULT: dict[str, type | tuple[type, ...]] = {
    "module": str,
    "graded": bool,
    "score": (int, float),
    "max": (int, float),
    "waiting": list,
    "notes": list,
    "tasks": list,
}


class Away(HandInError):
    """The service does not answer, or not now; the same hand-in can be sent again."""


class Refused(HandInError):
    """The service does not take it; sending it again would be the same. `status` is HTTP's."""

    def __init__(self, problem: str, *, place: str | Path | None = None, cure: str, status: int = 0) -> None:
        super().__init__(problem, place=place, cure=cure)
        self.status = status


def named(given: str | None) -> str:
    """The address of the service: the one given, else that of `TECHSELL_SERVER`; empty for none.

    Raises:
        UsageError: not an address, or one beyond this machine without TLS.
    """
    address = (given if given is not None else os.environ.get(SERVER, "")).strip().rstrip("/")
    if address:
        CourseService(address, "")
    return address


@dataclass(frozen=True)
class CourseService:
    """A service at `https://…`, or at `http://…` on this machine itself.

    Raises:
        UsageError: another kind of address.
    """

    address: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            sound = False
        if not sound or parts.query or parts.fragment or parts.username is not None:
            raise UsageError(
                f"{self.address!r} is not the address of a course service",
                cure="Give what the trainer wrote down, such as https://room.example:8765",
            )
        if parts.scheme == "http" and not _loopback(parts.hostname or ""):
            raise UsageError(
                "Your token and your answers would be readable on the way",
                place=self.address,
                cure="Use the address with https://; without TLS a service is only reached on its own machine",
            )

    def hand_in(self, module: str, data: bytes) -> dict[str, Any]:
        """Send a hand-in and wait for its result. The same bytes may be sent again: they count once.

        Raises:
            Away, Refused: with the sentence of the service, or ours.
        """
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        headers = {"Content-Type": "application/zip", "Content-Digest": f"sha-256=:{digest}:"}
        answer = self._ask("POST", f"/api/v1/hand-ins/{module}", data, headers)
        result: dict[str, Any] = {}
        with suppress(ValueError):
            result = json.loads(answer)
        known = isinstance(result, dict) and result.get("module") == module
        if not known or not all(isinstance(result.get(name), kind) for name, kind in _RESULT.items()):
            raise Away(
                "What answers is not a course service of this version",
                place=self.address,
                cure="Check the address, then hand in again",
            )
        return result

    def page(self, module: str) -> bytes:
        """The feedback page of a module, as HTML.

        Raises:
            Away, Refused: as `hand_in`.
        """
        return self._ask("GET", f"/api/v1/feedback/{module}", None, {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        import http.client  # late: slow, and most commands ask nobody

        parts = urlsplit(self.address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_CONNECT_SECONDS)
        try:
            connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(_ANSWER_SECONDS)
            said = {**headers, "Authorization": f"Bearer {self.token}", "Accept": "application/json, text/html"}
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it had read everything
                connection.request(method, f"{parts.path.rstrip('/')}{path}", body, said)
            response = connection.getresponse()
            answer = response.read(_LONGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Away(
                f"The course service does not answer ({getattr(error, 'strerror', None) or error or 'it hung up'})",
                place=self.address,
                cure="Hand in again when it is back",
            ) from error
        finally:
            connection.close()
        if response.status == 200 and len(answer) <= _LONGEST_ANSWER:
            return answer
        raise self._said(response.status, answer)

    def _said(self, status: int, answer: bytes) -> Away | Refused:
        """The service's own sentence, where there is one."""
        try:
            error = json.loads(answer)["error"]
            problem, place, cure = str(error["problem"]), error["place"] or self.address, str(error["cure"])
        except (ValueError, KeyError, TypeError):
            problem, place, cure = f"The course service answers with error {status}", self.address, "Tell the trainer"
        if status in _FOR_GOOD:
            return Refused(problem, place=place, cure=cure, status=status)
        return Away(problem, place=place, cure=cure)


@dataclass(frozen=True)
class Tokens:
    """The learner's tokens by the address of their service, in a file of the workspace that only its owner can read."""

    path: Path

    def get(self, address: str) -> str:
        """That of `TECHSELL_TOKEN`, else the one kept for this address; empty for none."""
        return os.environ.get(TOKEN, "").strip() or self._all().get(address, "")

    def keep(self, address: str, token: str) -> None:
        """Keep a token for the next time.

        Raises:
            WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
        """
        self._write({**self._all(), address: token})

    def forget(self, address: str) -> None:
        """Keep none for this address any more.

        Raises:
            WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
        """
        kept = self._all()
        if kept.pop(address, None) is not None:
            self._write(kept)

    def _all(self) -> dict[str, str]:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))["tokens"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return {str(address): str(token) for address, token in kept.items()} if isinstance(kept, dict) else {}

    def _write(self, tokens: dict[str, str]) -> None:
        data = json.dumps({"schema": 1, "tokens": tokens}, indent=1).encode() + b"\n"
        write_atomic(self.path, data, private=True)


def connect(tokens: Tokens, given: str | None = None, ask: Callable[[str], str] | None = None) -> CourseService | None:
    """The service at the address given, else at that of `TECHSELL_SERVER`, with the learner's token; None for none.

    Args:
        ask: called with the address where no token is known; what it returns is kept.

    Raises:
        UsageError: not an address, one beyond this machine without TLS, or no token.
        WorkspaceReadOnly, WorkspaceError: the token cannot be kept.
    """
    address = named(given)
    if not address:
        return None
    token = tokens.get(address)
    if not token and ask is not None:
        token = ask(address).strip()
        if token:
            tokens.keep(address, token)
    if not token:
        raise UsageError(
            "The course service asks for your personal token, and there is none here",
            place=address,
            cure=f"Ask the trainer for it and set {TOKEN}, or run the command in a terminal and type it in",
        )
    if not _PRINTED.fullmatch(token):
        raise UsageError("The token has signs that no token has", place=address, cure="Copy it once more, whole")
    return CourseService(address, token)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
