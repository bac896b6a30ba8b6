"""The patches of `unittest.mock` that are in force, as far as they change something else than names of the notebook."""

from __future__ import annotations

import unittest.mock
from types import ModuleType
from typing import Any

__all__ = ["active", "install"]

_STREAMS = {("sys", "stdout"), ("sys", "stderr")}
_active: list[Any] = []
_installed = False


def install() -> None:
    """From now on patches are counted."""
    global _installed
    if not _installed:
        _installed = True
        for kind in (unittest.mock._patch, unittest.mock._patch_dict):
            _count(kind)


def active() -> str:
    """The name of a patched thing, or nothing."""
    return _name(_active[-1]) if _active else ""


def _count(kind: Any) -> None:
    enter, leave = kind.__enter__, kind.__exit__

    def entered(patch: Any) -> Any:
        result = enter(patch)
        target = getattr(patch, "target", None)
        name = target.__name__ if isinstance(target, ModuleType) else ""
        if name != "__main__" and (name, patch.attribute if name else "") not in _STREAMS:
            _active.append(patch)
        return result

    def left(patch: Any, *error: Any) -> Any:
        if patch in _active:
            _active.remove(patch)
        return leave(patch, *error)

    kind.__enter__, kind.__exit__ = entered, left


def _name(patch: Any) -> str:
    target = getattr(patch, "target", None)
    return f"{getattr(target, '__name__', target)}.{getattr(patch, 'attribute', '')}".strip(".")[:100]
