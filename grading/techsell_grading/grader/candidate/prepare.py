"""What is done once, before any fork: libraries, the shell, fonts, and a little of everything that is slow at first.

Afterwards no thread is alive and nothing of a learner has been seen, so a server can fork as often as it likes.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from typing import Any

from techsell_grading.grader import wire

from .shell import Shell, make_shell

__all__ = ["prepare", "the_shell"]

_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NBGRADER_EXECUTION": "autograde",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TERM": "dumb",
    "PIP_NO_INDEX": "1",  # `%pip install` of something that is missing fails at once instead of trying for a minute
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
_shell: Shell | None = None


def prepare() -> None:
    """Load everything. Call it once, in the process that forks; calling it again does nothing.

    It sets a few environment variables, makes IPython's one shell, and draws one figure, for which matplotlib reads
    (or, where there is none yet, makes: seconds) its list of fonts under `MPLCONFIGDIR`.
    """
    global _shell
    if _shell is not None:
        return
    os.environ.update(_ENVIRONMENT)
    for name in ("numpy", "pandas", "matplotlib.pyplot", "ipywidgets"):
        with suppress(ImportError):  # a course without it is graded all the same; matplotlib is needed below
            importlib.import_module(name)
    warnings.filterwarnings("ignore", message="To exit: use 'exit'")  # IPython's advice is for terminals
    _shell = make_shell()
    _shell.enable_matplotlib("inline")
    figures = importlib.import_module(".figures", __package__)  # imports matplotlib: not before the variables are set
    figures.install(_shell)
    _draw(figures.picture)
    wire.prepare()
    with redirect_stdout(io.StringIO()):
        _shell.run_cell("%time 1 + 1", silent=True)  # type: ignore[no-untyped-call]
    _shell.last_execution_result = None
    gc.collect()
    gc.freeze()


def the_shell() -> Shell:
    """The prepared shell."""
    prepare()
    if _shell is None:
        raise RuntimeError("The candidate's shell could not be made. Start the grader again.")
    return _shell


def _draw(picture: Callable[[Any], object]) -> None:
    """One figure with text, legend and bars, as a picture: fonts and drawing code are warm then."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3], [3, 1, 2], marker="o", label="flow")
    axes.bar([1, 2], [1, 2])
    axes.set(title="Flow", xlabel="day", ylabel="m³/h")
    axes.legend()
    picture(figure)
    pyplot.close(figure)
