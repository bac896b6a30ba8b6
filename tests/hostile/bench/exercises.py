"""The exercises that tricks are tried on: the author's notebook as the grader takes it, and hand-ins of it.

`plant` is small and lies in `plant.yaml`; `kernel` is the same exercise in a notebook that asks for the live kernel;
`foreign` is the same as a course that knows nothing of this grader; `discovery` is `exercises/discovery_conversation`.
"""

from __future__ import annotations

import importlib
import json
import re
import secrets
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile.bench.notebook import Book, cell, edited, grade_id, saved
from tests.hostile.bench.tricks import Trick, read_yaml

from techsell_grading.grader import Limits, Verdict, grade_one, pack

__all__ = ["HIDDEN", "LEARNER", "REPOSITORY", "Exercise", "discovery", "plant", "points", "source_of"]

HERE = Path(__file__).resolve().parents[1]
REPOSITORY = HERE.parents[1]
LEARNER = "L-TRICK2"
HIDDEN = f"hidden-{secrets.token_hex(12)}"
"""stands in every hidden test of the small exercise; a learner must never see it"""

_DEF = re.compile(r"^(def \w+\(.*\).*:)$", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """`author` is the notebook with solutions and hidden tests, `released` what learners get."""

    name: str
    module: str
    author: Book
    released: Book
    source: bytes
    right: Mapping[str, str]
    wrong: Mapping[str, str]
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def notebook(self, trick: Trick | None = None, *, right: bool = False) -> Book:
        """The released notebook with right or wrong answers, and the trick in it."""
        trick = trick or Trick("", "none", "")
        answers = {name: _with(text, trick) for name, text in (self.right if right else self.wrong).items()}
        answers |= trick.answers
        book: Book = json.loads(json.dumps(self.released))
        for one in book["cells"]:
            one["source"] = answers.get(grade_id(one), one["source"])
        first = [cell("code", trick.first)] if trick.first else []
        last = [cell("code", trick.last)] if trick.last else []
        book["cells"] = [*first, *book["cells"], *last]
        return edited(book, trick.edit)

    def hand_in(self, trick: Trick | None = None, *, right: bool = False, learner: str = LEARNER) -> bytes:
        """What the collector packs: the notebook, the trick's files and links, and who it is."""
        trick = trick or Trick("", "none", "")
        about = {"schema": 1, "module": self.module, "learner": learner}
        book = self.notebook(trick, right=right)
        files = {f"{self.module}.ipynb": saved(book, trick.save), **self.beside, **trick.files}
        return pack({**files, "hand_in.json": json.dumps(about).encode()}, trick.links)

    def grade(self, trick: Trick | None = None, *, right: bool = False, sandbox: str = "require") -> Verdict:
        """Graded by the grader under test, in this process's warm worker."""
        seconds = 10.0 if trick is None else trick.seconds
        limits = Limits(cell_seconds=seconds, total_seconds=min(3 * seconds, 30.0), memory=1 << 30, sandbox=sandbox)
        return grade_one(self.hand_in(trick, right=right), self.source, limits)


def points(verdict: Verdict) -> dict[str, float]:
    """Points by cell of all that a machine scores."""
    return {check.cell: check.points for check in verdict.checks if check.points is not None}


def _with(answer: str, trick: Trick) -> str:
    """An answer with the trick's own lines in every function, and its lie around every result."""
    if "@BODY@" in answer:
        space = re.search(r"^( *)@BODY@", answer, re.MULTILINE)
        indent = "" if space is None else space[1]
        answer = answer.replace(f"{indent}@BODY@", textwrap.indent(trick.body.strip() or "pass", indent))
    elif trick.body:
        inside = textwrap.indent(trick.body.strip(), "    ")
        answer = _DEF.sub(lambda found: f"{found[1]}\n{inside}", answer)
    return answer.replace("@LIE@", trick.lie)


def source_of(module: str, files: Mapping[str, bytes], scenarios: tuple[str, ...] = (), *, own: bool = True) -> bytes:
    """The exercise as the grader takes it; not our `own`: of a course that knows nothing of this grader."""
    about = {"module": module, "markers": {}, "scenarios": list(scenarios), **({"own": True} if own else {})}
    return pack({**files, "source.json": json.dumps(about).encode()})


def released(author: Book, name: str) -> Book:
    """The learner's version, made by nbgrader's own steps."""
    from nbgrader import preprocessors as steps

    nbformat: Any = importlib.import_module("nbformat")  # without types
    book = nbformat.from_dict(json.loads(json.dumps(author)))
    resources: dict[str, Any] = {"unique_key": name, "nbgrader": {}}
    for step in ("LockCells", "ClearSolutions", "ClearOutput", "ComputeChecksums", "ClearHiddenTests"):
        book, resources = getattr(steps, step)().preprocess(book, resources)
    made: Book = json.loads(nbformat.writes(book))
    for one in made["cells"]:
        one["source"] = "".join(one["source"])
    return made


@cache
def plant(kind: str = "plant") -> Exercise:
    """The small exercise as `plant` (our own), `kernel` (asks for the live kernel) or `foreign`."""
    cells, right, wrong = [], {}, {}
    for raw in read_yaml(HERE / "plant.yaml")["cells"]:
        name = next(key for key in raw if key not in ("source", "right", "wrong"))
        flags = dict(raw[name])
        form = "markdown" if flags.pop("text", False) else "code"
        if "right" in raw:
            right[name], wrong[name] = raw["right"].rstrip("\n"), raw["wrong"].rstrip("\n")
            solution = _with(right[name], Trick("", "none", ""))
            cells.append(cell(form, solution, name, **flags))
        else:
            cells.append(cell(form, raw["source"].rstrip("\n").replace("@SECRET@", HIDDEN), name, **flags))
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    metadata = kernel | ({"techsell": {"judge": "in_kernel"}} if kind == "kernel" else {})
    author: Book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    source = source_of("plant", {"plant.ipynb": json.dumps(author).encode()}, own=kind != "foreign")
    return Exercise(kind, "plant", author, released(author, "plant"), source, right, wrong)


@cache
def discovery() -> Exercise:
    """`exercises/discovery_conversation`, with the pinned scenario and recogniser that its role-play needs."""
    module = "discovery_conversation"
    text = (REPOSITORY / "exercises" / module / f"{module}.ipynb").read_bytes()
    author: Book = json.loads(text)
    right: dict[str, str] = {}
    for one in author["cells"]:
        one["source"] = "".join(one["source"])
        name = grade_id(one)
        if name.endswith("_answer") or name == "call_plan":
            right[name] = one["source"]
    pins = REPOSITORY / "grading" / "pins"
    files = {f"{module}.ipynb": text}
    for path in pins.glob("scenarios/cobalt_ridge.*.json"):
        files[f"pins/{path.name.split('.')[1]}.json"] = path.read_bytes()
    for path in pins.glob("recognisers/*.zip"):
        files[f"recognisers/{path.name}"] = path.read_bytes()
    wrong = {name: answer.rstrip("\n") for name, answer in read_yaml(HERE / "discovery.yaml")["wrong"].items()}
    source = source_of(module, files, ("cobalt_ridge",))
    return Exercise("discovery", module, author, released(author, module), source, right, wrong)
