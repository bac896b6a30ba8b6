"""Who is who: a random personal token for each learner, in a file that only its owner can read.

A learner's id is drawn on the learner's own machine, so a token is not yet anybody's when it is made. The first hand-in
that comes with it makes it that learner's, for good; a second token of the same learner is refused. A workshop that
knows its people beforehand names them when it issues tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from techsell.errors import GradingError, TechsellError
from techsell.files import write_atomic
from techsell_grading.storage import only_one

__all__ = ["People", "Person", "Taken"]

SCHEMA = 1
_BYTES = 24


@dataclass(frozen=True)
class Person:
    """Who is asking. `learner` is empty while the token is nobody's; `key` names the person before and after that."""

    learner: str
    key: str


class Taken(Exception):
    """The token, or the learner, belongs to another one already."""


class People:
    """The tokens of a course.

    Args:
        path: the file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._tokens = self._read()

    @property
    def path(self) -> Path:
        return self._path

    def issue(self, count: int) -> list[str]:
        """Make tokens until there are `count`; returns those that are nobody's yet.

        Raises:
            GradingError: the file cannot be read or written.
        """
        with self._lock, only_one(self._path.with_name(f".{self._path.name}.lock")):
            found = self._read()
            fresh = [secrets.token_urlsafe(_BYTES) for _ in range(count - len(found))]
            if fresh:
                self._write({**found, **dict.fromkeys(fresh, "")})
            else:
                self._tokens = found
            return [token for token, learner in self._tokens.items() if not learner]

    def who(self, token: str) -> Person | None:
        """Whose token it is, compared in constant time; None for a stranger's."""
        asked = _sha(token)
        found = None
        for known, learner in list(self._tokens.items()):
            if hmac.compare_digest(_sha(known), asked):
                found = Person(learner, asked[:16])
        return found

    def key(self, learner: str) -> str:
        """The `key` of a learner, with or without a token."""
        return next((_sha(token)[:16] for token, whose in list(self._tokens.items()) if whose == learner), learner)

    def claim(self, token: str, learner: str) -> Person:
        """Make a token that is nobody's this learner's; nothing happens where it is already.

        Raises:
            Taken: the token is another one's, or the learner has another token.
            GradingError: the file cannot be read or written.
        """
        person = self.who(token)
        if person is None:
            raise Taken
        if person.learner == learner:
            return person
        with self._lock, only_one(self._path.with_name(f".{self._path.name}.lock")):
            found = self._read()
            if found.get(token) == learner:
                self._tokens = found
            elif found.get(token, "?") or learner in found.values():
                raise Taken
            else:
                self._write({**found, token: learner})
        return replace(person, learner=learner)

    def _read(self) -> dict[str, str]:
        """Token -> learner, or ""."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["schema"] != SCHEMA:
                raise ValueError(f"it has schema {content['schema']}")
            return {str(person["token"]): str(person["learner"]) for person in content["people"]}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GradingError(
                f"The file with the tokens cannot be read: {error}",
                place=self._path,
                cure="Restore it from a backup, or move it away: everybody then needs a new token",
            ) from error

    def _write(self, tokens: dict[str, str]) -> None:
        people = [{"token": token, "learner": learner} for token, learner in tokens.items()]
        data = json.dumps({"schema": SCHEMA, "people": people}, indent=1).encode() + b"\n"
        try:
            write_atomic(self._path, data, private=True)
        except TechsellError as error:
            raise GradingError(error.problem, place=error.place, cure="Make the course's folder writable") from error
        self._tokens = tokens


def _sha(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
