"""What code inside finds around it: environment variables, an empty home, an empty working folder."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["HASH_SEED", "environment", "lay_out"]

HASH_SEED = "TECHSELL_HASH_SEED"
"""A variable of the grader's own process, for proving that a test does not depend on the order of a set."""


def lay_out(temporary: str) -> None:
    """Make the empty home and the empty working folder, and go there."""
    places = environment(temporary)
    Path(places["HOME"]).mkdir()
    work = Path(temporary, "work")
    work.mkdir()
    os.chdir(work)


def environment(temporary: str) -> dict[str, str]:
    """All environment variables that code inside sees; nothing of the grader's own."""
    home = f"{temporary}/home"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "USER": "learner",
        "LOGNAME": "learner",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "MPLBACKEND": "agg",
        "NBGRADER_EXECUTION": "autograde",
        # The same hand-in prints its sets in the same order today and tomorrow.
        "PYTHONHASHSEED": os.environ.get(HASH_SEED, "0"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
    }
