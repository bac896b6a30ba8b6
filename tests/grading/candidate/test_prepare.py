"""What the server does once: enough to make children quick, and nothing that a fork or a learner could stumble over."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from techsell_grading.grader import candidate as package

_PROGRAM = Path(package.__file__).parent


def test_no_thread_is_alive_before_the_fork(server):
    assert server.ready == {"tasks": 1, "threads": 1}


def test_a_child_is_ready_quickly(server, tmp_path, record_property):
    """Fork, take over the process, answer the first question. The bound is for disasters only."""
    taken = []
    for _ in range(20):
        began = time.monotonic()
        child = server.fork(tmp_path)
        assert child.ask("names") == {"names": []}
        taken.append(time.monotonic() - began)
        server.end(child)
    record_property("milliseconds", statistics.median(taken) * 1000)
    assert statistics.median(taken) < 0.5


@pytest.fixture
def alone(tmp_path):
    """Run code where only the programs' own folders can be imported, as in the sandbox, with an empty home."""
    grader = tmp_path / "code" / "techsell_grading" / "grader"
    grader.mkdir(parents=True)
    shutil.copy(_PROGRAM.parents[1] / "__init__.py", grader.parent)
    for name in ("candidate", "wire"):
        shutil.copytree(_PROGRAM.parent / name, grader / name)
    home = tmp_path / "home"
    home.mkdir()

    def run(code, **environment):
        known = {"HOME": str(home), "PATH": os.defpath, "MPLCONFIGDIR": str(home), **environment}
        return subprocess.run(
            [sys.executable, "-P", "-c", f"import sys\nsys.path.insert(0, {str(tmp_path / 'code')!r})\n{code}"],
            env=known,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=home,
        )

    run.home = home
    return run


def test_it_needs_nothing_of_the_grader_but_the_wire(alone):
    code = "from techsell_grading.grader.candidate import prepare\nprepare()\nprepare()\n"
    code += "assert not {'nbgrader', 'sqlalchemy', 'typer'} & set(sys.modules)\n"
    code += "print(*{name.split('.')[2] for name in sys.modules if name.startswith('techsell_grading.grader.')})"
    done = alone(code)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"candidate", "wire"}


def test_it_leaves_nothing_on_disk_but_the_list_of_fonts(alone):
    done = alone("from techsell_grading.grader.candidate import prepare\nprepare()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    left = {path.name for path in alone.home.rglob("*") if path.is_file()}
    assert all(name.startswith(("fontlist", ".fontlist")) for name in left), left
