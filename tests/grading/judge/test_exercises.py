"""Our own exercises through the judge: the reference gets all, the stub nothing, a planted slip loses its own test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ROOT, Bench
from .notebooks import Mark, mark, read, released

MODULES = tuple(sorted(path.parent.name for path in (ROOT / "exercises").glob("*/*.ipynb")))
PLANTED = ROOT / "tests" / "exercises"


def planted(kind: str) -> list[Path]:
    return sorted(path for module in MODULES for path in (PLANTED / kind / module).glob("*.py"))


def automatic(marks: dict[str, Mark]) -> dict[str, Mark]:
    """What needs nothing beside the notebook; nothing was beyond the judge."""
    assert {name: found.unsupported for name, found in marks.items() if found.unsupported} == {}
    return {name: found for name, found in marks.items() if not name.startswith("roleplay_")}


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def notebook(module: str) -> Path:
    return ROOT / "exercises" / module / f"{module}.ipynb"


def test_the_reference_gets_all(module: str, bench: Bench) -> None:
    marks = automatic(mark(bench, read(notebook(module)), {}))
    assert {name: found for name, found in marks.items() if found.points < found.of} == {}
    assert sum(found.of for found in marks.values()) >= 30


def test_the_stub_gets_nothing(module: str, bench: Bench) -> None:
    author = read(notebook(module))
    answers = {cell.name: released(cell.source) for cell in author if cell.role == "learner" and cell.name}
    marks = automatic(mark(bench, author, answers))
    assert {name: found for name, found in marks.items() if found.points > 0} == {}
    assert {found.error[0] for found in marks.values() if found.error} <= {"CheckFailed", "NameError"}


@pytest.mark.slow  # each day by the proofs in tests/exercises, through the whole grader
@pytest.mark.parametrize("path", planted("wrong"), ids=lambda path: path.stem)
def test_a_planted_slip_loses_its_own_test(path: Path, new_bench: Callable[[], Bench]) -> None:
    module, cell = path.parent.name, path.stem.split(".")[0]
    answer = {f"{cell.split('__')[0]}_answer": path.read_text(encoding="utf-8")}
    marks = automatic(mark(new_bench(), read(notebook(module)), answer))
    lost = {name: found for name, found in marks.items() if found.points < found.of}
    assert set(lost) == {cell}
    assert lost[cell].error is not None
    assert lost[cell].error[0] == "CheckFailed"


@pytest.mark.slow  # each day by the proofs in tests/exercises, through the whole grader
@pytest.mark.parametrize("path", planted("right"), ids=lambda path: path.stem)
def test_another_right_answer_gets_all(path: Path, new_bench: Callable[[], Bench]) -> None:
    answer = {f"{path.stem.split('.')[0]}_answer": path.read_text(encoding="utf-8")}
    marks = automatic(mark(new_bench(), read(notebook(path.parent.name)), answer))
    assert {name: found for name, found in marks.items() if found.points < found.of} == {}


LYING = """\
class Liar(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __hash__ = float.__hash__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
"""
TRICKS = {
    "an object that agrees": LYING + "def pain_chain(edges, cost, root):\n    return Liar(1)",
    "a dict of them": LYING + "class All(dict):\n    def __eq__(s, o): return True\n    __hash__ = None\n"
    "def pain_chain(edges, cost, root):\n    return All()",
    "checks replaced": "import techsell.check as c\nc.expect = c.call = c.require = lambda *a, **k: None\n"
    "expect = call = c.expect\ndef pain_chain(edges, cost, root):\n    return -1",
    "modules replaced": "import sys, types\nsys.modules['techsell.check'] = types.ModuleType('check')\n"
    "def pain_chain(edges, cost, root):\n    return -1",
    "chance fixed": "import numpy as np\nnp.random.default_rng = lambda *a: None\n"
    "def pain_chain(edges, cost, root):\n    return -1",
    "frames read": "import sys\ndef pain_chain(edges, cost, root):\n    f = sys._getframe()\n    while f:\n"
    "        for v in list(f.f_locals.values()) + list(f.f_globals.values()):\n"
    "            if type(v) is float: return v\n        f = f.f_back\n    return -1",
    "exit": "import os\ndef pain_chain(edges, cost, root):\n    os._exit(0)",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_earns_nothing(trick: str, bench: Bench) -> None:
    author = read(notebook("discovery_conversation"))
    marks = mark(bench, author, {"pain_chain_answer": TRICKS[trick]})
    assert {name: found.points for name, found in marks.items() if name.startswith("pain_chain") and found.points} == {}
