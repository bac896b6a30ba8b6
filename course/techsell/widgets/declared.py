"""The declared attempts of one scenario: how many are left, and the file in which they go into the hand-in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from techsell.errors import StoreError
from techsell.files import write_atomic
from techsell.progress import DECLARED_ATTEMPTS

from .binding import Binding

if TYPE_CHECKING:
    from techsell.progress import ConversationInfo

__all__ = ["Declared", "DeclaredAttempts"]


@dataclass(frozen=True)
class DeclaredAttempts:
    """How many declared attempts were begun and how many are left; `why_not` says why none can be made here."""

    used: int
    left: int
    limit: int = DECLARED_ATTEMPTS
    why_not: str = ""


@dataclass(frozen=True)
class Declared:
    """The declared attempts with a scenario in the binding's store."""

    scenario: str
    binding: Binding

    def attempts(self) -> DeclaredAttempts:
        """Attempts in which something was said, and what is left of the three."""
        if self.binding.transcripts is None:
            return DeclaredAttempts(0, 0, why_not="Declared attempts need a course workspace: 'techsell learn'.")
        try:
            used = len(self._begun())
        except StoreError as error:
            return DeclaredAttempts(0, 0, why_not=str(error))
        return DeclaredAttempts(used, max(0, DECLARED_ATTEMPTS - used))

    def write_transcripts(self) -> None:
        """All finished declared attempts, one after the other, for the hand-in; nothing outside a workspace."""
        folder = self.binding.transcripts
        if folder is None:
            return
        lines = [line for info in self._begun() if info.over for line in self.binding.store.lines(info.key)]
        data = "".join(f"{line}\n" for line in lines).encode()
        path = folder / f"{self.scenario}.transcript.jsonl"
        before = path.read_bytes() if path.is_file() else b""
        if before == data:
            return
        if not data.startswith(before):
            _set_aside(path)
        write_atomic(path, data)

    def _begun(self) -> list[ConversationInfo]:
        infos = self.binding.store.conversations(self.scenario)
        begun = [info for info in infos if info.mode == "declared" and self.binding.store.lines(info.key)]
        return sorted(begun, key=lambda info: info.attempt)


def _set_aside(path: Path) -> None:
    """A transcript of the same name that is not ours (from the terminal, say) keeps its content under a free name."""
    stem = path.name.removesuffix(".transcript.jsonl")
    number = 2
    while (free := path.with_name(f"{stem}-{number}.transcript.jsonl")).exists():
        number += 1
    path.replace(free)
