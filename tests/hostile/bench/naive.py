"""The naive grader's parent: hands it hand-ins and says what they earned there."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.hostile.bench.exercises import Exercise
from tests.hostile.bench.machine import VARIABLE, Machine
from tests.hostile.bench.notebook import grade_id
from tests.hostile.bench.tricks import Trick

__all__ = ["Naive"]

_SECONDS = 12.0


class Naive:
    """A warm process of `naive_main.py`. Its children carry the machine's token, so that none is lost."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("naive_main.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, VARIABLE: machine.token, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        if self._hear() != "ready\n":
            raise RuntimeError("The naive grader did not start; run tests/hostile/bench/naive_main.py by hand")

    def points(self, exercise: Exercise, trick: Trick | None = None, *, right: bool = False) -> dict[str, float]:
        """What the tests of the small exercise gave, by name; nothing when the process came to grief."""
        book = exercise.notebook(trick, right=right)
        folder = Path(tempfile.mkdtemp(dir=self._machine.root))
        folder.chmod(0o777)
        tests = {grade_id(one): one for one in exercise.author["cells"]}
        cells = [_restored(one, tests) for one in book["cells"] if one["cell_type"] == "code"]
        files = {} if trick is None else {name: base64.b64encode(data).decode() for name, data in trick.files.items()}
        job: dict[str, Any] = {"cells": cells, "folder": str(folder), "files": files, "seconds": _SECONDS}
        job["home"] = str(self._machine.home)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._hear())
        shutil.rmtree(folder, ignore_errors=True)
        return dict(answer.get("points", {}))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _restored(cell: dict[str, Any], author: dict[str, Any]) -> tuple[str, str, float | None]:
    """A cell as nbgrader would run it: what is locked comes from the author."""
    name = grade_id(cell)
    original = author.get(name) if name else None
    if original is None:
        return cell["source"], "", None
    grade = original["metadata"]["nbgrader"]
    if not grade.get("locked"):
        return cell["source"], "", None
    return original["source"], name, float(grade["points"]) if grade.get("grade") else None
