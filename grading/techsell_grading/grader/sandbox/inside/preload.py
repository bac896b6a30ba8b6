"""What a server loads once, so that no submission has to; and its state just before the first fork."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import site
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

__all__ = ["LIBRARIES", "load", "made_fonts", "settle"]

LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "IPython", "techsell.check")
"""loaded where they are installed; a course without one of them is graded all the same"""
_LATER = (
    *("IPython.core.logger", "IPython.core.magics.pylab", "IPython.core.magics.execution"),
    *("pandas.core.reshape.reshape", "pandas.core.reshape.merge", "pandas.core.computation.eval"),
    *("pandas.io.formats.string", "pandas.io.formats.html", "pandas.plotting._matplotlib"),
)
"""parts that a library imports when it first needs them: nearly every submission does; names may go without harm"""
_OURS = "techsell.datasets"
_JOIN_SECONDS = 2.0


def load(libraries: Sequence[str], fonts: Mapping[str, str]) -> tuple[str, ...]:
    """Load the libraries.

    Args:
        fonts: matplotlib's lists of fonts by file name; making one afresh takes a second, somewhere a minute.

    Returns:
        Those that are not installed here.
    """
    site.setquit()  # the three that Python itself adds when it starts with `site`
    site.setcopyright()
    site.sethelper()
    _lend(fonts)
    missing = tuple(name for name in libraries if _load(name) is None)
    for name in _LATER:
        if name.split(".")[0] in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    if _OURS in libraries and (package := _load(_OURS)):
        for found in pkgutil.iter_modules(package.__path__, f"{_OURS}."):
            _load(found.name)
    return missing


def settle() -> None:
    """Make sure that nothing runs besides this thread, and that forks share what is in memory by now.

    Raises:
        RuntimeError: a library has left a thread running; a fork would lose it with whatever it holds.
    """
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(_JOIN_SECONDS)
    if (number := _threads()) > 1:
        raise RuntimeError(f"{number} threads are running after the libraries were loaded; only one may be")
    gc.collect()
    gc.freeze()


def _load(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.split(".")[0] == error.name.split(".")[0]:
            return None
        raise


def _lend(fonts: Mapping[str, str]) -> None:
    place = Path(os.environ["MPLCONFIGDIR"])
    place.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (place / Path(name).name).write_text(text, encoding="utf-8")


def made_fonts(lent: Mapping[str, str]) -> dict[str, str]:
    """The lists of fonts that matplotlib had to make itself."""
    made = Path(os.environ["MPLCONFIGDIR"]).glob("fontlist-*.json")
    return {place.name: place.read_text("utf-8") for place in made if place.name not in lent}


def _threads() -> int:
    """Threads of this process as the kernel counts them, where it can be asked."""
    place = Path("/proc/self/task")
    return len(list(place.iterdir())) if place.is_dir() else threading.active_count()
