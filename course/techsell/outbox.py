"""Hand-ins on their way to the course service: what it has not confirmed is sent again the next time.

The copy in `hand_ins/` is the hand-in itself; here lies one empty file for each that is still to be sent, so that two
programs at once never undo each other's notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techsell.course_service import CourseService, Refused
from techsell.errors import HandInError
from techsell.files import unwritable, write_atomic

__all__ = ["Outbox", "Sent"]

_SETTLED = (403, 413, 422)
"""refusals that no later attempt changes; the copy stays in `hand_ins/`"""


@dataclass(frozen=True)
class Sent:
    """One attempt: the copy, and its result or why there is none. `waits`: it will be sent again."""

    kept: Path
    result: dict[str, Any] | None = None
    error: HandInError | None = None
    waits: bool = False


@dataclass(frozen=True)
class Outbox:
    """What of `hand_ins` is still to be sent, noted in `notes`."""

    hand_ins: Path
    notes: Path

    def add(self, kept: Path) -> None:
        """Note that a copy is to be sent.

        Raises:
            WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
        """
        write_atomic(self.notes / kept.name, b"")

    def waiting(self) -> list[Path]:
        """The copies that are to be sent, oldest first; one that was thrown away is forgotten.

        Raises:
            WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
        """
        found: list[tuple[int, str]] = []
        for note in self.notes.glob("*.zip"):
            try:
                found.append(((self.hand_ins / note.name).stat().st_mtime_ns, note.name))
            except FileNotFoundError:
                self._settle(note)
        return [self.hand_ins / name for _, name in sorted(found)]

    def send(self, service: CourseService) -> Iterator[Sent]:
        """Send what waits, in order, until the service is away.

        Raises:
            WorkspaceReadOnly, WorkspaceError: the workspace cannot be written.
        """
        for kept in self.waiting():
            try:
                result = service.hand_in(kept.stem.rpartition("-")[0], kept.read_bytes())
            except HandInError as error:
                settled = isinstance(error, Refused) and error.status in _SETTLED
                if settled:
                    self._settle(self.notes / kept.name)
                yield Sent(kept, error=error, waits=not settled)
                if not settled:
                    return
            except OSError as error:
                raise unwritable(error, kept) from error
            else:
                self._settle(self.notes / kept.name)
                yield Sent(kept, result)

    @staticmethod
    def _settle(note: Path) -> None:
        try:
            note.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(error, note) from error
