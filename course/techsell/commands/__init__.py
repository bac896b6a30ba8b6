"""The commands of `techsell`, one file each; every file has `register(app)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


class _Consoles:
    """Standard output and standard error, made when first used: rich is slow to import."""

    def __init__(self) -> None:
        self._made: dict[bool, Console] = {}

    def _get(self, stderr: bool) -> Console:
        if stderr not in self._made:
            from rich.console import Console

            self._made[stderr] = Console(stderr=stderr, highlight=False)
        return self._made[stderr]

    @property
    def out(self) -> Console:
        return self._get(False)

    @property
    def err(self) -> Console:
        return self._get(True)


console = _Consoles()
