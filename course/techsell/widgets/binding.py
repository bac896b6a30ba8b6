"""Where a notebook's widgets keep what the learner does: the workspace's store, or memory with a note that says so."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from techsell.errors import StoreError, TechsellError, WorkspaceError, WorkspaceMissing

if TYPE_CHECKING:
    from techsell.progress import Store
    from techsell.workspace import Workspace

__all__ = ["OUTSIDE", "Binding", "bind"]

OUTSIDE = "Not recorded: this notebook is not in a course workspace."


@dataclass(frozen=True)
class Binding:
    """A store and whose it is.

    Args:
        store: where events and conversations go.
        learner: pseudonymous id, empty outside a workspace.
        transcripts: folder for finished declared conversations; None outside a workspace.
        holder: who holds the pen of a conversation: one name per notebook, so that a cell run again takes over from
            its own older output, while another notebook is kept out.
        note: shown in every widget while it is not empty.
    """

    store: Store
    learner: str = ""
    transcripts: Path | None = None
    holder: str = ""
    note: str = ""


def bind(start: Path | None = None) -> Binding:
    """The binding of a notebook in the folder `start` (default: the working directory).

    Never fails: where the workspace or its store cannot be used, work goes to memory and the note gives the reason.
    """
    from techsell.workspace import Workspace

    try:
        workspace = Workspace.find(start or Path.cwd())
    except WorkspaceMissing:
        return _in_memory(OUTSIDE)
    except TechsellError as error:
        return _in_memory(f"Not recorded. {error}")
    try:
        return _bound(workspace.root, workspace)
    except (StoreError, WorkspaceError) as error:
        return _in_memory(f"Not recorded. {error}")


_open: dict[Path, Binding] = {}
"""One store per workspace and process: a notebook's widgets share it."""


def _bound(root: Path, workspace: Workspace) -> Binding:
    if root not in _open:
        store = workspace.store()
        _open[root] = Binding(store, workspace.learner, workspace.transcripts, _holder())
    return _open[root]


def _in_memory(note: str) -> Binding:
    return Binding(_memory(), holder=_holder(), note=note)


@lru_cache(maxsize=1)
def _memory() -> Store:
    """One for the process, so that a cell run again finds its conversation."""
    from techsell.progress import memory_store

    return memory_store()


def _holder() -> str:
    """The notebook this kernel belongs to, so that it goes on at once when its kernel was killed; else the process."""
    return os.environ.get("JPY_SESSION_NAME") or _PROCESS


_PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"
