"""Files that a test writes or looks for. The learner's code has a working folder of its own and does not see them.

`open` is noticed through an audit hook, `os.stat` (which `os.path.exists` and `pathlib` use) by standing in for it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from .faults import JudgeUnsupported

__all__ = ["Files"]

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Files:
    """What tests do with files."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._temporary = tempfile.gettempdir()  # asked for now: it opens files itself

    def forget(self) -> None:
        """What was written so far is there on both sides."""
        self._written.clear()

    def given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """The name of a file that the test wrote and that the function to be called may read; or nothing."""
        for path in self._written:
            name = os.path.basename(path)  # noqa: PTH119
            if _is_within(path, _here()) or any(name in repr(value) for value in (*args, *kwargs.values())):
                return name
        return ""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within: written files are noted, and asking for one that only the learner's code can have written is
        unsupported."""
        global _watcher
        _install()
        stat, lstat = os.stat, os.lstat
        _watcher, os.stat, os.lstat = self, _standing_in_for(stat), _standing_in_for(lstat)
        try:
            yield
        finally:
            _watcher, os.stat, os.lstat = None, stat, lstat

    def opened(self, path: Any, mode: Any, flags: Any) -> None:
        """`open` was called."""
        place = _place(path)
        if place is None or "__pycache__" in place:
            return
        if any(sign in mode for sign in "wax+") if isinstance(mode, str) else int(flags or 0) & _WRITES:
            if _is_within(place, _here()) or _is_within(place, self._temporary):
                self._written.add(place)
        else:
            self.looked_for(place)

    def listed(self, path: Any) -> None:
        """The test asks which files there are."""
        place = _place("." if path is None else path or ".")
        if place is not None and _is_within(place + os.sep, _here()) and not _asked_by_ours(sys._getframe(1)):
            raise JudgeUnsupported("The test looks which files there are; the learner's code may have written some")

    def looked_for(self, place: str) -> None:
        """The test asks about a file."""
        if not _is_within(place, _here()) or place in self._written or os.access(place, os.F_OK):
            return
        if not _asked_by_ours(sys._getframe(1)):
            name = os.path.relpath(place)
            raise JudgeUnsupported(f"The test looks for the file '{name}', which the learner's code may have written")


_watcher: Files | None = None
_installed = False


def _install() -> None:
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_audit)
        os.register_at_fork(before=_forks)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _watcher is None:
        return
    if event == "open":
        _watcher.opened(*args)
    elif event in ("os.listdir", "os.scandir"):
        _watcher.listed(args[0])


def _forks() -> None:
    if _watcher is not None:
        JudgeUnsupported("The test starts a process of its own")  # noted when made; raised here it would be lost


def _standing_in_for(ask: Any) -> Any:
    def asked(path: Any, *args: Any, **kwargs: Any) -> Any:
        place = _place(path)
        if place is not None and _watcher is not None:
            _watcher.looked_for(place)
        return ask(path, *args, **kwargs)

    return asked


def _here() -> str:
    return os.getcwd()  # noqa: PTH109 - asked at every `open`


def _place(path: Any) -> str | None:
    if isinstance(path, int):
        return None
    try:
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    except (TypeError, ValueError):
        return None


def _is_within(place: str, folder: str) -> bool:
    return place.startswith(folder.rstrip(os.sep) + os.sep)


def _asked_by_ours(frame: FrameType | None) -> bool:
    """Whether the question comes from `techsell` itself, which knows what it does, or from loading a module."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(("techsell.", "importlib.", "_frozen_importlib")) or name == "linecache":
            return True
        if name == "__main__":
            return False
        frame = frame.f_back
    return False
