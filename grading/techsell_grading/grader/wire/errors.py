"""What can go wrong when a value crosses between two processes. None of these carries code or objects of a learner.

Exception
├── WireError     the bytes that came are not a message: damaged, or made by hand
├── NotPlain      this value is not plain data, so it cannot be sent
│   └── TooLarge  plain data, but more than the bounds allow
├── Closed        the other side is gone
└── TimedOut      the other side did not answer in time
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Closed", "NotPlain", "TimedOut", "TooLarge", "WireError", "within"]


class WireError(Exception):
    """The bytes that came are not a message: damaged, or made by hand."""


class NotPlain(Exception):
    """A value that cannot be sent.

    Args:
        path: where it is in the value that was to be sent, as Python would write it (`[2]['a']`); empty: the whole.
        type_name: the name of its type, at most 100 characters.
        why: what is wrong with it, when it is not its type.
    """

    def __init__(self, path: str, type_name: str, why: str = "") -> None:
        self.path, self.type_name, self.why = path, type_name, why
        super().__init__(path, type_name, why)

    def __str__(self) -> str:
        place = f" at {self.path}" if self.path else ""
        why = self.why or "only plain data (numbers, text, containers, arrays, frames) can be compared"
        return f"A value of type '{self.type_name}'{place} cannot be handed over: {why}"


class TooLarge(NotPlain):
    """Plain data, but more of it than the bounds allow."""


class Closed(Exception):
    """The other side is gone."""


class TimedOut(Exception):
    """The other side did not answer, or did not read, in time."""


@contextmanager
def within(step: str) -> Iterator[None]:
    """Put `step` before the place of what cannot be sent."""
    try:
        yield
    except NotPlain as error:
        error.path = step + error.path
        raise
