"""The floor: the same cells, tests included, in a fork of a process that has the libraries; nothing else is done.

`python -m tests.load.floor COURSE NUMBER` prints one line of JSON. No isolation, no capture, no limits, no records.
Twice: with the pictures that the cells show (as IPython makes them), and without.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.load.courses import notebooks
from tests.load.exercise import notebook, readings


def main(home: Path, number: int) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt
    import pandas as pd  # noqa: F401

    tests = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in notebook()["cells"]}
    work = [_code(json.loads(text), tests) for text in notebooks(home, number)]
    os.chdir(home / "source" / "pumps")
    _run(work[0], plt, pictures=True)
    gc.collect()
    gc.freeze()
    facts: dict[str, float] = {}
    for pictures in (True, False):
        spent = [_apart(cells, plt, pictures=pictures) for cells in work]
        name = "with" if pictures else "without"
        facts[f"{name}_seconds"] = statistics.median(wall for wall, _ in spent)
        facts[f"{name}_processor"] = statistics.mean(processor for _, processor in spent)
    sys.stdout.write(json.dumps(facts) + "\n")


def _code(content: dict[str, Any], tests: dict[str, str]) -> list[str]:
    """The code cells as they are run: the learner's answers, the author's tests."""
    cells = (cell for cell in content["cells"] if cell["cell_type"] == "code")
    named = ((cell["metadata"].get("nbgrader", {}), "".join(cell["source"])) for cell in cells)
    code = (tests[about["grade_id"]] if about.get("grade") else source for about, source in named)
    return [text.replace("%matplotlib inline\n", "") for text in code]


def _apart(cells: list[str], plt: Any, *, pictures: bool) -> tuple[float, float]:
    """Wall and processor seconds of one fork."""
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            _run(cells, plt, pictures=pictures)
        os._exit(0)
    usage = os.wait4(pid, 0)[2]
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def _run(cells: list[str], plt: Any, *, pictures: bool) -> None:
    from IPython.core.pylabtools import print_figure

    names: dict[str, Any] = {"__name__": "__main__"}
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the process ends soon
    for text in cells:
        with suppress(Exception):
            exec(text, names)  # noqa: S102
        for figure in map(plt.figure, plt.get_fignums()):
            if pictures:
                print_figure(figure, base64=True)
        plt.close("all")
    sys.stdout = sys.__stdout__


if __name__ == "__main__":
    readings()
    main(Path(sys.argv[1]), int(sys.argv[2]))
