"""Where things stand in a scenario file: from ids back to lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techsell.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techsell.roleplay.yaml_source import Node

__all__ = ["Found", "Places"]

Found = tuple[int, str, str, str]
"""line, code, message, hint"""


class Places:
    """Finds the line of a thing, a field of it, or an entry of that field's list."""

    def __init__(self, root: Node, file: str) -> None:
        self.root = root
        self.file = file
        self._things: dict[tuple[str, str], Node] = {}
        for space, (_, node) in (root.keys or {}).items():
            for thing in node.items or ():
                name = thing.text("id")
                if name is not None:
                    self._things.setdefault((space, name), thing)

    def section(self, space: str) -> int:
        """The line on which a section begins; 1 where it is missing."""
        return (self.root.keys or {}).get(space, (1, None))[0]

    def of(self, space: str, name: str, *path: str | int) -> int:
        """The line of `name` in `space`, or of what lies under `path` in it, as far as that stands in the file."""
        node = self._things.get((space, name))
        if node is None:
            return self.section(space)
        line = node.line
        for step in path:
            if isinstance(step, int):
                if node.items is None or step >= len(node.items):
                    break
                node = node.items[step]
                line = node.line
            elif node.keys is not None and step in node.keys:
                line, node = node.keys[step]
            else:
                break
        return line

    def problems(self, found: Iterator[Found], grade: str = "error") -> Iterator[Problem]:
        """Finds as problems of this file."""
        for line, code, message, hint in found:
            yield Problem(self.file, line, code, message, hint, grade)
