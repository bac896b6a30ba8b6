"""What the course consists of, in order. Whatever follows from a module's id and place is derived here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from techsell.errors import UsageError

__all__ = [
    "START_FOLDER",
    "Kind",
    "Minutes",
    "Module",
    "Points",
    "Start",
    "State",
    "Step",
    "Syllabus",
]

Kind = Literal["reading", "prediction", "quiz", "role_play", "exercise"]
State = Literal["ready", "planned"]

START_FOLDER = "00_start_here"


@dataclass(frozen=True)
class Minutes:
    """Estimates, until they have been timed with people: `core` without code and work samples, `full` with them."""

    core: int
    full: int


@dataclass(frozen=True)
class Points:
    """What a module's 100 points are made of."""

    exercises: int
    role_play: int
    work_sample: int

    @property
    def total(self) -> int:
        return self.exercises + self.role_play + self.work_sample


@dataclass(frozen=True)
class Step:
    """One thing to do in a module; events about it are on `<module>/<id>`.

    `notebook` is the path in a workspace, `cell` the id of the cell to scroll to (empty: the top), `turns` the
    budget of a role-play (0 for anything else). `minutes` counts for the core path, `minutes_full` for the full one.
    """

    id: str
    kind: Kind
    title: str
    minutes: int
    minutes_full: int
    notebook: str
    cell: str
    turns: int = 0


@dataclass(frozen=True)
class Start:
    """Something before the first module; events about it are on `start/<id>`."""

    id: str
    kind: Kind
    title: str
    minutes: int
    notebook: str
    cell: str
    scenario: str | None = None
    turns: int = 0

    @property
    def object(self) -> str:
        return f"start/{self.id}"


@dataclass(frozen=True)
class Module:
    """One module. `id` is also its assignment in the gradebook and its key in every report, for ever."""

    id: str
    number: int
    title: str
    objectives: tuple[str, ...]
    minutes: Minutes
    prerequisites: tuple[str, ...]
    state: State
    scenarios: tuple[str, ...]
    points: Points
    steps: tuple[Step, ...]

    @property
    def folder(self) -> str:
        """The lesson's folder, under `modules/` and in a workspace: `03_discovery_conversation`."""
        return f"{self.number:02d}_{self.id}"

    @property
    def lesson(self) -> str:
        """The lesson notebook's path in a workspace."""
        return f"{self.folder}/{self.id}.ipynb"

    @property
    def exercise(self) -> str:
        """The exercise notebook's path in a workspace."""
        return f"exercises/{self.id}/{self.id}.ipynb"


@dataclass(frozen=True)
class Syllabus:
    """The whole course."""

    title: str
    start: tuple[Start, ...]
    modules: tuple[Module, ...]

    def module(self, module_id: str) -> Module:
        """The module called `module_id`.

        Raises:
            UsageError: there is none; the message names the nearest.
        """
        for module in self.modules:
            if module.id == module_id:
                return module
        from difflib import get_close_matches

        near = get_close_matches(module_id, [module.id for module in self.modules], n=1)
        cure = f"Perhaps you meant {near[0]!r}" if near else "'techsell progress' lists them"
        raise UsageError(f"There is no module {module_id!r}", cure=cure)

    def ready(self, module_id: str) -> Module:
        """Like `module`, for one that can be worked on.

        Raises:
            UsageError: no such module, or it is not written yet.
        """
        module = self.module(module_id)
        if module.state != "ready":
            ready = ", ".join(other.id for other in self.modules if other.state == "ready")
            raise UsageError(f"The module {module_id!r} is planned and not written yet", cure=f"Ready are: {ready}")
        return module
